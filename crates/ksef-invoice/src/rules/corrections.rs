//! Kinds of invoices and the data of other invoices they need.

use rust_decimal::Decimal;

use super::Context;
use super::history::History;
use super::invoice::{Invoice, Kind, money};
use super::report::Report;
use super::totals::tolerance;
use crate::rule::Rule;
use crate::violation::Violation;

/// `correction-data-missing`, `correction-data-unexpected`, `advance-order-missing` and
/// `settlement-advance-missing`.
pub(super) fn check(invoice: &Invoice<'_>, report: &mut Report) {
    let Some(kind) = invoice.body.child("RodzajFaktury") else {
        return;
    };
    let name = kind.value();
    let corrected = invoice.body.child("DaneFaKorygowanej");
    match corrected {
        None if invoice.kind.is_correction() => report.add(
            kind,
            Violation::new(
                Rule::CorrectionDataMissing,
                format!("faktura korygująca ({name}) nie wskazuje faktury korygowanej; dodaj DaneFaKorygowanej z jej datą, numerem i numerem KSeF"),
                format!("a correction ({name}) does not name what it corrects; add DaneFaKorygowanej with that invoice's date, number and KSeF number"),
            ),
        ),
        Some(data) if !invoice.kind.is_correction() => report.add(
            data,
            Violation::new(
                Rule::CorrectionDataUnexpected,
                format!("faktura rodzaju {name} ma dane faktury korygowanej; zmień RodzajFaktury na KOR, KOR_ZAL albo KOR_ROZ, albo usuń te dane"),
                format!("an invoice of kind {name} has data of a corrected invoice; change RodzajFaktury to KOR, KOR_ZAL or KOR_ROZ, or remove the data"),
            ),
        ),
        _ => {}
    }
    if invoice.kind == Kind::Advance && invoice.body.child("Zamowienie").is_none() {
        report.add(
            kind,
            Violation::new(
                Rule::AdvanceOrderMissing,
                "faktura zaliczkowa (ZAL) nie zawiera zamówienia; dodaj Zamowienie z wartością i wierszami \
                 (art. 106f ust. 1 pkt 4)",
                "an advance invoice (ZAL) has no order; add Zamowienie with its value and lines (art. 106f(1)(4))",
            ),
        );
    }
    if invoice.kind == Kind::Settlement && invoice.body.child("FakturaZaliczkowa").is_none() {
        report.add(
            kind,
            Violation::new(
                Rule::SettlementAdvanceMissing,
                "faktura rozliczająca (ROZ) nie wskazuje faktur zaliczkowych; jeśli zaliczki były zafakturowane, \
                 dodaj FakturaZaliczkowa, a jeśli nie (art. 106b ust. 1a), zostaw bez zmian",
                "a settlement invoice (ROZ) names no advance invoices; if the advances were invoiced, add FakturaZaliczkowa, \
                 if not (art. 106b(1a)), leave it as it is",
            ),
        );
    }
}

/// `settlement-remainder`: the lines less the advances is the amount due, where all advances are
/// known.
pub(super) fn check_remainder(
    invoice: &Invoice<'_>,
    history: &History,
    context: &Context<'_>,
    report: &mut Report,
) {
    if invoice.kind != Kind::Settlement || invoice.is_margin() {
        return;
    }
    let (Some(due), Some(total)) = (invoice.body.child("P_15"), invoice.amount("P_15")) else {
        return;
    };
    let (Some(advances), Some(sold)) = (advances(invoice, history, context), sold(invoice)) else {
        return;
    };
    let expected = sold - advances;
    if (expected - total).abs() <= tolerance(invoice.lines.len()) {
        return;
    }
    let (sold, advances) = (money(sold), money(advances));
    let (expected, actual) = (money(expected), money(total));
    report.add(
        due,
        Violation::new(
            Rule::SettlementRemainder,
            format!("wiersze mają wartość brutto {sold}, a znane faktury zaliczkowe {advances}, więc do rozliczenia pozostaje {expected}, nie {actual}; sprawdź P_15 i listę FakturaZaliczkowa"),
            format!("the lines come to {sold} with tax and the known advance invoices to {advances}, so {expected} remains, not {actual}; check P_15 and the list FakturaZaliczkowa"),
        )
        .comparing(expected, actual),
    );
}

/// What the lines come to with tax; `None` when a line does not say or takes something back.
fn sold(invoice: &Invoice<'_>) -> Option<Decimal> {
    if invoice.lines.is_empty() {
        return None;
    }
    invoice.lines.iter().try_fold(Decimal::ZERO, |sum, line| {
        let value = line.with_tax().filter(|_| !line.is_reversal())?;
        sum.checked_add(value)
    })
}

/// What the advance invoices and their corrections come to; `None` when one is not known.
fn advances(invoice: &Invoice<'_>, history: &History, context: &Context<'_>) -> Option<Decimal> {
    let seller = invoice
        .root
        .value_at(&["Podmiot1", "DaneIdentyfikacyjne", "NIP"])?;
    let currency = invoice.text("KodWaluty");
    let mut sum = None;
    for advance in invoice.body.children_named("FakturaZaliczkowa") {
        let reference = advance
            .value_at(&["NrKSeFFaZaliczkowej"])
            .or_else(|| advance.value_at(&["NrFaZaliczkowej"]))?;
        let total = history.advance(context.side, seller, reference, currency)?;
        sum = Some(sum.unwrap_or(Decimal::ZERO).checked_add(total)?);
    }
    sum
}

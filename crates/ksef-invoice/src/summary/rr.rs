//! FA_RR(1): the flat-rate farmer's invoice.

use ksef_core::form_code::FormCode;

use super::fa::{account, correction, footer, means, pair, party, settle, text};
use super::{Label, Line, Payment, Summary, TaxRow};
use crate::codes;
use crate::metadata::InvoiceKind;
use crate::tree::Element;

pub(super) fn read(root: Element<'_>) -> Summary {
    let mut summary = Summary {
        form: Some(FormCode::FaRr1),
        system: text(root, &["Naglowek", "SystemInfo"]),
        seller: party(root.child("Podmiot1"), None),
        buyer: party(root.child("Podmiot2"), None),
        ..Summary::default()
    };
    for other in root.children_named("Podmiot3") {
        let role = match other.value_at(&["OpisRoli"]) {
            Some(words) => Label::of_document(words),
            None => codes::ROLE.label(other.value_at(&["Rola"]).unwrap_or_default()),
        };
        summary.others.push(party(Some(other), Some(role)));
    }
    if let Some(invoice) = root.child("FakturaRR") {
        body(invoice, &mut summary);
    }
    footer(root, &mut summary.notes);
    summary
}

fn body(invoice: Element<'_>, summary: &mut Summary) {
    let own = |name: &str| text(invoice, &[name]);
    let kind = invoice.value_at(&["RodzajFaktury"]);
    summary.kind = kind.map(InvoiceKind::from_wire);
    summary.title = codes::KIND.label(kind.unwrap_or_default());
    summary.number = own("P_4C").unwrap_or_default();
    summary.issue_date = own("P_4B").unwrap_or_default();
    summary.place = own("P_1M");
    summary.sale_date = own("P_4A");
    summary.currency = own("KodWaluty").unwrap_or_default();
    summary.total = own("P_12_1").unwrap_or_default();
    if let Some(net) = own("P_11_1") {
        summary.taxes.push(TaxRow {
            label: Label::new("zryczałtowany zwrot podatku", "flat-rate compensation"),
            net,
            tax: own("P_11_2"),
            tax_in_pln: own("P_11_2W"),
        });
    }
    summary.correction = correction(invoice);
    summary.lines = invoice
        .children_named("FakturaRRWiersz")
        .map(line)
        .collect();
    if let Some(settlement) = invoice.child("Rozliczenie") {
        settle(settlement, summary);
    }
    if let Some(payment) = invoice.child("Platnosc") {
        summary.payment = Payment {
            means: means(payment, &codes::PAYMENT_RR),
            accounts: ["RachunekBankowy1", "RachunekBankowy2"]
                .iter()
                .flat_map(|name| payment.children_named(name))
                .map(account)
                .collect(),
            ..Payment::default()
        };
    }
    if let Some(words) = own("P_12_2") {
        summary.notes.push((String::new(), words));
    }
    for note in invoice.children_named("DodatkowyOpis") {
        summary.notes.push(pair(note, "Klucz", "Wartosc"));
    }
    for document in invoice.children_named("DokumentZaplaty") {
        let (number, date) = pair(document, "NrDokumentu", "DataDokumentu");
        summary.payment.parts.push((date, number));
    }
}

fn line(row: Element<'_>) -> Line {
    let own = |name: &str| text(row, &[name]);
    Line {
        number: own("NrWierszaFa").unwrap_or_default(),
        name: own("P_5").unwrap_or_default(),
        quantity: own("P_6B"),
        unit: own("P_6A"),
        price: own("P_7"),
        discount: None,
        value: own("P_8"),
        is_gross: false,
        rate: own("P_9"),
        is_before: row
            .value_at(&["StanPrzed"])
            .is_some_and(|value| value == "1"),
    }
}

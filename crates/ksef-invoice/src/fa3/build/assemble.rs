//! Puts the invoice together from what was given and what was computed.

mod annotations;
mod lines;
mod parties;
mod payment;

use jiff::Timestamp;
use ksef_core::calendar::warsaw_date;
use rust_decimal::Decimal;

use super::advance::{AdvanceReference, Part};
use super::builder::{Frame, SaleDate};
use super::figures::{Figures, Money, RowContent};
use super::kind::{CorrectionFrame, Kind};
use super::problem::{BuildError, Cause, Place, Problems, entry, invoice as field};
use super::rate::Bucket;
use super::totals::RateAmounts;
use crate::fa3::Invoice;
use crate::fa3::advance::{AdvanceInvoice, PartialAdvance};
use crate::fa3::body::{Body, Note, Period, Supplied};
use crate::fa3::correction::{CorrectedIn, CorrectedInvoice, Correction, DueBefore};
use crate::fa3::header::Header;
use crate::fa3::totals::{SpecialTotal, TaxedTotal, Totals};
use crate::fa3::value::NonEmpty;
use crate::fa3::value::currency::CurrencyCode;
use crate::fa3::value::date::{CreationTime, InvoiceDate};
use crate::fa3::value::number::{Amount, ExchangeRate, RowNumber};

/// The invoice, or everything that is wrong with it.
pub(super) fn invoice<K: Kind>(
    frame: &Frame,
    kind: &K,
    now: Timestamp,
) -> Result<Invoice, BuildError> {
    let mut problems = Problems::default();
    let header = header(frame, now, &mut problems);
    let money = money(frame, &mut problems);
    let figures = kind.figures(money, &mut problems);
    let seller = parties::seller(frame, &figures);
    let buyer = parties::buyer(frame, &figures, &mut problems);
    parties::check_third_parties(frame, &mut problems);
    let third_parties = problems.list(field("Podmiot3"), frame.third_parties.clone());
    let body = body(frame, kind, &figures, now, &mut problems);
    let made = header.zip(body).map(|(header, body)| Invoice {
        third_parties,
        authorized: frame.authorized.clone(),
        footer: frame.footer.clone(),
        attachment: frame.attachment.clone(),
        ..Invoice::new(header, seller, buyer, body)
    });
    match (made, problems.into_error()) {
        (Some(invoice), None) => Ok(invoice),
        (_, Some(error)) => Err(error),
        // Nothing is left out without a note.
        (None, None) => Err(BuildError::nothing_made()),
    }
}

fn header(frame: &Frame, now: Timestamp, problems: &mut Problems) -> Option<Header> {
    let created = problems.keep(field("DataWytworzeniaFa"), CreationTime::new(now))?;
    let mut header = Header::new(created);
    header.system = problems.optional_text(field("SystemInfo"), frame.system.as_ref());
    Some(header)
}

fn money(frame: &Frame, problems: &mut Problems) -> Money {
    if let Some(rate) = frame.exchange_rate {
        let place = field("KursWaluty");
        if frame.currency == CurrencyCode::PLN {
            problems.note(place, Cause::ExchangeRateInPln);
        }
        if rate <= Decimal::ZERO {
            problems.note(place, Cause::NotPositive(rate));
        }
        problems.keep(place, ExchangeRate::new(rate));
    }
    Money {
        currency: frame.currency,
        exchange_rate: frame.exchange_rate,
        shows_line_tax: frame.marks.line_tax,
    }
}

fn body<K: Kind>(
    frame: &Frame,
    kind: &K,
    figures: &Figures,
    now: Timestamp,
    problems: &mut Problems,
) -> Option<Body> {
    let issued = issued(frame, now, problems);
    let number = problems.text(field("P_2"), &frame.number);
    let total = problems.amount(field("P_15"), figures.due);
    let place = problems.optional_text(field("P_1M"), frame.place.as_ref());
    let delivery_notes = frame.delivery_notes.iter().enumerate();
    let delivery_notes = delivery_notes
        .filter_map(|(index, number)| problems.text(entry("WZ", index, "WZ"), number))
        .collect();
    let delivery_notes = problems.list(field("WZ"), delivery_notes);
    let supplied = supplied(frame, kind, figures, problems);
    let totals = if figures.hides_totals {
        Totals::default()
    } else {
        totals(figures, problems)
    };
    let rate_of_invoice = frame.exchange_rate.filter(|_| kind.has_rate_of_invoice());
    let has_rates_of_parts = kind.parts().iter().any(Part::has_rate);
    let advance_rate = rate_of_invoice.filter(|_| !has_rates_of_parts);
    let advance_rate =
        advance_rate.and_then(|rate| problems.keep(field("KursWalutyZ"), ExchangeRate::new(rate)));
    let annotations = annotations::annotations(frame, figures, problems);
    let correction = kind
        .correction()
        .and_then(|data| correction(data, figures, problems));
    let rate_of_parts = rate_of_invoice.filter(|_| has_rates_of_parts);
    let partial_advances = partial_advances(kind.parts(), rate_of_parts, problems);
    let notes = notes(frame, problems);
    let advance_invoices = advance_invoices(kind.advances(), problems);
    let lines = lines::lines(frame, figures, problems);
    let order = lines::order(figures, problems);
    let settlement = payment::settlement(frame, figures, problems);
    if let Some(terms) = &frame.terms
        && let Some(agreed) = &terms.agreed_rate
        && agreed.currency == CurrencyCode::PLN
    {
        problems.note(field("WalutaUmowna"), Cause::AgreedRateInPln);
    }
    payment::check(frame, figures, settlement.as_ref(), problems);
    let (issued, number, total) = (issued?, number?, total?);
    Some(Body {
        place,
        delivery_notes,
        supplied,
        totals,
        advance_rate,
        annotations,
        correction,
        partial_advances,
        to_receipt: frame.marks.to_receipt,
        related_parties: frame.marks.related_parties,
        notes,
        advance_invoices,
        excise_refund: frame.marks.excise_refund,
        lines,
        settlement,
        payment: frame.payment.clone(),
        terms: frame.terms.clone(),
        order,
        ..Body::new(frame.currency, issued, number, total, figures.kind)
    })
}

fn issued(frame: &Frame, now: Timestamp, problems: &mut Problems) -> Option<InvoiceDate> {
    let place = field("P_1");
    let today = warsaw_date(now);
    if frame.issued > today {
        problems.note(place, Cause::IssuedInFuture { today });
    }
    problems.keep(place, InvoiceDate::new(frame.issued))
}

fn supplied<K: Kind>(
    frame: &Frame,
    kind: &K,
    figures: &Figures,
    problems: &mut Problems,
) -> Option<Supplied> {
    let day_of_payment = kind.day_of_payment().map(SaleDate::On);
    let sale = frame.sale.or(day_of_payment)?;
    let has_own_dates = |row: &&super::figures::Row| matches!(&row.content, RowContent::Priced(line) if line.sale_date.is_some());
    if let Some(row) = figures.rows.iter().find(has_own_dates) {
        let place = Place::Line {
            number: row.number,
            element: "P_6A",
        };
        problems.note(place, Cause::SaleDateTwice);
    }
    match sale {
        SaleDate::On(day) => problems
            .keep(field("P_6"), InvoiceDate::new(day))
            .map(Supplied::On),
        SaleDate::During(from, to) => {
            if from > to {
                problems.note(field("OkresFa"), Cause::PeriodReversed { from, to });
            }
            let from = problems.keep(field("P_6_Od"), InvoiceDate::new(from));
            let to = problems.keep(field("P_6_Do"), InvoiceDate::new(to));
            Some(Supplied::During(Period::new(from?, to?)))
        }
    }
}

fn totals(figures: &Figures, problems: &mut Problems) -> Totals {
    let mut totals = Totals::default();
    for (bucket, element) in Bucket::ALL.into_iter().zip(ELEMENTS) {
        let place = field(element);
        let Some(Some(amounts)) = problems.keep(place, figures.totals.bucket(bucket)) else {
            continue;
        };
        let Some(net) = problems.amount(place, amounts.net) else {
            continue;
        };
        match bucket {
            Bucket::Basic => totals.standard = taxed(place, net, &amounts, problems),
            Bucket::FirstReduced => totals.reduced = taxed(place, net, &amounts, problems),
            Bucket::SecondReduced => totals.super_reduced = taxed(place, net, &amounts, problems),
            Bucket::FlatRate => totals.taxi = taxed(place, net, &amounts, problems),
            Bucket::OneStopShop => {
                let tax = problems.amount(place, amounts.tax);
                totals.special_procedure = Some(SpecialTotal::new(net, tax));
            }
            Bucket::ZeroDomestic => totals.zero_domestic = Some(net),
            Bucket::ZeroIntraEu => totals.zero_intra_eu = Some(net),
            Bucket::ZeroExport => totals.zero_export = Some(net),
            Bucket::Exempt => totals.exempt = Some(net),
            Bucket::OutsidePoland => totals.outside_poland = Some(net),
            Bucket::OutsidePolandServices => totals.outside_poland_services = Some(net),
            Bucket::ReverseCharge => totals.reverse_charge = Some(net),
            Bucket::Margin => totals.margin = Some(net),
        }
    }
    totals
}

fn taxed(
    place: Place,
    net: Amount,
    amounts: &RateAmounts,
    problems: &mut Problems,
) -> Option<TaxedTotal> {
    let mut total = TaxedTotal::new(net, problems.amount(place, amounts.tax)?);
    if let Some(tax) = amounts.tax_in_pln {
        total.tax_pln = problems.amount(place, tax);
    }
    Some(total)
}

fn correction(
    data: &CorrectionFrame,
    figures: &Figures,
    problems: &mut Problems,
) -> Option<Correction> {
    let mut invoices = Vec::new();
    for (index, corrected) in data.invoices.iter().enumerate() {
        let place = |element| entry("DaneFaKorygowanej", index, element);
        let issued = problems.keep(
            place("DataWystFaKorygowanej"),
            InvoiceDate::new(corrected.issued),
        );
        let number = problems.text(place("NrFaKorygowanej"), &corrected.number);
        let ksef = match &corrected.ksef_number {
            Some(number) => CorrectedIn::Ksef(number.clone()),
            None => CorrectedIn::OutsideKsef,
        };
        if let (Some(issued), Some(number)) = (issued, number) {
            invoices.push(CorrectedInvoice::new(issued, number, ksef));
        }
    }
    let invoices = problems.keep(field("DaneFaKorygowanej"), NonEmpty::try_from(invoices))?;
    let due_before = figures.due_before.and_then(|(due, rate)| {
        let mut before = DueBefore::new(problems.amount(field("P_15ZK"), due)?);
        before.rate =
            rate.and_then(|rate| problems.keep(field("KursWalutyZK"), ExchangeRate::new(rate)));
        Some(before)
    });
    let buyers_before = problems.list(field("Podmiot2K"), data.buyers_before.clone());
    Some(Correction {
        reason: problems.optional_text(field("PrzyczynaKorekty"), data.reason.as_ref()),
        effect: data.effect,
        period: problems.optional_text(field("OkresFaKorygowanej"), data.period.as_ref()),
        right_number: problems.optional_text(field("NrFaKorygowany"), data.right_number.as_ref()),
        seller_before: data.seller_before.clone(),
        buyers_before,
        due_before,
        ..Correction::new(invoices)
    })
}

fn partial_advances(
    parts: &[Part],
    other_rate: Option<Decimal>,
    problems: &mut Problems,
) -> crate::fa3::value::List<PartialAdvance, 31> {
    let mut advances = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let place = |element| entry("ZaliczkaCzesciowa", index, element);
        let Some(day) = part.day else {
            problems.note(place("P_6Z"), Cause::Missing);
            continue;
        };
        let received = problems.keep(place("P_6Z"), InvoiceDate::new(day));
        let amount = problems.amount(place("P_15Z"), part.amount);
        if let (Some(received), Some(amount)) = (received, amount) {
            let mut advance = PartialAdvance::new(received, amount);
            advance.rate = part
                .exchange_rate
                .or(other_rate)
                .and_then(|rate| problems.keep(place("KursWalutyZW"), ExchangeRate::new(rate)));
            advances.push(advance);
        }
    }
    problems.list(field("ZaliczkaCzesciowa"), advances)
}

fn advance_invoices(
    advances: &[super::advance::AdvanceInvoice],
    problems: &mut Problems,
) -> crate::fa3::value::List<AdvanceInvoice, 100> {
    let mut invoices = Vec::new();
    for (index, advance) in advances.iter().enumerate() {
        let place = entry("FakturaZaliczkowa", index, "NrFaZaliczkowej");
        invoices.extend(match &advance.reference {
            AdvanceReference::Ksef(number) => Some(AdvanceInvoice::Ksef(number.clone())),
            AdvanceReference::Outside(number) => problems
                .text(place, number)
                .map(AdvanceInvoice::OutsideKsef),
        });
    }
    problems.list(field("FakturaZaliczkowa"), invoices)
}

fn notes(frame: &Frame, problems: &mut Problems) -> crate::fa3::value::List<Note, 10_000> {
    let mut notes = Vec::new();
    for (index, note) in frame.notes.iter().enumerate() {
        let place = |element| entry("DodatkowyOpis", index, element);
        let row = note
            .row
            .and_then(|row| problems.keep(place("NrWiersza"), RowNumber::new(row)));
        let key = problems.text(place("Klucz"), &note.key);
        let value = problems.text(place("Wartosc"), &note.value);
        if let (Some(key), Some(value)) = (key, value) {
            notes.push(Note {
                row,
                ..Note::new(key, value)
            });
        }
    }
    problems.list(field("DodatkowyOpis"), notes)
}

/// The net sums, in the order of [`Bucket::ALL`].
const ELEMENTS: [&str; 13] = [
    "P_13_1", "P_13_2", "P_13_3", "P_13_4", "P_13_5", "P_13_6_1", "P_13_6_2", "P_13_6_3", "P_13_7",
    "P_13_8", "P_13_9", "P_13_10", "P_13_11",
];

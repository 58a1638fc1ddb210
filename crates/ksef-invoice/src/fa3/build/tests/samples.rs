//! The Ministry's samples, read and built again: the same lines, sums and total.

use std::collections::BTreeMap;

use super::*;
use crate::fa3::body::Supplied;
use crate::fa3::correction::{CorrectedIn, Correction};
use crate::fa3::line::Line as Shown;
use crate::fa3::order::OrderLine as ShownInOrder;
use crate::fa3::value::code::{InvoiceKind, YesNo};

/// 1 shows a total one grosz above its own sums, 19 rounds net and tax to whole złoty; 6 and 7 are
/// discounts without lines, 15 and 16 simplified invoices without values: they have no lines to build
/// from. The totals of 6, 7 and 15 are counted again in `totals/samples.rs`.
const NOT_FROM_LINES: [u32; 6] = [1, 6, 7, 15, 16, 19];

#[test]
fn samples_are_built_again_from_what_the_reader_gives() {
    let Some(samples) = samples() else {
        eprintln!("skipped: no samples, set KSEF_SPEC_DIR to the folder beside them");
        return;
    };
    assert_eq!(samples.len(), 26);
    let mut built_again = 0;
    for (number, bytes) in samples {
        if NOT_FROM_LINES.contains(&number) {
            continue;
        }
        let sample = fa3::read(&bytes, &Rules::default()).unwrap().invoice;
        let invoice = again(&sample);
        assert_eq!(invoice.body.totals, sample.body.totals, "sample {number}");
        assert_eq!(invoice.body.total, sample.body.total, "sample {number}");
        assert_eq!(invoice.body.kind, sample.body.kind, "sample {number}");
        assert_eq!(invoice.body.lines, sample.body.lines, "sample {number}");
        assert_eq!(invoice.body.order, sample.body.order, "sample {number}");
        assert_eq!(
            invoice.body.annotations, sample.body.annotations,
            "sample {number}"
        );
        assert_eq!(
            invoice.body.settlement.map(|settlement| settlement.balance),
            sample.body.settlement.map(|settlement| settlement.balance),
            "sample {number}"
        );
        check_schema(&again(&fa3::read(&bytes, &Rules::default()).unwrap().invoice).write());
        built_again += 1;
    }
    assert_eq!(built_again, 20);
}

/// The sample, from its parties, its dates and its lines.
fn again(sample: &Invoice) -> Invoice {
    let body = &sample.body;
    let (seller, buyer) = (sample.seller.clone(), sample.buyer.clone());
    let (number, issued) = (body.number.to_string(), body.issued.get());
    let lines = |is_before| {
        let of_state = move |line: &&Shown| line.before_correction == is_before;
        let shown = body.lines.iter().filter(of_state);
        shown.filter_map(|line| Line::of(line, &body.annotations))
    };
    match body.kind {
        InvoiceKind::Basic => finish(
            sample,
            InvoiceBuilder::vat(seller, buyer, number, issued).with_lines(lines(false)),
        ),
        InvoiceKind::Settlement => {
            let builder = InvoiceBuilder::settlement(seller, buyer, number, issued);
            let builder = builder.with_lines(lines(false));
            let whole = builder.build(late()).unwrap().body.total.get();
            let deduction = Deduction::proportional(whole - body.total.get());
            let advance = AdvanceInvoice::in_ksef(ksef_number(1), deduction);
            finish(sample, builder.with_advance(advance))
        }
        InvoiceKind::Advance => {
            let Some(Supplied::On(day)) = body.supplied.clone() else {
                panic!("an advance has its day");
            };
            let received = Received::on(day.get(), body.total.get());
            let mut builder = InvoiceBuilder::advance(seller, buyer, number, issued, received);
            for line in order_lines(sample, false) {
                builder = builder.with_order_line(line);
            }
            finish(sample, builder)
        }
        _ => correction_again(sample, lines(true).collect(), lines(false).collect()),
    }
}

fn correction_again(sample: &Invoice, before: Vec<Line>, after: Vec<Line>) -> Invoice {
    let body = &sample.body;
    let (seller, buyer) = (sample.seller.clone(), sample.buyer.clone());
    let (number, issued) = (body.number.to_string(), body.issued.get());
    let correction = body.correction.as_ref().unwrap();
    let corrected = corrected_again(correction);
    let due_before = correction
        .due_before
        .as_ref()
        .map(|before| before.amount.get());
    let changes = before
        .iter()
        .zip(&after)
        .map(|(before, after)| Change::replaced(before.clone(), after.clone()));
    match body.kind {
        InvoiceKind::AdvanceCorrection => {
            let paid = due_before.unwrap();
            let payment = PaymentChange::new(paid, paid + body.total.get());
            let mut builder = InvoiceBuilder::advance_correction(
                seller, buyer, number, issued, corrected, payment,
            );
            for (before, after) in order_lines(sample, true).zip(order_lines(sample, false)) {
                builder = builder.with_order_change(Change::replaced(before, after));
            }
            finish(sample, builder)
        }
        InvoiceKind::SettlementCorrection => {
            let whole = |lines: &[Line]| {
                let builder =
                    InvoiceBuilder::settlement(seller.clone(), buyer.clone(), "R", issued);
                let invoice = builder.with_lines(lines.to_vec()).build(late()).unwrap();
                invoice.body.total.get()
            };
            let remained = due_before.unwrap();
            let deducted_before = Deduction::proportional(whole(&before) - remained);
            let deducted = Deduction::proportional(whole(&after) - remained - body.total.get());
            let mut builder = InvoiceBuilder::settlement_correction(
                seller.clone(),
                buyer.clone(),
                number,
                issued,
                corrected,
                deducted_before,
            )
            .with_advance(AdvanceInvoice::in_ksef(ksef_number(1), deducted));
            for change in changes {
                builder = builder.with_change(change);
            }
            finish(sample, builder)
        }
        _ if before.is_empty() && after.is_empty() => finish(
            sample,
            InvoiceBuilder::correction_of_data(seller, buyer, number, issued, corrected),
        ),
        _ if before.is_empty() => {
            let mut builder =
                InvoiceBuilder::correction_by_difference(seller, buyer, number, issued, corrected);
            for line in after {
                builder = builder.with_difference(line);
            }
            finish(sample, builder)
        }
        _ => {
            let mut builder =
                InvoiceBuilder::correction_by_lines(seller, buyer, number, issued, corrected);
            for change in changes {
                builder = builder.with_change(change);
            }
            finish(sample, builder)
        }
    }
}

fn corrected_again(correction: &Correction) -> CorrectedInvoice {
    let first = &correction.invoices[0];
    match &first.ksef {
        CorrectedIn::Ksef(reference) => {
            CorrectedInvoice::in_ksef(first.number.as_str(), first.issued.get(), reference.clone())
        }
        CorrectedIn::OutsideKsef => {
            CorrectedInvoice::outside_ksef(first.number.as_str(), first.issued.get())
        }
    }
}

fn order_lines(sample: &Invoice, is_before: bool) -> impl Iterator<Item = OrderLine> {
    let body = &sample.body;
    let of_state = move |line: &&ShownInOrder| line.before_correction == is_before;
    let shown = body.order.as_ref().unwrap().lines.iter().filter(of_state);
    shown.filter_map(|line| OrderLine::of(line, &body.annotations))
}

/// What is not counted: currency, third parties, dates, charges.
fn finish<K: Kind>(sample: &Invoice, builder: InvoiceBuilder<K>) -> Invoice {
    let body = &sample.body;
    let mut builder = builder.with_currency(body.currency);
    for party in &sample.third_parties {
        builder = builder.with_third_party(party.clone());
    }
    for charge in body.settlement.iter().flat_map(|all| &all.charges) {
        builder = builder.with_charge(charge.amount.get(), charge.reason.as_str());
    }
    for deduction in body.settlement.iter().flat_map(|all| &all.deductions) {
        builder = builder.with_deduction(deduction.amount.get(), deduction.reason.as_str());
    }
    if let Some(payment) = &body.payment {
        builder = builder.with_payment(payment.clone());
    }
    let annotations = &body.annotations;
    assert_eq!(annotations.split_payment, YesNo::No);
    builder.build(late()).unwrap()
}

/// After all samples.
fn late() -> Timestamp {
    "2026-12-31T09:00:00Z".parse().unwrap()
}

/// The samples by their number.
fn samples() -> Option<BTreeMap<u32, Vec<u8>>> {
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let spec = std::env::var_os("KSEF_SPEC_DIR")
        .map_or_else(|| repository.join("../shared/spec"), PathBuf::from);
    let folder = std::fs::read_dir(spec.join("../samples/fa3")).ok()?;
    folder
        .flatten()
        .map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_suffix(".xml")?.rsplit('_').next()?;
            Some((number.parse().ok()?, std::fs::read(entry.path()).ok()?))
        })
        .collect()
}

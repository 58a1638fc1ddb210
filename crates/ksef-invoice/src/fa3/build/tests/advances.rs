//! Advances, settlements and their corrections.

use super::*;
use crate::fa3::value::code::CorrectionEffect;
use crate::fa3::value::currency::CurrencyCode;

fn kitchen() -> OrderLine {
    OrderLine::net("kuchnia", Vat::Rate23, 1, 20_000)
}

fn assembly() -> OrderLine {
    OrderLine::net("montaż", Vat::Rate8, 1, 3_000)
}

fn advance(received: Received) -> InvoiceBuilder<kind::Advance> {
    InvoiceBuilder::advance(seller(), buyer(), "ZAL/11/1", ISSUED, received)
        .with_order_line(kitchen())
        .with_order_line(assembly())
}

#[test]
fn an_advance_is_split_by_its_order() {
    let invoice = built(&advance(Received::on(date(2026, 11, 18), 5_000)));
    // The order: 24 600 and 3 240 with tax. 5000 × 24600 ÷ 27840 = 4418.10, tax 826.15; 581.90, tax 43.10.
    assert_eq!(
        outline(&invoice),
        "ZAL P_13_1=3591.95 P_14_1=826.15 P_13_2=538.80 P_14_2=43.10 P_15=5000.00"
    );
    assert_eq!(shown(&invoice, &["P_6"]).as_deref(), Some("2026-11-18"));
    assert_eq!(
        shown(&invoice, &["Zamowienie", "WartoscZamowienia"]).as_deref(),
        Some("27840.00")
    );
    assert!(invoice.body.lines.is_empty());
}

#[test]
fn an_advance_paid_in_parts() {
    let received = Received::in_parts(
        Part::new(date(2026, 11, 2), 1_000),
        Part::new(date(2026, 11, 9), 1_500),
    )
    .with_part(Part::new(date(2026, 11, 16), 2_500));
    let invoice = built(&advance(received));
    assert!(outline(&invoice).ends_with("P_15=5000.00"));
    assert_eq!(invoice.body.partial_advances.len(), 3);
    assert_eq!(shown(&invoice, &["P_6"]), None);
}

#[test]
fn an_advance_in_another_currency() {
    let simple = |received| {
        InvoiceBuilder::advance(seller(), buyer(), "ZAL/11/2", ISSUED, received)
            .with_currency(CurrencyCode::EUR)
            .with_order_line(OrderLine::net("kuchnia", Vat::Rate23, 1, 10_000))
    };
    let received = Received::on(date(2026, 11, 18), 1_230);
    let invoice = built(&simple(received).with_exchange_rate(decimal("4.25")));
    assert_eq!(
        outline(&invoice),
        "ZAL P_13_1=1000.00 P_14_1=230.00 P_14_1W=977.50 P_15=1230.00"
    );
    assert_eq!(shown(&invoice, &["KursWalutyZ"]).as_deref(), Some("4.25"));
    let received = Received::in_parts(
        Part::new(date(2026, 11, 2), 615).with_exchange_rate(decimal("4.20")),
        Part::new(date(2026, 11, 9), 615).with_exchange_rate(decimal("4.30")),
    );
    // 115 × 4.20 + 115 × 4.30
    let invoice = built(&simple(received));
    assert_eq!(
        outline(&invoice),
        "ZAL P_13_1=1000.00 P_14_1=230.00 P_14_1W=977.50 P_15=1230.00"
    );
    assert_eq!(shown(&invoice, &["KursWalutyZ"]), None);
    assert_eq!(
        shown(&invoice, &["ZaliczkaCzesciowa", "KursWalutyZW"]).as_deref(),
        Some("4.20")
    );
}

#[test]
fn parts_without_a_rate_have_that_of_the_invoice() {
    let received = Received::in_parts(
        Part::new(date(2026, 11, 2), 615).with_exchange_rate(decimal("4.20")),
        Part::new(date(2026, 11, 9), 615),
    );
    let invoice = built(
        &InvoiceBuilder::advance(seller(), buyer(), "ZAL/11/3", ISSUED, received)
            .with_currency(CurrencyCode::EUR)
            .with_exchange_rate(decimal("4.30"))
            .with_order_line(OrderLine::net("kuchnia", Vat::Rate23, 1, 10_000)),
    );
    assert!(outline(&invoice).contains("P_14_1W=977.50"));
    let rates = invoice.body.partial_advances.iter().map(|part| part.rate);
    let rates: Vec<String> = rates.map(|rate| rate.unwrap().to_string()).collect();
    assert_eq!(rates, ["4.20", "4.30"]);
    assert_eq!(invoice.body.advance_rate, None);
}

#[test]
fn a_correction_of_the_order() {
    let invoice = built(
        &InvoiceBuilder::advance_correction(
            seller(),
            buyer(),
            "KOR/11/1",
            ISSUED,
            corrected(),
            PaymentChange::unchanged(5_000),
        )
        .with_reason("zła stawka montażu")
        .with_effect(CorrectionEffect::OriginalDate)
        .with_order_change(Change::Unchanged(kitchen()))
        .with_order_change(Change::replaced(
            OrderLine::net("montaż", Vat::Rate23, 1, 3_000),
            assembly(),
        )),
    );
    // Before: all of 5000 at 23 %: 4065.04 and 934.96. After: as in the test above.
    assert_eq!(
        outline(&invoice),
        "KOR_ZAL P_13_1=-473.09 P_14_1=-108.81 P_13_2=538.80 P_14_2=43.10 P_15=0.00 P_15ZK=5000.00"
    );
}

#[test]
fn a_correction_of_the_payment() {
    let correction = |payment| {
        InvoiceBuilder::advance_correction(
            seller(),
            buyer(),
            "KOR/11/2",
            ISSUED,
            corrected(),
            payment,
        )
        .with_order_change(Change::Unchanged(kitchen()))
        .with_order_change(Change::Unchanged(assembly()))
    };
    let invoice = built(&correction(PaymentChange::new(5_000, 0)));
    assert_eq!(
        outline(&invoice),
        "KOR_ZAL P_13_1=-3591.95 P_14_1=-826.15 P_13_2=-538.80 P_14_2=-43.10 P_15=-5000.00 P_15ZK=5000.00"
    );
    let invoice = built(&correction(PaymentChange::unchanged(5_000)));
    assert_eq!(outline(&invoice), "KOR_ZAL P_15=0.00 P_15ZK=5000.00");
}

fn lines() -> [Line; 2] {
    [
        Line::net("kuchnia", Vat::Rate23, 1, 20_000),
        Line::net("montaż", Vat::Rate8, 1, 3_000),
    ]
}

#[test]
fn a_settlement_asks_for_the_rest() {
    let settlement = |deduction| {
        InvoiceBuilder::settlement(seller(), buyer(), "ROZ/11/1", ISSUED)
            .with_lines(lines())
            .with_advance(AdvanceInvoice::in_ksef(ksef_number(8), deduction))
    };
    let expected = "ROZ P_13_1=16408.05 P_14_1=3773.85 P_13_2=2461.20 P_14_2=196.90 P_15=22840.00";
    let invoice = built(&settlement(Deduction::proportional(5_000)));
    assert_eq!(outline(&invoice), expected);
    let by_rate = Totals::from_rates([
        (Rate::Rate23, amounts("3591.95", "826.15")),
        (Rate::Rate8, amounts("538.80", "43.10")),
    ]);
    let invoice = built(&settlement(Deduction::by_rate(by_rate)));
    assert_eq!(outline(&invoice), expected);
    let two = settlement(Deduction::proportional(2_000)).with_advance(
        AdvanceInvoice::outside_ksef("ZAL/1/2026", Deduction::proportional(3_000)),
    );
    assert!(outline(&built(&two)).ends_with("P_15=22840.00"));
    let all = settlement(Deduction::proportional(27_840));
    assert_eq!(
        outline(&built(&all)),
        "ROZ P_13_1=0.00 P_14_1=0.00 P_13_2=0.00 P_14_2=0.00 P_15=0.00"
    );
    let partly = InvoiceBuilder::settlement(seller(), buyer(), "ROZ/11/2", ISSUED)
        .with_lines(lines())
        .with_advance(AdvanceInvoice::in_ksef(
            ksef_number(9),
            Deduction::proportional(5_000),
        ))
        .with_part(Part::new(date(2026, 11, 15), 1_000));
    assert_eq!(built(&partly).body.partial_advances.len(), 1);
}

fn amounts(net: &str, tax: &str) -> RateAmounts {
    RateAmounts {
        net: decimal(net),
        tax: decimal(tax),
        tax_in_pln: None,
    }
}

#[test]
fn a_settlement_in_another_currency() {
    let invoice = built(
        &InvoiceBuilder::settlement(seller(), buyer(), "ROZ/11/3", ISSUED)
            .with_currency(CurrencyCode::EUR)
            .with_exchange_rate(decimal("4.30"))
            .with_line(Line::net("kuchnia", Vat::Rate23, 1, 10_000))
            .with_advance(AdvanceInvoice::in_ksef(
                ksef_number(8),
                Deduction::proportional_at(1_230, decimal("4.25")),
            )),
    );
    // 2300 × 4.30 − 230 × 4.25
    assert_eq!(
        outline(&invoice),
        "ROZ P_13_1=9000.00 P_14_1=2070.00 P_14_1W=8912.50 P_15=11070.00"
    );
}

#[test]
fn a_correction_of_a_settlement() {
    let [kitchen, assembly] = lines();
    let correction = |deducted_before| {
        InvoiceBuilder::settlement_correction(
            seller(),
            buyer(),
            "KOR/11/3",
            ISSUED,
            corrected(),
            deducted_before,
        )
        .with_advance(AdvanceInvoice::in_ksef(
            ksef_number(8),
            Deduction::proportional(5_000),
        ))
    };
    // The advance was 5000 and 7840 was taken off.
    let invoice = built(
        &correction(Deduction::proportional(7_840))
            .with_change(Change::Unchanged(kitchen.clone()))
            .with_change(Change::Unchanged(assembly.clone())),
    );
    assert!(outline(&invoice).ends_with("P_15=2840.00 P_15ZK=20000.00"));
    let cheaper = Line::net("montaż", Vat::Rate8, 1, 2_000);
    let invoice = built(
        &correction(Deduction::proportional(5_000))
            .with_change(Change::Unchanged(kitchen))
            .with_change(Change::replaced(assembly, cheaper)),
    );
    assert!(outline(&invoice).ends_with("P_15=-1080.00 P_15ZK=22840.00"));
}

//! Corrections of ordinary invoices.

use super::*;
use crate::fa3::correction::{BuyerBefore, SellerBefore};
use crate::fa3::value::code::CorrectionEffect;
use crate::fa3::value::currency::CurrencyCode;

fn by_lines() -> InvoiceBuilder<kind::CorrectionByLines> {
    InvoiceBuilder::correction_by_lines(seller(), buyer(), "KOR/11/10", ISSUED, corrected())
}

fn chair(quantity: u32, price: &str) -> Line {
    Line::net("krzesło", Vat::Rate23, quantity, decimal(price))
}

#[test]
fn a_price_goes_down() {
    let invoice = built(
        &by_lines()
            .with_reason("rabat")
            .with_effect(CorrectionEffect::CorrectionDate)
            .with_change(Change::replaced(chair(10, "184.55"), chair(10, "170"))),
    );
    // −145.50; tax 391.00 − 424.47
    assert_eq!(
        outline(&invoice),
        "KOR P_13_1=-145.50 P_14_1=-33.47 P_15=-178.97"
    );
    let rows = &invoice.body.lines;
    assert_eq!((rows[0].number.get(), rows[1].number.get()), (1, 1));
    assert!(rows[0].before_correction && !rows[1].before_correction);
    assert_eq!(
        shown(&invoice, &["NrKSeFFaKorygowanej"]),
        None,
        "it stands inside DaneFaKorygowanej"
    );
    assert_eq!(
        shown(&invoice, &["DaneFaKorygowanej", "NrKSeF"]).as_deref(),
        Some("1")
    );
}

#[test]
fn lines_come_and_go() {
    let invoice = built(
        &by_lines()
            .with_change(Change::Removed(chair(2, "100").with_number(4)))
            .with_change(Change::Added(
                Line::net("ława", Vat::Rate8, 1, 50).with_number(5),
            ))
            .with_change(Change::Unchanged(chair(1, "10").with_number(6))),
    );
    assert_eq!(
        outline(&invoice),
        "KOR P_13_1=-200.00 P_14_1=-46.00 P_13_2=50.00 P_14_2=4.00 P_15=-192.00"
    );
    let rows: Vec<(u64, bool)> = invoice
        .body
        .lines
        .iter()
        .map(|line| (line.number.get(), line.before_correction))
        .collect();
    assert_eq!(
        rows,
        [(4, true), (4, false), (5, false), (6, true), (6, false)]
    );
    assert_eq!(invoice.body.lines[1].net.unwrap().get(), Decimal::ZERO);
}

#[test]
fn a_rate_is_corrected() {
    let exempt = Vat::Exempt(Exemption::act("art. 43 ust. 1 pkt 26"));
    let invoice = built(&by_lines().with_change(Change::replaced(
        Line::net("kurs", Vat::Rate23, 1, 100),
        Line::net("kurs", exempt, 1, 123),
    )));
    assert_eq!(
        outline(&invoice),
        "KOR P_13_1=-100.00 P_14_1=-23.00 P_13_7=123.00 P_15=0.00 P_19=1 P_19A=art. 43 ust. 1 pkt 26"
    );
}

#[test]
fn a_difference_alone() {
    let by_difference = || {
        InvoiceBuilder::correction_by_difference(
            seller(),
            buyer(),
            "KOR/11/11",
            ISSUED,
            CorrectedInvoice::outside_ksef("FV/3/2025", date(2025, 12, 30)),
        )
    };
    let invoice = built(
        &by_difference()
            .with_difference(Line::net("krzesło", Vat::Rate23, -2, decimal("184.55")))
            .with_difference(Line::net_value("transport", Vat::Rate23, decimal("12.30"))),
    );
    // −369.10 + 12.30 = −356.80
    assert_eq!(
        outline(&invoice),
        "KOR P_13_1=-356.80 P_14_1=-82.06 P_15=-438.86"
    );
    let gross = Line::gross("krzesło", Vat::Rate23, 1, decimal("-200"));
    let invoice = built(&by_difference().with_difference(gross));
    assert_eq!(
        outline(&invoice),
        "KOR P_13_1=-162.60 P_14_1=-37.40 P_15=-200.00"
    );
}

#[test]
fn data_is_corrected_without_amounts() {
    let before = BuyerBefore {
        address: buyer().address,
        ..BuyerBefore::new(
            named(PartyId::Nip("1234563218".parse().unwrap()), "Hotel Baltik").identity,
        )
    };
    let invoice = built(
        &InvoiceBuilder::correction_of_data(seller(), buyer(), "KOR/11/12", ISSUED, corrected())
            .with_reason("nazwa nabywcy")
            .with_effect(CorrectionEffect::OriginalDate)
            .with_right_number("FV/11/8")
            .with_seller_before(SellerBefore::new(seller().identity, seller().address))
            .with_buyer_before(before),
    );
    assert_eq!(outline(&invoice), "KOR P_15=0.00");
    assert!(invoice.body.lines.is_empty());
}

#[test]
fn a_discount_on_all_supplies_of_a_period() {
    let collective = || {
        InvoiceBuilder::collective_correction(
            seller(),
            buyer(),
            "KOR/11/13",
            ISSUED,
            "trzeci kwartał 2026",
            corrected(),
        )
        .with_corrected(CorrectedInvoice::in_ksef(
            "FV/10/2",
            date(2026, 10, 5),
            ksef_number(5),
        ))
    };
    let invoice = built(&collective().with_gross_difference(Vat::Rate23, -1_000));
    assert_eq!(
        outline(&invoice),
        "KOR P_13_1=-813.01 P_14_1=-186.99 P_15=-1000.00"
    );
    let correction = invoice.body.correction.as_ref().unwrap();
    assert_eq!(correction.invoices.len(), 2);
    let item = Item::new("krzesło").with_unit("szt.");
    let invoice = built(
        &collective()
            .with_net_difference(Vat::Rate8, -100)
            .with_item(item, Some(decimal("40"))),
    );
    assert_eq!(
        outline(&invoice),
        "KOR P_13_2=-100.00 P_14_2=-8.00 P_15=-108.00"
    );
}

#[test]
fn a_correction_in_another_currency_keeps_its_rates() {
    let line = |price| chair(1, price).with_exchange_rate(decimal("4.10"));
    let invoice = built(
        &by_lines()
            .with_currency(CurrencyCode::EUR)
            .with_change(Change::replaced(line("100"), line("90"))),
    );
    assert_eq!(
        outline(&invoice),
        "KOR P_13_1=-10.00 P_14_1=-2.30 P_14_1W=-9.43 P_15=-12.30"
    );
}

#[test]
fn lines_come_from_the_original() {
    let original = built(
        &InvoiceBuilder::vat(seller(), buyer(), "FV/11/7", date(2026, 11, 3))
            .with_line(chair(2, "100").with_discount(Discount::PerUnit(decimal("5"))))
            .with_line(Line::margin("obraz", MarginScheme::Art, 1, 300))
            .with_line(Line::net(
                "kurs",
                Vat::Exempt(Exemption::act("art. 43 ust. 1 pkt 26")),
                1,
                50,
            )),
    );
    let body = &original.body;
    let lines = body
        .lines
        .iter()
        .map(|line| Line::of(line, &body.annotations));
    let mut builder = by_lines();
    for line in lines {
        builder = builder.with_change(Change::Removed(line.unwrap()));
    }
    let correction = built(&builder);
    assert_eq!(
        outline(&correction),
        "KOR P_13_1=-190.00 P_14_1=-43.70 P_13_7=-50.00 P_13_11=-300.00 P_15=-583.70 \
         P_19=1 P_19A=art. 43 ust. 1 pkt 26 P_PMarzy=1 P_PMarzy_3_2=1"
    );
    let mut before = correction.body.lines[0].clone();
    before.before_correction = false;
    assert_eq!(before, body.lines[0]);
    // A price that does not lead to the value is not repeated.
    let mut rounded = body.lines[0].clone();
    rounded.net = Some("191.50".parse().unwrap());
    let line = Line::of(&rounded, &body.annotations).unwrap();
    let correction = built(&by_lines().with_change(Change::Removed(line)));
    assert_eq!(correction.body.lines[0].net_price, None);
    assert_eq!(correction.body.lines[0].quantity, body.lines[0].quantity);
    rounded.rate = None;
    rounded.net = None;
    assert_eq!(Line::of(&rounded, &body.annotations), None);
}

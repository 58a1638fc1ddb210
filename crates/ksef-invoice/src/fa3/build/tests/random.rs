//! Random invoices: the sums hold, reader and rules have nothing to say.

use proptest::prelude::*;

use super::*;
use crate::fa3::value::currency::CurrencyCode;

fn vat() -> impl Strategy<Value = Vat> {
    prop_oneof![
        4 => Just(Vat::Rate23),
        2 => Just(Vat::Rate8),
        1 => Just(Vat::Rate22),
        1 => Just(Vat::Rate7),
        1 => Just(Vat::Rate5),
        1 => Just(Vat::Rate4),
        1 => Just(Vat::Rate3),
        1 => Just(Vat::ZeroDomestic),
        1 => Just(Vat::Exempt(Exemption::act("art. 113 ust. 1"))),
        1 => Just(Vat::ReverseCharge),
        1 => (0_u32..=100).prop_map(|percent| Vat::OneStopShop(Decimal::from(percent))),
    ]
}

fn line() -> impl Strategy<Value = Line> {
    let quantity = (1_i64..500_000, 0_u32..=6).prop_map(|(n, scale)| Decimal::new(n, scale));
    let price = (0_i64..5_000_000, 0_u32..=8).prop_map(|(n, scale)| Decimal::new(n, scale));
    let discount = prop_oneof![
        3 => Just(None),
        1 => (1_u32..=10).prop_map(|part| Some((part, true))),
        1 => (1_u32..=10).prop_map(|part| Some((part, false))),
    ];
    (vat(), quantity, price, discount, 0_u8..3).prop_map(
        |(vat, quantity, price, discount, basis)| {
            let line = match basis {
                0 => Line::gross("towar", vat, quantity, price),
                _ => Line::net("towar", vat, quantity, price),
            };
            match discount {
                // A part of the price, or of the whole line.
                Some((part, true)) => {
                    let per_unit = (price / Decimal::from(part)).round_dp(8);
                    line.with_discount(Discount::PerUnit(per_unit))
                }
                Some((part, false)) => {
                    let total = (quantity * price / Decimal::from(part)).round_dp(2);
                    line.with_discount(Discount::Total(total))
                }
                None => line,
            }
        },
    )
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec(line(), 1..12)
}

/// Any number at all, small ones included.
fn any_decimal() -> impl Strategy<Value = Decimal> {
    let full = (
        any::<u32>(),
        any::<u32>(),
        any::<u32>(),
        any::<bool>(),
        0_u32..=28,
    )
        .prop_map(|(low, middle, high, sign, scale)| {
            Decimal::from_parts(low, middle, high, sign, scale)
        });
    prop_oneof![
        full,
        (any::<i32>(), 0_u32..=9).prop_map(|(n, scale)| Decimal::new(i64::from(n), scale)),
        Just(Decimal::ZERO),
        Just(Decimal::MAX),
        Just(Decimal::MIN),
        Just(decimal("9999999999999999.99")),
    ]
}

/// What is built from any input follows the schema's types and its own sums.
fn unless_refused<K: Kind>(builder: &InvoiceBuilder<K>) {
    if let Ok(invoice) = builder.build(now()) {
        let xml = invoice.write();
        check_own_schema(&xml);
        let read = fa3::read(xml.as_bytes(), &Rules::default()).unwrap();
        assert_eq!(read.remarks, [], "{xml}");
        assert_eq!(read.invoice, invoice, "{xml}");
    }
}

/// Everything but libxml2's verdict, which is another process.
fn checked<K: Kind>(builder: &InvoiceBuilder<K>) -> Invoice {
    let invoice = match builder.build(now()) {
        Ok(invoice) => invoice,
        Err(error) => panic!("{error}"),
    };
    check_rules(&invoice);
    let mut totals = invoice.body.totals.net() + invoice.body.totals.tax();
    totals.rescale(2);
    assert_eq!(totals, invoice.body.total.get());
    invoice
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sales(lines in lines(), per_line: bool) {
        let builder = InvoiceBuilder::vat(seller(), buyer(), "FV/1", ISSUED).with_lines(lines);
        checked(&if per_line { builder.with_tax_per_line() } else { builder });
    }

    #[test]
    fn sales_in_another_currency(lines in lines(), rate in 1_i64..100_000_000) {
        let builder = InvoiceBuilder::vat(seller(), buyer(), "FV/1", ISSUED)
            .with_currency(CurrencyCode::EUR)
            .with_exchange_rate(Decimal::new(rate, 6))
            .with_lines(lines);
        let invoice = checked(&builder);
        if let Some(total) = invoice.body.totals.standard {
            let expected = total.tax.get() * Decimal::new(rate, 6);
            let distance = (total.tax_pln.unwrap().get() - expected).abs();
            prop_assert!(distance <= decimal("0.01") * decimal("2"));
        }
    }

    #[test]
    fn corrections(before in lines(), after in lines()) {
        let totals = |lines: &[Line]| {
            let builder = InvoiceBuilder::vat(seller(), buyer(), "FV/1", ISSUED);
            builder.with_lines(lines.to_vec()).build(now()).unwrap().body.total.get()
        };
        let difference = totals(&after) - totals(&before);
        let mut builder =
            InvoiceBuilder::correction_by_lines(seller(), buyer(), "K/1", ISSUED, corrected());
        let rows = before.len().max(after.len());
        for index in 0..rows {
            let change = match (before.get(index), after.get(index)) {
                (Some(before), Some(after)) => Change::replaced(before.clone(), after.clone()),
                (Some(before), None) => Change::Removed(before.clone()),
                (None, Some(after)) => Change::Added(after.clone()),
                (None, None) => continue,
            };
            builder = builder.with_change(change);
        }
        let invoice = checked(&builder);
        prop_assert_eq!(invoice.body.total.get(), difference);
    }

    #[test]
    fn reversals(lines in lines()) {
        let mut taken_back =
            InvoiceBuilder::correction_by_difference(seller(), buyer(), "K/1", ISSUED, corrected());
        let mut removed =
            InvoiceBuilder::correction_by_lines(seller(), buyer(), "K/1", ISSUED, corrected());
        let original = InvoiceBuilder::vat(seller(), buyer(), "FV/1", ISSUED)
            .with_lines(lines.clone())
            .build(now())
            .unwrap();
        for line in lines {
            let back = match line.basis {
                line::Basis::Net => Line::net_value("zwrot", vat_of(&line), -line.value().unwrap()),
                line::Basis::Gross => {
                    Line::gross_value("zwrot", vat_of(&line), -line.value().unwrap())
                }
            };
            taken_back = taken_back.with_difference(back);
            removed = removed.with_change(Change::Removed(line));
        }
        let total = -original.body.total.get();
        prop_assert_eq!(checked(&taken_back).body.total.get(), total);
        prop_assert_eq!(checked(&removed).body.total.get(), total);
    }

    #[test]
    fn lines_are_taken_from_an_invoice(lines in lines(), per_line: bool) {
        let sale = |lines: Vec<Line>| {
            let builder = InvoiceBuilder::vat(seller(), buyer(), "FV/1", ISSUED).with_lines(lines);
            if per_line { builder.with_tax_per_line() } else { builder }
        };
        let invoice = sale(lines).build(now()).unwrap();
        let body = &invoice.body;
        let taken = body.lines.iter().map(|line| Line::of(line, &body.annotations).unwrap());
        prop_assert_eq!(&sale(taken.collect()).build(now()).unwrap(), &invoice);
    }

    #[test]
    fn no_number_is_too_much(
        numbers in prop::collection::vec(any_decimal(), 12),
        vats in prop::collection::vec(vat(), 3),
        in_euro: bool,
        line_tax: bool,
    ) {
        let n = |index: usize| numbers[index];
        let currency = if in_euro { CurrencyCode::EUR } else { CurrencyCode::PLN };
        let lines = [
            Line::net("a", vats[0].clone(), n(0), n(1)).with_discount(Discount::PerUnit(n(2))),
            Line::gross("b", vats[1].clone(), n(3), n(4)).with_discount(Discount::Total(n(5))),
            Line::net_value("c", vats[2].clone(), n(6)).with_exchange_rate(n(7)),
            Line::margin("d", MarginScheme::Art, n(8), n(9)).with_value(n(10)),
            Line::net("e", Vat::OneStopShop(n(11)), 1, n(0)),
        ];
        let mut sale = InvoiceBuilder::vat(seller(), buyer(), "F/1", ISSUED)
            .with_currency(currency)
            .with_lines(lines.clone())
            .with_charge(n(0), "x")
            .with_deduction(n(1), "y");
        if line_tax {
            sale = sale.with_tax_per_line();
        }
        unless_refused(&sale);
        for line in &lines {
            let sale = InvoiceBuilder::vat(seller(), buyer(), "F/1", ISSUED);
            unless_refused(&sale.with_line(line.clone()).with_exchange_rate(n(2)));
        }
        let mut correction =
            InvoiceBuilder::correction_by_lines(seller(), buyer(), "K/1", ISSUED, corrected())
                .with_currency(currency);
        let mut rest = InvoiceBuilder::settlement(seller(), buyer(), "R/1", ISSUED)
            .with_advance(AdvanceInvoice::in_ksef(ksef_number(1), Deduction::proportional(n(3))));
        for line in lines {
            correction = correction.with_change(Change::Removed(line.clone()));
            rest = rest.with_line(line);
        }
        unless_refused(&correction);
        unless_refused(&rest);
        let order = OrderLine::net("f", vats[0].clone(), n(4), n(5)).with_tax(n(6));
        let received = Received::in_parts(
            Part::new(ISSUED, n(7)).with_exchange_rate(n(8)),
            Part::new(ISSUED, n(9)),
        );
        unless_refused(
            &InvoiceBuilder::advance(seller(), buyer(), "Z/1", ISSUED, received)
                .with_currency(currency)
                .with_exchange_rate(n(10))
                .with_order_line(order.clone()),
        );
        unless_refused(
            &InvoiceBuilder::advance_correction(
                seller(), buyer(), "K/1", ISSUED, corrected(), PaymentChange::new(n(0), n(1)),
            )
            .with_order_change(Change::Unchanged(order)),
        );
        unless_refused(
            &InvoiceBuilder::collective_correction(
                seller(), buyer(), "K/1", ISSUED, "2026", corrected(),
            )
            .with_gross_difference(vats[0].clone(), n(0))
            .with_net_difference(vats[1].clone(), n(1)),
        );
        unless_refused(
            &InvoiceBuilder::simplified(seller(), buyer(), "U/1", ISSUED)
                .with_item("g", vats[0].clone(), n(0)),
        );
    }

    #[test]
    fn advances_and_their_settlement(
        order in prop::collection::vec((vat(), 1_i64..10_000_000), 1..6),
        share in 1_i64..100,
    ) {
        let order_lines = order.iter().map(|(vat, value)| {
            OrderLine::net("towar", vat.clone(), 1, Decimal::new(*value, 2))
        });
        let lines = order.iter().map(|(vat, value)| {
            Line::net("towar", vat.clone(), 1, Decimal::new(*value, 2))
        });
        let settlement = InvoiceBuilder::settlement(seller(), buyer(), "R/1", ISSUED)
            .with_lines(lines);
        let whole = settlement.build(now()).unwrap().body.total.get();
        let mut received = (whole * Decimal::from(share) / decimal("100")).round_dp(2);
        received.rescale(2);
        prop_assume!(received > Decimal::ZERO);
        let mut builder = InvoiceBuilder::advance(
            seller(), buyer(), "Z/1", ISSUED, Received::on(ISSUED, received),
        );
        for line in order_lines {
            builder = builder.with_order_line(line);
        }
        let advance = checked(&builder);
        prop_assert_eq!(advance.body.total.get(), received);
        let reference = AdvanceInvoice::in_ksef(ksef_number(1), Deduction::proportional(received));
        let rest = checked(&settlement.with_advance(reference));
        prop_assert_eq!(rest.body.total.get() + received, whole);
    }
}

fn vat_of(line: &Line) -> Vat {
    match &line.tax {
        line::LineTax::Vat(vat) => vat.clone(),
        line::LineTax::Margin(_) => unreachable!("no margin lines are made here"),
    }
}

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

/// Everything but the schema's judge, which is another process.
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
    #![proptest_config(ProptestConfig::with_cases(150))]

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

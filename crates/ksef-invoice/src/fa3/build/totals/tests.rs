use proptest::prelude::*;

use super::*;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn net(rate: Rate, value: &str) -> TaxedValue {
    TaxedValue::net(rate, decimal(value))
}

fn gross(rate: Rate, value: &str) -> TaxedValue {
    TaxedValue::gross(rate, decimal(value))
}

fn amounts(totals: &Totals, bucket: Bucket) -> (String, String) {
    let amounts = totals.bucket(bucket).unwrap().unwrap();
    (amounts.net.to_string(), amounts.tax.to_string())
}

fn pair(net: &str, tax: &str) -> (String, String) {
    (net.to_owned(), tax.to_owned())
}

#[test]
fn the_net_method_rounds_once_per_rate() {
    // Line by line the tax would be 3 × 0.01.
    let values = [
        net(Rate::Rate23, "0.03"),
        net(Rate::Rate23, "0.03"),
        net(Rate::Rate23, "0.03"),
    ];
    let totals = Totals::of(&values).unwrap();
    assert_eq!(amounts(&totals, Bucket::Basic), pair("0.09", "0.02"));
    assert_eq!(totals.gross().unwrap(), decimal("0.11"));
}

#[test]
fn the_gross_method_counts_from_within() {
    let values = [gross(Rate::Rate23, "100"), gross(Rate::Rate23, "23")];
    let totals = Totals::of(&values).unwrap();
    assert_eq!(amounts(&totals, Bucket::Basic), pair("100.00", "23.00"));
    // 9.99 × 8 ÷ 108 = 0.74
    let totals = Totals::of(&[gross(Rate::Rate8, "9.99")]).unwrap();
    assert_eq!(amounts(&totals, Bucket::FirstReduced), pair("9.25", "0.74"));
    assert_eq!(totals.gross().unwrap(), decimal("9.99"));
}

#[test]
fn lines_may_show_their_own_tax() {
    let value = || net(Rate::Rate23, "0.03").with_line_tax(decimal("0.01"));
    let totals = Totals::of(&[value(), value(), value()]).unwrap();
    assert_eq!(amounts(&totals, Bucket::Basic), pair("0.09", "0.03"));
    let value = gross(Rate::Rate23, "1.23").with_line_tax(decimal("0.23"));
    let totals = Totals::of(&[value]).unwrap();
    assert_eq!(amounts(&totals, Bucket::Basic), pair("1.00", "0.23"));
}

#[test]
fn two_rates_of_one_sum_keep_their_own_tax() {
    let values = [net(Rate::Rate23, "100"), net(Rate::Rate22, "100")];
    let totals = Totals::of(&values).unwrap();
    assert_eq!(amounts(&totals, Bucket::Basic), pair("200.00", "45.00"));
    let values = [net(Rate::Rate4, "100"), net(Rate::Rate3, "100")];
    let totals = Totals::of(&values).unwrap();
    assert_eq!(amounts(&totals, Bucket::FlatRate), pair("200.00", "7.00"));
}

#[test]
fn every_rate_has_its_sum_and_untaxed_ones_no_tax() {
    let rates = [
        (Rate::ZeroDomestic, Bucket::ZeroDomestic),
        (Rate::ZeroIntraEu, Bucket::ZeroIntraEu),
        (Rate::ZeroExport, Bucket::ZeroExport),
        (Rate::Exempt, Bucket::Exempt),
        (Rate::OutsidePoland, Bucket::OutsidePoland),
        (Rate::OutsidePolandServices, Bucket::OutsidePolandServices),
        (Rate::ReverseCharge, Bucket::ReverseCharge),
        (Rate::Margin, Bucket::Margin),
    ];
    let values: Vec<TaxedValue> = rates.iter().map(|(rate, _)| net(*rate, "10")).collect();
    let totals = Totals::of(&values).unwrap();
    for (_, bucket) in rates {
        assert_eq!(amounts(&totals, bucket), pair("10.00", "0.00"));
    }
    assert_eq!(totals.gross().unwrap(), decimal("80"));
    assert_eq!(totals.bucket(Bucket::Basic).unwrap(), None);
    let totals = Totals::of(&[net(Rate::OneStopShop(decimal("25.5")), "10")]).unwrap();
    assert_eq!(amounts(&totals, Bucket::OneStopShop), pair("10.00", "2.55"));
}

#[test]
fn tax_in_pln_follows_the_exchange_rates() {
    let one = [
        net(Rate::Rate23, "10.01").with_exchange_rate(decimal("4.3210")),
        net(Rate::Rate23, "10.01").with_exchange_rate(decimal("4.321")),
    ];
    // 20.02 × 0.23 = 4.6046, shown as 4.60; × 4.321 = 19.8766
    let amounts = *Totals::of(&one)
        .unwrap()
        .bucket(Bucket::Basic)
        .unwrap()
        .as_ref()
        .unwrap();
    assert_eq!(amounts.tax, decimal("4.60"));
    assert_eq!(amounts.tax_in_pln, Some(decimal("19.88")));

    let two = [
        net(Rate::Rate23, "100").with_exchange_rate(decimal("4.1234")),
        net(Rate::Rate23, "200").with_exchange_rate(decimal("4.4321")),
    ];
    // 23 × 4.1234 + 46 × 4.4321 = 94.8382 + 203.8766
    let amounts = Totals::of(&two).unwrap().bucket(Bucket::Basic).unwrap();
    assert_eq!(amounts.unwrap().tax_in_pln, Some(decimal("298.71")));

    let unknown = [
        net(Rate::Rate23, "100").with_exchange_rate(decimal("4")),
        net(Rate::Rate23, "1"),
    ];
    let amounts = Totals::of(&unknown).unwrap().bucket(Bucket::Basic).unwrap();
    assert_eq!(amounts.unwrap().tax_in_pln, None);
    let untaxed = [net(Rate::ZeroExport, "100").with_exchange_rate(decimal("4"))];
    let amounts = Totals::of(&untaxed)
        .unwrap()
        .bucket(Bucket::ZeroExport)
        .unwrap();
    assert_eq!(amounts.unwrap().tax_in_pln, None);
}

#[test]
fn an_advance_is_split_by_the_gross_values_of_its_order() {
    let order = Totals::of(&[net(Rate::Rate23, "1000"), net(Rate::Rate8, "500")]).unwrap();
    // Gross 1230 and 540 of 1770.
    let advance = order.split(decimal("500"), None).unwrap();
    assert_eq!(amounts(&advance, Bucket::Basic), pair("282.49", "64.97"));
    assert_eq!(
        amounts(&advance, Bucket::FirstReduced),
        pair("141.24", "11.30")
    );
    assert_eq!(advance.gross().unwrap(), decimal("500"));
    let nothing = Err(AmountError::NothingToSplitBy);
    assert_eq!(Totals::default().split(decimal("500"), None), nothing);
    let zero = Totals::of(&[net(Rate::Rate23, "0")]).unwrap();
    assert_eq!(zero.split(decimal("500"), None), nothing);
}

#[test]
fn what_does_not_change_is_not_listed() {
    let before = Totals::of(&[net(Rate::Rate23, "100"), net(Rate::Rate8, "50")]).unwrap();
    let after = Totals::of(&[net(Rate::Rate23, "90"), net(Rate::Rate8, "50")]).unwrap();
    let change = after.minus(&before).unwrap().without_zeros();
    assert_eq!(amounts(&change, Bucket::Basic), pair("-10.00", "-2.30"));
    assert_eq!(change.bucket(Bucket::FirstReduced).unwrap(), None);
    assert_eq!(change.gross().unwrap(), decimal("-12.30"));
}

#[test]
fn amounts_that_do_not_fit_are_errors() {
    let too_large = AmountError::TooLarge { digits_max: 16 };
    let half = "5000000000000000";
    let values = [net(Rate::Rate23, half), net(Rate::Rate23, half)];
    assert_eq!(Totals::of(&values), Err(too_large));
    // Each rate fits, their sum does not.
    let totals = Totals::of(&[net(Rate::Rate23, half), net(Rate::Rate22, half)]).unwrap();
    assert_eq!(totals.bucket(Bucket::Basic), Err(too_large));
    assert_eq!(totals.gross(), Err(too_large));
    let values = [net(Rate::Rate23, half).with_exchange_rate(decimal("100"))];
    assert_eq!(Totals::of(&values), Err(too_large));
    assert!(Totals::of(&[TaxedValue::net(Rate::Rate23, Decimal::MAX)]).is_err());
    assert!(Totals::of(&[TaxedValue::gross(Rate::Rate23, Decimal::MIN)]).is_err());
}

fn rates() -> impl Strategy<Value = Rate> {
    prop_oneof![
        Just(Rate::Rate23),
        Just(Rate::Rate22),
        Just(Rate::Rate8),
        Just(Rate::Rate5),
        Just(Rate::Rate3),
        Just(Rate::Exempt),
        Just(Rate::OneStopShop(Decimal::from(19))),
    ]
}

fn values() -> impl Strategy<Value = Vec<TaxedValue>> {
    let grosze = -100_000_000_i64..100_000_000;
    let value = (rates(), grosze, any::<bool>()).prop_map(|(rate, grosze, is_net)| {
        let amount = Decimal::new(grosze, 2);
        if is_net {
            TaxedValue::net(rate, amount)
        } else {
            TaxedValue::gross(rate, amount)
        }
    });
    prop::collection::vec(value, 1..20)
}

proptest! {
    #[test]
    fn sums_and_taxes_hold(values in values()) {
        let totals = Totals::of(&values).unwrap();
        let mut all = Decimal::ZERO;
        for bucket in Bucket::ALL {
            if let Some(amounts) = totals.bucket(bucket).unwrap() {
                all += amounts.net + amounts.tax;
            }
        }
        prop_assert_eq!(totals.gross().unwrap(), all);
        for (rate, amounts) in totals.rates() {
            let mut net = Decimal::ZERO;
            let mut gross = Decimal::ZERO;
            let mut exact = Decimal::ZERO;
            for value in values.iter().filter(|value| value.rate() == rate) {
                exact += value.exact_tax().unwrap();
                match value.value {
                    Value::Net(amount) => net += amount,
                    Value::Gross(amount) => gross += amount,
                }
            }
            // Two methods in one rate, each rounded once.
            prop_assert!((amounts.tax - exact).abs() <= decimal("0.01"));
            if gross.is_zero() {
                prop_assert_eq!(amounts.net, net);
                prop_assert!((amounts.tax - net * rate.percent() / decimal("100")).abs() <= decimal("0.005"));
            }
            if net.is_zero() {
                prop_assert_eq!(amounts.net + amounts.tax, gross);
            }
        }
    }

    #[test]
    fn a_correction_back_to_the_same_lines_changes_nothing(before in values(), after in values()) {
        let (before, after) = (Totals::of(&before).unwrap(), Totals::of(&after).unwrap());
        let change = after.minus(&before).unwrap();
        prop_assert_eq!(before.plus(&change).unwrap().without_zeros(), after.clone().without_zeros());
        prop_assert_eq!(change.gross().unwrap(), after.gross().unwrap() - before.gross().unwrap());
        prop_assert_eq!(after.minus(&after).unwrap().without_zeros(), Totals::default());
    }

    #[test]
    fn the_parts_of_an_advance_add_up(
        lines in prop::collection::vec((rates(), 1_i64..100_000_000), 1..8),
        grosze in 1_i64..100_000_000_000,
    ) {
        let lines: Vec<TaxedValue> = lines
            .into_iter()
            .map(|(rate, value)| TaxedValue::net(rate, Decimal::new(value, 2)))
            .collect();
        let received = Decimal::new(grosze, 2);
        let advance = Totals::of(&lines).unwrap().split(received, None).unwrap();
        prop_assert_eq!(advance.gross().unwrap(), received);
    }
}

//! FA_RR: the arithmetic of a flat-rate farmer's invoice, and accounts.

use rust_decimal::Decimal;

use super::invoice::money;
use super::line::decimal;
use super::payment::check_account;
use super::report::Report;
use super::totals::{report_total, tolerance};
use crate::rule::Rule;
use crate::tree::Element;
use crate::violation::Violation;

pub(super) fn check(root: Element<'_>, report: &mut Report) {
    let Some(body) = root.child("FakturaRR") else {
        return;
    };
    let accounts = body
        .children_named("Platnosc")
        .flat_map(Element::children)
        .filter(|holder| holder.name().starts_with("RachunekBankowy"));
    for number in accounts.filter_map(|holder| holder.child("NrRB")) {
        check_account(number, report);
    }
    let lines: Vec<Element<'_>> = body.children_named("FakturaRRWiersz").collect();
    let is_correction = body.value_at(&["RodzajFaktury"]) == Some("KOR_VAT_RR");
    for line in &lines {
        if !is_correction {
            check_value(*line, report);
        }
        check_refund(*line, report);
    }
    if !is_correction && !lines.is_empty() {
        check_sum(body, &lines, ("P_8", "P_11_1"), Rule::NetSum, report);
        check_sum(body, &lines, ("P_10", "P_11_2"), Rule::VatSum, report);
    }
    let total = [amount(body, "P_11_1"), amount(body, "P_11_2")];
    if let ([Some(value), Some(refund)], Some(due)) = (total, amount(body, "P_12_1"))
        && let Some(sum) = value.checked_add(refund)
        && (sum - due).abs() > tolerance(lines.len())
        && let Some(element) = body.child("P_12_1")
    {
        report_total(element, sum, due, report);
    }
}

fn amount(parent: Element<'_>, name: &str) -> Option<Decimal> {
    parent.value_at(&[name]).and_then(decimal)
}

/// `line-net`: quantity times price.
fn check_value(line: Element<'_>, report: &mut Report) {
    let numbers = ["P_6B", "P_7", "P_8"].map(|name| amount(line, name));
    let [Some(quantity), Some(price), Some(value)] = numbers else {
        return;
    };
    let Some(expected) = quantity.checked_mul(price) else {
        return;
    };
    if (expected - value).abs() <= CENT {
        return;
    }
    let (expected, actual) = (money(expected), money(value));
    report.add(
        line.child("P_8").unwrap_or(line),
        Violation::new(
            Rule::LineNet,
            format!("wartość {actual} nie wynika z ilości {quantity} i ceny {price}: powinno być {expected}"),
            format!("the value {actual} does not follow from quantity {quantity} and price {price}: it should be {expected}"),
        )
        .comparing(expected, actual),
    );
}

/// `line-vat` and `line-gross`: the refund at its rate, and the value with it.
fn check_refund(line: Element<'_>, report: &mut Report) {
    let numbers = ["P_8", "P_9", "P_10", "P_11"].map(|name| amount(line, name));
    let [Some(value), Some(rate), Some(refund), Some(with_refund)] = numbers else {
        return;
    };
    let expected = value
        .checked_mul(rate)
        .map(|amount| amount / Decimal::ONE_HUNDRED);
    if let Some(expected) = expected.filter(|expected| (*expected - refund).abs() > CENT) {
        let (expected, actual, value) = (money(expected), money(refund), money(value));
        report.add(
            line.child("P_10").unwrap_or(line),
            Violation::new(
                Rule::LineVat,
                format!("zryczałtowany zwrot podatku {actual} nie wynika z wartości {value} i stawki {rate}%: powinno być {expected}"),
                format!("the flat-rate refund {actual} does not follow from the value {value} and the rate {rate}%: it should be {expected}"),
            )
            .comparing(expected, actual),
        );
    }
    let sum = value.checked_add(refund);
    if let Some(sum) = sum.filter(|sum| (*sum - with_refund).abs() > CENT) {
        let (expected, actual) = (money(sum), money(with_refund));
        report.add(
            line.child("P_11").unwrap_or(line),
            Violation::new(
                Rule::LineGross,
                format!("wartość ze zwrotem {actual} nie jest sumą wartości i zwrotu: powinno być {expected}"),
                format!("the value with the refund, {actual}, is not the sum of both: it should be {expected}"),
            )
            .comparing(expected, actual),
        );
    }
}

/// `net-sum` and `vat-sum`: a column of the lines and its sum.
fn check_sum(
    body: Element<'_>,
    lines: &[Element<'_>],
    (column, name): (&str, &str),
    rule: Rule,
    report: &mut Report,
) {
    let sum = lines.iter().try_fold(Decimal::ZERO, |sum, line| {
        sum.checked_add(amount(*line, column)?)
    });
    let (Some(sum), Some(actual), Some(element)) = (sum, amount(body, name), body.child(name))
    else {
        return;
    };
    if (sum - actual).abs() <= tolerance(lines.len()) {
        return;
    }
    let (expected, actual) = (money(sum), money(actual));
    report.add(
        element,
        Violation::new(
            rule,
            format!("{name} wynosi {actual}, a wiersze ({column}) dają razem {expected}; popraw sumę albo wiersze"),
            format!("{name} is {actual}, but the lines ({column}) come to {expected}; correct the sum or the lines"),
        )
        .comparing(expected, actual),
    );
}

/// One grosz.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

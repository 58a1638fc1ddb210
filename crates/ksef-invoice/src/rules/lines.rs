//! Lines: products, VAT, numbers and quantities.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::invoice::{Invoice, money};
use super::line::{Line, Rate, decimal};
use super::report::Report;
use crate::rule::Rule;
use crate::tree::Element;
use crate::violation::Violation;

pub(super) fn check(invoice: &Invoice<'_>, report: &mut Report) {
    // A correction by difference may show the new price next to the difference in value.
    let is_state = !invoice.kind.is_correction() || invoice.lines.iter().any(|line| line.is_before);
    let is_margin = invoice.is_margin();
    for line in &invoice.lines {
        if is_state {
            check_net(line, report);
            check_gross(line, report);
        }
        if !is_margin {
            check_vat(line, report);
        }
    }
    for line in &invoice.order_lines {
        check_vat(line, report);
    }
    if !invoice.kind.is_correction() {
        check_quantities(invoice, report);
        check_numbers(invoice, report);
    }
}

/// `line-net`. A line that also has a gross price was computed from that one.
fn check_net(line: &Line<'_>, report: &mut Report) {
    let (Some(quantity), Some(price), Some(value)) = (line.quantity, line.net_price, line.net)
    else {
        return;
    };
    if line.gross_price.is_some() || line.gross.is_some() {
        return;
    }
    let Some(expected) = product(quantity, price, line.discount, value) else {
        return;
    };
    report.add(
        line.element.child("P_11").unwrap_or(line.element),
        Violation::new(
            Rule::LineNet,
            format!("wartość netto {} nie wynika z ilości {quantity} i ceny {price}{}: powinno być {}", money(value), less_polish(line), money(expected)),
            format!("the net value {} does not follow from quantity {quantity} and price {price}{}: it should be {}", money(value), less_english(line), money(expected)),
        )
        .comparing(money(expected), money(value)),
    );
}

/// `line-gross`.
fn check_gross(line: &Line<'_>, report: &mut Report) {
    let (Some(quantity), Some(price), Some(value)) = (line.quantity, line.gross_price, line.gross)
    else {
        return;
    };
    let Some(expected) = product(quantity, price, line.discount, value) else {
        return;
    };
    report.add(
        line.element.child("P_11A").unwrap_or(line.element),
        Violation::new(
            Rule::LineGross,
            format!("wartość brutto {} nie wynika z ilości {quantity} i ceny brutto {price}{}: powinno być {}", money(value), less_polish(line), money(expected)),
            format!("the gross value {} does not follow from quantity {quantity} and gross price {price}{}: it should be {}", money(value), less_english(line), money(expected)),
        )
        .comparing(money(expected), money(value)),
    );
}

fn less_polish(line: &Line<'_>) -> String {
    line.discount
        .map_or(String::new(), |discount| format!(" z rabatem {discount}"))
}

fn less_english(line: &Line<'_>) -> String {
    line.discount
        .map_or(String::new(), |discount| format!(" less {discount}"))
}

/// Quantity times price less discount, when the value is another one. The form does not say
/// whether the discount is that of the line or of each unit: both are right.
fn product(
    quantity: Decimal,
    price: Decimal,
    discount: Option<Decimal>,
    value: Decimal,
) -> Option<Decimal> {
    // A quantity of zero is its own finding.
    if quantity.is_zero() {
        return None;
    }
    let discount = discount.unwrap_or_default().abs();
    let full = quantity.checked_mul(price)?;
    let of_units = quantity.checked_mul(discount)?;
    // Of goods given back the discount is given back too.
    let candidates = [
        full.checked_sub(discount)?,
        full.checked_add(discount)?,
        full.checked_sub(of_units)?,
    ];
    let [by_line, returned, by_unit] = candidates;
    let is = |expected: Decimal| (expected - value).abs() <= CENT;
    let is_right = is(by_line) || is(by_unit) || (full.is_sign_negative() && is(returned));
    (!is_right).then_some(by_line)
}

/// `line-vat`.
fn check_vat(line: &Line<'_>, report: &mut Report) {
    let (Some(vat), Some(rate)) = (line.vat, line.rate) else {
        return;
    };
    let Some(value) = line.value() else {
        return;
    };
    let fraction = rate.fraction();
    let from_net = line.net.and_then(|net| net.checked_mul(fraction));
    let from_gross = line.gross.and_then(|gross| {
        gross
            .checked_mul(fraction)?
            .checked_div(Decimal::ONE + fraction)
    });
    // On an invoice in another currency VAT may be that in PLN.
    let exchange = line.element.value_at(&["KursWaluty"]).and_then(decimal);
    let mut expected = from_net.into_iter().chain(from_gross);
    let is_right = expected.any(|expected| {
        let in_pln = exchange.and_then(|exchange| expected.checked_mul(exchange));
        [Some(expected), in_pln]
            .into_iter()
            .flatten()
            .any(|expected| (expected - vat).abs() <= CENT)
    });
    let Some(expected) = from_net.or(from_gross).filter(|_| !is_right) else {
        return;
    };
    let element = ["P_11Vat", "P_11VatZ"]
        .iter()
        .find_map(|name| line.element.child(name));
    let percent = percent(rate);
    report.add(
        element.unwrap_or(line.element),
        Violation::new(
            Rule::LineVat,
            format!("VAT wiersza {} nie wynika z wartości {} i stawki {percent}: powinno być {}", money(vat), money(value), money(expected)),
            format!("the line's VAT {} does not follow from the value {} and the rate {percent}: it should be {}", money(vat), money(value), money(expected)),
        )
        .comparing(money(expected), money(vat)),
    );
}

/// A rate in words.
fn percent(rate: Rate) -> String {
    match rate {
        Rate::Percent(percent) | Rate::Foreign(percent) => format!("{}%", percent.normalize()),
        Rate::Exempt => "zw".to_owned(),
        Rate::ReverseCharge => "oo".to_owned(),
        Rate::OutsideFirst | Rate::OutsideSecond | Rate::Outside => "np".to_owned(),
        Rate::ZeroDomestic | Rate::ZeroSupply | Rate::ZeroExport | Rate::Zero => "0%".to_owned(),
    }
}

/// `quantity-negative` and `quantity-zero`.
fn check_quantities(invoice: &Invoice<'_>, report: &mut Report) {
    for line in &invoice.lines {
        let (Some(quantity), Some(element)) = (line.quantity, line.element.child("P_8B")) else {
            continue;
        };
        if quantity.is_zero() {
            report.add(
                element,
                Violation::new(
                    Rule::QuantityZero,
                    "ilość w wierszu wynosi 0; podaj ilość albo usuń wiersz",
                    "the line's quantity is 0; give the quantity or remove the line",
                ),
            );
        } else if quantity.is_sign_negative() {
            report.add(
                element,
                Violation::new(
                    Rule::QuantityNegative,
                    format!("ilość w wierszu jest ujemna ({quantity}); zwrot lub obniżkę wykazuje się fakturą korygującą, rabat w polu P_10"),
                    format!("the line's quantity is negative ({quantity}); returns and reductions go on a correction, discounts in P_10"),
                ),
            );
        }
    }
}

/// `line-number-repeated` and `line-number-gap`.
fn check_numbers(invoice: &Invoice<'_>, report: &mut Report) {
    let mut seen = HashSet::new();
    let mut is_repeated = false;
    let mut numbers: Vec<(u64, Element<'_>)> = Vec::new();
    for line in &invoice.lines {
        let Some(element) = line.element.child("NrWierszaFa") else {
            continue;
        };
        let Ok(number) = element.value().parse::<u64>() else {
            return;
        };
        numbers.push((number, element));
        if !seen.insert(number) {
            is_repeated = true;
            report.add(
                element,
                Violation::new(
                    Rule::LineNumberRepeated,
                    format!("numer wiersza {number} się powtarza; każdy wiersz ma własny, kolejny numer"),
                    format!("line number {number} comes twice; every line has its own consecutive number"),
                ),
            );
        }
    }
    if is_repeated {
        return;
    }
    numbers.sort_unstable_by_key(|(number, _)| *number);
    for (expected, (number, element)) in (1..).zip(numbers) {
        if number != expected {
            report.add(
                element,
                Violation::new(
                    Rule::LineNumberGap,
                    format!("w numeracji wierszy brakuje numeru {expected} (jest {number}); sprawdź, czy żaden wiersz nie zginął"),
                    format!("line number {expected} is missing (there is {number}); see whether a line was lost"),
                )
                .comparing(expected.to_string(), number.to_string()),
            );
            return;
        }
    }
}

/// One grosz, the tolerance of a product.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

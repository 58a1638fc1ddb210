//! Sums: of lines by rate, of VAT, and the amount due.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::invoice::{Invoice, Kind, money};
use super::line::{EXEMPT, Line, MARGIN, REVERSE_CHARGE, Rate, Sums};
use super::report::Report;
use crate::rule::Rule;
use crate::tree::Element;
use crate::violation::Violation;

pub(super) fn check(invoice: &Invoice<'_>, report: &mut Report) {
    check_net_sums(invoice, report);
    for sums in invoice.sums {
        check_vat_sum(invoice, sums, report);
    }
    check_total(invoice, report);
}

/// How far a sum over this many lines may be off: half a grosz for each, at least one grosz.
pub(super) fn tolerance(lines: usize) -> Decimal {
    (HALF_CENT * Decimal::from(lines)).max(CENT)
}

/// `net-sum`. Advances have no lines of their own, settlements have full lines and the sums that
/// remain.
fn check_net_sums(invoice: &Invoice<'_>, report: &mut Report) {
    if !matches!(
        invoice.kind,
        Kind::Basic | Kind::Simplified | Kind::Correction
    ) || invoice.lines.is_empty()
    {
        return;
    }
    let Some(lines) = placed(invoice) else {
        return;
    };
    for sums in invoice.sums {
        let of_rate: Vec<&Placed<'_>> = lines.iter().filter(|line| line.sums == *sums).collect();
        check_net_sum(invoice, sums, &of_rate, report);
    }
}

/// A line with the sums it belongs to.
struct Placed<'i> {
    line: &'i Line<'i>,
    sums: &'static Sums,
    /// Without tax, converted when only the gross value is there.
    net: Decimal,
    /// With tax.
    gross: Decimal,
    sign: Sign,
}

/// How a line counts in a correction.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Sign {
    After,
    /// Before the correction, and there is a line with the state after it.
    Replaced,
    /// Before the correction, alone: taken away, or confirmed without a change.
    Alone,
}

/// The lines with their sums; `None` when a line does not say its value or rate.
fn placed<'i>(invoice: &'i Invoice<'i>) -> Option<Vec<Placed<'i>>> {
    let is_margin = invoice.is_margin();
    let after = names_after(&invoice.lines);
    let known = invoice.sums.iter().copied();
    let known: Vec<&Sums> = known
        .filter(|sums| total_of(invoice, sums.net).is_some())
        .collect();
    invoice
        .lines
        .iter()
        .map(|line| {
            let (sums, fraction) = match line.rate {
                // Some write the rate their margin is taxed with.
                Some(rate) if !is_margin || known.contains(&rate.sums()) => {
                    (rate.sums(), rate.fraction())
                }
                _ if is_margin => (&MARGIN, Decimal::ZERO),
                _ => return None,
            };
            let factor = Decimal::ONE + fraction;
            let net = match (line.net, line.gross) {
                (Some(net), _) => net,
                (None, gross) => gross?.checked_div(factor)?,
            };
            let gross = match line.gross {
                Some(gross) => gross,
                None => net.checked_mul(factor)?,
            };
            Some(Placed {
                line,
                sums,
                net,
                gross,
                sign: sign(line, &after),
            })
        })
        .collect()
}

/// What lines are recognised by, of the lines after a correction.
fn names_after<'t>(lines: &[Line<'t>]) -> HashSet<(&'static str, &'t str)> {
    let after = lines.iter().filter(|line| !line.is_before);
    after.flat_map(names).collect()
}

/// What a line is recognised by: its number, its identifier, what it sells.
fn names<'t>(line: &Line<'t>) -> impl Iterator<Item = (&'static str, &'t str)> + use<'t> {
    let element = line.element;
    ["NrWierszaFa", "UU_ID", "P_7"]
        .into_iter()
        .filter_map(move |name| Some((name, element.value_at(&[name])?)))
}

fn sign(line: &Line<'_>, after: &HashSet<(&str, &str)>) -> Sign {
    if !line.is_before {
        Sign::After
    } else if names(line).any(|name| after.contains(&name)) {
        Sign::Replaced
    } else {
        Sign::Alone
    }
}

fn check_net_sum(
    invoice: &Invoice<'_>,
    sums: &'static Sums,
    lines: &[&Placed<'_>],
    report: &mut Report,
) {
    let total = total_of(invoice, sums.net);
    if lines.is_empty() && (total.is_none_or(|total| total.is_zero()) || is_free(invoice, sums)) {
        return;
    }
    // One side without the other is `exempt-lines` and `reverse-charge-lines`.
    let is_paired = *sums == EXEMPT || *sums == REVERSE_CHARGE;
    let is_one_sided = lines.is_empty() || total.is_none_or(|total| total.is_zero());
    if is_paired && is_one_sided && !invoice.kind.is_correction() {
        return;
    }
    let actual = total.unwrap_or_default();
    let vat = sums.vat.and_then(|name| invoice.amount(name));
    let with_tax = actual + vat.unwrap_or_default();
    let within = tolerance(lines.len());
    let is_right = WAYS.iter().any(|way| {
        let net = signed(lines, *way, |line| line.net);
        let gross = signed(lines, *way, |line| line.gross);
        let is_gross = !lines.is_empty() && lines.iter().all(|line| line.line.gross.is_some());
        net.is_none_or(|net| (net - actual).abs() <= within)
            || is_gross && gross.is_none_or(|gross| (gross - with_tax).abs() <= within)
    });
    if is_right {
        return;
    }
    let expected = signed(lines, Way::Replacing, |line| line.net).unwrap_or_default();
    let found = sums.net.iter().find_map(|name| invoice.body.child(name));
    let element = found
        .or_else(|| lines.first().map(|line| line.line.element))
        .unwrap_or(invoice.body);
    let (expected, actual) = (money(expected), money(actual));
    let violation = if found.is_none() {
        missing_sum(sums, &expected)
    } else if lines.is_empty() {
        sum_without_lines(sums, &actual)
    } else {
        other_sum(sums, &expected, &actual)
    };
    report.add(element, violation.comparing(expected, actual));
}

fn missing_sum(sums: &Sums, expected: &str) -> Violation {
    let names = sums.net.join(" + ");
    let name = sums.net.first().copied().unwrap_or_default();
    Violation::new(
        Rule::NetSum,
        format!(
            "wiersze tej stawki dają razem {expected} netto, a faktura nie ma sumy {names}; dodaj {name} albo popraw stawki wierszy"
        ),
        format!(
            "the lines of this rate come to {expected} net, but the invoice has no {names}; add {name} or correct the rates of the lines"
        ),
    )
}

fn sum_without_lines(sums: &Sums, actual: &str) -> Violation {
    let names = sums.net.join(" + ");
    Violation::new(
        Rule::NetSum,
        format!(
            "{names} wynosi {actual}, a żaden wiersz nie ma stawki, którą ta suma obejmuje; popraw stawki wierszy albo przenieś kwotę"
        ),
        format!(
            "{names} is {actual}, but no line has a rate that belongs to this sum; correct the rates of the lines or move the amount"
        ),
    )
}

fn other_sum(sums: &Sums, expected: &str, actual: &str) -> Violation {
    let names = sums.net.join(" + ");
    Violation::new(
        Rule::NetSum,
        format!(
            "{names} wynosi {actual}, a wiersze tej stawki dają razem {expected}; popraw sumę albo wiersze"
        ),
        format!(
            "{names} is {actual}, but the lines of this rate come to {expected}; correct the sum or the lines"
        ),
    )
}

/// A sum that needs no line: on a margin invoice lines do not say what is margin, and a
/// correction need not show all that it changes.
fn is_free(invoice: &Invoice<'_>, sums: &Sums) -> bool {
    invoice.is_margin() || invoice.kind == Kind::Correction || sums.net == ["P_13_5"]
}

/// How a correction counts its lines from before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// All of them are taken off.
    Replacing,
    /// Those without a line after them are confirmed, not taken off.
    Confirming,
    /// They are written with the opposite sign already.
    Reversed,
}

/// The ways in use, the Ministry's first.
const WAYS: [Way; 3] = [Way::Replacing, Way::Confirming, Way::Reversed];

/// The sum of the lines; `None` when it is too large to compute.
fn signed(
    lines: &[&Placed<'_>],
    way: Way,
    value: impl Fn(&Placed<'_>) -> Decimal,
) -> Option<Decimal> {
    lines.iter().try_fold(Decimal::ZERO, |sum, line| {
        let value = value(line);
        match (line.sign, way) {
            (Sign::After, _) | (_, Way::Reversed) => sum.checked_add(value),
            (Sign::Alone, Way::Confirming) => Some(sum),
            (Sign::Replaced | Sign::Alone, _) => sum.checked_sub(value),
        }
    })
}

/// `vat-sum`.
fn check_vat_sum(invoice: &Invoice<'_>, sums: &'static Sums, report: &mut Report) {
    let ([name], Some(vat_name), false) = (sums.net, sums.vat, sums.rates.is_empty()) else {
        return;
    };
    let (Some(net), Some(vat)) = (invoice.amount(name), invoice.amount(vat_name)) else {
        return;
    };
    // A correction of the tax alone.
    if invoice.kind.is_correction() && net.is_zero() {
        return;
    }
    let lines: Vec<&Line<'_>> = invoice
        .lines
        .iter()
        .chain(&invoice.order_lines)
        .filter(|line| line.rate.is_some_and(|rate| rate.sums() == sums))
        .collect();
    let corrected = invoice.body.children_named("DaneFaKorygowanej").count();
    let count = lines.len().max(corrected) + settled(invoice);
    let expected = expected_vat(invoice, sums, &lines, net);
    // Tax of a payment is counted from within.
    let is_gross = is_of_payment(invoice.kind) || lines.iter().any(|line| line.gross.is_some());
    let within = |fraction: Decimal| {
        // Tax taken out of gross values also moves the net sum.
        let factor = if is_gross {
            Decimal::ONE + fraction
        } else {
            Decimal::ONE
        };
        (tolerance(count) * factor).max(CENT)
    };
    if expected.is_empty()
        || expected
            .iter()
            .any(|(fraction, expected)| (*expected - vat).abs() <= within(*fraction))
    {
        return;
    }
    let Some((fraction, amount)) = expected.last() else {
        return;
    };
    let percent = (*fraction * Decimal::ONE_HUNDRED).normalize();
    let (expected, actual, net) = (money(*amount), money(vat), money(net));
    report.add(
        invoice.body.child(vat_name).unwrap_or(invoice.body),
        Violation::new(
            Rule::VatSum,
            format!("{vat_name} wynosi {actual}, a {percent}% od {name} {net} to {expected}; popraw kwotę podatku albo stawkę wierszy"),
            format!("{vat_name} is {actual}, but {percent}% of {name} {net} is {expected}; correct the tax or the rate of the lines"),
        )
        .comparing(expected, actual),
    );
}

/// Is the tax, or a part of it, that of a payment before the supply?
const fn is_of_payment(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Advance | Kind::AdvanceCorrection | Kind::Settlement | Kind::SettlementCorrection
    )
}

/// How many advances' taxes, each rounded on its own, were taken off the tax of the lines.
fn settled(invoice: &Invoice<'_>) -> usize {
    let states = match invoice.kind {
        Kind::Settlement => 1,
        // Those before and those after.
        Kind::SettlementCorrection => 2,
        _ => return 0,
    };
    let advances = invoice.body.children_named("FakturaZaliczkowa").count();
    states * advances.max(1)
}

/// The rates that may be meant, with the VAT they give; empty when it cannot be known.
fn expected_vat(
    invoice: &Invoice<'_>,
    sums: &Sums,
    lines: &[&Line<'_>],
    net: Decimal,
) -> Vec<(Decimal, Decimal)> {
    let mut fractions: Vec<Decimal> = lines
        .iter()
        .filter_map(|line| line.rate.map(Rate::fraction))
        .collect();
    fractions.sort_unstable();
    fractions.dedup();
    match fractions.as_slice() {
        [] => sums
            .rates
            .iter()
            .filter_map(|percent| {
                let fraction = Decimal::from(*percent) / Decimal::ONE_HUNDRED;
                Some((fraction, net.checked_mul(fraction)?))
            })
            .collect(),
        [fraction] => net
            .checked_mul(*fraction)
            .map(|vat| (*fraction, vat))
            .into_iter()
            .collect(),
        // Two rates behind one sum: each line has its part.
        _ if invoice.kind == Kind::Basic => mixed_vat(lines, net).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn mixed_vat(lines: &[&Line<'_>], net: Decimal) -> Option<(Decimal, Decimal)> {
    let vat = lines.iter().try_fold(Decimal::ZERO, |sum, line| {
        let fraction = line.rate?.fraction();
        let net = match line.net {
            Some(net) => net,
            None => line.gross?.checked_div(Decimal::ONE + fraction)?,
        };
        sum.checked_add(net.checked_mul(fraction)?)
    })?;
    Some((vat.checked_div(net)?.round_dp(4), vat))
}

/// `total-due`.
fn check_total(invoice: &Invoice<'_>, report: &mut Report) {
    let (Some(element), Some(due)) = (invoice.body.child("P_15"), invoice.amount("P_15")) else {
        return;
    };
    let is_brief = invoice.kind == Kind::Simplified || invoice.kind.is_correction();
    if !invoice.has_sums() && (is_brief || due.is_zero()) {
        return;
    }
    let names = invoice
        .sums
        .iter()
        .flat_map(|sums| sums.net.iter().copied().chain(sums.vat));
    let sum = names
        .filter_map(|name| invoice.amount(name))
        .try_fold(Decimal::ZERO, Decimal::checked_add);
    let Some(sum) = sum else {
        return;
    };
    let count = invoice.lines.len().max(invoice.order_lines.len());
    if (sum - due).abs() <= tolerance(count) {
        return;
    }
    report_total(element, sum, due, report);
}

/// The finding of `total-due`.
pub(super) fn report_total(element: Element<'_>, sum: Decimal, due: Decimal, report: &mut Report) {
    let name = element.name();
    let (expected, actual) = (money(sum), money(due));
    report.add(
        element,
        Violation::new(
            Rule::TotalDue,
            format!("kwota należności {name} wynosi {actual}, a sumy wartości i podatku dają {expected}; popraw kwotę albo sumy"),
            format!("the amount due {name} is {actual}, but the sums of values and tax come to {expected}; correct the amount or the sums"),
        )
        .comparing(expected, actual),
    );
}

/// The sum of these amounts; `None` when none is there.
fn total_of(invoice: &Invoice<'_>, names: &[&str]) -> Option<Decimal> {
    let mut found = names.iter().filter_map(|name| invoice.amount(name));
    let first = found.next()?;
    found.try_fold(first, Decimal::checked_add)
}

/// One grosz.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// Half a grosz.
const HALF_CENT: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

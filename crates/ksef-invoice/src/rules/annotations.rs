//! Annotations and the sales they speak of: reverse charge, exemption.
//!
//! Corrections are left alone: a correction from one treatment to another has sums of both.

use super::invoice::{Invoice, Kind};
use super::line::{EXEMPT, REVERSE_CHARGE, Rate, Sums};
use super::report::Report;
use crate::rule::Rule;
use crate::violation::Violation;

pub(super) fn check(invoice: &Invoice<'_>, report: &mut Report) {
    if invoice.kind.is_correction() {
        return;
    }
    check_reverse_charge(invoice, report);
    check_reverse_charge_unused(invoice, report);
    check_exemption(invoice, report);
    check_exemption_unused(invoice, report);
    for side in [
        Sides {
            rule: Rule::ReverseChargeLines,
            rate: Rate::ReverseCharge,
            name: "oo",
            sums: &REVERSE_CHARGE,
        },
        Sides {
            rule: Rule::ExemptLines,
            rate: Rate::Exempt,
            name: "zw",
            sums: &EXEMPT,
        },
    ] {
        check_lines(invoice, &side, report);
    }
}

/// `reverse-charge-unmarked`.
fn check_reverse_charge(invoice: &Invoice<'_>, report: &mut Report) {
    let Some(mark) = invoice
        .body
        .at(&["Adnotacje", "P_18"])
        .filter(|mark| mark.value() == "2")
    else {
        return;
    };
    let buyer = invoice
        .buyer()
        .and_then(|buyer| buyer.child("DaneIdentyfikacyjne"));
    // A consumer does not account for the tax; a triangular sale has its own words (P_23).
    let is_consumer = buyer.is_some_and(|identity| identity.child("BrakID").is_some());
    let is_triangular = invoice.mark(&["P_23"]) == Some("1");
    let outside = (!is_consumer && !is_triangular).then_some("P_13_8");
    let sum = outside
        .into_iter()
        .chain(["P_13_10"])
        .find(|name| invoice.nonzero(name).is_some());
    if let Some(sum) = sum {
        report.add(
            mark,
            Violation::new(
                Rule::ReverseChargeUnmarked,
                format!("faktura ma sprzedaż rozliczaną przez nabywcę ({sum}), a P_18=2; ustaw P_18=1 („odwrotne obciążenie”)"),
                format!("the invoice has sales that the buyer accounts for ({sum}), but P_18=2; set P_18=1 (“reverse charge”)"),
            )
            .comparing("1", "2"),
        );
    }
}

/// `reverse-charge-unused`.
fn check_reverse_charge_unused(invoice: &Invoice<'_>, report: &mut Report) {
    let Some(mark) = invoice
        .body
        .at(&["Adnotacje", "P_18"])
        .filter(|mark| mark.value() == "1")
    else {
        return;
    };
    let has_sum = ["P_13_8", "P_13_9", "P_13_10"]
        .iter()
        .any(|name| invoice.nonzero(name).is_some());
    let has_line = invoice
        .lines
        .iter()
        .chain(&invoice.order_lines)
        .any(|line| {
            matches!(
                line.rate,
                None | Some(
                    Rate::ReverseCharge | Rate::OutsideFirst | Rate::OutsideSecond | Rate::Outside
                )
            )
        });
    if has_sum || has_line || !invoice.has_sums() {
        return;
    }
    report.add(
        mark,
        Violation::new(
            Rule::ReverseChargeUnused,
            "P_18=1 („odwrotne obciążenie”), a faktura nie ma sprzedaży rozliczanej przez nabywcę \
             (P_13_8, P_13_9, P_13_10); ustaw P_18=2 albo popraw stawki",
            "P_18=1 (“reverse charge”), but the invoice has no sales that the buyer accounts for \
             (P_13_8, P_13_9, P_13_10); set P_18=2 or correct the rates",
        )
        .comparing("2", "1"),
    );
}

/// `exempt-basis-missing`.
fn check_exemption(invoice: &Invoice<'_>, report: &mut Report) {
    if invoice.mark(&["Zwolnienie", "P_19"]) == Some("1") {
        return;
    }
    let Some(annotation) = invoice.body.at(&["Adnotacje", "Zwolnienie"]) else {
        return;
    };
    let line = invoice.line_with(|rate| rate == Rate::Exempt);
    let sum = invoice.nonzero("P_13_7").map(|_| "P_13_7");
    let Some(what) = sum.or(line.map(|_| "P_12 = zw")) else {
        return;
    };
    report.add(
        annotation,
        Violation::new(
            Rule::ExemptBasisMissing,
            format!("faktura ma sprzedaż zwolnioną ({what}), a nie podaje podstawy zwolnienia; zamiast P_19N wpisz P_19=1 i przepis w P_19A, P_19B albo P_19C"),
            format!("the invoice has exempt sales ({what}), but not the basis of the exemption; in place of P_19N put P_19=1 and the provision in P_19A, P_19B or P_19C"),
        ),
    );
}

/// `exempt-basis-unused`.
fn check_exemption_unused(invoice: &Invoice<'_>, report: &mut Report) {
    let Some(mark) = invoice
        .body
        .at(&["Adnotacje", "Zwolnienie", "P_19"])
        .filter(|mark| mark.value() == "1")
    else {
        return;
    };
    let mut lines = invoice.lines.iter().chain(&invoice.order_lines);
    let has_line = lines.any(|line| matches!(line.rate, None | Some(Rate::Exempt)));
    if has_line || invoice.nonzero("P_13_7").is_some() || !invoice.has_sums() {
        return;
    }
    report.add(
        mark,
        Violation::new(
            Rule::ExemptBasisUnused,
            "faktura podaje podstawę zwolnienia (P_19=1), a nie ma sprzedaży zwolnionej (zw, P_13_7); \
             wpisz P_19N=1 albo popraw stawki",
            "the invoice names the basis of an exemption (P_19=1), but has no exempt sales (zw, P_13_7); \
             put P_19N=1 or correct the rates",
        ),
    );
}

/// Lines of a rate and the sum they must come with.
struct Sides {
    rule: Rule,
    rate: Rate,
    name: &'static str,
    sums: &'static Sums,
}

/// `reverse-charge-lines` and `exempt-lines`: one side without the other. Sums that differ are
/// those of `net-sum`.
fn check_lines(invoice: &Invoice<'_>, side: &Sides, report: &mut Report) {
    // A settlement invoice has full lines and the sums that remain, an advance has no lines.
    if !matches!(invoice.kind, Kind::Basic | Kind::Simplified) || invoice.lines.is_empty() {
        return;
    }
    let [sum] = side.sums.net else {
        return;
    };
    let Sides { rule, name, .. } = *side;
    let total = invoice.nonzero(sum);
    let line = invoice.lines.iter().find(|line| {
        line.rate == Some(side.rate) && line.value().is_some_and(|value| !value.is_zero())
    });
    let is_complete = invoice.lines.iter().all(|line| line.rate.is_some());
    match (line, total) {
        (Some(line), None) if invoice.has_sums() => {
            let rate = line.element.child("P_12").unwrap_or(line.element);
            report.add(
                rate,
                Violation::new(
                    rule,
                    format!("wiersz ma stawkę {name}, a faktura nie ma sumy {sum}; dodaj {sum} albo popraw stawkę"),
                    format!("the line has rate {name}, but the invoice has no sum {sum}; add {sum} or correct the rate"),
                ),
            );
        }
        (None, Some(_)) if is_complete => {
            let element = invoice.body.child(sum).unwrap_or(invoice.body);
            report.add(
                element,
                Violation::new(
                    rule,
                    format!("faktura ma sumę {sum}, a żaden wiersz nie ma stawki {name}; popraw stawkę wierszy albo przenieś kwotę do właściwej sumy"),
                    format!("the invoice has the sum {sum}, but no line has rate {name}; correct the rate of the lines or move the amount to its sum"),
                ),
            );
        }
        _ => {}
    }
}

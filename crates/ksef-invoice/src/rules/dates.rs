//! Dates: of issue, of sale, of the period.

use ksef_core::form_code::FormCode;

use super::Context;
use super::invoice::{Invoice, day};
use super::report::Report;
use crate::problem::Problem;
use crate::rule::Rule;
use crate::tree::Element;
use crate::violation::Violation;

/// The element with the issue date.
pub(super) fn issue_date<'t>(root: Element<'t>, form: &FormCode) -> Option<Element<'t>> {
    match form {
        FormCode::Fa2 | FormCode::Fa3 => root.at(&["Fa", "P_1"]),
        FormCode::FaRr1 => root.at(&["FakturaRR", "P_4B"]),
        _ => root.child("IssueDate"),
    }
}

/// `issue-date-future`.
pub(super) fn check_issue_date(
    root: Element<'_>,
    form: &FormCode,
    context: &Context<'_>,
    report: &mut Report,
) {
    let Some(element) = issue_date(root, form) else {
        return;
    };
    if let Some(issued) = day(element.value())
        && issued > context.today
    {
        let accepted = context.today;
        report.add(element, Problem::FutureIssueDate { issued, accepted });
    }
}

pub(super) fn check(invoice: &Invoice<'_>, report: &mut Report) {
    check_sale_dates(invoice, report);
    check_period(invoice, report);
}

/// `sale-date-twice`.
fn check_sale_dates(invoice: &Invoice<'_>, report: &mut Report) {
    let Some(common) = invoice.body.child("P_6") else {
        return;
    };
    let line = invoice
        .lines
        .iter()
        .find_map(|line| line.element.child("P_6A"));
    if let Some(of_line) = line {
        let (common, own) = (common.value(), of_line.value());
        report.add(
            of_line,
            Violation::new(
                Rule::SaleDateTwice,
                format!(
                    "data sprzedaży {own} w wierszu (P_6A), a faktura ma wspólną datę {common} (P_6); \
                     podaje się jedną z nich: P_6, gdy data jest wspólna dla wszystkich wierszy, \
                     inaczej P_6A w wierszach"
                ),
                format!(
                    "the line has its date of sale {own} (P_6A) and the invoice a common one, {common} (P_6); \
                     give one of them: P_6 when the date is the same for all lines, else P_6A on the lines"
                ),
            ),
        );
    }
}

/// `period-reversed`.
fn check_period(invoice: &Invoice<'_>, report: &mut Report) {
    let Some(period) = invoice.body.child("OkresFa") else {
        return;
    };
    let (Some(from), Some(to)) = (period.child("P_6_Od"), period.child("P_6_Do")) else {
        return;
    };
    if let (Some(first), Some(last)) = (day(from.value()), day(to.value()))
        && first > last
    {
        report.add(
            to,
            Violation::new(
                Rule::PeriodReversed,
                format!("okres, którego dotyczy faktura, kończy się {last}, przed swoim początkiem {first}; popraw P_6_Od lub P_6_Do"),
                format!("the invoiced period ends on {last}, before its start on {first}; correct P_6_Od or P_6_Do"),
            )
            .comparing(format!("≥ {first}"), last.to_string()),
        );
    }
}

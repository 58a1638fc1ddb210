//! What a kind of invoice amounts to: its rows, its totals, what is due.

use rust_decimal::Decimal;

use super::correction::Change;
use super::item::Item;
use super::line::{Basis, Line, LineTax};
use super::order_line::OrderLine;
use super::problem::{Cause, Place, Problems, invoice};
use super::rate::Vat;
use super::totals::Totals;
use crate::fa3::value::code::InvoiceKind;
use crate::fa3::value::currency::CurrencyCode;

/// What of the invoice decides how amounts are counted.
#[derive(Debug, Clone, Copy)]
pub struct Money {
    pub(super) currency: CurrencyCode,
    /// In złoty per unit.
    pub(super) exchange_rate: Option<Decimal>,
    /// Lines show their own tax.
    pub(super) shows_line_tax: bool,
}

/// What a kind of invoice amounts to.
#[derive(Debug)]
pub struct Figures {
    pub(super) kind: InvoiceKind,
    pub(super) rows: Vec<Row>,
    pub(super) order: Option<Vec<OrderRow>>,
    /// The order's value with tax.
    pub(super) order_value: Decimal,
    /// How what has no row is taxed.
    pub(super) taxes: Vec<LineTax>,
    pub(super) totals: Totals,
    /// `P_15`.
    pub(super) due: Decimal,
    /// `P_15ZK`, with the exchange rate before the correction.
    pub(super) due_before: Option<(Decimal, Option<Decimal>)>,
    /// The sums stay out: a simplified invoice that shows rates only.
    pub(super) hides_totals: bool,
}

/// A row of the invoice.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) is_before: bool,
    pub(super) content: RowContent,
}

#[derive(Debug, Clone)]
pub(super) enum RowContent {
    /// With its value.
    Priced(Line),
    /// What was sold, without a value of its own.
    Named {
        item: Item,
        vat: Option<Vat>,
        quantity: Option<Decimal>,
    },
}

/// A row of the order.
#[derive(Debug, Clone)]
pub(super) struct OrderRow {
    pub(super) number: u64,
    pub(super) is_before: bool,
    pub(super) line: OrderLine,
}

impl Figures {
    /// Nothing yet.
    pub(super) fn new(kind: InvoiceKind) -> Self {
        Self {
            kind,
            rows: Vec::new(),
            order: None,
            order_value: Decimal::ZERO,
            taxes: Vec::new(),
            totals: Totals::default(),
            due: Decimal::ZERO,
            due_before: None,
            hides_totals: false,
        }
    }

    /// Takes these totals, and what they add up to as the amount due.
    pub(super) fn settle(&mut self, totals: Totals, problems: &mut Problems) {
        if let Some(due) = problems.keep(invoice("P_15"), totals.gross()) {
            self.due = due;
        }
        self.totals = totals;
    }
}

/// Lines in their order, numbered where they have no number of their own.
pub(super) fn rows(lines: &[Line]) -> Vec<Row> {
    let numbered = (1..).zip(lines);
    numbered
        .map(|(number, line)| row(number, false, line.clone()))
        .collect()
}

/// The rows of changes: before, then after, with one number.
pub(super) fn changed_rows(changes: &[Change<Line>]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (number, change) in (1..).zip(changes) {
        let (before, after) = states(change, Line::emptied);
        rows.extend(before.map(|line| row(number, true, line)));
        rows.extend(after.map(|line| row(number, false, line)));
    }
    rows
}

/// Order lines in their order.
pub(super) fn order_rows(lines: &[OrderLine]) -> Vec<OrderRow> {
    let numbered = (1..).zip(lines);
    numbered
        .map(|(number, line)| order_row(number, false, line.clone()))
        .collect()
}

/// The rows of changes of an order.
pub(super) fn changed_order_rows(changes: &[Change<OrderLine>]) -> Vec<OrderRow> {
    let mut rows = Vec::new();
    for (number, change) in (1..).zip(changes) {
        let (before, after) = states(change, OrderLine::emptied);
        rows.extend(before.map(|line| order_row(number, true, line)));
        rows.extend(after.map(|line| order_row(number, false, line)));
    }
    rows
}

fn states<L: Clone>(change: &Change<L>, emptied: fn(&L) -> L) -> (Option<L>, Option<L>) {
    match change {
        Change::Replaced { before, after } => (Some(before.clone()), Some(after.clone())),
        Change::Removed(line) => (Some(line.clone()), Some(emptied(line))),
        Change::Added(line) => (None, Some(line.clone())),
        Change::Unchanged(line) => (Some(line.clone()), Some(line.clone())),
    }
}

fn row(number: u64, is_before: bool, line: Line) -> Row {
    Row {
        number: line.number.unwrap_or(number),
        is_before,
        content: RowContent::Priced(line),
    }
}

fn order_row(number: u64, is_before: bool, line: OrderLine) -> OrderRow {
    OrderRow {
        number: line.number.unwrap_or(number),
        is_before,
        line,
    }
}

/// The totals of the rows of one state; nothing when something is wrong with a row.
pub(super) fn tally(
    rows: &[Row],
    is_before: bool,
    money: Money,
    problems: &mut Problems,
) -> Option<Totals> {
    let mut values = Vec::new();
    let mut is_right = true;
    for row in rows.iter().filter(|row| row.is_before == is_before) {
        let RowContent::Priced(line) = &row.content else {
            continue;
        };
        let element = match line.basis {
            Basis::Net => "P_11",
            Basis::Gross => "P_11A",
        };
        let place = Place::Line {
            number: row.number,
            element,
        };
        check_exchange_rate(row.number, line, money, problems);
        let computed = line.computed_value();
        check_value(place, line.given_value, computed.ok().flatten(), problems);
        let value = line.taxed_value(money.shows_line_tax, money.exchange_rate);
        match problems.keep(place, value) {
            Some(value) => values.push(value),
            None => is_right = false,
        }
    }
    let totals = problems.keep(invoice("P_13_1"), Totals::of(&values))?;
    is_right.then_some(totals)
}

/// The totals of the order rows of one state.
pub(super) fn tally_order(
    rows: &[OrderRow],
    is_before: bool,
    problems: &mut Problems,
) -> Option<Totals> {
    let mut values = Vec::new();
    let mut is_right = true;
    for row in rows.iter().filter(|row| row.is_before == is_before) {
        let place = |element| Place::OrderLine {
            number: row.number,
            element,
        };
        let line = &row.line;
        let computed = line.computed_value().ok().flatten();
        check_value(place("P_11NettoZ"), line.given_value, computed, problems);
        let computed = line.computed_tax().ok();
        check_value(place("P_11VatZ"), line.given_tax, computed, problems);
        match problems.keep(place("P_11NettoZ"), line.taxed_value()) {
            Some(value) => values.push(value),
            None => is_right = false,
        }
    }
    let totals = problems.keep(invoice("WartoscZamowienia"), Totals::of(&values))?;
    is_right.then_some(totals)
}

fn check_value(
    place: Place,
    given: Option<Decimal>,
    computed: Option<Decimal>,
    problems: &mut Problems,
) {
    let (Some(given), Some(computed)) = (given, computed) else {
        return;
    };
    let distance = given.checked_sub(computed).unwrap_or(Decimal::MAX).abs();
    if distance > Decimal::new(1, 2) {
        problems.note(place, Cause::ValueMismatch { given, computed });
    }
}

fn check_exchange_rate(number: u64, line: &Line, money: Money, problems: &mut Problems) {
    let place = Place::Line {
        number,
        element: "KursWaluty",
    };
    let is_in_pln = money.currency == CurrencyCode::PLN;
    if is_in_pln && line.exchange_rate.is_some() {
        problems.note(place, Cause::ExchangeRateInPln);
    }
    if let Some(rate) = line.exchange_rate.filter(|rate| *rate <= Decimal::ZERO) {
        problems.note(place, Cause::NotPositive(rate));
    }
    let rate = line.exchange_rate.or(money.exchange_rate);
    if !is_in_pln && rate.is_none() && line.rate().needs_tax_in_pln() {
        problems.note(place, Cause::ExchangeRateMissing);
    }
}

//! Invoices with lines: ordinary, simplified, settlements and their corrections.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::correction::{CorrectionFrame, IsCorrection};
use super::sealed::Compute;
use crate::fa3::build::InvoiceBuilder;
use crate::fa3::build::advance::{AdvanceInvoice, Deduction, Part};
use crate::fa3::build::correction::{Change, CorrectedInvoice};
use crate::fa3::build::figures::{Figures, Money, Row, RowContent, changed_rows, rows, tally};
use crate::fa3::build::item::Item;
use crate::fa3::build::line::{Line, LineTax};
use crate::fa3::build::problem::{Cause, Place, Problems, invoice};
use crate::fa3::build::rate::Vat;
use crate::fa3::build::totals::{TaxedValue, Totals};
use crate::fa3::parties::{Buyer, Seller};
use crate::fa3::value::code::InvoiceKind;
use crate::fa3::value::currency::CurrencyCode;
use jiff::civil::Date;

/// An ordinary invoice (`VAT`).
#[derive(Debug, Clone, Default)]
pub struct Sale {
    lines: Vec<Line>,
}

/// A settlement after advances (`ROZ`, art. 106f(3)).
#[derive(Debug, Clone, Default)]
pub struct Settlement {
    lines: Vec<Line>,
    advances: Vec<AdvanceInvoice>,
    parts: Vec<Part>,
}

/// A simplified invoice (`UPR`, art. 106e(5)(3)).
#[derive(Debug, Clone, Default)]
pub struct Simplified {
    items: Vec<(Item, Vat, Decimal)>,
    shows_rates_only: bool,
}

/// A correction of a settlement (`KOR_ROZ`).
#[derive(Debug, Clone)]
pub struct SettlementCorrection {
    frame: CorrectionFrame,
    changes: Vec<Change<Line>>,
    advances: Vec<AdvanceInvoice>,
    deducted_before: Deduction,
}

/// A kind whose lines are what is sold.
pub trait HasLines: Compute {
    #[doc(hidden)]
    fn lines_mut(&mut self) -> &mut Vec<Line>;
}

impl HasLines for Sale {
    fn lines_mut(&mut self) -> &mut Vec<Line> {
        &mut self.lines
    }
}

impl HasLines for Settlement {
    fn lines_mut(&mut self) -> &mut Vec<Line> {
        &mut self.lines
    }
}

impl<K: HasLines> InvoiceBuilder<K> {
    /// Adds a line; at most 10 000.
    #[must_use]
    pub fn with_line(mut self, line: Line) -> Self {
        self.kind.lines_mut().push(line);
        self
    }

    /// Adds lines.
    #[must_use]
    pub fn with_lines(mut self, lines: impl IntoIterator<Item = Line>) -> Self {
        self.kind.lines_mut().extend(lines);
        self
    }
}

impl InvoiceBuilder<Sale> {
    /// An ordinary invoice (`VAT`): it needs a line.
    #[must_use]
    pub fn vat(seller: Seller, buyer: Buyer, number: impl Into<String>, issued: Date) -> Self {
        Self::new(seller, buyer, number.into(), issued, Sale::default())
    }
}

impl Compute for Sale {
    fn figures(&self, money: Money, problems: &mut Problems) -> Figures {
        let mut figures = Figures::new(InvoiceKind::Basic);
        figures.rows = rows(&self.lines);
        check_lines(&figures.rows, problems);
        if let Some(totals) = tally(&figures.rows, false, money, problems) {
            figures.settle(totals, problems);
        }
        figures
    }
}

impl InvoiceBuilder<Settlement> {
    /// A settlement of advances (`ROZ`): the lines are complete, the sums and the amount due are what the
    /// advances leave. It needs a line; without [`Self::with_advance`] nothing is taken off (art. 106b(1a)).
    #[must_use]
    pub fn settlement(
        seller: Seller,
        buyer: Buyer,
        number: impl Into<String>,
        issued: Date,
    ) -> Self {
        Self::new(seller, buyer, number.into(), issued, Settlement::default())
    }

    /// Adds an advance invoice and takes it off; at most 100.
    #[must_use]
    pub fn with_advance(mut self, advance: AdvanceInvoice) -> Self {
        self.kind.advances.push(advance);
        self
    }

    /// Adds a payment before the supply that no advance invoice documented and this one does
    /// (`ZaliczkaCzesciowa`); at most 31.
    #[must_use]
    pub fn with_part(mut self, part: Part) -> Self {
        self.kind.parts.push(part);
        self
    }
}

impl Compute for Settlement {
    fn figures(&self, money: Money, problems: &mut Problems) -> Figures {
        let mut figures = Figures::new(InvoiceKind::Settlement);
        figures.rows = rows(&self.lines);
        check_lines(&figures.rows, problems);
        if let Some(lines) = tally(&figures.rows, false, money, problems) {
            let deductions = self.advances.iter().map(|advance| &advance.deduction);
            if let Some(totals) = remaining(&lines, deductions, money, problems) {
                figures.settle(totals, problems);
            }
        }
        figures
    }

    fn advances(&self) -> &[AdvanceInvoice] {
        &self.advances
    }

    fn parts(&self) -> &[Part] {
        &self.parts
    }
}

/// The lines less the advances.
fn remaining<'a>(
    lines: &Totals,
    deductions: impl IntoIterator<Item = &'a Deduction>,
    money: Money,
    problems: &mut Problems,
) -> Option<Totals> {
    let place = invoice("FakturaZaliczkowa");
    let mut advances = Totals::default();
    for deduction in deductions {
        if let Some(amount) = deduction.negative() {
            problems.note(place, Cause::NotPositive(amount));
        }
        let totals = problems.keep(place, deduction.totals(lines, money.exchange_rate))?;
        advances = problems.keep(place, advances.plus(&totals))?;
    }
    let remaining = problems.keep(place, lines.minus(&advances))?;
    let [remains, advances, lines] = [&remaining, &advances, lines].map(Totals::gross);
    if let (Ok(remains), Ok(advances), Ok(lines)) = (remains, advances, lines)
        && remains < Decimal::ZERO
        && lines >= Decimal::ZERO
    {
        problems.note(place, Cause::AdvancesExceed { advances, lines });
    }
    Some(remaining)
}

impl InvoiceBuilder<SettlementCorrection> {
    /// A correction of a settlement (`KOR_ROZ`): lines before and after, and what advances took off before.
    /// The advances of [`Self::with_advance`] are those taken off after the correction.
    #[must_use]
    pub fn settlement_correction(
        seller: Seller,
        buyer: Buyer,
        number: impl Into<String>,
        issued: Date,
        corrected: CorrectedInvoice,
        deducted_before: Deduction,
    ) -> Self {
        let kind = SettlementCorrection {
            frame: CorrectionFrame::of(corrected),
            changes: Vec::new(),
            advances: Vec::new(),
            deducted_before,
        };
        Self::new(seller, buyer, number.into(), issued, kind)
    }

    /// Adds a line with its states before and after.
    #[must_use]
    pub fn with_change(mut self, change: Change<Line>) -> Self {
        self.kind.changes.push(change);
        self
    }

    /// Adds an advance invoice and takes it off; at most 100.
    #[must_use]
    pub fn with_advance(mut self, advance: AdvanceInvoice) -> Self {
        self.kind.advances.push(advance);
        self
    }
}

impl IsCorrection for SettlementCorrection {
    fn frame_mut(&mut self) -> &mut CorrectionFrame {
        &mut self.frame
    }
}

impl Compute for SettlementCorrection {
    fn figures(&self, money: Money, problems: &mut Problems) -> Figures {
        let mut figures = Figures::new(InvoiceKind::SettlementCorrection);
        figures.rows = changed_rows(&self.changes);
        if figures.rows.is_empty() {
            problems.note(invoice("FaWiersz"), Cause::Missing);
        }
        let before = tally(&figures.rows, true, money, problems);
        let after = tally(&figures.rows, false, money, problems);
        let (Some(before), Some(after)) = (before, after) else {
            return figures;
        };
        let deductions = self.advances.iter().map(|advance| &advance.deduction);
        let after = remaining(&after, deductions, money, problems);
        let before = remaining(&before, [&self.deducted_before], money, problems);
        let (Some(before), Some(after)) = (before, after) else {
            return figures;
        };
        let due = problems.keep(invoice("P_15ZK"), before.gross());
        figures.due_before = due.map(|due| (due, None));
        if let Some(change) = problems.keep(invoice("P_13_1"), after.minus(&before)) {
            figures.settle(change.without_zeros(), problems);
        }
        figures
    }

    fn correction(&self) -> Option<&CorrectionFrame> {
        Some(&self.frame)
    }

    fn advances(&self) -> &[AdvanceInvoice] {
        &self.advances
    }
}

impl InvoiceBuilder<Simplified> {
    /// A simplified invoice (`UPR`) of at most 450 zł or 100 euro: what was sold, the rates and the total
    /// with tax. It needs an item; the buyer's NIP is enough of the buyer.
    #[must_use]
    pub fn simplified(
        seller: Seller,
        buyer: Buyer,
        number: impl Into<String>,
        issued: Date,
    ) -> Self {
        Self::new(seller, buyer, number.into(), issued, Simplified::default())
    }

    /// Adds what was sold, its tax, and its value with tax.
    #[must_use]
    pub fn with_item(mut self, item: impl Into<Item>, vat: Vat, gross: impl Into<Decimal>) -> Self {
        self.kind.items.push((item.into(), vat, gross.into()));
        self
    }

    /// Shows the rates on the lines and the total, and no sums by rate.
    #[must_use]
    pub const fn showing_rates_only(mut self) -> Self {
        self.kind.shows_rates_only = true;
        self
    }
}

impl Compute for Simplified {
    fn figures(&self, money: Money, problems: &mut Problems) -> Figures {
        let mut figures = Figures::new(InvoiceKind::Simplified);
        let numbered = (1..).zip(&self.items);
        figures.rows = numbered
            .map(|(number, (item, vat, _))| Row {
                number,
                is_before: false,
                content: RowContent::Named {
                    item: item.clone(),
                    vat: Some(vat.clone()),
                    quantity: None,
                },
            })
            .collect();
        if self.items.is_empty() {
            problems.note(invoice("FaWiersz"), Cause::Missing);
        }
        let values: Vec<TaxedValue> = self
            .items
            .iter()
            .map(|(_, vat, gross)| {
                let value = TaxedValue::gross(vat.rate(), *gross);
                money
                    .exchange_rate
                    .map_or(value, |rate| value.with_exchange_rate(rate))
            })
            .collect();
        figures.taxes = self
            .items
            .iter()
            .map(|(_, vat, _)| LineTax::Vat(vat.clone()))
            .collect();
        figures.hides_totals = self.shows_rates_only;
        if let Some(totals) = problems.keep(invoice("P_15"), Totals::of(&values)) {
            figures.settle(totals, problems);
        }
        check_simplified_limit(figures.due, money.currency, problems);
        figures
    }
}

fn check_simplified_limit(due: Decimal, currency: CurrencyCode, problems: &mut Problems) {
    let limit = match currency {
        CurrencyCode::PLN => 450,
        CurrencyCode::EUR => 100,
        _ => return,
    };
    if due > Decimal::from(limit) {
        problems.note(invoice("P_15"), Cause::OverSimplifiedLimit { due, limit });
    }
}

/// What an invoice that corrects nothing asks of its lines.
fn check_lines(rows: &[Row], problems: &mut Problems) {
    if rows.is_empty() {
        problems.note(invoice("FaWiersz"), Cause::Missing);
    }
    let mut numbers = BTreeSet::new();
    for row in rows {
        if !numbers.insert(row.number) {
            let place = Place::Line {
                number: row.number,
                element: "NrWierszaFa",
            };
            problems.note(place, Cause::RepeatedNumber);
        }
        let RowContent::Priced(line) = &row.content else {
            continue;
        };
        let place = Place::Line {
            number: row.number,
            element: "P_8B",
        };
        match line.quantity() {
            Some(quantity) if quantity.is_zero() => {
                problems.note(place, Cause::NotPositive(quantity));
            }
            Some(quantity) if quantity < Decimal::ZERO => {
                problems.note(place, Cause::NegativeQuantity);
            }
            _ => {}
        }
    }
}

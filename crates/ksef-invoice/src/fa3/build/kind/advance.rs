//! Advance invoices and their corrections.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::correction::{CorrectionFrame, IsCorrection};
use super::sealed::Compute;
use crate::fa3::build::InvoiceBuilder;
use crate::fa3::build::advance::{Part, Received};
use crate::fa3::build::correction::{Change, CorrectedInvoice};
use crate::fa3::build::figures::{
    Figures, Money, OrderRow, changed_order_rows, order_rows, tally_order,
};
use crate::fa3::build::order_line::OrderLine;
use crate::fa3::build::problem::{Cause, Problems, invoice};
use crate::fa3::build::totals::Totals;
use crate::fa3::parties::{Buyer, Seller};
use crate::fa3::value::code::InvoiceKind;
use crate::fa3::value::currency::CurrencyCode;

/// An advance invoice (`ZAL`, art. 106f(1)).
#[derive(Debug, Clone)]
pub struct Advance {
    order: Vec<OrderLine>,
    received: Received,
}

/// A correction of an advance invoice (`KOR_ZAL`).
#[derive(Debug, Clone)]
pub struct AdvanceCorrection {
    frame: CorrectionFrame,
    changes: Vec<Change<OrderLine>>,
    payment: PaymentChange,
}

/// The payment of an advance invoice before and after its correction, with tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentChange {
    before: Decimal,
    after: Decimal,
    rate_before: Option<Decimal>,
}

impl PaymentChange {
    /// From one amount to another.
    #[must_use]
    pub fn new(before: impl Into<Decimal>, after: impl Into<Decimal>) -> Self {
        Self {
            before: before.into(),
            after: after.into(),
            rate_before: None,
        }
    }

    /// The payment was right; the order was not.
    #[must_use]
    pub fn unchanged(amount: impl Into<Decimal>) -> Self {
        let amount = amount.into();
        Self::new(amount, amount)
    }

    /// The exchange rate of the tax before the correction in złoty per unit, when it was another one
    /// (`KursWalutyZK`); at most 6 decimals.
    #[must_use]
    pub fn with_exchange_rate_before(mut self, rate: impl Into<Decimal>) -> Self {
        self.rate_before = Some(rate.into());
        self
    }
}

impl InvoiceBuilder<Advance> {
    /// An advance invoice (`ZAL`): what was received, and the order it was paid for. It needs an order
    /// line. The payment is split by the order's rates, the tax counted from within.
    #[must_use]
    pub fn advance(
        seller: Seller,
        buyer: Buyer,
        number: impl Into<String>,
        issued: Date,
        received: Received,
    ) -> Self {
        let kind = Advance {
            order: Vec::new(),
            received,
        };
        Self::new(seller, buyer, number.into(), issued, kind)
    }

    /// Adds a line of the order; at most 10 000.
    #[must_use]
    pub fn with_order_line(mut self, line: OrderLine) -> Self {
        self.kind.order.push(line);
        self
    }
}

impl Compute for Advance {
    fn figures(&self, money: Money, problems: &mut Problems) -> Figures {
        let mut figures = Figures::new(InvoiceKind::Advance);
        let rows = order_rows(&self.order);
        if rows.is_empty() {
            problems.note(invoice("Zamowienie"), Cause::Missing);
            return figures;
        }
        check_received(&self.received, problems);
        let has_all_rates =
            money.exchange_rate.is_some() || self.received.parts.iter().all(Part::has_rate);
        check_rate(&rows, has_all_rates, money, problems);
        let order = tally_order(&rows, false, problems);
        set_order(&mut figures, rows, order.as_ref(), problems);
        if let Some(order) = order {
            let totals = self.received.totals(&order, money.exchange_rate);
            if let Some(totals) = problems.keep(invoice("P_15"), totals) {
                figures.settle(totals, problems);
            }
        }
        figures
    }

    fn parts(&self) -> &[Part] {
        if self.received.is_in_parts {
            &self.received.parts
        } else {
            &[]
        }
    }

    fn day_of_payment(&self) -> Option<Date> {
        self.received.single_day()
    }

    fn has_rate_of_invoice(&self) -> bool {
        true
    }
}

impl InvoiceBuilder<AdvanceCorrection> {
    /// A correction of an advance invoice (`KOR_ZAL`): the order before and after, and the payment.
    #[must_use]
    pub fn advance_correction(
        seller: Seller,
        buyer: Buyer,
        number: impl Into<String>,
        issued: Date,
        corrected: CorrectedInvoice,
        payment: PaymentChange,
    ) -> Self {
        let kind = AdvanceCorrection {
            frame: CorrectionFrame::of(corrected),
            changes: Vec::new(),
            payment,
        };
        Self::new(seller, buyer, number.into(), issued, kind)
    }

    /// Adds a line of the order with its states before and after. All lines of the order are needed, also
    /// those that stay: the payment is split by them.
    #[must_use]
    pub fn with_order_change(mut self, change: Change<OrderLine>) -> Self {
        self.kind.changes.push(change);
        self
    }
}

impl IsCorrection for AdvanceCorrection {
    fn frame_mut(&mut self) -> &mut CorrectionFrame {
        &mut self.frame
    }
}

impl Compute for AdvanceCorrection {
    fn figures(&self, money: Money, problems: &mut Problems) -> Figures {
        let mut figures = Figures::new(InvoiceKind::AdvanceCorrection);
        let rows = changed_order_rows(&self.changes);
        if rows.is_empty() {
            problems.note(invoice("Zamowienie"), Cause::Missing);
            return figures;
        }
        check_rate(&rows, money.exchange_rate.is_some(), money, problems);
        let before = tally_order(&rows, true, problems);
        let after = tally_order(&rows, false, problems);
        set_order(&mut figures, rows, after.as_ref(), problems);
        for amount in [self.payment.before, self.payment.after] {
            if amount < Decimal::ZERO {
                problems.note(invoice("P_15"), Cause::NotPositive(amount));
            }
        }
        figures.due_before = Some((self.payment.before, self.payment.rate_before));
        if let (Some(before), Some(after)) = (before, after)
            && let Some(change) =
                problems.keep(invoice("P_15"), self.change(&before, &after, money))
        {
            figures.settle(change, problems);
        }
        figures
    }

    fn correction(&self) -> Option<&CorrectionFrame> {
        Some(&self.frame)
    }

    fn has_rate_of_invoice(&self) -> bool {
        true
    }
}

impl AdvanceCorrection {
    fn change(
        &self,
        before: &Totals,
        after: &Totals,
        money: Money,
    ) -> Result<Totals, super::super::money::AmountError> {
        let payment = self.payment;
        let rate_before = payment.rate_before.or(money.exchange_rate);
        let after = split(after, payment.after, money.exchange_rate)?;
        let before = split(before, payment.before, rate_before)?;
        Ok(after.minus(&before)?.without_zeros())
    }
}

/// A payment of nothing has no totals, whatever the order is.
fn split(
    order: &Totals,
    amount: Decimal,
    rate: Option<Decimal>,
) -> Result<Totals, super::super::money::AmountError> {
    if amount.is_zero() {
        return Ok(Totals::default());
    }
    order.split(amount, rate)
}

fn set_order(
    figures: &mut Figures,
    rows: Vec<OrderRow>,
    totals: Option<&Totals>,
    problems: &mut Problems,
) {
    figures.order = Some(rows);
    let value =
        totals.and_then(|totals| problems.keep(invoice("WartoscZamowienia"), totals.gross()));
    figures.order_value = value.unwrap_or_default();
}

fn check_received(received: &Received, problems: &mut Problems) {
    for part in &received.parts {
        if part.amount <= Decimal::ZERO {
            problems.note(invoice("P_15"), Cause::NotPositive(part.amount));
        }
        if let Some(rate) = part.exchange_rate.filter(|rate| *rate <= Decimal::ZERO) {
            problems.note(invoice("KursWalutyZW"), Cause::NotPositive(rate));
        }
    }
}

fn check_rate(rows: &[OrderRow], has_rate: bool, money: Money, problems: &mut Problems) {
    let mut rates = rows.iter().map(|row| row.line.vat.rate());
    let is_taxed = rates.any(super::super::rate::Rate::needs_tax_in_pln);
    if money.currency != CurrencyCode::PLN && is_taxed && !has_rate {
        problems.note(invoice("KursWalutyZ"), Cause::ExchangeRateMissing);
    }
}

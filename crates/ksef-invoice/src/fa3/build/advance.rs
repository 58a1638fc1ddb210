//! Payments before the supply: what was received, and the invoices that say so.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::money::{self, AmountError};
use super::totals::Totals;
use crate::fa3::value::identifier::KsefReference;

/// A payment received before the supply, with tax, in the invoice's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub(super) parts: Vec<Part>,
    pub(super) is_in_parts: bool,
}

/// One of several payments that an invoice documents (`ZaliczkaCzesciowa`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub(super) day: Option<Date>,
    pub(super) amount: Decimal,
    pub(super) exchange_rate: Option<Decimal>,
}

impl Part {
    /// A payment of this day, with tax.
    #[must_use]
    pub fn new(day: Date, amount: impl Into<Decimal>) -> Self {
        Self {
            day: Some(day),
            amount: amount.into(),
            exchange_rate: None,
        }
    }

    pub(super) const fn has_rate(&self) -> bool {
        self.exchange_rate.is_some()
    }

    /// The exchange rate of its tax in złoty per unit, at most 6 decimals (`KursWalutyZW`).
    #[must_use]
    pub fn with_exchange_rate(mut self, rate: impl Into<Decimal>) -> Self {
        self.exchange_rate = Some(rate.into());
        self
    }
}

impl Received {
    /// One payment of this day.
    #[must_use]
    pub fn on(day: Date, amount: impl Into<Decimal>) -> Self {
        Self {
            parts: vec![Part::new(day, amount)],
            is_in_parts: false,
        }
    }

    /// An amount whose day is not told.
    #[must_use]
    pub fn amount(amount: impl Into<Decimal>) -> Self {
        Self {
            parts: vec![Part {
                day: None,
                amount: amount.into(),
                exchange_rate: None,
            }],
            is_in_parts: false,
        }
    }

    /// Several payments on one invoice: the first and the second, more by [`Self::with_part`]. At most 31.
    #[must_use]
    pub fn in_parts(first: Part, second: Part) -> Self {
        Self {
            parts: vec![first, second],
            is_in_parts: true,
        }
    }

    /// Another payment.
    #[must_use]
    pub fn with_part(mut self, part: Part) -> Self {
        self.is_in_parts = true;
        self.parts.push(part);
        self
    }

    pub(super) fn total(&self) -> Result<Decimal, AmountError> {
        let mut total = Decimal::ZERO;
        for part in &self.parts {
            total = money::sum(total, part.amount)?;
        }
        money::given(total)
    }

    pub(super) fn single_day(&self) -> Option<Date> {
        self.parts
            .first()
            .filter(|_| !self.is_in_parts)
            .and_then(|part| part.day)
    }

    /// The totals of the payment: split by the order, in złoty by each part's exchange rate, or else by
    /// `exchange_rate`.
    pub(super) fn totals(
        &self,
        order: &Totals,
        exchange_rate: Option<Decimal>,
    ) -> Result<Totals, AmountError> {
        let total = self.total()?;
        let rates: Option<Vec<Decimal>> = self
            .parts
            .iter()
            .map(|part| part.exchange_rate.or(exchange_rate))
            .collect();
        let Some(rates) = rates else {
            return order.split(total, None);
        };
        let Some(first) = rates
            .first()
            .filter(|first| rates.iter().any(|rate| rate != *first))
        else {
            return order.split(total, rates.first().copied());
        };
        if total.is_zero() {
            return order.split(total, Some(*first));
        }
        // Each payment has the same make-up by rate, so its tax is the same share of the payment: the
        // złoty are the tax × the mean of the exchange rates, weighted by the payments.
        let mut weighted = Decimal::ZERO;
        for (part, rate) in self.parts.iter().zip(&rates) {
            weighted = money::sum(weighted, money::product(part.amount, *rate)?)?;
        }
        let mean = money::quotient(weighted, total)?.round_dp(12);
        order.split(total, Some(mean))
    }
}

/// An advance invoice that a settlement takes into account (`FakturaZaliczkowa`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvanceInvoice {
    pub(super) reference: AdvanceReference,
    pub(super) deduction: Deduction,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AdvanceReference {
    Ksef(KsefReference),
    Outside(String),
}

/// What advances take off a settlement, with tax, in the invoice's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deduction(Share);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Share {
    Proportional {
        amount: Decimal,
        exchange_rate: Option<Decimal>,
    },
    ByRate(Totals),
}

impl Deduction {
    /// An amount that is split by the rates of the invoice's lines, in proportion to their gross values,
    /// with the exchange rate of the invoice.
    #[must_use]
    pub fn proportional(amount: impl Into<Decimal>) -> Self {
        Self(Share::Proportional {
            amount: amount.into(),
            exchange_rate: None,
        })
    }

    /// As [`Self::proportional`], with the exchange rate of the advance's tax in złoty per unit.
    #[must_use]
    pub fn proportional_at(amount: impl Into<Decimal>, exchange_rate: impl Into<Decimal>) -> Self {
        Self(Share::Proportional {
            amount: amount.into(),
            exchange_rate: Some(exchange_rate.into()),
        })
    }

    /// The sums by rate that the advance invoices show.
    #[must_use]
    pub const fn by_rate(totals: Totals) -> Self {
        Self(Share::ByRate(totals))
    }

    /// An amount below zero.
    pub(super) fn negative(&self) -> Option<Decimal> {
        match &self.0 {
            Share::Proportional { amount, .. } => {
                Some(*amount).filter(|amount| *amount < Decimal::ZERO)
            }
            Share::ByRate(_) => None,
        }
    }

    pub(super) fn totals(
        &self,
        lines: &Totals,
        invoice_rate: Option<Decimal>,
    ) -> Result<Totals, AmountError> {
        match &self.0 {
            Share::ByRate(totals) => Ok(totals.clone()),
            Share::Proportional {
                amount,
                exchange_rate,
            } => lines.split(*amount, exchange_rate.or(invoice_rate)),
        }
    }
}

impl AdvanceInvoice {
    /// An advance invoice that KSeF gave a number, and what it takes off.
    #[must_use]
    pub fn in_ksef(number: impl Into<KsefReference>, deduction: Deduction) -> Self {
        Self {
            reference: AdvanceReference::Ksef(number.into()),
            deduction,
        }
    }

    /// An advance invoice issued outside KSeF, by its number, and what it takes off.
    #[must_use]
    pub fn outside_ksef(number: impl Into<String>, deduction: Deduction) -> Self {
        Self {
            reference: AdvanceReference::Outside(number.into()),
            deduction,
        }
    }
}

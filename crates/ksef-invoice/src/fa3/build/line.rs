//! Lines: what is sold, for how much, and how it is taxed.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::item::Item;
use super::money::{self, AmountError};
use super::rate::{MarginScheme, Rate, Vat};
use super::totals::TaxedValue;
use crate::fa3::value::code::Procedure;

/// A discount that the price does not contain yet (`P_10`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discount {
    /// Taken off each unit's price.
    PerUnit(Decimal),
    /// Taken off the line.
    Total(Decimal),
}

impl Discount {
    pub(super) const fn amount(self) -> Decimal {
        match self {
            Self::PerUnit(amount) | Self::Total(amount) => amount,
        }
    }
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub(super) item: Item,
    pub(super) tax: LineTax,
    pub(super) basis: Basis,
    pub(super) price: Price,
    pub(super) discount: Option<Discount>,
    pub(super) given_value: Option<Decimal>,
    pub(super) sale_date: Option<Date>,
    pub(super) exchange_rate: Option<Decimal>,
    pub(super) procedure: Option<Procedure>,
    pub(super) number: Option<u64>,
}

/// How a line is taxed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LineTax {
    Vat(Vat),
    Margin(MarginScheme),
}

/// Whether prices and values of a line contain the tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    Net,
    Gross,
}

/// What the value of a line follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Price {
    Unit {
        quantity: Decimal,
        price: Decimal,
    },
    /// The value is given; the quantity is only shown.
    Value {
        quantity: Option<Decimal>,
    },
}

impl Price {
    pub(super) const VALUE: Self = Self::Value { quantity: None };

    pub(super) const fn quantity(self) -> Option<Decimal> {
        match self {
            Self::Unit { quantity, .. } => Some(quantity),
            Self::Value { quantity } => quantity,
        }
    }

    pub(super) const fn with_quantity(self, quantity: Decimal) -> Self {
        match self {
            Self::Unit { price, .. } => Self::Unit { quantity, price },
            Self::Value { .. } => Self::Value {
                quantity: Some(quantity),
            },
        }
    }

    /// Of nothing.
    pub(super) fn emptied(self) -> Self {
        match self.quantity() {
            Some(_) => self.with_quantity(Decimal::ZERO),
            None => self,
        }
    }

    pub(super) const fn is_value(self) -> bool {
        matches!(self, Self::Value { .. })
    }
}

impl Line {
    /// A quantity at a unit price without tax: `P_9A` and `P_11`.
    ///
    /// A quantity has at most 6 decimals, a price 8.
    #[must_use]
    pub fn net(
        item: impl Into<Item>,
        vat: Vat,
        quantity: impl Into<Decimal>,
        unit_price: impl Into<Decimal>,
    ) -> Self {
        let price = Price::Unit {
            quantity: quantity.into(),
            price: unit_price.into(),
        };
        Self::new(item.into(), LineTax::Vat(vat), Basis::Net, price)
    }

    /// A quantity at a unit price with tax: `P_9B` and `P_11A` (art. 106e(7) and (8)).
    #[must_use]
    pub fn gross(
        item: impl Into<Item>,
        vat: Vat,
        quantity: impl Into<Decimal>,
        unit_price: impl Into<Decimal>,
    ) -> Self {
        let price = Price::Unit {
            quantity: quantity.into(),
            price: unit_price.into(),
        };
        Self::new(item.into(), LineTax::Vat(vat), Basis::Gross, price)
    }

    /// A value without tax and without a unit price: `P_11`.
    #[must_use]
    pub fn net_value(item: impl Into<Item>, vat: Vat, value: impl Into<Decimal>) -> Self {
        Self::new(item.into(), LineTax::Vat(vat), Basis::Net, Price::VALUE).with_value(value)
    }

    /// A value with tax and without a unit price: `P_11A`.
    #[must_use]
    pub fn gross_value(item: impl Into<Item>, vat: Vat, value: impl Into<Decimal>) -> Self {
        Self::new(item.into(), LineTax::Vat(vat), Basis::Gross, Price::VALUE).with_value(value)
    }

    /// A quantity at a unit price under a margin scheme: the buyer sees the gross value and no tax.
    #[must_use]
    pub fn margin(
        item: impl Into<Item>,
        scheme: MarginScheme,
        quantity: impl Into<Decimal>,
        unit_price: impl Into<Decimal>,
    ) -> Self {
        let price = Price::Unit {
            quantity: quantity.into(),
            price: unit_price.into(),
        };
        Self::new(item.into(), LineTax::Margin(scheme), Basis::Gross, price)
    }

    /// A value under a margin scheme, without a unit price.
    #[must_use]
    pub fn margin_value(
        item: impl Into<Item>,
        scheme: MarginScheme,
        value: impl Into<Decimal>,
    ) -> Self {
        let tax = LineTax::Margin(scheme);
        Self::new(item.into(), tax, Basis::Gross, Price::VALUE).with_value(value)
    }

    const fn new(item: Item, tax: LineTax, basis: Basis, price: Price) -> Self {
        Self {
            item,
            tax,
            basis,
            price,
            discount: None,
            given_value: None,
            sale_date: None,
            exchange_rate: None,
            procedure: None,
            number: None,
        }
    }

    /// Its number on the invoice, 1 to 99 999 999 999 999, instead of its place in the order of lines: on
    /// a correction, the number of the corrected line.
    #[must_use]
    pub const fn with_number(mut self, number: u64) -> Self {
        self.number = Some(number);
        self
    }

    /// A discount that the unit price does not contain yet.
    #[must_use]
    pub const fn with_discount(mut self, discount: Discount) -> Self {
        self.discount = Some(discount);
        self
    }

    /// The value of the line as the books have it, instead of quantity × price less discount; it may
    /// differ from that by a grosz.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<Decimal>) -> Self {
        self.given_value = Some(value.into());
        self
    }

    /// The quantity of a line that has no unit price; at most 6 decimals. On other lines it takes the
    /// place of the quantity.
    #[must_use]
    pub fn with_quantity(mut self, quantity: impl Into<Decimal>) -> Self {
        self.price = self.price.with_quantity(quantity.into());
        self
    }

    /// The line's own day of sale (`P_6A`), when the lines have different ones.
    #[must_use]
    pub const fn sold_on(mut self, day: Date) -> Self {
        self.sale_date = Some(day);
        self
    }

    /// The line's own exchange rate in złoty per unit (`KursWaluty`), instead of the invoice's; at most 6
    /// decimals.
    #[must_use]
    pub fn with_exchange_rate(mut self, rate: impl Into<Decimal>) -> Self {
        self.exchange_rate = Some(rate.into());
        self
    }

    /// A procedure the line is marked with.
    #[must_use]
    pub const fn with_procedure(mut self, procedure: Procedure) -> Self {
        self.procedure = Some(procedure);
        self
    }

    pub(super) fn rate(&self) -> Rate {
        match &self.tax {
            LineTax::Vat(vat) => vat.rate(),
            LineTax::Margin(_) => Rate::Margin,
        }
    }

    pub(super) const fn quantity(&self) -> Option<Decimal> {
        self.price.quantity()
    }

    /// Quantity × price less discount, in grosze; nothing when there is no unit price.
    pub(super) fn computed_value(&self) -> Result<Option<Decimal>, AmountError> {
        let Price::Unit { quantity, price } = self.price else {
            return Ok(None);
        };
        let value = match self.discount {
            None => money::product(quantity, price)?,
            Some(Discount::PerUnit(discount)) => {
                money::product(quantity, money::difference(price, discount)?)?
            }
            Some(Discount::Total(discount)) => {
                money::difference(money::product(quantity, price)?, discount)?
            }
        };
        money::grosze(value).map(Some)
    }

    /// The value that goes into the totals, with tax or without as the line has it.
    pub(super) fn value(&self) -> Result<Decimal, AmountError> {
        match (self.given_value, self.computed_value()?) {
            (Some(value), _) => money::given(value),
            (None, computed) => Ok(computed.unwrap_or_default()),
        }
    }

    /// What the line adds to the totals. `shows_tax`: each line shows its own tax; `exchange_rate`: the
    /// invoice's.
    pub(super) fn taxed_value(
        &self,
        shows_tax: bool,
        exchange_rate: Option<Decimal>,
    ) -> Result<TaxedValue, AmountError> {
        let value = self.value()?;
        let mut taxed = match self.basis {
            Basis::Net => TaxedValue::net(self.rate(), value),
            Basis::Gross => TaxedValue::gross(self.rate(), value),
        };
        if shows_tax {
            taxed = taxed.with_line_tax(money::grosze(taxed.exact_tax()?)?);
        }
        if let Some(rate) = self.exchange_rate.or(exchange_rate) {
            taxed = taxed.with_exchange_rate(rate);
        }
        Ok(taxed)
    }

    /// The same goods with nothing left of them: what a correction shows after a line was taken back.
    pub(super) fn emptied(&self) -> Self {
        let mut line = self.clone();
        line.price = line.price.emptied();
        line.discount = None;
        line.given_value = line.price.is_value().then_some(Decimal::ZERO);
        line
    }
}

//! Lines of an order or a contract.

use rust_decimal::Decimal;

use super::item::Item;
use super::line::Price;
use super::money::{self, AmountError};
use super::rate::Vat;
use super::totals::TaxedValue;
use crate::fa3::value::code::OrderProcedure;

/// A line of an order or a contract that an advance is paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    pub(super) item: Item,
    pub(super) vat: Vat,
    pub(super) price: Price,
    pub(super) given_value: Option<Decimal>,
    pub(super) given_tax: Option<Decimal>,
    pub(super) procedure: Option<OrderProcedure>,
    pub(super) number: Option<u64>,
}

impl OrderLine {
    /// A quantity at a unit price without tax.
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
        Self::new(item.into(), vat, price)
    }

    /// A value without tax and without a unit price.
    #[must_use]
    pub fn net_value(item: impl Into<Item>, vat: Vat, value: impl Into<Decimal>) -> Self {
        Self::new(item.into(), vat, Price::VALUE).with_value(value)
    }

    const fn new(item: Item, vat: Vat, price: Price) -> Self {
        Self {
            item,
            vat,
            price,
            given_value: None,
            given_tax: None,
            procedure: None,
            number: None,
        }
    }

    /// Its number in the order, 1 to 99 999 999 999 999, instead of its place in the order of lines.
    #[must_use]
    pub const fn with_number(mut self, number: u64) -> Self {
        self.number = Some(number);
        self
    }

    /// The value of the line as the order has it, instead of quantity × price; it may differ from that
    /// by a grosz.
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

    /// The tax of the line as the order has it, instead of value × rate; it may differ from that by a
    /// grosz.
    #[must_use]
    pub fn with_tax(mut self, tax: impl Into<Decimal>) -> Self {
        self.given_tax = Some(tax.into());
        self
    }

    /// A procedure the line is marked with.
    #[must_use]
    pub const fn with_procedure(mut self, procedure: OrderProcedure) -> Self {
        self.procedure = Some(procedure);
        self
    }

    pub(super) fn computed_value(&self) -> Result<Option<Decimal>, AmountError> {
        let Price::Unit { quantity, price } = self.price else {
            return Ok(None);
        };
        money::grosze(money::product(quantity, price)?).map(Some)
    }

    pub(super) fn value(&self) -> Result<Decimal, AmountError> {
        match (self.given_value, self.computed_value()?) {
            (Some(value), _) => money::given(value),
            (None, computed) => Ok(computed.unwrap_or_default()),
        }
    }

    /// The same goods with nothing left of them.
    pub(super) fn emptied(&self) -> Self {
        let mut line = self.clone();
        line.price = line.price.emptied();
        line.given_value = line.price.is_value().then_some(Decimal::ZERO);
        line.given_tax = None;
        line
    }

    pub(super) const fn quantity(&self) -> Option<Decimal> {
        self.price.quantity()
    }

    pub(super) fn computed_tax(&self) -> Result<Decimal, AmountError> {
        money::grosze(TaxedValue::net(self.vat.rate(), self.value()?).exact_tax()?)
    }

    pub(super) fn tax(&self) -> Result<Decimal, AmountError> {
        self.given_tax
            .map_or_else(|| self.computed_tax(), money::given)
    }

    pub(super) fn taxed_value(&self) -> Result<TaxedValue, AmountError> {
        Ok(TaxedValue::net(self.vat.rate(), self.value()?).with_line_tax(self.tax()?))
    }
}

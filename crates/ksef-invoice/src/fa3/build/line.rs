//! Lines: what is sold, for how much, and how it is taxed.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::money::{self, AmountError};
use super::rate::{MarginScheme, Rate, Vat};
use super::totals::TaxedValue;
use crate::fa3::value::code::{Gtu, OrderProcedure, Procedure};

/// Goods or a service, described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub(super) name: String,
    pub(super) unit: Option<String>,
    pub(super) unique_id: Option<String>,
    pub(super) index: Option<String>,
    pub(super) gtin: Option<String>,
    pub(super) pkwiu: Option<String>,
    pub(super) cn: Option<String>,
    pub(super) pkob: Option<String>,
    pub(super) gtu: Option<Gtu>,
    pub(super) excise: Option<Decimal>,
    pub(super) is_of_annex_15: bool,
}

impl Item {
    /// Goods or a service by name, at most 512 characters (`P_7`).
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            unit: None,
            unique_id: None,
            index: None,
            gtin: None,
            pkwiu: None,
            cn: None,
            pkob: None,
            gtu: None,
            excise: None,
            is_of_annex_15: false,
        }
    }

    /// The unit of its quantity, at most 256 characters (`P_8A`).
    #[must_use]
    pub fn with_unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// The line's identifier in the books, at most 50 characters (`UU_ID`).
    #[must_use]
    pub fn with_unique_id(mut self, id: impl Into<String>) -> Self {
        self.unique_id = Some(id.into());
        self
    }

    /// The seller's own code, at most 50 characters (`Indeks`).
    #[must_use]
    pub fn with_index(mut self, index: impl Into<String>) -> Self {
        self.index = Some(index.into());
        self
    }

    /// The global trade number, at most 20 characters (`GTIN`).
    #[must_use]
    pub fn with_gtin(mut self, gtin: impl Into<String>) -> Self {
        self.gtin = Some(gtin.into());
        self
    }

    /// The code of the Polish classification of goods and services, at most 50 characters (`PKWiU`).
    #[must_use]
    pub fn with_pkwiu(mut self, code: impl Into<String>) -> Self {
        self.pkwiu = Some(code.into());
        self
    }

    /// The code of the combined nomenclature, at most 50 characters (`CN`).
    #[must_use]
    pub fn with_cn(mut self, code: impl Into<String>) -> Self {
        self.cn = Some(code.into());
        self
    }

    /// The code of the Polish classification of buildings, at most 50 characters (`PKOB`).
    #[must_use]
    pub fn with_pkob(mut self, code: impl Into<String>) -> Self {
        self.pkob = Some(code.into());
        self
    }

    /// The group of goods and services (`GTU`).
    #[must_use]
    pub const fn with_gtu(mut self, group: Gtu) -> Self {
        self.gtu = Some(group);
        self
    }

    /// The excise duty inside the price, in the invoice's currency (`KwotaAkcyzy`).
    #[must_use]
    pub fn with_excise(mut self, amount: impl Into<Decimal>) -> Self {
        self.excise = Some(amount.into());
        self
    }

    /// It is listed in annex 15 of the VAT act (`P_12_Zal_15`). An invoice above 15 000 zł with such
    /// goods is marked for split payment by the builder.
    #[must_use]
    pub const fn of_annex_15(mut self) -> Self {
        self.is_of_annex_15 = true;
        self
    }
}

impl From<&str> for Item {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Item {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

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
    Unit { quantity: Decimal, price: Decimal },
    Value,
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
        Self::new(item.into(), LineTax::Vat(vat), Basis::Net, Price::Value).with_value(value)
    }

    /// A value with tax and without a unit price: `P_11A`.
    #[must_use]
    pub fn gross_value(item: impl Into<Item>, vat: Vat, value: impl Into<Decimal>) -> Self {
        Self::new(item.into(), LineTax::Vat(vat), Basis::Gross, Price::Value).with_value(value)
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
        match self.price {
            Price::Unit { quantity, .. } => Some(quantity),
            Price::Value => None,
        }
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
        if let Price::Unit { quantity, .. } = &mut line.price {
            *quantity = Decimal::ZERO;
        }
        line.discount = None;
        line.given_value = matches!(line.price, Price::Value).then_some(Decimal::ZERO);
        line
    }
}

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
        Self::new(item.into(), vat, Price::Value).with_value(value)
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
        if let Price::Unit { quantity, .. } = &mut line.price {
            *quantity = Decimal::ZERO;
        }
        line.given_value = matches!(line.price, Price::Value).then_some(Decimal::ZERO);
        line.given_tax = None;
        line
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

//! The totals of an invoice by rate, as the VAT act counts them.
//!
//! Net method (art. 106e(1)): the net values of a rate are summed, the tax is that sum × rate. Gross
//! method (art. 106e(7)): the gross values are summed, the tax is that sum × rate ÷ (100 + rate). In
//! both the tax is rounded once per rate, half a grosz away from zero. Where lines show their own tax
//! (art. 106e(10)) the tax of the rate is their sum.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::money::{self, AmountError};
use super::rate::{Bucket, Rate};

/// A value that goes into the totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxedValue {
    rate: Rate,
    value: Value,
    line_tax: Option<Decimal>,
    exchange_rate: Option<Decimal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Net(Decimal),
    Gross(Decimal),
}

impl TaxedValue {
    /// A value without tax, in the invoice's currency.
    #[must_use]
    pub const fn net(rate: Rate, value: Decimal) -> Self {
        Self::new(rate, Value::Net(value))
    }

    /// A value with tax, in the invoice's currency.
    #[must_use]
    pub const fn gross(rate: Rate, value: Decimal) -> Self {
        Self::new(rate, Value::Gross(value))
    }

    const fn new(rate: Rate, value: Value) -> Self {
        Self {
            rate,
            value,
            line_tax: None,
            exchange_rate: None,
        }
    }

    /// The line shows this tax itself (`P_11Vat`).
    #[must_use]
    pub const fn with_line_tax(mut self, tax: Decimal) -> Self {
        self.line_tax = Some(tax);
        self
    }

    /// The rate in złoty per unit of the invoice's currency.
    #[must_use]
    pub const fn with_exchange_rate(mut self, rate: Decimal) -> Self {
        self.exchange_rate = Some(rate);
        self
    }

    /// Rate of tax.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    pub(super) const fn line_tax(&self) -> Option<Decimal> {
        self.line_tax
    }

    /// The tax of this value alone, not rounded.
    pub(super) fn exact_tax(&self) -> Result<Decimal, AmountError> {
        match self.value {
            Value::Net(net) => tax_on_net(net, self.rate),
            Value::Gross(gross) => tax_in_gross(gross, self.rate),
        }
    }
}

/// What one rate adds up to, in the invoice's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RateAmounts {
    /// Without tax.
    pub net: Decimal,
    /// The tax.
    pub tax: Decimal,
    /// The tax in złoty, when the invoice is in another currency and the exchange rate is known.
    pub tax_in_pln: Option<Decimal>,
}

impl RateAmounts {
    /// With tax.
    #[must_use]
    pub fn gross(&self) -> Decimal {
        self.net.saturating_add(self.tax)
    }

    fn is_zero(&self) -> bool {
        self.net.is_zero() && self.tax.is_zero() && self.tax_in_pln.is_none_or(|tax| tax.is_zero())
    }

    fn combined(
        &self,
        other: &Self,
        with: fn(Decimal, Decimal) -> Result<Decimal, AmountError>,
    ) -> Result<Self, AmountError> {
        let zero = Decimal::ZERO;
        let tax_in_pln = match (self.tax_in_pln, other.tax_in_pln) {
            (None, None) => None,
            (mine, others) => Some(with(mine.unwrap_or(zero), others.unwrap_or(zero))?),
        };
        Ok(Self {
            net: with(self.net, other.net)?,
            tax: with(self.tax, other.tax)?,
            tax_in_pln,
        })
    }
}

/// The totals by rate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    by_rate: BTreeMap<Rate, RateAmounts>,
}

impl Totals {
    /// Adds up values by rate. Rates that differ keep their own tax even where they share a sum.
    ///
    /// # Errors
    /// An amount does not fit into 16 digits before the decimal point.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a TaxedValue>) -> Result<Self, AmountError> {
        let mut tallies: BTreeMap<Rate, Tally> = BTreeMap::new();
        for value in values {
            tallies.entry(value.rate).or_default().add(value)?;
        }
        let mut by_rate = BTreeMap::new();
        for (rate, tally) in tallies {
            by_rate.insert(rate, tally.amounts(rate)?);
        }
        Ok(Self { by_rate })
    }

    /// Totals given rate by rate.
    #[must_use]
    pub fn from_rates(amounts: impl IntoIterator<Item = (Rate, RateAmounts)>) -> Self {
        Self {
            by_rate: amounts.into_iter().collect(),
        }
    }

    /// Splits an amount with tax by rate in proportion to the gross values of `self`, each part's tax
    /// counted from within (art. 106f(1)(3)): the tax of an advance payment by its order.
    ///
    /// The parts are rounded to grosze; what rounding leaves over goes to the largest part.
    /// `exchange_rate` is in złoty per unit, for `P_14_xW`.
    ///
    /// # Errors
    /// The gross values add up to zero, or an amount does not fit.
    pub fn split(
        &self,
        amount: Decimal,
        exchange_rate: Option<Decimal>,
    ) -> Result<Self, AmountError> {
        let whole = self.gross()?;
        if self.by_rate.is_empty() {
            return Err(AmountError::NothingToSplitBy);
        }
        let mut parts = Vec::new();
        let mut rest = amount;
        for (&rate, amounts) in &self.by_rate {
            let part = money::share(amount, amounts.gross(), whole)?;
            rest = money::difference(rest, part)?;
            parts.push((rate, part));
        }
        if let Some(largest) = parts.iter_mut().max_by_key(|(_, part)| part.abs()) {
            largest.1 = money::sum(largest.1, rest)?;
        }
        let values: Vec<TaxedValue> = parts
            .into_iter()
            .map(|(rate, part)| TaxedValue {
                exchange_rate,
                ..TaxedValue::gross(rate, part)
            })
            .collect();
        Self::of(&values)
    }

    /// These totals and others.
    ///
    /// # Errors
    /// An amount does not fit.
    pub fn plus(&self, other: &Self) -> Result<Self, AmountError> {
        self.combined(other, money::sum)
    }

    /// These totals less others: the difference of a correction, the rest after advances.
    ///
    /// # Errors
    /// An amount does not fit.
    pub fn minus(&self, other: &Self) -> Result<Self, AmountError> {
        self.combined(other, money::difference)
    }

    fn combined(
        &self,
        other: &Self,
        with: fn(Decimal, Decimal) -> Result<Decimal, AmountError>,
    ) -> Result<Self, AmountError> {
        let zero = RateAmounts::default();
        let mut by_rate = BTreeMap::new();
        for &rate in self.by_rate.keys().chain(other.by_rate.keys()) {
            if by_rate.contains_key(&rate) {
                continue;
            }
            let mine = self.by_rate.get(&rate).unwrap_or(&zero);
            let others = other.by_rate.get(&rate).unwrap_or(&zero);
            by_rate.insert(rate, mine.combined(others, with)?);
        }
        Ok(Self { by_rate })
    }

    /// Without the rates whose amounts are all zero: a correction does not list what it does not change.
    #[must_use]
    pub fn without_zeros(mut self) -> Self {
        self.by_rate.retain(|_, amounts| !amounts.is_zero());
        self
    }

    /// Each rate with its amounts.
    pub fn rates(&self) -> impl Iterator<Item = (Rate, &RateAmounts)> {
        self.by_rate.iter().map(|(&rate, amounts)| (rate, amounts))
    }

    /// What stands in `P_13_x`, `P_14_x` and `P_14_xW`; nothing when no rate belongs there.
    ///
    /// # Errors
    /// An amount does not fit.
    pub fn bucket(&self, bucket: Bucket) -> Result<Option<RateAmounts>, AmountError> {
        let mut found: Option<RateAmounts> = None;
        for (rate, amounts) in &self.by_rate {
            if rate.bucket() == bucket {
                let sum = match found {
                    Some(sum) => sum.combined(amounts, money::sum)?,
                    None => *amounts,
                };
                money::grosze(sum.net)?;
                money::grosze(sum.tax)?;
                money::grosze(sum.tax_in_pln.unwrap_or_default())?;
                found = Some(sum);
            }
        }
        Ok(found)
    }

    /// Everything with tax (`P_15` where nothing else decides it).
    ///
    /// # Errors
    /// An amount does not fit.
    pub fn gross(&self) -> Result<Decimal, AmountError> {
        let mut gross = Decimal::ZERO;
        for amounts in self.by_rate.values() {
            gross = money::sum(gross, money::sum(amounts.net, amounts.tax)?)?;
        }
        money::grosze(gross)
    }
}

/// The values of one rate while they are added up.
#[derive(Debug, Default)]
struct Tally {
    net: Decimal,
    gross: Decimal,
    /// Tax that lines show themselves, and their net value.
    line_net: Decimal,
    line_tax: Decimal,
    /// By exchange rate: the net and gross values, and the tax that lines show.
    by_exchange_rate: BTreeMap<Option<Decimal>, [Decimal; 3]>,
}

impl Tally {
    fn add(&mut self, value: &TaxedValue) -> Result<(), AmountError> {
        let slots = self
            .by_exchange_rate
            .entry(value.exchange_rate.map(|rate| rate.normalize()))
            .or_default();
        match (value.line_tax, value.value) {
            (Some(tax), amount) => {
                let net = match amount {
                    Value::Net(net) => net,
                    Value::Gross(gross) => money::difference(gross, tax)?,
                };
                self.line_net = money::sum(self.line_net, net)?;
                self.line_tax = money::sum(self.line_tax, tax)?;
                slots[2] = money::sum(slots[2], tax)?;
            }
            (None, Value::Net(net)) => {
                self.net = money::sum(self.net, net)?;
                slots[0] = money::sum(slots[0], net)?;
            }
            (None, Value::Gross(gross)) => {
                self.gross = money::sum(self.gross, gross)?;
                slots[1] = money::sum(slots[1], gross)?;
            }
        }
        Ok(())
    }

    fn amounts(&self, rate: Rate) -> Result<RateAmounts, AmountError> {
        let tax_on_net = money::grosze(tax_on_net(self.net, rate)?)?;
        let tax_in_gross = money::grosze(tax_in_gross(self.gross, rate)?)?;
        let tax = money::sum(money::sum(tax_on_net, tax_in_gross)?, self.line_tax)?;
        let net = money::sum(
            money::sum(self.net, self.line_net)?,
            money::difference(self.gross, tax_in_gross)?,
        )?;
        let tax = money::grosze(tax)?;
        Ok(RateAmounts {
            net: money::grosze(net)?,
            tax,
            tax_in_pln: self.tax_in_pln(rate, tax)?,
        })
    }

    /// One exchange rate: the rounded tax × that rate. Several: the tax of each part × its rate, rounded
    /// once at the end.
    fn tax_in_pln(&self, rate: Rate, tax: Decimal) -> Result<Option<Decimal>, AmountError> {
        if !rate.needs_tax_in_pln() || self.by_exchange_rate.contains_key(&None) {
            return Ok(None);
        }
        let mut exact = Decimal::ZERO;
        for (&exchange_rate, &[net, gross, line_tax]) in &self.by_exchange_rate {
            let exchange_rate = exchange_rate.unwrap_or_default();
            if self.by_exchange_rate.len() == 1 {
                exact = money::product(tax, exchange_rate)?;
                break;
            }
            let part = money::sum(
                money::sum(tax_on_net(net, rate)?, line_tax)?,
                tax_in_gross(gross, rate)?.round_dp(8),
            )?;
            exact = money::sum(exact, money::product(part, exchange_rate)?)?;
        }
        money::grosze(exact).map(Some)
    }
}

fn tax_on_net(net: Decimal, rate: Rate) -> Result<Decimal, AmountError> {
    money::product(net, money::product(rate.percent(), Decimal::new(1, 2))?)
}

fn tax_in_gross(gross: Decimal, rate: Rate) -> Result<Decimal, AmountError> {
    let percent = rate.percent();
    let numerator = money::product(gross, percent)?;
    money::quotient(numerator, money::sum(Decimal::ONE_HUNDRED, percent)?)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod samples;

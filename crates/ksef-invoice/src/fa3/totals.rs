//! The sums of the invoice by rate.

use rust_decimal::Decimal;

use super::reading::Fields;
use super::section::{Field, Group};
use super::value::number::Amount;
use super::writing::Writer;

/// The sums by rate, in the currency of the invoice. On a correction they are differences, on an advance
/// invoice they are what was paid.
///
/// Source: `P_13_1` to `P_13_11`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// The standard rate, 23 or 22 %.
    ///
    /// On the wire: `P_13_1`, `P_14_1`, `P_14_1W`.
    pub standard: Option<TaxedTotal>,
    /// The first reduced rate, 8 or 7 %.
    ///
    /// On the wire: `P_13_2`, `P_14_2`, `P_14_2W`.
    pub reduced: Option<TaxedTotal>,
    /// The second reduced rate, 5 %.
    ///
    /// On the wire: `P_13_3`, `P_14_3`, `P_14_3W`.
    pub super_reduced: Option<TaxedTotal>,
    /// The flat rate of taxis.
    ///
    /// On the wire: `P_13_4`, `P_14_4`, `P_14_4W`.
    pub taxi: Option<TaxedTotal>,
    /// The special procedure of chapter 6a (OSS), with the tax of other countries.
    ///
    /// On the wire: `P_13_5`, `P_14_5`.
    pub special_procedure: Option<SpecialTotal>,
    /// 0 % inside Poland.
    ///
    /// On the wire: `P_13_6_1`.
    pub zero_domestic: Option<Amount>,
    /// 0 % for supplies to other EU countries.
    ///
    /// On the wire: `P_13_6_2`.
    pub zero_intra_eu: Option<Amount>,
    /// 0 % for exports.
    ///
    /// On the wire: `P_13_6_3`.
    pub zero_export: Option<Amount>,
    /// Exempt from tax.
    ///
    /// On the wire: `P_13_7`.
    pub exempt: Option<Amount>,
    /// Supplies outside Poland, without [`Self::special_procedure`] and [`Self::outside_poland_services`].
    ///
    /// On the wire: `P_13_8`.
    pub outside_poland: Option<Amount>,
    /// Services of article 100(1)(4).
    ///
    /// On the wire: `P_13_9`.
    pub outside_poland_services: Option<Amount>,
    /// Domestic reverse charge.
    ///
    /// On the wire: `P_13_10`.
    pub reverse_charge: Option<Amount>,
    /// Margin schemes.
    ///
    /// On the wire: `P_13_11`.
    pub margin: Option<Amount>,
}

/// Net value and tax of one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxedTotal {
    /// Net value in the currency of the invoice.
    pub net: Amount,
    /// Tax in the currency of the invoice.
    pub tax: Amount,
    /// Tax in PLN, when the invoice is in another currency.
    pub tax_pln: Option<Amount>,
}

/// Net value and tax of the special procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpecialTotal {
    /// Net value in the currency of the invoice.
    pub net: Amount,
    /// Tax in the currency of the invoice.
    pub tax: Option<Amount>,
}

impl TaxedTotal {
    /// Net value and tax.
    #[must_use]
    pub const fn new(net: Amount, tax: Amount) -> Self {
        Self {
            net,
            tax,
            tax_pln: None,
        }
    }

    /// Adds the tax in PLN.
    #[must_use]
    pub const fn with_tax_pln(mut self, tax_pln: Amount) -> Self {
        self.tax_pln = Some(tax_pln);
        self
    }
}

impl SpecialTotal {
    /// Net value and tax.
    #[must_use]
    pub const fn new(net: Amount, tax: Option<Amount>) -> Self {
        Self { net, tax }
    }
}

impl Totals {
    /// The sum of all net values, and of sales without tax.
    #[must_use]
    pub fn net(&self) -> Decimal {
        let taxed = self.taxed().map(|total| total.net.get());
        let special = self.special_procedure.map(|total| total.net.get());
        let untaxed = self.untaxed().into_iter().flatten().map(Amount::get);
        taxed.chain(special).chain(untaxed).sum()
    }

    /// The sum of all taxes, in the currency of the invoice.
    #[must_use]
    pub fn tax(&self) -> Decimal {
        let special = self.special_procedure.and_then(|total| total.tax);
        self.taxed()
            .map(|total| total.tax.get())
            .chain(special.map(Amount::get))
            .sum()
    }

    fn taxed(&self) -> impl Iterator<Item = TaxedTotal> {
        [self.standard, self.reduced, self.super_reduced, self.taxi]
            .into_iter()
            .flatten()
    }

    /// In the order of [`UNTAXED`].
    const fn untaxed(&self) -> [Option<Amount>; 8] {
        [
            self.zero_domestic,
            self.zero_intra_eu,
            self.zero_export,
            self.exempt,
            self.outside_poland,
            self.outside_poland_services,
            self.reverse_charge,
            self.margin,
        ]
    }
}

impl Group for Totals {
    fn is_present(fields: &Fields<'_, '_>) -> bool {
        let mut names = TAXED.iter().flatten().chain(&SPECIAL).chain(&UNTAXED);
        names.any(|name| fields.has(name))
    }

    fn read(fields: &mut Fields<'_, '_>) -> Option<Self> {
        let [standard, reduced, super_reduced, taxi] = TAXED.map(|names| read_taxed(names, fields));
        let special_procedure = read_special(fields);
        let [
            zero_domestic,
            zero_intra_eu,
            zero_export,
            exempt,
            outside_poland,
            outside_poland_services,
            reverse_charge,
            margin,
        ] = UNTAXED.map(|name| <Option<Amount> as Field>::read(name, fields).flatten());
        Some(Self {
            standard,
            reduced,
            super_reduced,
            taxi,
            special_procedure,
            zero_domestic,
            zero_intra_eu,
            zero_export,
            exempt,
            outside_poland,
            outside_poland_services,
            reverse_charge,
            margin,
        })
    }

    fn write(&self, out: &mut Writer) {
        let taxed = [self.standard, self.reduced, self.super_reduced, self.taxi];
        for ([net, tax, tax_pln], total) in TAXED.into_iter().zip(taxed) {
            if let Some(total) = total {
                Field::write(&total.net, net, out);
                Field::write(&total.tax, tax, out);
                Field::write(&total.tax_pln, tax_pln, out);
            }
        }
        if let Some(total) = self.special_procedure {
            let [net, tax] = SPECIAL;
            Field::write(&total.net, net, out);
            Field::write(&total.tax, tax, out);
        }
        for (name, amount) in UNTAXED.into_iter().zip(self.untaxed()) {
            Field::write(&amount, name, out);
        }
    }

    #[cfg(test)]
    fn outline(outline: &mut super::tests::Outline) {
        for name in TAXED.iter().flatten().chain(&SPECIAL).chain(&UNTAXED) {
            outline.element(name, 1, |_| {});
        }
    }
}

fn read_taxed(names: [&'static str; 3], fields: &mut Fields<'_, '_>) -> Option<TaxedTotal> {
    if !names.iter().any(|name| fields.has(name)) {
        return None;
    }
    let [net, tax, tax_pln] = names;
    let net = <Amount as Field>::read(net, fields);
    let tax = <Amount as Field>::read(tax, fields);
    let tax_pln = <Option<Amount> as Field>::read(tax_pln, fields).flatten();
    Some(TaxedTotal {
        net: net?,
        tax: tax?,
        tax_pln,
    })
}

fn read_special(fields: &mut Fields<'_, '_>) -> Option<SpecialTotal> {
    let [net, tax] = SPECIAL;
    if !fields.has(net) && !fields.has(tax) {
        return None;
    }
    let net = <Amount as Field>::read(net, fields);
    let tax = <Option<Amount> as Field>::read(tax, fields).flatten();
    Some(SpecialTotal { net: net?, tax })
}

/// Net value, tax and tax in PLN of the rates with tax.
const TAXED: [[&str; 3]; 4] = [
    ["P_13_1", "P_14_1", "P_14_1W"],
    ["P_13_2", "P_14_2", "P_14_2W"],
    ["P_13_3", "P_14_3", "P_14_3W"],
    ["P_13_4", "P_14_4", "P_14_4W"],
];
const SPECIAL: [&str; 2] = ["P_13_5", "P_14_5"];
const UNTAXED: [&str; 8] = [
    "P_13_6_1", "P_13_6_2", "P_13_6_3", "P_13_7", "P_13_8", "P_13_9", "P_13_10", "P_13_11",
];

//! Lines of an invoice that exists already, as the builder takes them: what a correction starts from.

use rust_decimal::Decimal;

use super::item::Item;
use super::line::{Basis, Discount, Line, LineTax, Price};
use super::order_line::OrderLine;
use super::rate::{Exemption, MarginScheme, TaxLiability, Vat};
use crate::fa3::annotations::{self, Annotations};
use crate::fa3::line::Line as Shown;
use crate::fa3::order::OrderLine as ShownInOrder;
use crate::fa3::value::Text;
use crate::fa3::value::code::{VatRate, YesNo};
use crate::fa3::value::number::Percent;

impl Line {
    /// A line of an invoice, with the annotations of that invoice: the basis of an exemption, the margin
    /// scheme and who accounts for tax abroad stand there. Nothing when the line has no value or does not
    /// say how it is taxed.
    ///
    /// It keeps its number and its value. A unit price that does not lead to that value within a grosz is
    /// left out. Where the invoice shows tax line by line, so does one built with
    /// [`super::InvoiceBuilder::with_tax_per_line`].
    #[must_use]
    pub fn of(shown: &Shown, annotations: &Annotations) -> Option<Self> {
        let tax = match vat(shown.rate, shown.special_rate.as_ref(), annotations) {
            Some(vat) => LineTax::Vat(vat),
            None if shown.rate.is_none() => LineTax::Margin(margin_scheme(annotations)?),
            None => return None,
        };
        let (basis, price, value) = match (shown.net, shown.gross) {
            (Some(net), _) if tax_is_vat(&tax) => (Basis::Net, shown.net_price, net),
            (_, Some(gross)) => (Basis::Gross, shown.gross_price, gross),
            // A margin line that names its value as net: there is no tax to tell them apart.
            (Some(net), None) => (Basis::Gross, shown.net_price, net),
            (None, None) => return None,
        };
        let item = Item {
            unique_id: shown.uuid.as_ref().map(Text::to_string),
            index: shown.index.as_ref().map(Text::to_string),
            gtin: shown.gtin.as_ref().map(Text::to_string),
            pkwiu: shown.pkwiu.as_ref().map(Text::to_string),
            cn: shown.cn.as_ref().map(Text::to_string),
            pkob: shown.pkob.as_ref().map(Text::to_string),
            unit: shown.unit.as_ref().map(Text::to_string),
            gtu: shown.gtu,
            excise: shown.excise.map(Decimal::from),
            is_of_annex_15: shown.annex_15,
            ..Item::new(shown.name.as_ref().map(Text::to_string).unwrap_or_default())
        };
        let quantity = shown.quantity.map(Decimal::from);
        let discount = shown.discount.map(Decimal::from);
        let mut line = Self {
            item,
            tax,
            basis,
            price: Price::Value { quantity },
            discount: None,
            given_value: Some(value.get()),
            sale_date: shown.supplied.map(|day| day.get()),
            exchange_rate: shown.exchange_rate.map(Decimal::from),
            procedure: shown.procedure,
            number: Some(shown.number.get()),
        };
        if let (Some(quantity), Some(price)) = (quantity, price) {
            line.price_as_shown(quantity, price.get(), discount);
        }
        Some(line)
    }

    /// Takes quantity, price and that meaning of the discount which lead to the value.
    fn price_as_shown(&mut self, quantity: Decimal, price: Decimal, discount: Option<Decimal>) {
        let readings = match discount {
            None => vec![None],
            Some(discount) => vec![
                Some(Discount::Total(discount)),
                Some(Discount::PerUnit(discount)),
            ],
        };
        for reading in readings {
            let mut line = self.clone();
            line.price = Price::Unit { quantity, price };
            line.discount = reading;
            if line.is_consistent() {
                *self = line;
                return;
            }
        }
    }

    fn is_consistent(&self) -> bool {
        let computed = self.computed_value().ok().flatten();
        let distance = computed
            .zip(self.given_value)
            .and_then(|(computed, given)| computed.checked_sub(given));
        distance.is_some_and(|distance| distance.abs() <= Decimal::new(1, 2))
    }
}

impl OrderLine {
    /// A line of an order, with the annotations of its invoice. Nothing when the line has no value or does
    /// not say how it is taxed.
    ///
    /// It keeps its number, its value and its tax. A unit price that does not lead to that value within a
    /// grosz is left out.
    #[must_use]
    pub fn of(shown: &ShownInOrder, annotations: &Annotations) -> Option<Self> {
        let item = Item {
            unique_id: shown.uuid.as_ref().map(Text::to_string),
            index: shown.index.as_ref().map(Text::to_string),
            gtin: shown.gtin.as_ref().map(Text::to_string),
            pkwiu: shown.pkwiu.as_ref().map(Text::to_string),
            cn: shown.cn.as_ref().map(Text::to_string),
            pkob: shown.pkob.as_ref().map(Text::to_string),
            unit: shown.unit.as_ref().map(Text::to_string),
            gtu: shown.gtu,
            excise: shown.excise.map(Decimal::from),
            is_of_annex_15: shown.annex_15,
            ..Item::new(shown.name.as_ref().map(Text::to_string).unwrap_or_default())
        };
        let vat = vat(shown.rate, shown.special_rate.as_ref(), annotations)?;
        let value = shown.net?.get();
        let quantity = shown.quantity.map(Decimal::from);
        let mut line = Self::net_value(item, vat, value);
        line.price = Price::Value { quantity };
        line.given_tax = shown.tax.map(Decimal::from);
        line.procedure = shown.procedure;
        line.number = Some(shown.number.get());
        if let (Some(quantity), Some(price)) = (quantity, shown.net_price) {
            let priced = Self {
                price: Price::Unit {
                    quantity,
                    price: price.get(),
                },
                ..line.clone()
            };
            let computed = priced.computed_value().ok().flatten();
            let distance = computed.and_then(|computed| computed.checked_sub(value));
            if distance.is_some_and(|distance| distance.abs() <= Decimal::new(1, 2)) {
                return Some(priced);
            }
        }
        Some(line)
    }
}

const fn tax_is_vat(tax: &LineTax) -> bool {
    matches!(tax, LineTax::Vat(_))
}

fn vat(rate: Option<VatRate>, special: Option<&Percent>, annotations: &Annotations) -> Option<Vat> {
    if let Some(percent) = special {
        return Some(Vat::OneStopShop(percent.get()));
    }
    Some(match rate? {
        VatRate::Rate23 => Vat::Rate23,
        VatRate::Rate22 => Vat::Rate22,
        VatRate::Rate8 => Vat::Rate8,
        VatRate::Rate7 => Vat::Rate7,
        VatRate::Rate5 => Vat::Rate5,
        VatRate::Rate4 => Vat::Rate4,
        VatRate::Rate3 => Vat::Rate3,
        VatRate::ZeroDomestic => Vat::ZeroDomestic,
        VatRate::ZeroIntraEu => Vat::ZeroIntraEu,
        VatRate::ZeroExport => Vat::ZeroExport,
        VatRate::ReverseCharge => Vat::ReverseCharge,
        VatRate::OutsidePoland => Vat::OutsidePoland(match annotations.reverse_charge {
            YesNo::Yes => TaxLiability::Buyer,
            YesNo::No => TaxLiability::NotBuyer,
        }),
        VatRate::OutsidePolandServices => Vat::OutsidePolandServices,
        VatRate::Exempt => Vat::Exempt(match &annotations.exemption {
            annotations::Exemption::Act(text) => Exemption::act(text.as_str()),
            annotations::Exemption::Directive(text) => Exemption::directive(text.as_str()),
            annotations::Exemption::Other(text) => Exemption::other(text.as_str()),
            annotations::Exemption::None => return None,
        }),
    })
}

const fn margin_scheme(annotations: &Annotations) -> Option<MarginScheme> {
    match annotations.margin {
        annotations::Margin::Travel => Some(MarginScheme::Travel),
        annotations::Margin::UsedGoods => Some(MarginScheme::UsedGoods),
        annotations::Margin::Art => Some(MarginScheme::Art),
        annotations::Margin::Antiques => Some(MarginScheme::Antiques),
        annotations::Margin::None => None,
    }
}

//! Lines of invoices and orders, and the rates that say which sum they belong to.

use std::str::FromStr;

use ksef_core::form_code::FormCode;
use rust_decimal::Decimal;

use crate::tree::Element;

/// A line of an invoice (`FaWiersz`) or of an order (`ZamowienieWiersz`).
///
/// Numbers that do not have the form of their type are left out, as are missing ones.
#[derive(Debug, Clone)]
pub(super) struct Line<'t> {
    pub(super) element: Element<'t>,
    pub(super) quantity: Option<Decimal>,
    pub(super) net_price: Option<Decimal>,
    pub(super) gross_price: Option<Decimal>,
    pub(super) discount: Option<Decimal>,
    pub(super) net: Option<Decimal>,
    pub(super) gross: Option<Decimal>,
    pub(super) vat: Option<Decimal>,
    pub(super) rate: Option<Rate>,
    /// The state before a correction, or a line the correction leaves as it is.
    pub(super) is_before: bool,
}

impl<'t> Line<'t> {
    /// A `FaWiersz`.
    pub(super) fn of_invoice(element: Element<'t>, form: &FormCode) -> Self {
        let amount = |name| element.value_at(&[name]).and_then(decimal);
        Self {
            element,
            quantity: amount("P_8B"),
            net_price: amount("P_9A"),
            gross_price: amount("P_9B"),
            discount: amount("P_10"),
            net: amount("P_11"),
            gross: amount("P_11A"),
            vat: amount("P_11Vat"),
            rate: Rate::of(element, "P_12", "P_12_XII", form),
            is_before: element.value_at(&["StanPrzed"]).is_some(),
        }
    }

    /// A `ZamowienieWiersz`.
    pub(super) fn of_order(element: Element<'t>, form: &FormCode) -> Self {
        let amount = |name| element.value_at(&[name]).and_then(decimal);
        Self {
            element,
            quantity: amount("P_8BZ"),
            net_price: amount("P_9AZ"),
            gross_price: None,
            discount: None,
            net: amount("P_11NettoZ"),
            gross: None,
            vat: amount("P_11VatZ"),
            rate: Rate::of(element, "P_12Z", "P_12Z_XII", form),
            is_before: element.value_at(&["StanPrzedZ"]).is_some(),
        }
    }

    /// What the line is worth with or without tax, whichever it says.
    pub(super) fn value(&self) -> Option<Decimal> {
        self.net.or(self.gross)
    }

    /// Takes something back: a correction by difference or a reversal.
    pub(super) fn is_reversal(&self) -> bool {
        self.is_before || self.value().is_some_and(|value| value.is_sign_negative())
    }

    /// The value with tax.
    pub(super) fn with_tax(&self) -> Option<Decimal> {
        if self.gross.is_some() {
            return self.gross;
        }
        let net = self.net?;
        match self.vat {
            Some(vat) => net.checked_add(vat),
            None => net.checked_add(net.checked_mul(self.rate?.fraction())?),
        }
    }
}

/// What `P_12` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rate {
    /// A rate in percent, from 3 to 23.
    Percent(Decimal),
    /// A foreign rate in percent, special procedure of Section XII, Chapter 6a.
    Foreign(Decimal),
    /// `0 KR`.
    ZeroDomestic,
    /// `0 WDT`.
    ZeroSupply,
    /// `0 EX`.
    ZeroExport,
    /// `0`, FA(2) only.
    Zero,
    /// `zw`.
    Exempt,
    /// `oo`.
    ReverseCharge,
    /// `np I`.
    OutsideFirst,
    /// `np II`.
    OutsideSecond,
    /// `np`, FA(2) only.
    Outside,
}

impl Rate {
    fn of(line: Element<'_>, domestic: &str, foreign: &str, form: &FormCode) -> Option<Self> {
        if let Some(text) = line.value_at(&[foreign]) {
            return decimal(text).map(Self::Foreign);
        }
        let is_second = *form == FormCode::Fa2;
        match line.value_at(&[domestic])? {
            "0 KR" => Some(Self::ZeroDomestic),
            "0 WDT" => Some(Self::ZeroSupply),
            "0 EX" => Some(Self::ZeroExport),
            "zw" => Some(Self::Exempt),
            "oo" => Some(Self::ReverseCharge),
            "np I" => Some(Self::OutsideFirst),
            "np II" => Some(Self::OutsideSecond),
            "0" if is_second => Some(Self::Zero),
            "np" if is_second => Some(Self::Outside),
            text @ ("23" | "22" | "8" | "7" | "5" | "4" | "3") => decimal(text).map(Self::Percent),
            _ => None,
        }
    }

    /// The tax on a net value of one; zero when the seller charges none.
    pub(super) fn fraction(self) -> Decimal {
        match self {
            Self::Percent(percent) | Self::Foreign(percent) => percent / Decimal::ONE_HUNDRED,
            _ => Decimal::ZERO,
        }
    }

    /// The sums lines of this rate belong to.
    pub(super) fn sums(self) -> &'static Sums {
        match self {
            Self::Percent(percent) => match u32::try_from(percent) {
                Ok(23 | 22) => &STANDARD,
                Ok(8 | 7) => &REDUCED,
                Ok(5) => &SECOND_REDUCED,
                _ => &TAXI,
            },
            Self::Foreign(_) => &ONE_STOP_SHOP,
            Self::ZeroDomestic => &ZERO_DOMESTIC,
            Self::ZeroSupply => &ZERO_SUPPLY,
            Self::ZeroExport => &ZERO_EXPORT,
            Self::Zero => &ZERO,
            Self::Exempt => &EXEMPT,
            Self::ReverseCharge => &REVERSE_CHARGE,
            Self::OutsideFirst => &OUTSIDE_FIRST,
            Self::OutsideSecond => &OUTSIDE_SECOND,
            Self::Outside => &OUTSIDE,
        }
    }
}

/// The elements that sum up the lines of some rates.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sums {
    /// The net sum, or those that share it.
    pub(super) net: &'static [&'static str],
    /// The sum of VAT.
    pub(super) vat: Option<&'static str>,
    /// The same in PLN.
    pub(super) vat_pln: Option<&'static str>,
    /// The rates in percent that may stand behind it.
    pub(super) rates: &'static [u32],
}

/// The sums of FA(3), in the order of the form.
pub(super) static SUMS_FA3: [&Sums; 13] = [
    &STANDARD,
    &REDUCED,
    &SECOND_REDUCED,
    &TAXI,
    &ONE_STOP_SHOP,
    &ZERO_DOMESTIC,
    &ZERO_SUPPLY,
    &ZERO_EXPORT,
    &EXEMPT,
    &OUTSIDE_FIRST,
    &OUTSIDE_SECOND,
    &REVERSE_CHARGE,
    &MARGIN,
];

/// The sums of FA(2): its lines know one rate `0` and one `np`.
pub(super) static SUMS_FA2: [&Sums; 10] = [
    &STANDARD,
    &REDUCED,
    &SECOND_REDUCED,
    &TAXI,
    &ONE_STOP_SHOP,
    &ZERO,
    &EXEMPT,
    &OUTSIDE,
    &REVERSE_CHARGE,
    &MARGIN,
];

const fn taxed(
    net: &'static [&'static str],
    vat: &'static str,
    vat_pln: &'static str,
    rates: &'static [u32],
) -> Sums {
    Sums {
        net,
        vat: Some(vat),
        vat_pln: Some(vat_pln),
        rates,
    }
}

const fn untaxed(net: &'static [&'static str]) -> Sums {
    Sums {
        net,
        vat: None,
        vat_pln: None,
        rates: &[],
    }
}

static STANDARD: Sums = taxed(&["P_13_1"], "P_14_1", "P_14_1W", &[22, 23]);
static REDUCED: Sums = taxed(&["P_13_2"], "P_14_2", "P_14_2W", &[7, 8]);
static SECOND_REDUCED: Sums = taxed(&["P_13_3"], "P_14_3", "P_14_3W", &[5]);
static TAXI: Sums = taxed(&["P_13_4"], "P_14_4", "P_14_4W", &[3, 4]);
static ONE_STOP_SHOP: Sums = Sums {
    net: &["P_13_5"],
    vat: Some("P_14_5"),
    vat_pln: None,
    rates: &[],
};
static ZERO_DOMESTIC: Sums = untaxed(&["P_13_6_1"]);
static ZERO_SUPPLY: Sums = untaxed(&["P_13_6_2"]);
static ZERO_EXPORT: Sums = untaxed(&["P_13_6_3"]);
static ZERO: Sums = untaxed(&["P_13_6_1", "P_13_6_2", "P_13_6_3"]);
pub(super) static EXEMPT: Sums = untaxed(&["P_13_7"]);
static OUTSIDE_FIRST: Sums = untaxed(&["P_13_8"]);
static OUTSIDE_SECOND: Sums = untaxed(&["P_13_9"]);
static OUTSIDE: Sums = untaxed(&["P_13_8", "P_13_9"]);
pub(super) static REVERSE_CHARGE: Sums = untaxed(&["P_13_10"]);
pub(super) static MARGIN: Sums = untaxed(&["P_13_11"]);

/// A decimal as the schema writes it: digits, perhaps a sign before and a point inside.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    Decimal::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_those_of_the_schema() {
        for (text, number) in [
            ("0", "0"),
            ("-0.10", "-0.10"),
            ("1234567.123456", "1234567.123456"),
        ] {
            assert_eq!(decimal(text), Some(number.parse().unwrap()), "{text}");
        }
        for text in [
            "", "-", ".5", "5.", "+5", "1,5", "1e3", "1 000", "--1", "1_0",
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
        assert_eq!(decimal("99999999999999999999999999999999"), None);
    }
}

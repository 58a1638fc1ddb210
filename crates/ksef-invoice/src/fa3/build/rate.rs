//! Rates of tax and the totals of FA(3) they belong to.

use rust_decimal::Decimal;

/// How a line is taxed, with what the law wants said about it.
///
/// An exempt line carries the legal basis: without one it cannot be written down. Margin schemes have
/// lines of their own ([`super::Line::margin`]).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Vat {
    /// 23 %.
    Rate23,
    /// 22 %.
    Rate22,
    /// 8 %.
    Rate8,
    /// 7 %.
    Rate7,
    /// 5 %.
    Rate5,
    /// 4 %: the flat rate of taxis, and farmers' returns.
    Rate4,
    /// 3 %: the flat rate of taxis.
    Rate3,
    /// 0 % within the country (`0 KR`).
    ZeroDomestic,
    /// 0 %, goods to a taxpayer of another member state (`0 WDT`). Needs a buyer with an EU VAT number.
    ZeroIntraEu,
    /// 0 %, goods out of the EU (`0 EX`).
    ZeroExport,
    /// Exempt (`zw`), and by what.
    Exempt(Exemption),
    /// Domestic reverse charge (`oo`): the buyer accounts for the tax.
    ReverseCharge,
    /// Supplied outside Poland (`np I`), except what [`Vat::OutsidePolandServices`] and [`Vat::OneStopShop`] name.
    OutsidePoland(TaxLiability),
    /// A service to a taxpayer of another member state (`np II`, art. 100(1)(4)): the buyer accounts
    /// for the tax. Needs a buyer with an EU VAT number.
    OutsidePolandServices,
    /// The special procedure of chapter 6a (OSS), with the rate of the country of consumption in per
    /// cent (0 to 100, at most 6 decimals).
    OneStopShop(Decimal),
}

/// Who accounts for the tax of a supply outside Poland.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxLiability {
    /// The buyer: the invoice says "odwrotne obciążenie".
    Buyer,
    /// The seller, or nobody.
    NotBuyer,
}

/// The provision by which a supply is exempt; at most 256 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exemption {
    /// Of the Polish act or of a regulation under it (`P_19A`).
    Act(String),
    /// Of directive 2006/112/EC (`P_19B`).
    Directive(String),
    /// Another legal basis (`P_19C`).
    Other(String),
}

impl Exemption {
    /// A provision of the Polish act or of a regulation under it, as `art. 43 ust. 1 pkt 37`.
    #[must_use]
    pub fn act(provision: impl Into<String>) -> Self {
        Self::Act(provision.into())
    }

    /// A provision of directive 2006/112/EC.
    #[must_use]
    pub fn directive(provision: impl Into<String>) -> Self {
        Self::Directive(provision.into())
    }

    /// Another legal basis.
    #[must_use]
    pub fn other(basis: impl Into<String>) -> Self {
        Self::Other(basis.into())
    }

    /// The provision.
    #[must_use]
    pub fn provision(&self) -> &str {
        match self {
            Self::Act(text) | Self::Directive(text) | Self::Other(text) => text,
        }
    }
}

/// Which margin scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarginScheme {
    /// Tourism (art. 119).
    Travel,
    /// Second-hand goods (art. 120).
    UsedGoods,
    /// Works of art (art. 120).
    Art,
    /// Collectors' items and antiques (art. 120).
    Antiques,
}

impl Vat {
    /// The rate that the totals are kept by.
    #[must_use]
    pub fn rate(&self) -> Rate {
        match self {
            Self::Rate23 => Rate::Rate23,
            Self::Rate22 => Rate::Rate22,
            Self::Rate8 => Rate::Rate8,
            Self::Rate7 => Rate::Rate7,
            Self::Rate5 => Rate::Rate5,
            Self::Rate4 => Rate::Rate4,
            Self::Rate3 => Rate::Rate3,
            Self::ZeroDomestic => Rate::ZeroDomestic,
            Self::ZeroIntraEu => Rate::ZeroIntraEu,
            Self::ZeroExport => Rate::ZeroExport,
            Self::Exempt(_) => Rate::Exempt,
            Self::ReverseCharge => Rate::ReverseCharge,
            Self::OutsidePoland(_) => Rate::OutsidePoland,
            Self::OutsidePolandServices => Rate::OutsidePolandServices,
            Self::OneStopShop(percent) => Rate::OneStopShop(percent.normalize()),
        }
    }
}

/// A rate as the totals of the invoice see it: what the tax is computed by, and where it is summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rate {
    /// 23 %.
    Rate23,
    /// 22 %.
    Rate22,
    /// 8 %.
    Rate8,
    /// 7 %.
    Rate7,
    /// 5 %.
    Rate5,
    /// 4 %.
    Rate4,
    /// 3 %.
    Rate3,
    /// The special procedure of chapter 6a, with the rate in per cent.
    OneStopShop(Decimal),
    /// 0 % within the country.
    ZeroDomestic,
    /// 0 %, intra-Community supply of goods.
    ZeroIntraEu,
    /// 0 %, export.
    ZeroExport,
    /// Exempt.
    Exempt,
    /// Outside Poland.
    OutsidePoland,
    /// Services of art. 100(1)(4).
    OutsidePolandServices,
    /// Domestic reverse charge.
    ReverseCharge,
    /// A margin scheme.
    Margin,
}

/// One of the sums of FA(3): `P_13_x` with its `P_14_x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// `P_13_1`, `P_14_1`: 23 and 22 %.
    Basic,
    /// `P_13_2`, `P_14_2`: 8 and 7 %.
    FirstReduced,
    /// `P_13_3`, `P_14_3`: 5 %.
    SecondReduced,
    /// `P_13_4`, `P_14_4`: 4 and 3 %.
    FlatRate,
    /// `P_13_5`, `P_14_5`: chapter 6a.
    OneStopShop,
    /// `P_13_6_1`: 0 % within the country.
    ZeroDomestic,
    /// `P_13_6_2`: 0 %, intra-Community supply.
    ZeroIntraEu,
    /// `P_13_6_3`: 0 %, export.
    ZeroExport,
    /// `P_13_7`: exempt.
    Exempt,
    /// `P_13_8`: outside Poland.
    OutsidePoland,
    /// `P_13_9`: services of art. 100(1)(4).
    OutsidePolandServices,
    /// `P_13_10`: domestic reverse charge.
    ReverseCharge,
    /// `P_13_11`: margin.
    Margin,
}

impl Rate {
    /// The rate in per cent; zero where the invoice shows no tax.
    #[must_use]
    pub fn percent(self) -> Decimal {
        let percent: u8 = match self {
            Self::Rate23 => 23,
            Self::Rate22 => 22,
            Self::Rate8 => 8,
            Self::Rate7 => 7,
            Self::Rate5 => 5,
            Self::Rate4 => 4,
            Self::Rate3 => 3,
            Self::OneStopShop(percent) => return percent,
            _ => 0,
        };
        Decimal::from(percent)
    }

    /// The sum that the rate belongs to.
    #[must_use]
    pub const fn bucket(self) -> Bucket {
        match self {
            Self::Rate23 | Self::Rate22 => Bucket::Basic,
            Self::Rate8 | Self::Rate7 => Bucket::FirstReduced,
            Self::Rate5 => Bucket::SecondReduced,
            Self::Rate4 | Self::Rate3 => Bucket::FlatRate,
            Self::OneStopShop(_) => Bucket::OneStopShop,
            Self::ZeroDomestic => Bucket::ZeroDomestic,
            Self::ZeroIntraEu => Bucket::ZeroIntraEu,
            Self::ZeroExport => Bucket::ZeroExport,
            Self::Exempt => Bucket::Exempt,
            Self::OutsidePoland => Bucket::OutsidePoland,
            Self::OutsidePolandServices => Bucket::OutsidePolandServices,
            Self::ReverseCharge => Bucket::ReverseCharge,
            Self::Margin => Bucket::Margin,
        }
    }

    /// Must the tax also stand in złoty when the invoice is in another currency (`P_14_xW`)?
    #[must_use]
    pub const fn needs_tax_in_pln(self) -> bool {
        matches!(
            self.bucket(),
            Bucket::Basic | Bucket::FirstReduced | Bucket::SecondReduced | Bucket::FlatRate
        )
    }
}

impl Bucket {
    /// Every sum, in the order of FA(3).
    pub const ALL: [Self; 13] = [
        Self::Basic,
        Self::FirstReduced,
        Self::SecondReduced,
        Self::FlatRate,
        Self::OneStopShop,
        Self::ZeroDomestic,
        Self::ZeroIntraEu,
        Self::ZeroExport,
        Self::Exempt,
        Self::OutsidePoland,
        Self::OutsidePolandServices,
        Self::ReverseCharge,
        Self::Margin,
    ];
}

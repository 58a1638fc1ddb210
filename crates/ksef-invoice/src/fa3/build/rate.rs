//! Rates of tax and the totals of FA(3) they belong to.

use rust_decimal::Decimal;

/// How a line is taxed, with what the law wants said about it.
///
/// What needs a reason carries it: an exempt line without its legal basis, or a margin without its
/// scheme, cannot be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Vat {
    /// 23 %.
    Vat23,
    /// 22 %.
    Vat22,
    /// 8 %.
    Vat8,
    /// 7 %.
    Vat7,
    /// 5 %.
    Vat5,
    /// 4 %: the flat rate of taxis, and farmers' returns.
    Vat4,
    /// 3 %: the flat rate of taxis.
    Vat3,
    /// 0 % within the country (`0 KR`).
    ZeroDomestic,
    /// 0 %, goods to a taxpayer of another member state (`0 WDT`). Needs a buyer with an EU VAT number.
    IntraCommunitySupply,
    /// 0 %, goods out of the EU (`0 EX`).
    Export,
    /// Exempt (`zw`), and by what.
    Exempt(Exemption),
    /// Domestic reverse charge (`oo`): the buyer accounts for the tax.
    ReverseCharge,
    /// Supplied outside Poland (`np I`), except what [`Vat::EuService`] and [`Vat::OneStopShop`] name.
    OutsidePoland(TaxLiability),
    /// A service to a taxpayer of another member state (`np II`, art. 100(1)(4)): the buyer accounts
    /// for the tax. Needs a buyer with an EU VAT number.
    EuService,
    /// The special procedure of chapter 6a (OSS), with the rate of the country of consumption in per
    /// cent (0 to 100, at most 6 decimals).
    OneStopShop(Decimal),
    /// A margin scheme: the line shows its gross value and no tax.
    Margin(MarginScheme),
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
            Self::Vat23 => Rate::Vat23,
            Self::Vat22 => Rate::Vat22,
            Self::Vat8 => Rate::Vat8,
            Self::Vat7 => Rate::Vat7,
            Self::Vat5 => Rate::Vat5,
            Self::Vat4 => Rate::Vat4,
            Self::Vat3 => Rate::Vat3,
            Self::ZeroDomestic => Rate::ZeroDomestic,
            Self::IntraCommunitySupply => Rate::IntraCommunitySupply,
            Self::Export => Rate::Export,
            Self::Exempt(_) => Rate::Exempt,
            Self::ReverseCharge => Rate::ReverseCharge,
            Self::OutsidePoland(_) => Rate::OutsidePoland,
            Self::EuService => Rate::EuService,
            Self::OneStopShop(percent) => Rate::OneStopShop(percent.normalize()),
            Self::Margin(_) => Rate::Margin,
        }
    }
}

/// A rate as the totals of the invoice see it: what the tax is computed by, and where it is summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rate {
    /// 23 %.
    Vat23,
    /// 22 %.
    Vat22,
    /// 8 %.
    Vat8,
    /// 7 %.
    Vat7,
    /// 5 %.
    Vat5,
    /// 4 %.
    Vat4,
    /// 3 %.
    Vat3,
    /// The special procedure of chapter 6a, with the rate in per cent.
    OneStopShop(Decimal),
    /// 0 % within the country.
    ZeroDomestic,
    /// 0 %, intra-Community supply of goods.
    IntraCommunitySupply,
    /// 0 %, export.
    Export,
    /// Exempt.
    Exempt,
    /// Outside Poland.
    OutsidePoland,
    /// Services of art. 100(1)(4).
    EuService,
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
    IntraCommunitySupply,
    /// `P_13_6_3`: 0 %, export.
    Export,
    /// `P_13_7`: exempt.
    Exempt,
    /// `P_13_8`: outside Poland.
    OutsidePoland,
    /// `P_13_9`: services of art. 100(1)(4).
    EuService,
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
            Self::Vat23 => 23,
            Self::Vat22 => 22,
            Self::Vat8 => 8,
            Self::Vat7 => 7,
            Self::Vat5 => 5,
            Self::Vat4 => 4,
            Self::Vat3 => 3,
            Self::OneStopShop(percent) => return percent,
            _ => 0,
        };
        Decimal::from(percent)
    }

    /// The sum that the rate belongs to.
    #[must_use]
    pub const fn bucket(self) -> Bucket {
        match self {
            Self::Vat23 | Self::Vat22 => Bucket::Basic,
            Self::Vat8 | Self::Vat7 => Bucket::FirstReduced,
            Self::Vat5 => Bucket::SecondReduced,
            Self::Vat4 | Self::Vat3 => Bucket::FlatRate,
            Self::OneStopShop(_) => Bucket::OneStopShop,
            Self::ZeroDomestic => Bucket::ZeroDomestic,
            Self::IntraCommunitySupply => Bucket::IntraCommunitySupply,
            Self::Export => Bucket::Export,
            Self::Exempt => Bucket::Exempt,
            Self::OutsidePoland => Bucket::OutsidePoland,
            Self::EuService => Bucket::EuService,
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
        Self::IntraCommunitySupply,
        Self::Export,
        Self::Exempt,
        Self::OutsidePoland,
        Self::EuService,
        Self::ReverseCharge,
        Self::Margin,
    ];
}

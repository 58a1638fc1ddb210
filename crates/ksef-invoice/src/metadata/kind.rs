//! The kind of an invoice.

use std::fmt;

/// The kind of an invoice: `RodzajFaktury`, or the form's own kind on PEF.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum InvoiceKind {
    /// `VAT`: a basic invoice.
    Basic,
    /// `KOR`: a correction.
    Correction,
    /// `ZAL`: an advance invoice.
    Advance,
    /// `ROZ`: an invoice that settles advances.
    Settlement,
    /// `UPR`: a simplified invoice.
    Simplified,
    /// `KOR_ZAL`: a correction of an advance invoice.
    AdvanceCorrection,
    /// `KOR_ROZ`: a correction of a settlement.
    SettlementCorrection,
    /// `VAT_RR`: a flat-rate farmer's invoice.
    FlatRateFarmer,
    /// `KOR_VAT_RR`: its correction.
    FlatRateFarmerCorrection,
    /// An invoice sent over Peppol.
    Pef,
    /// A correction sent over Peppol.
    PefCorrection,
    /// A kind this version does not know, as written.
    Other(String),
}

impl InvoiceKind {
    /// The kind with this wire name.
    #[must_use]
    pub fn from_wire(text: &str) -> Self {
        match text {
            "VAT" => Self::Basic,
            "KOR" => Self::Correction,
            "ZAL" => Self::Advance,
            "ROZ" => Self::Settlement,
            "UPR" => Self::Simplified,
            "KOR_ZAL" => Self::AdvanceCorrection,
            "KOR_ROZ" => Self::SettlementCorrection,
            "VAT_RR" => Self::FlatRateFarmer,
            "KOR_VAT_RR" => Self::FlatRateFarmerCorrection,
            "VatPef" => Self::Pef,
            "KorPef" => Self::PefCorrection,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The name in the document; on PEF, which has none, the name in the API.
    #[must_use]
    pub fn wire_name(&self) -> &str {
        match self {
            Self::Basic => "VAT",
            Self::Correction => "KOR",
            Self::Advance => "ZAL",
            Self::Settlement => "ROZ",
            Self::Simplified => "UPR",
            Self::AdvanceCorrection => "KOR_ZAL",
            Self::SettlementCorrection => "KOR_ROZ",
            Self::FlatRateFarmer => "VAT_RR",
            Self::FlatRateFarmerCorrection => "KOR_VAT_RR",
            Self::Pef => "VatPef",
            Self::PefCorrection => "KorPef",
            Self::Other(text) => text,
        }
    }

    /// The name in the API's `invoiceType`.
    #[must_use]
    pub fn api_name(&self) -> &str {
        match self {
            Self::Basic => "Vat",
            Self::Correction => "Kor",
            Self::Advance => "Zal",
            Self::Settlement => "Roz",
            Self::Simplified => "Upr",
            Self::AdvanceCorrection => "KorZal",
            Self::SettlementCorrection => "KorRoz",
            Self::FlatRateFarmer => "VatRr",
            Self::FlatRateFarmerCorrection => "KorVatRr",
            Self::Pef => "VatPef",
            Self::PefCorrection => "KorPef",
            Self::Other(text) => text,
        }
    }

    /// Whether it corrects another invoice.
    #[must_use]
    pub const fn is_correction(&self) -> bool {
        matches!(
            self,
            Self::Correction
                | Self::AdvanceCorrection
                | Self::SettlementCorrection
                | Self::FlatRateFarmerCorrection
                | Self::PefCorrection
        )
    }
}

impl fmt::Display for InvoiceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire_name())
    }
}

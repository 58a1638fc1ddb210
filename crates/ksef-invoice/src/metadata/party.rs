//! The parties of an invoice.

use ksef_core::internal_id::InternalId;
use ksef_core::nip::Nip;

/// How a party is identified.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PartyIdentifier {
    /// A Polish tax number (`NIP`).
    Nip(Nip),
    /// An internal identifier of a Polish taxpayer's unit (`IDWew`), on third parties only.
    InternalId(InternalId),
    /// A VAT number of another EU country (`KodUE`, `NrVatUE`).
    VatUe {
        /// The country prefix, `EL` for Greece.
        country: String,
        /// The number without prefix.
        number: String,
    },
    /// Another tax identifier (`KodKraju`, `NrID`).
    Other {
        /// The country that gave it.
        country: Option<String>,
        /// The identifier.
        id: String,
    },
    /// No identifier (`BrakID`).
    None,
}

impl PartyIdentifier {
    /// The NIP, its own or the one inside an internal identifier.
    #[must_use]
    pub fn nip(&self) -> Option<Nip> {
        match self {
            Self::Nip(nip) => Some(*nip),
            Self::InternalId(id) => id
                .as_str()
                .split('-')
                .next()
                .and_then(|nip| Nip::parse(nip).ok()),
            Self::VatUe { .. } | Self::Other { .. } | Self::None => None,
        }
    }
}

/// The seller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// Tax number.
    pub nip: Nip,
    /// Name; empty when a PEF gives none.
    pub name: String,
}

/// The buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// How it is identified.
    pub identifier: PartyIdentifier,
    /// Name, if given.
    pub name: Option<String>,
}

/// The role of a third party (`Rola`, or `OpisRoli` in words).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartyRole {
    /// The number of the role: 1 factor, 2 recipient, 3 original entity, 4 additional buyer,
    /// 5 issuer, 6 payer, 7 and 8 local government issuer and recipient, 9 and 10 VAT group member
    /// issuer and recipient, 11 employee.
    Number(u8),
    /// Another role, described.
    Described(String),
}

/// A third party (`Podmiot3`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThirdParty {
    /// How it is identified.
    pub identifier: PartyIdentifier,
    /// Name, if given.
    pub name: Option<String>,
    /// What it does.
    pub role: PartyRole,
}

/// The authorised party (`PodmiotUpowazniony`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorisedParty {
    /// Tax number.
    pub nip: Nip,
    /// Name.
    pub name: String,
    /// 1 enforcement authority, 2 court bailiff, 3 tax representative (`RolaPU`).
    pub role: u8,
}

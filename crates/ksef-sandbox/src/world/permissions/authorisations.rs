//! Authorisations between entities: who may issue invoices in whose name.

use jiff::Timestamp;
use ksef_api::ops::permissions::{AuthorizationType, PermissionAuthor};
use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;
use ksef_core::permission_id::PermissionId;
use serde::{Deserialize, Serialize};

use super::Permissions;
use crate::world::record::Record;

/// What a seller allows another entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Authorisation {
    /// Issuing in the seller's name by the buyer.
    SelfInvoicing,
    /// Issuing FA_RR in the farmer's name by the buyer.
    #[serde(rename = "RRInvoicing")]
    RrInvoicing,
    /// Issuing by a tax representative.
    TaxRepresentative,
    /// Issuing Peppol documents by a provider.
    PefInvoicing,
}

impl Authorisation {
    /// The authorisation of this wire name, in any letter case.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match AuthorizationType::from_name(name) {
            AuthorizationType::SelfInvoicing => Some(Self::SelfInvoicing),
            AuthorizationType::RrInvoicing => Some(Self::RrInvoicing),
            AuthorizationType::TaxRepresentative => Some(Self::TaxRepresentative),
            AuthorizationType::PefInvoicing => Some(Self::PefInvoicing),
            _ => None,
        }
    }

    /// As queries show it.
    pub(crate) fn on_the_wire(self) -> AuthorizationType {
        match self {
            Self::SelfInvoicing => AuthorizationType::SelfInvoicing,
            Self::RrInvoicing => AuthorizationType::RrInvoicing,
            Self::TaxRepresentative => AuthorizationType::TaxRepresentative,
            Self::PefInvoicing => AuthorizationType::PefInvoicing,
        }
    }
}

/// One authorisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorisationRecord {
    pub(crate) id: PermissionId,
    /// Who allows.
    pub(crate) seller: Nip,
    /// Who is allowed: a taxpayer, or a Peppol provider.
    pub(crate) grantee: ContextIdentifier,
    /// What.
    pub(crate) authorisation: Authorisation,
    /// Who granted it; the system, when the control API did.
    pub(crate) author: PermissionAuthor,
    pub(crate) description: String,
    /// Full name of the grantee, as the author gave it.
    pub(crate) full_name: Option<String>,
    pub(crate) started: Timestamp,
}

impl Record for AuthorisationRecord {
    const TABLE: &'static str = "entity_authorisations";
    type Key = String;

    fn key(&self) -> String {
        key(self.seller, &self.grantee, self.authorisation)
    }
}

/// What an authorisation is found by.
pub(crate) fn key(
    seller: Nip,
    grantee: &ContextIdentifier,
    authorisation: Authorisation,
) -> String {
    format!("{seller}/{grantee}/{authorisation:?}")
}

impl Permissions {
    /// Whether `seller` authorised `grantee`.
    pub(crate) fn holds(
        &self,
        seller: Nip,
        grantee: &ContextIdentifier,
        authorisation: Authorisation,
    ) -> bool {
        self.is_authorised(&key(seller, grantee, authorisation))
    }
}

//! Grants to entities: to handle invoices, and to issue them in the grantor's name.

use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;
use ksef_core::peppol_id::PeppolId;
use serde::{Deserialize, Serialize};

use super::super::operation::StartedPermissionOperation;
use super::super::subject::EntityName;
use crate::open_enum::open_enum;
use crate::operation::permissions as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::request::Request;
use crate::wire;

/// Grants an entity permissions to handle the invoices of the context (`EntityPermissionsGrantRequest`).
///
/// Needs `CredentialsManage`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantEntityPermissions {
    /// Who receives them; the contract allows a NIP only.
    pub subject_identifier: ContextIdentifier,
    /// The permissions, each once.
    pub permissions: Vec<EntityPermission>,
    /// Description, 5 to 256 characters.
    pub description: String,
    /// Name of the entity.
    pub subject_details: EntityName,
}

impl GrantEntityPermissions {
    /// These permissions, at least one, to the entity of this NIP and full name (5 to 90 characters), with a description
    /// of 5 to 256 characters.
    #[must_use]
    pub fn new(
        entity: Nip,
        full_name: impl Into<String>,
        permissions: impl IntoIterator<Item = EntityPermission>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            subject_identifier: entity.into(),
            permissions: permissions.into_iter().collect(),
            description: description.into(),
            subject_details: EntityName {
                full_name: full_name.into(),
            },
        }
    }
}

impl Request for GrantEntityPermissions {
    calls!(operation::GRANT_ENTITY);
    answers!(json StartedPermissionOperation);
    is_its_body!();
}

/// A permission of an entity (`EntityPermission`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntityPermission {
    /// The permission.
    #[serde(rename = "type")]
    pub kind: EntityPermissionType,
    /// Whether the entity may pass it on to persons of its own; false when absent.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub can_delegate: bool,
}

impl EntityPermission {
    /// A permission that stays with the entity.
    #[must_use]
    pub const fn new(kind: EntityPermissionType) -> Self {
        Self {
            kind,
            can_delegate: false,
        }
    }

    /// A permission that the entity may pass on.
    #[must_use]
    pub const fn delegable(kind: EntityPermissionType) -> Self {
        Self {
            kind,
            can_delegate: true,
        }
    }
}

open_enum! {
    /// Permission of an entity (`EntityPermissionType`, `EntityPermissionItemScope`).
    pub enum EntityPermissionType {
        /// Issuing invoices.
        InvoiceWrite = "InvoiceWrite",
        /// Reading invoices.
        InvoiceRead = "InvoiceRead",
        /// Managing collective identifiers.
        CollectiveIdentifierManage = "CollectiveIdentifierManage",
    }
}

/// Authorises an entity to issue invoices in the name of the context, from a context of its own
/// (`EntityAuthorizationPermissionsGrantRequest`).
///
/// Needs `CredentialsManage`. It counts when an invoice is verified, so it takes effect in sessions that are open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantAuthorization {
    /// Who is authorised: a taxpayer or a Peppol provider.
    pub subject_identifier: ContextIdentifier,
    /// To what.
    pub permission: AuthorizationType,
    /// Description, 5 to 256 characters.
    pub description: String,
    /// Name of the entity.
    pub subject_details: EntityName,
}

impl GrantAuthorization {
    /// Authorises the taxpayer of this NIP and full name (5 to 90 characters), with a description of 5 to 256 characters.
    #[must_use]
    pub fn to_taxpayer(
        taxpayer: Nip,
        full_name: impl Into<String>,
        authorization: TaxpayerAuthorization,
        description: impl Into<String>,
    ) -> Self {
        Self {
            subject_identifier: taxpayer.into(),
            permission: authorization.into(),
            description: description.into(),
            subject_details: EntityName {
                full_name: full_name.into(),
            },
        }
    }

    /// Authorises a Peppol provider of this full name (5 to 90 characters) to issue Peppol documents, with a description
    /// of 5 to 256 characters.
    #[must_use]
    pub fn to_peppol_provider(
        provider: PeppolId,
        full_name: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            subject_identifier: ContextIdentifier::PeppolId(provider),
            permission: AuthorizationType::PefInvoicing,
            description: description.into(),
            subject_details: EntityName {
                full_name: full_name.into(),
            },
        }
    }
}

impl Request for GrantAuthorization {
    calls!(operation::GRANT_AUTHORIZATION);
    answers!(json StartedPermissionOperation);
    is_its_body!();
}

open_enum! {
    /// Authorisation of an entity (`EntityAuthorizationPermissionType`, `InvoicePermissionType`).
    pub enum AuthorizationType {
        /// Issuing invoices in the seller's name by the buyer (`SelfInvoicing`).
        SelfInvoicing = "SelfInvoicing",
        /// Issuing FA_RR in the farmer's name by the buyer.
        RrInvoicing = "RRInvoicing",
        /// Issuing by a tax representative.
        TaxRepresentative = "TaxRepresentative",
        /// Issuing Peppol documents by a provider.
        PefInvoicing = "PefInvoicing",
    }
}

/// Authorisation that a taxpayer can receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaxpayerAuthorization {
    /// Issuing invoices in the seller's name by the buyer.
    SelfInvoicing,
    /// Issuing FA_RR in the farmer's name by the buyer.
    RrInvoicing,
    /// Issuing by a tax representative.
    TaxRepresentative,
}

impl From<TaxpayerAuthorization> for AuthorizationType {
    fn from(authorization: TaxpayerAuthorization) -> Self {
        match authorization {
            TaxpayerAuthorization::SelfInvoicing => Self::SelfInvoicing,
            TaxpayerAuthorization::RrInvoicing => Self::RrInvoicing,
            TaxpayerAuthorization::TaxRepresentative => Self::TaxRepresentative,
        }
    }
}

//! Administrators and representatives of EU entities.

use jiff::Timestamp;
use ksef_core::context::SubjectIdentifier;
use ksef_core::permission_id::PermissionId;
use serde::{Deserialize, Serialize};

use super::{SubjectEntityDetails, SubjectPersonDetails, paged_query};
use crate::identifier::Identifier;
use crate::open_enum::open_enum;
use crate::operation::permissions as operation;
use crate::ops::permissions::EuEntity;
use crate::page::PageOffset;
use crate::{timestamp, wire};

/// Administrators of the EU entities of a taxpayer; in a compound context its administrators and representatives
/// (`EuEntityPermissionsQueryRequest`).
///
/// Needs `CredentialsManage`, `CredentialsRead` or `VatUeManage`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryEuEntityPermissions {
    /// Only the EU entity of exactly this VAT number, with its country prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_ue_identifier: Option<String>,
    /// Only fingerprints that contain this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized_fingerprint_identifier: Option<String>,
    /// Only these permissions; all when empty.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub permission_types: Vec<EuPermissionScope>,
    #[serde(skip)]
    page: PageOffset,
}

impl QueryEuEntityPermissions {
    /// All of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only the EU entity of exactly this VAT number, with its country prefix.
    #[must_use]
    pub fn with_vat_number(mut self, number: impl Into<String>) -> Self {
        self.vat_ue_identifier = Some(number.into());
        self
    }

    /// Only fingerprints that contain this text.
    #[must_use]
    pub fn with_fingerprint(mut self, part: impl Into<String>) -> Self {
        self.authorized_fingerprint_identifier = Some(part.into());
        self
    }

    /// Only these permissions, and those named before.
    #[must_use]
    pub fn with_permissions(
        mut self,
        permissions: impl IntoIterator<Item = EuPermissionScope>,
    ) -> Self {
        self.permission_types.extend(permissions);
        self
    }
}

paged_query!(
    QueryEuEntityPermissions,
    operation::QUERY_EU_ENTITIES,
    EuEntityPermissions {
        permissions: EuEntityPermission
    }
);

open_enum! {
    /// Permission in the context of an EU entity (`EuEntityPermissionsQueryPermissionType`).
    pub enum EuPermissionScope {
        /// Managing representatives.
        VatUeManage = "VatUeManage",
        /// Issuing invoices.
        InvoiceWrite = "InvoiceWrite",
        /// Reading invoices.
        InvoiceRead = "InvoiceRead",
        /// Reading the sessions of others, and their UPO.
        Introspection = "Introspection",
    }
}

/// A page of administrators and representatives (`QueryEuEntityPermissionsResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EuEntityPermissions {
    /// The permissions.
    pub permissions: Vec<EuEntityPermission>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// A permission in the context of an EU entity (`EuEntityPermission`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EuEntityPermission {
    /// Its identifier.
    pub id: PermissionId,
    /// Who granted it.
    pub author_identifier: Identifier<SubjectIdentifier>,
    /// VAT number of the EU entity, with its country prefix.
    pub vat_ue_identifier: String,
    /// Name and address of the EU entity in one text.
    pub eu_entity_name: String,
    /// Fingerprint of the certificate that received it.
    pub authorized_fingerprint_identifier: String,
    /// The permission.
    pub permission_scope: EuPermissionScope,
    /// Description.
    pub description: String,
    /// The person who received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_person_details: Option<SubjectPersonDetails>,
    /// The entity that received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_entity_details: Option<SubjectEntityDetails>,
    /// The EU entity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eu_entity_details: Option<EuEntity>,
    /// Since when.
    #[serde(with = "timestamp::wire")]
    pub start_date: Timestamp,
}

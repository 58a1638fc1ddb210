//! Grants to administrators and representatives of EU entities.

use ksef_core::context::ContextIdentifier;
use ksef_core::vat_ue::NipVatUe;
use serde::{Deserialize, Serialize};

use super::super::operation::StartedPermissionOperation;
use super::super::subject::EuSubject;
use crate::open_enum::open_enum;
use crate::operation::permissions as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::request::Request;

/// Name and address of an EU entity (`EuEntityDetails`, `PermissionsEuEntityDetails`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EuEntity {
    /// Full name, at most 100 characters.
    pub full_name: String,
    /// Address, at most 512 characters.
    pub address: String,
}

impl EuEntity {
    /// A full name of at most 100 and an address of at most 512 characters.
    #[must_use]
    pub fn new(full_name: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            full_name: full_name.into(),
            address: address.into(),
        }
    }
}

/// Grants the administration of an EU entity: `VatUeManage`, `InvoiceWrite`, `InvoiceRead` and `Introspection` in the
/// compound context of the taxpayer and the entity, which comes into being by it
/// (`EuEntityAdministrationPermissionsGrantRequest`).
///
/// Needs `CredentialsManage` in the context of the taxpayer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantEuAdministration {
    /// Who receives it.
    #[serde(flatten)]
    pub subject: EuSubject,
    /// The compound context.
    pub context_identifier: ContextIdentifier,
    /// Description, 5 to 256 characters.
    pub description: String,
    /// Name and address of the EU entity in one text, 5 to 256 characters.
    pub eu_entity_name: String,
    /// The EU entity.
    pub eu_entity_details: EuEntity,
}

impl GrantEuAdministration {
    /// In this compound context, for this entity, with a description of 5 to 256 characters. The name in one text is
    /// made of name and address, cut to 256 characters.
    #[must_use]
    pub fn new(
        subject: EuSubject,
        context: NipVatUe,
        entity: EuEntity,
        description: impl Into<String>,
    ) -> Self {
        let name = format!("{}, {}", entity.full_name, entity.address);
        Self {
            subject,
            context_identifier: ContextIdentifier::NipVatUe(context),
            description: description.into(),
            eu_entity_name: name.chars().take(ENTITY_NAME_CHARACTERS_MAX).collect(),
            eu_entity_details: entity,
        }
    }

    /// With another name in one text, 5 to 256 characters.
    #[must_use]
    pub fn with_entity_name(mut self, name: impl Into<String>) -> Self {
        self.eu_entity_name = name.into();
        self
    }
}

impl Request for GrantEuAdministration {
    calls!(operation::GRANT_EU_ADMINISTRATION);
    answers!(json StartedPermissionOperation);
    is_its_body!();
}

/// Grants permissions to a representative of the EU entity whose compound context the caller works in
/// (`EuEntityPermissionsGrantRequest`).
///
/// Needs `VatUeManage`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantEuRepresentation {
    /// Who receives them.
    #[serde(flatten)]
    pub subject: EuSubject,
    /// The permissions, each once.
    pub permissions: Vec<EuPermissionType>,
    /// Description, 5 to 256 characters.
    pub description: String,
}

impl GrantEuRepresentation {
    /// These permissions, at least one, with a description of 5 to 256 characters.
    #[must_use]
    pub fn new(
        subject: EuSubject,
        permissions: impl IntoIterator<Item = EuPermissionType>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            subject,
            permissions: permissions.into_iter().collect(),
            description: description.into(),
        }
    }
}

impl Request for GrantEuRepresentation {
    calls!(operation::GRANT_EU_REPRESENTATIVE);
    answers!(json StartedPermissionOperation);
    is_its_body!();
}

open_enum! {
    /// Permission of a representative of an EU entity (`EuEntityPermissionType`).
    pub enum EuPermissionType {
        /// Issuing invoices.
        InvoiceWrite = "InvoiceWrite",
        /// Reading invoices.
        InvoiceRead = "InvoiceRead",
    }
}

const ENTITY_NAME_CHARACTERS_MAX: usize = 256;

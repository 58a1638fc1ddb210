//! Grants to persons: in the context, for its clients, in its subordinate units.

use std::fmt;

use ksef_core::context::ContextIdentifier;
use ksef_core::internal_id::InternalId;
use ksef_core::nip::Nip;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::operation::StartedPermissionOperation;
use super::super::subject::PersonSubject;
use crate::open_enum::open_enum;
use crate::operation::permissions as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::request::Request;
use crate::wire;

/// Grants a person permissions to work in the context of the caller (`PersonPermissionsGrantRequest`).
///
/// Needs `CredentialsManage`. `EnforcementOperations` succeeds only where the context is a bailiff or an enforcement
/// authority; elsewhere the operation fails (status 430 in the sandbox).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantPersonPermissions {
    /// Who receives them.
    #[serde(flatten)]
    pub subject: PersonSubject,
    /// The permissions, each once.
    pub permissions: Vec<PersonPermissionType>,
    /// Description, 5 to 256 characters.
    pub description: String,
}

impl GrantPersonPermissions {
    /// These permissions, at least one, with a description of 5 to 256 characters.
    #[must_use]
    pub fn new(
        subject: PersonSubject,
        permissions: impl IntoIterator<Item = PersonPermissionType>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            subject,
            permissions: permissions.into_iter().collect(),
            description: description.into(),
        }
    }
}

impl Request for GrantPersonPermissions {
    calls!(operation::GRANT_PERSON);
    answers!(json StartedPermissionOperation);
    is_its_body!();
}

open_enum! {
    /// Permission of a person (`PersonPermissionType`, `PersonPermissionScope`).
    pub enum PersonPermissionType {
        /// Managing permissions.
        CredentialsManage = "CredentialsManage",
        /// Reading permissions.
        CredentialsRead = "CredentialsRead",
        /// Issuing invoices.
        InvoiceWrite = "InvoiceWrite",
        /// Reading invoices.
        InvoiceRead = "InvoiceRead",
        /// Reading the sessions of others, and their UPO.
        Introspection = "Introspection",
        /// Managing subordinate units.
        SubunitManage = "SubunitManage",
        /// Enforcement operations.
        EnforcementOperations = "EnforcementOperations",
        /// Managing collective identifiers.
        CollectiveIdentifierManage = "CollectiveIdentifierManage",
    }
}

/// Grants a person permissions to handle invoices of the context's clients (`IndirectPermissionsGrantRequest`).
///
/// Needs `CredentialsManage` in the context of the intermediary. What the person may do with a client is what the client
/// passed on to the intermediary and the intermediary to the person, both; it follows the client's grants by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantIndirectPermissions {
    /// Who receives them.
    #[serde(flatten)]
    pub subject: PersonSubject,
    /// For which client; absent means all of them, as [`PermissionTarget::AllPartners`] does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_identifier: Option<PermissionTarget>,
    /// The permissions, each once.
    pub permissions: Vec<IndirectPermissionType>,
    /// Description, 5 to 256 characters.
    pub description: String,
}

impl GrantIndirectPermissions {
    /// These permissions, at least one, for this client or all of them; a description of 5 to 256 characters.
    #[must_use]
    pub fn new(
        subject: PersonSubject,
        target: PermissionTarget,
        permissions: impl IntoIterator<Item = IndirectPermissionType>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            subject,
            target_identifier: Some(target),
            permissions: permissions.into_iter().collect(),
            description: description.into(),
        }
    }
}

impl Request for GrantIndirectPermissions {
    calls!(operation::GRANT_INDIRECT);
    answers!(json StartedPermissionOperation);
    is_its_body!();
}

open_enum! {
    /// Permission that can be granted indirectly (`IndirectPermissionType`).
    pub enum IndirectPermissionType {
        /// Reading invoices.
        InvoiceRead = "InvoiceRead",
        /// Issuing invoices.
        InvoiceWrite = "InvoiceWrite",
        /// Managing collective identifiers.
        CollectiveIdentifierManage = "CollectiveIdentifierManage",
    }
}

/// Whose invoices an indirect permission is for (`IndirectPermissionsTargetIdentifier`, and the targets of queries).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PermissionTarget {
    /// Every client of the intermediary, also those to come.
    AllPartners,
    /// One client.
    Nip(Nip),
    /// One unit of a client.
    InternalId(InternalId),
}

impl PermissionTarget {
    /// Name of the type on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::AllPartners => "AllPartners",
            Self::Nip(_) => "Nip",
            Self::InternalId(_) => "InternalId",
        }
    }

    /// The value; `None` for all partners.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::AllPartners => None,
            Self::Nip(nip) => Some(nip.as_str()),
            Self::InternalId(id) => Some(id.as_str()),
        }
    }

    /// The context of the client; `None` for all partners.
    #[must_use]
    pub const fn context(&self) -> Option<ContextIdentifier> {
        match self {
            Self::AllPartners => None,
            Self::Nip(nip) => Some(ContextIdentifier::Nip(*nip)),
            Self::InternalId(id) => Some(ContextIdentifier::InternalId(*id)),
        }
    }

    /// The target of this type (in any letter case) and value; `None` when it is none.
    #[must_use]
    pub fn from_parts(kind: &str, value: Option<&str>) -> Option<Self> {
        match (kind.to_ascii_lowercase().as_str(), value) {
            ("allpartners", _) => Some(Self::AllPartners),
            ("nip", Some(value)) => Nip::parse(value).ok().map(Self::Nip),
            ("internalid", Some(value)) => InternalId::parse(value).ok().map(Self::InternalId),
            _ => None,
        }
    }
}

impl fmt::Display for PermissionTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value() {
            Some(value) => write!(f, "{}:{value}", self.kind()),
            None => f.write_str(self.kind()),
        }
    }
}

impl Serialize for PermissionTarget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        wire::TypeAndValue::new(self.kind(), self.value()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PermissionTarget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = wire::TypeAndValue::deserialize(deserializer)?;
        Self::from_parts(&parts.kind, parts.value.as_deref())
            .ok_or_else(|| serde::de::Error::custom("not the target of a permission"))
    }
}

/// Grants the administration of a subordinate unit: `CredentialsManage` in the context of the unit
/// (`SubunitPermissionsGrantRequest`).
///
/// Needs `SubunitManage`. A unit inside the taxpayer comes into being with its first administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantSubunitAdministration {
    /// Who receives it.
    #[serde(flatten)]
    pub subject: PersonSubject,
    /// The unit.
    pub context_identifier: ContextIdentifier,
    /// Description, 5 to 256 characters.
    pub description: String,
    /// Name of the unit, 5 to 256 characters; required for a unit inside the taxpayer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subunit_name: Option<String>,
}

impl GrantSubunitAdministration {
    /// Of a unit inside the taxpayer, with its name (5 to 256 characters); the last digit of its identifier is a check
    /// digit.
    #[must_use]
    pub fn of_unit(
        subject: PersonSubject,
        unit: InternalId,
        unit_name: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            subject,
            context_identifier: ContextIdentifier::InternalId(unit),
            description: description.into(),
            subunit_name: Some(unit_name.into()),
        }
    }

    /// Of a member of the VAT group, or a unit of the local government, that the context is.
    #[must_use]
    pub fn of_member(subject: PersonSubject, member: Nip, description: impl Into<String>) -> Self {
        Self {
            subject,
            context_identifier: ContextIdentifier::Nip(member),
            description: description.into(),
            subunit_name: None,
        }
    }

    /// With a name of the unit, 5 to 256 characters.
    #[must_use]
    pub fn with_unit_name(mut self, name: impl Into<String>) -> Self {
        self.subunit_name = Some(name.into());
        self
    }
}

impl Request for GrantSubunitAdministration {
    calls!(operation::GRANT_SUBUNIT);
    answers!(json StartedPermissionOperation);
    is_its_body!();
}

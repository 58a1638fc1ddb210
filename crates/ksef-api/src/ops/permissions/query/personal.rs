//! What the caller may do in the context of the login.

use jiff::Timestamp;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::permission_id::PermissionId;
use serde::{Deserialize, Serialize};

use super::{PermissionState, SubjectEntityDetails, SubjectPersonDetails, paged_query};
use crate::identifier::Identifier;
use crate::open_enum::open_enum;
use crate::operation::permissions as operation;
use crate::ops::permissions::PermissionTarget;
use crate::page::PageOffset;
use crate::{timestamp, wire};

/// The caller's own permissions in the context of the login (`PersonalPermissionsQueryRequest`). Open to everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryPersonalPermissions {
    /// Only what was granted in this context; a NIP or an internal identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_identifier: Option<ContextIdentifier>,
    /// Only what is for this target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_identifier: Option<PermissionTarget>,
    /// Only these permissions; all when empty.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub permission_types: Vec<PersonalPermissionScope>,
    /// Only what is in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission_state: Option<PermissionState>,
    #[serde(skip)]
    page: PageOffset,
}

impl QueryPersonalPermissions {
    /// All of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only what was granted in this context; a NIP or an internal identifier.
    #[must_use]
    pub const fn with_context(mut self, context: ContextIdentifier) -> Self {
        self.context_identifier = Some(context);
        self
    }

    /// Only what is for this target.
    #[must_use]
    pub const fn with_target(mut self, target: PermissionTarget) -> Self {
        self.target_identifier = Some(target);
        self
    }

    /// Only these permissions, and those named before.
    #[must_use]
    pub fn with_permissions(
        mut self,
        permissions: impl IntoIterator<Item = PersonalPermissionScope>,
    ) -> Self {
        self.permission_types.extend(permissions);
        self
    }

    /// Only what is in this state.
    #[must_use]
    pub fn with_state(mut self, state: PermissionState) -> Self {
        self.permission_state = Some(state);
        self
    }
}

paged_query!(
    QueryPersonalPermissions,
    operation::QUERY_PERSONAL,
    PersonalPermissions {
        permissions: PersonalPermission
    }
);

open_enum! {
    /// Permission of the caller (`PersonalPermissionScope`, `PersonalPermissionType`).
    pub enum PersonalPermissionScope {
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
        /// Managing the representatives of an EU entity.
        VatUeManage = "VatUeManage",
        /// Managing collective identifiers.
        CollectiveIdentifierManage = "CollectiveIdentifierManage",
    }
}

open_enum! {
    /// Permission that the owner of the context has as such (`OwnerPermissionScope`).
    pub enum OwnerPermission {
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

/// A page of the caller's permissions (`QueryPersonalPermissionsResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonalPermissions {
    /// The permissions.
    pub permissions: Vec<PersonalPermission>,
    /// What the caller may do as the owner of the context; empty for everybody else, and on servers before 2.9.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub owner_permissions: Vec<OwnerPermission>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// A permission of the caller (`PersonalPermission`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonalPermission {
    /// Its identifier.
    pub id: PermissionId,
    /// Context in which it was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_identifier: Option<Identifier<ContextIdentifier>>,
    /// Who received it, when that is not the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized_identifier: Option<Identifier<SubjectIdentifier>>,
    /// Whose invoices it is for, when it was granted indirectly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_identifier: Option<Identifier<PermissionTarget>>,
    /// The permission.
    pub permission_scope: PersonalPermissionScope,
    /// Description.
    pub description: String,
    /// The person who received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_person_details: Option<SubjectPersonDetails>,
    /// The entity that received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_entity_details: Option<SubjectEntityDetails>,
    /// Whether it works.
    pub permission_state: PermissionState,
    /// Since when.
    #[serde(with = "timestamp::wire")]
    pub start_date: Timestamp,
    /// Whether it may be passed on.
    pub can_delegate: bool,
}

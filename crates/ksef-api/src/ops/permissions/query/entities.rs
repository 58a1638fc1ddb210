//! Permissions to handle invoices that the context received from other entities.

use jiff::Timestamp;
use ksef_core::context::ContextIdentifier;
use ksef_core::permission_id::PermissionId;
use serde::{Deserialize, Serialize};

use super::paged_query;
use crate::identifier::Identifier;
use crate::operation::permissions as operation;
use crate::ops::permissions::EntityPermissionType;
use crate::page::PageOffset;
use crate::timestamp;

/// Permissions to handle invoices that the context received from other entities (`EntityPermissionsQueryRequest`).
///
/// Needs `CredentialsManage` or `CredentialsRead`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryEntityPermissions {
    /// Only what this entity granted; a NIP or an internal identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_identifier: Option<ContextIdentifier>,
    #[serde(skip)]
    page: PageOffset,
}

impl QueryEntityPermissions {
    /// All of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only what this entity granted; a NIP or an internal identifier.
    #[must_use]
    pub const fn with_context(mut self, grantor: ContextIdentifier) -> Self {
        self.context_identifier = Some(grantor);
        self
    }
}

paged_query!(
    QueryEntityPermissions,
    operation::QUERY_ENTITY_GRANTS,
    EntityPermissions {
        permissions: EntityPermissionItem
    }
);

/// A page of permissions received (`QueryEntityPermissionsResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntityPermissions {
    /// The permissions.
    pub permissions: Vec<EntityPermissionItem>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// A permission received from another entity (`EntityPermissionItem`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntityPermissionItem {
    /// Its identifier.
    pub id: PermissionId,
    /// Whose invoices it is for: the context in which it was granted.
    pub context_identifier: Identifier<ContextIdentifier>,
    /// The permission.
    pub permission_scope: EntityPermissionType,
    /// Description.
    pub description: String,
    /// Since when.
    #[serde(with = "timestamp::wire")]
    pub start_date: Timestamp,
    /// Whether it may be passed on.
    pub can_delegate: bool,
}

//! Permissions of persons and entities in the context.

use jiff::Timestamp;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::permission_id::PermissionId;
use serde::{Deserialize, Serialize};

use super::{
    PermissionAuthor, PermissionState, SubjectEntityDetails, SubjectPersonDetails, paged_query,
};
use crate::identifier::Identifier;
use crate::open_enum::open_enum;
use crate::operation::permissions as operation;
use crate::ops::permissions::{PermissionTarget, PersonPermissionType};
use crate::page::PageOffset;
use crate::{timestamp, wire};

/// Permissions that hold in the context, or were granted in it (`PersonPermissionsQueryRequest`).
///
/// Needs `CredentialsManage`, `CredentialsRead` or `SubunitManage`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryPersonPermissions {
    /// Only what this author granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_identifier: Option<PermissionAuthor>,
    /// Only what this subject received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized_identifier: Option<SubjectIdentifier>,
    /// Only what works in this context; a NIP or an internal identifier.
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
    pub permission_types: Vec<PersonPermissionType>,
    /// Only what is in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission_state: Option<PermissionState>,
    /// Which of the two lists.
    pub query_type: PersonQueryType,
    #[serde(skip)]
    page: PageOffset,
}

impl QueryPersonPermissions {
    /// One of the two lists, all of it.
    #[must_use]
    pub const fn new(query_type: PersonQueryType) -> Self {
        Self {
            author_identifier: None,
            authorized_identifier: None,
            context_identifier: None,
            target_identifier: None,
            permission_types: Vec::new(),
            permission_state: None,
            query_type,
            page: PageOffset {
                page: None,
                size: None,
            },
        }
    }

    /// Only what this author granted.
    #[must_use]
    pub const fn with_author(mut self, author: PermissionAuthor) -> Self {
        self.author_identifier = Some(author);
        self
    }

    /// Only what this subject received.
    #[must_use]
    pub const fn with_authorized(mut self, authorized: SubjectIdentifier) -> Self {
        self.authorized_identifier = Some(authorized);
        self
    }

    /// Only what works in this context; a NIP or an internal identifier.
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
        permissions: impl IntoIterator<Item = PersonPermissionType>,
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
    QueryPersonPermissions,
    operation::QUERY_PERSONS,
    PersonPermissions {
        permissions: PersonPermission
    }
);

open_enum! {
    /// Which list of permissions (`PersonPermissionsQueryType`).
    pub enum PersonQueryType {
        /// Everybody who may work in the context, and the persons whom it empowered indirectly.
        InCurrentContext = "PermissionsInCurrentContext",
        /// What was granted in the context: for itself, its subordinate units and its clients.
        GrantedInCurrentContext = "PermissionsGrantedInCurrentContext",
    }
}

/// A page of permissions of persons and entities (`QueryPersonPermissionsResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonPermissions {
    /// The permissions.
    pub permissions: Vec<PersonPermission>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// A permission of a person or an entity (`PersonPermission`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonPermission {
    /// Its identifier.
    pub id: PermissionId,
    /// Who received it.
    pub authorized_identifier: Identifier<SubjectIdentifier>,
    /// Context in which it works, for the administrators of subordinate units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_identifier: Option<Identifier<ContextIdentifier>>,
    /// Whose invoices it is for, when it was granted indirectly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_identifier: Option<Identifier<PermissionTarget>>,
    /// Who granted it.
    pub author_identifier: Identifier<PermissionAuthor>,
    /// The permission.
    pub permission_scope: PersonPermissionType,
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

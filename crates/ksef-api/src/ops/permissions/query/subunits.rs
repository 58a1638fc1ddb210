//! Administrators of subordinate units.

use jiff::Timestamp;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::permission_id::PermissionId;
use serde::{Deserialize, Serialize};

use super::{SubjectPersonDetails, paged_query};
use crate::identifier::Identifier;
use crate::open_enum::open_enum;
use crate::operation::permissions as operation;
use crate::page::PageOffset;
use crate::timestamp;

/// Administrators of subordinate units whom the context appointed (`SubunitPermissionsQueryRequest`). What they granted
/// inside the units is not in the list.
///
/// Needs `CredentialsManage`, `CredentialsRead` or `SubunitManage`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuerySubunitPermissions {
    /// Only those of this unit; a NIP or an internal identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subunit_identifier: Option<ContextIdentifier>,
    #[serde(skip)]
    page: PageOffset,
}

impl QuerySubunitPermissions {
    /// All of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those of this unit; a NIP or an internal identifier.
    #[must_use]
    pub const fn with_subunit(mut self, unit: ContextIdentifier) -> Self {
        self.subunit_identifier = Some(unit);
        self
    }
}

paged_query!(
    QuerySubunitPermissions,
    operation::QUERY_SUBUNITS,
    SubunitPermissions {
        permissions: SubunitPermission
    }
);

open_enum! {
    /// Permission of the administrator of a unit (`SubunitPermissionScope`).
    pub enum SubunitPermissionScope {
        /// Managing permissions.
        CredentialsManage = "CredentialsManage",
    }
}

/// A page of administrators (`QuerySubunitPermissionsResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubunitPermissions {
    /// The permissions.
    pub permissions: Vec<SubunitPermission>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// The permission of an administrator of a unit (`SubunitPermission`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubunitPermission {
    /// Its identifier.
    pub id: PermissionId,
    /// Who received it.
    pub authorized_identifier: Identifier<SubjectIdentifier>,
    /// The unit.
    pub subunit_identifier: Identifier<ContextIdentifier>,
    /// Who granted it.
    pub author_identifier: Identifier<SubjectIdentifier>,
    /// The permission.
    pub permission_scope: SubunitPermissionScope,
    /// Description.
    pub description: String,
    /// The person who received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_person_details: Option<SubjectPersonDetails>,
    /// Name of the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subunit_name: Option<String>,
    /// Since when.
    #[serde(with = "timestamp::wire")]
    pub start_date: Timestamp,
}

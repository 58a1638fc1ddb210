//! Permissions and blocks of the test environment.

use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::nip::Nip;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::operation::testdata as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::request::Request;

/// Grants permissions as the paper form would (`TestDataPermissionsGrantRequest`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantTestPermissions {
    /// Context of the permissions; the contract allows a NIP only.
    pub context_identifier: ContextIdentifier,
    /// Who receives them.
    pub authorized_identifier: SubjectIdentifier,
    /// The permissions.
    pub permissions: Vec<TestPermission>,
}

impl GrantTestPermissions {
    /// In the context of a NIP, to a subject.
    #[must_use]
    pub fn new(
        context: Nip,
        authorized: SubjectIdentifier,
        permissions: impl IntoIterator<Item = TestPermission>,
    ) -> Self {
        Self {
            context_identifier: context.into(),
            authorized_identifier: authorized,
            permissions: permissions.into_iter().collect(),
        }
    }
}

impl Request for GrantTestPermissions {
    calls!(operation::GRANT_PERMISSIONS);
    answers!(empty);
    is_its_body!();
}

/// A permission to grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestPermission {
    /// Description, 5 to 256 characters.
    pub description: String,
    /// The permission.
    pub permission_type: TestPermissionType,
}

impl TestPermission {
    /// This permission; the description has 5 to 256 characters.
    #[must_use]
    pub fn new(permission_type: TestPermissionType, description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            permission_type,
        }
    }
}

open_enum! {
    /// Permission that test data can grant (`TestDataPermissionType`).
    pub enum TestPermissionType {
        /// Reading invoices.
        InvoiceRead = "InvoiceRead",
        /// Issuing invoices.
        InvoiceWrite = "InvoiceWrite",
        /// Reading the sessions of others.
        Introspection = "Introspection",
        /// Reading permissions.
        CredentialsRead = "CredentialsRead",
        /// Managing permissions.
        CredentialsManage = "CredentialsManage",
        /// Enforcement operations.
        EnforcementOperations = "EnforcementOperations",
        /// Managing subordinate units.
        SubunitManage = "SubunitManage",
        /// Managing collective identifiers.
        CollectiveIdentifierManage = "CollectiveIdentifierManage",
    }
}

/// Withdraws all permissions that test data granted a subject in a context (`TestDataPermissionsRevokeRequest`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevokeTestPermissions {
    /// Context of the permissions; the contract allows a NIP only.
    pub context_identifier: ContextIdentifier,
    /// Who loses them.
    pub authorized_identifier: SubjectIdentifier,
}

impl RevokeTestPermissions {
    /// In the context of a NIP, from a subject.
    #[must_use]
    pub fn new(context: Nip, authorized: SubjectIdentifier) -> Self {
        Self {
            context_identifier: context.into(),
            authorized_identifier: authorized,
        }
    }
}

impl Request for RevokeTestPermissions {
    calls!(operation::REVOKE_PERMISSIONS);
    answers!(empty);
    is_its_body!();
}

/// Blocks every authentication in a context: it ends with status 480.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockContext {
    /// The context.
    pub context_identifier: ContextIdentifier,
}

impl BlockContext {
    /// This context.
    #[must_use]
    pub const fn new(context: ContextIdentifier) -> Self {
        Self {
            context_identifier: context,
        }
    }
}

impl Request for BlockContext {
    calls!(operation::BLOCK_CONTEXT);
    answers!(empty);
    is_its_body!();
}

/// Lifts the block of a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnblockContext {
    /// The context.
    pub context_identifier: ContextIdentifier,
}

impl UnblockContext {
    /// This context.
    #[must_use]
    pub const fn new(context: ContextIdentifier) -> Self {
        Self {
            context_identifier: context,
        }
    }
}

impl Request for UnblockContext {
    calls!(operation::UNBLOCK_CONTEXT);
    answers!(empty);
    is_its_body!();
}

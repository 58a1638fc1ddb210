//! Withdrawing permissions, and operations as they go on.

use ksef_core::permission_id::PermissionId;
use ksef_core::reference::PermissionRef;
use serde::{Deserialize, Serialize};

use crate::operation::permissions as operation;
use crate::ops::{answers, calls};
use crate::request::Request;
use crate::status::{PermissionOperationStatus, StatusInfo};

/// Withdraws a permission of a person, an entity, a unit's administrator or an EU entity.
///
/// Needs `CredentialsManage`, `VatUeManage` or `SubunitManage`.
#[derive(Clone, Copy, Debug)]
pub struct RevokePermission {
    permission: PermissionId,
}

impl RevokePermission {
    /// The permission of this identifier, as queries give it.
    #[must_use]
    pub const fn new(permission: PermissionId) -> Self {
        Self { permission }
    }
}

impl Request for RevokePermission {
    calls!(operation::REVOKE_COMMON, path: |this| [this.permission.as_str()]);
    answers!(json StartedPermissionOperation);
}

/// Withdraws an authorisation of an entity.
///
/// Needs `CredentialsManage`.
#[derive(Clone, Copy, Debug)]
pub struct RevokeAuthorization {
    permission: PermissionId,
}

impl RevokeAuthorization {
    /// The authorisation of this identifier, as queries give it.
    #[must_use]
    pub const fn new(permission: PermissionId) -> Self {
        Self { permission }
    }
}

impl Request for RevokeAuthorization {
    calls!(operation::REVOKE_AUTHORIZATION, path: |this| [this.permission.as_str()]);
    answers!(json StartedPermissionOperation);
}

/// Granting or withdrawing was taken up (`PermissionsOperationResponse`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartedPermissionOperation {
    /// Reference of the operation.
    pub reference_number: PermissionRef,
}

/// How an operation goes on. Statuses are kept for 30 days, then the answer is 410.
#[derive(Clone, Copy, Debug)]
pub struct GetPermissionOperation {
    reference: PermissionRef,
}

impl GetPermissionOperation {
    /// The operation of this reference.
    #[must_use]
    pub const fn new(reference: PermissionRef) -> Self {
        Self { reference }
    }
}

impl Request for GetPermissionOperation {
    calls!(operation::OPERATION_STATUS, path: |this| [this.reference.as_str()]);
    answers!(json PermissionOperation);
}

/// How an operation goes on (`PermissionsOperationStatusResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionOperation {
    /// Its status.
    pub status: StatusInfo,
}

impl PermissionOperation {
    /// The status by its code.
    #[must_use]
    pub const fn operation_status(&self) -> PermissionOperationStatus {
        PermissionOperationStatus::from_code(self.status.code)
    }
}

//! Granting.

mod entities;
mod eu;
mod persons;

pub use entities::{
    AuthorizationType, EntityPermission, EntityPermissionType, GrantAuthorization,
    GrantEntityPermissions, TaxpayerAuthorization,
};
pub use eu::{EuEntity, EuPermissionType, GrantEuAdministration, GrantEuRepresentation};
pub use persons::{
    GrantIndirectPermissions, GrantPersonPermissions, GrantSubunitAdministration,
    IndirectPermissionType, PermissionTarget, PersonPermissionType,
};

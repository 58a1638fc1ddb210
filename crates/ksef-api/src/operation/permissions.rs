//! Operations of permissions.
//!
//! A grant starts an operation with a status of its own. When the answer is lost, query the grants first: a repeat
//! could grant a second time. The queries are reads, although they are POSTs.

use super::{Operation, Permission, Replay};

/// Grants a person rights to work in the context.
pub const GRANT_PERSON: Operation = Operation::post(
    "permissions.grant_person",
    "/permissions/persons/grants",
    202,
    Replay::Reconcile,
)
.anyone_of(&[Permission::CredentialsManage]);

/// Grants an entity rights to handle invoices.
pub const GRANT_ENTITY: Operation = Operation::post(
    "permissions.grant_entity",
    "/permissions/entities/grants",
    202,
    Replay::Reconcile,
)
.anyone_of(&[Permission::CredentialsManage]);

/// Grants an entity an authorisation (self-billing, representation, Peppol).
pub const GRANT_AUTHORIZATION: Operation = Operation::post(
    "permissions.grant_authorization",
    "/permissions/authorizations/grants",
    202,
    Replay::Reconcile,
)
.anyone_of(&[Permission::CredentialsManage]);

/// Grants rights indirectly, through an intermediary.
pub const GRANT_INDIRECT: Operation = Operation::post(
    "permissions.grant_indirect",
    "/permissions/indirect/grants",
    202,
    Replay::Reconcile,
)
.anyone_of(&[Permission::CredentialsManage]);

/// Grants the administration of a subordinate unit.
pub const GRANT_SUBUNIT: Operation = Operation::post(
    "permissions.grant_subunit",
    "/permissions/subunits/grants",
    202,
    Replay::Reconcile,
)
.anyone_of(&[Permission::SubunitManage]);

/// Grants the administration of an EU entity.
pub const GRANT_EU_ADMINISTRATION: Operation = Operation::post(
    "permissions.grant_eu_administration",
    "/permissions/eu-entities/administration/grants",
    202,
    Replay::Reconcile,
)
.anyone_of(&[Permission::CredentialsManage]);

/// Grants rights to a representative of an EU entity.
pub const GRANT_EU_REPRESENTATIVE: Operation = Operation::post(
    "permissions.grant_eu_representative",
    "/permissions/eu-entities/grants",
    202,
    Replay::Reconcile,
)
.anyone_of(&[Permission::VatUeManage]);

/// Withdraws a permission.
pub const REVOKE_COMMON: Operation = Operation::delete(
    "permissions.revoke_common",
    "/permissions/common/grants/{permissionId}",
    202,
)
.anyone_of(&[
    Permission::CredentialsManage,
    Permission::VatUeManage,
    Permission::SubunitManage,
]);

/// Withdraws an authorisation of an entity.
pub const REVOKE_AUTHORIZATION: Operation = Operation::delete(
    "permissions.revoke_authorization",
    "/permissions/authorizations/grants/{permissionId}",
    202,
)
.anyone_of(&[Permission::CredentialsManage]);

/// Status of granting or withdrawing.
pub const OPERATION_STATUS: Operation = Operation::get(
    "permissions.operation_status",
    "/permissions/operations/{referenceNumber}",
);

/// Whether the context may send invoices with attachments.
pub const ATTACHMENT_STATUS: Operation = Operation::get(
    "permissions.attachment_status",
    "/permissions/attachments/status",
)
.anyone_of(&[Permission::CredentialsManage, Permission::CredentialsRead]);

/// Permissions of the caller.
pub const QUERY_PERSONAL: Operation = Operation::post(
    "permissions.query_personal",
    "/permissions/query/personal/grants",
    200,
    Replay::Safe,
);

/// Permissions of persons in the context.
pub const QUERY_PERSONS: Operation = Operation::post(
    "permissions.query_persons",
    "/permissions/query/persons/grants",
    200,
    Replay::Safe,
)
.anyone_of(&[
    Permission::CredentialsManage,
    Permission::CredentialsRead,
    Permission::SubunitManage,
]);

/// Administrators of subordinate units.
pub const QUERY_SUBUNITS: Operation = Operation::post(
    "permissions.query_subunits",
    "/permissions/query/subunits/grants",
    200,
    Replay::Safe,
)
.anyone_of(&[
    Permission::CredentialsManage,
    Permission::CredentialsRead,
    Permission::SubunitManage,
]);

/// Rights to handle invoices that the context received as an entity.
pub const QUERY_ENTITY_GRANTS: Operation = Operation::post(
    "permissions.query_entity_grants",
    "/permissions/query/entities/grants",
    200,
    Replay::Safe,
)
.anyone_of(&[Permission::CredentialsManage, Permission::CredentialsRead]);

/// Roles of the entity.
pub const QUERY_ENTITY_ROLES: Operation = Operation::get(
    "permissions.query_entity_roles",
    "/permissions/query/entities/roles",
)
.anyone_of(&[Permission::CredentialsManage, Permission::CredentialsRead]);

/// Roles of subordinate entities.
pub const QUERY_SUBORDINATE_ROLES: Operation = Operation::post(
    "permissions.query_subordinate_roles",
    "/permissions/query/subordinate-entities/roles",
    200,
    Replay::Safe,
)
.anyone_of(&[
    Permission::CredentialsManage,
    Permission::CredentialsRead,
    Permission::SubunitManage,
]);

/// Authorisations granted and received.
pub const QUERY_AUTHORIZATIONS: Operation = Operation::post(
    "permissions.query_authorizations",
    "/permissions/query/authorizations/grants",
    200,
    Replay::Safe,
)
.anyone_of(&[
    Permission::CredentialsManage,
    Permission::CredentialsRead,
    Permission::PefInvoiceWrite,
]);

/// Rights of administrators and representatives of EU entities.
pub const QUERY_EU_ENTITIES: Operation = Operation::post(
    "permissions.query_eu_entities",
    "/permissions/query/eu-entities/grants",
    200,
    Replay::Safe,
)
.anyone_of(&[
    Permission::CredentialsManage,
    Permission::CredentialsRead,
    Permission::VatUeManage,
]);

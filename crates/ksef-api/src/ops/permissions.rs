//! Permissions: grant, withdraw, watch the operation, query from every side.
//!
//! Granting and withdrawing only start an operation; [`GetPermissionOperation`] tells how it ends. What somebody may do
//! changes with the next login or the next access token of theirs.
//!
//! | who receives | call | what |
//! |---|---|---|
//! | a person | [`GrantPersonPermissions`] | work in the context |
//! | an entity | [`GrantEntityPermissions`] | handle the context's invoices, perhaps pass that on |
//! | an entity | [`GrantAuthorization`] | issue invoices in the context's name |
//! | a person | [`GrantIndirectPermissions`] | handle invoices of the context's clients |
//! | a person | [`GrantSubunitAdministration`] | manage permissions of a subordinate unit |
//! | a certificate | [`GrantEuAdministration`], [`GrantEuRepresentation`] | act for an EU entity |
//!
//! Source: tags "Nadawanie uprawnień", "Odbieranie uprawnień", "Wyszukiwanie nadanych uprawnień" and "Operacje" of the
//! contract 2.9.0.

mod attachments;
mod grant;
mod operation;
mod query;
mod subject;

pub use attachments::{AttachmentConsent, GetAttachmentConsent};
pub use grant::{
    AuthorizationType, EntityPermission, EntityPermissionType, EuEntity, EuPermissionType,
    GrantAuthorization, GrantEntityPermissions, GrantEuAdministration, GrantEuRepresentation,
    GrantIndirectPermissions, GrantPersonPermissions, GrantSubunitAdministration,
    IndirectPermissionType, PermissionTarget, PersonPermissionType, TaxpayerAuthorization,
};
pub use operation::{
    GetPermissionOperation, PermissionOperation, RevokeAuthorization, RevokePermission,
    StartedPermissionOperation,
};
pub use query::{
    AuthorizationGrant, AuthorizationGrants, AuthorizationQueryType, EntityDetailsType,
    EntityPermissionItem, EntityPermissions, EntityRole, EntityRoleType, EntityRoles,
    EuEntityPermission, EuEntityPermissions, EuPermissionScope, OwnerPermission, PermissionAuthor,
    PermissionState, PersonPermission, PersonPermissions, PersonQueryType, PersonalPermission,
    PersonalPermissionScope, PersonalPermissions, QueryAuthorizations, QueryEntityPermissions,
    QueryEntityRoles, QueryEuEntityPermissions, QueryPersonPermissions, QueryPersonalPermissions,
    QuerySubordinateRoles, QuerySubunitPermissions, SubjectEntityDetails, SubjectPersonDetails,
    SubordinateEntityRole, SubordinateEntityRoles, SubordinateRoleType, SubunitPermission,
    SubunitPermissionScope, SubunitPermissions,
};
pub use subject::{
    EntityName, EuSubject, EuSubjectDetails, EuSubjectDetailsType, FingerprintEntity, IdDocument,
    IdentifiedPerson, PersonDetailsType, PersonIdentifier, PersonName, PersonSubject,
    PersonSubjectDetails, UnidentifiedPerson,
};

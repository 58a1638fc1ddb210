//! Test data: entities, persons, permissions, blocked contexts and limits of the test environment.
//!
//! Source: tags "Dane testowe" and "Limity i ograniczenia" of the contract 2.9.0.

mod attachments;
mod certificates;
mod limits;
mod permissions;
mod subjects;

pub use attachments::{GrantTestAttachments, RevokeTestAttachments};
pub use certificates::{ShortenCertificate, ShortenCertificateBody};
pub use limits::{
    RateLimitsOverride, ResetRateLimits, ResetSessionLimits, ResetSubjectLimits,
    SetProductionRateLimits, SetRateLimits, SetSessionLimits, SetSubjectLimits, SubjectLimitsType,
};
pub use permissions::{
    BlockContext, GrantTestPermissions, RevokeTestPermissions, TestPermission, TestPermissionType,
    UnblockContext,
};
pub use subjects::{
    CreatePerson, CreateSubject, RemovePerson, RemoveSubject, SubjectKind, Subunit,
};

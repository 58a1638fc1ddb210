//! Roles of the entity and of those below it. They come from the registers of the tax office.

use jiff::Timestamp;
use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;
use serde::{Deserialize, Serialize};

use super::{paged, paged_query};
use crate::identifier::Identifier;
use crate::open_enum::open_enum;
use crate::operation::permissions as operation;
use crate::ops::{answers, calls};
use crate::page::PageOffset;
use crate::request::Request;
use crate::timestamp;

/// Roles of the entity whose context the caller works in. Needs `CredentialsManage` or `CredentialsRead`.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueryEntityRoles {
    page: PageOffset,
}

impl QueryEntityRoles {
    /// All of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Request for QueryEntityRoles {
    calls!(operation::QUERY_ENTITY_ROLES);
    answers!(json EntityRoles);

    fn query(&self) -> Vec<(&'static str, String)> {
        self.page.query()
    }
}

paged!(QueryEntityRoles, EntityRoles { roles: EntityRole });

open_enum! {
    /// Role of an entity (`EntityRoleType`).
    pub enum EntityRoleType {
        /// Court bailiff.
        CourtBailiff = "CourtBailiff",
        /// Enforcement authority.
        EnforcementAuthority = "EnforcementAuthority",
        /// Local government with units below it.
        LocalGovernmentUnit = "LocalGovernmentUnit",
        /// Unit of a local government.
        LocalGovernmentSubUnit = "LocalGovernmentSubUnit",
        /// VAT group.
        VatGroupUnit = "VatGroupUnit",
        /// Member of a VAT group.
        VatGroupSubUnit = "VatGroupSubUnit",
    }
}

/// A page of roles (`QueryEntityRolesResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntityRoles {
    /// The roles.
    pub roles: Vec<EntityRole>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// A role of the entity (`EntityRole`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntityRole {
    /// The entity above it, for members and units; a NIP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_entity_identifier: Option<Identifier<ContextIdentifier>>,
    /// The role.
    pub role: EntityRoleType,
    /// Description.
    pub description: String,
    /// Since when.
    #[serde(with = "timestamp::wire")]
    pub start_date: Timestamp,
}

/// Members of the VAT group, or units of the local government, that the context is
/// (`SubordinateEntityRolesQueryRequest`).
///
/// Needs `CredentialsManage`, `CredentialsRead` or `SubunitManage`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuerySubordinateRoles {
    /// Only this entity; the contract allows a NIP only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subordinate_entity_identifier: Option<ContextIdentifier>,
    #[serde(skip)]
    page: PageOffset,
}

impl QuerySubordinateRoles {
    /// All of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only this entity.
    #[must_use]
    pub const fn with_entity(mut self, entity: Nip) -> Self {
        self.subordinate_entity_identifier = Some(ContextIdentifier::Nip(entity));
        self
    }
}

paged_query!(
    QuerySubordinateRoles,
    operation::QUERY_SUBORDINATE_ROLES,
    SubordinateEntityRoles {
        roles: SubordinateEntityRole
    }
);

open_enum! {
    /// Role of a subordinate entity (`SubordinateEntityRoleType`).
    pub enum SubordinateRoleType {
        /// Unit of a local government.
        LocalGovernmentSubUnit = "LocalGovernmentSubUnit",
        /// Member of a VAT group.
        VatGroupSubUnit = "VatGroupSubUnit",
    }
}

/// A page of subordinate entities (`QuerySubordinateEntityRolesResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubordinateEntityRoles {
    /// The entities with their roles.
    pub roles: Vec<SubordinateEntityRole>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// A subordinate entity with its role (`SubordinateEntityRole`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubordinateEntityRole {
    /// The entity; a NIP.
    pub subordinate_entity_identifier: Identifier<ContextIdentifier>,
    /// The role.
    pub role: SubordinateRoleType,
    /// Description.
    pub description: String,
    /// Since when.
    #[serde(with = "timestamp::wire")]
    pub start_date: Timestamp,
}

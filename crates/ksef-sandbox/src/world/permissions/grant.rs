//! One granted permission.

use jiff::Timestamp;
use ksef_api::operation::Permission;
use ksef_api::ops::permissions::{
    EuEntity, PermissionAuthor, PermissionTarget, SubjectEntityDetails, SubjectPersonDetails,
};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::permission_id::PermissionId;
use ksef_core::vat_ue::NipVatUe;
use serde::{Deserialize, Serialize};

use crate::world::record::Record;

/// One granted permission, with one scope.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Grant {
    pub(crate) id: PermissionId,
    /// Where its author was signed in.
    pub(crate) granted_in: ContextIdentifier,
    /// Who received it.
    pub(crate) authorized: SubjectIdentifier,
    /// How it was granted, which tells where it works.
    pub(crate) purpose: Purpose,
    #[serde(with = "by_name")]
    pub(crate) scope: Permission,
    pub(crate) can_delegate: bool,
    pub(crate) author: PermissionAuthor,
    pub(crate) description: String,
    pub(crate) person: Option<SubjectPersonDetails>,
    pub(crate) entity: Option<SubjectEntityDetails>,
    pub(crate) started: Timestamp,
}

/// How a permission was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Purpose {
    /// To a person, for the context itself.
    Person,
    /// To an entity, for the invoices of the context.
    Entity,
    /// To a person, for the context's clients.
    Indirect(PermissionTarget),
    /// To the administrator of a subordinate unit, for that unit.
    Subunit {
        unit: ContextIdentifier,
        name: Option<String>,
    },
    /// To the administrator of an EU entity, for the compound context.
    EuAdministration(NipVatUe),
    /// To a representative of an EU entity, for the compound context.
    EuRepresentation,
}

impl Grant {
    /// The context in which it works; `None` for indirect ones, which work with the clients.
    pub(crate) fn works_in(&self) -> Option<ContextIdentifier> {
        match &self.purpose {
            Purpose::Person | Purpose::Entity | Purpose::EuRepresentation => Some(self.granted_in),
            Purpose::Indirect(_) => None,
            Purpose::Subunit { unit, .. } => Some(*unit),
            Purpose::EuAdministration(context) => Some(ContextIdentifier::NipVatUe(*context)),
        }
    }

    /// Whether it grants the same to the same: nothing is granted twice.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let is_for_the_same = match (&self.purpose, &other.purpose) {
            (Purpose::Subunit { unit, .. }, Purpose::Subunit { unit: others, .. }) => {
                unit == others
            }
            (one, another) => one == another,
        };
        is_for_the_same
            && (self.scope, self.authorized, self.granted_in)
                == (other.scope, other.authorized, other.granted_in)
            && self.can_delegate == other.can_delegate
    }

    /// The target, when it was granted indirectly.
    pub(crate) fn target(&self) -> Option<PermissionTarget> {
        match self.purpose {
            Purpose::Indirect(target) => Some(target),
            _ => None,
        }
    }
}

impl Record for Grant {
    const TABLE: &'static str = "permissions";
    type Key = PermissionId;

    fn key(&self) -> PermissionId {
        self.id
    }
}

/// The EU entity of a compound context, which comes into being with its first administrator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EuEntityRecord {
    pub(crate) context: NipVatUe,
    /// Name and address in one text.
    pub(crate) name: String,
    pub(crate) details: EuEntity,
}

impl Record for EuEntityRecord {
    const TABLE: &'static str = "eu_entities";
    type Key = NipVatUe;

    fn key(&self) -> NipVatUe {
        self.context
    }
}

/// Permissions as their names on the wire.
mod by_name {
    use ksef_api::operation::Permission;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        permission: &Permission,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(permission.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Permission, D::Error> {
        let name = String::deserialize(deserializer)?;
        Permission::from_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("there is no permission {name}")))
    }
}

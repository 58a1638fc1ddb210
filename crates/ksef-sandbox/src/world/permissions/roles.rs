//! Roles of entities, from what the registers say.

use jiff::Timestamp;
use ksef_api::ops::permissions::{EntityRoleType, SubordinateRoleType};
use ksef_core::nip::Nip;

use crate::world::subjects::{Entity, EntityKind, Subjects};

/// A role of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) role: EntityRoleType,
    /// The entity above it.
    pub(crate) parent: Option<Nip>,
    pub(crate) description: String,
    pub(crate) started: Timestamp,
}

/// An entity below another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subordinate {
    pub(crate) nip: Nip,
    pub(crate) role: SubordinateRoleType,
    pub(crate) description: String,
    pub(crate) started: Timestamp,
}

impl Subjects {
    /// The roles of an entity.
    pub(crate) fn roles_of(&self, nip: &Nip) -> Vec<Role> {
        let mut roles = Vec::new();
        if let Some(person) = self.person(nip).filter(|person| person.is_bailiff) {
            roles.push(Role {
                role: EntityRoleType::CourtBailiff,
                parent: None,
                description: person.description.clone(),
                started: person.created,
            });
        }
        if let Some(entity) = self.entity(nip) {
            roles.push(Role {
                role: match entity.kind {
                    EntityKind::EnforcementAuthority => EntityRoleType::EnforcementAuthority,
                    EntityKind::VatGroup => EntityRoleType::VatGroupUnit,
                    EntityKind::LocalGovernment => EntityRoleType::LocalGovernmentUnit,
                },
                parent: None,
                description: entity.description.clone(),
                started: entity.created,
            });
        }
        for parent in self.entities() {
            let below = subordinates(parent);
            roles.extend(below.filter(|unit| unit.nip == *nip).map(|unit| Role {
                role: EntityRoleType::from_name(unit.role.as_str()),
                parent: Some(parent.nip),
                description: unit.description,
                started: unit.started,
            }));
        }
        roles
    }

    /// The entities below an entity.
    pub(crate) fn subordinates_of(&self, nip: &Nip) -> Vec<Subordinate> {
        self.entity(nip)
            .into_iter()
            .flat_map(subordinates)
            .collect()
    }

    /// Whether the entity is a VAT group or a local government, with entities below it.
    pub(crate) fn is_parent(&self, nip: &Nip) -> bool {
        self.entity(nip)
            .is_some_and(|entity| entity.kind != EntityKind::EnforcementAuthority)
    }

    /// Whether the entity is an enforcement authority or a court bailiff.
    pub(crate) fn enforces(&self, nip: &Nip) -> bool {
        let is_authority = self
            .entity(nip)
            .is_some_and(|entity| entity.kind == EntityKind::EnforcementAuthority);
        is_authority || self.person(nip).is_some_and(|person| person.is_bailiff)
    }

    /// Whether `unit` is a registered unit of the local government or VAT group `parent`.
    pub(crate) fn is_unit_of(&self, unit: &Nip, parent: &Nip) -> bool {
        self.entity(parent)
            .into_iter()
            .flat_map(subordinates)
            .any(|known| known.nip == *unit)
    }
}

fn subordinates(parent: &Entity) -> impl Iterator<Item = Subordinate> + '_ {
    let role = match parent.kind {
        EntityKind::VatGroup => Some(SubordinateRoleType::VatGroupSubUnit),
        EntityKind::LocalGovernment => Some(SubordinateRoleType::LocalGovernmentSubUnit),
        EntityKind::EnforcementAuthority => None,
    };
    let units = role.map(|role| {
        parent.subunits.iter().map(move |unit| Subordinate {
            nip: unit.nip,
            role: role.clone(),
            description: unit.description.clone(),
            started: parent.created,
        })
    });
    units.into_iter().flatten()
}

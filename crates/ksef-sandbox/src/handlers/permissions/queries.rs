//! The lists of permissions, from every side.

mod authorizations;
mod eu_entities;
mod personal;
mod persons;
mod roles;
mod subunits;

pub(super) use authorizations::{authorizations, entity_grants};
pub(super) use eu_entities::eu_entities;
pub(super) use personal::personal;
pub(super) use persons::persons;
pub(super) use roles::{entity_roles, subordinate_roles};
pub(super) use subunits::subunits;

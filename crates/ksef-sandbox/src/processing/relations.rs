//! What the world knows about relations between entities.

use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;

use super::rights::Relations;
use crate::world::authorisations::Authorisation;
use crate::world::state::State;
use crate::world::subjects::EntityKind;

impl Relations for State {
    fn has_granted(
        &self,
        seller: Nip,
        grantee: &ContextIdentifier,
        authorisation: Authorisation,
    ) -> bool {
        self.authorisations.holds(seller, grantee, authorisation)
    }

    fn enforces(&self, nip: Nip) -> bool {
        let is_authority = self
            .subjects
            .entity(&nip)
            .is_some_and(|entity| entity.kind == EntityKind::EnforcementAuthority);
        is_authority
            || self
                .subjects
                .person(&nip)
                .is_some_and(|person| person.is_bailiff)
    }

    fn is_unit_of(&self, unit: Nip, parent: Nip) -> bool {
        self.subjects.entity(&parent).is_some_and(|entity| {
            matches!(
                entity.kind,
                EntityKind::VatGroup | EntityKind::LocalGovernment
            ) && entity.subunits.iter().any(|known| known.nip == unit)
        })
    }
}

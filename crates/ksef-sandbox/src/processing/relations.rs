//! What the world knows about relations between entities.

use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;

use super::rights::Relations;
use crate::world::permissions::authorisations::Authorisation;
use crate::world::state::State;

impl Relations for State {
    fn has_granted(
        &self,
        seller: Nip,
        grantee: &ContextIdentifier,
        authorisation: Authorisation,
    ) -> bool {
        self.permissions.holds(seller, grantee, authorisation)
    }

    fn enforces(&self, nip: Nip) -> bool {
        self.subjects.enforces(&nip)
    }

    fn is_unit_of(&self, unit: Nip, parent: Nip) -> bool {
        self.subjects.is_unit_of(&unit, &parent)
    }
}

//! What somebody may do now.

use ksef_api::operation::Permission;
use ksef_api::ops::permissions::{PermissionState, PermissionTarget};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};

use super::grant::{Grant, Purpose};
use crate::caller::PermissionSet;
use crate::world::state::State;

impl State {
    /// What the subject may do in the context now.
    pub(crate) fn permissions_of(
        &self,
        context: &ContextIdentifier,
        subject: &SubjectIdentifier,
    ) -> PermissionSet {
        let identities = self.subjects.identities_of(subject);
        if let ContextIdentifier::Nip(nip) = context
            && identities.contains(&SubjectIdentifier::Nip(*nip))
        {
            return PermissionSet::owner();
        }
        let mut permissions = PermissionSet::default();
        for identity in &identities {
            for grant in self.permissions.grants_to(identity) {
                if self.opens(grant, context) {
                    permissions.add(grant.scope);
                }
            }
        }
        permissions
    }

    /// Whether a permission works in this context now.
    fn opens(&self, grant: &Grant, context: &ContextIdentifier) -> bool {
        match grant.purpose {
            Purpose::Indirect(target) => {
                target.context().is_none_or(|target| target == *context)
                    && self.delegates(context, grant)
            }
            _ => grant.works_in() == Some(*context) && self.has_its_role(grant),
        }
    }

    /// Whether the client in `context` passed the scope of an indirect permission on to the intermediary.
    fn delegates(&self, context: &ContextIdentifier, indirect: &Grant) -> bool {
        let ContextIdentifier::Nip(intermediary) = indirect.granted_in else {
            return false;
        };
        let mut received = self
            .permissions
            .grants_to(&SubjectIdentifier::Nip(intermediary));
        received.any(|grant| {
            grant.purpose == Purpose::Entity
                && grant.can_delegate
                && grant.granted_in == *context
                && grant.scope == indirect.scope
        })
    }

    /// Whether some client passed the scope of an indirect permission on to the intermediary.
    fn is_delegated(&self, indirect: &Grant) -> bool {
        let ContextIdentifier::Nip(intermediary) = indirect.granted_in else {
            return false;
        };
        let mut received = self
            .permissions
            .grants_to(&SubjectIdentifier::Nip(intermediary));
        received.any(|grant| {
            grant.purpose == Purpose::Entity && grant.can_delegate && grant.scope == indirect.scope
        })
    }

    /// Roles come and go with the registers: whether the entity still has the one that a permission needs.
    fn has_its_role(&self, grant: &Grant) -> bool {
        match &grant.purpose {
            Purpose::Subunit {
                unit: ContextIdentifier::Nip(unit),
                ..
            } => grant
                .granted_in
                .nip()
                .is_some_and(|parent| self.subjects.is_unit_of(unit, &parent)),
            _ if grant.scope == Permission::EnforcementOperations => {
                let nip = grant.works_in().and_then(|context| context.nip());
                nip.is_some_and(|nip| self.subjects.enforces(&nip))
            }
            _ => true,
        }
    }

    /// Whether a permission works, as seen from a context: with the clients of an intermediary each for itself, elsewhere
    /// as long as it works anywhere.
    pub(crate) fn state_of(&self, grant: &Grant, seen_from: &ContextIdentifier) -> PermissionState {
        let works = match grant.purpose {
            Purpose::Indirect(PermissionTarget::AllPartners) => {
                if grant.granted_in == *seen_from {
                    self.is_delegated(grant)
                } else {
                    self.delegates(seen_from, grant)
                }
            }
            Purpose::Indirect(target) => target
                .context()
                .is_some_and(|target| self.delegates(&target, grant)),
            _ => self.has_its_role(grant),
        };
        if works {
            PermissionState::Active
        } else {
            PermissionState::Inactive
        }
    }
}

//! Who may do what where: what was granted, and the operations that grant and withdraw.
//!
//! A permission is one record with one scope. Where it opens something follows from its [`Purpose`]; whether it does so
//! now is asked anew each time, since indirect permissions and those that need a role follow what others do:
//! see [`effective`].

pub(crate) mod authorisations;
pub(crate) mod effective;
pub(crate) mod grant;
pub(crate) mod operation;
pub(crate) mod roles;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::permissions::PermissionAuthor;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::permission_id::PermissionId;
use ksef_core::reference::PermissionRef;
use ksef_core::vat_ue::NipVatUe;

use self::authorisations::AuthorisationRecord;
use self::grant::{EuEntityRecord, Grant};
use self::operation::Operation;
use super::record::{Changes, Collection};
use super::store::{Loader, StoreError};
use crate::random;

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    grants: Collection<Grant>,
    by_authorized: HashMap<SubjectIdentifier, Vec<PermissionId>>,
    authorisations: Collection<AuthorisationRecord>,
    eu_entities: Collection<EuEntityRecord>,
    operations: Collection<Operation>,
}

impl Permissions {
    /// What the store holds.
    ///
    /// # Errors
    /// A store that cannot be read, or holds something else.
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        let mut permissions = Self {
            grants: Collection::load(loader)?,
            by_authorized: HashMap::new(),
            authorisations: Collection::load(loader)?,
            eu_entities: Collection::load(loader)?,
            operations: Collection::load(loader)?,
        };
        for grant in permissions.grants.values() {
            let list = permissions.by_authorized.entry(grant.authorized);
            list.or_default().push(grant.id);
        }
        Ok(permissions)
    }

    /// A permission by its identifier.
    pub(crate) fn grant(&self, id: &PermissionId) -> Option<&Grant> {
        self.grants.get(id)
    }

    /// Every permission in no order.
    pub(crate) fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.grants.values()
    }

    /// What was granted to a subject.
    pub(crate) fn grants_to<'a>(
        &'a self,
        subject: &SubjectIdentifier,
    ) -> impl Iterator<Item = &'a Grant> + use<'a> {
        let ids = self.by_authorized.get(subject);
        ids.into_iter()
            .flatten()
            .filter_map(|id| self.grants.get(id))
    }

    /// Grants a permission; one that was granted before stays as it is.
    pub(crate) fn add(&mut self, changes: &mut Changes, grant: Grant) {
        if self
            .grants_to(&grant.authorized)
            .any(|known| known.is_same_as(&grant))
        {
            return;
        }
        let list = self.by_authorized.entry(grant.authorized);
        list.or_default().push(grant.id);
        self.grants.insert(changes, grant);
    }

    /// Withdraws a permission; nothing happens when there is none.
    pub(crate) fn remove(&mut self, changes: &mut Changes, id: &PermissionId) {
        if let Some(grant) = self.grants.remove(changes, id)
            && let Some(list) = self.by_authorized.get_mut(&grant.authorized)
        {
            list.retain(|known| known != id);
        }
    }

    /// Withdraws everything that the subject received.
    pub(crate) fn remove_all_of(&mut self, changes: &mut Changes, subject: &SubjectIdentifier) {
        let ids = self.by_authorized.get(subject).cloned();
        for id in ids.unwrap_or_default() {
            self.remove(changes, &id);
        }
    }

    /// Withdraws what the paper form granted the subject in the context.
    pub(crate) fn remove_of_system(
        &mut self,
        changes: &mut Changes,
        context: &ContextIdentifier,
        subject: &SubjectIdentifier,
    ) {
        let of_system = |grant: &&Grant| {
            grant.author == PermissionAuthor::System && grant.granted_in == *context
        };
        let ids: Vec<_> = self
            .grants_to(subject)
            .filter(of_system)
            .map(|grant| grant.id)
            .collect();
        for id in ids {
            self.remove(changes, &id);
        }
    }

    /// Every authorisation in no order.
    pub(crate) fn authorisations(&self) -> impl Iterator<Item = &AuthorisationRecord> {
        self.authorisations.values()
    }

    /// An authorisation by its identifier.
    pub(crate) fn authorisation(&self, id: &PermissionId) -> Option<&AuthorisationRecord> {
        self.authorisations.values().find(|row| row.id == *id)
    }

    /// Whether this authorisation was granted.
    pub(crate) fn is_authorised(&self, key: &str) -> bool {
        self.authorisations.contains(&key.to_owned())
    }

    /// Authorises; nothing changes when it was granted before.
    pub(crate) fn authorise(&mut self, changes: &mut Changes, record: AuthorisationRecord) {
        use super::record::Record as _;
        if !self.authorisations.contains(&record.key()) {
            self.authorisations.insert(changes, record);
        }
    }

    /// Withdraws an authorisation; false when it was not granted.
    pub(crate) fn unauthorise(&mut self, changes: &mut Changes, key: &str) -> bool {
        self.authorisations
            .remove(changes, &key.to_owned())
            .is_some()
    }

    /// The EU entity of a compound context.
    pub(crate) fn eu_entity(&self, context: &NipVatUe) -> Option<&EuEntityRecord> {
        self.eu_entities.get(context)
    }

    /// Creates a compound context, or renames its EU entity.
    pub(crate) fn set_eu_entity(&mut self, changes: &mut Changes, entity: EuEntityRecord) {
        self.eu_entities.insert(changes, entity);
    }

    /// An operation by its reference.
    pub(crate) fn operation(&self, reference: &PermissionRef) -> Option<&Operation> {
        self.operations.get(reference)
    }

    /// Every operation in no order.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.values()
    }

    /// Takes up an operation. Those whose status nobody has been able to ask for long are forgotten.
    pub(crate) fn begin(&mut self, changes: &mut Changes, operation: Operation) {
        if self.operations.len() >= OPERATIONS_MAX {
            let now = operation.started;
            self.operations.remove_where(changes, |known| {
                known.work.is_none() && now.duration_since(known.started) > FORGOTTEN_AFTER
            });
        }
        self.operations.insert(changes, operation);
    }

    /// Changes an operation.
    pub(crate) fn update_operation<T>(
        &mut self,
        changes: &mut Changes,
        reference: &PermissionRef,
        change: impl FnOnce(&mut Operation) -> T,
    ) -> Option<T> {
        self.operations.update(changes, reference, change)
    }
}

/// A new identifier of a permission.
pub(crate) fn new_id() -> PermissionId {
    let uuid = uuid::Builder::from_random_bytes(random::bytes()).into_uuid();
    PermissionId::parse(&uuid.to_string())
        .unwrap_or_else(|_| unreachable!("a UUID has 36 hexadecimal digits and hyphens"))
}

/// Whether the status of an operation is not kept any more.
pub(crate) fn is_past_retention(operation: &Operation, now: Timestamp) -> bool {
    now.duration_since(operation.started) >= RETENTION
}

/// For so long the status of an operation can be asked for; afterwards the answer is 410.
const RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);
/// For so long the answer is 410; afterwards the operation is unknown.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(90 * 24);
const OPERATIONS_MAX: usize = 10_000;

#[cfg(test)]
mod tests;

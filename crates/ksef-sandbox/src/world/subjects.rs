//! Who exists: what the registers say on the real environments.

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::nip::Nip;
use ksef_core::peppol_id::PeppolId;
use ksef_core::pesel::Pesel;
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::store::{Loader, StoreError};

/// Entities of a special kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EntityKind {
    /// An enforcement authority.
    EnforcementAuthority,
    /// A VAT group with its members.
    VatGroup,
    /// A local government unit with its subordinates.
    #[serde(rename = "JST")]
    LocalGovernment,
}

impl EntityKind {
    /// The kind of this wire name, in any letter case.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [
            ("EnforcementAuthority", Self::EnforcementAuthority),
            ("VatGroup", Self::VatGroup),
            ("JST", Self::LocalGovernment),
        ]
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, kind)| kind)
    }
}

/// An entity made by `/testdata/subject`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entity {
    pub(crate) nip: Nip,
    pub(crate) kind: EntityKind,
    pub(crate) description: String,
    pub(crate) subunits: Vec<Subunit>,
    pub(crate) created: Timestamp,
    /// It was removed; only the date of its creation still counts.
    pub(crate) removed: bool,
}

/// A member of a group or a subordinate unit.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subunit {
    pub(crate) nip: Nip,
    pub(crate) description: String,
}

/// A sole trader made by `/testdata/person`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person {
    pub(crate) nip: Nip,
    pub(crate) pesel: Pesel,
    pub(crate) is_bailiff: bool,
    pub(crate) is_deceased: bool,
    pub(crate) description: String,
    pub(crate) created: Timestamp,
    /// The person was removed; only the date of creation still counts.
    pub(crate) removed: bool,
}

/// Consent to send invoices with attachments.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttachmentConsent {
    pub(crate) nip: Nip,
    /// First day without the consent.
    pub(crate) ends: Option<Date>,
}

/// A context whose authentications end with 480.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BlockedContext {
    pub(crate) context: ContextIdentifier,
}

/// A Peppol provider, registered by its first authentication.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PeppolProvider {
    pub(crate) id: PeppolId,
    pub(crate) name: String,
    pub(crate) registered: Timestamp,
}

macro_rules! records {
    ($($record:ty, $table:literal, $key:ty, |$this:ident| $value:expr;)+) => {$(
        impl Record for $record {
            const TABLE: &'static str = $table;
            type Key = $key;

            fn key(&self) -> $key {
                let $this = self;
                $value
            }
        }
    )+};
}

records! {
    Entity, "entities", Nip, |this| this.nip;
    Person, "persons", Nip, |this| this.nip;
    AttachmentConsent, "attachment_consents", Nip, |this| this.nip;
    BlockedContext, "blocked_contexts", ContextIdentifier, |this| this.context;
    PeppolProvider, "peppol_providers", PeppolId, |this| this.id;
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Subjects {
    entities: Collection<Entity>,
    persons: Collection<Person>,
    consents: Collection<AttachmentConsent>,
    blocked: Collection<BlockedContext>,
    peppol: Collection<PeppolProvider>,
}

/// An identifier is taken (30001).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AlreadyExists;

impl Subjects {
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            entities: Collection::load(loader)?,
            persons: Collection::load(loader)?,
            consents: Collection::load(loader)?,
            blocked: Collection::load(loader)?,
            peppol: Collection::load(loader)?,
        })
    }

    /// Adds an entity. One that exists is refused; one that was removed may come back with a later date.
    pub(crate) fn add_entity(
        &mut self,
        changes: &mut Changes,
        entity: Entity,
    ) -> Result<(), AlreadyExists> {
        let taken = self
            .entities
            .get(&entity.nip)
            .is_some_and(|known| !known.removed || entity.created <= known.created);
        if taken {
            return Err(AlreadyExists);
        }
        self.entities.insert(changes, entity);
        Ok(())
    }

    /// Removes an entity and its subordinate relations; nothing happens when there is none.
    pub(crate) fn remove_entity(&mut self, changes: &mut Changes, nip: &Nip) {
        self.entities.update(changes, nip, |entity| {
            entity.removed = true;
            entity.subunits.clear();
        });
    }

    /// Every entity in no order.
    pub(crate) fn entities(&self) -> impl Iterator<Item = &Entity> {
        self.entities.values().filter(|entity| !entity.removed)
    }

    /// The entity with this NIP.
    pub(crate) fn entity(&self, nip: &Nip) -> Option<&Entity> {
        self.entities.get(nip).filter(|entity| !entity.removed)
    }

    /// Adds a person, by the rules of [`Self::add_entity`].
    pub(crate) fn add_person(
        &mut self,
        changes: &mut Changes,
        person: Person,
    ) -> Result<(), AlreadyExists> {
        let taken = self
            .persons
            .get(&person.nip)
            .is_some_and(|known| !known.removed || person.created <= known.created);
        if taken {
            return Err(AlreadyExists);
        }
        self.persons.insert(changes, person);
        Ok(())
    }

    /// Removes a person; nothing happens when there is none. Whoever it was known as is returned.
    pub(crate) fn remove_person(
        &mut self,
        changes: &mut Changes,
        nip: &Nip,
    ) -> Option<[SubjectIdentifier; 2]> {
        let pesel = self.person(nip)?.pesel;
        self.persons
            .update(changes, nip, |person| person.removed = true);
        Some([
            SubjectIdentifier::Nip(*nip),
            SubjectIdentifier::Pesel(pesel),
        ])
    }

    /// The person with this NIP.
    pub(crate) fn person(&self, nip: &Nip) -> Option<&Person> {
        self.persons.get(nip).filter(|person| !person.removed)
    }

    /// The persons behind an identifier: by NIP one at most, by PESEL all that were registered with it.
    fn persons_of(&self, subject: &SubjectIdentifier) -> Vec<&Person> {
        match subject {
            SubjectIdentifier::Nip(nip) => self.person(nip).into_iter().collect(),
            SubjectIdentifier::Pesel(pesel) => self
                .persons
                .values()
                .filter(|person| !person.removed && person.pesel == *pesel)
                .collect(),
            SubjectIdentifier::Fingerprint(_) => Vec::new(),
        }
    }

    /// Everything a subject is known by: itself, and the other side of its NIP–PESEL link.
    pub(crate) fn identities_of(&self, subject: &SubjectIdentifier) -> Vec<SubjectIdentifier> {
        let mut identities = vec![*subject];
        for person in self.persons_of(subject) {
            for other in [
                SubjectIdentifier::Nip(person.nip),
                SubjectIdentifier::Pesel(person.pesel),
            ] {
                if !identities.contains(&other) {
                    identities.push(other);
                }
            }
        }
        identities
    }

    /// Are these the same, directly or by a NIP–PESEL link?
    pub(crate) fn are_the_same(&self, one: &SubjectIdentifier, other: &SubjectIdentifier) -> bool {
        one == other || self.identities_of(one).contains(other)
    }

    /// Is one of the persons behind the subject dead?
    pub(crate) fn is_deceased(&self, subject: &SubjectIdentifier) -> bool {
        self.persons_of(subject)
            .iter()
            .any(|person| person.is_deceased)
    }

    /// Gives or withdraws the consent to attachments; `ends` is the first day without it.
    pub(crate) fn set_attachment_consent(
        &mut self,
        changes: &mut Changes,
        nip: Nip,
        ends: Option<Date>,
    ) {
        self.consents
            .insert(changes, AttachmentConsent { nip, ends });
    }

    /// The consent to attachments, also a withdrawn one.
    pub(crate) fn attachment_consent(&self, nip: &Nip) -> Option<&AttachmentConsent> {
        self.consents.get(nip)
    }

    /// Does the consent to attachments hold on this day?
    pub(crate) fn has_attachment_consent(&self, nip: &Nip, day: Date) -> bool {
        self.consents
            .get(nip)
            .is_some_and(|consent| consent.ends.is_none_or(|ends| day < ends))
    }

    /// Blocks a context or lifts the block.
    pub(crate) fn set_blocked(
        &mut self,
        changes: &mut Changes,
        context: ContextIdentifier,
        blocked: bool,
    ) {
        if blocked {
            self.blocked.insert(changes, BlockedContext { context });
        } else {
            self.blocked.remove(changes, &context);
        }
    }

    /// Is the context blocked?
    pub(crate) fn is_blocked(&self, context: &ContextIdentifier) -> bool {
        self.blocked.contains(context)
    }

    /// Registers a Peppol provider, if it is not known yet.
    pub(crate) fn register_peppol(&mut self, changes: &mut Changes, provider: PeppolProvider) {
        if !self.peppol.contains(&provider.id) {
            self.peppol.insert(changes, provider);
        }
    }

    /// The registered Peppol providers in no order.
    pub(crate) fn peppol_providers(&self) -> impl Iterator<Item = &PeppolProvider> {
        self.peppol.values()
    }
}

#[cfg(test)]
mod tests;

//! Entities and persons of the test environment.

use jiff::Timestamp;
use ksef_core::nip::Nip;
use ksef_core::pesel::Pesel;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::operation::testdata as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::request::Request;
use crate::{timestamp, wire};

/// Creates an entity of a special kind (`SubjectCreateRequest`). Ordinary taxpayers need no creation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateSubject {
    /// NIP of the entity.
    pub subject_nip: Nip,
    /// Its kind.
    pub subject_type: SubjectKind,
    /// Subordinate units.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub subunits: Vec<Subunit>,
    /// Description, 5 to 256 characters.
    pub description: String,
    /// Date of creation; on re-creation later than before.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub created_date: Option<Timestamp>,
}

impl CreateSubject {
    /// An entity without subordinate units; the description has 5 to 256 characters.
    #[must_use]
    pub fn new(nip: Nip, kind: SubjectKind, description: impl Into<String>) -> Self {
        Self {
            subject_nip: nip,
            subject_type: kind,
            subunits: Vec::new(),
            description: description.into(),
            created_date: None,
        }
    }

    /// With one more subordinate unit; the description has 5 to 256 characters.
    #[must_use]
    pub fn with_subunit(mut self, nip: Nip, description: impl Into<String>) -> Self {
        self.subunits.push(Subunit {
            subject_nip: nip,
            description: description.into(),
        });
        self
    }

    /// Created at this instant.
    #[must_use]
    pub const fn with_created_date(mut self, created: Timestamp) -> Self {
        self.created_date = Some(created);
        self
    }
}

impl Request for CreateSubject {
    calls!(operation::CREATE_SUBJECT);
    answers!(empty);
    is_its_body!();
}

open_enum! {
    /// Kind of an entity (`SubjectType`).
    pub enum SubjectKind {
        /// Enforcement authority.
        EnforcementAuthority = "EnforcementAuthority",
        /// VAT group.
        VatGroup = "VatGroup",
        /// Local government unit.
        Jst = "JST",
    }
}

/// A subordinate unit of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subunit {
    /// NIP of the unit.
    pub subject_nip: Nip,
    /// Description, 5 to 256 characters.
    pub description: String,
}

/// Removes an entity with its relations (`SubjectRemoveRequest`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoveSubject {
    /// NIP of the entity.
    pub subject_nip: Nip,
}

impl RemoveSubject {
    /// The entity with this NIP.
    #[must_use]
    pub const fn new(nip: Nip) -> Self {
        Self { subject_nip: nip }
    }
}

impl Request for RemoveSubject {
    calls!(operation::REMOVE_SUBJECT);
    answers!(empty);
    is_its_body!();
}

/// Creates a sole trader, linking NIP and PESEL (`PersonCreateRequest`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatePerson {
    /// NIP of the business.
    pub nip: Nip,
    /// PESEL of the person.
    pub pesel: Pesel,
    /// Whether the person is a bailiff.
    pub is_bailiff: bool,
    /// Description, 5 to 256 characters.
    pub description: String,
    /// Whether the person is dead, so that signing in fails.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub is_deceased: bool,
    /// Date of creation; on re-creation later than before.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub created_date: Option<Timestamp>,
}

impl CreatePerson {
    /// A living person who is no bailiff; the description has 5 to 256 characters.
    #[must_use]
    pub fn new(nip: Nip, pesel: Pesel, description: impl Into<String>) -> Self {
        Self {
            nip,
            pesel,
            is_bailiff: false,
            description: description.into(),
            is_deceased: false,
            created_date: None,
        }
    }

    /// Makes the person a bailiff.
    #[must_use]
    pub const fn with_bailiff(mut self) -> Self {
        self.is_bailiff = true;
        self
    }

    /// Makes the person a dead one.
    #[must_use]
    pub const fn with_deceased(mut self) -> Self {
        self.is_deceased = true;
        self
    }

    /// Created at this instant.
    #[must_use]
    pub const fn with_created_date(mut self, created: Timestamp) -> Self {
        self.created_date = Some(created);
        self
    }
}

impl Request for CreatePerson {
    calls!(operation::CREATE_PERSON);
    answers!(empty);
    is_its_body!();
}

/// Removes a person with all permissions (`PersonRemoveRequest`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemovePerson {
    /// NIP of the business.
    pub nip: Nip,
}

impl RemovePerson {
    /// The person with this NIP.
    #[must_use]
    pub const fn new(nip: Nip) -> Self {
        Self { nip }
    }
}

impl Request for RemovePerson {
    calls!(operation::REMOVE_PERSON);
    answers!(empty);
    is_its_body!();
}

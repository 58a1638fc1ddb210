//! Who receives a permission, with the details that KSeF wants of them.
//!
//! The identifier and the details have to fit each other; the constructors see to it.

use jiff::civil::Date;
use ksef_core::context::SubjectIdentifier;
use ksef_core::fingerprint::Fingerprint;
use ksef_core::nip::Nip;
use ksef_core::parse::{ParseError, Reason};
use ksef_core::pesel::Pesel;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;

/// First and last name of a person (`PersonDetails`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonName {
    /// First name, 2 to 30 characters.
    pub first_name: String,
    /// Last name, 2 to 81 characters.
    pub last_name: String,
}

impl PersonName {
    /// A first name of 2 to 30 and a last name of 2 to 81 characters.
    #[must_use]
    pub fn new(first_name: impl Into<String>, last_name: impl Into<String>) -> Self {
        Self {
            first_name: first_name.into(),
            last_name: last_name.into(),
        }
    }
}

/// NIP or PESEL of a person (`PersonIdentifier`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "SubjectIdentifier", try_from = "SubjectIdentifier")]
pub enum PersonIdentifier {
    /// PESEL.
    Pesel(Pesel),
    /// NIP.
    Nip(Nip),
}

impl From<PersonIdentifier> for SubjectIdentifier {
    fn from(identifier: PersonIdentifier) -> Self {
        match identifier {
            PersonIdentifier::Pesel(pesel) => Self::Pesel(pesel),
            PersonIdentifier::Nip(nip) => Self::Nip(nip),
        }
    }
}

impl TryFrom<SubjectIdentifier> for PersonIdentifier {
    type Error = ParseError;

    fn try_from(identifier: SubjectIdentifier) -> Result<Self, ParseError> {
        match identifier {
            SubjectIdentifier::Pesel(pesel) => Ok(Self::Pesel(pesel)),
            SubjectIdentifier::Nip(nip) => Ok(Self::Nip(nip)),
            SubjectIdentifier::Fingerprint(_) => Err(ParseError::new(
                "identifier of a person",
                Reason::NotAllowed {
                    expected: "Pesel, Nip",
                },
                identifier.kind(),
            )),
        }
    }
}

/// A document that proves the identity of a person (`IdDocument`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdDocument {
    /// What kind of document, at most 20 characters.
    #[serde(rename = "type")]
    pub kind: String,
    /// Series and number, at most 20 characters.
    pub number: String,
    /// Country that issued it: two upper-case letters of ISO 3166-1.
    pub country: String,
}

impl IdDocument {
    /// A document of this kind and number (20 characters each at most) of a country (two upper-case letters).
    #[must_use]
    pub fn new(
        kind: impl Into<String>,
        number: impl Into<String>,
        country: impl Into<String>,
    ) -> Self {
        Self {
            kind: kind.into(),
            number: number.into(),
            country: country.into(),
        }
    }
}

/// A person whose certificate says neither NIP nor PESEL, although the person has one
/// (`PersonByFingerprintWithIdentifierDetails`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentifiedPerson {
    /// First name, 2 to 30 characters.
    pub first_name: String,
    /// Last name, 2 to 81 characters.
    pub last_name: String,
    /// NIP or PESEL.
    pub identifier: PersonIdentifier,
}

/// A person with neither NIP nor PESEL (`PersonByFingerprintWithoutIdentifierDetails`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnidentifiedPerson {
    /// First name, 2 to 30 characters.
    pub first_name: String,
    /// Last name, 2 to 81 characters.
    pub last_name: String,
    /// Day of birth.
    pub birth_date: Date,
    /// Identity document.
    pub id_document: IdDocument,
}

open_enum! {
    /// How a person is known (`PersonPermissionSubjectDetailsType`, `PersonSubjectDetailsType`).
    pub enum PersonDetailsType {
        /// By the NIP or PESEL in the certificate or the Trusted Profile.
        PersonByIdentifier = "PersonByIdentifier",
        /// By the fingerprint of a certificate; the person has a NIP or PESEL.
        PersonByFingerprintWithIdentifier = "PersonByFingerprintWithIdentifier",
        /// By the fingerprint of a certificate; the person has neither NIP nor PESEL.
        PersonByFingerprintWithoutIdentifier = "PersonByFingerprintWithoutIdentifier",
    }
}

/// Details of a person (`PersonPermissionSubjectDetails`); of the three objects the one that the type names is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonSubjectDetails {
    /// How the person is known.
    pub subject_details_type: PersonDetailsType,
    /// With `PersonByIdentifier`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_by_id: Option<PersonName>,
    /// With `PersonByFingerprintWithIdentifier`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_by_fp_with_id: Option<IdentifiedPerson>,
    /// With `PersonByFingerprintWithoutIdentifier`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_by_fp_no_id: Option<UnidentifiedPerson>,
}

/// A person who receives permissions: identifier and fitting details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonSubject {
    subject_identifier: SubjectIdentifier,
    subject_details: PersonSubjectDetails,
}

impl PersonSubject {
    /// A person who signs in with a NIP or PESEL: a Trusted Profile, or a certificate that carries the number.
    #[must_use]
    pub fn by_identifier(identifier: PersonIdentifier, name: PersonName) -> Self {
        Self {
            subject_identifier: identifier.into(),
            subject_details: PersonSubjectDetails {
                subject_details_type: PersonDetailsType::PersonByIdentifier,
                person_by_id: Some(name),
                person_by_fp_with_id: None,
                person_by_fp_no_id: None,
            },
        }
    }

    /// A person with a NIP or PESEL whose certificate carries neither: known by the certificate.
    #[must_use]
    pub fn by_fingerprint(
        fingerprint: Fingerprint,
        name: PersonName,
        identifier: PersonIdentifier,
    ) -> Self {
        Self {
            subject_identifier: SubjectIdentifier::Fingerprint(fingerprint),
            subject_details: PersonSubjectDetails {
                subject_details_type: PersonDetailsType::PersonByFingerprintWithIdentifier,
                person_by_id: None,
                person_by_fp_with_id: Some(IdentifiedPerson::of(name, identifier)),
                person_by_fp_no_id: None,
            },
        }
    }

    /// A person with neither NIP nor PESEL: known by the certificate.
    #[must_use]
    pub fn by_fingerprint_without_identifier(
        fingerprint: Fingerprint,
        name: PersonName,
        birth_date: Date,
        id_document: IdDocument,
    ) -> Self {
        Self {
            subject_identifier: SubjectIdentifier::Fingerprint(fingerprint),
            subject_details: PersonSubjectDetails {
                subject_details_type: PersonDetailsType::PersonByFingerprintWithoutIdentifier,
                person_by_id: None,
                person_by_fp_with_id: None,
                person_by_fp_no_id: Some(UnidentifiedPerson::of(name, birth_date, id_document)),
            },
        }
    }

    /// How the person signs in.
    #[must_use]
    pub const fn identifier(&self) -> &SubjectIdentifier {
        &self.subject_identifier
    }

    /// Who the person is.
    #[must_use]
    pub const fn details(&self) -> &PersonSubjectDetails {
        &self.subject_details
    }
}

impl IdentifiedPerson {
    fn of(name: PersonName, identifier: PersonIdentifier) -> Self {
        Self {
            first_name: name.first_name,
            last_name: name.last_name,
            identifier,
        }
    }
}

impl UnidentifiedPerson {
    fn of(name: PersonName, birth_date: Date, id_document: IdDocument) -> Self {
        Self {
            first_name: name.first_name,
            last_name: name.last_name,
            birth_date,
            id_document,
        }
    }
}

/// Name of an entity that receives permissions (`EntityDetails`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntityName {
    /// Full name, 5 to 90 characters.
    pub full_name: String,
}

/// An entity known by the fingerprint of its seal (`EntityByFingerprintDetails`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FingerprintEntity {
    /// Full name, at most 100 characters.
    pub full_name: String,
    /// Address, at most 512 characters.
    pub address: String,
}

open_enum! {
    /// How an administrator or representative of an EU entity is known (`EuEntityPermissionSubjectDetailsType`).
    pub enum EuSubjectDetailsType {
        /// A person with a NIP or PESEL.
        PersonByFingerprintWithIdentifier = "PersonByFingerprintWithIdentifier",
        /// A person with neither NIP nor PESEL.
        PersonByFingerprintWithoutIdentifier = "PersonByFingerprintWithoutIdentifier",
        /// An entity with a seal.
        EntityByFingerprint = "EntityByFingerprint",
    }
}

/// Details of an administrator or representative of an EU entity (`EuEntityPermissionSubjectDetails`); of the three
/// objects the one that the type names is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EuSubjectDetails {
    /// How the subject is known.
    pub subject_details_type: EuSubjectDetailsType,
    /// With `PersonByFingerprintWithIdentifier`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_by_fp_with_id: Option<IdentifiedPerson>,
    /// With `PersonByFingerprintWithoutIdentifier`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_by_fp_no_id: Option<UnidentifiedPerson>,
    /// With `EntityByFingerprint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_by_fp: Option<FingerprintEntity>,
}

/// An administrator or representative of an EU entity, known by the fingerprint of a qualified certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EuSubject {
    subject_identifier: SubjectIdentifier,
    subject_details: EuSubjectDetails,
}

impl EuSubject {
    /// A person with a NIP or PESEL.
    #[must_use]
    pub fn person(
        fingerprint: Fingerprint,
        name: PersonName,
        identifier: PersonIdentifier,
    ) -> Self {
        Self {
            subject_identifier: SubjectIdentifier::Fingerprint(fingerprint),
            subject_details: EuSubjectDetails {
                subject_details_type: EuSubjectDetailsType::PersonByFingerprintWithIdentifier,
                person_by_fp_with_id: Some(IdentifiedPerson::of(name, identifier)),
                person_by_fp_no_id: None,
                entity_by_fp: None,
            },
        }
    }

    /// A person with neither NIP nor PESEL.
    #[must_use]
    pub fn person_without_identifier(
        fingerprint: Fingerprint,
        name: PersonName,
        birth_date: Date,
        id_document: IdDocument,
    ) -> Self {
        Self {
            subject_identifier: SubjectIdentifier::Fingerprint(fingerprint),
            subject_details: EuSubjectDetails {
                subject_details_type: EuSubjectDetailsType::PersonByFingerprintWithoutIdentifier,
                person_by_fp_with_id: None,
                person_by_fp_no_id: Some(UnidentifiedPerson::of(name, birth_date, id_document)),
                entity_by_fp: None,
            },
        }
    }

    /// An entity with a seal: its full name (at most 100 characters) and address (at most 512).
    #[must_use]
    pub fn entity(
        fingerprint: Fingerprint,
        full_name: impl Into<String>,
        address: impl Into<String>,
    ) -> Self {
        Self {
            subject_identifier: SubjectIdentifier::Fingerprint(fingerprint),
            subject_details: EuSubjectDetails {
                subject_details_type: EuSubjectDetailsType::EntityByFingerprint,
                person_by_fp_with_id: None,
                person_by_fp_no_id: None,
                entity_by_fp: Some(FingerprintEntity {
                    full_name: full_name.into(),
                    address: address.into(),
                }),
            },
        }
    }

    /// The fingerprint.
    #[must_use]
    pub const fn identifier(&self) -> &SubjectIdentifier {
        &self.subject_identifier
    }

    /// Who it is.
    #[must_use]
    pub const fn details(&self) -> &EuSubjectDetails {
        &self.subject_details
    }
}

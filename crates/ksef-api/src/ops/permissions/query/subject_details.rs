//! Details of those who received permissions, as answers give them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::super::subject::{IdDocument, PersonDetailsType, PersonIdentifier};
use crate::identifier::Identifier;
use crate::open_enum::open_enum;

/// A person who received a permission (`PermissionsSubjectPersonDetails`,
/// `PermissionsSubjectPersonByFingerprintDetails`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectPersonDetails {
    /// How the person is known.
    pub subject_details_type: PersonDetailsType,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// NIP or PESEL, when the person is known by a fingerprint and has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_identifier: Option<Identifier<PersonIdentifier>>,
    /// Day of birth, when the person has neither NIP nor PESEL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Date>,
    /// Identity document, when the person has neither NIP nor PESEL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_document: Option<IdDocument>,
}

open_enum! {
    /// How an entity is known (`EntitySubjectDetailsType`).
    pub enum EntityDetailsType {
        /// By its NIP or Peppol identifier.
        EntityByIdentifier = "EntityByIdentifier",
        /// By the fingerprint of its seal.
        EntityByFingerprint = "EntityByFingerprint",
    }
}

/// An entity that received a permission (`PermissionsSubjectEntityDetails`,
/// `PermissionsSubjectEntityByIdentifierDetails`, `PermissionsSubjectEntityByFingerprintDetails`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectEntityDetails {
    /// How the entity is known.
    pub subject_details_type: EntityDetailsType,
    /// Full name.
    pub full_name: String,
    /// Address, when the entity is known by a fingerprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

//! Who is to receive a permission: identifier and details of a request.

use jiff::civil::Date;
use ksef_api::ops::permissions::{
    EntityDetailsType, IdDocument, PersonDetailsType, PersonIdentifier, SubjectEntityDetails,
    SubjectPersonDetails,
};
use ksef_core::context::SubjectIdentifier;

use crate::fields::{Fields, Violations};

/// Somebody who is to receive a permission.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) identifier: SubjectIdentifier,
    pub(super) details: Details,
}

/// Who that is.
#[derive(Debug)]
pub(super) enum Details {
    Person(SubjectPersonDetails),
    Entity(SubjectEntityDetails),
}

/// A person by NIP, PESEL or fingerprint.
pub(super) fn person(fields: &Fields<'_>, violations: &mut Violations) -> Option<Subject> {
    let identifier = fields.identifier(
        violations,
        IDENTIFIER,
        &["Nip", "Pesel", "Fingerprint"],
        SubjectIdentifier::from_parts,
    );
    let details = fields.object(violations, DETAILS).and_then(|details| {
        let kind = details.choice(violations, TYPE, |name| {
            Some(PersonDetailsType::from_name(name)).filter(PersonDetailsType::is_known)
        })?;
        person_details(&details, violations, kind)
    });
    let (identifier, details) = (identifier?, details?);
    let is_by_fingerprint = matches!(identifier, SubjectIdentifier::Fingerprint(_));
    let is_described_so = details.subject_details_type != PersonDetailsType::PersonByIdentifier;
    if is_by_fingerprint != is_described_so {
        let (details, identifier) = (fields.path(DETAILS), fields.path(IDENTIFIER));
        violations.add(format!(
            "'{details}.{TYPE}' does not match '{identifier}.type'."
        ));
        return None;
    }
    Some(Subject {
        identifier,
        details: Details::Person(details),
    })
}

/// A person or an entity by fingerprint.
pub(super) fn by_fingerprint(fields: &Fields<'_>, violations: &mut Violations) -> Option<Subject> {
    let identifier = fields.identifier(
        violations,
        IDENTIFIER,
        &["Fingerprint"],
        SubjectIdentifier::from_parts,
    );
    let details = fields.object(violations, DETAILS).and_then(|details| {
        let known = [
            "PersonByFingerprintWithIdentifier",
            "PersonByFingerprintWithoutIdentifier",
            "EntityByFingerprint",
        ];
        let kind = details.choice(violations, TYPE, |name| {
            known
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(name))
        })?;
        if kind == "EntityByFingerprint" {
            entity_by_fingerprint(&details, violations).map(Details::Entity)
        } else {
            person_details(&details, violations, PersonDetailsType::from_name(kind))
                .map(Details::Person)
        }
    });
    Some(Subject {
        identifier: identifier?,
        details: details?,
    })
}

/// The name of an entity known by its identifier.
pub(super) fn entity_name(
    fields: &Fields<'_>,
    violations: &mut Violations,
) -> Option<SubjectEntityDetails> {
    let details = fields.object(violations, DETAILS)?;
    let full_name = details.text_within(violations, "fullName", 5..=90)?;
    Some(SubjectEntityDetails {
        subject_details_type: EntityDetailsType::EntityByIdentifier,
        full_name: full_name.to_owned(),
        address: None,
    })
}

fn person_details(
    details: &Fields<'_>,
    violations: &mut Violations,
    kind: PersonDetailsType,
) -> Option<SubjectPersonDetails> {
    let member = match kind {
        PersonDetailsType::PersonByIdentifier => "personById",
        PersonDetailsType::PersonByFingerprintWithIdentifier => "personByFpWithId",
        _ => "personByFpNoId",
    };
    let person = details.object(violations, member)?;
    let first_name = person.text_within(violations, "firstName", 2..=30);
    let last_name = person.text_within(violations, "lastName", 2..=81);
    let mut read = SubjectPersonDetails {
        subject_details_type: kind.clone(),
        first_name: String::new(),
        last_name: String::new(),
        person_identifier: None,
        birth_date: None,
        id_document: None,
    };
    match kind {
        PersonDetailsType::PersonByFingerprintWithIdentifier => {
            let identifier = person_identifier(&person, violations)?;
            read.person_identifier = Some(identifier.into());
        }
        PersonDetailsType::PersonByFingerprintWithoutIdentifier => {
            let birth_date = person.choice(violations, "birthDate", |text| {
                // Some clients send a date with a time.
                text.get(..10).and_then(|day| day.parse::<Date>().ok())
            });
            let id_document = id_document(&person, violations);
            read.birth_date = Some(birth_date?);
            read.id_document = Some(id_document?);
        }
        _ => {}
    }
    first_name?.clone_into(&mut read.first_name);
    last_name?.clone_into(&mut read.last_name);
    Some(read)
}

fn person_identifier(person: &Fields<'_>, violations: &mut Violations) -> Option<PersonIdentifier> {
    person.identifier(
        violations,
        "identifier",
        &["Pesel", "Nip"],
        |kind, value| {
            SubjectIdentifier::from_parts(kind, value).and_then(PersonIdentifier::try_from)
        },
    )
}

fn id_document(person: &Fields<'_>, violations: &mut Violations) -> Option<IdDocument> {
    let document = person.object(violations, "idDocument")?;
    let kind = document.text_within(violations, "type", 1..=20);
    let number = document.text_within(violations, "number", 1..=20);
    let country = document.parsed(violations, "country", |text| {
        // Which pairs of letters are countries is not checked here.
        let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        is_code.then(|| text.to_owned()).ok_or(())
    });
    Some(IdDocument::new(kind?, number?, country?))
}

fn entity_by_fingerprint(
    details: &Fields<'_>,
    violations: &mut Violations,
) -> Option<SubjectEntityDetails> {
    let entity = details.object(violations, "entityByFp")?;
    let full_name = entity.text_within(violations, "fullName", 1..=100);
    let address = entity.text_within(violations, "address", 1..=512);
    Some(SubjectEntityDetails {
        subject_details_type: EntityDetailsType::EntityByFingerprint,
        full_name: full_name?.to_owned(),
        address: Some(address?.to_owned()),
    })
}

const IDENTIFIER: &str = "subjectIdentifier";
const DETAILS: &str = "subjectDetails";
const TYPE: &str = "subjectDetailsType";

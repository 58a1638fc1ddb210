//! Whom a certificate speaks for, by KSeF's rules (facts 01 §5).

use ksef_core::context::SubjectIdentifier;
use ksef_core::nip::Nip;
use ksef_core::peppol_id::PeppolId;
use ksef_core::pesel::Pesel;

use super::name::{DistinguishedName, oid as name};

/// What KSeF makes of a certificate's subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectIdentity {
    /// The kind of the subject.
    pub kind: SubjectKind,
    /// The PESEL or NIP, when one is recognised. Without it only a login by fingerprint is possible.
    pub identifier: Option<SubjectIdentifier>,
    /// The Peppol provider's identifier, when the common name is one.
    pub peppol_id: Option<PeppolId>,
    /// Object identifiers of attributes that KSeF requires for this kind and that are missing.
    pub missing: Vec<&'static str>,
}

/// The kind of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubjectKind {
    /// A natural person: the subject has a given name or a surname.
    Person,
    /// A company seal: it has neither, but an organization identifier, and is no Peppol provider.
    Seal,
    /// A Peppol service provider: an organization whose common name is a Peppol identifier. It may repeat that as its
    /// organization identifier, but names no NIP there.
    PeppolProvider,
    /// None of these.
    Other,
}

impl SubjectIdentity {
    pub(super) fn of(subject: &DistinguishedName) -> Self {
        let peppol_id = subject
            .common_name()
            .and_then(|text| PeppolId::parse(text).ok());
        let company_nip = subject.organization_identifier().and_then(company);
        let kind = if subject.given_name().is_some() || subject.surname().is_some() {
            SubjectKind::Person
        } else if peppol_id.is_some() && company_nip.is_none() {
            SubjectKind::PeppolProvider
        } else if subject.organization_identifier().is_some() {
            SubjectKind::Seal
        } else {
            SubjectKind::Other
        };
        let identifier = match kind {
            SubjectKind::Person => subject.serial_number().and_then(person),
            SubjectKind::Seal => company_nip,
            SubjectKind::PeppolProvider | SubjectKind::Other => None,
        };
        let required: &[&'static str] = match kind {
            SubjectKind::Person => &PERSON_ATTRIBUTES,
            SubjectKind::Seal => &SEAL_ATTRIBUTES,
            SubjectKind::PeppolProvider => &[name::ORGANIZATION, name::COMMON_NAME],
            SubjectKind::Other => &[],
        };
        let missing = required
            .iter()
            .copied()
            .filter(|oid| subject.first(oid).is_none())
            .collect();
        let peppol_id = peppol_id.filter(|_| kind == SubjectKind::PeppolProvider);
        Self {
            kind,
            identifier,
            peppol_id,
            missing,
        }
    }
}

/// `(PNOPL|PESEL).*?(\d{11})`, then `(TINPL|NIP).*?(\d{10})`: the first that matches.
fn person(serial_number: &str) -> Option<SubjectIdentifier> {
    let pesel = digits_after(serial_number, &["PNOPL", "PESEL"], 11);
    let nip = || digits_after(serial_number, &["TINPL", "NIP"], 10);
    match pesel {
        Some(digits) => Pesel::parse(digits).ok().map(SubjectIdentifier::Pesel),
        None => Nip::parse(nip()?).ok().map(SubjectIdentifier::Nip),
    }
}

/// `(VATPL).*?(\d{10})`.
fn company(organization_identifier: &str) -> Option<SubjectIdentifier> {
    let digits = digits_after(organization_identifier, &["VATPL"], 10)?;
    Nip::parse(digits).ok().map(SubjectIdentifier::Nip)
}

/// The first `count` digits in a row after the first of `words`.
fn digits_after<'a>(text: &'a str, words: &[&str], count: usize) -> Option<&'a str> {
    let ends = words
        .iter()
        .filter_map(|word| text.find(word).map(|at| (at, at + word.len())));
    let (_, from) = ends.min()?;
    let rest = text.get(from..)?;
    let mut run = 0;
    for (index, byte) in rest.bytes().enumerate() {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        if run == count {
            return rest.get(index + 1 - count..=index);
        }
    }
    None
}

const PERSON_ATTRIBUTES: [&str; 5] = [
    name::GIVEN_NAME,
    name::SURNAME,
    name::SERIAL_NUMBER,
    name::COMMON_NAME,
    name::COUNTRY,
];
const SEAL_ATTRIBUTES: [&str; 4] = [
    name::ORGANIZATION,
    name::ORGANIZATION_IDENTIFIER,
    name::COMMON_NAME,
    name::COUNTRY,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_the_identifiers() {
        let pesel = |text| Some(SubjectIdentifier::Pesel(Pesel::parse(text).unwrap()));
        let nip = |text| Some(SubjectIdentifier::Nip(Nip::parse(text).unwrap()));
        for (text, expected) in [
            ("PNOPL-88102341294", pesel("88102341294")),
            ("PESEL: 88102341294", pesel("88102341294")),
            ("xxPNOPL 1 88102341294 y", pesel("88102341294")),
            ("TINPL-5265877635", nip("5265877635")),
            ("NIP5265877635", nip("5265877635")),
            ("PNOPL-1 TINPL-5265877635", nip("5265877635")),
            ("TINPL-111111", None),
            ("-88102341294", None),
            ("88102341294", None),
            ("", None),
        ] {
            assert_eq!(person(text), expected, "{text}");
        }
        assert_eq!(company("VATPL-5265877635"), nip("5265877635"));
        assert_eq!(company("VATDE-5265877635"), None);
    }
}

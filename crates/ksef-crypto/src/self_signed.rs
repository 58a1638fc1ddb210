//! Self-signed certificates for KSeF's TEST environment and for local servers.
//!
//! TEST takes self-made certificates whose subjects look like those of qualified ones: a person
//! with PESEL or NIP, a company seal, a Peppol provider (facts 01 §5, 12 §3). DEMO and production
//! refuse them.
//!
//! ```
//! use ksef_core::nip::Nip;
//! use ksef_crypto::certificate::KeyKind;
//! use ksef_crypto::self_signed::{Validity, company_seal};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let validity = Validity::days("2026-11-21T00:00:00Z".parse()?, 365);
//! let nip = Nip::parse("5265877635")?;
//! let seal = company_seal("Przykład sp. z o.o.", &nip, KeyKind::EcP256, validity)?;
//! assert!(seal.certificate().is_self_signed());
//! # Ok(())
//! # }
//! ```

use jiff::{SignedDuration, Timestamp};
use ksef_core::nip::Nip;
use ksef_core::peppol_id::PeppolId;
use ksef_core::pesel::Pesel;

use crate::certificate::oid::{
    COMMON_NAME, COUNTRY, GIVEN_NAME, ORGANIZATION, ORGANIZATION_IDENTIFIER, SERIAL_NUMBER, SURNAME,
};
use crate::certificate::{Identity, KeyKind, PrivateKey};
use crate::error::Result;
use crate::issuing::{self, Serials, Usage};

/// From when until when a certificate is valid, both inclusive, with seconds. Before 1970 is
/// refused when the certificate is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First valid instant.
    pub not_before: Timestamp,
    /// Last valid instant.
    pub not_after: Timestamp,
}

impl Validity {
    /// `days` from an instant on. Begin a little in the past where clocks may differ.
    #[must_use]
    pub fn days(not_before: Timestamp, days: u32) -> Self {
        let length = SignedDuration::from_hours(i64::from(days) * 24);
        let not_after = not_before.checked_add(length).unwrap_or(Timestamp::MAX);
        Self {
            not_before,
            not_after,
        }
    }
}

/// The subject of a certificate to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    attributes: Vec<(&'static str, String)>,
}

impl Subject {
    /// A natural person known by PESEL: `serialNumber` is `PNOPL-` and the PESEL.
    #[must_use]
    pub fn person_with_pesel(given_name: &str, surname: &str, pesel: &Pesel) -> Self {
        Self::person(given_name, surname, format!("PNOPL-{pesel}"))
    }

    /// A natural person known by NIP: `serialNumber` is `TINPL-` and the NIP.
    #[must_use]
    pub fn person_with_nip(given_name: &str, surname: &str, nip: &Nip) -> Self {
        Self::person(given_name, surname, format!("TINPL-{nip}"))
    }

    /// A natural person without any identifier that KSeF recognises, for logins by fingerprint.
    #[must_use]
    pub fn person_without_identifier(given_name: &str, surname: &str) -> Self {
        let mut subject = Self::person(given_name, surname, String::new());
        subject.attributes.retain(|(oid, _)| *oid != SERIAL_NUMBER);
        subject
    }

    fn person(given_name: &str, surname: &str, serial_number: String) -> Self {
        Self {
            attributes: vec![
                (GIVEN_NAME, given_name.to_owned()),
                (SURNAME, surname.to_owned()),
                (SERIAL_NUMBER, serial_number),
                (COMMON_NAME, format!("{given_name} {surname}")),
                (COUNTRY, "PL".to_owned()),
            ],
        }
    }

    /// A company seal: `organizationIdentifier` is `VATPL-` and the NIP.
    #[must_use]
    pub fn company_seal(organization: &str, nip: &Nip) -> Self {
        Self {
            attributes: vec![
                (ORGANIZATION, organization.to_owned()),
                (ORGANIZATION_IDENTIFIER, format!("VATPL-{nip}")),
                (COMMON_NAME, organization.to_owned()),
                (COUNTRY, "PL".to_owned()),
            ],
        }
    }

    /// A Peppol service provider: the common name is its identifier.
    #[must_use]
    pub fn peppol_provider(organization: &str, peppol_id: &PeppolId) -> Self {
        Self {
            attributes: vec![
                (ORGANIZATION, organization.to_owned()),
                (COMMON_NAME, peppol_id.to_string()),
                (COUNTRY, "PL".to_owned()),
            ],
        }
    }

    /// A service, known by its common name and organization only: an authority, an encryption key.
    #[must_use]
    pub fn service(organization: &str, common_name: &str) -> Self {
        Self {
            attributes: vec![
                (ORGANIZATION, organization.to_owned()),
                (COMMON_NAME, common_name.to_owned()),
                (COUNTRY, "PL".to_owned()),
            ],
        }
    }

    pub(crate) fn name(&self) -> Result<rcgen::DistinguishedName> {
        issuing::name(self.attributes.iter().map(|(oid, value)| {
            // X.520 allows PrintableString only for these two.
            (
                *oid,
                value.as_str(),
                *oid == COUNTRY || *oid == SERIAL_NUMBER,
            )
        }))
    }

    /// A fresh key and a certificate for this subject, signed with that key.
    ///
    /// # Errors
    /// [`ErrorKind::RandomUnavailable`](crate::error::ErrorKind::RandomUnavailable),
    /// [`ErrorKind::Issue`](crate::error::ErrorKind::Issue).
    pub fn self_signed(&self, kind: KeyKind, validity: Validity) -> Result<Identity> {
        let key = PrivateKey::generate(kind)?;
        let certificate =
            issuing::self_signed(self, &key, Usage::Signing, validity, &Serials::Random)?;
        Identity::new(certificate, Vec::new(), key)
    }
}

/// A self-signed certificate of a person with PESEL.
///
/// # Errors
/// As [`Subject::self_signed`].
pub fn person_with_pesel(
    given_name: &str,
    surname: &str,
    pesel: &Pesel,
    kind: KeyKind,
    validity: Validity,
) -> Result<Identity> {
    Subject::person_with_pesel(given_name, surname, pesel).self_signed(kind, validity)
}

/// A self-signed certificate of a person with NIP.
///
/// # Errors
/// As [`Subject::self_signed`].
pub fn person_with_nip(
    given_name: &str,
    surname: &str,
    nip: &Nip,
    kind: KeyKind,
    validity: Validity,
) -> Result<Identity> {
    Subject::person_with_nip(given_name, surname, nip).self_signed(kind, validity)
}

/// A self-signed company seal.
///
/// # Errors
/// As [`Subject::self_signed`].
pub fn company_seal(
    organization: &str,
    nip: &Nip,
    kind: KeyKind,
    validity: Validity,
) -> Result<Identity> {
    Subject::company_seal(organization, nip).self_signed(kind, validity)
}

/// A self-signed certificate of a Peppol provider.
///
/// # Errors
/// As [`Subject::self_signed`].
pub fn peppol_provider(
    organization: &str,
    peppol_id: &PeppolId,
    kind: KeyKind,
    validity: Validity,
) -> Result<Identity> {
    Subject::peppol_provider(organization, peppol_id).self_signed(kind, validity)
}

#[cfg(test)]
mod tests {
    use ksef_core::context::SubjectIdentifier;

    use super::*;
    use crate::certificate::{Certificate, SubjectKind};
    use crate::signature::KeyAlgorithm;

    fn validity() -> Validity {
        Validity::days("2026-01-02T03:04:05Z".parse().unwrap(), 730)
    }

    #[test]
    fn a_provider_may_repeat_its_identifier_but_whoever_names_a_nip_is_a_seal() {
        let id = PeppolId::parse("PPL123456").unwrap();
        let nip = Nip::parse("5265877635").unwrap();
        for (organization_identifier, kind, identifier) in [
            ("PPL123456", SubjectKind::PeppolProvider, None),
            ("NTRPL-0000123456", SubjectKind::PeppolProvider, None),
            (
                "VATPL-5265877635",
                SubjectKind::Seal,
                Some(SubjectIdentifier::Nip(nip)),
            ),
        ] {
            let mut subject = Subject::peppol_provider("Dostawca", &id);
            let repeated = (ORGANIZATION_IDENTIFIER, organization_identifier.to_owned());
            subject.attributes.push(repeated);
            let identity = subject.self_signed(KeyKind::EcP256, validity()).unwrap();
            let found = identity.certificate().subject_identity();
            assert_eq!(
                (found.kind, found.identifier),
                (kind, identifier),
                "{organization_identifier}"
            );
            assert_eq!(
                found.peppol_id.is_some(),
                kind == SubjectKind::PeppolProvider
            );
        }
    }

    #[test]
    fn every_kind_of_subject_and_key() {
        let nip = Nip::parse("5265877635").unwrap();
        let pesel = Pesel::parse("88102341294").unwrap();
        let peppol = PeppolId::parse("PPL123456").unwrap();
        for kind in [KeyKind::EcP256, KeyKind::EcP384, KeyKind::Rsa2048] {
            for (identity, expected, identifier) in [
                (
                    person_with_pesel("Zażółć", "Gęślą", &pesel, kind, validity()),
                    SubjectKind::Person,
                    Some(SubjectIdentifier::Pesel(pesel)),
                ),
                (
                    person_with_nip("Jan", "Kowalski", &nip, kind, validity()),
                    SubjectKind::Person,
                    Some(SubjectIdentifier::Nip(nip)),
                ),
                (
                    company_seal("Przykład sp. z o.o.", &nip, kind, validity()),
                    SubjectKind::Seal,
                    Some(SubjectIdentifier::Nip(nip)),
                ),
                (
                    peppol_provider("Dostawca", &peppol, kind, validity()),
                    SubjectKind::PeppolProvider,
                    None,
                ),
            ] {
                let identity = identity.unwrap();
                let certificate = identity.certificate();
                let subject = certificate.subject_identity();
                assert_eq!(subject.kind, expected);
                assert_eq!(subject.identifier, identifier);
                assert_eq!(subject.missing, Vec::<&str>::new());
                assert!(certificate.is_self_signed());
                assert_eq!(certificate.not_before(), validity().not_before);
                assert_eq!(certificate.not_after(), validity().not_after);
                assert_eq!(certificate.serial().len(), 8);
                assert_eq!(certificate.subject().country(), Some("PL"));
                let algorithm = match kind {
                    KeyKind::Rsa2048 => KeyAlgorithm::Rsa { bits: 2048 },
                    KeyKind::EcP256 => KeyAlgorithm::EcP256,
                    KeyKind::EcP384 => KeyAlgorithm::EcP384,
                };
                assert_eq!(certificate.key_algorithm().unwrap(), algorithm);
                assert_eq!(
                    Certificate::from_der(certificate.der()).unwrap(),
                    *certificate
                );
            }
        }
    }

    #[test]
    fn a_person_without_identifier_logs_in_by_fingerprint_only() {
        let subject = Subject::person_without_identifier("Jean", "Dupont");
        let identity = subject.self_signed(KeyKind::EcP256, validity()).unwrap();
        let found = identity.certificate().subject_identity();
        assert_eq!((found.kind, found.identifier), (SubjectKind::Person, None));
        assert_eq!(found.missing, ["2.5.4.5"]);
    }

    #[test]
    fn validity_is_inclusive() {
        let nip = Nip::parse("5265877635").unwrap();
        let seal = company_seal("x", &nip, KeyKind::EcP256, validity()).unwrap();
        let second = SignedDuration::from_secs(1);
        let certificate = seal.certificate();
        assert!(certificate.is_valid_at(validity().not_before));
        assert!(certificate.is_valid_at(validity().not_after));
        assert!(!certificate.is_valid_at(validity().not_before.checked_sub(second).unwrap()));
        assert!(!certificate.is_valid_at(validity().not_after.checked_add(second).unwrap()));
    }
}

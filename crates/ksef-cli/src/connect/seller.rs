//! Certificates made on the spot: one per seller, for the sandbox and TEST, kept in the user's folder.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;
use ksef_crypto::certificate::{Identity, KeyKind};
use ksef_crypto::self_signed::{self, Validity};
use zeroize::Zeroizing;

use crate::durable::{self, Access};
use crate::error::{Error, Result};
use crate::lang::text;

/// The certificate with which the owner of `who` signs; made when it is asked for the first time.
///
/// # Errors
/// The folder cannot be read or written, or holds something else under this name.
pub(crate) fn identity(folder: &Path, who: &ContextIdentifier, now: Timestamp) -> Result<Identity> {
    let path = file_of(folder, who);
    let read = || {
        durable::read_if_exists(&path).map_err(|source| {
            Error::failed(text!(
                "the test certificate {path} cannot be read; check that it belongs to you",
                "nie można odczytać certyfikatu testowego {path}; sprawdź, czy należy do ciebie",
                path = path.display()
            ))
            .caused_by(source)
        })
    };
    if let Some(pem) = read()? {
        let identity = open(&path, &Zeroizing::new(pem))?;
        if identity.certificate().is_valid_at(now) {
            return Ok(identity);
        }
    }
    let fresh = make(who, now)?;
    let mut pem = fresh.key().to_pem();
    pem.push_str(&fresh.certificate().to_pem());
    durable::replace(&path, pem.as_bytes(), Access::Private).map_err(|source| {
        Error::failed(text!(
            "the test certificate {path} cannot be written",
            "nie można zapisać certyfikatu testowego {path}",
            path = path.display()
        ))
        .caused_by(source)
        .hint(text!(
            "check the rights and the free space there, or choose another folder with --home",
            "sprawdź uprawnienia i wolne miejsce albo wskaż inny folder w --home"
        ))
    })?;
    Ok(fresh)
}

/// The contexts for which there are certificates, in no particular order; files of other names are passed over.
pub(crate) fn known(folder: &Path) -> Vec<ContextIdentifier> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let context = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let (kind, value) = name.strip_suffix(".pem")?.split_once('-')?;
        ContextIdentifier::from_parts(kind, value).ok()
    };
    entries
        .filter_map(|entry| entry.ok().and_then(context))
        .collect()
}

fn file_of(folder: &Path, who: &ContextIdentifier) -> PathBuf {
    folder.join(format!("{}-{}.pem", who.kind(), who.value()))
}

fn open(path: &Path, pem: &[u8]) -> Result<Identity> {
    Identity::from_pem(pem, None).map_err(|source| {
        Error::failed(text!(
            "the test certificate {path} is damaged",
            "certyfikat testowy {path} jest uszkodzony",
            path = path.display()
        ))
        .caused_by(source)
        .hint(text!(
            "remove the file; a new certificate is then made",
            "usuń plik; powstanie wtedy nowy certyfikat"
        ))
    })
}

fn make(who: &ContextIdentifier, now: Timestamp) -> Result<Identity> {
    let validity = Validity::days(
        now - jiff::SignedDuration::from_hours(24 * DAYS_BEFORE),
        DAYS,
    );
    let made = match who {
        ContextIdentifier::PeppolId(id) => {
            self_signed::peppol_provider(ORGANIZATION, id, KeyKind::EcP256, validity)
        }
        ContextIdentifier::Nip(nip) => {
            self_signed::company_seal(ORGANIZATION, nip, KeyKind::EcP256, validity)
        }
        ContextIdentifier::InternalId(_) | ContextIdentifier::NipVatUe(_) => {
            let nip = who.value().get(..NIP_CHARACTERS).unwrap_or_default();
            let nip = Nip::parse(nip).map_err(|source| {
                Error::usage(text!(
                    "{who} does not begin with a NIP; give another --context",
                    "kontekst {who} nie zaczyna się od NIP; podaj inny --context"
                ))
                .caused_by(source)
            })?;
            self_signed::company_seal(ORGANIZATION, &nip, KeyKind::EcP256, validity)
        }
    };
    made.map_err(|source| {
        Error::failed(text!(
            "a test certificate for {who} could not be made; try again",
            "nie udało się utworzyć certyfikatu testowego dla {who}; spróbuj ponownie"
        ))
        .caused_by(source)
    })
}

const ORGANIZATION: &str = "ksef test";
const NIP_CHARACTERS: usize = 10;
/// Sandboxes travel in time: the certificate is valid long before it is made, and long after.
const DAYS_BEFORE: i64 = 5 * 365;
const DAYS: u32 = 25 * 365;

#[cfg(test)]
mod tests {
    use ksef_core::context::SubjectIdentifier;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn one_certificate_per_seller_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let who = ContextIdentifier::parse("5265877635").unwrap();
        let first = identity(folder.path(), &who, now()).unwrap();
        let second = identity(folder.path(), &who, now()).unwrap();
        assert_eq!(first.certificate().der(), second.certificate().der());
        let subject = first.certificate().subject_identity().identifier;
        assert_eq!(
            subject,
            Some(SubjectIdentifier::parse("Nip:5265877635").unwrap())
        );
        assert_eq!(known(folder.path()), [who]);

        let unit = ContextIdentifier::parse("5265877635-12345").unwrap();
        let third = identity(folder.path(), &unit, now()).unwrap();
        assert_ne!(first.certificate().der(), third.certificate().der());
        assert_eq!(known(folder.path()).len(), 2);
    }

    #[test]
    fn damage_is_an_error_and_expiry_makes_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let who = ContextIdentifier::parse("PPL123456").unwrap();
        let first = identity(folder.path(), &who, now()).unwrap();
        let later = now() + jiff::SignedDuration::from_hours(24 * 365 * 30);
        let second = identity(folder.path(), &who, later).unwrap();
        assert_ne!(first.certificate().der(), second.certificate().der());

        let path = file_of(folder.path(), &who);
        std::fs::write(&path, "rubbish").unwrap();
        assert!(identity(folder.path(), &who, now()).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "rubbish");
    }
}

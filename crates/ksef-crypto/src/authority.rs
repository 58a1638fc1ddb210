//! A small certificate authority for local servers: it signs the seal of their UPO, the certificates
//! of their encryption keys and those of their users, as the Ministry's does for KSeF.

use std::fmt;
use std::sync::{Arc, Mutex};

use crate::certificate::{Certificate, Identity, KeyKind, PrivateKey};
use crate::csr::CertificateRequest;
use crate::error::{ErrorKind, Result};
use crate::issuing::{self, Serials, Usage};
use crate::rsa_oaep;
use crate::seeded::Stream;
use crate::self_signed::{Subject, Validity};

/// A self-signed authority that issues end-entity certificates.
///
/// To keep one, store [`Authority::certificate`] as DER and the key as PKCS#8; to have it again,
/// call [`Authority::from_parts`].
#[derive(Clone)]
pub struct Authority {
    identity: Identity,
    serials: Serials,
}

impl Authority {
    /// A fresh authority.
    ///
    /// # Errors
    /// [`ErrorKind::RandomUnavailable`], [`ErrorKind::Issue`].
    pub fn generate(subject: &Subject, kind: KeyKind, validity: Validity) -> Result<Self> {
        Self::of(
            subject,
            PrivateKey::generate(kind)?,
            validity,
            Serials::Random,
        )
    }

    /// An authority with this key, whose serial numbers come from a stream: for tests that have to come out the same
    /// twice. Only RSA signs the same twice.
    ///
    /// # Errors
    /// [`ErrorKind::Issue`].
    pub fn seeded(
        subject: &Subject,
        key: PrivateKey,
        validity: Validity,
        serials: Stream,
    ) -> Result<Self> {
        let serials = Serials::Seeded(Arc::new(Mutex::new(serials)));
        Self::of(subject, key, validity, serials)
    }

    fn of(
        subject: &Subject,
        key: PrivateKey,
        validity: Validity,
        serials: Serials,
    ) -> Result<Self> {
        let certificate =
            issuing::self_signed(subject, &key, Usage::Authority, validity, &serials)?;
        Ok(Self {
            identity: Identity::new(certificate, Vec::new(), key)?,
            serials,
        })
    }

    /// The same authority with serial numbers from a stream, see [`Authority::seeded`].
    #[must_use]
    pub fn with_serials(mut self, serials: Stream) -> Self {
        self.serials = Serials::Seeded(Arc::new(Mutex::new(serials)));
        self
    }

    /// An authority from storage: DER certificate and unencrypted DER PKCS#8.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedCertificate`], [`ErrorKind::MalformedKey`],
    /// [`ErrorKind::KeyMismatch`].
    pub fn from_parts(certificate_der: &[u8], pkcs8_der: &[u8]) -> Result<Self> {
        let certificate = Certificate::from_der(certificate_der)?;
        let key = PrivateKey::from_der(pkcs8_der)?;
        Ok(Self {
            identity: Identity::new(certificate, Vec::new(), key)?,
            serials: Serials::Random,
        })
    }

    /// The authority's own certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        self.identity.certificate()
    }

    /// The authority's key, for storage.
    #[must_use]
    pub fn key(&self) -> &PrivateKey {
        self.identity.key()
    }

    /// A fresh key with a certificate for signing; its chain is the authority.
    ///
    /// # Errors
    /// [`ErrorKind::RandomUnavailable`], [`ErrorKind::Issue`].
    pub fn issue_signing(
        &self,
        subject: &Subject,
        kind: KeyKind,
        validity: Validity,
    ) -> Result<Identity> {
        let key = PrivateKey::generate(kind)?;
        let certificate = self.issue(subject, key.spki_der(), Usage::Signing, validity)?;
        Identity::new(certificate, vec![self.certificate().clone()], key)
    }

    /// A certificate for signing with a key that somebody else holds.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedKey`], [`ErrorKind::Issue`].
    pub fn certify_signing(
        &self,
        subject: &Subject,
        spki_der: &[u8],
        validity: Validity,
    ) -> Result<Certificate> {
        self.issue(subject, spki_der, Usage::Signing, validity)
    }

    /// A certificate for a key that wraps session keys and tokens.
    ///
    /// # Errors
    /// [`ErrorKind::Issue`].
    pub fn certify_encryption(
        &self,
        subject: &Subject,
        key: &rsa_oaep::PublicKey,
        validity: Validity,
    ) -> Result<Certificate> {
        self.issue(subject, key.spki_der(), Usage::Encryption, validity)
    }

    /// A KSeF certificate for a request: its subject is that of the request, its key usage the one of its type, its
    /// serial number eight bytes. Whether the request is in order is for the caller to judge.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedKey`], [`ErrorKind::Issue`].
    pub fn certify_request(
        &self,
        request: &CertificateRequest,
        kind: KsefCertificateKind,
        validity: Validity,
    ) -> Result<Certificate> {
        let usage = match kind {
            KsefCertificateKind::Authentication => Usage::KsefAuthentication,
            KsefCertificateKind::Offline => Usage::KsefOffline,
        };
        let name = issuing::name_again(request.subject())?;
        self.issue_to(name, request.spki_der(), usage, validity)
    }

    fn issue(
        &self,
        subject: &Subject,
        spki: &[u8],
        usage: Usage,
        validity: Validity,
    ) -> Result<Certificate> {
        self.issue_to(subject.name()?, spki, usage, validity)
    }

    fn issue_to(
        &self,
        name: rcgen::DistinguishedName,
        spki: &[u8],
        usage: Usage,
        validity: Validity,
    ) -> Result<Certificate> {
        let made = issuing::issued(
            name,
            spki,
            usage,
            validity,
            self.certificate(),
            self.key(),
            &self.serials,
        )?;
        // The issuer's name is written anew from its attributes; it must come out the same.
        if made.issuer().der() == self.certificate().subject().der() {
            Ok(made)
        } else {
            Err(ErrorKind::Issue.into())
        }
    }
}

/// The types of KSeF certificates (facts 06 §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KsefCertificateKind {
    /// For signing in: key usage digital signature.
    Authentication,
    /// For code II of invoices issued offline: key usage content commitment.
    Offline,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Authority").field(&self.identity).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rsa_oaep::Bits;

    #[test]
    fn what_it_issues_is_issued_by_it_also_after_storage() {
        let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 3650);
        for kind in [KeyKind::EcP256, KeyKind::Rsa2048] {
            let subject = Subject::service("Zażółć", "Urząd certyfikacji");
            let fresh = Authority::generate(&subject, kind, validity).unwrap();
            let stored =
                Authority::from_parts(fresh.certificate().der(), fresh.key().pkcs8_der()).unwrap();
            let seal_subject = Subject::service("Zażółć", "Pieczęć UPO");
            let seal = stored
                .issue_signing(&seal_subject, KeyKind::Rsa2048, validity)
                .unwrap();
            seal.certificate()
                .verify_issued_by(fresh.certificate())
                .unwrap();
            assert_eq!(seal.chain(), [fresh.certificate().clone()]);
            assert!(!seal.certificate().is_self_signed());

            let key = rsa_oaep::PrivateKey::generate(Bits::Rsa2048).unwrap();
            let public = key.public_key().unwrap();
            let subject = Subject::service("Zażółć", "Szyfrowanie");
            let certificate = stored
                .certify_encryption(&subject, &public, validity)
                .unwrap();
            certificate.verify_issued_by(fresh.certificate()).unwrap();
            assert_eq!(certificate.public_key_id(), key.key_id());

            let other = Authority::generate(&subject, kind, validity).unwrap();
            assert_eq!(
                certificate
                    .verify_issued_by(other.certificate())
                    .unwrap_err()
                    .kind(),
                &ErrorKind::SignatureMismatch
            );
        }
    }
}

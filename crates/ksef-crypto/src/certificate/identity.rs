//! A certificate with its private key.

use std::fmt;

use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error as ContainerError;
use pkcs8::der::ErrorKind as DerErrorKind;

use super::{Certificate, PrivateKey, pem};
use crate::error::{Error, ErrorKind, Result};

/// A certificate, the certificates above it as far as they are known, and its private key.
#[derive(Clone)]
pub struct Identity {
    certificate: Certificate,
    chain: Vec<Certificate>,
    key: PrivateKey,
}

impl Identity {
    /// Puts the parts together. `chain` may hold any certificates in any order: those above
    /// `certificate` are kept, nearest first.
    ///
    /// # Errors
    /// [`ErrorKind::KeyMismatch`].
    pub fn new(certificate: Certificate, chain: Vec<Certificate>, key: PrivateKey) -> Result<Self> {
        if !key.belongs_to(certificate.spki_der()) {
            return Err(ErrorKind::KeyMismatch.into());
        }
        let chain = ordered_chain(&certificate, chain);
        Ok(Self {
            certificate,
            chain,
            key,
        })
    }

    /// Reads a certificate file (PEM with any number of certificates, or DER) and a key file (see
    /// [`PrivateKey::from_bytes`]).
    ///
    /// # Errors
    /// As [`Certificate::all_from_bytes`] and [`PrivateKey::from_bytes`];
    /// [`ErrorKind::KeyMismatch`] when no certificate belongs to the key.
    pub fn from_certificate_and_key(
        certificates: &[u8],
        key: &[u8],
        password: Option<&str>,
    ) -> Result<Self> {
        let certificates = Certificate::all_from_bytes(certificates)?;
        Self::matching(certificates, PrivateKey::from_bytes(key, password)?)
    }

    /// Reads one PEM text that holds the key and its certificates.
    ///
    /// # Errors
    /// As [`Identity::from_certificate_and_key`].
    pub fn from_pem(pem: &[u8], password: Option<&str>) -> Result<Self> {
        Self::from_certificate_and_key(pem, pem, password)
    }

    /// Reads one file that holds everything: PEM ([`Identity::from_pem`]) or PKCS#12
    /// ([`Identity::from_pkcs12`], with the empty password when there is none).
    ///
    /// # Errors
    /// As these; [`ErrorKind::PasswordRequired`] when there is none and the empty one is wrong.
    pub fn from_bytes(bytes: &[u8], password: Option<&str>) -> Result<Self> {
        if pem::is_pem(bytes) {
            return Self::from_pem(bytes, password);
        }
        match (
            Self::from_pkcs12(bytes, password.unwrap_or_default()),
            password,
        ) {
            (Err(error), None) if *error.kind() == ErrorKind::WrongPassword => {
                Err(ErrorKind::PasswordRequired.into())
            }
            (result, _) => result,
        }
    }

    /// Reads a PKCS#12 container with exactly one private key. A container without a password is
    /// opened by the empty one.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedContainer`], [`ErrorKind::WrongPassword`],
    /// [`ErrorKind::UnsupportedContainer`], [`ErrorKind::NoPrivateKey`],
    /// [`ErrorKind::SeveralPrivateKeys`], [`ErrorKind::NoCertificate`],
    /// [`ErrorKind::MalformedCertificate`], [`ErrorKind::UnsupportedKey`],
    /// [`ErrorKind::KeyMismatch`].
    pub fn from_pkcs12(der: &[u8], password: &str) -> Result<Self> {
        let archive = Pkcs12Archive::from_pkcs12(der, password).map_err(container_error)?;
        let key = match &archive.keys[..] {
            [] => return Err(ErrorKind::NoPrivateKey.into()),
            [bag] => PrivateKey::from_der(bag.key.as_der())?,
            keys => return Err(ErrorKind::SeveralPrivateKeys { found: keys.len() }.into()),
        };
        let certificates: Vec<Certificate> = archive
            .certs
            .iter()
            .map(|bag| Certificate::from_der(bag.cert.as_der()))
            .collect::<Result<_>>()?;
        if certificates.is_empty() {
            return Err(ErrorKind::NoCertificate.into());
        }
        Self::matching(certificates, key)
    }

    fn matching(mut certificates: Vec<Certificate>, key: PrivateKey) -> Result<Self> {
        let index = certificates
            .iter()
            .position(|certificate| key.belongs_to(certificate.spki_der()))
            .ok_or(ErrorKind::KeyMismatch)?;
        let certificate = certificates.swap_remove(index);
        Self::new(certificate, certificates, key)
    }

    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificates above it, nearest first.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The certificate followed by its chain.
    #[must_use]
    pub fn certificates(&self) -> Vec<Certificate> {
        std::iter::once(&self.certificate)
            .chain(&self.chain)
            .cloned()
            .collect()
    }

    /// The private key.
    #[must_use]
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("certificate", &self.certificate)
            .field("chain", &self.chain.len())
            .field("key", &self.key)
            .finish()
    }
}

/// The certificates above `certificate`, by name, nearest first; the others are left out.
pub(crate) fn ordered_chain(
    certificate: &Certificate,
    mut rest: Vec<Certificate>,
) -> Vec<Certificate> {
    let mut chain = Vec::new();
    let mut below = certificate.clone();
    while below.issuer() != below.subject() {
        let Some(index) = rest
            .iter()
            .position(|candidate| candidate.subject().der() == below.issuer().der())
        else {
            break;
        };
        below = rest.swap_remove(index);
        chain.push(below.clone());
    }
    chain
}

fn container_error(error: ContainerError) -> Error {
    let unsupported = |reason: &str| ErrorKind::UnsupportedContainer {
        reason: reason.to_owned(),
    };
    let kind = match &error {
        // A container without a MAC shows a wrong password only by what it decrypts to.
        ContainerError::MacError(_)
        | ContainerError::UnpadError
        | ContainerError::InvalidPrivateKey
        | ContainerError::Pkcs5Error(_) => ErrorKind::WrongPassword,
        ContainerError::UnsupportedEncryptionScheme => {
            unsupported("has an old encryption or a rare MAC")
        }
        ContainerError::UnsupportedMacAlgorithm => unsupported("has a rare MAC"),
        ContainerError::InvalidParameters => unsupported("asks for over a million iterations"),
        ContainerError::X509Error(_) => ErrorKind::MalformedCertificate,
        ContainerError::DerError(error) => match error.kind() {
            DerErrorKind::IndefiniteLength => unsupported("has lengths left open (BER, not DER)"),
            DerErrorKind::OidUnknown { oid } => unsupported(&format!("has the encryption {oid}")),
            _ => ErrorKind::MalformedContainer,
        },
        _ => ErrorKind::MalformedContainer,
    };
    Error::with_source(kind, error.to_string())
}

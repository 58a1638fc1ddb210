//! Writing certificates with rcgen; [`self_signed`](crate::self_signed) and
//! [`authority`](crate::authority) stand on it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, SerialNumber, SignatureAlgorithm,
};

use crate::certificate::{Certificate, DistinguishedName as ReadName, PrivateKey};
use crate::error::{Error, ErrorKind, Result};
use crate::seeded::Stream;
use crate::self_signed::{Subject, Validity};
use crate::signature::KeyAlgorithm;

/// What a certificate may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    /// Signing documents: digital signature and content commitment.
    Signing,
    /// A KSeF certificate of type `Authentication`: digital signature alone.
    KsefAuthentication,
    /// A KSeF certificate of type `Offline`: content commitment alone.
    KsefOffline,
    /// Wrapping keys: key and data encipherment.
    Encryption,
    /// Issuing certificates.
    Authority,
}

/// A certificate signed with its own key.
pub(crate) fn self_signed(
    subject: &Subject,
    key: &PrivateKey,
    usage: Usage,
    validity: Validity,
    serials: &Serials,
) -> Result<Certificate> {
    let certificate = params(subject.name()?, usage, validity, serials)?
        .self_signed(&key_pair(key)?)
        .map_err(failed)?;
    Certificate::from_der(certificate.der())
}

/// A certificate request for this name, signed with its own key, without any attributes or extensions.
pub(crate) fn requested(name: DistinguishedName, key: &PrivateKey) -> Result<Vec<u8>> {
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    let request = params.serialize_request(&key_pair(key)?).map_err(failed)?;
    Ok(request.der().to_vec())
}

/// A certificate for the public key in `spki`, signed by `issuer_key` in the name of `issuer`.
pub(crate) fn issued(
    subject: DistinguishedName,
    spki: &[u8],
    usage: Usage,
    validity: Validity,
    issuer: &Certificate,
    issuer_key: &PrivateKey,
    serials: &Serials,
) -> Result<Certificate> {
    // Of the issuer's parameters only its name, its key usages and its key matter here.
    let name = name_again(issuer.subject())?;
    let mut above = params(name, Usage::Authority, validity, &Serials::Random)?;
    above.serial_number = None;
    let public = SubjectKey::of(spki)?;
    let certificate = params(subject, usage, validity, serials)?
        .signed_by(&public, &Issuer::from_params(&above, key_pair(issuer_key)?))
        .map_err(failed)?;
    Certificate::from_der(certificate.der())
}

/// The name of a subject, from object identifiers and values.
pub(crate) fn name<'a>(
    attributes: impl IntoIterator<Item = (&'a str, &'a str, bool)>,
) -> Result<DistinguishedName> {
    let mut name = DistinguishedName::new();
    for (oid, value, printable) in attributes {
        let value = if printable {
            DnValue::PrintableString(value.try_into().map_err(failed)?)
        } else {
            DnValue::Utf8String(value.to_owned())
        };
        let arcs: Vec<u64> = oid.split('.').filter_map(|arc| arc.parse().ok()).collect();
        name.push(DnType::from_oid(&arcs), value);
    }
    Ok(name)
}

/// A name, written as it was read: in the same order, printable strings as such and all others as UTF-8.
pub(crate) fn name_again(read: &ReadName) -> Result<DistinguishedName> {
    name(read.attributes().iter().map(|a| {
        (
            a.oid.as_str(),
            a.value.as_str(),
            a.tag == crate::certificate::PRINTABLE_STRING,
        )
    }))
}

fn params(
    distinguished_name: DistinguishedName,
    usage: Usage,
    validity: Validity,
    serials: &Serials,
) -> Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name = distinguished_name;
    params.not_before = rcgen::date_time_ymd(1970, 1, 1) + since_1970(validity.not_before)?;
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + since_1970(validity.not_after)?;
    params.serial_number = Some(serials.next()?);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = match usage {
        Usage::Signing => {
            vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::ContentCommitment,
            ]
        }
        Usage::KsefAuthentication => vec![KeyUsagePurpose::DigitalSignature],
        Usage::KsefOffline => vec![KeyUsagePurpose::ContentCommitment],
        Usage::Encryption => {
            vec![
                KeyUsagePurpose::KeyEncipherment,
                KeyUsagePurpose::DataEncipherment,
            ]
        }
        Usage::Authority => vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign],
    };
    params.is_ca = match usage {
        Usage::Authority => IsCa::Ca(BasicConstraints::Constrained(0)),
        _ => IsCa::ExplicitNoCa,
    };
    Ok(params)
}

/// rcgen speaks of time in types of its own; a duration since 1970 names an instant without them.
pub(crate) fn since_1970(instant: jiff::Timestamp) -> Result<Duration> {
    u64::try_from(instant.as_second())
        .map(Duration::from_secs)
        .map_err(failed)
}

/// Where serial numbers come from.
#[derive(Clone, Debug)]
pub(crate) enum Serials {
    /// The operating system's randomness.
    Random,
    /// What a seed determines.
    Seeded(Arc<Mutex<Stream>>),
}

impl Serials {
    /// Eight bytes, positive and without a leading zero: as long as KSeF's own.
    fn next(&self) -> Result<SerialNumber> {
        let mut bytes = [0; 8];
        match self {
            Self::Random => {
                aws_lc_rs::rand::fill(&mut bytes).map_err(|_| ErrorKind::RandomUnavailable)?;
            }
            Self::Seeded(stream) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                stream.fill(&mut bytes);
            }
        }
        bytes[0] = bytes[0] & 0x3f | 0x40;
        Ok(SerialNumber::from(bytes.to_vec()))
    }
}

fn key_pair(key: &PrivateKey) -> Result<KeyPair> {
    KeyPair::from_pkcs8_der_and_sign_algo(
        &key.pkcs8_der().into(),
        signature_algorithm(key.algorithm())?,
    )
    .map_err(failed)
}

fn signature_algorithm(key: KeyAlgorithm) -> Result<&'static SignatureAlgorithm> {
    Ok(match key {
        KeyAlgorithm::Rsa { .. } => &rcgen::PKCS_RSA_SHA256,
        KeyAlgorithm::EcP256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        KeyAlgorithm::EcP384 => &rcgen::PKCS_ECDSA_P384_SHA384,
        other => {
            return Err(ErrorKind::UnsupportedKey {
                found: format!("{other:?}"),
            }
            .into());
        }
    })
}

/// The public key of a certificate to be issued.
struct SubjectKey {
    bits: Vec<u8>,
    algorithm: &'static SignatureAlgorithm,
}

impl SubjectKey {
    fn of(spki: &[u8]) -> Result<Self> {
        let bits = crate::asn1::single(spki)
            .and_then(|spki| spki.inside().nth(1))
            .and_then(|bits| bits.bits())
            .ok_or_else(|| ErrorKind::UnsupportedKey {
                found: "malformed public key".into(),
            })?;
        let algorithm = signature_algorithm(KeyAlgorithm::of_spki(spki)?)?;
        Ok(Self {
            bits: bits.to_vec(),
            algorithm,
        })
    }
}

impl PublicKeyData for SubjectKey {
    fn der_bytes(&self) -> &[u8] {
        &self.bits
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::with_source(ErrorKind::Issue, error)
}

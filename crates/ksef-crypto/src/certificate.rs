//! Certificates, private keys, and the two together as an [`Identity`].
//!
//! Reading is lenient: what a certificate says is reported, and only what makes it unusable is an
//! error. KSeF's TEST certificates carry, for instance, `ecdsa-with-SHA512` with NULL parameters
//! and serial numbers of eight bytes.
//!
//! | input | how |
//! |---|---|
//! | certificate in PEM or DER | [`Certificate::from_pem`], [`Certificate::from_der`] |
//! | private key: PKCS#8 (plain, or PBES2-encrypted), SEC 1, PKCS#1; PEM or DER | [`PrivateKey::from_bytes`] |
//! | certificate file and key file | [`Identity::from_certificate_and_key`] |
//! | one PEM file with both | [`Identity::from_pem`] |
//! | PKCS#12 (`.p12`, `.pfx`) | [`Identity::from_pkcs12`] |
//! | either of the last two | [`Identity::from_bytes`] |
//!
//! Private keys encrypted by the old PBES1 schemes (`PBE-SHA1-3DES` and its kin) or in OpenSSL's
//! traditional PEM encryption (`DEK-Info`) are refused with
//! [`ErrorKind::UnsupportedEncryption`], whose message gives the command that converts them.
//! Inside PKCS#12 `PBE-SHA1-3DES` and `PBE-SHA1-RC2-40` are read, which OpenSSL and Windows wrote for
//! long; rarer schemes, and containers in BER with open lengths, are refused with
//! [`ErrorKind::UnsupportedContainer`], which also says how to convert them.

mod identity;
mod key_usage;
mod name;
mod pem;
mod private_key;
mod subject;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use ksef_core::fingerprint::Fingerprint;
use ksef_core::key_id::KeyId;

pub use self::identity::Identity;
#[cfg(feature = "pkcs11")]
pub(crate) use self::identity::ordered_chain;
pub use self::key_usage::KeyUsage;
pub use self::name::{Attribute, DistinguishedName};
pub(crate) use self::name::{PRINTABLE_STRING, oid};
pub use self::private_key::{KeyKind, PrivateKey};
pub use self::subject::{SubjectIdentity, SubjectKind};

use crate::asn1::{self, Element};
use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result};
use crate::signature::{self, KeyAlgorithm, SignatureScheme};

/// An X.509 certificate. Cheap to clone.
#[derive(Clone)]
pub struct Certificate {
    inner: Arc<Fields>,
}

struct Fields {
    der: Vec<u8>,
    to_be_signed: Range<usize>,
    spki: Range<usize>,
    signature_algorithm: Range<usize>,
    signature: Range<usize>,
    serial: Vec<u8>,
    issuer: DistinguishedName,
    subject: DistinguishedName,
    not_before: Timestamp,
    not_after: Timestamp,
    constraints: BasicConstraints,
    key_usage: Option<KeyUsage>,
    critical_extensions: Vec<String>,
}

/// `basicConstraints` (RFC 5280 §4.2.1.9).
#[derive(Clone, Copy, Debug, Default)]
struct BasicConstraints {
    is_authority: bool,
    path_length: Option<u32>,
}

impl Certificate {
    /// Reads a DER certificate.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedCertificate`].
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let fields = read(der).ok_or(ErrorKind::MalformedCertificate)?;
        Ok(Self {
            inner: Arc::new(fields),
        })
    }

    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// [`ErrorKind::NoCertificate`], [`ErrorKind::MalformedCertificate`].
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        Self::all_from_bytes(pem)?
            .into_iter()
            .next()
            .ok_or_else(|| Error::new(ErrorKind::NoCertificate))
    }

    /// Reads one DER certificate or all certificates of a PEM text, in their order.
    ///
    /// # Errors
    /// [`ErrorKind::NoCertificate`], [`ErrorKind::MalformedCertificate`].
    pub fn all_from_bytes(bytes: &[u8]) -> Result<Vec<Self>> {
        if !pem::is_pem(bytes) {
            return Ok(vec![Self::from_der(bytes)?]);
        }
        let found: Vec<Self> = pem::blocks(bytes)
            .map_err(|_| ErrorKind::MalformedCertificate)?
            .iter()
            .filter(|block| CERTIFICATE_LABELS.contains(&block.label.as_str()))
            .map(|block| Self::from_der(&block.bytes))
            .collect::<Result<_>>()?;
        if found.is_empty() {
            Err(ErrorKind::NoCertificate.into())
        } else {
            Ok(found)
        }
    }

    /// The DER bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.inner.der
    }

    /// The certificate as PEM text.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode("CERTIFICATE", self.der())
    }

    /// The DER SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        self.slice(&self.inner.spki)
    }

    /// Whose certificate it is.
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.inner.subject
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &DistinguishedName {
        &self.inner.issuer
    }

    /// The serial number, big endian, without leading zeros. Negative ones, which RFC 5280 forbids,
    /// are read as if they were not.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.inner.serial
    }

    /// The serial number in decimal, as XML signatures write it.
    #[must_use]
    pub fn serial_decimal(&self) -> String {
        asn1::decimal(self.serial())
    }

    /// The serial number in upper-case hexadecimal, an even number of digits: KSeF's
    /// `certificateSerialNumber`.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        let hex = asn1::hex(self.serial()).to_ascii_uppercase();
        if hex.is_empty() { "00".to_owned() } else { hex }
    }

    /// Start of the validity.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.inner.not_before
    }

    /// End of the validity, inclusive. "No end" (RFC 5280 §4.1.2.5) is [`Timestamp::MAX`].
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.inner.not_after
    }

    /// Whether the validity covers this instant.
    #[must_use]
    pub fn is_valid_at(&self, instant: Timestamp) -> bool {
        self.not_before() <= instant && instant <= self.not_after()
    }

    /// SHA-256 of the DER, 64 upper-case hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::from_digest(&sha256(self.der()))
    }

    /// `certificateId`: Base64 of the SHA-256 of the DER (facts 01 §14).
    #[must_use]
    pub fn certificate_id(&self) -> KeyId {
        KeyId::from_digest(&sha256(self.der()))
    }

    /// `publicKeyId`: Base64 of the SHA-256 of the SubjectPublicKeyInfo (facts 01 §14).
    #[must_use]
    pub fn public_key_id(&self) -> KeyId {
        KeyId::from_digest(&sha256(self.spki_der()))
    }

    /// The kind of the public key.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedKey`].
    pub fn key_algorithm(&self) -> Result<KeyAlgorithm> {
        KeyAlgorithm::of_spki(self.spki_der())
    }

    /// Whom KSeF takes the subject for: the kind and the recognised identifier.
    #[must_use]
    pub fn subject_identity(&self) -> SubjectIdentity {
        SubjectIdentity::of(self.subject())
    }

    /// Whether subject and issuer are the same and the certificate is signed with its own key.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        self.verify_issued_by(self).is_ok()
    }

    /// Whether its basic constraints allow it to issue certificates.
    #[must_use]
    pub fn is_authority(&self) -> bool {
        self.inner.constraints.is_authority
    }

    /// How many authorities may stand between it and a certificate that is no authority
    /// (`pathLenConstraint`); `None` when its basic constraints set no limit.
    #[must_use]
    pub fn path_length(&self) -> Option<u32> {
        self.inner.constraints.path_length
    }

    /// Object identifiers of the extensions that must be understood by whoever relies on it.
    #[must_use]
    pub fn critical_extensions(&self) -> &[String] {
        &self.inner.critical_extensions
    }

    /// The scheme in which its issuer signed it.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedSignature`].
    pub fn signature_scheme(&self) -> Result<SignatureScheme> {
        signature::scheme_of(self.slice(&self.inner.signature_algorithm))
    }

    /// What its key may be used for; `None` when the certificate does not say.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.inner.key_usage
    }

    /// Checks that `issuer` signed this certificate: the names match and the signature verifies.
    /// Validity, revocation and the right to issue are not judged.
    ///
    /// # Errors
    /// [`ErrorKind::SignatureMismatch`], [`ErrorKind::UnsupportedSignature`],
    /// [`ErrorKind::UnsupportedKey`].
    pub fn verify_issued_by(&self, issuer: &Self) -> Result<()> {
        if self.issuer().der() != issuer.subject().der() {
            return Err(ErrorKind::SignatureMismatch.into());
        }
        signature::verify(
            issuer.spki_der(),
            self.signature_scheme()?,
            self.slice(&self.inner.to_be_signed),
            self.slice(&self.inner.signature),
        )
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.inner.der.get(range.clone()).unwrap_or_default()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject().to_string())
            .field("serial", &self.serial_hex())
            .field("not_after", &self.not_after())
            .finish_non_exhaustive()
    }
}

fn read(der: &[u8]) -> Option<Fields> {
    let mut certificate = asn1::single(der)
        .filter(|e| e.tag == asn1::SEQUENCE)?
        .inside();
    let to_be_signed = certificate.expect(asn1::SEQUENCE)?;
    let signature_algorithm = certificate.expect(asn1::SEQUENCE)?;
    let signature = certificate.expect(asn1::BIT_STRING)?.bits()?;
    let mut fields = to_be_signed.inside();
    fields.optional(VERSION);
    let serial = fields.expect(asn1::INTEGER)?.integer()?.to_vec();
    if serial.len() > SERIAL_BYTES_MAX {
        return None;
    }
    fields.expect(asn1::SEQUENCE)?;
    let issuer = DistinguishedName::read(&fields.expect(asn1::SEQUENCE)?)?;
    let mut validity = fields.expect(asn1::SEQUENCE)?.inside();
    let not_before = instant(&validity.next()?)?;
    let not_after = instant(&validity.next()?)?;
    let subject = DistinguishedName::read(&fields.expect(asn1::SEQUENCE)?)?;
    let spki = fields.expect(asn1::SEQUENCE)?;
    let extensions = fields.find(|field| field.tag == EXTENSIONS);
    Some(Fields {
        constraints: extensions
            .and_then(|all| basic_constraints(&all))
            .unwrap_or_default(),
        key_usage: extensions.and_then(|all| KeyUsage::read(&all)),
        critical_extensions: extensions.map_or_else(Vec::new, |all| critical(&all)),
        to_be_signed: range_in(der, to_be_signed.whole)?,
        spki: range_in(der, spki.whole)?,
        signature_algorithm: range_in(der, signature_algorithm.whole)?,
        signature: range_in(der, signature)?,
        der: der.to_vec(),
        serial,
        issuer,
        subject,
        not_before,
        not_after,
    })
}

/// What `basicConstraints` says, when it stands among the extensions.
fn basic_constraints(extensions: &Element<'_>) -> Option<BasicConstraints> {
    let mut parts = extension(extensions, BASIC_CONSTRAINTS)?.inside();
    let flag = parts.optional(BOOLEAN);
    let length = parts.optional(asn1::INTEGER).map(|number| {
        // One that does not fit is larger than any chain.
        let digits = number.integer().unwrap_or_default();
        let fold =
            |sum: Option<u32>, digit: &u8| sum?.checked_mul(256)?.checked_add((*digit).into());
        digits.iter().fold(Some(0), fold).unwrap_or(u32::MAX)
    });
    Some(BasicConstraints {
        is_authority: flag.is_some_and(|flag| flag.content != [0]),
        path_length: length,
    })
}

/// The object identifiers of the extensions marked critical.
fn critical(extensions: &Element<'_>) -> Vec<String> {
    let list = extensions.inside().expect(asn1::SEQUENCE);
    let is_critical = |extension: Element<'_>| {
        let mut parts = extension.inside();
        let named = parts.next()?.oid()?;
        let flag = parts.optional(BOOLEAN)?;
        (flag.content != [0]).then_some(named)
    };
    list.map_or_else(Vec::new, |list| {
        list.inside().filter_map(is_critical).collect()
    })
}

/// The value of the extension with this object identifier.
fn extension<'a>(extensions: &Element<'a>, oid: &str) -> Option<Element<'a>> {
    let mut list = extensions.inside().expect(asn1::SEQUENCE)?.inside();
    list.find_map(|extension| {
        let mut parts = extension.inside();
        let named = parts.next()?.oid()?;
        parts.optional(BOOLEAN);
        let value = parts.expect(OCTET_STRING)?;
        (named == oid).then(|| asn1::single(value.content))?
    })
}

/// Where `part`, a slice of `whole`, lies in it.
pub(crate) fn range_in(whole: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= whole.len()).then_some(start..end)
}

/// UTCTime `yyMMddHHmmssZ` or GeneralizedTime `yyyyMMddHHmmssZ` (RFC 5280 §4.1.2.5).
fn instant(time: &Element<'_>) -> Option<Timestamp> {
    let text = std::str::from_utf8(time.content).ok()?.strip_suffix('Z')?;
    let (year_digits, century) = match time.tag {
        UTC_TIME => (2, true),
        GENERALIZED_TIME => (4, false),
        _ => return None,
    };
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let year = number(0, year_digits)?;
    let year = match (century, year) {
        (false, year) => year,
        (true, 50..) => year + 1900,
        (true, _) => year + 2000,
    };
    let part = |index: usize| {
        let from = year_digits + index * 2;
        i8::try_from(number(from, from + 2)?).ok()
    };
    DateTime::new(
        year,
        part(0)?,
        part(1)?,
        part(2)?,
        part(3)?,
        part(4).unwrap_or(0),
        0,
    )
    .ok()
    .map(|utc| {
        // "No well-defined end", 99991231235959Z, lies a day behind what a timestamp holds.
        utc.to_zoned(jiff::tz::TimeZone::UTC)
            .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    })
}

const CERTIFICATE_LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];
/// RFC 5280 §4.1.2.2 allows 20 bytes. Writing a number in decimal costs the square of its length.
const SERIAL_BYTES_MAX: usize = 64;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const BOOLEAN: u8 = 0x01;
const OCTET_STRING: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

#[cfg(test)]
mod tests;

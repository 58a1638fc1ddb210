//! Certificate requests (PKCS#10), as KSeF takes them when somebody applies for a certificate.
//!
//! The request carries exactly the attributes that KSeF gives for it, with the same values. They are written in the
//! order and in the string types of the official client; whether KSeF minds either is not known, and
//! [`CertificateRequest::matches`] does not.
//!
//! ```
//! use ksef_crypto::certificate::{KeyKind, PrivateKey};
//! use ksef_crypto::csr::{CertificateRequest, RequestSubject};
//!
//! # fn main() -> ksef_crypto::error::Result<()> {
//! let mut subject = RequestSubject::new("Przykład sp. z o.o.", "PL");
//! subject.organization = Some("Przykład sp. z o.o.".into());
//! subject.organization_identifier = Some("VATPL-5265877635".into());
//! let key = PrivateKey::generate(KeyKind::EcP256)?;
//! let request = CertificateRequest::sign(&subject, &key)?;
//! request.verify_signature()?;
//! assert!(request.matches(&subject));
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::ops::Range;

use crate::asn1;
use crate::certificate::oid::{
    COMMON_NAME, COUNTRY, GIVEN_NAME, ORGANIZATION, ORGANIZATION_IDENTIFIER, SERIAL_NUMBER,
    SURNAME, UNIQUE_IDENTIFIER,
};
use crate::certificate::{DistinguishedName, PrivateKey, range_in};
use crate::error::{ErrorKind, Result};
use crate::issuing;
use crate::signature::{self, KeyAlgorithm, SignatureScheme};

/// The subject of a request: what KSeF gives for it (facts 06 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSubject {
    /// `commonName`, 2.5.4.3.
    pub common_name: String,
    /// `surname`, 2.5.4.4.
    pub surname: Option<String>,
    /// `givenName`, 2.5.4.42.
    pub given_name: Option<String>,
    /// `organizationName`, 2.5.4.10.
    pub organization: Option<String>,
    /// `organizationIdentifier`, 2.5.4.97.
    pub organization_identifier: Option<String>,
    /// `countryName`, 2.5.4.6.
    pub country: String,
    /// `serialNumber`, 2.5.4.5.
    pub serial_number: Option<String>,
    /// `x500UniqueIdentifier`, 2.5.4.45.
    pub unique_identifier: Option<String>,
}

impl RequestSubject {
    /// The two attributes that every subject has.
    #[must_use]
    pub fn new(common_name: impl Into<String>, country: impl Into<String>) -> Self {
        Self {
            common_name: common_name.into(),
            surname: None,
            given_name: None,
            organization: None,
            organization_identifier: None,
            country: country.into(),
            serial_number: None,
            unique_identifier: None,
        }
    }

    /// Object identifiers and values of what is there, in the order of the official client.
    fn attributes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            (COMMON_NAME, Some(&self.common_name)),
            (SURNAME, self.surname.as_ref()),
            (GIVEN_NAME, self.given_name.as_ref()),
            (ORGANIZATION, self.organization.as_ref()),
            (
                ORGANIZATION_IDENTIFIER,
                self.organization_identifier.as_ref(),
            ),
            (COUNTRY, Some(&self.country)),
            (SERIAL_NUMBER, self.serial_number.as_ref()),
            (UNIQUE_IDENTIFIER, self.unique_identifier.as_ref()),
        ]
        .into_iter()
        .filter_map(|(oid, value)| Some((oid, value?.as_str())))
    }
}

/// A certificate request.
#[derive(Clone)]
pub struct CertificateRequest {
    der: Vec<u8>,
    to_be_signed: Range<usize>,
    spki: Range<usize>,
    signature_algorithm: Range<usize>,
    signature: Range<usize>,
    subject: DistinguishedName,
}

impl CertificateRequest {
    /// A request for this subject, signed with its key in [`PrivateKey::scheme`].
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedKey`], [`ErrorKind::Issue`].
    pub fn sign(subject: &RequestSubject, key: &PrivateKey) -> Result<Self> {
        let attributes = subject.attributes().map(|(oid, value)| {
            // X.520 allows PrintableString only for these two. A value that does not fit it goes as UTF-8 all the same:
            // it was KSeF that gave it.
            let printable = (oid == COUNTRY || oid == SERIAL_NUMBER) && is_printable(value);
            (oid, value, printable)
        });
        Self::from_der(&issuing::requested(issuing::name(attributes)?, key)?)
    }

    /// Reads a DER request.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedRequest`].
    pub fn from_der(der: &[u8]) -> Result<Self> {
        read(der).ok_or_else(|| ErrorKind::MalformedRequest.into())
    }

    /// The DER bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The DER SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        self.slice(&self.spki)
    }

    /// For whom the certificate is to be.
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// The kind of the public key.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedKey`].
    pub fn key_algorithm(&self) -> Result<KeyAlgorithm> {
        KeyAlgorithm::of_spki(self.spki_der())
    }

    /// How the request is signed.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedSignature`].
    pub fn signature_scheme(&self) -> Result<SignatureScheme> {
        signature::scheme_of(self.slice(&self.signature_algorithm))
    }

    /// Checks that the request is signed with the key that it names.
    ///
    /// # Errors
    /// [`ErrorKind::SignatureMismatch`], [`ErrorKind::UnsupportedSignature`], [`ErrorKind::UnsupportedKey`].
    pub fn verify_signature(&self) -> Result<()> {
        signature::verify(
            self.spki_der(),
            self.signature_scheme()?,
            self.slice(&self.to_be_signed),
            self.slice(&self.signature),
        )
    }

    /// Whether the subject has exactly these attributes with these values, in any order and any string type.
    #[must_use]
    pub fn matches(&self, subject: &RequestSubject) -> bool {
        let mut found: Vec<(&str, &str)> = self
            .subject
            .attributes()
            .iter()
            .map(|attribute| (attribute.oid.as_str(), attribute.value.as_str()))
            .collect();
        let mut expected: Vec<(&str, &str)> = subject.attributes().collect();
        found.sort_unstable();
        expected.sort_unstable();
        found == expected
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.der.get(range.clone()).unwrap_or_default()
    }
}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateRequest")
            .field("subject", &self.subject.to_string())
            .finish_non_exhaustive()
    }
}

/// RFC 2986 §4. Attributes of the request (extensions that it asks for) are passed over, as KSeF issues its own.
fn read(der: &[u8]) -> Option<CertificateRequest> {
    let mut request = asn1::single(der)
        .filter(|element| element.tag == asn1::SEQUENCE)?
        .inside();
    let to_be_signed = request.expect(asn1::SEQUENCE)?;
    let signature_algorithm = request.expect(asn1::SEQUENCE)?;
    let signature = request.expect(asn1::BIT_STRING)?.bits()?;
    if request.next().is_some() {
        return None;
    }
    let mut fields = to_be_signed.inside();
    fields.expect(asn1::INTEGER)?;
    let subject = DistinguishedName::read(&fields.expect(asn1::SEQUENCE)?)?;
    let spki = fields.expect(asn1::SEQUENCE)?;
    Some(CertificateRequest {
        to_be_signed: range_in(der, to_be_signed.whole)?,
        spki: range_in(der, spki.whole)?,
        signature_algorithm: range_in(der, signature_algorithm.whole)?,
        signature: range_in(der, signature)?,
        der: der.to_vec(),
        subject,
    })
}

/// The characters of PrintableString (X.680 §41.4).
fn is_printable(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_ascii_alphanumeric() || " '()+,-./:=?".contains(character))
}

#[cfg(test)]
mod tests;

//! Making enveloped signatures.

use base64_simd::STANDARD;
use jiff::Timestamp;

use super::algorithm;
use super::prepared::{EndTag, Prepared};
use super::reference::Ids;
use super::{DSIG, SIGNED_PROPERTIES, XADES, XadesError, XadesErrorKind};
use crate::asn1;
use crate::c14n::limits::Limits;
use crate::c14n::source::Source;
use crate::c14n::{Canonicalization, Method, canonicalize};
use crate::certificate::{Certificate, Identity};
use crate::digest::sha256;
use crate::signature::SignatureScheme;

/// Somebody who holds a private key: a file, a card, a service.
///
/// The methods are synchronous, as those of PKCS#11 are; run them where waiting is allowed.
pub trait Signer {
    /// The signer's certificate, followed by those above it as far as they are known.
    fn certificates(&self) -> Vec<Certificate>;

    /// The scheme in which [`Signer::sign`] signs: RSASSA-PKCS1-v1_5, RSASSA-PSS, or ECDSA with R
    /// and S side by side.
    fn scheme(&self) -> SignatureScheme;

    /// The signature value over `signed_info`, which is to be hashed by the signer.
    ///
    /// # Errors
    /// Whatever the holder of the key reports.
    fn sign(
        &self,
        signed_info: &[u8],
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync + 'static>>;
}

impl Signer for Identity {
    fn certificates(&self) -> Vec<Certificate> {
        Self::certificates(self)
    }

    fn scheme(&self) -> SignatureScheme {
        self.key().scheme()
    }

    fn sign(
        &self,
        signed_info: &[u8],
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync + 'static>> {
        Ok(self.key().sign(signed_info)?)
    }
}

/// Signs a document with a key in memory: RSA with SHA-256, P-256 with SHA-256, P-384 with SHA-384.
///
/// `signing_time` is written with whole seconds. KSeF compares it with its own clock; a minute in
/// the past avoids refusals by clocks that differ.
///
/// # Errors
/// [`XadesErrorKind::NotXml`] and the other kinds of unreadable documents,
/// [`XadesErrorKind::TooManySignatures`] when the document is signed already,
/// [`XadesErrorKind::DuplicateId`], because its signature would not verify,
/// [`XadesErrorKind::Signing`].
pub fn sign_enveloped(
    xml: &[u8],
    identity: &Identity,
    signing_time: Timestamp,
) -> Result<Vec<u8>, XadesError> {
    let key = identity.key();
    let prepared = prepare(xml, &identity.certificates(), key.scheme(), signing_time)?;
    let value = key
        .sign(prepared.signed_info())
        .map_err(|error| XadesError::with_source(XadesErrorKind::Signing, error))?;
    Ok(prepared.assemble(&value))
}

/// Signs a document with a key that lives elsewhere. The value that comes back is checked: cards
/// and services use other keys, or write ECDSA as DER, more often than one would think.
///
/// # Errors
/// As [`sign_enveloped`]; [`XadesErrorKind::NoCertificate`],
/// [`XadesErrorKind::UnsupportedAlgorithm`], and those of [`Prepared::complete`].
pub fn sign_with(
    xml: &[u8],
    signer: &(impl Signer + ?Sized),
    signing_time: Timestamp,
) -> Result<Vec<u8>, XadesError> {
    let prepared = prepare(xml, &signer.certificates(), signer.scheme(), signing_time)?;
    let value = signer
        .sign(prepared.signed_info())
        .map_err(|error| XadesError::with_source(XadesErrorKind::Signing, error))?;
    prepared.complete(&value)
}

/// The first of two steps for signers that cannot be called: everything except the signature value.
///
/// `certificates` begins with the signer's; sign [`Prepared::signed_info`] in `scheme` and hand the
/// value to [`Prepared::complete`].
///
/// # Errors
/// As [`sign_enveloped`], except for [`XadesErrorKind::Signing`];
/// [`XadesErrorKind::NoCertificate`], [`XadesErrorKind::UnsupportedAlgorithm`].
pub fn prepare(
    xml: &[u8],
    certificates: &[Certificate],
    scheme: SignatureScheme,
    signing_time: Timestamp,
) -> Result<Prepared, XadesError> {
    let method = algorithm::signature_uri(scheme).ok_or_else(|| {
        XadesError::new(XadesErrorKind::UnsupportedAlgorithm {
            uri: format!("{scheme:?}"),
        })
    })?;
    let signer = certificates.first().ok_or(XadesErrorKind::NoCertificate)?;
    let source = Source::read(xml, &Limits::default())?;
    let document = source.parse()?;
    let root = document.root_element();
    let signatures = root
        .descendants()
        .filter(|n| n.has_tag_name((DSIG, "Signature")))
        .count();
    if signatures > 0 {
        return Err(XadesErrorKind::TooManySignatures { found: signatures }.into());
    }
    Ids::collect(document.root())?;
    let content = canonicalize(document.root(), &[], &exclusive());
    let id = signature_id(xml, signing_time);
    let object = object(&id, signer, signing_time);
    let properties = canonical_part(&in_signature(&id, &object), (XADES, "SignedProperties"))?;
    let signed_info = signed_info(&id, method, &content, &properties);
    let to_be_signed = canonical_part(&in_signature(&id, &signed_info), (DSIG, "SignedInfo"))?;
    let end_tag = EndTag::of(xml, &source, root)?;
    let before_value = format!(
        "<ds:Signature xmlns:ds=\"{DSIG}\" Id=\"{id}\">{signed_info}\
         <ds:SignatureValue Id=\"{id}-value\">"
    );
    let after_value = format!(
        "</ds:SignatureValue>{}{object}</ds:Signature>",
        key_info(certificates)
    );
    Ok(Prepared {
        document: xml.to_vec(),
        end_tag,
        before_value,
        after_value,
        signed_info: to_be_signed,
        signer: signer.clone(),
        scheme,
    })
}

fn exclusive() -> Canonicalization {
    Canonicalization::new(Method::Exclusive, false)
}

/// Ids made of the content, so that the same input gives the same document; long enough not to
/// meet an Id of the document by chance.
fn signature_id(xml: &[u8], signing_time: Timestamp) -> String {
    let seed = [
        sha256(xml).as_bytes().as_slice(),
        &signing_time.as_second().to_be_bytes(),
    ]
    .concat();
    let digest = sha256(&seed);
    format!(
        "xades-{}",
        asn1::hex(digest.as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]))
    )
}

fn in_signature(id: &str, part: &str) -> String {
    format!("<ds:Signature xmlns:ds=\"{DSIG}\" Id=\"{id}\">{part}</ds:Signature>")
}

/// Canonical form of the element `name` of our own text. Exclusive C14N does not look at what
/// stands around the signature, so the text may be taken by itself.
fn canonical_part(text: &str, name: (&str, &str)) -> Result<Vec<u8>, XadesError> {
    let document = roxmltree::Document::parse(text)
        .map_err(|error| XadesError::with_source(XadesErrorKind::NotXml, error))?;
    let node = document
        .descendants()
        .find(|node| node.has_tag_name(name))
        .ok_or(XadesErrorKind::Structure { part: "signature" })?;
    Ok(canonicalize(node, &[], &exclusive()))
}

fn signed_info(id: &str, method: &str, content: &[u8], properties: &[u8]) -> String {
    let c14n = exclusive();
    let (c14n, digest) = (c14n.uri(), algorithm::SHA256);
    format!(
        "<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{c14n}\"/>\
         <ds:SignatureMethod Algorithm=\"{method}\"/>\
         <ds:Reference Id=\"{id}-document\" URI=\"\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{DSIG}enveloped-signature\"/>\
         <ds:Transform Algorithm=\"{c14n}\"/></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{digest}\"/>\
         <ds:DigestValue>{}</ds:DigestValue></ds:Reference>\
         <ds:Reference Type=\"{SIGNED_PROPERTIES}\" URI=\"#{id}-properties\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{c14n}\"/></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{digest}\"/>\
         <ds:DigestValue>{}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
        sha256(content),
        sha256(properties),
    )
}

/// The object with the signed properties.
///
/// `SigningCertificate` with `IssuerSerial` (XAdES 1.3.2, level BES) rather than its successor
/// `SigningCertificateV2` of EN 319 132: it is what both official clients of KSeF write, so it is
/// the form that the server has certainly been tested with, and validators that know the second
/// form know the first one too.
fn object(id: &str, signer: &Certificate, signing_time: Timestamp) -> String {
    let time = Timestamp::from_second(signing_time.as_second()).unwrap_or(signing_time);
    let digest = algorithm::SHA256;
    format!(
        "<ds:Object><xades:QualifyingProperties xmlns:xades=\"{XADES}\" Target=\"#{id}\">\
         <xades:SignedProperties Id=\"{id}-properties\"><xades:SignedSignatureProperties>\
         <xades:SigningTime>{time}</xades:SigningTime>\
         <xades:SigningCertificate><xades:Cert><xades:CertDigest>\
         <ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue>{}</ds:DigestValue>\
         </xades:CertDigest><xades:IssuerSerial>\
         <ds:X509IssuerName>{}</ds:X509IssuerName>\
         <ds:X509SerialNumber>{}</ds:X509SerialNumber>\
         </xades:IssuerSerial></xades:Cert></xades:SigningCertificate>\
         </xades:SignedSignatureProperties><xades:SignedDataObjectProperties>\
         <xades:DataObjectFormat ObjectReference=\"#{id}-document\">\
         <xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat>\
         </xades:SignedDataObjectProperties></xades:SignedProperties>\
         </xades:QualifyingProperties></ds:Object>",
        sha256(signer.der()),
        escaped(&signer.issuer().to_string()),
        signer.serial_decimal(),
    )
}

fn key_info(certificates: &[Certificate]) -> String {
    let mut text = String::from("<ds:KeyInfo><ds:X509Data>");
    for certificate in certificates {
        text.push_str("<ds:X509Certificate>");
        STANDARD.encode_append(certificate.der(), &mut text);
        text.push_str("</ds:X509Certificate>");
    }
    text.push_str("</ds:X509Data></ds:KeyInfo>");
    text
}

/// Text as element content. Characters that XML cannot hold become the replacement character.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            '\t' | '\n' => out.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(character),
        }
    }
    out
}

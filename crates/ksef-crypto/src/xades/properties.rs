//! `QualifyingProperties`: what a XAdES signature says about itself.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use roxmltree::Node;

use super::key_info::CERTIFICATES_MAX;
use super::reference::{attribute, base64_text, text_of};
use super::{DSIG, XADES, XadesError, XadesErrorKind, algorithm};
use crate::asn1;
use crate::certificate::Certificate;

/// The signed properties of a signature.
pub(super) struct Properties<'a, 'i> {
    /// `SignedProperties`, which a reference must cover.
    pub(super) signed: Node<'a, 'i>,
    signature_properties: Option<Node<'a, 'i>>,
}

impl<'a, 'i> Properties<'a, 'i> {
    /// Finds them in an object of the signature.
    pub(super) fn of(signature: Node<'a, 'i>) -> Result<Self, XadesError> {
        let wrong = || XadesErrorKind::Structure {
            part: "QualifyingProperties",
        };
        let mut all = signature
            .children()
            .filter(|n| n.has_tag_name((DSIG, "Object")))
            .flat_map(|object| object.children())
            .filter(|n| n.has_tag_name((XADES, "QualifyingProperties")));
        let qualifying = all.next().ok_or_else(wrong)?;
        if all.next().is_some() {
            return Err(wrong().into());
        }
        let target = attribute(qualifying, "Target").and_then(|target| target.strip_prefix('#'));
        if target.is_none() || target != attribute(signature, "Id") {
            return Err(wrong().into());
        }
        let signed = single(qualifying, "SignedProperties")
            .map_err(|()| XadesErrorKind::Structure {
                part: "SignedProperties",
            })?
            .ok_or(XadesErrorKind::Structure {
                part: "SignedProperties",
            })?;
        let signature_properties = single(signed, "SignedSignatureProperties").map_err(|()| {
            XadesErrorKind::Structure {
                part: "SignedSignatureProperties",
            }
        })?;
        Ok(Self {
            signed,
            signature_properties,
        })
    }

    /// `SigningTime`; a time without an offset is taken for UTC.
    pub(super) fn signing_time(&self) -> Result<Option<Timestamp>, XadesError> {
        let wrong = || {
            XadesError::new(XadesErrorKind::Structure {
                part: "SigningTime",
            })
        };
        let Some(node) = self.child("SigningTime")? else {
            return Ok(None);
        };
        let text = text_of(node);
        let text = text.trim();
        let zoned = text.parse::<Timestamp>().ok();
        let plain = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
        zoned
            .or_else(|| plain().map(|zoned| zoned.timestamp()))
            .map(Some)
            .ok_or_else(wrong)
    }

    /// The certificate among `candidates` that the properties name, by digest and serial number;
    /// `None` when they name none at all.
    pub(super) fn signer(
        &self,
        candidates: &[Certificate],
    ) -> Result<Option<Certificate>, XadesError> {
        let first = self.child("SigningCertificate")?;
        let second = self.child("SigningCertificateV2")?;
        let Some(node) = first.or(second) else {
            return Ok(None);
        };
        if first.is_some() && second.is_some() {
            return Err(XadesErrorKind::Structure {
                part: "SigningCertificate",
            }
            .into());
        }
        let entries = node
            .children()
            .filter(|n| n.has_tag_name((XADES, "Cert")))
            .take(CERTIFICATES_MAX);
        // The first entry is the signer's (EN 319 132-1 §5.2.2); others may name its chain.
        for entry in entries {
            for candidate in candidates {
                if names(entry, candidate)? {
                    return Ok(Some(candidate.clone()));
                }
            }
        }
        Err(XadesErrorKind::CertificateReference.into())
    }

    fn child(&self, name: &'static str) -> Result<Option<Node<'a, 'i>>, XadesError> {
        match self.signature_properties {
            Some(node) => {
                single(node, name).map_err(|()| XadesErrorKind::Structure { part: name }.into())
            }
            None => Ok(None),
        }
    }
}

/// Whether a `Cert` names this certificate. Issuer names are not compared: they are written in too
/// many ways, and the digest settles the matter.
fn names(entry: Node<'_, '_>, certificate: &Certificate) -> Result<bool, XadesError> {
    let wrong = || XadesErrorKind::Structure { part: "CertDigest" };
    let digest = single(entry, "CertDigest")
        .ok()
        .flatten()
        .ok_or_else(wrong)?;
    let method = digest
        .children()
        .find(|n| n.has_tag_name((DSIG, "DigestMethod")))
        .and_then(|n| attribute(n, "Algorithm"))
        .ok_or_else(wrong)?;
    let value = digest
        .children()
        .find(|n| n.has_tag_name((DSIG, "DigestValue")))
        .and_then(base64_text)
        .ok_or_else(wrong)?;
    if algorithm::digest(method)?.digest(certificate.der()) != value {
        return Ok(false);
    }
    Ok(has_serial(entry, certificate))
}

/// Whether `IssuerSerial` or `IssuerSerialV2`, if there is one, has the serial number of this
/// certificate.
fn has_serial(entry: Node<'_, '_>, certificate: &Certificate) -> bool {
    let child = |name| entry.children().find(|n| n.has_tag_name((XADES, name)));
    if let Some(first) = child("IssuerSerial") {
        let number = first
            .children()
            .find(|n| n.has_tag_name((DSIG, "X509SerialNumber")));
        return number.is_none_or(|node| {
            let text = text_of(node);
            let digits = text.trim().trim_start_matches('0');
            let digits = if digits.is_empty() { "0" } else { digits };
            digits == certificate.serial_decimal()
        });
    }
    child("IssuerSerialV2").is_none_or(|second| {
        // IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber INTEGER } (RFC 5035).
        let der = base64_text(second).unwrap_or_default();
        let number = asn1::single(&der).and_then(|pair| pair.inside().nth(1));
        number.is_some_and(|n| n.integer() == Some(certificate.serial()))
    })
}

/// The child of this name in the XAdES namespace, if any; an error when there are several.
fn single<'a, 'i>(parent: Node<'a, 'i>, name: &str) -> Result<Option<Node<'a, 'i>>, ()> {
    let mut found = parent.children().filter(|n| n.has_tag_name((XADES, name)));
    let first = found.next();
    if found.next().is_some() {
        Err(())
    } else {
        Ok(first)
    }
}

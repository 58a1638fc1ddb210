//! `KeyInfo`: the certificates of a signature, and a key value beside them.

use roxmltree::Node;

use super::reference::{base64_text, decode_base64};
use super::{DSIG, DSIG11, XadesError, XadesErrorKind};
use crate::asn1;
use crate::certificate::Certificate;

/// All certificates in `KeyInfo/X509Data`, in their order; at most [`CERTIFICATES_MAX`].
pub(super) fn certificates(key_info: Node<'_, '_>) -> Result<Vec<Certificate>, XadesError> {
    let mut found = Vec::new();
    for data in key_info
        .children()
        .filter(|n| n.has_tag_name((DSIG, "X509Data")))
    {
        for node in data
            .children()
            .filter(|n| n.has_tag_name((DSIG, "X509Certificate")))
        {
            if found.len() == CERTIFICATES_MAX {
                return Err(XadesErrorKind::Structure { part: "KeyInfo" }.into());
            }
            let der = base64_text(node).ok_or(XadesErrorKind::MalformedCertificate)?;
            found.push(Certificate::from_der(&der).map_err(|error| {
                XadesError::with_source(XadesErrorKind::MalformedCertificate, error)
            })?);
        }
    }
    Ok(found)
}

/// Checks that each key value in `KeyInfo` is the key of `signer`.
pub(super) fn check_key_values(
    key_info: Node<'_, '_>,
    signer: &Certificate,
) -> Result<(), XadesError> {
    for node in key_info.children().filter(Node::is_element) {
        let same = if node.has_tag_name((DSIG, "KeyValue")) {
            key_value_matches(node, signer.spki_der()).unwrap_or(false)
        } else if node.has_tag_name((DSIG11, "DEREncodedKeyValue")) {
            base64_text(node).is_some_and(|der| der == signer.spki_der())
        } else {
            true
        };
        if !same {
            return Err(XadesErrorKind::KeyValueMismatch.into());
        }
    }
    Ok(())
}

/// `None` when the value cannot be read.
fn key_value_matches(key_value: Node<'_, '_>, spki: &[u8]) -> Option<bool> {
    let value = key_value.first_element_child()?;
    let bits = asn1::single(spki)?.inside().nth(1)?.bits()?;
    let number = |name: &str| {
        let node = value.children().find(|n| n.has_tag_name((DSIG, name)))?;
        let bytes = base64_text(node)?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        bytes.get(zeros..).map(<[u8]>::to_vec)
    };
    if value.has_tag_name((DSIG, "RSAKeyValue")) {
        let mut key = asn1::single(bits)?.inside();
        let modulus = key.next()?.integer()?;
        let exponent = key.next()?.integer()?;
        return Some(number("Modulus")? == modulus && number("Exponent")? == exponent);
    }
    if value.has_tag_name((DSIG11, "ECKeyValue")) {
        let point = value
            .children()
            .find(|n| n.has_tag_name((DSIG11, "PublicKey")))?;
        return Some(decode_base64(point.text()?)? == bits);
    }
    Some(false)
}

/// Certificates in one signature, and certificates named by its properties. Each named one is held
/// against each one present, so without a limit their number would cost its square.
pub(super) const CERTIFICATES_MAX: usize = 32;

//! URIs of digest and signature methods.

use super::{XadesError, XadesErrorKind};
use crate::certificate::Certificate;
use crate::error::ErrorKind;
use crate::signature::{self, HashAlgorithm, SignatureScheme};

/// The digest method with this URI.
pub(super) fn digest(uri: &str) -> Result<HashAlgorithm, XadesError> {
    DIGESTS
        .iter()
        .find(|(_, known)| *known == uri)
        .map(|(hash, _)| *hash)
        .ok_or_else(|| {
            XadesErrorKind::UnsupportedAlgorithm {
                uri: uri.to_owned(),
            }
            .into()
        })
}

/// The signature method with this URI.
pub(super) fn method(uri: &str) -> Result<SignatureScheme, XadesError> {
    METHODS
        .iter()
        .find(|(_, known)| *known == uri)
        .map(|(scheme, _)| *scheme)
        .ok_or_else(|| {
            XadesErrorKind::UnsupportedAlgorithm {
                uri: uri.to_owned(),
            }
            .into()
        })
}

/// The URI of a signature method; `None` for schemes that XML signatures do not have.
pub(super) fn signature_uri(scheme: SignatureScheme) -> Option<&'static str> {
    METHODS
        .iter()
        .find(|(known, _)| *known == scheme)
        .map(|(_, uri)| *uri)
}

/// Verifies a signature value with the signer's key.
pub(super) fn verify_value(
    signer: &Certificate,
    scheme: SignatureScheme,
    signed_info: &[u8],
    value: &[u8],
) -> Result<(), XadesError> {
    signature::verify(signer.spki_der(), scheme, signed_info, value).map_err(|error| {
        let kind = match error.kind() {
            ErrorKind::UnsupportedKey { .. } => XadesErrorKind::UnacceptableKey,
            ErrorKind::UnsupportedSignature { .. } => XadesErrorKind::UnsupportedAlgorithm {
                uri: signature_uri(scheme).unwrap_or_default().to_owned(),
            },
            _ => XadesErrorKind::SignatureMismatch,
        };
        XadesError::with_source(kind, error)
    })
}

pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

const DIGESTS: [(HashAlgorithm, &str); 7] = [
    (
        HashAlgorithm::Sha1,
        "http://www.w3.org/2000/09/xmldsig#sha1",
    ),
    (HashAlgorithm::Sha256, SHA256),
    (
        HashAlgorithm::Sha384,
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
    ),
    (
        HashAlgorithm::Sha512,
        "http://www.w3.org/2001/04/xmlenc#sha512",
    ),
    (
        HashAlgorithm::Sha3_256,
        "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
    ),
    (
        HashAlgorithm::Sha3_384,
        "http://www.w3.org/2007/05/xmldsig-more#sha3-384",
    ),
    (
        HashAlgorithm::Sha3_512,
        "http://www.w3.org/2007/05/xmldsig-more#sha3-512",
    ),
];

/// Whether a method works with a given key is decided where it is verified.
const METHODS: [(SignatureScheme, &str); 14] = {
    use HashAlgorithm::{Sha1, Sha3_256, Sha3_384, Sha3_512, Sha256, Sha384, Sha512};
    use SignatureScheme::{EcdsaFixed, RsaPkcs1, RsaPss};
    [
        (RsaPkcs1(Sha1), "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        (
            RsaPkcs1(Sha256),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        ),
        (
            RsaPkcs1(Sha384),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        ),
        (
            RsaPkcs1(Sha512),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        ),
        (
            RsaPss(Sha256),
            "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
        ),
        (
            RsaPss(Sha384),
            "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
        ),
        (
            RsaPss(Sha512),
            "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
        ),
        (
            EcdsaFixed(Sha1),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        ),
        (
            EcdsaFixed(Sha256),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        ),
        (
            EcdsaFixed(Sha384),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        ),
        (
            EcdsaFixed(Sha512),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
        ),
        (
            EcdsaFixed(Sha3_256),
            "http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-256",
        ),
        (
            EcdsaFixed(Sha3_384),
            "http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-384",
        ),
        (
            EcdsaFixed(Sha3_512),
            "http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-512",
        ),
    ]
};

//! XML signatures: making enveloped XAdES BASELINE-B, and verifying what KSeF accepts.
//!
//! # Signing
//!
//! [`sign_enveloped`] puts one `ds:Signature` right before the end tag of the root and touches no
//! other byte. The result is deterministic except for the signature value of ECDSA. Keys that live
//! elsewhere sign through [`Signer`], or in two steps: [`prepare`] gives the bytes to be signed and
//! [`Prepared::complete`] takes the signature value.
//!
//! # Verification
//!
//! [`verify`] accepts (facts 01 §4):
//!
//! - enveloped signatures (`URI=""`, or the Id of the root when nothing stands beside the root) and
//!   enveloping ones (a reference to a `ds:Object`, or to the only element in it);
//! - exclusive C14N, C14N 1.0 and C14N 1.1, with and without comments; references without
//!   `Transforms` (then C14N 1.0); `enveloped-signature`; `base64` for the text of an enveloping
//!   signature's object; the XPath transform only as `not(ancestor-or-self::ds:Signature)`; XPath
//!   Filter 2.0 only as one `subtract` of `/descendant::ds:Signature`, `//ds:Signature` or
//!   `here()/ancestor::ds:Signature[1]`;
//! - digests SHA-1, SHA-256, SHA-384, SHA-512, SHA3-256, SHA3-384, SHA3-512;
//! - the signature methods of the table in [`signature`](crate::signature);
//! - `SigningCertificate` and `SigningCertificateV2`, or, as BES allows, neither but a signed
//!   `KeyInfo`; a `KeyValue` beside the certificate when it is the same key.
//!
//! # What is refused, though KSeF's documents allow it
//!
//! - `sha1-rsa-MGF1` and the `sha3-*-rsa-MGF1` methods, `ecdsa-sha1` with P-384, `ecdsa-sha3-256`,
//!   `ecdsa-sha3-384` except with P-384 and `ecdsa-sha3-512` except with P-521: the cryptographic
//!   module does not carry them;
//! - other expressions of XPath Filter 2.0; any transform after canonicalization;
//! - counter-signatures inside the signature (they are further signatures);
//! - what the levels above B add (timestamps, revocation data) is not looked at.
//!
//! # What is refused, because it is unsafe or unclear
//!
//! Detached signatures; references that cover only a part of the document, so that signature
//! wrapping fails; Base64 of a document or of signed properties, as their markup would not be
//! covered; two elements with one `Id`; document type declarations; prefixes declared as nothing;
//! anything beyond [`Limits`]; more than 32 certificates; a `SignedProperties` that is not covered,
//! or whose certificate digest is not the signer's; RSA below 2048 or above 8192 bits. An `Id` is
//! an attribute of exactly that name without a namespace.
//!
//! Comments are not covered by a signature without comments: [`Verified::document`] still has
//! them, [`Verified::canonical`] is exactly what was hashed. Whether the signer is to be trusted is
//! a question of its own: [`Verified::is_issued_by`].

mod algorithm;
mod error;
mod key_info;
mod prepared;
mod properties;
mod reference;
mod sign;
mod verified;
mod verify;

pub use self::error::{XadesError, XadesErrorKind};
pub use self::prepared::Prepared;
pub use self::sign::{Signer, prepare, sign_enveloped, sign_with};
pub use self::verified::{Packaging, Verified};
pub use self::verify::{VerifyOptions, verify};
pub use crate::c14n::limits::Limits;

/// Namespace of XML signatures.
pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Namespace of XML signatures 1.1.
pub(crate) const DSIG11: &str = "http://www.w3.org/2009/xmldsig11#";
/// Namespace of XAdES 1.3.2 and later.
pub(crate) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// Type of the reference to the signed properties.
pub(crate) const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";

#[cfg(test)]
mod tests;

//! What a verified signature says.

use jiff::Timestamp;

use crate::certificate::Certificate;
use crate::signature::{HashAlgorithm, SignatureScheme};

/// How signature and content belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packaging {
    /// The signature is inside the document.
    Enveloped,
    /// The document is inside the signature.
    Enveloping,
}

/// A signature that verifies: the content is what the holder of the certificate's key signed.
///
/// Nothing is said about trust: see [`Verified::is_issued_by`] and
/// [`Verified::is_self_signed`].
#[derive(Clone, Debug)]
pub struct Verified {
    pub(super) signer: Certificate,
    pub(super) other_certificates: Vec<Certificate>,
    pub(super) packaging: Packaging,
    pub(super) document: Vec<u8>,
    pub(super) canonical: Vec<u8>,
    pub(super) signing_time: Option<Timestamp>,
    pub(super) scheme: SignatureScheme,
    pub(super) digest: HashAlgorithm,
}

impl Verified {
    /// The certificate whose key made the signature.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// The other certificates that the signature carries.
    #[must_use]
    pub fn other_certificates(&self) -> &[Certificate] {
        &self.other_certificates
    }

    /// How signature and content belong together.
    #[must_use]
    pub fn packaging(&self) -> Packaging {
        self.packaging
    }

    /// The signed document without the signature. Enveloped: the original bytes with the
    /// `Signature` element cut out. Enveloping: the content of the object as it is written, or, if
    /// that cannot stand by itself, its canonical form; decoded if it is Base64.
    #[must_use]
    pub fn document(&self) -> &[u8] {
        &self.document
    }

    /// The octets over which the digest was computed: the canonical form of the signed content
    /// (for an enveloping signature with the object around it), or decoded Base64.
    #[must_use]
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// `SigningTime`, as the signer claims.
    #[must_use]
    pub fn signing_time(&self) -> Option<Timestamp> {
        self.signing_time
    }

    /// The signature method.
    #[must_use]
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// The digest method of the reference to the content.
    #[must_use]
    pub fn digest(&self) -> HashAlgorithm {
        self.digest
    }

    /// Whether the signer's certificate is signed with its own key.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        self.signer.is_self_signed()
    }

    /// Whether `issuer` issued the signer's certificate, directly or through authorities whose
    /// certificates the signature carries. Validity and revocation are not judged.
    #[must_use]
    pub fn is_issued_by(&self, issuer: &Certificate) -> bool {
        let mut below = &self.signer;
        for _ in 0..CHAIN_MAX {
            if below.verify_issued_by(issuer).is_ok() {
                return true;
            }
            let above = self
                .other_certificates
                .iter()
                .filter(|candidate| candidate.is_authority() && *candidate != below)
                .find(|candidate| below.verify_issued_by(candidate).is_ok());
            let Some(above) = above else { return false };
            below = above;
        }
        false
    }
}

/// Certificates between the signer and the issuer asked for.
const CHAIN_MAX: usize = 8;

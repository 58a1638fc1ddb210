//! From a certificate up to one that is trusted.
//!
//! [`Anchors`] are certificates that somebody has reason to trust: those of the Ministry, which the
//! user supplies, or the authority of a sandbox. [`Anchors::chain`] looks for a way from a signer's
//! certificate to one of them, over authorities whose certificates are at hand, and judges every
//! step at one instant (RFC 5280 §6.1):
//!
//! - the issuer's name is the subject of the next certificate, and its key verifies the signature,
//!   which does not rest on SHA-1;
//! - every certificate is valid at that instant, the anchor included;
//! - every certificate above the first is an authority by its basic constraints, may sign
//!   certificates by its key usage where it has one, and keeps its limit on the length of the path;
//! - the first one may sign documents by its key usage where it has one;
//! - no certificate has a critical extension that is not understood here. Constraints on names and
//!   policies are not, and are refused when they are critical.
//!
//! Policies and revocation are not judged. Names are compared byte by byte, as authorities write
//! their own name the same way everywhere.

use std::fmt;

use jiff::Timestamp;

use crate::certificate::Certificate;
use crate::signature::{HashAlgorithm, SignatureScheme};

/// Certificates that are trusted, and those given with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    trusted: Vec<Certificate>,
    /// Given too, but below one of the trusted by name: held against it, not trusted by themselves.
    below: Vec<Certificate>,
}

/// A way from a certificate to an anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    certificates: Vec<Certificate>,
}

/// Why there is no way from a certificate to an anchor.
///
/// Of several ways that fail, the one that came closest to an anchor is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainError {
    kind: ChainErrorKind,
    subject: String,
}

/// What is wrong with one certificate of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChainErrorKind {
    /// There is no anchor to end at.
    NoAnchors,
    /// The certificate is no anchor, and none of the certificates at hand has the name of its
    /// issuer.
    NotTrusted {
        /// The name of the issuer.
        issuer: String,
    },
    /// A certificate with the issuer's name is at hand, but the signature is not of its key.
    Signature,
    /// The signature is of a kind that is not carried, or rests on SHA-1.
    WeakSignature {
        /// The scheme or object identifier.
        algorithm: String,
    },
    /// The validity had not begun.
    NotYetValid {
        /// When it begins.
        not_before: Timestamp,
    },
    /// The validity was over.
    Expired {
        /// When it ended.
        not_after: Timestamp,
    },
    /// A certificate above the first is no authority by its basic constraints.
    NotAuthority,
    /// The key usage allows no signing: of certificates for an authority, of documents for the
    /// first.
    KeyUsage,
    /// More authorities stand below it than its basic constraints allow.
    PathLength {
        /// The limit.
        allowed: u32,
    },
    /// A critical extension that is not understood here.
    CriticalExtension {
        /// Its object identifier.
        oid: String,
    },
    /// No anchor within [`CHAIN_MAX`] certificates.
    TooLong,
    /// More than [`SIGNATURES_MAX`] signatures would have to be verified.
    TooManyWays,
}

impl Anchors {
    /// Sorts certificates into those that are trusted by themselves and those below them.
    ///
    /// A certificate whose issuer, by name, is among the given ones is not trusted by itself: it has
    /// to be held by its issuer. So root and intermediate can be given together, and an intermediate
    /// alone too. Duplicates are dropped.
    #[must_use]
    pub fn new(given: impl IntoIterator<Item = Certificate>) -> Self {
        let mut all: Vec<Certificate> = Vec::new();
        for certificate in given {
            if !all.contains(&certificate) {
                all.push(certificate);
            }
        }
        let is_below = |certificate: &Certificate| {
            let issuer = certificate.issuer().der();
            issuer != certificate.subject().der()
                && all.iter().any(|other| other.subject().der() == issuer)
        };
        let (below, trusted) = all.iter().cloned().partition(is_below);
        Self { trusted, below }
    }

    /// Whether nothing is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.trusted.is_empty()
    }

    /// The certificates at which a chain may end.
    #[must_use]
    pub fn trusted(&self) -> &[Certificate] {
        &self.trusted
    }

    /// A way from `end` to an anchor, everything in it judged at the instant `at`. `carried` are
    /// further certificates at hand, such as those in a signature; they are not trusted.
    ///
    /// # Errors
    /// [`ChainError`], which names the certificate and what is wrong with it.
    pub fn chain(
        &self,
        end: &Certificate,
        carried: &[Certificate],
        at: Timestamp,
    ) -> Result<Chain, ChainError> {
        if self.is_empty() {
            return Err(ChainError::of(end, ChainErrorKind::NoAnchors));
        }
        judge(end, at)?;
        if end
            .key_usage()
            .is_some_and(|usage| !usage.digital_signature() && !usage.content_commitment())
        {
            return Err(ChainError::of(end, ChainErrorKind::KeyUsage));
        }
        let mut search = Search {
            anchors: self,
            carried,
            at,
            signatures: 0,
            closest: None,
        };
        let mut path = vec![end.clone()];
        if search.extend(&mut path) {
            return Ok(Chain { certificates: path });
        }
        let closest = search.closest.map(|(_, error)| error);
        Err(closest.unwrap_or_else(|| ChainError::of(end, ChainErrorKind::TooManyWays)))
    }
}

impl Chain {
    /// The certificates: the one asked about first, the anchor last. They are one and the same when
    /// the certificate asked about is an anchor itself.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The anchor.
    #[must_use]
    pub fn anchor(&self) -> Option<&Certificate> {
        self.certificates.last()
    }
}

impl ChainError {
    fn of(certificate: &Certificate, kind: ChainErrorKind) -> Self {
        Self {
            kind,
            subject: certificate.subject().to_string(),
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> &ChainErrorKind {
        &self.kind
    }

    /// Whose certificate it is, by RFC 4514.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the certificate of {}: {}", self.subject, self.kind)
    }
}

impl std::error::Error for ChainError {}

impl fmt::Display for ChainErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnchors => f.write_str("there is no trusted certificate to hold it against"),
            Self::NotTrusted { issuer } => {
                write!(
                    f,
                    "no trusted certificate leads to it; its issuer is {issuer}"
                )
            }
            Self::Signature => {
                f.write_str("its issuer's name is known, but another key has signed it")
            }
            Self::WeakSignature { algorithm } => {
                write!(
                    f,
                    "its signature is of a kind that is not relied on: {algorithm}"
                )
            }
            Self::NotYetValid { not_before } => {
                write!(f, "it was not valid yet, only from {not_before}")
            }
            Self::Expired { not_after } => write!(f, "it was valid until {not_after} only"),
            Self::NotAuthority => f.write_str("it may not issue certificates"),
            Self::KeyUsage => f.write_str("its key usage does not allow this"),
            Self::PathLength { allowed } => write!(
                f,
                "at most {allowed} authorities may stand below it, and there are more"
            ),
            Self::CriticalExtension { oid } => {
                write!(
                    f,
                    "it has the critical extension {oid}, which is not understood"
                )
            }
            Self::TooLong => write!(f, "no trusted certificate within {CHAIN_MAX} steps"),
            Self::TooManyWays => f.write_str("there are too many ways to try"),
        }
    }
}

/// A search in depth, bounded by the length of a chain and by the number of signatures.
struct Search<'a> {
    anchors: &'a Anchors,
    carried: &'a [Certificate],
    at: Timestamp,
    signatures: usize,
    /// The length of the path that failed last, and why.
    closest: Option<(usize, ChainError)>,
}

impl Search<'_> {
    /// Lengthens the path until it ends at an anchor; leaves it as it was when that cannot be.
    fn extend(&mut self, path: &mut Vec<Certificate>) -> bool {
        let Some(last) = path.last().cloned() else {
            return false;
        };
        if self.anchors.trusted.contains(&last) {
            return true;
        }
        let (anchors, carried) = (self.anchors, self.carried);
        let at_hand = anchors.trusted.iter().chain(&anchors.below).chain(carried);
        let mut tried: Vec<&Certificate> = Vec::new();
        for above in at_hand {
            let has_name = above.subject().der() == last.issuer().der();
            if !has_name || path.contains(above) || tried.contains(&above) {
                continue;
            }
            tried.push(above);
            if path.len() == CHAIN_MAX {
                self.failed(path, ChainError::of(&last, ChainErrorKind::TooLong));
                return false;
            }
            if self.signatures == SIGNATURES_MAX {
                self.failed(path, ChainError::of(&last, ChainErrorKind::TooManyWays));
                return false;
            }
            self.signatures += 1;
            let step = signed_by(&last, above).and_then(|()| may_issue(above, path, self.at));
            if let Err(error) = step {
                self.failed(path, error);
                continue;
            }
            path.push(above.clone());
            if self.extend(path) {
                return true;
            }
            path.pop();
        }
        if tried.is_empty() {
            let issuer = last.issuer().to_string();
            self.failed(
                path,
                ChainError::of(&last, ChainErrorKind::NotTrusted { issuer }),
            );
        }
        false
    }

    fn failed(&mut self, path: &[Certificate], error: ChainError) {
        let is_closer = |(length, _): &(usize, ChainError)| path.len() > *length;
        if self.closest.as_ref().is_none_or(is_closer) {
            self.closest = Some((path.len(), error));
        }
    }
}

/// Whether `above` signed `certificate`, in a scheme that can be relied on.
fn signed_by(certificate: &Certificate, above: &Certificate) -> Result<(), ChainError> {
    let weak = |algorithm| ChainError::of(certificate, ChainErrorKind::WeakSignature { algorithm });
    match certificate.signature_scheme() {
        Ok(
            scheme @ (SignatureScheme::RsaPkcs1(HashAlgorithm::Sha1)
            | SignatureScheme::EcdsaDer(HashAlgorithm::Sha1)),
        ) => return Err(weak(format!("{scheme:?}"))),
        Ok(_) => {}
        Err(error) => return Err(weak(error.to_string())),
    }
    certificate
        .verify_issued_by(above)
        .map_err(|_| ChainError::of(certificate, ChainErrorKind::Signature))
}

/// Whether `above` may have issued the last certificate of the path below it.
fn may_issue(above: &Certificate, path: &[Certificate], at: Timestamp) -> Result<(), ChainError> {
    let wrong = |kind| Err(ChainError::of(above, kind));
    judge(above, at)?;
    if !above.is_authority() {
        return wrong(ChainErrorKind::NotAuthority);
    }
    if above
        .key_usage()
        .is_some_and(|usage| !usage.certificate_signing())
    {
        return wrong(ChainErrorKind::KeyUsage);
    }
    // Certificates that an authority gave itself, to change its key, do not count.
    let is_counted = |it: &&Certificate| it.issuer().der() != it.subject().der();
    let authorities = path.iter().skip(1).filter(is_counted).count();
    match above.path_length() {
        Some(allowed) if usize::try_from(allowed).is_ok_and(|allowed| authorities > allowed) => {
            wrong(ChainErrorKind::PathLength { allowed })
        }
        _ => Ok(()),
    }
}

/// What holds for every certificate of a chain.
fn judge(certificate: &Certificate, at: Timestamp) -> Result<(), ChainError> {
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    let kind = if at < not_before {
        ChainErrorKind::NotYetValid { not_before }
    } else if at > not_after {
        ChainErrorKind::Expired { not_after }
    } else {
        let mut unknown = certificate.critical_extensions().iter();
        match unknown.find(|oid| !UNDERSTOOD.contains(&oid.as_str())) {
            Some(oid) => ChainErrorKind::CriticalExtension { oid: oid.clone() },
            None => return Ok(()),
        }
    };
    Err(ChainError::of(certificate, kind))
}

/// The longest chain: signer, intermediates, anchor.
pub const CHAIN_MAX: usize = 8;
/// The most signatures that one search verifies: certificates with one name may be many.
pub const SIGNATURES_MAX: usize = 64;

/// Extensions that may be critical: key usage, other names of the subject, basic constraints,
/// policies (any is accepted), and extended key usage, which names no use for sealing documents.
const UNDERSTOOD: [&str; 5] = [
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.19",
    "2.5.29.32",
    "2.5.29.37",
];

#[cfg(test)]
mod tests;

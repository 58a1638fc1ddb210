//! Is a UPO genuine? Its signature, its signer, its schema, and what it says.
//!
//! A UPO is worth what its signature is worth. [`verify`] reads what was signed and nothing beside
//! it: a document with a second signature, with content outside the signed part or with a document
//! type declaration is refused (see [`xades`]), and what is read is the canonical form
//! over which the digest was computed.
//!
//! Who signed is a question of its own. The certificates of the Ministry are not built in: whoever
//! has them gives them as [`Anchors`], and the signer's certificate has to lead up to one of them.
//! Without any, [`SignedUpo::chain`] says that the signer was not checked; the signature then proves
//! only that somebody signed. Revocation is not judged, and the signing time is what the signer
//! claims.
//!
//! Whether the UPO speaks of an invoice is told by [`Upo::confirm`].

use std::fmt;

use jiff::Timestamp;
use ksef_crypto::certificate::Certificate;
use ksef_crypto::chain::{Anchors, Chain, ChainError};
use ksef_crypto::xades::{self, Packaging, VerifyOptions, XadesError};
use ksef_invoice::finding::Finding;
use ksef_invoice::upo::{self, Upo, UpoError, UpoVersion};

/// A UPO whose signature is valid, read from what was signed.
#[derive(Debug, Clone)]
pub struct SignedUpo {
    upo: Upo,
    signer: Certificate,
    signing_time: Option<Timestamp>,
    chain: Option<Chain>,
    findings: Vec<Finding>,
}

/// Why a document proves nothing.
#[derive(Debug)]
pub struct UpoFault(UpoFaultKind);

/// The reasons.
#[derive(Debug)]
#[non_exhaustive]
pub enum UpoFaultKind {
    /// It is not signed, or the signature is not valid.
    Signature(XadesError),
    /// The signer's certificate does not lead to a trusted one, or one on the way may not be relied
    /// on at the signing time.
    Signer(ChainError),
    /// The certificate was not valid when it signed, and there was nothing to hold it against.
    NotValidThen {
        /// Whose certificate it is.
        signer: String,
    },
    /// What was signed is no UPO.
    NotUpo(UpoError),
}

/// Verifies a UPO; `now` is for signatures that name no time.
///
/// # Errors
/// [`UpoFault`]: the document proves nothing. What the schema has against a genuine one is told by
/// [`SignedUpo::findings`], and what it says against itself by [`Upo::doubts`].
pub fn verify(bytes: &[u8], anchors: &Anchors, now: Timestamp) -> Result<SignedUpo, UpoFault> {
    let verified = xades::verify(bytes, &VerifyOptions::default())
        .map_err(|error| UpoFault(UpoFaultKind::Signature(error)))?;
    let signer = verified.signer().clone();
    let signing_time = verified.signing_time();
    let then = signing_time.unwrap_or(now);
    let chain = if anchors.is_empty() {
        if !signer.is_valid_at(then) {
            let signer = signer.subject().to_string();
            return Err(UpoFault(UpoFaultKind::NotValidThen { signer }));
        }
        None
    } else {
        let chain = anchors.chain(&signer, verified.other_certificates(), then);
        Some(chain.map_err(|error| UpoFault(UpoFaultKind::Signer(error)))?)
    };
    let content = match verified.packaging() {
        Packaging::Enveloped => verified.canonical(),
        Packaging::Enveloping => verified.document(),
    };
    let upo = upo::read(content).map_err(|error| UpoFault(UpoFaultKind::NotUpo(error)))?;
    let findings = match upo.version {
        UpoVersion::V4_3 => upo::check(verified.document()),
        UpoVersion::V4_2 => Vec::new(),
    };
    Ok(SignedUpo {
        upo,
        signer,
        signing_time,
        chain,
        findings,
    })
}

impl SignedUpo {
    /// What was signed.
    #[must_use]
    pub fn upo(&self) -> &Upo {
        &self.upo
    }

    /// The same, by value.
    #[must_use]
    pub fn into_upo(self) -> Upo {
        self.upo
    }

    /// The certificate whose key signed.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// When it was signed, as the signer claims.
    #[must_use]
    pub fn signing_time(&self) -> Option<Timestamp> {
        self.signing_time
    }

    /// The way from the signer to a trusted certificate; `None` when there were no trusted ones, and
    /// the signer may be anybody.
    #[must_use]
    pub fn chain(&self) -> Option<&Chain> {
        self.chain.as_ref()
    }

    /// What the schema refuses, the issuer's name and the signature allowed for; places are those of
    /// the document without its signature. Of version 4-2, whose schema is published no more, nothing
    /// is told.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl UpoFault {
    /// The reason.
    #[must_use]
    pub const fn kind(&self) -> &UpoFaultKind {
        &self.0
    }
}

impl fmt::Display for UpoFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            UpoFaultKind::Signature(error) => write!(f, "its signature is not valid: {error}"),
            UpoFaultKind::Signer(error) => write!(f, "its signer is not trusted: {error}"),
            UpoFaultKind::NotValidThen { signer } => {
                write!(
                    f,
                    "the certificate of its signer was not valid then: {signer}"
                )
            }
            UpoFaultKind::NotUpo(error) => write!(f, "it is no UPO: {error}"),
        }
    }
}

impl std::error::Error for UpoFault {}

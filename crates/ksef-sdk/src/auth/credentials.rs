//! What one signs in with.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use ksef_core::ksef_token::KsefToken;
use ksef_crypto::certificate::Identity;
use ksef_crypto::digest::sha256;

use crate::tokens::BoxFuture;

/// What one signs in with. `Debug` shows no secret.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credentials {
    /// A KSeF token.
    KsefToken(KsefToken),
    /// A certificate with its private key.
    Certificate(Arc<Identity>),
    /// A signature made by somebody else: a card, a key service, a remote signing provider.
    External(Arc<dyn AuthSigner>),
    /// No means of signing in: only tokens that were seeded, stored, or got by
    /// [`submit_signed`](crate::Client::submit_signed). The text names whose they are.
    Tokens(String),
}

/// Signs a whole document elsewhere.
///
/// For a key behind a synchronous interface, such as PKCS#11, let [`ksef_crypto::xades::sign_with`] do the XML.
pub trait AuthSigner: fmt::Debug + Send + Sync {
    /// Names the signer, without any secret; two that differ have different names.
    fn name(&self) -> String;

    /// The signed document: `document` with an enveloped XAdES signature.
    ///
    /// `signing_time` is what the server's clock showed a moment ago. Take it for `SigningTime` where that can be
    /// chosen, and the signature is neither from the future nor too old, however wrong this machine's clock is.
    fn sign<'a>(
        &'a self,
        document: &'a [u8],
        signing_time: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<u8>, SigningError>>;
}

/// Why a signer did not sign: no card, no consent, no answer.
#[derive(Debug)]
pub struct SigningError {
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl SigningError {
    /// An error with this message, lowercase, without secrets and without the text of its cause.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for SigningError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl Credentials {
    /// A certificate with its private key.
    #[must_use]
    pub fn certificate(identity: Identity) -> Self {
        Self::Certificate(Arc::new(identity))
    }

    /// Names the credentials without telling any secret: the fingerprint of the certificate, the reference of the
    /// token with a digest of the whole, or the name of the signer.
    ///
    /// Whoever has the name has the tokens, so a wrong secret behind a right reference is another name.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::KsefToken(token) => {
                let digest = sha256(token.expose().as_bytes()).to_base64url();
                match token.reference() {
                    Some(reference) => format!("token:{reference}:{digest}"),
                    None => format!("token:{digest}"),
                }
            }
            Self::Certificate(identity) => {
                format!("certificate:{}", identity.certificate().fingerprint())
            }
            Self::External(signer) => format!("external:{}", signer.name()),
            Self::Tokens(name) => format!("tokens:{name}"),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_no_secret() {
        let secret = "ab".repeat(32);
        let with_reference =
            format!("20251010-EC-1DCE3E3000-12ECB5B36E-45|nip-5265877635|{secret}");
        let token = |text: &str| Credentials::KsefToken(KsefToken::parse(text).unwrap());
        let named = token(&with_reference);
        let start = "token:20251010-EC-1DCE3E3000-12ECB5B36E-45:";
        assert!(named.name().starts_with(start));
        let guessed = token(&with_reference.replace("abab", "cdcd"));
        assert_ne!(
            guessed.name(),
            named.name(),
            "a reference alone opens nothing"
        );
        let opaque = token(&secret);
        assert_ne!(opaque.name(), token("other").name());
        for shown in [format!("{named:?}"), format!("{opaque:?}"), opaque.name()] {
            assert!(!shown.contains(&secret), "{shown}");
        }
        assert_eq!(Credentials::Tokens("firma".into()).name(), "tokens:firma");
    }
}

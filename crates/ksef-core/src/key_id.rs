//! The names of the Ministry's public keys and certificates.

use crate::ascii::{Ascii, text_value};
use crate::digest::Sha256Digest;
use crate::parse::ParseError;

/// `publicKeyId` (SHA-256 of the SubjectPublicKeyInfo) or `certificateId` (SHA-256 of the DER certificate),
/// Base64, 44 characters.
///
/// Source: `#/components/schemas/PublicKeyCertificate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(Ascii<44>);

impl KeyId {
    /// Reads the 44 characters.
    ///
    /// # Errors
    /// A text that is not the Base64 of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Sha256Digest::from_base64(text).map(|digest| Self::from_digest(&digest))
    }

    /// The identifier with this digest.
    #[must_use]
    pub fn from_digest(digest: &Sha256Digest) -> Self {
        Self(Ascii::new(&digest.to_base64()).unwrap_or_else(|| unreachable!("44 characters")))
    }

    /// The 44 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

text_value!(KeyId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_digest_agree() {
        let id = KeyId::from_digest(&Sha256Digest::from_bytes([7; 32]));
        assert_eq!(KeyId::parse(id.as_str()).unwrap(), id);
        assert!(KeyId::parse("short").is_err());
    }
}

//! The fingerprint of a certificate.

use crate::ascii::{self, Ascii, text_value};
use crate::digest::Sha256Digest;
use crate::parse::{ParseError, Reason, check_length};

/// SHA-256 of a DER certificate as 64 upper-case hexadecimal digits: how KSeF names a holder who has
/// neither NIP nor PESEL.
///
/// Source: `Fingerprint` of `#/components/schemas/TokenAuthorIdentifierType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(Ascii<64>);

impl Fingerprint {
    /// Reads 64 upper-case hexadecimal digits.
    ///
    /// # Errors
    /// A wrong length, a lower-case letter or a character that is not a hexadecimal digit.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new("certificate fingerprint", reason, text);
        check_length("certificate fingerprint", text, 64..=64, "64")?;
        let pattern = || {
            error(Reason::Pattern {
                expected: "64 upper-case hexadecimal digits",
            })
        };
        if !ascii::all(text.as_bytes(), ascii::is_upper_hex) {
            return Err(pattern());
        }
        Ascii::new(text).map(Self).ok_or_else(pattern)
    }

    /// The fingerprint with this digest of the certificate.
    #[must_use]
    pub fn from_digest(digest: &Sha256Digest) -> Self {
        let mut text = digest.to_hex();
        text.make_ascii_uppercase();
        Self(Ascii::new(&text).unwrap_or_else(|| unreachable!("64 hexadecimal digits")))
    }

    /// The 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

text_value!(Fingerprint);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_and_text_agree() {
        let fingerprint = Fingerprint::from_digest(&Sha256Digest::from_bytes([0xAB; 32]));
        assert_eq!(fingerprint.as_str(), "AB".repeat(32));
        assert_eq!(
            Fingerprint::parse(fingerprint.as_str()).unwrap(),
            fingerprint
        );
        for text in ["", "AB", &"ab".repeat(32), &"AG".repeat(32)] {
            assert!(Fingerprint::parse(text).is_err(), "{text}");
        }
    }
}

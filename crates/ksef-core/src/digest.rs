//! SHA-256 digests as KSeF writes them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::parse::{ParseError, Reason};

/// The 32 bytes of a SHA-256 digest; on the wire standard Base64 with padding, 44 characters.
///
/// Computing one is the business of `ksef-crypto`. Source: `#/components/schemas/Sha256HashBase64`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Digest([u8; 32]);

impl Sha256Digest {
    /// A digest of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 44 characters of standard Base64.
    ///
    /// # Errors
    /// A text that is not Base64 or does not hold 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new("SHA-256 digest", reason, text);
        if text.is_empty() {
            return Err(error(Reason::Empty));
        }
        if text.len() != 44 {
            return Err(error(Reason::Length {
                expected: "44",
                actual: text.chars().count(),
            }));
        }
        let bytes = STANDARD.decode(text).map_err(|_| {
            error(Reason::Pattern {
                expected: "standard Base64 with padding",
            })
        })?;
        <[u8; 32]>::try_from(bytes).map(Self).map_err(|_| {
            error(Reason::Pattern {
                expected: "Base64 of 32 bytes",
            })
        })
    }

    /// The 44 characters that the API uses.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// The 43 characters that verification links use: URL alphabet, no padding.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads the 43 characters that verification links use.
    ///
    /// # Errors
    /// A text that is not Base64url without padding or does not hold 32 bytes.
    pub fn from_base64url(text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new("SHA-256 digest", reason, text);
        if text.chars().count() != 43 {
            return Err(error(Reason::Length {
                expected: "43",
                actual: text.chars().count(),
            }));
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        bytes
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .map(Self)
            .ok_or_else(|| {
                error(Reason::Pattern {
                    expected: "Base64url of 32 bytes without padding",
                })
            })
    }

    /// 64 lower-case hexadecimal digits, as `sha256sum` prints them.
    #[must_use]
    pub fn to_hex(&self) -> String {
        use fmt::Write as _;
        self.0
            .iter()
            .fold(String::with_capacity(64), |mut text, byte| {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            })
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_base64())
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256Digest({self})")
    }
}

impl std::str::FromStr for Sha256Digest {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_base64(text)
    }
}

impl serde::Serialize for Sha256Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_base64())
    }
}

impl<'de> serde::Deserialize<'de> for Sha256Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_base64(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_digest_of_nothing() {
        let digest =
            Sha256Digest::from_base64("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=").unwrap();
        assert_eq!(
            digest.to_hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(
            digest.to_base64url(),
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
        );
    }

    #[test]
    fn refuses_other_texts() {
        for text in [
            "",
            "AAAA",
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        ] {
            assert!(Sha256Digest::from_base64(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn base64_round_trip(bytes in any::<[u8; 32]>()) {
            let digest = Sha256Digest::from_bytes(bytes);
            prop_assert_eq!(Sha256Digest::from_base64(&digest.to_base64()).unwrap(), digest);
            let json = serde_json::to_string(&digest).unwrap();
            prop_assert_eq!(serde_json::from_str::<Sha256Digest>(&json).unwrap(), digest);
        }
    }
}

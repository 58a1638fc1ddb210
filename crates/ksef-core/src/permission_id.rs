//! The identifier of a granted permission.

use crate::ascii::{self, Ascii, text_value};
use crate::parse::{ParseError, Reason, check_length};

/// The identifier of a granted permission, needed to withdraw it: 36 letters, digits and hyphens, in practice a UUID.
///
/// Source: `#/components/schemas/PermissionId`, which promises the length alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermissionId(Ascii<36>);

impl PermissionId {
    /// Reads 36 characters.
    ///
    /// # Errors
    /// A wrong length, or a character that is no letter, digit or hyphen.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new("permission identifier", reason, text);
        check_length("permission identifier", text, 36..=36, "36")?;
        let pattern = || {
            error(Reason::Pattern {
                expected: "letters, digits and hyphens",
            })
        };
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !ascii::all(text.as_bytes(), allowed) {
            return Err(pattern());
        }
        Ascii::new(text).map(Self).ok_or_else(pattern)
    }

    /// The 36 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

text_value!(PermissionId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_36_characters() {
        let text = "0c9a72e8-f344-457f-9c16-7c640eb60242";
        assert_eq!(PermissionId::parse(text).unwrap().as_str(), text);
        for wrong in [
            "",
            "0c9a72e8",
            "0c9a72e8-f344-457f-9c16-7c640eb6024/",
            "0c9a72e8-f344-457f-9c16-7c640eb602420",
            "0c9a72e8-f344-457f-9c16-7c640eb602ł",
        ] {
            assert!(PermissionId::parse(wrong).is_err(), "{wrong}");
        }
    }
}

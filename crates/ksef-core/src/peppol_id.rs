//! The identifier of a Peppol service provider.

use crate::ascii::{self, Ascii, text_value};
use crate::parse::{ParseError, Reason, check_length};

/// A Peppol provider: `P`, two upper-case letters, six digits, for instance `PPL123456`.
///
/// Source: `#/components/schemas/PeppolId`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeppolId(Ascii<9>);

impl PeppolId {
    /// Reads nine characters.
    ///
    /// # Errors
    /// A wrong length or another pattern.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new("Peppol provider identifier", reason, text);
        check_length("Peppol provider identifier", text, 9..=9, "9")?;
        let pattern = || {
            error(Reason::Pattern {
                expected: "P, 2 upper-case letters and 6 digits",
            })
        };
        match text.as_bytes() {
            [b'P', first, second, digits @ ..]
                if first.is_ascii_uppercase()
                    && second.is_ascii_uppercase()
                    && ascii::all(digits, |byte| byte.is_ascii_digit()) =>
            {
                Ascii::new(text).map(Self).ok_or_else(pattern)
            }
            _ => Err(pattern()),
        }
    }

    /// The nine characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

text_value!(PeppolId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_pattern_and_nothing_else() {
        assert!(PeppolId::parse("PPL123456").is_ok());
        for text in [
            "",
            "P123456789",
            "PPL12345",
            "ppl123456",
            "XPL123456",
            "PPL12345X",
            "PP1123456",
        ] {
            assert!(PeppolId::parse(text).is_err(), "{text}");
        }
    }
}

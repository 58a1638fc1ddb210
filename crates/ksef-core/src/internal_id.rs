//! The identifier of a unit inside a taxpayer.

use crate::ascii::{self, Ascii, text_value};
use crate::nip::{Nip, is_nip};
use crate::parse::{ParseError, Reason, check_length};

/// An internal identifier: a NIP, a hyphen, five digits of which the last is a check digit.
///
/// KSeF verifies the check digit only where a unit's administrator is granted, and its own samples break
/// it, so it is asked for apart: [`InternalId::has_valid_checksum`].
///
/// Source: `#/components/schemas/InternalId`, `POST /permissions/subunits/grants`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InternalId(Ascii<16>);

impl InternalId {
    /// Reads `NIP-DDDDD`.
    ///
    /// # Errors
    /// A wrong length or a text that is not a NIP, a hyphen and five digits.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new("internal identifier", reason, text);
        check_length("internal identifier", text, 16..=16, "16")?;
        let pattern = || {
            error(Reason::Pattern {
                expected: "a NIP, a hyphen and 5 digits",
            })
        };
        let (nip, rest) = text.as_bytes().split_at_checked(10).ok_or_else(pattern)?;
        match rest {
            [b'-', digits @ ..]
                if is_nip(nip) && ascii::all(digits, |byte| byte.is_ascii_digit()) =>
            {
                Ascii::new(text).map(Self).ok_or_else(pattern)
            }
            _ => Err(pattern()),
        }
    }

    /// The sixteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The taxpayer that the unit belongs to.
    ///
    /// # Errors
    /// Never in practice: the first ten characters were checked when the value was made.
    pub fn nip(&self) -> Result<Nip, ParseError> {
        Nip::parse(self.as_str().get(..10).unwrap_or_default())
    }

    /// Does the last digit agree with the other fourteen (weights 1 3, sum modulo 10 — not its complement)?
    #[must_use]
    pub fn has_valid_checksum(&self) -> bool {
        let mut digits = self
            .0
            .as_bytes()
            .iter()
            .filter(|byte| byte.is_ascii_digit());
        let sum: u32 = digits
            .clone()
            .take(14)
            .zip([1, 3].into_iter().cycle())
            .map(|(&byte, weight)| ascii::digit(byte) * weight)
            .sum();
        digits
            .next_back()
            .is_some_and(|&last| sum % 10 == ascii::digit(last))
    }
}

text_value!(InternalId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_of_known_identifiers() {
        for (text, valid) in [
            ("6824515772-12343", true),
            ("5265877635-12346", true),
            ("5265877635-12345", false),
            ("7762811692-12347", true),
            ("7762811692-12345", false),
            ("5265877635-00004", true),
        ] {
            assert_eq!(
                InternalId::parse(text).unwrap().has_valid_checksum(),
                valid,
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_other_shapes() {
        for text in [
            "",
            "5265877635",
            "5265877635-1234",
            "5265877635-123456",
            "5265877635_12346",
            "0265877635-12346",
            "5265877635-1234x",
            "526587763ą-1234",
        ] {
            assert!(InternalId::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            InternalId::parse("5265877635-12346")
                .unwrap()
                .nip()
                .unwrap()
                .as_str(),
            "5265877635"
        );
    }
}

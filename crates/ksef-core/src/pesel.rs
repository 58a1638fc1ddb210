//! The Polish personal identification number.

use crate::ascii::{self, Ascii, text_value};
use crate::parse::{ParseError, Reason, check_length};

/// A PESEL: eleven digits whose third and fourth are a month with the century added to it
/// (1800s +80, 1900s +0, 2000s +20, 2100s +40, 2200s +60).
///
/// KSeF checks the pattern alone, so the check digit is asked for apart: [`Pesel::has_valid_checksum`].
///
/// Source: `#/components/schemas/Pesel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pesel(Ascii<11>);

impl Pesel {
    /// Reads eleven digits.
    ///
    /// # Errors
    /// A wrong length, a character that is not a digit, or a month that does not exist.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new("PESEL", reason, text);
        check_length("PESEL", text, 11..=11, "11")?;
        let pattern = || {
            error(Reason::Pattern {
                expected: "11 digits, the third and fourth a month",
            })
        };
        let [_, _, tens, units, ..] = text.as_bytes() else {
            return Err(pattern());
        };
        let month = ascii::digit(*tens) * 10 + ascii::digit(*units);
        if !ascii::all(text.as_bytes(), |byte| byte.is_ascii_digit())
            || !(1..=12).contains(&(month % 20))
        {
            return Err(pattern());
        }
        Ascii::new(text).map(Self).ok_or_else(pattern)
    }

    /// The eleven digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Does the eleventh digit agree with the other ten (weights 1 3 7 9, modulo 10)?
    #[must_use]
    pub fn has_valid_checksum(&self) -> bool {
        let bytes = self.0.as_bytes();
        let sum: u32 = bytes
            .iter()
            .zip(WEIGHTS)
            .map(|(&byte, weight)| ascii::digit(byte) * weight)
            .sum();
        bytes
            .last()
            .is_some_and(|&last| (10 - sum % 10) % 10 == ascii::digit(last))
    }
}

text_value!(Pesel);

const WEIGHTS: [u32; 10] = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn checksums_of_known_numbers() {
        for text in [
            "88102341294",
            "15062788702",
            "30112206276",
            "38092277125",
            "44051401359",
        ] {
            assert!(Pesel::parse(text).unwrap().has_valid_checksum(), "{text}");
        }
        assert!(!Pesel::parse("88102341295").unwrap().has_valid_checksum());
    }

    #[test]
    fn months_carry_the_century() {
        for (month, valid) in [
            ("01", true),
            ("12", true),
            ("00", false),
            ("13", false),
            ("20", false),
            ("21", true),
            ("32", true),
            ("33", false),
            ("92", true),
            ("93", false),
        ] {
            assert_eq!(
                Pesel::parse(&format!("88{month}2341294")).is_ok(),
                valid,
                "{month}"
            );
        }
        assert!(Pesel::parse("8810234129").is_err());
        assert!(Pesel::parse("8810234129a").is_err());
        assert!(Pesel::parse("").is_err());
    }

    proptest! {
        #[test]
        fn exactly_one_check_digit_is_right(base in "[0-9]{2}(0[1-9]|1[0-2])[0-9]{6}") {
            let right = (0..10).filter(|digit| Pesel::parse(&format!("{base}{digit}")).unwrap().has_valid_checksum()).count();
            prop_assert_eq!(right, 1);
        }
    }
}

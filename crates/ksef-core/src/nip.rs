//! The Polish tax identification number.

use crate::ascii::{self, Ascii, text_value};
use crate::parse::{ParseError, Reason, check_length};

/// A NIP: ten digits, the first not 0, the second and third not both 0.
///
/// The check digit is *not* part of the type: KSeF checks it only for invoices on production, and its test
/// environment is full of numbers without one. Ask [`Nip::has_valid_checksum`].
///
/// Source: `#/components/schemas/Nip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nip(Ascii<10>);

impl Nip {
    /// Reads ten digits; separators are refused, as KSeF refuses them.
    ///
    /// # Errors
    /// A wrong length, a character that is not a digit, or zeros where the pattern forbids them.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new("NIP", reason, text);
        check_length("NIP", text, 10..=10, "10")?;
        if !is_nip(text.as_bytes()) {
            return Err(error(Reason::Pattern {
                expected: "10 digits without separators, the first not 0, the second and third not both 0",
            }));
        }
        Ascii::new(text).map(Self).ok_or_else(|| {
            error(Reason::Pattern {
                expected: "10 digits",
            })
        })
    }

    /// The ten digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Does the tenth digit agree with the other nine (weights 6 5 7 2 3 4 5 6 7, modulo 11)?
    #[must_use]
    pub fn has_valid_checksum(&self) -> bool {
        checksum(self.0.as_bytes())
            .is_some_and(|sum| Some(sum) == self.0.as_bytes().last().map(|&b| ascii::digit(b)))
    }
}

text_value!(Nip);

/// Do these bytes follow the pattern of a NIP?
pub(crate) fn is_nip(bytes: &[u8]) -> bool {
    match bytes {
        [first, second, third, ..] if bytes.len() == 10 => {
            ascii::all(bytes, |byte| byte.is_ascii_digit())
                && *first != b'0'
                && !(*second == b'0' && *third == b'0')
        }
        _ => false,
    }
}

/// The check digit of the first nine digits; `None` when no digit can be right.
fn checksum(digits: &[u8]) -> Option<u32> {
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(&byte, weight)| ascii::digit(byte) * weight)
        .sum();
    let rest = sum % 11;
    (rest < 10).then_some(rest)
}

const WEIGHTS: [u32; 9] = [6, 5, 7, 2, 3, 4, 5, 6, 7];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn checksums_of_known_numbers() {
        for (text, valid) in [
            ("5265877635", true),
            ("5555555555", true),
            ("1234563218", true),
            ("1111111111", true),
            ("7762811692", true),
            ("9999999999", true),
            ("6824515772", true),
            ("1234563219", false),
            ("1234567890", false),
        ] {
            assert_eq!(
                Nip::parse(text).unwrap().has_valid_checksum(),
                valid,
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_what_the_pattern_refuses() {
        for text in [
            "",
            "526587763",
            "52658776355",
            "0265877635",
            "5005877635",
            "526-587-76-35",
            "526587763a",
            "526587763ą",
        ] {
            assert!(Nip::parse(text).is_err(), "{text}");
        }
        let error = Nip::parse("526-587-76-35").unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"526-587-76-35\" is not a NIP: expected 10 characters, found 13"
        );
    }

    proptest! {
        #[test]
        fn a_changed_digit_breaks_the_checksum(base in "[1-9][1-9][0-9]{7}", at in 0usize..9, change in 1u8..10) {
            let check = checksum(base.as_bytes());
            prop_assume!(check.is_some());
            let digits = format!("{base}{}", check.unwrap());
            prop_assert!(Nip::parse(&digits).unwrap().has_valid_checksum());
            let mut bytes = digits.into_bytes();
            bytes[at] = b'0' + (bytes[at] - b'0' + change) % 10;
            if let Ok(changed) = Nip::parse(std::str::from_utf8(&bytes).unwrap()) {
                prop_assert!(!changed.has_valid_checksum());
            }
        }

        #[test]
        fn never_panics(text in ".{0,12}") {
            let _ = Nip::parse(&text);
        }
    }
}

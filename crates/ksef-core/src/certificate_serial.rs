//! The serial number of a KSeF certificate.

use crate::ascii::{self, Ascii, text_value};
use crate::parse::{ParseError, Reason, check_length};

/// `certificateSerialNumber`: the eight bytes of the certificate's serial number as 16 upper-case hexadecimal digits,
/// for instance `0321C82DA41B4362`.
///
/// What people type is held to that pattern. What comes by serde may have 1 to 40 hexadecimal digits in any letter
/// case (RFC 5280 allows 20 bytes), so that one unusual number in an answer does not cost the whole answer; it is
/// kept in upper case.
///
/// Source: `#/components/schemas/CertificateListItem`, `^[0-9A-F]{16}$`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateSerial(Ascii<DIGITS_MAX>);

impl CertificateSerial {
    /// Reads 16 upper-case hexadecimal digits.
    ///
    /// # Errors
    /// A wrong length, a lower-case letter or a character that is not a hexadecimal digit.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        check_length(NAME, text, 16..=16, "16")?;
        let pattern = || {
            let expected = "16 upper-case hexadecimal digits";
            ParseError::new(NAME, Reason::Pattern { expected }, text)
        };
        if !ascii::all(text.as_bytes(), ascii::is_upper_hex) {
            return Err(pattern());
        }
        Ascii::new(text).map(Self).ok_or_else(pattern)
    }

    /// The digits, in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    fn from_wire(text: &str) -> Result<Self, ParseError> {
        check_length(NAME, text, 1..=DIGITS_MAX, "1 to 40")?;
        Ascii::new(&text.to_ascii_uppercase())
            .filter(|text| ascii::all(text.as_bytes(), ascii::is_upper_hex))
            .map(Self)
            .ok_or_else(|| {
                let expected = "hexadecimal digits";
                ParseError::new(NAME, Reason::Pattern { expected }, text)
            })
    }
}

text_value!(CertificateSerial, read_with: from_wire);

const NAME: &str = "certificate serial number";
/// 20 bytes.
const DIGITS_MAX: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_type_the_pattern_and_answers_promise_less() {
        let serial = CertificateSerial::parse("01F20A5D352AE590").unwrap();
        assert_eq!(serial.as_str(), "01F20A5D352AE590");
        for text in [
            "",
            "01F20A5D352AE59",
            "01F20A5D352AE5900",
            "01f20a5d352ae590",
            "01F20A5D352AE59G",
            "01F20A5D352AE59ą",
        ] {
            assert!(CertificateSerial::parse(text).is_err(), "{text}");
        }
        let wire = |text: &str| serde_json::from_str::<CertificateSerial>(&format!("\"{text}\""));
        assert_eq!(wire("01f20a5d352ae590").unwrap(), serial);
        assert_eq!(wire(&"aB".repeat(20)).unwrap().as_str(), "AB".repeat(20));
        assert_eq!(serde_json::to_string(&wire("7").unwrap()).unwrap(), "\"7\"");
        for text in ["", "0x12", &"A".repeat(41)] {
            assert!(wire(text).is_err(), "{text}");
        }
    }
}

//! The compound identifier of an EU entity that acts through a Polish taxpayer.

use crate::ascii::{self, Ascii, text_value};
use crate::nip::{Nip, is_nip};
use crate::parse::{ParseError, Reason, check_length};

/// `NIP-VAT`: a NIP, a hyphen and an EU VAT number with its country prefix, 15–25 characters.
///
/// Greece is `EL`, Northern Ireland `XI`; `PL` does not exist here.
///
/// Source: `#/components/schemas/NipVatUe`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NipVatUe(Ascii<25>);

impl NipVatUe {
    /// Reads `NIP-VAT`.
    ///
    /// # Errors
    /// A wrong length, a first part that is not a NIP, or a VAT number that its country does not allow.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new("NIP-VAT-UE identifier", reason, text);
        check_length("NIP-VAT-UE identifier", text, 15..=25, "15 to 25")?;
        let pattern = || {
            error(Reason::Pattern {
                expected: "a NIP, a hyphen and an EU VAT number with its country prefix",
            })
        };
        let (nip, vat) = text.split_once('-').ok_or_else(pattern)?;
        if !is_nip(nip.as_bytes()) {
            return Err(error(Reason::Pattern {
                expected: "a NIP before the hyphen",
            }));
        }
        let (country, number) = vat.split_at_checked(2).ok_or_else(pattern)?;
        if !is_vat_number(country, number.as_bytes()) {
            return Err(error(Reason::Pattern {
                expected: "an EU VAT number as its country writes it, after the hyphen",
            }));
        }
        Ascii::new(text).map(Self).ok_or_else(pattern)
    }

    /// The 15 to 25 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The Polish taxpayer.
    ///
    /// # Errors
    /// Never in practice: the first ten characters were checked when the value was made.
    pub fn nip(&self) -> Result<Nip, ParseError> {
        Nip::parse(self.as_str().get(..10).unwrap_or_default())
    }

    /// The VAT number with its country prefix.
    #[must_use]
    pub fn vat_number(&self) -> &str {
        self.as_str().get(11..).unwrap_or_default()
    }
}

text_value!(NipVatUe);

/// Is `number` (without prefix) a VAT number of `country`?
#[must_use]
pub fn is_vat_number(country: &str, number: &[u8]) -> bool {
    SHAPES
        .iter()
        .filter(|(of, _)| *of == country)
        .any(|(_, shape)| fits(shape.as_bytes(), number))
}

/// Shapes: `9` a digit, `A` an upper-case letter, `X` a letter or digit, `*` a letter, digit, `+` or `*`,
/// `1` a 0 or 1; a lower-case letter stands for itself in upper case.
const SHAPES: &[(&str, &str)] = &[
    ("AT", "u99999999"),
    ("BE", "1999999999"),
    ("BG", "999999999"),
    ("BG", "9999999999"),
    ("CY", "99999999A"),
    ("CZ", "99999999"),
    ("CZ", "999999999"),
    ("CZ", "9999999999"),
    ("DE", "999999999"),
    ("DK", "99999999"),
    ("EE", "999999999"),
    ("EL", "999999999"),
    ("ES", "A99999999"),
    ("ES", "99999999A"),
    ("ES", "A9999999A"),
    ("FI", "99999999"),
    ("FR", "XX999999999"),
    ("HR", "99999999999"),
    ("HU", "99999999"),
    ("IE", "9999999AA"),
    ("IE", "9*99999A"),
    ("IT", "99999999999"),
    ("LT", "999999999"),
    ("LT", "999999999999"),
    ("LU", "99999999"),
    ("LV", "99999999999"),
    ("MT", "99999999"),
    ("NL", "************"),
    ("PT", "999999999"),
    ("RO", "99"),
    ("RO", "999"),
    ("RO", "9999"),
    ("RO", "99999"),
    ("RO", "999999"),
    ("RO", "9999999"),
    ("RO", "99999999"),
    ("RO", "999999999"),
    ("RO", "9999999999"),
    ("SE", "999999999999"),
    ("SI", "99999999"),
    ("SK", "9999999999"),
    ("XI", "999999999"),
    ("XI", "999999999999"),
    ("XI", "gd999"),
    ("XI", "ha999"),
];

fn fits(shape: &[u8], number: &[u8]) -> bool {
    shape.len() == number.len()
        && shape.iter().zip(number).all(|(&class, &byte)| match class {
            b'9' => byte.is_ascii_digit(),
            b'1' => byte == b'0' || byte == b'1',
            b'A' => byte.is_ascii_uppercase(),
            b'X' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            b'*' => ascii::all(&[byte], |byte| {
                byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'+' || byte == b'*'
            }),
            literal => byte == literal.to_ascii_uppercase(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country() {
        for vat in [
            "ATU12345678",
            "BE0123456789",
            "BG123456789",
            "BG1234567890",
            "CY12345678A",
            "CZ12345678",
            "CZ1234567890",
            "DE123456789",
            "DK12345678",
            "EE123456789",
            "EL123456789",
            "ESA12345678",
            "ES12345678A",
            "ESA1234567B",
            "FI12345678",
            "FRXX123456789",
            "FR12123456789",
            "HR12345678901",
            "HU12345678",
            "IE1234567AB",
            "IE1+23456A",
            "IE1234567A",
            "IT12345678901",
            "LT123456789",
            "LT123456789012",
            "LU12345678",
            "LV12345678901",
            "MT12345678",
            "NL123456789B01",
            "NL+*3456789B01",
            "PT123456789",
            "RO12",
            "RO1234567890",
            "SE123456789012",
            "SI12345678",
            "SK1234567890",
            "XI123456789",
            "XI123456789012",
            "XIGD123",
            "XIHA123",
        ] {
            let text = format!("5265877635-{vat}");
            let value = NipVatUe::parse(&text).unwrap();
            assert_eq!(value.vat_number(), vat);
            assert_eq!(value.nip().unwrap().as_str(), "5265877635");
        }
    }

    #[test]
    fn refuses_what_countries_do_not_write() {
        for vat in [
            "PL5265877635",
            "GR123456789",
            "DE123456789012",
            "DE12345678",
            "AT12345678",
            "BE2123456789",
            "RO1",
            "XIGX123",
            "US123456789",
            "de123456789",
            "DEą2345678",
        ] {
            assert!(
                NipVatUe::parse(&format!("5265877635-{vat}")).is_err(),
                "{vat}"
            );
        }
        for text in [
            "",
            "5265877635",
            "0265877635-DE123456789",
            "5265877635DE123456789",
        ] {
            assert!(NipVatUe::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            NipVatUe::parse("5265877635-RO12").unwrap().as_str().len(),
            15
        );
        assert_eq!(
            NipVatUe::parse("5265877635-NL123456789B01")
                .unwrap()
                .as_str()
                .len(),
            25
        );
    }
}

//! The number under which several invoices are paid together.

use crate::ascii::{self, Ascii, text_value};
use crate::crc8::crc8;
use crate::nip::is_nip;
use crate::parse::{ParseError, Reason, check_length};

/// `NNNNNNNNNN-IZYYYYMM-HHHHHHHHHHHH-CC` (identyfikator zbiorczy), 35 characters, with a CRC-8 as in KSeF numbers.
///
/// Source: `#/components/schemas/GenerateCollectiveIdentifierResponse`, since API 2.7.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollectiveIdentifier(Ascii<35>);

impl CollectiveIdentifier {
    /// Reads 35 characters.
    ///
    /// # Errors
    /// A wrong length, another pattern, or a checksum that does not agree.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new("collective identifier", reason, text);
        check_length("collective identifier", text, 35..=35, "35")?;
        let pattern = || {
            error(Reason::Pattern {
                expected: "NIP-IZYYYYMM-12 hexadecimal digits-2 hexadecimal digits, upper case",
            })
        };
        if !follows_pattern(text.as_bytes()) {
            return Err(pattern());
        }
        let (body, checksum) = text.rsplit_once('-').ok_or_else(pattern)?;
        let expected = format!("{:02X}", crc8(body.as_bytes()));
        if checksum != expected {
            return Err(error(Reason::Checksum {
                expected,
                actual: checksum.to_owned(),
            }));
        }
        Ascii::new(text).map(Self).ok_or_else(pattern)
    }

    /// The 35 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

text_value!(CollectiveIdentifier);

fn follows_pattern(bytes: &[u8]) -> bool {
    let Some((nip, rest)) = bytes.split_at_checked(10) else {
        return false;
    };
    let Some(([b'-', b'I', b'Z', month @ ..], rest)) = rest.split_at_checked(9) else {
        return false;
    };
    let [b'-', technical @ .., b'-', high, low] = rest else {
        return false;
    };
    let mut date = month.to_vec();
    date.extend_from_slice(b"01");
    is_nip(nip)
        && ascii::is_compact_date(&date)
        && technical.len() == 12
        && ascii::all(technical, ascii::is_upper_hex)
        && ascii::is_upper_hex(*high)
        && ascii::is_upper_hex(*low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_identifier_and_its_neighbours() {
        assert!(CollectiveIdentifier::parse("1111111111-IZ202607-65ED02180000-E7").is_ok());
        for text in [
            "",
            "1111111111-IZ202607-65ED02180000-E8",
            "1111111111-IZ202613-65ED02180000-E7",
            "1111111111-20260701-65ED02180000-E7",
            "1111111111-IZ202607-65ed02180000-E7",
            "1111111111-IZ202607-65ED02180000-E",
        ] {
            assert!(CollectiveIdentifier::parse(text).is_err(), "{text}");
        }
    }
}

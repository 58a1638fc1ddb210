//! The number under which several invoices are paid together.

use jiff::civil::Date;

use crate::ascii::{self, Ascii, text_value};
use crate::crc8::crc8;
use crate::nip::{Nip, is_nip};
use crate::parse::{ParseError, Reason, check_length};

/// `NNNNNNNNNN-IZYYYYMM-HHHHHHHHHHHH-CC` (identyfikator zbiorczy), 35 characters: the seller's NIP, the month of its
/// making, a technical part and a CRC-8 as in KSeF numbers.
///
/// [`Self::parse`] checks the checksum. By serde, that is from KSeF itself, the pattern is enough, as with KSeF numbers.
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
        let identifier = Self::from_wire(text)?;
        let (body, checksum) = text.rsplit_once('-').unwrap_or((text, ""));
        let expected = format!("{:02X}", crc8(body.as_bytes()));
        if checksum != expected {
            let reason = Reason::Checksum {
                expected,
                actual: checksum.to_owned(),
            };
            return Err(ParseError::new(VALUE, reason, text));
        }
        Ok(identifier)
    }

    /// An identifier of invoices of `seller` made on `date` (Warsaw); the lowest 48 bits of `technical` are used.
    #[must_use]
    pub fn generate(seller: Nip, date: Date, technical: u64) -> Self {
        let technical = technical & 0xFFFF_FFFF_FFFF;
        let (year, month) = (date.year().max(0), date.month());
        let body = format!("{seller}-IZ{year:04}{month:02}-{technical:012X}");
        let text = format!("{body}-{:02X}", crc8(body.as_bytes()));
        Self(Ascii::new(&text).unwrap_or_else(|| unreachable!("35 characters")))
    }

    /// The 35 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The seller of the invoices.
    ///
    /// # Errors
    /// Never in practice: the first ten characters were checked when the value was made.
    pub fn seller(&self) -> Result<Nip, ParseError> {
        Nip::parse(self.as_str().get(..10).unwrap_or_default())
    }

    /// Reads by the pattern, without the checksum.
    fn from_wire(text: &str) -> Result<Self, ParseError> {
        check_length(VALUE, text, 35..=35, "35")?;
        Ascii::new(text)
            .filter(|text| follows_pattern(text.as_bytes()))
            .map(Self)
            .ok_or_else(|| {
                let expected =
                    "NIP-IZYYYYMM-12 hexadecimal digits-2 hexadecimal digits, upper case";
                ParseError::new(VALUE, Reason::Pattern { expected }, text)
            })
    }
}

text_value!(CollectiveIdentifier, read_with: from_wire);

/// The name of the value in errors.
const VALUE: &str = "collective identifier";

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

    #[test]
    fn generated_identifiers_are_read_again() {
        let seller = Nip::parse("1111111111").unwrap();
        let date = jiff::civil::date(2026, 7, 31);
        let made = CollectiveIdentifier::generate(seller, date, 0x65ED_0218_0000);
        assert_eq!(made.as_str(), "1111111111-IZ202607-65ED02180000-E7");
        assert_eq!(made.seller().unwrap(), seller);
        assert_eq!(CollectiveIdentifier::parse(made.as_str()).unwrap(), made);
    }

    #[test]
    fn an_answer_with_another_sum_is_still_read() {
        let text = "\"1111111111-IZ202607-65ED02180000-E8\"";
        let read: CollectiveIdentifier = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        for wrong in ["\"x\"", "\"1111111111-20260701-65ED02180000-E7\""] {
            assert!(serde_json::from_str::<CollectiveIdentifier>(wrong).is_err());
        }
    }
}

//! The number that KSeF gives to an accepted invoice.

use jiff::civil::Date;

use crate::ascii::{self, Ascii, text_value};
use crate::crc8::crc8;
use crate::nip::{Nip, is_nip};
use crate::parse::{ParseError, Reason, check_length};

/// `NNNNNNNNNN-YYYYMMDD-HHHHHHHHHHHH-CC`: the seller's NIP, the day of acceptance, a technical part and a
/// CRC-8. KSeF 1.0 wrote a hyphen in the middle of the technical part (36 characters); such numbers are
/// still valid and never generated.
///
/// [`Self::parse`] checks the checksum: a mistyped number is refused here and not minutes later.
/// For 36 characters the Ministry does not say whether the inner hyphen counts, so both sums are accepted.
/// By serde, that is from KSeF itself, the pattern of the contract is enough: one number with another sum does
/// not cost the whole answer.
///
/// Source: `#/components/schemas/KsefNumber`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KsefNumber(Ascii<36>);

impl KsefNumber {
    /// Reads 35 or 36 characters.
    ///
    /// # Errors
    /// A wrong length, another pattern, or a checksum that does not agree.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let number = Self::from_wire(text)?;
        let (body, checksum) = text.rsplit_once('-').unwrap_or((text, ""));
        let expected = format!("{:02X}", crc8(body.as_bytes()));
        let without_inner_hyphen = || {
            let (head, tail) = body.split_at_checked(26)?;
            Some(format!(
                "{:02X}",
                crc8(format!("{head}{}", tail.strip_prefix('-')?).as_bytes())
            ))
        };
        if checksum != expected && without_inner_hyphen().as_deref() != Some(checksum) {
            let reason = Reason::Checksum {
                expected,
                actual: checksum.to_owned(),
            };
            return Err(ParseError::new(VALUE, reason, text));
        }
        Ok(number)
    }

    /// The number of an invoice of `seller` accepted on `date` (Warsaw); the lowest 48 bits of `technical` are used.
    #[must_use]
    pub fn generate(seller: Nip, date: Date, technical: u64) -> Self {
        let technical = technical & 0xFFFF_FFFF_FFFF;
        let body = format!(
            "{seller}-{:04}{:02}{:02}-{technical:012X}",
            date.year().max(0),
            date.month(),
            date.day()
        );
        let text = format!("{body}-{:02X}", crc8(body.as_bytes()));
        Self(Ascii::new(&text).unwrap_or_else(|| unreachable!("35 characters")))
    }

    /// The 35 or 36 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The seller.
    ///
    /// # Errors
    /// Never in practice: the first ten characters were checked when the value was made.
    pub fn seller(&self) -> Result<Nip, ParseError> {
        Nip::parse(self.as_str().get(..10).unwrap_or_default())
    }

    /// Reads by the pattern, without the checksum.
    fn from_wire(text: &str) -> Result<Self, ParseError> {
        check_length(VALUE, text, 35..=36, "35 or 36")?;
        Ascii::new(text)
            .filter(|text| follows_pattern(text.as_bytes()))
            .map(Self)
            .ok_or_else(|| {
                let expected =
                    "NIP-YYYYMMDD-12 hexadecimal digits-2 hexadecimal digits, upper case";
                ParseError::new(VALUE, Reason::Pattern { expected }, text)
            })
    }

    /// The day of acceptance; `None` for a day that the pattern allows and the calendar does not, such as 31 February.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        Date::strptime("%Y%m%d", self.as_str().get(11..19)?).ok()
    }
}

text_value!(KsefNumber, read_with: from_wire);

/// The name of the value in errors.
const VALUE: &str = "KSeF number";

fn follows_pattern(bytes: &[u8]) -> bool {
    let Some((nip, rest)) = bytes.split_at_checked(10) else {
        return false;
    };
    let Some(([b'-', date @ ..], rest)) = rest.split_at_checked(9) else {
        return false;
    };
    let [b'-', technical @ .., b'-', _, _] = rest else {
        return false;
    };
    let [.., high, low] = rest else { return false };
    let hexadecimal = match technical.len() {
        12 => ascii::all(technical, ascii::is_upper_hex),
        13 => technical.iter().enumerate().all(|(at, &byte)| {
            if at == 6 {
                byte == b'-'
            } else {
                ascii::is_upper_hex(byte)
            }
        }),
        _ => false,
    };
    is_nip(nip)
        && ascii::is_compact_date(date)
        && hexadecimal
        && ascii::is_upper_hex(*high)
        && ascii::is_upper_hex(*low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VECTORS: [&str; 9] = [
        "5265877635-20250826-0100001AF629-AF",
        "5265877635-20250626-010080DD2B5E-26",
        "5555555555-20250828-010080615740-E4",
        "5265877635-20250916-0200A0D6723E-C2",
        "5265877635-20250916-020000583241-84",
        "5265877635-20250916-02000009FF3E-FB",
        "5265877635-20250916-0100C002FF3E-D5",
        "5265877635-20250916-010040741B3E-46",
        "5265877635-20250925-010020A0A242-0A",
    ];

    #[test]
    fn known_numbers() {
        for text in VECTORS {
            let number = KsefNumber::parse(text).unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(number.seller().unwrap().as_str(), &text[..10]);
            let technical = u64::from_str_radix(&text[20..32], 16).unwrap();
            assert_eq!(
                KsefNumber::generate(number.seller().unwrap(), number.date().unwrap(), technical),
                number
            );
        }
    }

    #[test]
    fn numbers_of_ksef_1() {
        let with_hyphen = "5265877635-20250826-010000-1AF629";
        let counted = format!("{with_hyphen}-{:02X}", crc8(with_hyphen.as_bytes()));
        assert_eq!(counted.len(), 36);
        assert!(KsefNumber::parse(&counted).is_ok());
        assert!(
            KsefNumber::parse("5265877635-20250826-010000-1AF629-AF").is_ok(),
            "the hyphen not counted"
        );
        assert!(KsefNumber::parse("5265877635-20250826-010000-1AF629-00").is_err());
        assert!(
            KsefNumber::parse("5265877635-20250826-01000-01AF629-AF").is_err(),
            "the hyphen elsewhere"
        );
    }

    #[test]
    fn every_date_has_its_numbers() {
        let seller = Nip::parse("5265877635").unwrap();
        for date in [Date::MIN, Date::MAX] {
            assert_eq!(
                KsefNumber::generate(seller, date, u64::MAX).as_str().len(),
                35
            );
        }
    }

    #[test]
    fn refuses_other_texts() {
        for text in [
            "",
            "5265877635-20250826-0100001AF629-AE",
            "5265877635-20250826-0100001af629-AF",
            "5265877635-20251326-0100001AF629-AF",
            "5265877635-20190826-0100001AF629-AF",
            "0265877635-20250826-0100001AF629-AF",
            "5265877635-20250826-0100001AF629-A",
            "5265877635-20250826-0100001AF629-AFF0",
            "5265877635_20250826_0100001AF629_AF",
            "526587763ą-20250826-0100001AF629-A",
        ] {
            assert!(KsefNumber::parse(text).is_err(), "{text}");
        }
        let error = KsefNumber::parse("5265877635-20250826-0100001AF629-AE").unwrap_err();
        assert_eq!(
            error.reason(),
            &Reason::Checksum {
                expected: "AF".into(),
                actual: "AE".into()
            }
        );
    }

    #[test]
    fn answers_are_held_to_the_pattern_alone() {
        let other_sum = "\"5265877635-20250826-0100001AF629-AE\"";
        let number: KsefNumber = serde_json::from_str(other_sum).unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), other_sum);
        for text in [
            "\"\"",
            "\"5265877635-20251326-0100001AF629-AF\"",
            "\"5265877635-20250826-0100001af629-AF\"",
        ] {
            assert!(serde_json::from_str::<KsefNumber>(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_seen(technical in any::<u64>(), at in 20usize..32, digit in "[0-9A-F]") {
            let number = KsefNumber::generate(Nip::parse("5265877635").unwrap(), jiff::civil::date(2026, 11, 21), technical);
            let mut text = number.to_string();
            prop_assume!(text[at..=at] != digit);
            text.replace_range(at..=at, &digit);
            prop_assert!(KsefNumber::parse(&text).is_err());
        }

        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = KsefNumber::parse(&text);
        }
    }
}

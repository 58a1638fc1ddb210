//! Reference numbers: how KSeF names what it does for us. Two different things have two different types.

use jiff::civil::Date;

use crate::ascii::{self, Ascii, text_value};
use crate::crc8::crc8;
use crate::parse::{ParseError, Reason, check_length};

/// Any reference number: `YYYYMMDD-TT-XXXXXXXXXX-XXXXXXXXXX-CC`, 36 characters, whose `TT` tells the kind.
///
/// `CC` is a CRC-8 of what precedes it. Published samples break it, so it is generated and never demanded.
///
/// The contract promises 36 characters and no pattern. What people type is held to the pattern ([`Self::parse`]);
/// what comes by serde may be any 36 ASCII letters, digits and hyphens, so that one unusual number in an answer
/// does not cost the whole answer.
///
/// Source: `#/components/schemas/ReferenceNumber`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(Ascii<36>);

impl Reference {
    /// Reads 36 characters.
    ///
    /// # Errors
    /// A wrong length or another pattern.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::parse_as("reference number", text)
    }

    /// A new reference of `kind` (two digits or upper-case letters); of `high` and `low` the lowest 40 bits are used.
    #[must_use]
    pub fn generate(kind: [u8; 2], date: Date, high: u64, low: u64) -> Self {
        const MASK: u64 = 0xFF_FFFF_FFFF;
        let [first, second] = kind.map(char::from);
        let body = format!(
            "{:04}{:02}{:02}-{first}{second}-{:010X}-{:010X}",
            date.year().max(0),
            date.month(),
            date.day(),
            high & MASK,
            low & MASK
        );
        let text = format!("{body}-{:02X}", crc8(body.as_bytes()));
        Self(Ascii::new(&text).unwrap_or_else(|| unreachable!("36 characters")))
    }

    /// The 36 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The two characters that tell the kind, for instance `SO`.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.as_str().get(9..11).unwrap_or_default()
    }

    /// Does the CRC-8 at the end agree? References of the real KSeF do; published samples often do not.
    #[must_use]
    pub fn has_valid_checksum(&self) -> bool {
        self.as_str()
            .rsplit_once('-')
            .is_some_and(|(body, checksum)| format!("{:02X}", crc8(body.as_bytes())) == checksum)
    }

    fn from_wire(text: &str) -> Result<Self, ParseError> {
        Self::from_wire_as("reference number", text)
    }

    fn from_wire_as(value: &'static str, text: &str) -> Result<Self, ParseError> {
        check_length(value, text, 36..=36, "36")?;
        Ascii::new(text)
            .filter(|text| {
                ascii::all(text.as_bytes(), |byte| {
                    byte.is_ascii_alphanumeric() || byte == b'-'
                })
            })
            .map(Self)
            .ok_or_else(|| {
                let expected = "letters, digits and hyphens";
                ParseError::new(value, Reason::Pattern { expected }, text)
            })
    }

    fn parse_as(value: &'static str, text: &str) -> Result<Self, ParseError> {
        let error = |reason| ParseError::new(value, reason, text);
        check_length(value, text, 36..=36, "36")?;
        let pattern = || {
            error(Reason::Pattern {
                expected: "YYYYMMDD-TT-10 hexadecimal digits-10 hexadecimal digits-2 hexadecimal digits, upper case",
            })
        };
        if !follows_pattern(text) {
            return Err(pattern());
        }
        Ascii::new(text).map(Self).ok_or_else(pattern)
    }
}

text_value!(Reference, read_with: from_wire);

fn follows_pattern(text: &str) -> bool {
    let mut parts = text.split('-').map(str::as_bytes);
    let (Some(date), Some(kind), Some(high), Some(low), Some(checksum), None) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return false;
    };
    ascii::is_compact_date(date)
        && kind.len() == 2
        && ascii::all(kind, |byte| {
            byte.is_ascii_digit() || byte.is_ascii_uppercase()
        })
        && [high, low]
            .iter()
            .all(|part| part.len() == 10 && ascii::all(part, ascii::is_upper_hex))
        && checksum.len() == 2
        && ascii::all(checksum, ascii::is_upper_hex)
}

macro_rules! references {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $value:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// The kind inside the number is not demanded when reading: KSeF does not promise it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Reference);

        impl $name {
            /// Reads 36 characters.
            ///
            /// # Errors
            /// A wrong length or another pattern.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                Reference::parse_as($value, text).map(Self)
            }

            #[doc = concat!("A new reference of kind `", $code, "`; of `high` and `low` the lowest 40 bits are used.")]
            #[must_use]
            pub fn generate(date: Date, high: u64, low: u64) -> Self {
                let kind: &[u8; 2] = const { $code.as_bytes().first_chunk().unwrap() };
                Self(Reference::generate(*kind, date, high, low))
            }

            /// The 36 characters.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            fn from_wire(text: &str) -> Result<Self, ParseError> {
                Reference::from_wire_as($value, text).map(Self)
            }

            /// The same number without its type.
            #[must_use]
            pub fn as_reference(&self) -> Reference {
                self.0
            }
        }

        text_value!($name, read_with: from_wire);

        impl From<$name> for Reference {
            fn from(reference: $name) -> Self {
                reference.0
            }
        }
    )*};
}

references! {
    /// A challenge to be signed or encrypted when logging in.
    Challenge = "CR", "challenge";
    /// An authentication operation, afterwards the login session.
    AuthRef = "AU", "authentication reference";
    /// A sending session: interactive (`SO`) or batch (`SB`). [`SessionRef::generate`] makes interactive ones.
    SessionRef = "SO", "session reference";
    /// An invoice inside a session, before it has a KSeF number.
    InvoiceRef = "EE", "invoice reference";
    /// A page of a session's UPO.
    UpoRef = "EU", "UPO reference";
    /// An export of invoices.
    ExportRef = "EH", "export reference";
    /// An operation on permissions.
    PermissionRef = "EG", "permission operation reference";
    /// A KSeF token (its public name, not the secret).
    TokenRef = "EC", "token reference";
    /// An application for a certificate.
    EnrollmentRef = "ER", "certificate application reference";
}

/// Is the session interactive or batch?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionKind {
    /// Invoices are sent one by one.
    Online,
    /// Invoices are sent in one package.
    Batch,
}

impl SessionRef {
    /// The kind that the number tells; `None` when it tells neither.
    #[must_use]
    pub fn session_kind(&self) -> Option<SessionKind> {
        match self.0.kind() {
            "SO" => Some(SessionKind::Online),
            "SB" => Some(SessionKind::Batch),
            _ => None,
        }
    }

    /// A new reference of a batch session.
    #[must_use]
    pub fn generate_batch(date: Date, high: u64, low: u64) -> Self {
        Self(Reference::generate(*b"SB", date, high, low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn checksums_of_known_references() {
        for (text, valid) in [
            ("20250514-CR-226FB7B000-3ACF9BE4C0-10", true),
            ("20250625-EE-319D7EE000-B67F415CDC-2C", true),
            ("20250626-SB-213D593000-4DE10D80A5-E9", true),
            ("20251010-AU-19F5E39000-39B5B182BA-B8", true),
            ("20250901-EU-47FDBE3000-5961A5D232-BF", true),
            ("36950822-93-9D5A28BFDA-47C899773E-5C", false),
        ] {
            assert_eq!(
                Reference::parse(text).unwrap().has_valid_checksum(),
                valid,
                "{text}"
            );
        }
    }

    #[test]
    fn kinds() {
        let date = jiff::civil::date(2026, 11, 21);
        assert_eq!(
            SessionRef::generate(date, 1, 2).as_str(),
            "20261121-SO-0000000001-0000000002-C0"
                .replace("C0", &SessionRef::generate(date, 1, 2).as_str()[34..])
        );
        assert_eq!(
            SessionRef::generate(date, 1, 2).session_kind(),
            Some(SessionKind::Online)
        );
        assert_eq!(
            SessionRef::generate_batch(date, 1, 2).session_kind(),
            Some(SessionKind::Batch)
        );
        assert_eq!(Challenge::generate(date, 1, 2).as_reference().kind(), "CR");
        assert_eq!(
            SessionRef::parse("36950822-93-9D5A28BFDA-47C899773E-5C")
                .unwrap()
                .session_kind(),
            None
        );
    }

    #[test]
    fn answers_may_hold_any_36_letters_digits_and_hyphens() {
        let uuid = "\"a1b2c3d4-e5f6-4789-ab12-cd34ef567890\"";
        let reference: TokenRef = serde_json::from_str(uuid).unwrap();
        assert_eq!(serde_json::to_string(&reference).unwrap(), uuid);
        assert!(TokenRef::parse(reference.as_str()).is_err());
        assert_eq!(
            serde_json::from_str::<Reference>(uuid).unwrap(),
            reference.into()
        );
        for text in [
            "\"\"",
            "\"20250625-EE-319D7EE000-B67F415CDC-2\"",
            "\"../../25-EE-319D7EE000-B67F415CDC-2C\"",
            "\"20250625-EE-319D7EE000-B67F415CD?-2C\"",
            "\"20250625-EE-319D7EE000-B67F415CDą-2C\"",
        ] {
            assert!(serde_json::from_str::<TokenRef>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_date_has_its_references() {
        for date in [Date::MIN, Date::MAX] {
            assert_eq!(SessionRef::generate(date, u64::MAX, 0).as_str().len(), 36);
        }
    }

    #[test]
    fn refuses_other_texts() {
        for text in [
            "",
            "20250625-EE-319D7EE000-B67F415CDC",
            "20250625-ee-319D7EE000-B67F415CDC-2C",
            "20250625-EE-319d7ee000-B67F415CDC-2C",
            "20251325-EE-319D7EE000-B67F415CDC-2C",
            "20250625-EEE-319D7EE00-B67F415CDC-2C",
            "20250625_EE_319D7EE000_B67F415CDC_2C",
            "20250625-EE-319D7EE000-B67F415CDą-2C",
        ] {
            assert!(InvoiceRef::parse(text).is_err(), "{text}");
        }
        assert!(
            InvoiceRef::parse("x")
                .unwrap_err()
                .to_string()
                .contains("invoice reference")
        );
    }

    proptest! {
        #[test]
        fn generated_references_are_read_back(high in any::<u64>(), low in any::<u64>(), day in 1i8..=28) {
            let reference = InvoiceRef::generate(jiff::civil::date(2026, 2, day), high, low);
            prop_assert_eq!(InvoiceRef::parse(reference.as_str()).unwrap(), reference);
            prop_assert!(reference.as_reference().has_valid_checksum());
            let untyped = reference.as_reference();
            prop_assert_eq!(untyped.kind(), "EE");
        }

        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = Reference::parse(&text);
        }
    }
}

//! Short ASCII texts held in place: identifiers are copied freely and never allocate.

use std::fmt;

/// At most `N` ASCII bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ascii<const N: usize> {
    bytes: [u8; N],
    length: u8,
}

impl<const N: usize> Ascii<N> {
    /// Copies `text`; `None` when it is longer than `N` or not ASCII.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let source = text.as_bytes();
        let length = u8::try_from(source.len()).ok()?;
        let mut bytes = [0; N];
        bytes.get_mut(..source.len())?.copy_from_slice(source);
        source.is_ascii().then_some(Self { bytes, length })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        // Always succeeds: only ASCII gets in.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Debug for Ascii<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Is every byte of `text` in `allowed`?
pub(crate) fn all(text: &[u8], allowed: impl Fn(u8) -> bool) -> bool {
    text.iter().all(|&byte| allowed(byte))
}

/// The value of an ASCII digit.
pub(crate) fn digit(byte: u8) -> u32 {
    u32::from(byte.wrapping_sub(b'0'))
}

/// Upper-case hexadecimal digits only, as KSeF writes them.
pub(crate) fn is_upper_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)
}

/// Is `text` a date `YYYYMMDD` as the patterns of KSeF allow it: 2020 or later, month 01–12, day 01–31?
/// The patterns do not know month lengths, so neither does this.
pub(crate) fn is_compact_date(text: &[u8]) -> bool {
    let [y1, y2, y3, y4, m1, m2, d1, d2] = text else {
        return false;
    };
    if !all(text, |byte| byte.is_ascii_digit()) {
        return false;
    }
    let year = digit(*y1) * 1000 + digit(*y2) * 100 + digit(*y3) * 10 + digit(*y4);
    let month = digit(*m1) * 10 + digit(*m2);
    let day = digit(*d1) * 10 + digit(*d2);
    year >= 2020 && (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// The traits that every text value shares: `FromStr`, `Display`, `AsRef<str>`, serde as a string.
///
/// Serde reads with `parse`, or with another function where answers promise less than people are asked for.
macro_rules! text_value {
    ($name:ident) => {
        $crate::ascii::text_value!($name, read_with: parse);
    };
    ($name:ident, read_with: $read:ident) => {
        impl std::str::FromStr for $name {
            type Err = $crate::parse::ParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::$read(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_value;

//! The encoding of a CSV file, detected only where the bytes leave no doubt.

use encoding_rs::{ISO_8859_2, UTF_16BE, UTF_16LE, WINDOWS_1250};

use crate::fault::Fault;
use crate::mapping::Encoding;

/// Decodes a file. A byte order mark decides first, then the configured encoding, then what the
/// bytes allow: valid UTF-8; Windows-1250 when bytes occur that ISO-8859-2 keeps for control
/// characters, or when only it gives Polish letters; ISO-8859-2 in the same way.
pub(crate) fn decode(bytes: &[u8], configured: Option<Encoding>) -> Result<String, Fault> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return utf8(rest);
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let encoding = if bytes.starts_with(b"\xff\xfe") {
            UTF_16LE
        } else {
            UTF_16BE
        };
        return encoding
            .decode_without_bom_handling_and_without_replacement(bytes.get(2..).unwrap_or_default())
            .map(std::borrow::Cow::into_owned)
            .ok_or(Fault::NotInEncoding { encoding: "UTF-16" });
    }
    match configured {
        Some(Encoding::Utf8) => utf8(bytes),
        Some(Encoding::Windows1250) => Ok(single(WINDOWS_1250, bytes)),
        Some(Encoding::Iso8859Two) => Ok(single(ISO_8859_2, bytes)),
        None => utf8(bytes).or_else(|_| detect(bytes)),
    }
}

/// Bytes that must be UTF-8, without a byte order mark.
pub(crate) fn utf8(bytes: &[u8]) -> Result<String, Fault> {
    std::str::from_utf8(bytes)
        .map(str::to_owned)
        .map_err(|_| Fault::NotInEncoding { encoding: "UTF-8" })
}

fn single(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn detect(bytes: &[u8]) -> Result<String, Fault> {
    let windows = single(WINDOWS_1250, bytes);
    let iso = single(ISO_8859_2, bytes);
    if windows == iso || bytes.iter().any(|byte| (0x80..=0x9f).contains(byte)) {
        return Ok(windows);
    }
    let only_polish = |text: &str| {
        text.chars()
            .all(|found| found.is_ascii() || POLISH.contains(found))
    };
    match (only_polish(&windows), only_polish(&iso)) {
        (true, false) => Ok(windows),
        (false, true) => Ok(iso),
        _ => Err(Fault::AmbiguousEncoding),
    }
}

/// The letters Polish has beyond ASCII, and the no-break space.
const POLISH: &str = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ\u{a0}";

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Zażółć gęślą jaźń; ŁÓDŹ";

    #[test]
    fn all_encodings_are_told_apart() {
        let windows = WINDOWS_1250.encode(TEXT).0;
        let iso = ISO_8859_2.encode(TEXT).0;
        assert_ne!(windows, iso);
        let mut bom = b"\xef\xbb\xbf".to_vec();
        bom.extend(TEXT.as_bytes());
        for bytes in [TEXT.as_bytes(), &windows, &iso, &bom] {
            assert_eq!(decode(bytes, None).as_deref(), Ok(TEXT));
        }
        let mut wide = vec![0xff, 0xfe];
        wide.extend(TEXT.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&wide, None).as_deref(), Ok(TEXT));
    }

    #[test]
    fn one_letter_is_enough_when_only_one_encoding_makes_it_polish() {
        assert_eq!(decode(b"\xb1", None).as_deref(), Ok("ą")); // ± in Windows-1250
        assert_eq!(decode(b"\xb9", None).as_deref(), Ok("ą")); // š in ISO-8859-2
        assert_eq!(decode(b"\x9c", None).as_deref(), Ok("ś"));
        assert_eq!(decode(b"\xf3", None).as_deref(), Ok("ó")); // the same in both
    }

    #[test]
    fn doubt_is_a_fault_and_configuration_ends_it() {
        // ą of Windows-1250 beside ą of ISO-8859-2
        assert_eq!(decode(b"\xb9\xb1", None), Err(Fault::AmbiguousEncoding));
        assert_eq!(
            decode(b"\xb9\xb1", Some(Encoding::Windows1250)).as_deref(),
            Ok("ą±")
        );
        assert_eq!(
            decode(b"\xb9\xb1", Some(Encoding::Iso8859Two)).as_deref(),
            Ok("šą")
        );
        assert!(decode(b"\xb9", Some(Encoding::Utf8)).is_err());
        assert!(decode(b"\xff\xfe\x00", None).is_err());
    }
}

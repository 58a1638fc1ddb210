//! `hexBinary` and `base64Binary`: how many octets a text stands for.

/// The octets of a `hexBinary`.
pub(crate) fn hex_octets(text: &str) -> Option<usize> {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex && text.len().is_multiple_of(2)).then_some(text.len() / 2)
}

/// The octets of a `base64Binary`, whose white space is collapsed.
///
/// The grammar is that of XSD 1.0 part 2, 3.2.16: groups of four characters that single spaces
/// may separate, and no bits that are cut off by the padding. libxml2 also skips characters that
/// are not Base64.
pub(crate) fn base64_octets(text: &str) -> Option<usize> {
    let mut digits = 0_usize;
    let mut padding = 0_usize;
    let mut last = 0;
    for byte in text.bytes() {
        match byte {
            b' ' => {}
            b'=' => padding += 1,
            _ if padding > 0 => return None,
            _ => {
                last = value(byte)?;
                digits += 1;
            }
        }
    }
    match (digits % 4, padding) {
        (0, 0) => Some(digits / 4 * 3),
        (3, 1) if last & 0b11 == 0 => Some(digits / 4 * 3 + 2),
        (2, 2) if last & 0b1111 == 0 => Some(digits / 4 * 3 + 1),
        _ => None,
    }
}

/// Do two texts that are Base64 stand for the same octets?
pub(crate) fn is_same_base64(left: &str, right: &str) -> bool {
    let digits = |text| str::bytes(text).filter(|byte| *byte != b' ');
    digits(left).eq(digits(right))
}

const fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_counted() {
        for (text, octets) in [
            ("", Some(0)),
            ("00fF", Some(2)),
            ("0", None),
            ("0g", None),
            ("00 ff", None),
        ] {
            assert_eq!(hex_octets(text), octets, "{text}");
        }
        for (text, octets) in [
            ("", Some(0)),
            ("QUJD", Some(3)),
            ("QU JD", Some(3)),
            ("QUI=", Some(2)),
            ("Q Q = =", Some(1)),
            ("QQ==", Some(1)),
            ("QR==", None),
            ("QUJ=", None),
            ("QUJDQ", None),
            ("QUJD====", None),
            ("Q===", None),
            ("=", None),
            ("QQ=A", None),
            ("QU.D", None),
            ("QU-_", None),
        ] {
            assert_eq!(base64_octets(text), octets, "{text}");
        }
        assert!(is_same_base64("QU JD", "QUJD"));
        assert!(!is_same_base64("QUJD", "QUJE"));
    }
}

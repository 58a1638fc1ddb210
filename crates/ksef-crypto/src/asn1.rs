//! A reader of DER, just enough for certificates and keys, and lenient about what they contain.
//!
//! Certificates met in KSeF are not always what RFC 5280 asks for (facts: ECDSA algorithm
//! identifiers with NULL parameters), so nothing here looks further than tags and lengths.

/// One element: its tag, its content, and all of it with the header.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub(crate) fn inside(&self) -> Elements<'a> {
        Elements { rest: self.content }
    }

    /// The bytes of a BIT STRING that has no unused bits.
    pub(crate) fn bits(&self) -> Option<&'a [u8]> {
        match (self.tag, self.content) {
            (BIT_STRING, [0, bits @ ..]) => Some(bits),
            _ => None,
        }
    }

    /// An object identifier in dotted form; arcs as long as a UUID are read.
    pub(crate) fn oid(&self) -> Option<String> {
        if self.tag != OID {
            return None;
        }
        let mut arcs: Vec<u128> = Vec::new();
        let mut value: u128 = 0;
        for byte in self.content {
            value = value
                .checked_mul(128)?
                .checked_add(u128::from(byte & 0x7f))?;
            if byte & 0x80 == 0 {
                if arcs.is_empty() {
                    let first = (value / 40).min(2);
                    arcs.extend([first, value - first * 40]);
                } else {
                    arcs.push(value);
                }
                value = 0;
            }
        }
        let arcs: Vec<String> = arcs.iter().map(u128::to_string).collect();
        Some(arcs.join("."))
    }

    /// A non-negative INTEGER, big endian, without leading zeros.
    pub(crate) fn integer(&self) -> Option<&'a [u8]> {
        if self.tag != INTEGER || self.content.is_empty() {
            return None;
        }
        let zeros = self.content.iter().take_while(|byte| **byte == 0).count();
        self.content.get(zeros..)
    }
}

/// Elements one after another; stops at the end or at the first malformed one.
#[derive(Clone)]
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Elements<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    /// The next element when it has this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Option<Element<'a>> {
        self.next().filter(|element| element.tag == tag)
    }

    /// The next element when it has this tag; otherwise nothing is consumed.
    pub(crate) fn optional(&mut self, tag: u8) -> Option<Element<'a>> {
        let mut ahead = self.clone();
        let element = ahead.expect(tag)?;
        *self = ahead;
        Some(element)
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let input = self.rest;
        let (&tag, after_tag) = input.split_first()?;
        let (&first, after_first) = after_tag.split_first()?;
        let (length, body) = if first < 0x80 {
            (usize::from(first), after_first)
        } else {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return None;
            }
            let (digits, body) = after_first.split_at_checked(count)?;
            let length = digits
                .iter()
                .fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            (length, body)
        };
        let (content, rest) = body.split_at_checked(length)?;
        let whole = input.get(..input.len() - rest.len())?;
        self.rest = rest;
        Some(Element {
            tag,
            content,
            whole,
        })
    }
}

/// The only element of `input`; nothing may follow it.
pub(crate) fn single(input: &[u8]) -> Option<Element<'_>> {
    let mut elements = Elements::new(input);
    let element = elements.next()?;
    elements.rest.is_empty().then_some(element)
}

/// A big-endian number in decimal.
pub(crate) fn decimal(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = vec![0];
    for byte in bytes {
        let mut carry = u16::from(*byte);
        for digit in &mut digits {
            let value = u16::from(*digit) * 256 + carry;
            *digit = u8::try_from(value % 10).unwrap_or_default();
            carry = value / 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).unwrap_or_default());
            carry /= 10;
        }
    }
    digits
        .iter()
        .rev()
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// One DER element with this tag and content.
pub(crate) fn encode(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let digits: Vec<u8> = length
                .iter()
                .copied()
                .skip_while(|byte| *byte == 0)
                .collect();
            out.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
            out.extend(digits);
        }
    }
    out.extend_from_slice(content);
    out
}

/// A DER INTEGER of an unsigned big-endian number.
pub(crate) fn encode_unsigned(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = bytes.get(zeros..).unwrap_or_default();
    let mut content = Vec::with_capacity(digits.len() + 1);
    if digits.first().is_none_or(|byte| *byte >= 0x80) {
        content.push(0);
    }
    content.extend_from_slice(digits);
    encode(INTEGER, &content)
}

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(decimal(&[]), "0");
        assert_eq!(decimal(&[0xff]), "255");
        assert_eq!(decimal(&u64::MAX.to_be_bytes()), u64::MAX.to_string());
        assert_eq!(decimal(&u128::MAX.to_be_bytes()), u128::MAX.to_string());
        assert_eq!(encode_unsigned(&[0, 0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(encode_unsigned(&[0]), [2, 1, 0]);
        assert_eq!(encode_unsigned(&[0x7f]), [2, 1, 0x7f]);
    }

    #[test]
    fn object_identifiers() {
        let oid = |bytes: &[u8]| single(&encode(OID, bytes)).unwrap().oid();
        assert_eq!(oid(&[0x55, 4, 97]).unwrap(), "2.5.4.97");
        assert_eq!(
            oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]).unwrap(),
            "1.2.840.113549"
        );
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        for bytes in [
            &[0x30][..],
            &[0x30, 1],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x82, 0, 9, 1],
        ] {
            assert!(single(bytes).is_none());
        }
        let long = encode(0x04, &[7; 300]);
        assert_eq!(single(&long).unwrap().content.len(), 300);
        assert_eq!(single(&long).unwrap().whole.len(), long.len());
        assert!(single(&[long, vec![0]].concat()).is_none());
    }
}

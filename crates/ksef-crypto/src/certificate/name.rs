//! Distinguished names.

use std::fmt;

use self::oid::{
    COMMON_NAME, COUNTRY, GIVEN_NAME, ORGANIZATION, ORGANIZATION_IDENTIFIER, SERIAL_NUMBER,
    SURNAME, UNIQUE_IDENTIFIER,
};
use crate::asn1::{self, Element};

/// A name: attributes in the order of the certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinguishedName {
    der: Vec<u8>,
    attributes: Vec<Attribute>,
}

/// One attribute of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Object identifier in dotted form, such as `2.5.4.97`.
    pub oid: String,
    /// The text, whatever string type it was written in.
    pub value: String,
    /// Whether it belongs to the same relative name as the attribute before it.
    pub joined: bool,
    /// Tag of the string type, kept so that the name can be written again byte for byte.
    pub(crate) tag: u8,
    /// The DER value, for attributes that RFC 4514 writes as hexadecimal digits.
    pub(crate) der: Vec<u8>,
}

impl DistinguishedName {
    pub(crate) fn read(name: &Element<'_>) -> Option<Self> {
        let mut attributes = Vec::new();
        for set in name.inside() {
            for (index, pair) in set.inside().enumerate() {
                let mut parts = pair.inside();
                let oid = parts.next()?.oid()?;
                let value = parts.next()?;
                attributes.push(Attribute {
                    oid,
                    value: text(&value),
                    joined: index > 0,
                    tag: value.tag,
                    der: value.whole.to_vec(),
                });
            }
        }
        Some(Self {
            der: name.whole.to_vec(),
            attributes,
        })
    }

    /// The DER Name.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// All attributes in order.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The first value with this object identifier.
    #[must_use]
    pub fn first(&self, oid: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|a| a.oid == oid)
            .map(|a| a.value.as_str())
    }

    /// `CN`, 2.5.4.3.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.first(COMMON_NAME)
    }

    /// `C`, 2.5.4.6.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.first(COUNTRY)
    }

    /// `O`, 2.5.4.10.
    #[must_use]
    pub fn organization(&self) -> Option<&str> {
        self.first(ORGANIZATION)
    }

    /// `givenName`, 2.5.4.42.
    #[must_use]
    pub fn given_name(&self) -> Option<&str> {
        self.first(GIVEN_NAME)
    }

    /// `surname`, 2.5.4.4.
    #[must_use]
    pub fn surname(&self) -> Option<&str> {
        self.first(SURNAME)
    }

    /// `serialNumber`, 2.5.4.5: of the person, not of the certificate.
    #[must_use]
    pub fn serial_number(&self) -> Option<&str> {
        self.first(SERIAL_NUMBER)
    }

    /// `x500UniqueIdentifier`, 2.5.4.45.
    #[must_use]
    pub fn unique_identifier(&self) -> Option<&str> {
        self.first(UNIQUE_IDENTIFIER)
    }

    /// `organizationIdentifier`, 2.5.4.97.
    #[must_use]
    pub fn organization_identifier(&self) -> Option<&str> {
        self.first(ORGANIZATION_IDENTIFIER)
    }
}

/// RFC 4514: the last relative name first; attributes without a short name as `oid=#hex`.
impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let starts = self
            .attributes
            .iter()
            .enumerate()
            .filter(|(_, a)| !a.joined);
        let starts: Vec<usize> = starts.map(|(index, _)| index).collect();
        let mut end = self.attributes.len();
        for (order, start) in starts.iter().rev().enumerate() {
            if order > 0 {
                f.write_str(",")?;
            }
            let relative = self.attributes.get(*start..end).unwrap_or_default();
            for (index, attribute) in relative.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                write_attribute(f, attribute)?;
            }
            end = *start;
        }
        Ok(())
    }
}

fn write_attribute(f: &mut fmt::Formatter<'_>, attribute: &Attribute) -> fmt::Result {
    match SHORT_NAMES.iter().find(|(oid, _)| *oid == attribute.oid) {
        Some((_, short)) => {
            write!(f, "{short}=")?;
            write_escaped(f, &attribute.value)
        }
        None => write!(f, "{}=#{}", attribute.oid, asn1::hex(&attribute.der)),
    }
}

fn write_escaped(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    let last = value.chars().count().saturating_sub(1);
    for (index, character) in value.chars().enumerate() {
        match character {
            '\0' => f.write_str("\\00")?,
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{character}")?,
            '#' | ' ' if index == 0 => write!(f, "\\{character}")?,
            ' ' if index == last => f.write_str("\\ ")?,
            _ => write!(f, "{character}")?,
        }
    }
    Ok(())
}

/// The text of a string of any of the ASN.1 string types.
fn text(value: &Element<'_>) -> String {
    match value.tag {
        BMP_STRING => {
            let units: Vec<u16> = value
                .content
                .chunks_exact(2)
                .map(|b| u16::from_be_bytes([b[0], b[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        UNIVERSAL_STRING => value
            .content
            .chunks_exact(4)
            .map(|b| char::from_u32(u32::from_be_bytes([b[0], b[1], b[2], b[3]])))
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        // Teletex strings are Latin-1 in practice.
        TELETEX_STRING => value.content.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8_lossy(value.content).into_owned(),
    }
}

/// Object identifiers of the attributes that KSeF looks at.
pub(crate) mod oid {
    pub(crate) const COMMON_NAME: &str = "2.5.4.3";
    pub(crate) const SURNAME: &str = "2.5.4.4";
    pub(crate) const SERIAL_NUMBER: &str = "2.5.4.5";
    pub(crate) const COUNTRY: &str = "2.5.4.6";
    pub(crate) const ORGANIZATION: &str = "2.5.4.10";
    pub(crate) const GIVEN_NAME: &str = "2.5.4.42";
    pub(crate) const UNIQUE_IDENTIFIER: &str = "2.5.4.45";
    pub(crate) const ORGANIZATION_IDENTIFIER: &str = "2.5.4.97";
}

pub(crate) const PRINTABLE_STRING: u8 = 0x13;
const TELETEX_STRING: u8 = 0x14;
const UNIVERSAL_STRING: u8 = 0x1c;
const BMP_STRING: u8 = 0x1e;

/// The short names of RFC 4514 §3.
const SHORT_NAMES: [(&str, &str); 9] = [
    (COMMON_NAME, "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    (ORGANIZATION, "O"),
    ("2.5.4.11", "OU"),
    (COUNTRY, "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(oid: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        let pair = [asn1::encode(asn1::OID, oid), asn1::encode(tag, value)].concat();
        asn1::encode(asn1::SEQUENCE, &pair)
    }

    fn name(sets: &[Vec<u8>]) -> DistinguishedName {
        let sets: Vec<u8> = sets
            .iter()
            .flat_map(|set| asn1::encode(0x31, set))
            .collect();
        let der = asn1::encode(asn1::SEQUENCE, &sets);
        DistinguishedName::read(&asn1::single(&der).unwrap()).unwrap()
    }

    #[test]
    fn rfc_4514_text() {
        let joined = [
            attribute(&[0x55, 4, 10], 0x0c, b"A"),
            attribute(&[0x55, 4, 3], 0x0c, b" b,\\c "),
        ]
        .concat();
        let name = name(&[
            attribute(&[0x55, 4, 6], 0x13, b"PL"),
            joined,
            attribute(&[0x55, 4, 97], 0x0c, b"VATPL-1"),
        ]);
        assert_eq!(
            name.to_string(),
            "2.5.4.97=#0c07564154504c2d31,O=A+CN=\\ b\\,\\\\c\\ ,C=PL"
        );
        assert_eq!(name.common_name(), Some(" b,\\c "));
        assert_eq!(name.organization_identifier(), Some("VATPL-1"));
    }

    #[test]
    fn every_string_type_is_read() {
        let value = |tag, bytes: &[u8]| {
            name(&[attribute(&[0x55, 4, 3], tag, bytes)])
                .common_name()
                .unwrap()
                .to_owned()
        };
        assert_eq!(value(0x0c, "Łódź".as_bytes()), "Łódź");
        assert_eq!(value(0x1e, &[1, 0x41, 0, b'a']), "Ła");
        assert_eq!(value(0x1c, &[0, 0, 1, 0x41]), "Ł");
        assert_eq!(value(0x14, &[0xf3]), "ó");
    }
}

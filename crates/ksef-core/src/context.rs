//! On whose behalf one works, and as whom.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;
use crate::internal_id::InternalId;
use crate::nip::Nip;
use crate::parse::{ParseError, Reason};
use crate::peppol_id::PeppolId;
use crate::pesel::Pesel;
use crate::vat_ue::NipVatUe;

/// The entity on whose behalf one works (`ContextIdentifier`).
///
/// As text `Nip:5265877635`; on the wire an object with `type` and `value`.
/// Source: `#/components/schemas/AuthenticationContextIdentifier`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContextIdentifier {
    /// A taxpayer.
    Nip(Nip),
    /// A unit inside a taxpayer.
    InternalId(InternalId),
    /// An EU entity that acts through a taxpayer.
    NipVatUe(NipVatUe),
    /// A Peppol service provider.
    PeppolId(PeppolId),
}

impl ContextIdentifier {
    /// Makes a context of a wire type (any letter case) and its value.
    ///
    /// # Errors
    /// An unknown type, or a value that is not of that type.
    pub fn from_parts(kind: &str, value: &str) -> Result<Self, ParseError> {
        match kind.to_ascii_lowercase().as_str() {
            "nip" => Nip::parse(value).map(Self::Nip),
            "internalid" => InternalId::parse(value).map(Self::InternalId),
            "nipvatue" => NipVatUe::parse(value).map(Self::NipVatUe),
            "peppolid" => PeppolId::parse(value).map(Self::PeppolId),
            _ => Err(ParseError::new(
                "context type",
                Reason::NotAllowed {
                    expected: "Nip, InternalId, NipVatUe, PeppolId",
                },
                kind,
            )),
        }
    }

    /// Reads `Type:value`, or a bare value whose shape tells its type.
    ///
    /// # Errors
    /// A text that is no context.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if let Some((kind, value)) = text.split_once(':') {
            return Self::from_parts(kind, value);
        }
        let nip = Nip::parse(text).map(Self::Nip);
        match text.len() {
            9 => PeppolId::parse(text).map(Self::PeppolId),
            16 if InternalId::parse(text).is_ok() => InternalId::parse(text).map(Self::InternalId),
            15..=25 => NipVatUe::parse(text).map(Self::NipVatUe),
            _ => nip,
        }
    }

    /// The wire type: `Nip`, `InternalId`, `NipVatUe` or `PeppolId`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Nip(_) => "Nip",
            Self::InternalId(_) => "InternalId",
            Self::NipVatUe(_) => "NipVatUe",
            Self::PeppolId(_) => "PeppolId",
        }
    }

    /// The value without its type.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::Nip(value) => value.as_str(),
            Self::InternalId(value) => value.as_str(),
            Self::NipVatUe(value) => value.as_str(),
            Self::PeppolId(value) => value.as_str(),
        }
    }

    /// The taxpayer behind the context; `None` for a Peppol provider.
    #[must_use]
    pub fn nip(&self) -> Option<Nip> {
        match self {
            Self::Nip(nip) => Some(*nip),
            Self::InternalId(id) => id.nip().ok(),
            Self::NipVatUe(id) => id.nip().ok(),
            Self::PeppolId(_) => None,
        }
    }
}

impl From<Nip> for ContextIdentifier {
    fn from(nip: Nip) -> Self {
        Self::Nip(nip)
    }
}

/// Who authenticated: what the certificate or the token's author carries.
///
/// On the wire an object with `type` and `value`. Source: `#/components/schemas/TokenAuthorIdentifierTypeIdentifier`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectIdentifier {
    /// A company, or a person who signs with a NIP.
    Nip(Nip),
    /// A person.
    Pesel(Pesel),
    /// The holder of a certificate that carries neither.
    Fingerprint(Fingerprint),
}

impl SubjectIdentifier {
    /// Makes a subject of a wire type (any letter case) and its value.
    ///
    /// # Errors
    /// An unknown type, or a value that is not of that type.
    pub fn from_parts(kind: &str, value: &str) -> Result<Self, ParseError> {
        match kind.to_ascii_lowercase().as_str() {
            "nip" => Nip::parse(value).map(Self::Nip),
            "pesel" => Pesel::parse(value).map(Self::Pesel),
            "fingerprint" => Fingerprint::parse(value).map(Self::Fingerprint),
            _ => Err(ParseError::new(
                "subject type",
                Reason::NotAllowed {
                    expected: "Nip, Pesel, Fingerprint",
                },
                kind,
            )),
        }
    }

    /// Reads `Type:value`.
    ///
    /// # Errors
    /// A text that is no subject.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let (kind, value) = text.split_once(':').ok_or_else(|| {
            ParseError::new(
                "subject",
                Reason::Pattern {
                    expected: "Nip:…, Pesel:… or Fingerprint:…",
                },
                text,
            )
        })?;
        Self::from_parts(kind, value)
    }

    /// The wire type: `Nip`, `Pesel` or `Fingerprint`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Nip(_) => "Nip",
            Self::Pesel(_) => "Pesel",
            Self::Fingerprint(_) => "Fingerprint",
        }
    }

    /// The value without its type.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::Nip(value) => value.as_str(),
            Self::Pesel(value) => value.as_str(),
            Self::Fingerprint(value) => value.as_str(),
        }
    }
}

/// How an identifier stands on the wire.
#[derive(Serialize, Deserialize)]
struct TypeAndValue<'a> {
    #[serde(rename = "type")]
    kind: std::borrow::Cow<'a, str>,
    value: std::borrow::Cow<'a, str>,
}

macro_rules! typed_identifier {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}:{}", self.kind(), self.value())
            }
        }

        impl std::str::FromStr for $name {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                TypeAndValue {
                    kind: self.kind().into(),
                    value: self.value().into(),
                }
                .serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let parts = TypeAndValue::deserialize(deserializer)?;
                Self::from_parts(&parts.kind, &parts.value).map_err(serde::de::Error::custom)
            }
        }
    };
}

typed_identifier!(ContextIdentifier);
typed_identifier!(SubjectIdentifier);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_wire_forms() {
        for (text, json) in [
            ("Nip:5265877635", r#"{"type":"Nip","value":"5265877635"}"#),
            (
                "InternalId:5265877635-12346",
                r#"{"type":"InternalId","value":"5265877635-12346"}"#,
            ),
            (
                "NipVatUe:5265877635-DE123456789",
                r#"{"type":"NipVatUe","value":"5265877635-DE123456789"}"#,
            ),
            (
                "PeppolId:PPL123456",
                r#"{"type":"PeppolId","value":"PPL123456"}"#,
            ),
        ] {
            let context = ContextIdentifier::parse(text).unwrap();
            assert_eq!(context.to_string(), text);
            assert_eq!(serde_json::to_string(&context).unwrap(), json);
            assert_eq!(
                serde_json::from_str::<ContextIdentifier>(json).unwrap(),
                context
            );
            assert_eq!(
                ContextIdentifier::parse(context.value()).unwrap(),
                context,
                "the bare value"
            );
        }
        let lower =
            serde_json::from_str::<ContextIdentifier>(r#"{"type":"nip","value":"5265877635"}"#);
        assert_eq!(lower.unwrap().kind(), "Nip");
        assert!(ContextIdentifier::parse("Krs:5265877635").is_err());
        assert!(ContextIdentifier::parse("").is_err());
    }

    #[test]
    fn subjects() {
        let subject = SubjectIdentifier::parse("Pesel:88102341294").unwrap();
        assert_eq!(subject.to_string(), "Pesel:88102341294");
        assert_eq!(
            serde_json::to_string(&subject).unwrap(),
            r#"{"type":"Pesel","value":"88102341294"}"#
        );
        assert!(SubjectIdentifier::parse("88102341294").is_err());
        assert!(SubjectIdentifier::from_parts("System", "x").is_err());
    }
}

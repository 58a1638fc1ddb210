//! Which KSeF a command talks to.

use std::fmt;

use ksef_core::environment::{Environment, EnvironmentKind};
use ksef_core::parse::ParseError;
use serde::{Deserialize, Deserializer};

/// Where KSeF is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this process: the local KSeF, with its world in the user's folder.
    EmbeddedSandbox,
    /// Behind an address.
    Remote(Environment),
}

impl Place {
    /// Reads `sandbox`, `test`, `demo`, `production` or a base address.
    pub(crate) fn parse(text: &str) -> Result<Self, ParseError> {
        if text.trim().eq_ignore_ascii_case("sandbox") {
            return Ok(Self::EmbeddedSandbox);
        }
        Environment::parse(text).map(Self::Remote)
    }

    /// The kind of environment; the embedded sandbox is a custom one.
    pub(crate) fn kind(&self) -> EnvironmentKind {
        match self {
            Self::EmbeddedSandbox => EnvironmentKind::Custom,
            Self::Remote(environment) => environment.kind(),
        }
    }

    /// Whether invoices sent there are legal documents.
    pub(crate) fn is_production(&self) -> bool {
        self.kind() == EnvironmentKind::Production
    }

    /// Whether a certificate made on the spot may log in there.
    pub(crate) fn accepts_self_signed(&self) -> bool {
        self.kind().is_for_tests()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmbeddedSandbox => f.pad("sandbox"),
            Self::Remote(environment) => environment.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        assert_eq!(Place::parse("Sandbox").unwrap(), Place::EmbeddedSandbox);
        assert!(Place::parse("production").unwrap().is_production());
        assert!(!Place::parse("demo").unwrap().accepts_self_signed());
        let local = Place::parse("http://127.0.0.1:8080").unwrap();
        assert_eq!(local.to_string(), "http://127.0.0.1:8080/v2");
        assert!(local.accepts_self_signed());
        assert!(Place::parse("nowhere").is_err());
    }
}

//! Who granted a permission.

use std::fmt;

use ksef_core::context::SubjectIdentifier;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire;

/// Who granted a permission (`PersonPermissionsAuthorIdentifier`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PermissionAuthor {
    /// Somebody who was signed in.
    Subject(SubjectIdentifier),
    /// The system, after the paper form ZAW-FA.
    System,
}

impl PermissionAuthor {
    /// Name of the type on the wire.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Subject(subject) => subject.kind(),
            Self::System => SYSTEM,
        }
    }

    /// The value; `None` for the system.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Subject(subject) => Some(subject.value()),
            Self::System => None,
        }
    }

    /// The author of this type (in any letter case) and value; `None` when it is none.
    #[must_use]
    pub fn from_parts(kind: &str, value: Option<&str>) -> Option<Self> {
        if kind.eq_ignore_ascii_case(SYSTEM) {
            return Some(Self::System);
        }
        SubjectIdentifier::from_parts(kind, value?)
            .ok()
            .map(Self::Subject)
    }
}

impl From<SubjectIdentifier> for PermissionAuthor {
    fn from(subject: SubjectIdentifier) -> Self {
        Self::Subject(subject)
    }
}

impl fmt::Display for PermissionAuthor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject(subject) => subject.fmt(f),
            Self::System => f.write_str(SYSTEM),
        }
    }
}

impl Serialize for PermissionAuthor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        wire::TypeAndValue::new(self.kind(), self.value()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PermissionAuthor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = wire::TypeAndValue::deserialize(deserializer)?;
        Self::from_parts(&parts.kind, parts.value.as_deref())
            .ok_or_else(|| serde::de::Error::custom("not the author of a permission"))
    }
}

const SYSTEM: &str = "System";

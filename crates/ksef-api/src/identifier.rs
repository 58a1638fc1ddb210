//! Identifiers in answers, where a type that this version does not know must not spoil a whole list.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::wire;

/// An identifier of a known type, or the pair of type and value as it came.
///
/// Requests take [`ContextIdentifier`](ksef_core::context::ContextIdentifier) and
/// [`SubjectIdentifier`](ksef_core::context::SubjectIdentifier) directly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Identifier<T> {
    /// A well-formed identifier of a known type.
    Known(T),
    /// Anything else.
    Other {
        /// The type on the wire.
        #[serde(rename = "type")]
        kind: String,
        /// The value on the wire; empty when there is none.
        #[serde(
            default,
            deserialize_with = "wire::null_as_default",
            skip_serializing_if = "String::is_empty"
        )]
        value: String,
    },
}

impl<T> Identifier<T> {
    /// The identifier, when its type is known.
    #[must_use]
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(identifier) => Some(identifier),
            Self::Other { .. } => None,
        }
    }
}

impl<T> From<T> for Identifier<T> {
    fn from(identifier: T) -> Self {
        Self::Known(identifier)
    }
}

impl<T: fmt::Display> fmt::Display for Identifier<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(identifier) => identifier.fmt(f),
            Self::Other { kind, value } => write!(f, "{kind}:{value}"),
        }
    }
}

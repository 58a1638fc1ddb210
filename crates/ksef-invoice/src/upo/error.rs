//! Why a UPO could not be read.

use std::fmt;

use crate::finding::Finding;

/// A document that is no readable UPO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpoError(UpoErrorKind);

/// The reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpoErrorKind {
    /// The bytes are not well-formed XML in UTF-8.
    NotXml(Box<Finding>),
    /// The root element is no `Potwierdzenie` of a known version.
    NotUpo,
    /// A required element is missing.
    Missing(&'static str),
    /// A value that has not the form of its element.
    Invalid {
        /// The element.
        element: &'static str,
        /// Its value, shortened.
        value: String,
    },
}

impl UpoError {
    pub(super) const fn new(kind: UpoErrorKind) -> Self {
        Self(kind)
    }

    /// The reason.
    #[must_use]
    pub const fn kind(&self) -> &UpoErrorKind {
        &self.0
    }
}

impl fmt::Display for UpoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            UpoErrorKind::NotXml(finding) => write!(f, "not a readable XML document: {finding}"),
            UpoErrorKind::NotUpo => f.write_str("not a UPO of a known version"),
            UpoErrorKind::Missing(element) => write!(f, "the UPO has no element {element}"),
            UpoErrorKind::Invalid { element, value } => {
                write!(f, "\"{value}\" is not a valid value of {element}")
            }
        }
    }
}

impl std::error::Error for UpoError {}

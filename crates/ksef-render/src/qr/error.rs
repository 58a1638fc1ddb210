//! The error of this module.

use std::error::Error;
use std::fmt;

use super::image::Size;

/// Why there is no QR code or no image of it.
#[derive(Debug)]
pub struct QrError {
    kind: QrErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum QrErrorKind {
    /// The link is longer than a symbol holds.
    LinkTooLong {
        /// Bytes of the link.
        bytes: usize,
    },
    /// The modules of an image of this size would be too small to be read from paper.
    TooSmall {
        /// The smallest size that can be read.
        least: Size,
    },
    /// The image could not be written.
    Encoding,
    /// The file is no PNG, is damaged, or has more pixels than are read.
    NotAnImage,
}

impl QrError {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> QrErrorKind {
        self.kind
    }

    pub(super) fn caused_by(
        kind: QrErrorKind,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            source: Some(source.into()),
        }
    }
}

impl From<QrErrorKind> for QrError {
    fn from(kind: QrErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl fmt::Display for QrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            QrErrorKind::LinkTooLong { bytes } => {
                write!(f, "a link of {bytes} bytes does not fit into a QR code")
            }
            QrErrorKind::TooSmall { least } => {
                write!(f, "the QR code could not be read below {least}")
            }
            QrErrorKind::Encoding => f.write_str("the image cannot be written"),
            QrErrorKind::NotAnImage => f.write_str("no PNG image that can be read"),
        }
    }
}

impl Error for QrError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

//! Why a package is not built.

use std::fmt;
use std::io;

use super::{FILE_BYTES_MAX, FILES_MAX, NAME_BYTES_MAX, PACKAGE_BYTES_MAX, PARTS_MAX};

/// Why a package, or a part of it, is not built.
#[derive(Debug)]
pub struct BuildError {
    kind: BuildErrorKind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What prevents a package.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// It would hold no file.
    Empty,
    /// A name that is empty, absolute, leads out of its folder, has control characters, `\` or `:`, or more than
    /// [`NAME_BYTES_MAX`] bytes.
    UnusableName {
        /// The name.
        name: String,
    },
    /// Two files of one name.
    RepeatedName {
        /// The name.
        name: String,
    },
    /// A file of more than [`FILE_BYTES_MAX`].
    FileTooLarge {
        /// Its name in the archive.
        name: String,
    },
    /// A file does not have the SHA-256 that was expected: it changed since it was looked at.
    Changed {
        /// Its name in the archive.
        name: String,
    },
    /// A file of the source cannot be read; `source()` says why.
    Unreadable {
        /// Its name in the archive.
        name: String,
    },
    /// More than [`FILES_MAX`] files.
    TooManyFiles,
    /// The archive would have more than [`PACKAGE_BYTES_MAX`].
    TooLarge,
    /// More than [`PARTS_MAX`] parts.
    TooManyParts,
    /// There is no part of this number.
    NoSuchPart {
        /// The number.
        ordinal: u32,
    },
    /// A part that was made again is not what it was: the files, the key, or the program are not the same.
    Different {
        /// The number of the part.
        ordinal: u32,
    },
    /// The parts cannot be written; `source()` says why.
    Sink,
    /// The cryptographic module or a compressor failed.
    Module,
}

impl BuildError {
    /// A file of a source cannot be read.
    #[must_use]
    pub fn unreadable(name: &str, error: io::Error) -> Self {
        let name = name.to_owned();
        Self::with_source(BuildErrorKind::Unreadable { name }, error)
    }

    pub(super) fn with_source(
        kind: BuildErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            source: Some(source.into()),
        }
    }

    /// What prevents it.
    #[must_use]
    pub const fn kind(&self) -> &BuildErrorKind {
        &self.kind
    }
}

impl From<BuildErrorKind> for BuildError {
    fn from(kind: BuildErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl From<crate::error::Error> for BuildError {
    fn from(error: crate::error::Error) -> Self {
        Self::with_source(BuildErrorKind::Module, error)
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            BuildErrorKind::Empty => f.write_str("a package without files"),
            BuildErrorKind::UnusableName { name } => write!(
                f,
                "{name:?} cannot be the name of a file in a package: it has to be relative, without `..`, `\\` and `:`, \
                 and of at most {NAME_BYTES_MAX} bytes"
            ),
            BuildErrorKind::RepeatedName { name } => {
                write!(f, "two files of the name {name:?} in a package")
            }
            BuildErrorKind::FileTooLarge { name } => {
                write!(f, "the file {name:?} has more than {FILE_BYTES_MAX} bytes")
            }
            BuildErrorKind::Changed { name } => {
                write!(f, "the file {name:?} has changed since it was looked at")
            }
            BuildErrorKind::Unreadable { name } => write!(f, "the file {name:?} cannot be read"),
            BuildErrorKind::TooManyFiles => write!(f, "more than {FILES_MAX} files in a package"),
            BuildErrorKind::TooLarge => {
                write!(f, "a package of more than {PACKAGE_BYTES_MAX} bytes")
            }
            BuildErrorKind::TooManyParts => write!(f, "a package of more than {PARTS_MAX} parts"),
            BuildErrorKind::NoSuchPart { ordinal } => {
                write!(f, "the package has no part {ordinal}")
            }
            BuildErrorKind::Different { ordinal } => write!(
                f,
                "part {ordinal} of the package came out different: its files have changed, or the program has"
            ),
            BuildErrorKind::Sink => f.write_str("a part of the package cannot be written"),
            BuildErrorKind::Module => f.write_str("the package cannot be compressed or encrypted"),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

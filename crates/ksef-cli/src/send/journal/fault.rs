//! Why a journal cannot be used, as data; the sentences stand in [`crate::send::words`].

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::line::LineFault;

/// Why a journal cannot be used.
#[derive(Debug)]
pub(crate) enum JournalFault {
    /// The file system refused.
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// An earlier write failed, so nothing is written any more.
    Broken {
        /// The file.
        path: PathBuf,
    },
    /// A line was changed, lost or added.
    Damaged {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// What is wrong with it.
        fault: LineFault,
    },
    /// A newer release wrote it.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// It belongs to another environment or context.
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Another process holds it.
    Busy {
        /// The file.
        path: PathBuf,
    },
}

impl fmt::Display for JournalFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, .. } => write!(f, "cannot use the journal {}", path.display()),
            Self::Broken { path } => {
                write!(
                    f,
                    "an earlier write to the journal {} failed",
                    path.display()
                )
            }
            Self::Damaged { path, line, fault } => {
                write!(
                    f,
                    "line {line} of the journal {} is damaged: ",
                    path.display()
                )?;
                fault.fmt(f)
            }
            Self::Newer { path, format } => write!(
                f,
                "the journal {} has format {format}, newer than this program",
                path.display()
            ),
            Self::Foreign { path } => write!(
                f,
                "the journal {} belongs to another environment or context",
                path.display()
            ),
            Self::Busy { path } => {
                write!(f, "another process is using the journal {}", path.display())
            }
        }
    }
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "it cannot be read ({why})"),
            Self::Chain => f.write_str("its digest does not fit it and the line before"),
            Self::Number { expected, actual } => {
                write!(f, "it has number {actual} instead of {expected}")
            }
        }
    }
}

impl std::error::Error for JournalFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl JournalFault {
    /// The file.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Io { path, .. }
            | Self::Broken { path }
            | Self::Damaged { path, .. }
            | Self::Newer { path, .. }
            | Self::Foreign { path }
            | Self::Busy { path } => path,
        }
    }
}

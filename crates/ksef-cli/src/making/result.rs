//! What came of a source.

use std::io;
use std::path::PathBuf;

use ksef_core::digest::Sha256Digest;
use ksef_import::{ImportProblem, Origin};
use ksef_invoice::Finding;

use crate::exit::Exit;

/// What came of a source.
#[derive(Debug)]
pub(crate) struct Making {
    /// The source.
    pub(crate) source: String,
    /// Where the documents are.
    pub(crate) folder: PathBuf,
    /// The invoices that could be made, in the order of the source.
    pub(crate) made: Vec<Made>,
    /// What stands in the way of the others.
    pub(crate) problems: Vec<ImportProblem>,
}

/// An invoice that was made.
#[derive(Debug)]
pub(crate) struct Made {
    /// Its number.
    pub(crate) number: String,
    /// Where it begins in the source.
    pub(crate) origin: Origin,
    /// The rows it was made from.
    pub(crate) rows: Vec<u32>,
    /// Its file.
    pub(crate) path: PathBuf,
    /// Digest of the document.
    pub(crate) hash: Sha256Digest,
    /// What is wrong with it, warnings included.
    pub(crate) findings: Vec<Finding>,
    /// What came of it.
    pub(crate) fate: Fate,
}

/// What came of an invoice.
#[derive(Debug)]
pub(crate) enum Fate {
    /// The file is there now.
    Written,
    /// It was there already; at most the moment it was made differs.
    Unchanged,
    /// It would be written (`--dry-run`).
    WouldWrite,
    /// Another document has its file, which was left alone.
    Exists,
    /// KSeF would refuse it, so it was not written.
    Invalid,
    /// It could not be written.
    Failed(io::Error),
}

impl Fate {
    /// The stable name, for machines.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Unchanged => "unchanged",
            Self::WouldWrite => "would-write",
            Self::Exists => "exists",
            Self::Invalid => "invalid",
            Self::Failed(_) => "failed",
        }
    }

    const fn exit(&self) -> Exit {
        match self {
            Self::Written | Self::Unchanged | Self::WouldWrite => Exit::Done,
            Self::Invalid => Exit::InvalidInvoice,
            Self::Exists => Exit::Usage,
            Self::Failed(_) => Exit::Failed,
        }
    }
}

impl Making {
    /// The exit code: the worst of everything.
    pub(crate) fn exit(&self) -> Exit {
        let problems = self.problems.iter().map(|_| Exit::InvalidInvoice);
        let made = self.made.iter().map(|made| made.fate.exit());
        problems.chain(made).fold(Exit::Done, Exit::worse)
    }

    /// How many invoices came to this end.
    pub(super) fn count(&self, is_it: impl Fn(&Fate) -> bool) -> usize {
        self.made.iter().filter(|made| is_it(&made.fate)).count()
    }
}

//! What came of a run: one row per file, for people and for machines, and the exit code.

mod json;
mod table;
mod totals;

use std::path::PathBuf;

use ksef_api::status::InvoiceStatus;
use ksef_core::context::ContextIdentifier;
use ksef_invoice::finding::Finding;
use serde_json::Value;

use super::journal::event::{Accepted, Planned, Receipt, Rejected};
use super::plan::{Refusal, RefusedFile};
use super::words;
use crate::error::Error;
use crate::exit::Exit;
use crate::lang::Text;
use crate::validate::finding_json;

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Results {
    /// One per file, and one per invoice of an earlier run that was settled now.
    pub(crate) rows: Vec<Row>,
    /// Paths that gave no files.
    pub(crate) bad_inputs: Vec<(PathBuf, Text)>,
    /// What stopped the work, with the context it stopped for.
    pub(crate) errors: Vec<(Option<ContextIdentifier>, Error)>,
    /// Sessions that were used, with their final status where it is known.
    pub(crate) sessions: Vec<SessionRow>,
    /// Where XML and UPO are.
    pub(crate) folder: Option<PathBuf>,
    /// The environment's identity.
    pub(crate) environment: Option<String>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct Row {
    /// The file.
    pub(crate) path: PathBuf,
    /// What is known about the document; `None` when it is no invoice.
    pub(crate) planned: Option<Planned>,
    /// On whose behalf it is sent.
    pub(crate) context: Option<ContextIdentifier>,
    /// The file with the same bytes that stands for it.
    pub(crate) same_as: Option<PathBuf>,
    /// Whether it was not asked for but left over from an earlier run.
    pub(crate) left_over: bool,
    /// What KSeF takes but a person should know.
    pub(crate) warnings: Vec<Finding>,
    /// What came of it.
    pub(crate) outcome: Outcome,
}

/// What came of a file.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// It has a KSeF number.
    Accepted {
        /// The acceptance.
        accepted: Accepted,
        /// Its UPO; `None` when it could not be fetched yet.
        receipt: Option<Receipt>,
        /// Whether an earlier run had it already.
        before: bool,
    },
    /// KSeF refused it.
    Rejected {
        /// The refusal.
        rejected: Rejected,
        /// Whether an earlier run had it already.
        before: bool,
    },
    /// KSeF has it and has not decided.
    Pending {
        /// The status so far, when one was seen.
        status: Option<InvoiceStatus>,
    },
    /// It was sent and nobody knows whether it arrived; the next run looks it up.
    Unknown,
    /// It was not sent.
    NotSent(Text),
    /// It would be sent (`--dry-run`).
    WouldSend {
        /// Whether it has an attachment, which an interactive session refuses.
        has_attachment: bool,
        /// Whether it would go in a package.
        in_batch: bool,
    },
    /// It is not an invoice that KSeF could take.
    Invalid(Vec<Value>, Text),
}

/// A session of the run.
#[derive(Debug, Clone)]
pub(crate) struct SessionRow {
    /// Its name.
    pub(crate) session: String,
    /// Its final status code and word; `None` when it is not final.
    pub(crate) status: Option<(i32, String)>,
    /// Its UPO.
    pub(crate) upo: Vec<String>,
}

impl Row {
    /// The row of a file that is not sent.
    pub(crate) fn refused(file: &RefusedFile) -> Self {
        let findings = match &file.reason {
            Refusal::Unreadable(_) => Vec::new(),
            Refusal::Findings(findings) => findings.iter().map(finding_json).collect(),
        };
        Self {
            path: file.path.clone(),
            planned: None,
            context: None,
            same_as: None,
            left_over: false,
            warnings: Vec::new(),
            outcome: Outcome::Invalid(findings, words::refused_file(file)),
        }
    }

    /// What is wrong with it, for machines.
    pub(crate) fn findings(&self) -> Vec<Value> {
        match &self.outcome {
            Outcome::Invalid(findings, _) => findings.clone(),
            _ => Vec::new(),
        }
    }

    fn exit(&self) -> Exit {
        match &self.outcome {
            Outcome::Accepted { receipt: None, .. }
            | Outcome::Pending { .. }
            | Outcome::Unknown => Exit::Pending,
            Outcome::Accepted {
                receipt: Some(receipt),
                ..
            } if !receipt.verified => Exit::Failed,
            Outcome::Accepted { .. } | Outcome::WouldSend { .. } => Exit::Done,
            Outcome::Rejected { .. } => Exit::Rejected,
            // What stopped it stands in the errors; without one it was interrupted.
            Outcome::NotSent(_) => Exit::Pending,
            Outcome::Invalid(..) => Exit::InvalidInvoice,
        }
    }
}

impl Outcome {
    /// Whether a later run has something to do about it.
    pub(crate) fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Accepted { receipt: None, .. }
                | Self::Pending { .. }
                | Self::Unknown
                | Self::NotSent(_)
        )
    }
}

impl Results {
    /// The exit code: the worst of everything.
    pub(crate) fn exit(&self) -> Exit {
        let rows = self.rows.iter().map(Row::exit);
        let inputs = self.bad_inputs.iter().map(|_| Exit::InvalidInvoice);
        let errors = self.errors.iter().map(|(_, error)| error.exit());
        rows.chain(inputs)
            .chain(errors)
            .fold(Exit::Done, Exit::worse)
    }
}

//! What is to be sent: every file checked, identified and counted once.
//!
//! The plan keeps no document in memory: a file is read again when it is sent, and its digest must still be the same.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_crypto::digest::sha256;
use ksef_invoice::check::{Rules, inspect};
use ksef_invoice::document::InvoiceDocument;
use ksef_invoice::finding::Finding;
use ksef_invoice::problem::Problem;
use ksef_invoice::semantics;

use super::journal::event::Planned;

/// What the plan checks beyond the document itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlanRules {
    /// Send everything on behalf of this one; otherwise each invoice goes to its seller's context.
    pub(crate) context: Option<ContextIdentifier>,
    /// Take only this form.
    pub(crate) form: Option<FormCode>,
    /// Declare the invoices as issued offline.
    pub(crate) offline: bool,
    /// The moment that issue dates may not be after; `None` leaves that to a server with a clock of its own.
    pub(crate) accepted: Option<Timestamp>,
    /// Whether the check digits of tax numbers count: on production.
    pub(crate) nip_digits: bool,
}

/// What is to be sent.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Invoices, each document once, in the order of the files.
    pub(crate) invoices: Vec<PlannedInvoice>,
    /// Files with the bytes of another one: the file and the index of the invoice.
    pub(crate) repeats: Vec<(PathBuf, usize)>,
    /// Files that are no invoices KSeF could take.
    pub(crate) refused: Vec<RefusedFile>,
}

/// An invoice to be sent.
#[derive(Debug, Clone)]
pub(crate) struct PlannedInvoice {
    /// The file.
    pub(crate) path: PathBuf,
    /// On whose behalf it is sent.
    pub(crate) context: ContextIdentifier,
    /// What the journal is told.
    pub(crate) planned: Planned,
    /// Whether it has an attachment.
    pub(crate) has_attachment: bool,
}

/// A file that is not sent.
#[derive(Debug)]
pub(crate) struct RefusedFile {
    /// The file.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) reason: Refusal,
}

/// Why a file is not sent.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It cannot be read.
    Unreadable(io::Error),
    /// It breaks rules; at least one.
    Findings(Vec<Finding>),
}

impl Plan {
    /// Checks files.
    pub(crate) fn make(files: &[PathBuf], rules: &PlanRules) -> Self {
        let mut plan = Self::default();
        let mut known: HashMap<Sha256Digest, usize> = HashMap::new();
        for path in files {
            match PlannedInvoice::read(path, rules) {
                Err(reason) => plan.refused.push(RefusedFile {
                    path: path.clone(),
                    reason,
                }),
                Ok(invoice) => {
                    let index = *known
                        .entry(invoice.planned.hash)
                        .or_insert(plan.invoices.len());
                    if index == plan.invoices.len() {
                        plan.invoices.push(invoice);
                    } else {
                        plan.repeats.push((path.clone(), index));
                    }
                }
            }
        }
        plan
    }

    /// The invoices by the context they are sent on behalf of, in the order of the files.
    pub(crate) fn by_context(&self) -> BTreeMap<ContextIdentifier, Vec<&PlannedInvoice>> {
        let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for invoice in &self.invoices {
            groups.entry(invoice.context).or_default().push(invoice);
        }
        groups
    }
}

impl PlannedInvoice {
    fn read(path: &Path, rules: &PlanRules) -> Result<Self, Refusal> {
        let bytes = read_bounded(path)?;
        let inspection = inspect(&bytes, &Rules::default());
        let mut findings = inspection.findings;
        let Some(metadata) = inspection.metadata else {
            return Err(Refusal::Findings(findings));
        };
        if let Some(accepted) = rules.accepted {
            findings.extend(semantics::check_issue_date(&metadata, accepted));
        }
        if let Some(form) = &rules.form {
            findings.extend(semantics::check_form(&metadata, form));
        }
        if rules.nip_digits {
            findings.extend(semantics::check_nip_digits(&metadata));
        }
        if findings.iter().any(|finding| finding.refusal().is_some()) {
            return Err(Refusal::Findings(findings));
        }
        let planned = Planned {
            hash: sha256(&bytes),
            size: bytes.len() as u64,
            path: std::path::absolute(path)
                .unwrap_or_else(|_| path.to_owned())
                .display()
                .to_string(),
            form: metadata.form.clone(),
            number: Some(metadata.number.clone()),
            kind: Some(metadata.kind.wire_name().to_owned()),
            seller: Some(metadata.seller.nip.to_string()),
            issued: Some(metadata.issue_date),
            offline: rules.offline,
        };
        let context = rules.context.unwrap_or_else(|| metadata.seller.nip.into());
        Ok(Self {
            path: path.to_owned(),
            context,
            planned,
            has_attachment: metadata.has_attachment,
        })
    }

    /// The document as it was planned.
    ///
    /// # Errors
    /// The file cannot be read any more, or has other bytes by now (`None`).
    pub(crate) fn document(&self) -> Result<InvoiceDocument, Option<io::Error>> {
        let bytes = match read_bounded(&self.path) {
            Ok(bytes) => bytes,
            Err(Refusal::Unreadable(error)) => return Err(Some(error)),
            Err(Refusal::Findings(_)) => return Err(None),
        };
        let hash = sha256(&bytes);
        if hash == self.planned.hash {
            Ok(InvoiceDocument::new(bytes, hash))
        } else {
            Err(None)
        }
    }
}

/// The bytes of a file, unless it is larger than any invoice may be.
fn read_bounded(path: &Path) -> Result<Vec<u8>, Refusal> {
    let limit = Rules::default().size_max_with_attachment;
    let mut file = File::open(path).map_err(Refusal::Unreadable)?;
    let size = file.metadata().map_err(Refusal::Unreadable)?.len();
    if size > limit {
        let problem = Problem::TooLarge {
            size,
            limit,
            with_attachment: true,
        };
        return Err(Refusal::Findings(vec![Finding::of_document(problem)]));
    }
    let mut bytes = Vec::new();
    // A file that grows meanwhile is caught by the check of its size.
    file.by_ref()
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(Refusal::Unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests;

//! What is to be sent: every file checked, identified and counted once.
//!
//! The plan keeps no document in memory: a file is read again when it is sent, and its digest must still be the same.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::nip::Nip;
use ksef_crypto::digest::sha256;
use ksef_invoice::check::{Inspection, Rules, inspect};
use ksef_invoice::document::InvoiceDocument;
use ksef_invoice::finding::Finding;
use ksef_invoice::metadata::InvoiceMetadata;
use ksef_invoice::preflight::preflight;
use ksef_invoice::rules::{self, Channel, Entry, RuleSet};
use ksef_invoice::summary::Summary;
use ksef_invoice::tree::Tree;

use super::journal::event::Planned;
use crate::validate::lanes;
use crate::validate::source::{Unread, read_file};

/// How the plan is made.
#[derive(Debug, Clone)]
pub(crate) struct PlanRules {
    /// Send everything on behalf of this one; otherwise each invoice goes to its seller's context.
    pub(crate) context: Option<ContextIdentifier>,
    /// Take only this form.
    pub(crate) form: Option<FormCode>,
    /// Declare the invoices as issued offline.
    pub(crate) offline: bool,
    /// By what documents are judged before they are sent; `None` leaves that to KSeF.
    pub(crate) validation: Option<Validation>,
}

/// By what documents are judged before they are sent, their schema apart.
#[derive(Debug, Clone)]
pub(crate) struct Validation {
    /// Which rules are asked.
    pub(crate) rule_set: RuleSet,
    /// The day that issue dates may not be after; `None` leaves that to a server with a clock of its own.
    pub(crate) today: Option<Date>,
    /// Whether the check digits of tax numbers count: on production.
    pub(crate) is_production: bool,
    /// How they are going to be sent, when nothing else can be done about it.
    pub(crate) channel: Channel,
}

impl Default for PlanRules {
    /// What KSeF refuses anywhere and on any day is refused here.
    fn default() -> Self {
        Self {
            context: None,
            form: None,
            offline: false,
            validation: Some(Validation {
                rule_set: RuleSet::Ksef,
                today: None,
                is_production: false,
                channel: Channel::Batch,
            }),
        }
    }
}

impl Validation {
    pub(super) fn context(&self) -> rules::Context<'static> {
        rules::Context::new(self.today.unwrap_or(Date::MAX))
            .with_rule_set(self.rule_set)
            .with_production(self.is_production)
            .with_channel(self.channel)
    }
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
    /// The rejected offline invoice that it corrects technically.
    pub(crate) corrects: Option<Sha256Digest>,
    /// Whether it has an attachment.
    pub(crate) has_attachment: bool,
    /// What KSeF takes but a person should know.
    pub(crate) warnings: Vec<Finding>,
}

/// A file that is not sent.
#[derive(Debug)]
pub(crate) struct RefusedFile {
    /// The file.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) reason: Refusal,
    /// What would be sent otherwise, where that could be read.
    pub(crate) invoice: Option<Box<PlannedInvoice>>,
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
    /// Checks files, on all cores.
    pub(crate) fn make(files: &[PathBuf], rules: &PlanRules) -> Self {
        let mut plan = Self::default();
        let mut known: HashMap<Sha256Digest, usize> = HashMap::new();
        let read = |path: &PathBuf| PlannedInvoice::read(path, rules);
        lanes::in_order(files, read, |outcome| match outcome {
            Err(refused) => plan.refused.push(refused),
            Ok(invoice) => plan.add(invoice, &mut known),
        });
        plan
    }

    pub(super) fn add(
        &mut self,
        invoice: PlannedInvoice,
        known: &mut HashMap<Sha256Digest, usize>,
    ) {
        let index = *known
            .entry(invoice.planned.hash)
            .or_insert(self.invoices.len());
        if index == self.invoices.len() {
            self.invoices.push(invoice);
        } else {
            self.repeats.push((invoice.path, index));
        }
    }

    /// Whether there is anything to send, or, where `has_history`, that an earlier run may have begun to send.
    pub(crate) fn has_work(&self, has_history: bool) -> bool {
        let may_have_begun = |file: &RefusedFile| has_history && file.invoice.is_some();
        !self.invoices.is_empty() || self.refused.iter().any(may_have_begun)
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
    fn read(path: &Path, rules: &PlanRules) -> Result<Self, RefusedFile> {
        let refused = |reason, invoice: Option<Self>| RefusedFile {
            path: path.to_owned(),
            reason,
            invoice: invoice.map(Box::new),
        };
        let bytes = read_bounded(path).map_err(|reason| refused(reason, None))?;
        let inspection = match &rules.validation {
            Some(validation) => preflight(&bytes, &Rules::default(), &validation.context()),
            None => inspect(&bytes, &Rules::default()),
        };
        let inspection = match &rules.form {
            Some(form) => inspection.with_form(form),
            None => inspection,
        };
        let is_refused = rules.validation.is_some() && inspection.is_refused();
        let Some(mut invoice) = Self::of(path, &bytes, &inspection, rules) else {
            return Err(refused(Refusal::Findings(inspection.findings), None));
        };
        if is_refused {
            return Err(refused(
                Refusal::Findings(inspection.findings),
                Some(invoice),
            ));
        }
        if rules.validation.is_some() {
            invoice.warnings = inspection.findings;
        }
        Ok(invoice)
    }

    /// What would be sent; `None` when nobody knows in which session or on whose behalf.
    fn of(path: &Path, bytes: &[u8], inspection: &Inspection, rules: &PlanRules) -> Option<Self> {
        let facts = match &inspection.metadata {
            Some(metadata) => Facts::of(metadata),
            None => Facts::guess(bytes),
        };
        let seller = facts.seller.map(Into::into);
        Some(Self {
            path: path.to_owned(),
            context: rules.context.or(seller)?,
            corrects: None,
            has_attachment: facts.has_attachment,
            warnings: Vec::new(),
            planned: Planned {
                hash: sha256(bytes),
                size: bytes.len() as u64,
                path: std::path::absolute(path)
                    .unwrap_or_else(|_| path.to_owned())
                    .display()
                    .to_string(),
                form: facts.form.or_else(|| rules.form.clone())?,
                number: inspection.number.clone().or(facts.number),
                kind: facts.kind,
                seller: facts.seller.map(|seller| seller.to_string()),
                issued: facts.issued,
                offline: rules.offline,
            },
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

/// What a document says about itself.
#[derive(Debug, Default)]
struct Facts {
    form: Option<FormCode>,
    seller: Option<Nip>,
    kind: Option<String>,
    number: Option<String>,
    issued: Option<Date>,
    has_attachment: bool,
}

impl Facts {
    fn of(metadata: &InvoiceMetadata) -> Self {
        Self {
            form: Some(metadata.form.clone()),
            seller: Some(metadata.seller.nip),
            kind: Some(metadata.kind.wire_name().to_owned()),
            number: Some(metadata.number.clone()),
            issued: Some(metadata.issue_date),
            has_attachment: metadata.has_attachment,
        }
    }

    /// What can be made out of a document that breaks its schema.
    fn guess(bytes: &[u8]) -> Self {
        let Ok(tree) = Tree::read(bytes, &Rules::default()) else {
            return Self::default();
        };
        let summary = Summary::of(&tree);
        let entry = Entry::of(&tree);
        Self {
            form: summary.form,
            seller: entry
                .as_ref()
                .and_then(|entry| Nip::parse(entry.seller()).ok()),
            kind: summary.kind.map(|kind| kind.wire_name().to_owned()),
            number: entry.map(|entry| entry.number().to_owned()),
            issued: summary.issue_date.parse().ok(),
            has_attachment: summary.attachments > 0,
        }
    }
}

/// The bytes of a file, unless it is larger than any invoice may be.
pub(super) fn read_bounded(path: &Path) -> Result<Vec<u8>, Refusal> {
    read_file(path).map_err(|unread| match unread {
        Unread::Unreadable(error) => Refusal::Unreadable(error),
        Unread::TooLarge(finding) => Refusal::Findings(vec![finding]),
    })
}

#[cfg(test)]
pub(crate) mod tests;

//! What this machine sent before to the same KSeF, in whatever context.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;

use ksef_core::digest::Sha256Digest;
use ksef_invoice::check::Rules;
use ksef_invoice::finding::Finding;
use ksef_invoice::rule::Rule;
use ksef_invoice::rules::{Entry, History, Side, evaluate};
use ksef_invoice::tree::Tree;

use super::journal;
use super::journal::event::{Accepted, Planned};
use super::ledger::{Ledger, Next, Verdict};
use super::plan::{Plan, PlanRules, Refusal, RefusedFile, Validation, read_bounded};

/// Invoices of earlier runs.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// What KSeF has, may have, or has decided.
    begun: HashSet<Sha256Digest>,
    /// The first accepted invoice with a seller, kind and number.
    accepted: HashMap<(String, String, String), (Planned, Accepted)>,
}

impl Earlier {
    /// From the journals of one environment. A journal that cannot be read is passed over: whoever sends in its
    /// context is told.
    pub(crate) fn read(folder: &Path, environment: &str) -> Self {
        let mut earlier = Self::default();
        for ledger in journal::look_everywhere(folder, environment) {
            earlier.add(&ledger);
        }
        earlier
    }

    fn add(&mut self, ledger: &Ledger) {
        for (hash, invoice) in ledger.invoices() {
            if invoice.next() != Next::Send {
                self.begun.insert(*hash);
            }
            let (Some(planned), Some(Verdict::Accepted(accepted))) =
                (&invoice.planned, &invoice.verdict)
            else {
                continue;
            };
            if let Some(key) = key(planned) {
                self.accepted
                    .entry(key)
                    .or_insert_with(|| (planned.clone(), accepted.clone()));
            }
        }
    }

    /// Whether this document is on its way or decided: then there is nothing to judge any more.
    pub(crate) fn has_begun(&self, hash: &Sha256Digest) -> bool {
        self.begun.contains(hash)
    }

    /// The accepted invoice whose seller, kind and number another document has.
    pub(crate) fn taken_by(&self, planned: &Planned) -> Option<&(Planned, Accepted)> {
        let taken = self.accepted.get(&key(planned)?)?;
        (taken.1.hash != planned.hash).then_some(taken)
    }
}

impl Plan {
    /// Takes what earlier runs did into account: what is under way or decided stays in the plan whatever is wrong
    /// with it, and a document whose number an accepted one has is refused.
    pub(crate) fn compare(&mut self, earlier: &Earlier, rules: &PlanRules) {
        let Some(validation) = &rules.validation else {
            return;
        };
        let mut kept = Self::default();
        let mut known: HashMap<Sha256Digest, usize> = HashMap::new();
        let repeats = std::mem::take(&mut self.repeats);
        let mut originals = HashMap::new();
        for invoice in std::mem::take(&mut self.invoices) {
            originals.insert(
                originals.len(),
                (invoice.path.clone(), invoice.planned.hash),
            );
            let has_begun = earlier.has_begun(&invoice.planned.hash);
            let taken = earlier.taken_by(&invoice.planned).filter(|_| !has_begun);
            match taken.and_then(|taken| duplicate(&invoice.path, taken, validation)) {
                Some(findings) => kept.refused.push(RefusedFile {
                    path: invoice.path.clone(),
                    reason: Refusal::Findings(findings),
                    invoice: Some(Box::new(invoice)),
                }),
                None => kept.add(invoice, &mut known),
            }
        }
        for file in std::mem::take(&mut self.refused) {
            match file.invoice {
                Some(invoice) if earlier.has_begun(&invoice.planned.hash) => {
                    kept.add(*invoice, &mut known);
                }
                invoice => kept.refused.push(RefusedFile { invoice, ..file }),
            }
        }
        for (path, index) in repeats {
            let Some((original, hash)) = originals.get(&index) else {
                continue;
            };
            if let Some(index) = known.get(hash) {
                kept.repeats.push((path, *index));
            } else if let Some(refused) = kept.refused.iter().find(|file| file.path == *original) {
                let reason = refused.reason.again();
                kept.refused.push(RefusedFile {
                    path,
                    reason,
                    invoice: None,
                });
            }
        }
        *self = kept;
    }
}

impl Refusal {
    /// The same for another file with the same bytes.
    fn again(&self) -> Self {
        match self {
            Self::Unreadable(error) => {
                Self::Unreadable(io::Error::new(error.kind(), error.to_string()))
            }
            Self::Findings(findings) => Self::Findings(findings.clone()),
        }
    }
}

/// The finding that a document has the number of an accepted one; `None` when the file is not what it was.
fn duplicate(
    path: &Path,
    (planned, accepted): &(Planned, Accepted),
    validation: &Validation,
) -> Option<Vec<Finding>> {
    let bytes = read_bounded(path).ok()?;
    let tree = Tree::read(&bytes, &Rules::default()).ok()?;
    let own = Entry::of(&tree)?;
    let number = accepted.ksef_number;
    let entry = Entry::new(own.seller(), own.kind(), own.number())
        .from_source(&format!("{number} ({})", planned.path));
    let mut history = History::new();
    history.add(Side::Issued, entry);
    let mut findings = evaluate(&tree, &validation.context().with_history(&history));
    findings.retain(|finding| finding.rule() == Rule::InvoiceDuplicate);
    (!findings.is_empty()).then_some(findings)
}

/// What makes two invoices the same to KSeF.
fn key(planned: &Planned) -> Option<(String, String, String)> {
    Some((
        planned.seller.clone()?,
        planned.kind.clone()?,
        planned.number.clone()?,
    ))
}

//! From the journals to the rows of the results.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use ksef_api::status::InvoiceStatus;
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::SessionRef;

use super::engine::not_sent_reason;
use super::journal::JournalFile;
use super::ledger::{Invoice, Next, Session, Verdict};
use super::plan::{Plan, PlannedInvoice};
use super::results::{Outcome, Results, Row, SessionRow};
use super::run::Part;
use crate::lang::text;

/// The row of an invoice of this run.
pub(crate) fn row(invoice: &PlannedInvoice, outcome: Outcome) -> Row {
    Row {
        path: invoice.path.clone(),
        planned: Some(invoice.planned.clone()),
        context: Some(invoice.context),
        same_as: None,
        left_over: false,
        warnings: invoice.warnings.clone(),
        outcome,
    }
}

/// What the journal does not tell.
#[derive(Debug)]
pub(crate) struct Known {
    /// What was final before this run.
    pub(crate) before: HashSet<Sha256Digest>,
    /// The last status that this run saw.
    pub(crate) seen: HashMap<Sha256Digest, InvoiceStatus>,
    /// Whether the user stopped it.
    pub(crate) stopped: bool,
}

/// The rows of a context: this run's invoices, and those of earlier runs that were settled now or are still open.
pub(crate) fn rows(journal: &JournalFile, invoices: &[&PlannedInvoice], run: &Known) -> Vec<Row> {
    let mut rows: Vec<Row> = invoices
        .iter()
        .map(|invoice| {
            let hash = invoice.planned.hash;
            let known = journal.invoice(&hash);
            row(invoice, outcome(&known, invoice, run))
        })
        .collect();
    let mine: HashSet<Sha256Digest> = invoices
        .iter()
        .map(|invoice| invoice.planned.hash)
        .collect();
    let mut left_over: Vec<Row> = journal.ask(|ledger| {
        ledger
            .invoices()
            .filter(|(hash, _)| !mine.contains(hash) && !run.before.contains(hash))
            .filter_map(|(hash, known)| left_over(known, hash, run))
            .collect()
    });
    left_over.sort_by(|one, other| one.path.cmp(&other.path));
    rows.extend(left_over);
    rows
}

fn outcome(known: &Invoice, invoice: &PlannedInvoice, run: &Known) -> Outcome {
    decided(known, &invoice.planned.hash, run).unwrap_or_else(|| {
        let why = if let Some((code, description)) = &known.returned {
            text!(
                "KSeF gave it back without judging it ({code}: {description})",
                "KSeF zwrócił ją bez rozpatrzenia ({code}: {description})",
                code = code,
                description = description
            )
        } else if invoice.document().is_err() {
            text!(
                "the file changed or went away while it was being sent",
                "plik zmienił się lub zniknął w trakcie wysyłania"
            )
        } else {
            not_sent_reason(run.stopped)
        };
        Outcome::NotSent(why)
    })
}

/// What an earlier run left in the journal; `None` when the invoice is still to be sent.
pub(crate) fn known(known: &Invoice, hash: &Sha256Digest) -> Option<Outcome> {
    let run = Known {
        before: HashSet::from([*hash]),
        seen: HashMap::new(),
        stopped: false,
    };
    decided(known, hash, &run)
}

/// What the journal knows; `None` when the invoice is still to be sent.
fn decided(known: &Invoice, hash: &Sha256Digest, run: &Known) -> Option<Outcome> {
    let was_final = run.before.contains(hash);
    match (&known.verdict, known.next()) {
        (Some(Verdict::Accepted(accepted)), _) => Some(Outcome::Accepted {
            accepted: accepted.clone(),
            receipt: known.receipt.clone(),
            before: was_final,
        }),
        (Some(Verdict::Rejected(rejected)), _) => Some(Outcome::Rejected {
            rejected: rejected.clone(),
            before: was_final,
        }),
        (None, Next::Poll(..)) => Some(Outcome::Pending {
            status: run.seen.get(hash).copied(),
        }),
        (None, Next::Reconcile(_)) => Some(Outcome::Unknown),
        (None, Next::Await(_)) => Some(Outcome::Pending {
            status: run.seen.get(hash).copied(),
        }),
        (None, Next::Send | Next::Package(_) | Next::Nothing) => None,
    }
}

fn left_over(known: &Invoice, hash: &Sha256Digest, run: &Known) -> Option<Row> {
    let planned = known.planned.clone()?;
    Some(Row {
        path: PathBuf::from(&planned.path),
        context: None,
        same_as: None,
        left_over: true,
        warnings: Vec::new(),
        outcome: decided(known, hash, run)?,
        planned: Some(planned),
    })
}

/// The sessions that this run opened or finished.
pub(crate) fn sessions(
    journal: &JournalFile,
    before: &BTreeMap<SessionRef, Session>,
) -> Vec<SessionRow> {
    let row = |(name, session): (SessionRef, Session)| SessionRow {
        session: name.to_string(),
        status: session.ended,
        upo: session.receipts,
    };
    journal
        .ask(super::ledger::Ledger::sessions)
        .into_iter()
        .filter(|(name, session)| before.get(name) != Some(session))
        .map(row)
        .collect()
}

/// Adds what came of a context.
pub(crate) fn add_part(part: Part, results: &mut Results) {
    let who = part.context;
    results.rows.extend(part.rows.into_iter().map(|row| Row {
        context: Some(who),
        ..row
    }));
    results.sessions.extend(part.sessions);
    if let Some(error) = part.error {
        results.errors.push((Some(who), error));
    }
}

/// Adds a row for each file whose bytes another file has too.
pub(crate) fn add_repeats(plan: &Plan, results: &mut Results) {
    for (path, index) in &plan.repeats {
        let Some(original) = plan.invoices.get(*index) else {
            continue;
        };
        let outcome = results
            .rows
            .iter()
            .find(|row| row.path == original.path)
            .map(|row| row.outcome.clone());
        if let Some(outcome) = outcome {
            let same_as = Some(original.path.clone());
            results.rows.push(Row {
                path: path.clone(),
                same_as,
                ..row(original, outcome)
            });
        }
    }
}

/// Puts the rows into the order of the files; what was left over comes last.
pub(crate) fn sort(files: &[PathBuf], results: &mut Results) {
    let places: HashMap<&Path, usize> = files
        .iter()
        .enumerate()
        .map(|(place, path)| (path.as_path(), place))
        .collect();
    let place = |row: &Row| {
        if row.left_over {
            usize::MAX
        } else {
            places
                .get(row.path.as_path())
                .copied()
                .unwrap_or(usize::MAX)
        }
    };
    results.rows.sort_by_key(place);
}

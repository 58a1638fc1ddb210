//! The work: from the plan and the journal to verdicts and receipts.
//!
//! A run goes through phases, and each asks the journal what is left to do, so that a run which was killed anywhere is
//! continued by the next: leftovers first (sessions that a dead run left open are closed, unknown outcomes are looked
//! up, packages are continued), then sending, closing, waiting for verdicts, receipts. Nothing is sent whose earlier fate is unknown.

mod awaiting;
mod batch;
mod packing;
mod pages;
mod receipts;
mod sending;
mod sessions;
mod settling;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ksef_api::status::InvoiceStatus;
use ksef_core::clock::SharedClock;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_crypto::chain::Anchors;

use super::journal::JournalFile;
use super::journal::event::Event;
use super::ledger::{Ledger, Verdict};
use super::package::Packages;
use super::plan::PlannedInvoice;
use super::remote::Remote;
use super::stop::Stop;
use super::way::{Packaging, Way};
use crate::error::Error;
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::printer::Printer;

/// How to work.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// How long to wait for verdicts after the last invoice was sent.
    pub(crate) wait: Duration,
    /// How many invoices are on their way at once, at least 1.
    pub(crate) lanes: usize,
    /// Interactively or in batch.
    pub(crate) way: Way,
    /// How packages are made.
    pub(crate) packaging: Packaging,
    /// Send again what an earlier run saw refused.
    pub(crate) retry_rejected: bool,
    /// Where XML and UPO go.
    pub(crate) folder: PathBuf,
    /// Where the certificates that sign UPOs must lead; none when nobody is known.
    pub(crate) anchors: Anchors,
}

/// One context's work.
pub(crate) struct Engine<'a, R> {
    pub(crate) remote: &'a R,
    pub(crate) journal: &'a JournalFile,
    pub(crate) packages: &'a Packages,
    pub(crate) options: &'a Options,
    pub(crate) clock: &'a SharedClock,
    pub(crate) stop: &'a Stop,
    pub(crate) printer: &'a Printer,
    /// On whose behalf, when several are at work at once.
    pub(crate) label: Option<ContextIdentifier>,
    /// The invoices of this run.
    pub(crate) invoices: &'a [&'a PlannedInvoice],
    /// The first thing that stopped the work.
    pub(crate) trouble: RefCell<Option<Error>>,
    /// Until when KSeF wants to be left alone.
    pub(crate) resume_at: Cell<Option<Timestamp>>,
    /// Whether KSeF takes no more interactively for so long that the rest goes in batch.
    pub(crate) is_full: Cell<bool>,
    /// The last status that was seen of each invoice.
    pub(crate) seen: RefCell<HashMap<Sha256Digest, InvoiceStatus>>,
}

impl<R: Remote> Engine<'_, R> {
    /// Works until everything is final, time is up, the user stops it or an error does.
    ///
    /// # Errors
    /// What stopped the work. The journal says how far it came.
    pub(crate) async fn run(&self) -> Result<(), Error> {
        self.record_plan()?;
        self.close_open_sessions().await?;
        self.reconcile().await?;
        if let Err(error) = self.resume_packages().await {
            self.halt(error);
        }
        for _ in 0..ROUNDS_MAX {
            let ways = self.options.way.deal(&self.unsent(), self.is_full.get());
            self.send_packages(&ways.batch).await;
            self.send_all(&ways.interactive).await;
            // Closing and looking are worth trying even when sending stopped.
            let closed = self.close_open_sessions().await;
            let settled = match closed {
                Ok(()) => self.settle_all().await,
                Err(error) => Err(error),
            };
            if let Some(error) = self.trouble.take().or(settled.err()) {
                return self.end_early(error).await;
            }
            if self.stop.is_requested() || self.unsent().is_empty() {
                break;
            }
        }
        self.save_receipts().await?;
        self.finish_sessions().await?;
        // However a package came to its end, its key does not outlive it.
        self.packages
            .keep_only(&self.journal.ask(Ledger::open_packages));
        Ok(())
    }

    /// Fetches what there is when KSeF still answers; what stopped the work is told in any case.
    async fn end_early(&self, error: Error) -> Result<(), Error> {
        if !matches!(error.exit(), Exit::Unavailable | Exit::Failed)
            && self.save_receipts().await.is_ok()
        {
            // The next run finishes what is left.
            let _ = self.finish_sessions().await;
        }
        Err(error)
    }

    /// Writes down what is to be sent before anything else happens to it.
    fn record_plan(&self) -> Result<(), Error> {
        let mut events = Vec::new();
        for invoice in self.invoices {
            let known = self.journal.invoice(&invoice.planned.hash);
            if known.planned.is_none() {
                events.push(Event::InvoicePlanned(invoice.planned.clone()));
            }
            // A number that another document took stays taken.
            if self.options.retry_rejected
                && let Some(Verdict::Rejected(rejected)) = &known.verdict
                && rejected.conflict.is_none()
            {
                events.push(Event::RetryRequested {
                    hash: invoice.planned.hash,
                });
            }
        }
        if events.is_empty() {
            Ok(())
        } else {
            self.append(&events)
        }
    }

    fn append(&self, events: &[Event]) -> Result<(), Error> {
        self.journal
            .append(events)
            .map_err(super::journal::JournalFault::into_error)
    }

    fn deadline(&self) -> Timestamp {
        let wait = SignedDuration::try_from(self.options.wait).unwrap_or(SignedDuration::MAX);
        self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// Remembers what stopped the work; the first reason stays.
    fn halt(&self, error: Error) {
        self.trouble.borrow_mut().get_or_insert(error);
    }

    fn is_halted(&self) -> bool {
        self.trouble.borrow().is_some()
    }

    fn note(&self, text: &Text) {
        match self.label {
            Some(who) => self.printer.note(&text.prefixed(&format!("{who}: "))),
            None => self.printer.note(text),
        }
    }
}

/// Why an invoice was left where it is, for its row.
pub(crate) fn not_sent_reason(stopped: bool) -> Text {
    if stopped {
        text!("stopped before it was sent", "zatrzymano przed wysłaniem")
    } else {
        text!(
            "the work stopped before it was sent",
            "przerwano pracę przed jej wysłaniem"
        )
    }
}

/// How often invoices that KSeF gave back unjudged are sent in one run.
const ROUNDS_MAX: u32 = 3;

#[cfg(test)]
mod tests;

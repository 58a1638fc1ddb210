//! Waiting for the end of batch sessions, and what it means for each invoice of their packages.

use std::collections::BTreeMap;
use std::time::Duration;

use ksef_api::ops::sessions::Session;
use ksef_api::status::{InvoiceStatus, StatusClass};
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::SessionRef;
use ksef_sdk::session::by_hash;

use super::Engine;
use crate::error::Error;
use crate::lang::text;
use crate::send::journal::event::Event;
use crate::send::ledger::Next;
use crate::send::remote::Remote;

/// Invoices that wait for the end of a batch session.
type Awaited = BTreeMap<SessionRef, Vec<Sha256Digest>>;

impl<R: Remote> Engine<'_, R> {
    /// Asks for verdicts until every invoice has one or time is up: first those that were sent one by one.
    pub(super) async fn settle_all(&self) -> Result<(), Error> {
        self.settle().await?;
        self.settle_packages().await?;
        // A list may have told of invoices that are not decided yet.
        self.settle().await
    }

    async fn settle_packages(&self) -> Result<(), Error> {
        let deadline = self.deadline();
        let began = self.clock.now();
        let mut is_told = false;
        loop {
            let awaited = self.awaited();
            if awaited.is_empty() {
                return Ok(());
            }
            if !is_told {
                is_told = true;
                self.note(&text!(
                    "waiting for KSeF to process {count} invoice(s) sent in batch",
                    "oczekiwanie na przetworzenie przez KSeF faktur wysłanych wsadowo ({count})",
                    count = awaited.values().map(Vec::len).sum::<usize>()
                ));
            }
            for (session, hashes) in &awaited {
                match self.remote.session(*session).await? {
                    Some(state) if StatusClass::of_code(state.status.code).is_final() => {
                        self.take_in_package(*session, &state, hashes).await?;
                    }
                    Some(_) => {}
                    None => self.append(&absent(*session, hashes))?,
                }
            }
            if self.awaited().is_empty() {
                return Ok(());
            }
            if self.stop.is_requested() || self.clock.now() >= deadline {
                return Ok(());
            }
            // An eighth of what was waited: the answer comes late by no more than that.
            let waited = Duration::try_from(self.clock.now().duration_since(began));
            let pause = waited.unwrap_or_default() / 8;
            self.stop.sleep(pause.clamp(PAUSE_MIN, PAUSE_MAX)).await;
        }
    }

    /// Invoices whose session was closed, without those about which nothing more can be learnt in this run.
    fn awaited(&self) -> Awaited {
        let mut awaited = Awaited::new();
        let seen = self.seen.borrow();
        self.journal.ask(|ledger| {
            for (hash, invoice) in ledger.invoices() {
                if let Next::Await(session) = invoice.next()
                    && ledger.session_of(session).is_some_and(|state| state.closed)
                    && seen.get(hash) != Some(&InvoiceStatus::Duplicate)
                {
                    awaited.entry(session).or_default().push(*hash);
                }
            }
        });
        awaited
    }

    /// The verdicts of a session that has ended. Whatever its status, what it accepted is accepted; the rest of a
    /// session that failed as a whole nobody judged.
    async fn take_in_package(
        &self,
        session: SessionRef,
        state: &Session,
        hashes: &[Sha256Digest],
    ) -> Result<(), Error> {
        let mut listed = by_hash(self.remote.invoices(session).await?);
        let mut found = Vec::new();
        let mut events = Vec::new();
        for hash in hashes {
            let Some(invoice) = listed.remove(hash) else {
                events.push(unlisted(session, state, *hash));
                continue;
            };
            if invoice.invoice_status().class() == StatusClass::Pending {
                events.push(Event::InvoiceFound {
                    session,
                    hash: *hash,
                    invoice: invoice.reference_number,
                });
            } else {
                found.push((*hash, invoice));
            }
        }
        self.tell_failure(session, state);
        self.take_in_all(session, &found).await?;
        if events.is_empty() {
            return Ok(());
        }
        self.append(&events)
    }

    /// Says why a session failed as a whole.
    fn tell_failure(&self, session: SessionRef, state: &Session) {
        let status = state.session_status();
        if status.class() != StatusClass::Failed || JUDGED.contains(&status.code()) {
            return;
        }
        let (meaning, hint) = (status.meaning(), status.hint());
        let details = state.status.details.join("; ");
        let join = |meaning: &str, hint: &str| {
            let mut told = format!("{}: {meaning}", status.code());
            if !details.is_empty() {
                told.push_str(&format!(" ({details})"));
            }
            if !hint.is_empty() {
                told.push_str(&format!("; {hint}"));
            }
            told
        };
        self.printer.warn(&text!(
            "session {session} failed and judged no invoice: {en}",
            "sesja {session} nie powiodła się i nie rozpatrzyła faktur: {pl}",
            session = session,
            en = join(meaning.en, hint.en),
            pl = join(meaning.pl, hint.pl)
        ));
    }
}

/// What it means that a session which has ended does not list an invoice.
fn unlisted(session: SessionRef, state: &Session, hash: Sha256Digest) -> Event {
    let code = state.status.code;
    if StatusClass::of_code(code) == StatusClass::Done {
        Event::InvoiceAbsent { session, hash }
    } else {
        Event::InvoiceReturned {
            session,
            hash,
            code,
            description: state.status.description.clone(),
        }
    }
}

fn absent(session: SessionRef, hashes: &[Sha256Digest]) -> Vec<Event> {
    let event = |hash: &Sha256Digest| Event::InvoiceAbsent {
        session,
        hash: *hash,
    };
    hashes.iter().map(event).collect()
}

/// A session that looked at its invoices and found all of them wanting.
const JUDGED: [i32; 1] = [445];
const PAUSE_MIN: Duration = Duration::from_millis(250);
/// Of session statuses, 120 a minute and 1200 an hour are allowed.
const PAUSE_MAX: Duration = Duration::from_secs(8);

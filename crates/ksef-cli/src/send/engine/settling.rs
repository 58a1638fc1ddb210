//! Waiting for verdicts: which invoices KSeF accepted, and why it refused the others.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use ksef_api::ops::sessions::SessionInvoice;
use ksef_api::status::{InvoiceStatus, StatusClass};
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{InvoiceRef, SessionRef};

use super::Engine;
use crate::error::Error;
use crate::lang::text;
use crate::send::journal::event::{Accepted, Event, Rejected};
use crate::send::ledger::Next;
use crate::send::remote::{Duplicate, Remote};

/// What the journal says is still open, by session.
type Open = BTreeMap<SessionRef, Vec<(InvoiceRef, Sha256Digest)>>;

impl<R: Remote> Engine<'_, R> {
    /// Asks for verdicts until every invoice has one or time is up. Invoices that KSeF gave back unjudged are left to
    /// be sent again.
    pub(super) async fn settle(&self) -> Result<(), Error> {
        let deadline = self.deadline();
        let total: usize = self.open().values().map(Vec::len).sum();
        if total == 0 {
            return Ok(());
        }
        self.note(&text!(
            "waiting for KSeF to decide on {total} invoice(s)",
            "oczekiwanie na decyzję KSeF (faktury: {total})",
            total = total
        ));
        let progress = self
            .printer
            .progress(total as u64, &text!("decided", "rozstrzygnięte"));
        let mut left = total;
        let mut pause = FIRST_PAUSE;
        loop {
            let open = self.open();
            let count: usize = open.values().map(Vec::len).sum();
            for _ in count..left {
                progress.advance();
            }
            left = count;
            if open.is_empty() {
                return Ok(());
            }
            let listing = count > ASKED_ONE_BY_ONE_MAX;
            for (session, invoices) in &open {
                self.look_at(*session, invoices, listing).await?;
            }
            if self.open().is_empty() {
                continue;
            }
            if self.stop.is_requested() || self.clock.now() >= deadline {
                return Ok(());
            }
            self.stop.sleep(pause).await;
            let longest = if listing {
                PAUSE_BETWEEN_LISTS
            } else {
                PAUSE_BETWEEN_QUESTIONS
            };
            pause = (pause * 3 / 2).min(longest);
        }
    }

    /// Invoices that wait for a verdict, without those about which nothing more can be learnt in this run.
    fn open(&self) -> Open {
        let mut open = Open::new();
        let seen = self.seen.borrow();
        self.journal.ask(|ledger| {
            for (hash, invoice) in ledger.invoices() {
                if let Next::Poll(session, name) = invoice.next()
                    && seen.get(hash) != Some(&InvoiceStatus::Duplicate)
                {
                    open.entry(session).or_default().push((name, *hash));
                }
            }
        });
        open
    }

    async fn look_at(
        &self,
        session: SessionRef,
        invoices: &[(InvoiceRef, Sha256Digest)],
        listing: bool,
    ) -> Result<(), Error> {
        let mut states = Vec::with_capacity(invoices.len());
        if listing {
            let mut listed: HashMap<_, _> = self
                .remote
                .invoices(session)
                .await?
                .into_iter()
                .map(|state| (state.reference_number, state))
                .collect();
            let found =
                |(name, hash): &(InvoiceRef, Sha256Digest)| Some((*hash, listed.remove(name)?));
            states.extend(invoices.iter().filter_map(found));
        } else {
            for (name, hash) in invoices {
                states.push((*hash, self.remote.invoice(session, *name).await?));
            }
        }
        self.take_in_all(session, &states).await
    }

    /// Writes down what statuses mean.
    pub(super) async fn take_in_all(
        &self,
        session: SessionRef,
        states: &[(Sha256Digest, SessionInvoice)],
    ) -> Result<(), Error> {
        let is_duplicate =
            |state: &SessionInvoice| state.invoice_status() == InvoiceStatus::Duplicate;
        let mut events = Vec::new();
        for (hash, state) in states.iter().filter(|(_, state)| !is_duplicate(state)) {
            events.extend(self.meaning(session, *hash, state).await?);
        }
        if !events.is_empty() {
            self.append(&events)?;
        }
        // What was accepted now may be the original of a duplicate.
        for (hash, state) in states.iter().filter(|(_, state)| is_duplicate(state)) {
            if let Some(event) = self.meaning(session, *hash, state).await? {
                self.append(&[event])?;
            }
        }
        Ok(())
    }

    /// What a status means for the journal; `None` while there is nothing to say.
    async fn meaning(
        &self,
        session: SessionRef,
        hash: Sha256Digest,
        state: &SessionInvoice,
    ) -> Result<Option<Event>, Error> {
        let status = state.invoice_status();
        self.seen.borrow_mut().insert(hash, status);
        let invoice = Some(state.reference_number);
        let accepted = |number, found_in, earlier| {
            Event::InvoiceAccepted(Accepted {
                hash,
                session: found_in,
                invoice: if earlier { None } else { invoice },
                ksef_number: number,
                acquired: if earlier {
                    None
                } else {
                    state.acquisition_date
                },
                earlier,
            })
        };
        let rejected = |conflict| {
            Event::InvoiceRejected(Rejected {
                hash,
                session: Some(session),
                invoice,
                code: state.status.code,
                description: state.status.description.clone(),
                details: state.status.details.clone(),
                conflict,
            })
        };
        let event = match (status, status.class()) {
            (_, StatusClass::Pending) => return Ok(None),
            (_, StatusClass::Done) => match state.ksef_number {
                Some(number) => accepted(number, Some(session), false),
                // The number comes with a later look.
                None => return Ok(None),
            },
            (InvoiceStatus::Duplicate, _) => match self.judge_duplicate(state, hash).await? {
                Duplicate::Mine(number, original) => accepted(number, original, true),
                Duplicate::Conflict(number) => rejected(Some(number)),
                Duplicate::Unknown => return Ok(None),
            },
            _ if GIVEN_BACK.contains(&state.status.code) => Event::InvoiceReturned {
                session,
                hash,
                code: state.status.code,
                description: state.status.description.clone(),
            },
            _ => rejected(None),
        };
        Ok(Some(event))
    }

    /// Whose invoice took the number. What this journal saw accepted need not be downloaded.
    async fn judge_duplicate(
        &self,
        state: &SessionInvoice,
        hash: Sha256Digest,
    ) -> Result<Duplicate, Error> {
        if let Some(number) = state.status.original_ksef_number() {
            let known = self.journal.ask(|ledger| ledger.accepted_as(&number));
            if known.is_some_and(|original| original != hash) {
                return Ok(Duplicate::Conflict(number));
            }
        }
        self.remote.resolve_duplicate(&state.status, hash).await
    }
}

/// Session error, decryption error, unknown error, cancelled by the system: nobody looked at the invoice.
const GIVEN_BACK: [i32; 4] = [405, 435, 500, 550];
/// Up to this many invoices are asked for one by one, which their own, larger limit allows; more are listed.
const ASKED_ONE_BY_ONE_MAX: usize = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Of lists, 20 a minute and 200 an hour are allowed.
const PAUSE_BETWEEN_LISTS: Duration = Duration::from_secs(15);
/// Of statuses, 120 a minute and 1200 an hour.
const PAUSE_BETWEEN_QUESTIONS: Duration = Duration::from_secs(8);

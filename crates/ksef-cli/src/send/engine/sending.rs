//! Sending what no session has, and looking up what one may have.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ksef_core::reference::SessionRef;
use ksef_sdk::session::by_hash;

use super::Engine;
use crate::error::Error;
use crate::lang::text;
use crate::printer::Progress;
use crate::send::journal::event::{Event, Rejected};
use crate::send::ledger::Next;
use crate::send::plan::PlannedInvoice;
use crate::send::remote::{Declared, Remote, SendTrouble};

impl<R: Remote> Engine<'_, R> {
    /// Looks up every invoice whose outcome is unknown in the invoice list of its session. Their sessions must be
    /// closed before, so that nothing that is still on its way arrives after the look.
    pub(super) async fn reconcile(&self) -> Result<(), Error> {
        let mut questions: BTreeMap<SessionRef, Vec<_>> = BTreeMap::new();
        self.journal.ask(|ledger| {
            for (hash, invoice) in ledger.invoices() {
                if let Next::Reconcile(sessions) = invoice.next() {
                    for session in sessions {
                        questions.entry(session).or_default().push(*hash);
                    }
                }
            }
        });
        for (session, hashes) in questions {
            self.note(&text!(
                "looking up {count} unanswered invoice(s) in session {session}",
                "sprawdzanie faktur bez odpowiedzi ({count}) w sesji {session}",
                count = hashes.len(),
                session = session
            ));
            let listed = by_hash(self.remote.invoices(session).await?);
            let events: Vec<Event> = hashes
                .into_iter()
                .map(|hash| match listed.get(&hash) {
                    Some(found) => Event::InvoiceFound {
                        session,
                        hash,
                        invoice: found.reference_number,
                    },
                    None => Event::InvoiceAbsent { session, hash },
                })
                .collect();
            self.append(&events)?;
        }
        Ok(())
    }

    /// Sends these invoices, each on its own. What stops it is left in `trouble`.
    pub(super) async fn send_all(&self, unsent: &[&PlannedInvoice]) {
        if unsent.is_empty() || self.is_halted() {
            return;
        }
        let total = unsent.len();
        let what = text!("sending", "wysyłanie");
        self.note(&text!(
            "sending {total} invoice(s)",
            "wysyłanie faktur: {total}",
            total = total
        ));
        let progress = self.printer.progress(total as u64, &what);
        let lanes = lanes(unsent, self.options.lanes);
        join_all(lanes.iter().map(|lane| self.send_lane(lane, &progress))).await;
    }

    async fn send_lane(&self, lane: &[&PlannedInvoice], progress: &Progress) {
        for invoice in lane {
            if self.is_left_to_batch(invoice) {
                continue;
            }
            if !self.may_send().await {
                return;
            }
            if let Err(error) = self.send_one(invoice).await {
                self.halt(error);
                return;
            }
            progress.advance();
        }
    }

    /// Sends one invoice, and again when it turns out that it did not arrive.
    async fn send_one(&self, invoice: &PlannedInvoice) -> Result<(), Error> {
        let hash = invoice.planned.hash;
        // A file that changed meanwhile is another invoice; its row tells.
        let Ok(document) = invoice.document() else {
            return Ok(());
        };
        let declared = Declared {
            offline: invoice.planned.offline,
            corrects: invoice.corrects,
        };
        let mut attempt = 1;
        while attempt <= ATTEMPTS_MAX {
            let form = &invoice.planned.form;
            match self.remote.send(&document, form, declared).await {
                Ok(_) => return Ok(()),
                Err(SendTrouble::Stopped(error)) => return Err(error),
                Err(SendTrouble::Throttled(wait, error)) => {
                    if wait > BATCH_AFTER && self.goes_on_in_batch(invoice, wait) {
                        return Ok(());
                    }
                    if wait > self.options.wait {
                        return Err(error);
                    }
                    self.pause_sending(wait);
                    if !self.may_send().await {
                        return Ok(());
                    }
                }
                Err(SendTrouble::Refused {
                    code,
                    description,
                    details,
                }) => {
                    return self.append(&[Event::InvoiceRejected(Rejected {
                        hash,
                        session: None,
                        invoice: None,
                        code,
                        description,
                        details,
                        conflict: None,
                    })]);
                }
                Err(SendTrouble::Unknown(error)) => {
                    if !self.look_up(invoice).await? {
                        return Ok(());
                    }
                    if attempt == ATTEMPTS_MAX {
                        return Err(error);
                    }
                    attempt += 1;
                }
            }
        }
        Ok(())
    }

    /// Whether what cannot be sent interactively for so long goes in a package instead.
    fn goes_on_in_batch(&self, invoice: &PlannedInvoice, wait: Duration) -> bool {
        if self.options.way.deal(&[invoice], true).batch.is_empty() {
            return false;
        }
        if !self.is_full.replace(true) {
            self.note(&text!(
                "KSeF's limit of interactive sending is used up for {minutes} min; what is left goes in batch",
                "limit wysyłki interaktywnej KSeF jest wyczerpany na {minutes} min; reszta zostanie wysłana wsadowo",
                minutes = wait.as_secs().div_ceil(60)
            ));
        }
        true
    }

    /// Whether a later package takes this invoice.
    fn is_left_to_batch(&self, invoice: &PlannedInvoice) -> bool {
        self.is_full.get() && !self.options.way.deal(&[invoice], true).batch.is_empty()
    }

    /// Waits while KSeF wants to be left alone; whether sending may go on.
    pub(super) async fn may_send(&self) -> bool {
        loop {
            if self.stop.is_requested() || self.is_halted() {
                return false;
            }
            let rest = match self.resume_at.get() {
                Some(at) => at.duration_since(self.clock.now()),
                None => return true,
            };
            match Duration::try_from(rest) {
                Ok(rest) if !rest.is_zero() => self.stop.sleep(rest).await,
                _ => return true,
            }
        }
    }

    /// Sends nothing for this long, on any lane.
    pub(super) fn pause_sending(&self, wait: Duration) {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        let until = self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX);
        if self.resume_at.get().is_none_or(|known| known < until) {
            self.resume_at.set(Some(until));
            self.note(&text!(
                "KSeF's request limit is used up; going on in {seconds} s (Ctrl-C stops here, and the next run continues)",
                "wyczerpano limit żądań KSeF; wznowienie za {seconds} s (Ctrl-C przerywa, następne uruchomienie wznowi pracę)",
                seconds = wait.as_secs()
            ));
        }
    }

    /// After a call without an answer: whether the invoice must be sent again. It is looked for more than once, since
    /// what is still on its way may arrive late.
    async fn look_up(&self, invoice: &PlannedInvoice) -> Result<bool, Error> {
        let hash = invoice.planned.hash;
        for pause in LOOK_PAUSES {
            self.stop.sleep(pause).await;
            let Next::Reconcile(sessions) = self.journal.invoice(&hash).next() else {
                break;
            };
            for session in sessions {
                let listed = by_hash(self.remote.invoices(session).await?);
                if let Some(found) = listed.get(&hash) {
                    let name = found.reference_number;
                    self.append(&[Event::InvoiceFound {
                        session,
                        hash,
                        invoice: name,
                    }])?;
                    return Ok(false);
                }
            }
        }
        let Next::Reconcile(sessions) = self.journal.invoice(&hash).next() else {
            return Ok(self.journal.invoice(&hash).next() == Next::Send);
        };
        let events: Vec<Event> = sessions
            .into_iter()
            .map(|session| Event::InvoiceAbsent { session, hash })
            .collect();
        self.append(&events)?;
        Ok(true)
    }
}

/// Deals the invoices out to lanes. Those with the same seller, kind and number keep their order by sharing a lane:
/// the first one in the folder gets the number.
fn lanes<'a>(invoices: &[&'a PlannedInvoice], count: usize) -> Vec<Vec<&'a PlannedInvoice>> {
    let count = count.clamp(1, invoices.len().max(1));
    let mut lanes = vec![Vec::new(); count];
    let mut known: HashMap<_, usize> = HashMap::new();
    for invoice in invoices {
        let planned = &invoice.planned;
        let next = known.len();
        let lane = *known
            .entry((&planned.seller, &planned.kind, &planned.number))
            .or_insert(next % count);
        if let Some(lane) = lanes.get_mut(lane) {
            lane.push(*invoice);
        }
    }
    lanes
}

/// From so long a wait on, the rest goes in batch.
const BATCH_AFTER: Duration = Duration::from_secs(90);

/// How often an invoice is sent when each time it turns out not to have arrived.
const ATTEMPTS_MAX: u32 = 3;

/// How long to wait before each look for an invoice whose sending was not answered.
const LOOK_PAUSES: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_millis(800),
    Duration::from_secs(2),
];

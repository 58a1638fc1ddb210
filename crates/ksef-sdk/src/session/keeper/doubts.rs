//! What is remembered of single invoices: of which it is unknown whether they arrived, and whose turn it is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{InvoiceRef, SessionRef};
use tokio::time::Instant;

use crate::session::invoice_bytes::{SendOptions, Sent};

/// Invoices that may or may not have arrived.
#[derive(Default)]
pub(super) struct Doubts(Mutex<HashMap<Sha256Digest, Vec<Doubt>>>);

/// One session that an invoice may be in.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    pub(super) session: SessionRef,
    /// Copies of the same invoice that were there before; they do not count.
    pub(super) earlier: Vec<InvoiceRef>,
    /// When it was sent last; `None` when an earlier process did that.
    since: Option<Instant>,
}

impl Doubt {
    /// Of an invoice that is about to be sent.
    pub(super) fn fresh(session: SessionRef, earlier: Vec<InvoiceRef>) -> Self {
        Self {
            session,
            earlier,
            since: Some(Instant::now()),
        }
    }

    /// Of an invoice that an earlier process may have sent.
    pub(super) fn recalled(session: SessionRef) -> Self {
        Self {
            session,
            earlier: Vec::new(),
            since: None,
        }
    }

    /// Whether the request may still be on its way, so that its absence proves nothing.
    fn may_still_arrive(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() < ARRIVAL)
    }
}

impl Doubts {
    /// Begins to doubt. True when nothing was in doubt about this invoice before.
    ///
    /// It stays until it is settled, also when the sender goes away meanwhile.
    pub(super) fn raise(&self, hash: Sha256Digest, doubt: Doubt) -> bool {
        let mut all = lock(&self.0);
        let of_invoice = all.entry(hash).or_default();
        let is_first = of_invoice.is_empty();
        let known = of_invoice
            .iter_mut()
            .find(|known| known.session == doubt.session);
        match known {
            // What was there before the first of them was sent is what does not count.
            Some(known) => known.since = known.since.max(doubt.since),
            None => of_invoice.push(doubt),
        }
        is_first
    }

    /// The sessions that an invoice may be in.
    pub(super) fn of(&self, hash: Sha256Digest) -> Vec<Doubt> {
        lock(&self.0).get(&hash).cloned().unwrap_or_default()
    }

    /// Nothing is in doubt about this invoice any more.
    pub(super) fn settle(&self, hash: Sha256Digest) {
        lock(&self.0).remove(&hash);
    }

    /// The invoice was in none of its sessions when they were asked.
    pub(super) fn absent(&self, hash: Sha256Digest) {
        let mut all = lock(&self.0);
        if let Some(of_invoice) = all.get_mut(&hash) {
            of_invoice.retain(Doubt::may_still_arrive);
            if of_invoice.is_empty() {
                all.remove(&hash);
            }
        }
    }
}

/// Whoever sends an invoice has its turn; others who send the same one wait and share what came of it.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<Sha256Digest, Arc<Gate>>>);

/// What came of the last turn while somebody was waiting for the next.
type Gate = tokio::sync::Mutex<Option<(SendOptions, Sent)>>;

/// A place in the queue of one invoice.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    hash: Sha256Digest,
    gate: Arc<Gate>,
}

impl Turns {
    pub(super) fn queue(&self, hash: Sha256Digest) -> Turn<'_> {
        let gate = Arc::clone(lock(&self.0).entry(hash).or_default());
        Turn {
            turns: self,
            hash,
            gate,
        }
    }
}

impl Turn<'_> {
    /// Waits until nobody else sends the invoice.
    pub(super) async fn come(&self) -> tokio::sync::MutexGuard<'_, Option<(SendOptions, Sent)>> {
        self.gate.lock().await
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut all = lock(&self.turns.0);
        // Ours and the one of the queue: nobody else is waiting, and nobody can come while this is locked.
        if Arc::strong_count(&self.gate) <= 2 {
            all.remove(&self.hash);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long after a send its request may still reach KSeF, or wait there to be listed.
const ARRIVAL: Duration = Duration::from_secs(10);

//! Sending without thinking about sessions.

mod doubts;
mod live;
mod options;
mod sending;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::reference::{InvoiceRef, SessionRef};

use super::closing::{self, ClosedSession, SessionPoller};
use super::invoice_bytes::{InvoiceBytes, SendOptions, Sent};
use crate::client::Client;
use crate::error::Error;
use crate::journal::{Entry, Journal};

use doubts::{Doubt, Doubts, Turns};
use live::{Live, Place};

pub use options::KeeperOptions;

/// Sends the invoices of one client, that is of one context, and keeps sessions for that.
///
/// - A session is opened when none is open for the form, used while it lives, and replaced before it ends, when it is
///   full (21155), and when KSeF does not take invoices into it any more (21173, 21180, 21184; also after its key
///   could not be decrypted, 415). An invoice that was refused for such a reason goes into the new session, once.
/// - An invoice that KSeF would refuse does not leave, unless the caller wants that.
/// - Each step is journalled before it is taken, see [`crate::journal`].
/// - When the outcome of a send is unknown, the invoice is looked up by its hash in the session, and sent again only
///   when it is not there. Should it come in twice all the same, KSeF refuses the second copy as a duplicate of the
///   first, which [`resolve_duplicate`](super::resolve_duplicate) tells apart from a conflict.
///
/// Clones share everything. Many invoices can be sent at once; closing a session waits for those under way.
#[derive(Clone)]
pub struct Keeper {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    journal: Arc<dyn Journal>,
    options: KeeperOptions,
    places: Mutex<HashMap<FormCode, Arc<Place>>>,
    /// Replaced sessions that are not closed yet.
    replaced: Mutex<Vec<Arc<Live>>>,
    doubts: Doubts,
    turns: Turns,
    /// What was sent into each session that is not closed. An invoice may be there several times: one that KSeF
    /// refused can be sent again.
    copies: Mutex<HashMap<SessionRef, HashMap<Sha256Digest, Vec<InvoiceRef>>>>,
}

impl Keeper {
    /// Keeps sessions of this client and writes this journal.
    #[must_use]
    pub fn new(client: Client, journal: Arc<dyn Journal>) -> Self {
        Self::with_options(client, journal, KeeperOptions::default())
    }

    /// Keeps sessions in another way.
    #[must_use]
    pub fn with_options(client: Client, journal: Arc<dyn Journal>, options: KeeperOptions) -> Self {
        Self {
            inner: Arc::new(Inner {
                client,
                journal,
                options,
                places: Mutex::default(),
                replaced: Mutex::default(),
                doubts: Doubts::default(),
                turns: Turns::default(),
                copies: Mutex::default(),
            }),
        }
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// Tells of an invoice that an earlier process may have sent into a session: it is looked up before it is sent.
    /// Call it for each such session.
    pub fn recall(&self, hash: Sha256Digest, session: SessionRef) {
        self.inner.doubts.raise(hash, Doubt::recalled(session));
    }

    /// Sends one invoice; when this returns, KSeF has it.
    ///
    /// Callers who send the same invoice at once share one sending; a later call sends it again, which is how an
    /// invoice that KSeF refused is repeated.
    ///
    /// # Errors
    /// [`Error::is_certainly_not_done`]: KSeF does not have it. [`Error::is_outcome_unknown`]: it may have it, and the
    /// server could not tell, or [`Error::problem`] is its answer to a second copy while the first may still arrive;
    /// sending the same invoice again, with this keeper or after [`Keeper::recall`], looks it up first.
    /// [`ErrorKind::Journal`](crate::ErrorKind::Journal): the intent could not be written down, so nothing was sent.
    /// [`ErrorKind::InvalidInvoice`](crate::ErrorKind::InvalidInvoice): KSeF would refuse it, so no session was opened
    /// for it and nothing was sent, see [`SendOptions::without_validation`].
    pub async fn send(&self, invoice: &InvoiceBytes, options: &SendOptions) -> Result<Sent, Error> {
        let turn = self.inner.turns.queue(invoice.hash());
        let mut last = turn.come().await;
        if let Some((_, sent)) = last.as_ref().filter(|(how, _)| how == options) {
            return Ok(*sent);
        }
        let sent = self.send_in_turn(invoice, options).await?;
        *last = Some((options.clone(), sent));
        Ok(sent)
    }

    /// The sessions that are open or were replaced and not yet closed.
    pub async fn sessions(&self) -> Vec<SessionRef> {
        let mut sessions: Vec<_> = lock(&self.inner.replaced)
            .iter()
            .map(|live| live.session.reference())
            .collect();
        let places: Vec<_> = lock(&self.inner.places).values().map(Arc::clone).collect();
        for place in places {
            sessions.extend(place.reference().await);
        }
        sessions
    }

    /// Closes a session, of this keeper or of another process, waits up to `wait_max` for its verdict, and fetches its
    /// UPO.
    ///
    /// # Errors
    /// [`ErrorKind::Pending`](crate::ErrorKind::Pending) when the session is closed and its verdict is not there yet;
    /// what the server answered.
    pub async fn close(
        &self,
        session: SessionRef,
        wait_max: Duration,
    ) -> Result<ClosedSession, Error> {
        self.close_only(session).await?;
        SessionPoller::new(&self.inner.client, session)
            .until_final(wait_max)
            .await
    }

    /// Closes all sessions of this keeper, then waits for each and fetches its UPO; up to `wait_max` for all.
    pub async fn close_all(
        &self,
        wait_max: Duration,
    ) -> Vec<(SessionRef, Result<ClosedSession, Error>)> {
        let began = tokio::time::Instant::now();
        let mut closed = Vec::new();
        for session in self.sessions().await {
            closed.push((session, self.close_only(session).await));
        }
        let mut all = Vec::with_capacity(closed.len());
        for (session, outcome) in closed {
            let outcome = match outcome {
                Ok(()) => {
                    let rest = wait_max.saturating_sub(began.elapsed());
                    SessionPoller::new(&self.inner.client, session)
                        .until_final(rest)
                        .await
                }
                Err(error) => Err(error),
            };
            all.push((session, outcome));
        }
        all
    }

    /// Closes a session and does not wait for its verdict.
    ///
    /// # Errors
    /// What the server answered; a session that is closed already, or that KSeF does not know, counts as closed.
    pub async fn close_only(&self, session: SessionRef) -> Result<(), Error> {
        // Until it is closed it stays among those to be closed, also when this is abandoned half-way.
        let live = self.retire(session).await;
        // Waits for the invoices under way, and turns away those that come.
        let mut is_over = match &live {
            Some(live) => Some(live.is_over.write().await),
            None => None,
        };
        self.record(&Entry::SessionClosing { session })?;
        match closing::close(&self.inner.client, session).await {
            Err(error) if !error.has_code(NO_SESSION) => return Err(error),
            _ => {}
        }
        if let Some(is_over) = is_over.as_deref_mut() {
            *is_over = true;
        }
        lock(&self.inner.replaced).retain(|live| live.session.reference() != session);
        lock(&self.inner.copies).remove(&session);
        self.note(&Entry::SessionClosed { session });
        Ok(())
    }

    /// Writes an intent down; without it the step must not be taken.
    fn record(&self, entry: &Entry) -> Result<(), Error> {
        Ok(self.inner.journal.record(entry)?)
    }

    /// Writes down what happened, and tells whether that was kept. If not, the next process finds it out from KSeF.
    fn note(&self, entry: &Entry) -> bool {
        let outcome = self.inner.journal.record(entry);
        if let Err(error) = &outcome {
            tracing::warn!(%error, ?entry, "journal could not be written");
        }
        outcome.is_ok()
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper")
            .field("client", &self.inner.client)
            .field("journal", &self.inner.journal)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 21173: no such session.
const NO_SESSION: i32 = 21_173;
/// 21180: the status of the session does not allow it.
const NOT_OPEN: i32 = 21_180;
const LOOKUP_DELAY_FIRST: Duration = Duration::from_millis(500);
const LOOKUP_DELAY_MAX: Duration = Duration::from_secs(4);

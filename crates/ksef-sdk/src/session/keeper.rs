//! Sending without thinking about sessions.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ksef_api::operation::sessions::SEND_INVOICE;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use tokio::sync::RwLock;

use super::closing::{self, ClosedSession, SessionPoller};
use super::invoice_bytes::{InvoiceBytes, SendOptions, Sent};
use super::lookup::find_by_hash;
use super::online::OpenSession;
use crate::client::Client;
use crate::error::Error;
use crate::journal::{Entry, Journal};
use crate::retry::PollDelays;

/// Sends the invoices of one client, that is of one context, and keeps sessions for that.
///
/// - A session is opened when none is open for the form, used while it lives, and replaced before it ends, when it is
///   full (21155), and when KSeF does not take invoices into it any more (21173, 21180, 21184; also after its key
///   could not be decrypted, 415). An invoice that was refused for such a reason goes into the new session, once.
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

/// How sessions are kept.
#[derive(Debug, Clone)]
pub struct KeeperOptions {
    margin: Duration,
    features: Vec<String>,
}

impl Default for KeeperOptions {
    /// A session is replaced ten minutes before its end.
    fn default() -> Self {
        Self {
            margin: Duration::from_secs(600),
            features: Vec::new(),
        }
    }
}

impl KeeperOptions {
    /// How long before its end a session is replaced.
    #[must_use]
    pub fn with_margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// A feature flag for the opening of sessions, for example `upo-v4-3`.
    #[must_use]
    pub fn with_feature(mut self, flag: impl Into<String>) -> Self {
        self.features.push(flag.into());
        self
    }
}

struct Inner {
    client: Client,
    journal: Arc<dyn Journal>,
    options: KeeperOptions,
    places: Mutex<HashMap<FormCode, Arc<Place>>>,
    /// Replaced sessions that are not closed yet.
    replaced: Mutex<Vec<Arc<Live>>>,
    /// Invoices of which it is unknown whether they arrived, and where they were sent.
    unsettled: Mutex<HashMap<Sha256Digest, SessionRef>>,
}

/// The place of the current session of a form. Its lock is held while one is opened: whoever sends meanwhile waits
/// for that session instead of opening another.
#[derive(Default)]
struct Place(tokio::sync::Mutex<Option<Arc<Live>>>);

/// A session that is kept.
struct Live {
    session: OpenSession,
    /// From then on another one takes its place. Our time.
    replace_at: Timestamp,
    /// Read while an invoice is under way, written by closing. True when nothing may be sent any more.
    is_over: RwLock<bool>,
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
                unsettled: Mutex::default(),
            }),
        }
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// Tells of an invoice that an earlier process may have sent: it is looked up before it is sent.
    pub fn recall(&self, hash: Sha256Digest, session: SessionRef) {
        lock(&self.inner.unsettled).insert(hash, session);
    }

    /// Sends one invoice; when this returns, KSeF has it.
    ///
    /// # Errors
    /// [`Error::is_certainly_not_done`]: KSeF does not have it. [`Error::is_outcome_unknown`]: it may have it, and the
    /// server could not be asked; sending the same invoice again, with this keeper or after [`Keeper::recall`], looks
    /// it up first. [`ErrorKind::Journal`](crate::ErrorKind::Journal): the intent could not be written down, so
    /// nothing was sent.
    pub async fn send(&self, invoice: &InvoiceBytes, options: &SendOptions) -> Result<Sent, Error> {
        if let Some(sent) = self.sent_before(invoice).await? {
            return Ok(sent);
        }
        let place = self.place(options.form());
        let mut is_second = false;
        loop {
            let live = self.live(&place, options.form()).await?;
            let outcome = {
                let is_over = live.is_over.read().await;
                if *is_over {
                    continue;
                }
                self.send_into(&live, invoice, options).await
            };
            match outcome {
                Err(error) if !is_second && asks_for_another_session(&error) => {
                    tracing::debug!(session = %live.session.reference(), %error, "replacing session");
                    self.replace(&place, &live, &error).await;
                    is_second = true;
                }
                outcome => return outcome,
            }
        }
    }

    /// The sessions that are open or were replaced and not yet closed.
    pub async fn sessions(&self) -> Vec<SessionRef> {
        let mut sessions: Vec<_> = lock(&self.inner.replaced)
            .iter()
            .map(|live| live.session.reference())
            .collect();
        let places: Vec<_> = lock(&self.inner.places).values().map(Arc::clone).collect();
        for place in places {
            sessions.extend(
                place
                    .0
                    .lock()
                    .await
                    .as_ref()
                    .map(|live| live.session.reference()),
            );
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
        self.note(&Entry::SessionClosed { session });
        Ok(())
    }

    /// One invoice into one session, until it is certain whether it is there.
    async fn send_into(
        &self,
        live: &Live,
        invoice: &InvoiceBytes,
        options: &SendOptions,
    ) -> Result<Sent, Error> {
        let client = &self.inner.client;
        let (session, hash) = (live.session.reference(), invoice.hash());
        let request = live.session.seal(invoice, options)?;
        self.record(&Entry::InvoiceSending {
            session,
            hash,
            size: invoice.size(),
        })?;
        let unsettled = Unsettled::new(&self.inner, hash, session);
        let mut delays = PollDelays::new(LOOKUP_DELAY_FIRST, LOOKUP_DELAY_MAX);
        let mut attempt = 1;
        loop {
            let error = match client.call(&request).await {
                Ok(answer) => {
                    let invoice = answer.value.reference_number;
                    return Ok(self.settle(
                        unsettled,
                        Sent {
                            session,
                            invoice,
                            hash,
                        },
                    ));
                }
                Err(error) if error.is_certainly_not_done() => {
                    unsettled.settled();
                    let code = code_of_refusal(&error);
                    self.note(&Entry::InvoiceNotSent {
                        session,
                        hash,
                        code,
                    });
                    return Err(error);
                }
                Err(error) => error,
            };
            // The work may still be under way at the server.
            tokio::time::sleep(delays.next()).await;
            match find_by_hash(client, session, hash).await {
                Ok(Some(found)) => {
                    let invoice = found.reference_number;
                    return Ok(self.settle(
                        unsettled,
                        Sent {
                            session,
                            invoice,
                            hash,
                        },
                    ));
                }
                Ok(None) if attempt < SENDS_MAX => attempt += 1,
                Ok(None) => return Err(error.into_outcome_unknown()),
                Err(lookup) => {
                    tracing::debug!(%session, %hash, %lookup, "the session could not be asked");
                    return Err(error.into_outcome_unknown());
                }
            }
        }
    }

    /// Looks up an invoice of which it is unknown whether it arrived.
    async fn sent_before(&self, invoice: &InvoiceBytes) -> Result<Option<Sent>, Error> {
        let hash = invoice.hash();
        let session = lock(&self.inner.unsettled).get(&hash).copied();
        let Some(session) = session else {
            return Ok(None);
        };
        let found = find_by_hash(&self.inner.client, session, hash)
            .await
            .map_err(Error::into_outcome_unknown)?;
        lock(&self.inner.unsettled).remove(&hash);
        Ok(found.map(|found| {
            let invoice = found.reference_number;
            self.note(&Entry::InvoiceSent {
                session,
                hash,
                invoice,
            });
            Sent {
                session,
                invoice,
                hash,
            }
        }))
    }

    fn settle(&self, unsettled: Unsettled<'_>, sent: Sent) -> Sent {
        unsettled.settled();
        let Sent {
            session,
            invoice,
            hash,
        } = sent;
        // Should this entry be lost, the invoice is found again by its hash.
        self.note(&Entry::InvoiceSent {
            session,
            hash,
            invoice,
        });
        sent
    }

    fn place(&self, form: &FormCode) -> Arc<Place> {
        let mut places = lock(&self.inner.places);
        Arc::clone(places.entry(form.clone()).or_default())
    }

    /// The session to send into now, opened where there is none.
    async fn live(&self, place: &Place, form: &FormCode) -> Result<Arc<Live>, Error> {
        let mut current = place.0.lock().await;
        let now = self.inner.client.clock().now();
        if let Some(live) = current.take_if(|live| now >= live.replace_at) {
            lock(&self.inner.replaced).push(live);
        }
        if let Some(live) = current.as_ref() {
            return Ok(Arc::clone(live));
        }
        self.record(&Entry::SessionOpening { form: form.clone() })?;
        let session = self.opened(form).await?;
        let opened = Entry::SessionOpened {
            session: session.reference(),
            form: form.clone(),
            valid_until: session.valid_until(),
        };
        // What is sent into a session that nobody remembers could never be looked up.
        self.record(&opened)?;
        let live = Arc::new(Live {
            replace_at: self.replace_at(&session),
            session,
            is_over: RwLock::new(false),
        });
        *current = Some(Arc::clone(&live));
        Ok(live)
    }

    /// Opens a session; again when it is unknown whether one was opened, since one that stays empty does no harm.
    async fn opened(&self, form: &FormCode) -> Result<OpenSession, Error> {
        let features = &self.inner.options.features;
        let mut delays = PollDelays::new(LOOKUP_DELAY_FIRST, LOOKUP_DELAY_MAX);
        let mut attempt = 1;
        loop {
            let client = &self.inner.client;
            match OpenSession::open_with_features(client, form.clone(), features).await {
                Err(error) if error.is_outcome_unknown() && attempt < OPENINGS_MAX => {
                    tracing::debug!(attempt, %error, "opening again");
                }
                outcome => return outcome.map_err(Error::before_the_work),
            }
            attempt += 1;
            tokio::time::sleep(delays.next()).await;
        }
    }

    fn replace_at(&self, session: &OpenSession) -> Timestamp {
        let life = session
            .ends_at()
            .duration_since(self.inner.client.clock().now());
        let margin = SignedDuration::try_from(self.inner.options.margin).unwrap_or(life);
        session
            .ends_at()
            .checked_sub(margin.min(life / 2))
            .unwrap_or_else(|_| session.ends_at())
    }

    /// Takes a session out of its place after KSeF refused to take an invoice into it.
    async fn replace(&self, place: &Place, live: &Arc<Live>, error: &Error) {
        let mut current = place.0.lock().await;
        let was_current = current
            .take_if(|current| Arc::ptr_eq(current, live))
            .is_some();
        drop(current);
        if !was_current {
            // Somebody else has replaced it.
            return;
        }
        if error.has_code(NOT_OPEN) || error.has_code(NO_SESSION) {
            // It may be over because its key could not be decrypted (415), so the public key is in doubt.
            self.inner.client.keys().distrust();
        }
        if error.has_code(NO_SESSION) {
            self.note(&Entry::SessionClosed {
                session: live.session.reference(),
            });
        } else {
            // It may hold invoices, so its verdict and its UPO are still to be had.
            lock(&self.inner.replaced).push(Arc::clone(live));
        }
    }

    /// Takes a session out of its place and puts it among those to be closed.
    async fn retire(&self, session: SessionRef) -> Option<Arc<Live>> {
        let is_it = |live: &Arc<Live>| live.session.reference() == session;
        let places: Vec<_> = lock(&self.inner.places).values().map(Arc::clone).collect();
        for place in places {
            let mut current = place.0.lock().await;
            if let Some(live) = current.take_if(|live| is_it(live)) {
                lock(&self.inner.replaced).push(live);
            }
        }
        lock(&self.inner.replaced)
            .iter()
            .find(|live| is_it(live))
            .map(Arc::clone)
    }

    /// Writes an intent down; without it the step must not be taken.
    fn record(&self, entry: &Entry) -> Result<(), Error> {
        Ok(self.inner.journal.record(entry)?)
    }

    /// Writes down what happened. Should that fail, the next process finds it out from KSeF.
    fn note(&self, entry: &Entry) {
        if let Err(error) = self.inner.journal.record(entry) {
            tracing::warn!(%error, ?entry, "journal could not be written");
        }
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

/// Remembers that the outcome of a send is unknown, until it is settled; also when the caller goes away meanwhile.
struct Unsettled<'a> {
    inner: &'a Inner,
    hash: Sha256Digest,
}

impl<'a> Unsettled<'a> {
    fn new(inner: &'a Inner, hash: Sha256Digest, session: SessionRef) -> Self {
        lock(&inner.unsettled).insert(hash, session);
        Self { inner, hash }
    }

    fn settled(self) {
        lock(&self.inner.unsettled).remove(&self.hash);
    }
}

/// Whether KSeF would take the invoice in another session.
fn asks_for_another_session(error: &Error) -> bool {
    [SESSION_FULL, NO_SESSION, NOT_OPEN, UNAVAILABLE]
        .iter()
        .any(|&code| error.has_code(code))
}

/// The code with which KSeF refused the invoice, if it did; what went wrong before is not about the invoice.
fn code_of_refusal(error: &Error) -> Option<u32> {
    let is_of_sending = error.operation() == Some(SEND_INVOICE.id);
    let code = error.code().filter(|_| is_of_sending)?;
    u32::try_from(code).ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 21155: no more invoices fit into the session.
const SESSION_FULL: i32 = 21_155;
/// 21173: no such session.
const NO_SESSION: i32 = 21_173;
/// 21180: the status of the session does not allow it.
const NOT_OPEN: i32 = 21_180;
/// 21184: the session is temporarily unavailable; another one may be opened.
const UNAVAILABLE: i32 = 21_184;
/// How often a session is opened until one is known to be open.
const OPENINGS_MAX: u32 = 3;
/// How often an invoice is sent into a session that does not have it.
const SENDS_MAX: u32 = 3;
const LOOKUP_DELAY_FIRST: Duration = Duration::from_millis(500);
const LOOKUP_DELAY_MAX: Duration = Duration::from_secs(4);

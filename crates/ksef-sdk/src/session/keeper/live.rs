//! The sessions that are kept: opened when needed, replaced in time, closed once.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use tokio::sync::RwLock;

use super::{Keeper, LOOKUP_DELAY_FIRST, LOOKUP_DELAY_MAX, NO_SESSION, NOT_OPEN, lock};
use crate::error::{Error, ErrorKind};
use crate::journal::Entry;
use crate::retry::PollDelays;
use crate::session::online::OpenSession;

/// The place of the current session of a form. Its lock is held while one is opened: whoever sends meanwhile waits
/// for that session instead of opening another.
#[derive(Default)]
pub(super) struct Place(tokio::sync::Mutex<Option<Arc<Live>>>);

/// A session that is kept.
pub(super) struct Live {
    pub(super) session: OpenSession,
    /// From then on another one takes its place. Our time.
    replace_at: Timestamp,
    /// Read while an invoice is under way, written by closing. True when nothing may be sent any more.
    pub(super) is_over: RwLock<bool>,
}

impl Place {
    /// The name of its session; waits while one is opened.
    pub(super) async fn reference(&self) -> Option<SessionRef> {
        let current = self.0.lock().await;
        current.as_ref().map(|live| live.session.reference())
    }
}

impl Keeper {
    pub(super) fn place(&self, form: &FormCode) -> Arc<Place> {
        let mut places = lock(&self.inner.places);
        Arc::clone(places.entry(form.clone()).or_default())
    }

    /// The session to send into now, opened where there is none.
    pub(super) async fn live(&self, place: &Place, form: &FormCode) -> Result<Arc<Live>, Error> {
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
            let error = match OpenSession::open_with_features(client, form.clone(), features).await
            {
                Ok(session) => return Ok(session),
                Err(error) => error,
            };
            let is_blocked = matches!(error.kind(), ErrorKind::Firewall { .. });
            let again = error.is_outcome_unknown() && !is_blocked && attempt < OPENINGS_MAX;
            let Some(wait) = delays.after(&error).filter(|_| again) else {
                return Err(error.before_the_work());
            };
            tracing::debug!(attempt, %error, "opening again");
            attempt += 1;
            tokio::time::sleep(wait).await;
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
    pub(super) async fn replace(&self, place: &Place, live: &Arc<Live>, error: &Error) {
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
            lock(&self.inner.copies).remove(&live.session.reference());
            self.note(&Entry::SessionClosed {
                session: live.session.reference(),
            });
        } else {
            // It may hold invoices, so its verdict and its UPO are still to be had.
            lock(&self.inner.replaced).push(Arc::clone(live));
        }
    }

    /// Takes a session out of its place and puts it among those to be closed.
    pub(super) async fn retire(&self, session: SessionRef) -> Option<Arc<Live>> {
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
}

/// How often a session is opened until one is known to be open.
const OPENINGS_MAX: u32 = 3;

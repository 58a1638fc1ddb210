//! The life of a session after its opening: its key, its closing, its end.

use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use ksef_api::ops::sessions::InvoiceStatusInfo;
use ksef_api::status::{InvoiceStatus, SessionStatus};
use ksef_core::reference::SessionRef;
use ksef_crypto::rsa_oaep::PrivateKey;

use super::{Task, batch};
use crate::app::App;
use crate::upo::{self, Page};
use crate::world::keys::KeyUsage;
use crate::world::record::Changes;
use crate::world::sessions::{SessionRecord, SessionSecret};
use crate::world::state::State;

/// What closing a session leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// Nothing was sent: the session was cancelled at once.
    Cancelled,
    /// Invoices are still being processed; the session ends after them.
    Waiting,
    /// Every invoice has ended: the session can.
    Ready,
}

/// Closes an open session at `now`; `None` when there is none.
pub(crate) fn close(
    state: &mut State,
    changes: &mut Changes,
    session: &SessionRef,
    now: Timestamp,
) -> Option<Closing> {
    state.sessions.update(changes, session, |session| {
        if !session.is_open() {
            return None;
        }
        session.closed = Some(now);
        if session.total == 0 {
            session.become_status(SessionStatus::Cancelled, now);
            session.details = vec![NOTHING_SENT.to_owned()];
            return Some(Closing::Cancelled);
        }
        session.become_status(SessionStatus::Closed, now);
        Some(if session.pending() == 0 {
            Closing::Ready
        } else {
            Closing::Waiting
        })
    })?
}

/// Closes the sessions whose time is over, as of the instant at which it was.
pub(crate) fn close_overdue(app: &App, now: Timestamp) {
    if app
        .world
        .read(|state| state.sessions.overdue(now).is_empty())
    {
        return;
    }
    let (ready, cancelled) = app.world.write(|state, changes| {
        let (mut ready, mut cancelled) = (Vec::new(), Vec::new());
        for session in state.sessions.overdue(now) {
            let record = state.sessions.get(&session);
            let ended = record.map_or(now, |session| session.valid_until);
            if record.is_some_and(|record| record.batch.is_some()) {
                batch::cancel_batch(state, changes, &session, ended);
                cancelled.push(session);
            } else if close(state, changes, &session, ended) == Some(Closing::Ready) {
                ready.push(session);
            }
        }
        (ready, cancelled)
    });
    for session in ready {
        app.schedule(Task::FinishSession(session));
    }
    for session in cancelled {
        batch::remove_files(app, &session);
    }
}

/// Unwraps the key of a session; when that fails, the session and its invoices fail.
pub(super) fn unwrap_key(app: &App, session: &SessionRef) {
    let now = app.now();
    let Some((wrapped, keys)) = app.world.read(|state| {
        let record = state.sessions.get(session)?;
        let wrapped = record.wrapped_key().filter(|_| is_alive(record))?;
        let usage = KeyUsage::SymmetricKeyEncryption;
        // A key that was withdrawn after the opening cannot decrypt any more.
        let keys = state
            .keys
            .usable(usage, record.public_key.as_ref(), now)
            .unwrap_or_default();
        Some((
            wrapped,
            if record.has_key_fault {
                Vec::new()
            } else {
                keys
            },
        ))
    }) else {
        return;
    };
    let key = unwrapped(&keys, &wrapped);
    app.world.write(|state, changes| match key {
        Some(key) => {
            state.sessions.update(changes, session, |record| {
                record.secret = SessionSecret::key(&key);
            });
        }
        // It may have been closed meanwhile, and cancelled.
        None if state.sessions.get(session).is_some_and(is_alive) => {
            fail_key(state, changes, session, now);
        }
        None => {}
    });
}

/// The symmetric key, when one of our keys unwraps it.
pub(super) fn unwrapped(
    keys: &[Arc<PrivateKey>],
    wrapped: &[u8],
) -> Option<impl Deref<Target = Vec<u8>>> {
    keys.iter()
        .filter_map(|key| key.unwrap(wrapped).ok())
        .find(|key| key.len() == ksef_crypto::session_key::KEY_BYTES)
}

/// Whether the session still needs its key.
pub(super) fn is_alive(session: &SessionRecord) -> bool {
    matches!(
        session.status(),
        SessionStatus::Open | SessionStatus::Closed | SessionStatus::Processing
    )
}

/// The session turns 415 and its pending invoices 405.
pub(crate) fn fail_key(
    state: &mut State,
    changes: &mut Changes,
    session: &SessionRef,
    now: Timestamp,
) {
    fail_invoices(state, changes, session);
    state.sessions.update(changes, session, |record| {
        record.become_status(SessionStatus::KeyNotDecrypted, now);
    });
}

/// The pending invoices of a session that has failed turn 405.
pub(super) fn fail_invoices(state: &mut State, changes: &mut Changes, session: &SessionRef) {
    let pending: Vec<_> = state
        .invoices
        .of_session(session, 1)
        .filter(|invoice| invoice.is_pending())
        .map(|invoice| invoice.reference)
        .collect();
    for invoice in &pending {
        let status = InvoiceStatusInfo::of(InvoiceStatus::SessionFailed);
        state.invoices.reject(changes, invoice, status, None);
    }
    state.sessions.update(changes, session, |record| {
        record.failed = record.total.saturating_sub(record.successful);
    });
}

/// Ends a closed session: its UPO is made, or there is nothing to acknowledge.
pub(super) fn finish(app: &App, session: &SessionRef) {
    let is_ready = |state: &State| {
        let record = state.sessions.get(session);
        record.is_some_and(|it| it.is_ending() && it.pending() == 0)
    };
    if !app.world.read(is_ready) {
        return;
    }
    let now = app.now();
    let pages = upo::of_session(app, session, now);
    app.world.write(|state, changes| {
        if !is_ready(state) {
            return;
        }
        let (status, pages) = match pages {
            Ok(pages) if pages.is_empty() => (SessionStatus::NoValidInvoice, pages),
            Ok(pages) => (SessionStatus::Processed, pages),
            Err(error) => {
                tracing::error!(%error, %session, "the UPO of a session cannot be made");
                (SessionStatus::UnknownError, Vec::new())
            }
        };
        let references = pages.iter().map(|page| page.reference).collect();
        for Page { document, .. } in pages {
            state.invoices.keep(changes, document);
        }
        state.sessions.update(changes, session, |record| {
            record.become_status(status, now);
            record.upo_pages = references;
        });
    });
}

/// Detail of a session that was cancelled because it was empty.
pub(super) const NOTHING_SENT: &str = "Nie przesłano faktur";

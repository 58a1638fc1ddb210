//! The last requests, for whoever looks at the sandbox at work.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::middleware::Next;
use axum::response::Response;
use http::Request;
use jiff::Timestamp;
use ksef_api::operation::Operation;
use ksef_core::context::ContextIdentifier;
use serde::Serialize;

use crate::app::SharedApp;
use crate::faults::DropConnection;

/// The last requests of this process, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    last: u64,
    entries: VecDeque<Entry>,
}

/// One request. Neither queries, which hold signatures of links, nor headers and bodies, which hold secrets, are kept.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// Grows by one with each request.
    number: u64,
    /// The time of the world when it came.
    at: Timestamp,
    method: String,
    path: String,
    operation: Option<&'static str>,
    context: Option<ContextIdentifier>,
    /// HTTP status; nothing when a fault cut the connection.
    status: Option<u16>,
    /// Error codes, or the reason of a 403.
    reasons: Vec<String>,
    milliseconds: i64,
}

/// What a handler's answer tells the journal beyond its status; travels in the extensions of the answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) context: Option<ContextIdentifier>,
    pub(crate) reasons: Vec<String>,
}

impl Journal {
    /// The entries behind number `after`, oldest first, and the number of the last one.
    pub(crate) fn since(&self, after: u64) -> (Vec<Entry>, u64) {
        let inner = self.lock();
        let behind = inner.entries.iter().filter(|entry| entry.number > after);
        (behind.cloned().collect(), inner.last)
    }

    fn push(&self, mut entry: Entry) {
        let mut inner = self.lock();
        inner.last += 1;
        entry.number = inner.last;
        if inner.entries.len() == ENTRIES_MAX {
            inner.entries.pop_front();
        }
        inner.entries.push_back(entry);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes down each request with its answer.
pub(crate) async fn keep(
    State(app): State<SharedApp>,
    request: Request<axum::body::Body>,
    next: Next,
) -> Response {
    let (at, began) = (app.now(), app.clock.machine_now());
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let mut answer = next.run(request).await;
    let told: Told = answer.extensions_mut().remove().unwrap_or_default();
    let is_cut = answer.extensions().get::<DropConnection>().is_some();
    app.journal.push(Entry {
        number: 0,
        at,
        method,
        path,
        operation: told.operation.map(|operation| operation.id),
        context: told.context,
        status: (!is_cut).then(|| answer.status().as_u16()),
        reasons: told.reasons,
        milliseconds: app.clock.machine_now().as_millisecond() - began.as_millisecond(),
    });
    answer
}

/// Enough to see what a test did; a long run does not fill the memory.
const ENTRIES_MAX: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            number: 0,
            at: Timestamp::UNIX_EPOCH,
            method: "GET".to_owned(),
            path: "/v2/tokens".to_owned(),
            operation: None,
            context: None,
            status: Some(200),
            reasons: Vec::new(),
            milliseconds: 1,
        }
    }

    #[test]
    fn the_oldest_entries_make_room() {
        let journal = Journal::default();
        for _ in 0..ENTRIES_MAX + 3 {
            journal.push(entry());
        }
        let (all, last) = journal.since(0);
        assert_eq!((all.len(), all[0].number), (ENTRIES_MAX, 4));
        assert_eq!(last, 503);
        let (behind, _) = journal.since(501);
        assert_eq!(
            behind.iter().map(|it| it.number).collect::<Vec<_>>(),
            [502, 503]
        );
        assert!(journal.since(9_999).0.is_empty());
    }
}

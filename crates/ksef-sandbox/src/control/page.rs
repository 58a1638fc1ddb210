//! `GET /_sandbox/`: for programs the state of the sandbox as JSON, for a browser a page that shows it at work.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{Query, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use ksef_api::status::{InvoiceStatus, SessionStatus, Text};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{inspect, perform, typed};
use crate::app::{App, SharedApp};
use crate::world::invoices::InvoiceRecord;
use crate::world::sessions::SessionRecord;
use crate::world::state::State as WorldState;

/// The state as JSON, or the page when the client prefers HTML.
pub(super) async fn root(State(app): State<SharedApp>, headers: HeaderMap) -> Response {
    let mut answer = if prefers_html(&headers) {
        let mut page = typed(StatusCode::OK, "text/html; charset=utf-8", PAGE.to_owned());
        let headers = page.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        page
    } else {
        perform(app, |app| Ok(inspect::world(app))).await
    };
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    answer
}

/// Browsers name `text/html` first; programs name JSON, anything, or nothing.
fn prefers_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.trim_start().starts_with("text/html"))
}

/// Which requests the page has seen.
#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    #[serde(default)]
    after: u64,
}

/// What the page shows: the state, the newest contexts, sessions and invoices, and the requests that it has not seen.
pub(super) async fn live(
    State(app): State<SharedApp>,
    seen: Result<Query<Seen>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let after = seen.map_or(0, |Query(seen)| seen.after);
    perform(app, move |app| Ok(shown(app, after))).await
}

fn shown(app: &App, after: u64) -> Value {
    let (requests, last_request) = app.journal.since(after);
    let (contexts, sessions, invoices) = app
        .world
        .read(|state| (contexts(state), sessions(state), invoices(state)));
    json!({
        "sandbox": inspect::world(app),
        "contexts": contexts,
        "sessions": sessions,
        "invoices": invoices,
        "requests": requests,
        "lastRequest": last_request,
    })
}

/// Contexts with what they sent, the last active first.
fn contexts(state: &WorldState) -> Value {
    #[derive(Default)]
    struct Sums {
        sessions: u64,
        open: u64,
        invoices: u64,
        accepted: u64,
        rejected: u64,
        active: Option<Timestamp>,
    }
    let mut sums = BTreeMap::<_, Sums>::new();
    for login in state.logins.values() {
        let of_context = sums.entry(login.context).or_default();
        of_context.active = of_context.active.max(Some(login.started));
    }
    for session in state.sessions.values() {
        let of_context = sums.entry(session.context).or_default();
        of_context.sessions += 1;
        of_context.open += u64::from(session.is_open());
        of_context.invoices += u64::from(session.total);
        of_context.accepted += u64::from(session.successful);
        of_context.rejected += u64::from(session.failed);
        of_context.active = of_context.active.max(Some(session.updated));
    }
    let mut contexts: Vec<_> = sums.into_iter().collect();
    contexts.sort_by_key(|(context, sums)| (std::cmp::Reverse(sums.active), *context));
    contexts.truncate(ROWS_MAX);
    let describe = |(context, sums): (ksef_core::context::ContextIdentifier, Sums)| {
        json!({
            "context": context,
            "sessions": sums.sessions,
            "openSessions": sums.open,
            "invoices": sums.invoices,
            "accepted": sums.accepted,
            "rejected": sums.rejected,
            "lastActivity": sums.active,
        })
    };
    contexts.into_iter().map(describe).collect()
}

fn sessions(state: &WorldState) -> Value {
    let newest = newest(state.sessions.values(), |session| {
        (session.updated, session.reference)
    });
    newest.into_iter().map(describe_session).collect()
}

fn invoices(state: &WorldState) -> Value {
    let newest = newest(state.invoices.values(), |row| (row.received, row.reference));
    newest.into_iter().map(describe_invoice).collect()
}

/// The [`ROWS_MAX`] rows with the greatest places, the greatest first.
fn newest<'a, R, P: Ord>(rows: impl Iterator<Item = &'a R>, place: impl Fn(&R) -> P) -> Vec<&'a R> {
    let mut rows: Vec<_> = rows.collect();
    let by_place = |one: &&R, other: &&R| place(other).cmp(&place(one));
    if rows.len() > ROWS_MAX {
        rows.select_nth_unstable_by(ROWS_MAX, by_place);
        rows.truncate(ROWS_MAX);
    }
    rows.sort_by(by_place);
    rows
}

fn describe_session(session: &SessionRecord) -> Value {
    json!({
        "reference": session.reference,
        "context": session.context,
        "form": session.form,
        "status": status(session.code, SessionStatus::from_code(session.code).meaning()),
        "updated": session.updated,
        "invoices": session.total,
        "accepted": session.successful,
        "rejected": session.failed,
    })
}

fn describe_invoice(invoice: &InvoiceRecord) -> Value {
    let code = invoice.status.code;
    json!({
        "reference": invoice.reference,
        "session": invoice.session,
        "context": invoice.context,
        "number": invoice.number,
        "received": invoice.received,
        "status": status(code, InvoiceStatus::from_code(code).meaning()),
        "details": invoice.status.details,
        "ksefNumber": invoice.acceptance.as_ref().map(|it| it.ksef_number),
    })
}

fn status(code: i32, meaning: Text) -> Value {
    json!({"code": code, "en": meaning.en, "pl": meaning.pl})
}

/// Allows the page its own style and script, and to ask this sandbox; nothing else.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let source = |element: &str| {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let inside = PAGE
            .split_once(&open)
            .and_then(|(_, rest)| rest.split_once(&close));
        let hash = digest(&SHA256, inside.map_or("", |(inside, _)| inside).as_bytes());
        format!("'sha256-{}'", STANDARD.encode(hash))
    };
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        source("style"),
        source("script"),
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

const PAGE: &str = include_str!("page.html");
/// Rows of each table.
const ROWS_MAX: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_come_first_and_no_more_than_fit() {
        let rows: Vec<u32> = (0..1_000).map(|number| number * 7 % 1_000).collect();
        let shown = newest(rows.iter(), |row| *row);
        assert_eq!(shown.len(), ROWS_MAX);
        assert!(shown.iter().copied().copied().eq((900..1_000).rev()));
        assert_eq!(newest([3_u32, 9].iter(), |row| *row), [&9, &3]);
    }

    #[test]
    fn only_browsers_get_the_page() {
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,*/*;q=0.8", true),
            ("*/*", false),
            ("application/json", false),
            ("application/json, text/html", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            assert_eq!(prefers_html(&headers), expected, "{accept}");
        }
        assert!(!prefers_html(&HeaderMap::new()));
    }

    #[test]
    fn the_page_asks_nobody_else() {
        for foreign in ["http://", "https://", "//", "url(", "@import", "src="] {
            let own = ["http://www.w3.org/2000/svg"];
            let page = own
                .iter()
                .fold(PAGE.to_owned(), |page, own| page.replace(own, ""));
            let script = page.replace("// ", "");
            assert!(!script.contains(foreign), "{foreign}");
        }
        let policy = POLICY.to_str().unwrap();
        assert_eq!(policy.matches("'sha256-").count(), 2, "{policy}");
        assert!(
            !policy.contains("47DEQpj8HBSa"),
            "the hash of nothing: {policy}"
        );
    }
}

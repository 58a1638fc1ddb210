//! The control API: what a test does to this KSeF beyond what a client of KSeF can.
//!
//! It answers under `/_sandbox/` on the same listener, beside `/v2`, and only to clients on the loopback address that use
//! a loopback name; others, and web pages of elsewhere, get 403. Bodies and answers are JSON, errors are `{"error": "…"}` with 400, 403 or 404. A change is on disk (when
//! the world has a disk) before it is answered.
//!
//! | method and path | body | what it does |
//! |---|---|---|
//! | `GET /_sandbox/` | | `worldId`, `version`, clock, limits, latencies, counts; for a browser a page that shows the world live |
//! | `GET /_sandbox/live?after=N` | | what the page shows: contexts, sessions, invoices, and the requests behind number N |
//! | `GET /_sandbox/clock` | | `now` and `mode` |
//! | `POST /_sandbox/clock/freeze` | `{"at"?: instant}` | the clock stands still |
//! | `POST /_sandbox/clock/advance` | `{"by": "12h 1m"}`, ISO 8601 or seconds | moves it on, or back when negative; it stays between 2021-10-01 and 2999-12-31 |
//! | `POST /_sandbox/clock/set` | `{"to": instant}` | moves it there; it goes on running or standing |
//! | `POST /_sandbox/clock/unfreeze` | | it runs on from where it stands |
//! | `GET`, `POST`, `DELETE /_sandbox/faults` | `{"fault": "invoice-send:drop-after*2"}` | lists, adds, clears [faults](crate::faults) |
//! | `DELETE /_sandbox/faults/{id}` | | removes one |
//! | `POST /_sandbox/login` | `{"context": {"type", "value"}, "subject"?}` | the bearers of a subject, the owner when none is named, as if it had signed in |
//! | `POST /_sandbox/reset` | | a new, empty world with a new `worldId`; KSeF numbers go on, so that none is given twice |
//! | `POST /_sandbox/keys/rotate` | `{"usages"?: […], "withdraw"?: bool}` | new encryption keys; withdrawing makes the old ones unknown (21470) |
//! | `GET`, `PUT /_sandbox/latency` | `{"invoiceMs"?: 0, …}` | latencies of what comes from now on |
//! | `GET`, `PUT /_sandbox/limits` | `{"profile": "off"}` | request limits: `off`, `test`, `production` |
//! | `GET /_sandbox/sessions`, `/_sandbox/sessions/{ref}` | | sessions with their invoices |
//! | `GET /_sandbox/accepted` | | every accepted invoice |
//! | `GET /_sandbox/tokens` | | KSeF tokens without their secrets |
//! | `GET /_sandbox/certificates` | | KSeF certificates of all subjects |
//! | `PUT /_sandbox/certificates/{serial}` | `{"suspended": true}` | suspends a certificate, or lifts the suspension |
//! | `GET`, `POST`, `DELETE /_sandbox/authorisations` | `{"seller", "grantee": {"type","value"}, "authorisation"}` | who may issue in whose name |
//! | `GET`, `DELETE /_sandbox/latarnia` | | what Latarnia says and will say; forgets it |
//! | `POST /_sandbox/latarnia/maintenance` | `{"start"?, "end"?: instant, "title"?, "text"?}` | announces maintenance |
//! | `POST /_sandbox/latarnia/failure` | `{"total"?: bool, "start"?, "title"?, "text"?}` | a failure begins |
//! | `POST /_sandbox/latarnia/failure/end` | `{"eventId"?, "end"?, "title"?, "text"?}` | a failure ends, the last one unless named |
//! | `POST /_sandbox/latarnia/messages/{id}` | `{"start"?, "end"?, "title"?, "text"?}` | a new version of a message |
//! | `GET /_sandbox/ca.pem` | | certificate of the authority behind the UPO seal, the encryption keys and KSeF certificates |

mod authorisations;
mod certificates;
mod clock;
mod faults;
mod inspect;
mod latarnia;
mod login;
mod page;
mod settings;

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::{App, SharedApp};
use crate::pipeline::Peer;
use crate::random;

/// Everything under `/_sandbox/`.
pub(crate) fn router() -> Router<SharedApp> {
    let api = Router::new()
        .route("/", get(page::root))
        .route("/live", get(page::live))
        .route("/clock", get(read(clock::show)))
        .route("/clock/freeze", post(change(clock::freeze)))
        .route("/clock/advance", post(change(clock::advance)))
        .route("/clock/set", post(change(clock::set)))
        .route("/clock/unfreeze", post(change(clock::unfreeze)))
        .route(
            "/faults",
            get(read(faults::list))
                .post(change(faults::add))
                .delete(change(faults::clear)),
        )
        .route("/faults/{id}", delete(faults::remove))
        .route("/login", post(change(login::sign_in)))
        .route("/reset", post(change(settings::reset)))
        .route("/keys/rotate", post(change(settings::rotate_keys)))
        .route(
            "/latency",
            get(read(settings::latency)).put(change(settings::set_latency)),
        )
        .route(
            "/limits",
            get(read(settings::limits)).put(change(settings::set_limits)),
        )
        .route("/sessions", get(read(inspect::sessions)))
        .route("/sessions/{reference}", get(inspect::session))
        .route("/accepted", get(read(inspect::accepted)))
        .route("/tokens", get(read(inspect::tokens)))
        .route("/certificates", get(read(certificates::list)))
        .route("/certificates/{serial}", put(certificates::suspend))
        .route(
            "/authorisations",
            get(read(authorisations::list))
                .post(change(authorisations::grant))
                .delete(change(authorisations::revoke)),
        )
        .route(
            "/latarnia",
            get(read(latarnia::show)).delete(change(latarnia::clear)),
        )
        .route(
            "/latarnia/maintenance",
            post(change(latarnia::announce_maintenance)),
        )
        .route("/latarnia/failure", post(change(latarnia::begin_failure)))
        .route("/latarnia/failure/end", post(change(latarnia::end_failure)))
        .route("/latarnia/messages/{id}", post(latarnia::revise))
        .route("/ca.pem", get(inspect::authority))
        .fallback(unknown)
        .layer(middleware::from_fn(loopback_only));
    Router::new().nest("/_sandbox", api.clone()).route(
        "/_sandbox/",
        get(page::root).layer(middleware::from_fn(loopback_only)),
    )
}

/// A refused call of the control API.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    error: String,
}

impl Refusal {
    /// 400: what is wrong and what is expected.
    fn bad(error: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error: error.into(),
        }
    }

    /// 404: there is no such thing.
    fn missing(error: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            error: error.into(),
        }
    }

    /// 500: the sandbox cannot do it.
    fn failed(error: impl std::fmt::Display) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: error.to_string(),
        }
    }
}

type Outcome = Result<Value, Refusal>;

/// What a handler becomes.
type Answering = std::pin::Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler that only looks.
fn read(look: fn(&App) -> Value) -> impl Fn(State<SharedApp>) -> Answering + Clone {
    move |State(app)| Box::pin(perform(app, move |app| Ok(look(app))))
}

/// A handler that changes something, on a thread where making keys may take its time.
fn change(
    act: fn(&App, &[u8]) -> Outcome,
) -> impl Fn(State<SharedApp>, Bytes) -> Answering + Clone {
    move |State(app), body| Box::pin(perform(app, move |app| act(app, &body)))
}

/// Acts, waits until everything that the answer tells is on disk, and answers.
async fn perform(app: SharedApp, act: impl FnOnce(&App) -> Outcome + Send + 'static) -> Response {
    let worker = Arc::clone(&app);
    let outcome =
        tokio::task::spawn_blocking(move || random::with(worker.random.as_ref(), || act(&worker)))
            .await;
    let outcome = outcome.unwrap_or_else(|_| Err(Refusal::failed("the change was interrupted")));
    let is_kept = app.world.settled().await;
    match outcome {
        Ok(_) if !is_kept => answer(Refusal::failed("the world cannot be written to disk")),
        Ok(value) => json_answer(StatusCode::OK, &value),
        Err(refusal) => answer(refusal),
    }
}

/// The body as a value; an empty body counts as `{}`.
fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let bytes = if bytes.trim_ascii().is_empty() {
        b"{}"
    } else {
        bytes
    };
    serde_json::from_slice(bytes)
        .map_err(|error| Refusal::bad(format!("the body cannot be read: {error}")))
}

fn answer(refusal: Refusal) -> Response {
    json_answer(refusal.status, &json!({"error": refusal.error}))
}

fn json_answer(status: StatusCode, value: &Value) -> Response {
    typed(status, "application/json", value.to_string())
}

fn typed(status: StatusCode, media_type: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

async fn unknown(request: Request) -> Response {
    let path = request.uri().path();
    answer(Refusal::missing(format!(
        "there is nothing at {path}; GET /_sandbox/ shows this sandbox"
    )))
}

async fn loopback_only(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    match stranger(peer, request.headers()) {
        Some(error) => forbidden(error),
        None => next.run(request).await,
    }
}

/// Why the control API does not answer this client; `None` when it does.
fn stranger(peer: Option<Peer>, headers: &HeaderMap) -> Option<&'static str> {
    if !peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback()) {
        return Some("the control API answers only on the loopback address");
    }
    // A page in a browser on this machine is a stranger too, also under a name that it made point here.
    let is_foreign = |name: HeaderName| {
        let value = headers.get(name);
        value.is_some_and(|value| !value.to_str().is_ok_and(names_loopback))
    };
    (is_foreign(HOST) || is_foreign(ORIGIN)).then_some(
        "the control API answers only under a loopback name, and to no web page of elsewhere",
    )
}

fn forbidden(error: &str) -> Response {
    answer(Refusal {
        status: StatusCode::FORBIDDEN,
        error: error.to_owned(),
    })
}

/// Whether the authority of a `Host` or `Origin` header is this machine.
fn names_loopback(text: &str) -> bool {
    let authority = text
        .split_once("://")
        .map_or(text, |(_, authority)| authority);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::names_loopback;

    #[test]
    fn names_of_this_machine() {
        for text in [
            "localhost:8080",
            "127.0.0.1",
            "[::1]:9000",
            "http://localhost:3000",
            "http://127.0.0.1",
        ] {
            assert!(names_loopback(text), "{text}");
        }
        for text in [
            "example.com",
            "http://example.com:80",
            "null",
            "10.0.0.1:80",
            "localhost.example.com",
            "",
        ] {
            assert!(!names_loopback(text), "{text}");
        }
    }
}

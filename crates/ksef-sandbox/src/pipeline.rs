//! What happens to every request of the API before and after its handler.
//!
//! In this order: faults before the work, the size of the body, the bearer, the address policy, request limits,
//! permissions, the handler, the wait until its changes are on disk, faults after the work, and the answer in the form
//! that the client asked for.

use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use ksef_api::operation::{self, Auth, Operation};
use ksef_api::problem::{ForbiddenReason, Problem, catalogue};
use ksef_api::warning::SYSTEM_WARNING;
use serde_json::Value;

use crate::app::{App, SharedApp};
use crate::call::{Call, Handler, Reply};
use crate::caller::{BearerKind, Caller};
use crate::failure::Failure;
use crate::faults;
use crate::journal::Told;
use crate::jwt::Bearer;
use crate::query::Query;
use crate::random;
use crate::world::logins::REFRESH_TOKEN_LIFETIME;

/// The address that the listener saw; in the extensions of each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Answers a request for `operation`.
pub(crate) async fn run(
    app: SharedApp,
    operation: &'static Operation,
    handler: Handler,
    path: Vec<(String, String)>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let script = match faults::before(&app, Some(operation), &parts).await {
        Ok(script) => script,
        Err(answer) => return answer,
    };
    let instance = parts.uri.path().to_owned();
    let headers = parts.headers.clone();
    let mut told = Told {
        operation: Some(operation),
        // Also when the request is refused before anybody asks who sent it.
        context: bearer(&app, &headers).map(|caller| caller.context),
        reasons: Vec::new(),
    };
    let outcome = match take_up(&app, operation, path, parts, body).await {
        Ok(call) => random::with(app.random.as_ref(), || {
            guarded(|| {
                handler(&Call {
                    has_session_key_fault: script.breaks_session_key,
                    never_finishes: script.never_finishes,
                    tells_wrong_hash: script.tells_wrong_hash,
                    ..call
                })
            })
        }),
        Err(failure) => Err(failure),
    };
    let outcome = settled(&app, outcome).await;
    script.wait().await;
    if script.drops_answer {
        return faults::dropped();
    }
    let mut answer = match outcome {
        Ok(reply) => success(reply, &headers),
        Err(failure) => {
            let failure = worded(operation, failure);
            told.reasons = reasons(&failure.problem);
            refusal(&app, failure, &headers, instance)
        }
    };
    answer.extensions_mut().insert(told);
    match script.spoils_answer {
        Some(spoiling) => faults::spoiled(answer, spoiling),
        None => answer,
    }
}

/// The refusal in the words of the operation: some describe a code in their own way.
fn worded(operation: &Operation, mut failure: Failure) -> Failure {
    for error in &mut failure.problem.errors {
        if let Some(entry) = catalogue::of(operation, error.code) {
            error.description = entry.description.to_owned();
        }
    }
    failure
}

/// Why a request was refused, in short.
fn reasons(problem: &Problem) -> Vec<String> {
    let codes = problem.errors.iter().map(|error| error.code.to_string());
    let forbidden = problem.forbidden_reason().map(ToString::to_string);
    codes.chain(forbidden).collect()
}

/// The outcome, once everything that it tells is on disk; 500 when it cannot be written.
pub(crate) async fn settled<T>(app: &App, outcome: Result<T, Failure>) -> Result<T, Failure> {
    if app.world.settled().await {
        return outcome;
    }
    let detail = "The world of the sandbox cannot be written to disk.";
    Err(Failure::status(500, detail))
}

/// What a handler answers; 500 when it panics.
fn guarded(handle: impl FnOnce() -> Result<Reply, Failure>) -> Result<Reply, Failure> {
    catch_unwind(AssertUnwindSafe(handle)).unwrap_or_else(|_| {
        tracing::error!("a handler panicked");
        Err(Failure::status(500, "Nieoczekiwany błąd serwera."))
    })
}

/// A refusal outside of the operations: unknown address, wrong method, not built.
pub(crate) fn refusal(
    app: &SharedApp,
    failure: Failure,
    request_headers: &HeaderMap,
    instance: String,
) -> Response {
    let now = app.now();
    let mut problem = failure.problem;
    problem.timestamp.get_or_insert(now);
    problem.instance.get_or_insert(instance);
    problem
        .trace_id
        .get_or_insert_with(|| random::with(app.random.as_ref(), random::hex::<16>));
    let (media_type, body) = problem.to_body(request_headers);
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = answer.headers_mut();
    headers.extend(failure.headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    let seconds = problem.retry_after_header(now);
    if let Some(seconds) = seconds.and_then(|seconds| HeaderValue::try_from(seconds).ok()) {
        headers.insert(RETRY_AFTER, seconds);
    }
    if problem.status == 401 {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    answer
}

async fn take_up(
    app: &SharedApp,
    operation: &'static Operation,
    path: Vec<(String, String)>,
    parts: http::request::Parts,
    body: Body,
) -> Result<Call, Failure> {
    let client_ip = client_ip(app, &parts);
    let body = read_body(operation, body).await?;
    let caller = authenticate(app, operation, &parts.headers)?;
    if caller
        .as_ref()
        .is_some_and(|caller| !caller.ip_policy.allows(client_ip))
    {
        let client_ip = Value::from(client_ip.to_string());
        return Err(Failure::forbidden(
            ForbiddenReason::IpNotAllowed,
            [("clientIp", client_ip)],
        ));
    }
    app.limiter
        .admit(app, operation, caller.as_ref(), client_ip)?;
    if let Some(caller) = &caller {
        authorize(operation, caller)?;
    }
    Ok(Call {
        app: SharedApp::clone(app),
        operation,
        query: Query::of(&parts.uri),
        headers: parts.headers,
        body,
        client_ip,
        now: app.now(),
        path,
        caller,
        has_session_key_fault: false,
        never_finishes: false,
        tells_wrong_hash: false,
    })
}

fn client_ip(app: &SharedApp, parts: &http::request::Parts) -> IpAddr {
    let forwarded = app.config.trust_forwarded_for.then(|| {
        let header = parts.headers.get("x-forwarded-for")?.to_str().ok()?;
        header.split(',').next()?.trim().parse::<IpAddr>().ok()
    });
    let seen = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
    let unknown = IpAddr::from([127, 0, 0, 1]);
    forwarded
        .flatten()
        .or(seen)
        .unwrap_or(unknown)
        .to_canonical()
}

async fn read_body(operation: &'static Operation, body: Body) -> Result<Bytes, Failure> {
    let bytes_max = if operation.id == ksef_api::operation::sessions::SEND_INVOICE.id {
        INVOICE_BODY_BYTES_MAX
    } else {
        BODY_BYTES_MAX
    };
    axum::body::to_bytes(body, bytes_max).await.map_err(|_| {
        Failure::status(
            413,
            format!("The request body is incomplete or exceeds {bytes_max} bytes."),
        )
    })
}

/// The caller of an operation behind a bearer, whose token must be of the right kind.
fn authenticate(
    app: &SharedApp,
    operation: &'static Operation,
    headers: &HeaderMap,
) -> Result<Option<Caller>, Failure> {
    if !operation.auth.is_required() {
        return Ok(None);
    }
    let (caller, is_valid) = read_bearer(app, headers).ok_or_else(Failure::unauthorized)?;
    let fits = match operation.auth {
        Auth::None => true,
        Auth::Operation => caller.kind == BearerKind::Operation,
        Auth::Access => caller.kind == BearerKind::Access,
        Auth::Refresh => caller.kind == BearerKind::Refresh,
        Auth::AccessOrRefresh => matches!(caller.kind, BearerKind::Access | BearerKind::Refresh),
    };
    if fits && is_valid {
        return Ok(Some(caller));
    }
    if fits && is_past_retention(app, operation, &caller) {
        return Err(Problem::gone().into());
    }
    Err(Failure::unauthorized())
}

/// Who shows a valid bearer of any kind.
pub(crate) fn bearer(app: &App, headers: &HeaderMap) -> Option<Caller> {
    let (caller, is_valid) = read_bearer(app, headers)?;
    is_valid.then_some(caller)
}

/// Who shows a bearer of ours, and whether it has not ended yet.
fn read_bearer(app: &App, headers: &HeaderMap) -> Option<(Caller, bool)> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return None;
    }
    // The signature is checked outside of the lock.
    let signer = app.world.read(|state| state.signer().clone());
    let Bearer {
        mut caller,
        valid_until,
    } = signer.verify(token.trim())?;
    let login = caller.login;
    caller.ksef_token = app
        .world
        .read(|state| Some(state.logins.get(&login)?.method.ksef_token()))?;
    Some((caller, app.now() < valid_until))
}

/// Is this the status of an authentication that is not kept any more? That answers 410, although the bearer has ended.
fn is_past_retention(app: &App, operation: &'static Operation, caller: &Caller) -> bool {
    let now = app.now();
    *operation == operation::auth::STATUS
        && app.world.read(|state| {
            state
                .logins
                .get(&caller.login)
                .is_some_and(|login| now.duration_since(login.started) >= REFRESH_TOKEN_LIFETIME)
        })
}

fn authorize(operation: &'static Operation, caller: &Caller) -> Result<(), Failure> {
    if caller.permissions.has_any_of(operation.permissions) {
        return Ok(());
    }
    let required: Vec<_> = operation
        .permissions
        .iter()
        .map(|known| known.as_str())
        .collect();
    Err(Failure::forbidden(
        ForbiddenReason::MissingPermissions,
        [
            ("requiredAnyOfPermissions", Value::from(required)),
            (
                "presentPermissions",
                Value::from(caller.permissions.names()),
            ),
        ],
    ))
}

fn success(reply: Reply, request_headers: &HeaderMap) -> Response {
    let mut answer = Response::new(Body::from(reply.body));
    *answer.status_mut() = reply.status;
    *answer.headers_mut() = reply.headers;
    if let Some(warning) = request_headers.get("x-test-system-warning") {
        let folded = ascii_folded(&String::from_utf8_lossy(warning.as_bytes()));
        if let Ok(warning) = HeaderValue::try_from(folded) {
            answer.headers_mut().insert(SYSTEM_WARNING, warning);
        }
    }
    answer
}

/// Text without Polish diacritics; other characters beyond ASCII become `?`.
fn ascii_folded(text: &str) -> String {
    let folded = |character: char| {
        let mut pairs = DIACRITICS.chars().zip(PLAIN_LETTERS.chars());
        match pairs.find(|(from, _)| *from == character) {
            Some((_, to)) => to,
            None if character.is_ascii() => character,
            None => '?',
        }
    };
    text.chars().map(folded).collect()
}

const DIACRITICS: &str = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ";
/// In the same order.
const PLAIN_LETTERS: &str = "acelnoszzACELNOSZZ";
/// Enough for every body but an invoice.
const BODY_BYTES_MAX: usize = 2_000_000;
/// The largest invoice that limits can be raised to (10 MB with attachments) in Base64, and some room.
const INVOICE_BODY_BYTES_MAX: usize = 14_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_lose_their_diacritics() {
        let folded = ascii_folded("[xml-002]: Zażółć gęślą jaźń ŁÓDŹ – €");
        assert_eq!(folded, "[xml-002]: Zazolc gesla jazn LODZ ? ?");
    }

    #[test]
    fn a_handler_that_panics_answers_500() {
        let Err(failure) = guarded(|| panic!("a bug")) else {
            panic!("it answered");
        };
        assert_eq!(failure.problem.status, 500);
    }
}

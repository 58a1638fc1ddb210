//! Faults that a test scripts: what can go wrong between a client and KSeF, on demand.
//!
//! A [`Fault`] names the requests it hits, what happens to them, how often, and optionally for which context only.
//! Faults are given to the builder, to the control API, or as text:
//!
//! ```text
//! TARGET:ACTION[=VALUE][*COUNT][+SKIP][@CONTEXT]
//!
//! invoice-send:drop-after*2                the next two sendings are done, their answers are lost
//! sessions.open_online:503-html            every opening fails with a gateway's page
//! GET /sessions/*:delay=2s                 reading sessions takes two seconds more
//! sessions.close_batch:late=5s*1            the session is closed at once and the answer comes five seconds later
//! *:429=30*1@Nip:5265877635                one refusal for one context
//! online-session:session-415*1             the key of the next session cannot be decrypted
//! PUT /storage/*:lose-part*1               the next part is acknowledged and not kept
//! PUT /storage/*:cut-upload*1              the line breaks when half of the next part was sent
//! GET /storage/*:cut-download*1            the line breaks when half of the next download was answered
//! GET /storage/*:corrupt*1                 one bit of the next download is another
//! invoices.export:wrong-hash*1             the hashes that the export names for its parts are wrong
//! sessions.close_batch:never-finish*1      the package is processed for ever
//! ```
//!
//! TARGET is an operation id of `ksef-api` (`sessions.send_invoice`), the name of a rate group (`invoice-send` or
//! `invoiceSend`), a path pattern with `*` for any run of characters (relative to `/v2`, or beginning with
//! `/storage/`), optionally after a method, or `*`. Without COUNT a fault lasts until it is cleared; SKIP lets that
//! many requests pass first.
//!
//! For one request every matching delay applies, and of the other actions the first one that matches.

mod answer;
mod registry;
mod spoil;
mod text;

use std::fmt;
use std::time::Duration;

use axum::response::Response;
use http::request::Parts;
use ksef_api::operation::Operation;
use ksef_core::context::ContextIdentifier;

use crate::app::App;
use crate::pipeline;
use crate::random;
use crate::router::BASE_PATH;

pub use registry::{Faults, ScriptedFault};
pub use text::FaultSyntaxError;

pub(crate) use answer::{DropConnection, dropped};
pub(crate) use spoil::{Spoiling, spoiled};

/// One scripted fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    target: Target,
    action: Action,
    times: Option<u32>,
    skip: u32,
    context: Option<ContextIdentifier>,
}

/// Which requests a fault hits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// Every request outside the control API.
    Any,
    /// One operation.
    Operation(&'static Operation),
    /// Every operation of a rate group, by the name the API gives it (`invoiceSend`).
    Group(&'static str),
    /// Requests whose path fits a pattern with `*`, of one method or of all.
    Path {
        /// Upper-case method; `None` means any.
        method: Option<String>,
        /// Pattern, relative to `/v2`.
        pattern: String,
    },
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// It is answered later by this much.
    Delay(Duration),
    /// The work is done at once and answered later by this much, also when the client gave up meanwhile. A
    /// [`Delay`](Self::Delay) comes before the work, which a client that gives up prevents.
    Late(Duration),
    /// It is refused with 429 and this `Retry-After` in seconds.
    Throttle(u64),
    /// It fails with this status (5xx) and a JSON body; the work is not done.
    Fail(u16),
    /// It fails with this status (5xx) and a gateway's HTML page; the work is not done.
    FailHtml(u16),
    /// A web application firewall answers 403 with its HTML page.
    Firewall,
    /// A web application firewall answers 403 with its JSON body.
    FirewallJson,
    /// The connection is cut before the work is done.
    DropBefore,
    /// The work is done and kept, then the connection is cut without an answer.
    DropAfter,
    /// It is refused with 400 and this exception code.
    Refuse(i32),
    /// Opening: the session's key turns out to be undecryptable (415), also that of a batch, once it is closed, and that
    /// of an export. Sending: the open session turns 415.
    SessionKey,
    /// Uploading: the part is acknowledged and not kept.
    LosePart,
    /// Uploading: the connection is cut after half of the part was read, and nothing of it is kept.
    CutUpload,
    /// The work is done, and the connection cut after half of the answer's body.
    CutDownload,
    /// The work is done, and one bit in the middle of the answer's body is another.
    Corrupt,
    /// Starting an export: the SHA-256 that its status names for the encrypted parts is wrong.
    WrongHash,
    /// Closing a batch session, starting an export: its processing never ends.
    NeverFinish,
}

impl Fault {
    /// A fault that hits every matching request until it is cleared.
    #[must_use]
    pub const fn new(target: Target, action: Action) -> Self {
        Self {
            target,
            action,
            times: None,
            skip: 0,
            context: None,
        }
    }

    /// Reads the text form, see the [module](self).
    ///
    /// # Errors
    /// [`FaultSyntaxError`] names the part that is wrong and what is allowed there.
    pub fn parse(text: &str) -> Result<Self, FaultSyntaxError> {
        text::parse(text)
    }

    /// Only for the next `times` matching requests.
    #[must_use]
    pub const fn with_times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets `requests` matching ones pass first.
    #[must_use]
    pub const fn with_skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Only for callers that work in this context.
    #[must_use]
    pub const fn with_context(mut self, context: ContextIdentifier) -> Self {
        self.context = Some(context);
        self
    }

    /// What happens.
    #[must_use]
    pub const fn action(&self) -> &Action {
        &self.action
    }
}

impl std::str::FromStr for Fault {
    type Err = FaultSyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Fault {
    /// The text form; [`Fault::parse`] reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self, f)
    }
}

/// What a fault looks at in a request.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The operation, when the path belongs to one.
    pub operation: Option<&'static Operation>,
    /// Upper-case method.
    pub method: &'a str,
    /// Path without the `/v2` prefix.
    pub path: &'a str,
    /// Context of the caller, when a bearer tells one.
    pub context: Option<ContextIdentifier>,
}

/// What a request has to go through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentence {
    /// All delays together.
    pub delay: Duration,
    /// The action besides delays.
    pub action: Option<Action>,
}

/// What is left of a sentence once the request goes on to its work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// The answer is thrown away and the connection cut.
    pub(crate) drops_answer: bool,
    /// The answer waits this long.
    pub(crate) delays_answer: Duration,
    /// The session's key turns out to be undecryptable.
    pub(crate) breaks_session_key: bool,
    /// The part is not kept.
    pub(crate) loses_part: bool,
    /// The connection is cut after half of the part.
    pub(crate) cuts_upload: bool,
    /// The answer is spoiled on its way.
    pub(crate) spoils_answer: Option<Spoiling>,
    /// The hashes of parts are told wrong.
    pub(crate) tells_wrong_hash: bool,
    /// The processing never ends.
    pub(crate) never_finishes: bool,
}

impl Script {
    /// Lets the answer wait, once the work is done.
    pub(crate) async fn wait(&self) {
        // Even a sleep of no length waits for the next tick.
        if !self.delays_answer.is_zero() {
            tokio::time::sleep(self.delays_answer).await;
        }
    }
}

/// Plays the faults that come before the work of a request.
///
/// # Errors
/// The answer that a fault gives instead of the work.
pub(crate) async fn before(
    app: &App,
    operation: Option<&'static Operation>,
    request: &Parts,
) -> Result<Script, Response> {
    if app.faults.is_idle() {
        return Ok(Script::default());
    }
    let full_path = request.uri.path();
    let call = Call {
        operation,
        method: request.method.as_str(),
        path: full_path.strip_prefix(BASE_PATH).unwrap_or(full_path),
        context: pipeline::bearer(app, &request.headers).map(|caller| caller.context),
    };
    let sentence = app.faults.strike(&call);
    if !sentence.delay.is_zero() {
        tokio::time::sleep(sentence.delay).await;
    }
    let Some(action) = sentence.action else {
        return Ok(Script::default());
    };
    let answer = random::with(app.random.as_ref(), || {
        answer::answer(&action, &request.headers, full_path, app.now())
    });
    match answer {
        Some(answer) => Err(answer),
        None => Ok(Script {
            drops_answer: action == Action::DropAfter,
            delays_answer: match action {
                Action::Late(by) => by,
                _ => Duration::ZERO,
            },
            breaks_session_key: action == Action::SessionKey,
            loses_part: action == Action::LosePart,
            cuts_upload: action == Action::CutUpload,
            spoils_answer: match action {
                Action::CutDownload => Some(Spoiling::Cut),
                Action::Corrupt => Some(Spoiling::Corrupt),
                _ => None,
            },
            tells_wrong_hash: action == Action::WrongHash,
            never_finishes: action == Action::NeverFinish,
        }),
    }
}

impl Fault {
    fn hits(&self, call: &Call<'_>) -> bool {
        let in_context = self
            .context
            .is_none_or(|context| call.context == Some(context));
        in_context
            && match &self.target {
                Target::Any => true,
                Target::Operation(operation) => call.operation == Some(*operation),
                Target::Group(group) => call
                    .operation
                    .is_some_and(|operation| operation.group.as_str() == *group),
                Target::Path { method, pattern } => {
                    method.as_deref().is_none_or(|method| method == call.method)
                        && fits(pattern, call.path)
                }
            }
    }
}

/// Whether `text` fits a pattern in which `*` stands for any run of characters.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some((_, after)) = rest.split_once(piece) else {
            return false;
        };
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("/sessions", "/sessions", true),
            ("/sessions", "/sessions/1", false),
            ("/sessions*", "/sessions/1", true),
            ("/sessions/*/upo/*", "/sessions/1/upo/2", true),
            ("/sessions/*/upo", "/sessions/1/upo/2", false),
            ("*/upo", "/sessions/1/invoices/2/upo", true),
            ("*", "", true),
            ("/a*a", "/a", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}

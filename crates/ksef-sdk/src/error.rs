//! What can go wrong, and what it means for the caller.

mod kind;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ksef_api::problem::Problem;
use ksef_invoice::Finding;

pub use kind::{ErrorKind, FailedStatus};

/// A call or a longer piece of work that did not succeed.
///
/// Ask [`Error::kind`], or one of the predicates: they say what may be done next. Clones share their contents, so
/// callers who waited for the same work get the same error. No text of it holds a token, a key or a presigned link.
///
/// # What to do
/// | predicate | meaning |
/// |---|---|
/// | [`Error::is_retryable`] | the same call may succeed later; [`Error::retry_after`] says when |
/// | [`Error::is_outcome_unknown`] | KSeF may have done the work: look it up before repeating |
/// | [`Error::is_certainly_not_done`] | KSeF did not do the work |
#[derive(Clone)]
pub struct Error {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: Option<&'static str>,
    problem: Option<Problem>,
    server: Option<String>,
    /// Whether the request surely never reached the API.
    not_sent: bool,
    /// Whether the work may have been done although the kind does not say so.
    in_doubt: bool,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.inner.kind
    }

    /// Our name of the operation that failed, for example `sessions.send_invoice`; see [`ksef_api::operation`].
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    /// The refusal of the server, when there was one.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        self.inner.problem.as_ref()
    }

    /// What could not be reached, when no connection was made: the host, and the port when it is not the usual one.
    #[must_use]
    pub fn server(&self) -> Option<&str> {
        self.inner.server.as_deref()
    }

    /// The first exception code of the refusal, for example 21405; for a failed status its code, for example 415.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        if let ErrorKind::Status(status) = &self.inner.kind {
            return Some(status.code);
        }
        self.problem()
            .and_then(|problem| problem.errors.first())
            .map(|error| error.code)
    }

    /// Whether the refusal names this exception code.
    #[must_use]
    pub fn has_code(&self, code: i32) -> bool {
        self.problem().is_some_and(|problem| problem.has_code(code))
    }

    /// Whether the same call may succeed later without any change. After [`Error::is_outcome_unknown`] it is false.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match &self.inner.kind {
            ErrorKind::Throttled { .. }
            | ErrorKind::Unreachable
            | ErrorKind::Server
            | ErrorKind::Pending { .. }
            | ErrorKind::Cancelled => true,
            // Interrupted by the system itself: the contract says to repeat.
            ErrorKind::Status(status) => status.code == INTERRUPTED_BY_SYSTEM,
            _ => false,
        }
    }

    /// Whether KSeF may have done the work although no answer says so. Look it up before repeating.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.inner.in_doubt || matches!(self.inner.kind, ErrorKind::OutcomeUnknown)
    }

    /// Whether it is certain that KSeF did not do the work: it refused, or the request never reached it.
    #[must_use]
    pub fn is_certainly_not_done(&self) -> bool {
        if self.inner.not_sent {
            return true;
        }
        match &self.inner.kind {
            ErrorKind::Rejected
            | ErrorKind::Unauthorised
            | ErrorKind::Forbidden
            | ErrorKind::Throttled { .. }
            | ErrorKind::Misuse { .. }
            | ErrorKind::Crypto
            | ErrorKind::InvalidInvoice { .. }
            | ErrorKind::Unreadable
            | ErrorKind::Journal => true,
            // A firewall that refuses the request answers 4xx; one that hides an answer may use anything else.
            ErrorKind::Firewall { .. } => self
                .problem()
                .is_some_and(|problem| (400..500).contains(&problem.status)),
            _ => false,
        }
    }

    /// How long the server wants to be left alone, never shortened; `None` when it did not say.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.inner.kind {
            ErrorKind::Throttled { retry_after } => *retry_after,
            _ => self.inner.retry_after,
        }
    }

    /// The failed status, when KSeF did the work asynchronously and it failed.
    #[must_use]
    pub fn failed_status(&self) -> Option<&FailedStatus> {
        match &self.inner.kind {
            ErrorKind::Status(status) => Some(status),
            _ => None,
        }
    }

    /// What is wrong with an invoice that was not sent because KSeF would refuse it; empty for other errors.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match &self.inner.kind {
            ErrorKind::InvalidInvoice { findings } => findings,
            _ => &[],
        }
    }

    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self {
            inner: Arc::new(Inner {
                kind,
                operation: None,
                problem: None,
                server: None,
                not_sent: false,
                in_doubt: false,
                retry_after: None,
                source: None,
            }),
        }
    }

    /// The request was built or used wrongly; `what` is lowercase and names what is missing.
    /// A file of our own.
    pub(crate) fn storage(error: std::io::Error) -> Self {
        Self::new(ErrorKind::Storage).with_source(error)
    }

    pub(crate) fn misuse(what: &'static str) -> Self {
        Self::new(ErrorKind::Misuse { what })
    }

    /// The server broke the contract.
    pub(crate) fn protocol(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Protocol).with_source(source)
    }

    pub(crate) fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.change(|inner| inner.source = Some(source.into().into()))
    }

    pub(crate) fn with_problem(self, problem: Problem) -> Self {
        self.change(|inner| inner.problem = Some(problem))
    }

    pub(crate) fn with_server(self, server: Option<String>) -> Self {
        self.change(|inner| inner.server = server)
    }

    pub(crate) fn with_retry_after(self, wait: Option<Duration>) -> Self {
        self.change(|inner| inner.retry_after = wait)
    }

    pub(crate) fn not_sent(self) -> Self {
        self.change(|inner| inner.not_sent = true)
    }

    /// The same failure, which may hide that the work was done.
    pub(crate) fn in_doubt(self) -> Self {
        self.change(|inner| inner.in_doubt = true)
    }

    /// Names the operation unless one was named already.
    pub(crate) fn at(self, operation: &'static str) -> Self {
        if self.inner.operation.is_some() {
            return self;
        }
        self.change(|inner| inner.operation = Some(operation))
    }

    /// The same failure of something that precedes the work and does no harm when it is repeated, such as a login: the
    /// work itself was not begun.
    pub(crate) fn before_the_work(self) -> Self {
        self.change(|inner| {
            if inner.kind == ErrorKind::OutcomeUnknown {
                inner.kind = ErrorKind::Unreachable;
            }
            inner.not_sent = true;
            inner.in_doubt = false;
        })
    }

    /// The same failure seen as an unknown outcome.
    pub(crate) fn into_outcome_unknown(self) -> Self {
        self.change(|inner| {
            inner.kind = ErrorKind::OutcomeUnknown;
            inner.not_sent = false;
        })
    }

    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.inner));
        self
    }
}

impl From<ksef_crypto::error::Error> for Error {
    fn from(source: ksef_crypto::error::Error) -> Self {
        Self::new(ErrorKind::Crypto).with_source(source)
    }
}

impl From<crate::journal::JournalError> for Error {
    fn from(source: crate::journal::JournalError) -> Self {
        Self::new(ErrorKind::Journal).with_source(source)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.inner.operation {
            write!(f, "{operation}: ")?;
        }
        self.inner.kind.fmt(f)?;
        if let Some(problem) = &self.inner.problem {
            write!(f, ": {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("operation", &self.inner.operation)
            .field("problem", &self.inner.problem)
            .field("source", &self.inner.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}

/// Status 550: the system cancelled its own work.
const INTERRUPTED_BY_SYSTEM: i32 = 550;

#[cfg(test)]
mod tests {
    use ksef_api::problem::ApiError;

    use super::*;

    #[test]
    fn predicates_follow_the_kind() {
        let rejected = Error::new(ErrorKind::Rejected)
            .with_problem(Problem::bad_request(vec![ApiError::of_code(21_405)]))
            .at("sessions.send_invoice")
            .at("ignored");
        assert_eq!(rejected.code(), Some(21_405));
        assert!(rejected.has_code(21_405) && !rejected.has_code(21_180));
        assert!(rejected.is_certainly_not_done() && !rejected.is_retryable());
        assert!(
            rejected
                .to_string()
                .starts_with("sessions.send_invoice: rejected: http 400")
        );

        let unknown = Error::new(ErrorKind::Server).into_outcome_unknown();
        assert!(unknown.is_outcome_unknown() && !unknown.is_retryable());
        assert!(!unknown.is_certainly_not_done());

        let unreachable = Error::new(ErrorKind::Unreachable);
        assert!(!unreachable.is_certainly_not_done());
        assert!(unreachable.not_sent().is_certainly_not_done());

        let throttled = Error::new(ErrorKind::Throttled {
            retry_after: Some(Duration::from_secs(2_680)),
        });
        assert_eq!(throttled.retry_after(), Some(Duration::from_secs(2_680)));
        assert!(throttled.is_retryable());
    }

    #[test]
    fn display_does_not_repeat_the_source() {
        let error = Error::protocol("the cause").at("auth.redeem");
        assert!(!error.to_string().contains("the cause"));
        assert_eq!(error.source().unwrap().to_string(), "the cause");
    }

    #[test]
    fn failed_statuses_tell_their_code() {
        let status = FailedStatus {
            resource: "session",
            code: 415,
            description: "Błąd odszyfrowania dostarczonego klucza".into(),
            details: vec!["szczegół".into()],
        };
        let error = Error::new(ErrorKind::Status(status));
        assert_eq!(error.code(), Some(415));
        assert!(!error.is_retryable());
        assert_eq!(
            error.to_string(),
            "session failed with status 415: Błąd odszyfrowania dostarczonego klucza (szczegół)"
        );
    }
}

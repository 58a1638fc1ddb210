//! Kinds of errors.

use std::fmt;
use std::time::Duration;

use ksef_invoice::Finding;

/// What went wrong. New kinds may be added.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server refused the request; see [`Error::code`](super::Error::code) and
    /// [`Error::problem`](super::Error::problem).
    Rejected,
    /// The server does not accept who we are, even after a fresh login.
    Unauthorised,
    /// The caller may not do this in this context.
    Forbidden,
    /// A request limit was exceeded.
    Throttled {
        /// How long the server wants to be left alone, as it said.
        retry_after: Option<Duration>,
    },
    /// The server failed (5xx), and the request changes nothing when repeated.
    Server,
    /// The server could not be reached, or the connection broke while a harmless request was under way.
    Unreachable,
    /// The request was sent and no answer came, or the server failed in the middle: it may have done the work.
    OutcomeUnknown,
    /// The answer is not what the contract describes.
    Protocol,
    /// The web application firewall in front of KSeF answered instead of it.
    Firewall {
        /// The identifier to quote in a report, when the page shows one.
        incident: Option<String>,
    },
    /// The library was used wrongly.
    Misuse {
        /// What is wrong.
        what: &'static str,
    },
    /// KSeF took the work on and it failed.
    Status(FailedStatus),
    /// The work was not finished before the caller's deadline; it goes on at KSeF.
    Pending {
        /// What is unfinished.
        resource: &'static str,
        /// Its last status code, when one was seen.
        code: Option<i32>,
    },
    /// More invoices have the same date than one set of filters shows, so that no narrower range can show them all:
    /// narrow the other filters, or search by another date. The date is as the server wrote it.
    TooManyOfOneDate {
        /// The date.
        date: String,
    },
    /// Encrypting, decrypting or signing failed; the cause is the source.
    Crypto,
    /// KSeF would refuse the invoice, so it was not sent.
    InvalidInvoice {
        /// What is wrong with it, by place; at least one, and only what KSeF refuses. They speak Polish and English.
        findings: Vec<Finding>,
    },
    /// What was to be sent could not be read, or is not what was declared any more; the cause is the source. It was not
    /// sent whole.
    Unreadable,
    /// The journal could not keep an intent, so the step was not taken.
    Journal,
    /// A file of our own could not be read or written; the cause is the source.
    Storage,
    /// The work was abandoned before it ended, for example because its runtime shut down.
    Cancelled,
}

/// A failed status of work that KSeF does asynchronously.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedStatus {
    /// What failed: `authentication`, `session`, `export`, `KSeF token`, `permission operation`.
    pub resource: &'static str,
    /// The status code; its meaning depends on the resource.
    pub code: i32,
    /// Description in Polish.
    pub description: String,
    /// Details in Polish.
    pub details: Vec<String>,
}

impl fmt::Display for FailedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed with status {}", self.resource, self.code)?;
        if !self.description.is_empty() {
            write!(f, ": {}", self.description)?;
        }
        if !self.details.is_empty() {
            write!(f, " ({})", self.details.join("; "))?;
        }
        Ok(())
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected => f.write_str("rejected"),
            Self::Unauthorised => f.write_str("not authenticated"),
            Self::Forbidden => f.write_str("forbidden"),
            Self::Throttled {
                retry_after: Some(wait),
            } => {
                write!(f, "too many requests, wait {} s", wait.as_secs())
            }
            Self::Throttled { retry_after: None } => f.write_str("too many requests"),
            Self::Server => f.write_str("server failed"),
            Self::Unreachable => f.write_str("server cannot be reached"),
            Self::OutcomeUnknown => f.write_str("outcome unknown"),
            Self::Protocol => f.write_str("answer breaks the contract"),
            Self::Firewall { .. } => f.write_str("blocked by the firewall in front of the server"),
            Self::Misuse { what } => f.write_str(what),
            Self::Status(status) => status.fmt(f),
            Self::Pending {
                resource,
                code: Some(code),
            } => {
                write!(f, "{resource} still unfinished, status {code}")
            }
            Self::Pending {
                resource,
                code: None,
            } => write!(f, "{resource} still unfinished"),
            Self::TooManyOfOneDate { date } => {
                write!(f, "more invoices of {date} than one set of filters shows")
            }
            Self::Crypto => f.write_str("cryptographic operation failed"),
            Self::InvalidInvoice { findings } => match findings.as_slice() {
                [] => f.write_str("invalid invoice"),
                [only] => write!(f, "invalid invoice: {only}"),
                [first, rest @ ..] => {
                    write!(f, "invalid invoice: {first}, and {} more", rest.len())
                }
            },
            Self::Unreadable => f.write_str("what was to be sent could not be read"),
            Self::Journal => f.write_str("journal could not be written"),
            Self::Storage => f.write_str("file could not be read or written"),
            Self::Cancelled => f.write_str("abandoned before it ended"),
        }
    }
}

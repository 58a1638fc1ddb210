//! The record of what is about to be sent: nothing leaves before its intent is written down.
//!
//! [`crate::session::Keeper`] records an [`Entry`] before and after each step that changes something at KSeF. A process
//! that dies between [`Entry::InvoiceSending`] and [`Entry::InvoiceSent`] leaves an unknown outcome behind: the next
//! one looks the hash up in the session's invoice list before it sends again.

use std::error::Error as StdError;
use std::fmt;

use jiff::Timestamp;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::reference::{InvoiceRef, SessionRef};
use serde::{Deserialize, Serialize};

/// Where entries are kept. What [`Journal::record`] returned without an error survives a crash of the process.
///
/// It is called from asynchronous code and while sending waits, so it should take milliseconds, not seconds.
pub trait Journal: fmt::Debug + Send + Sync {
    /// Writes the entry down; durable when it returns.
    ///
    /// # Errors
    /// The entry may not have been kept. The step that it announces is then not taken; an entry that tells of a step
    /// already taken is lost, which [`Sent::is_journalled`](crate::session::Sent::is_journalled) tells.
    fn record(&self, entry: &Entry) -> Result<(), JournalError>;
}

/// One step of sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum Entry {
    /// A session is about to be opened. Without a [`Entry::SessionOpened`] after it, one may have been opened whose
    /// name nobody knows; it stays empty and KSeF cancels it.
    SessionOpening {
        /// Which documents it will take.
        form: FormCode,
    },
    /// A session was opened.
    SessionOpened {
        /// Its name.
        session: SessionRef,
        /// Which documents it takes.
        form: FormCode,
        /// When KSeF closes it by itself.
        valid_until: Timestamp,
    },
    /// An invoice is about to be sent.
    InvoiceSending {
        /// The session.
        session: SessionRef,
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
        /// Length of the invoice in bytes.
        size: u64,
    },
    /// KSeF took the invoice for processing; that is not yet acceptance.
    InvoiceSent {
        /// The session.
        session: SessionRef,
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
        /// The name of the invoice in the session.
        invoice: InvoiceRef,
    },
    /// KSeF did not take the invoice, and that is certain: it answered so, or the request never reached it.
    InvoiceNotSent {
        /// The session.
        session: SessionRef,
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
        /// The code of the refusal, when there was one.
        code: Option<u32>,
    },
    /// A session is about to be closed.
    SessionClosing {
        /// The session.
        session: SessionRef,
    },
    /// A session is closed or can take no more invoices.
    SessionClosed {
        /// The session.
        session: SessionRef,
    },
}

/// An entry could not be written down.
#[derive(Debug)]
pub struct JournalError {
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl JournalError {
    /// An error with this message, lowercase and without the text of its cause.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for JournalError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Keeps nothing: for tests and for callers that need no recovery.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn record(&self, _entry: &Entry) -> Result<(), JournalError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(entry: &Entry) -> String {
        let json = serde_json::to_string(entry).unwrap();
        assert_eq!(
            &serde_json::from_str::<Entry>(&json).unwrap(),
            entry,
            "{json}"
        );
        json
    }

    #[test]
    fn entries_survive_storage() {
        let session = SessionRef::parse("20250625-SO-2C3E6C8000-B675CF5D68-07").unwrap();
        let invoice = InvoiceRef::parse("20250625-EE-319D7EE000-B67F415CDC-2C").unwrap();
        let hash = Sha256Digest::from_bytes([7; 32]);
        let json = round_trip(&Entry::InvoiceSent {
            session,
            hash,
            invoice,
        });
        assert!(
            json.starts_with(r#"{"event":"invoiceSent","session":"20250625-SO"#),
            "{json}"
        );
        let valid_until = "2026-11-21T20:00:00.123Z".parse().unwrap();
        let json = round_trip(&Entry::SessionOpened {
            session,
            form: FormCode::Fa3,
            valid_until,
        });
        assert!(
            json.contains(r#""validUntil":"2026-11-21T20:00:00.123Z""#),
            "{json}"
        );
        for entry in [
            Entry::SessionOpening {
                form: FormCode::from_parts("FA (9)", "1-0E", "FA"),
            },
            Entry::InvoiceSending {
                session,
                hash,
                size: 1_000_000,
            },
            Entry::InvoiceNotSent {
                session,
                hash,
                code: Some(21_405),
            },
            Entry::InvoiceNotSent {
                session,
                hash,
                code: None,
            },
            Entry::SessionClosing { session },
            Entry::SessionClosed { session },
        ] {
            round_trip(&entry);
        }
    }

    #[test]
    fn errors_tell_their_cause_apart() {
        let error = JournalError::new("journal cannot be written")
            .with_source(std::io::Error::other("no space left"));
        assert_eq!(error.to_string(), "journal cannot be written");
        assert_eq!(error.source().unwrap().to_string(), "no space left");
    }
}

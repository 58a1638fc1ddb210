//! What a mirror needs of a store.

use std::collections::HashSet;
use std::error::Error as StdError;

use bytes::Bytes;
use jiff::Timestamp;
use ksef_api::ops::invoices::{InvoiceMetadata, SubjectRole};
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::ExportRef;
use ksef_crypto::session_key::SessionKey;
use tokio::sync::mpsc;

use super::{Cursor, MirrorError, Window};

/// Where a mirror is kept; one store for one context. What a call returned without an error survives a crash.
pub trait MirrorStore: Send + Sync {
    /// What can go wrong.
    type Error: StdError + Send + Sync + 'static;

    /// Up to where the mirror is complete in a role; `None` before the first [`save`](Self::save).
    fn cursor(
        &self,
        role: &SubjectRole,
    ) -> impl Future<Output = Result<Option<Cursor>, Self::Error>> + Send;

    /// Which of these are stored in this role.
    fn known(
        &self,
        role: &SubjectRole,
        numbers: &[KsefNumber],
    ) -> impl Future<Output = Result<HashSet<KsefNumber>, Self::Error>> + Send;

    /// SHA-256 of a stored document, by number.
    fn digest(
        &self,
        number: &KsefNumber,
    ) -> impl Future<Output = Result<Option<Sha256Digest>, Self::Error>> + Send;

    /// Stores invoices as they come, and the cursor that comes last, in one transaction: all of it or nothing. When
    /// the channel ends without [`Incoming::Complete`], nothing is kept. An invoice that is there already gets the
    /// role in addition and is otherwise left as it is.
    ///
    /// # Errors
    /// [`MirrorError::Store`]; [`MirrorError::Conflict`] for a number that is there with another SHA-256.
    fn save(
        &self,
        role: &SubjectRole,
        incoming: mpsc::Receiver<Incoming>,
    ) -> impl Future<Output = Result<Saved, MirrorError<Self::Error>>> + Send;

    /// Exports that were written down, of all roles, the oldest first.
    fn exports(&self) -> impl Future<Output = Result<Vec<PendingExport>, Self::Error>> + Send;

    /// Writes an export down, or what is new about it; [`PendingExport::id`] tells which.
    fn put_export(
        &self,
        export: &PendingExport,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Forgets an export and its key.
    fn remove_export(&self, id: &str) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// What [`MirrorStore::save`] gets.
#[derive(Debug)]
pub enum Incoming {
    /// The next invoice.
    Invoice(Box<ReceivedInvoice>),
    /// That was all.
    Complete {
        /// The cursor moves here.
        cursor: Cursor,
        /// The export that it came of, which is used up: forgotten in the same transaction, so that it is not taken
        /// in again when it would no longer fit the cursor.
        export: Option<String>,
    },
}

/// An invoice as KSeF gave it. Its document was checked against its metadata.
#[derive(Debug, Clone)]
pub struct ReceivedInvoice {
    /// What KSeF tells about it.
    pub metadata: InvoiceMetadata,
    /// The document, byte for byte.
    pub xml: Bytes,
}

/// What came of a [`MirrorStore::save`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Saved {
    /// Invoices that were not there.
    pub new: u64,
    /// Invoices that were there, in this role or another.
    pub known: u64,
}

/// An export that was, or is to be, asked for.
#[derive(Debug, Clone)]
pub struct PendingExport {
    /// Our own name of it.
    pub id: String,
    /// The role.
    pub role: SubjectRole,
    /// What it covers.
    pub window: Window,
    /// The key that its parts are encrypted with. A secret.
    pub key: SessionKey,
    /// KSeF's name; `None` until the answer came, and for ever when it was lost.
    pub reference: Option<ExportRef>,
    /// When it was written down.
    pub since: Timestamp,
    /// Whether it took too long, and counts only as one that may still be running.
    pub is_abandoned: bool,
}

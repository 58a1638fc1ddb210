//! What the engine needs of KSeF, apart from how it is reached.

use std::sync::Arc;
use std::time::Duration;

use ksef_api::ops::sessions::{InvoiceStatusInfo, OpenedBatchSession, Session, SessionInvoice};
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{InvoiceRef, SessionRef, UpoRef};
use ksef_invoice::document::InvoiceDocument;
use ksef_sdk::session::PartProgress;

use super::package::{Opened, SealedPackage};
use crate::error::Error;

/// KSeF, for one context. Sending and closing write the journal themselves, before and after each step.
pub(crate) trait Remote {
    /// Sends an invoice in a session of its form, which is opened when there is none.
    async fn send(
        &self,
        document: &InvoiceDocument,
        form: &FormCode,
        declared: Declared,
    ) -> Result<(SessionRef, InvoiceRef), SendTrouble>;

    /// Asks KSeF to close a session. One that is closed or gone already is as good.
    async fn close(&self, session: SessionRef) -> Result<(), Error>;

    /// How many invoices KSeF takes in a batch session of this context.
    async fn batch_invoices_max(&self) -> usize;

    /// Opens a batch session for a package. Writes no journal.
    async fn open_batch(
        &self,
        form: &FormCode,
        offline: bool,
        package: &SealedPackage,
    ) -> Result<OpenedBatchSession, PackageTrouble>;

    /// Uploads parts of a package to where its session wants them, and writes down which are there.
    async fn upload(
        &self,
        package: &Arc<SealedPackage>,
        opened: &Opened,
        parts: &[u32],
        told: Arc<dyn Fn(PartProgress) + Send + Sync>,
    ) -> Result<(), PackageTrouble>;

    /// Asks KSeF to close a batch session. One that is closed already is as good. Writes no journal.
    async fn close_batch(&self, session: SessionRef) -> Result<(), PackageTrouble>;

    /// The status of a session; `None` when KSeF does not know it.
    async fn session(&self, session: SessionRef) -> Result<Option<Session>, Error>;

    /// Every invoice of a session; none when KSeF does not know it.
    async fn invoices(&self, session: SessionRef) -> Result<Vec<SessionInvoice>, Error>;

    /// One invoice of a session.
    async fn invoice(
        &self,
        session: SessionRef,
        invoice: InvoiceRef,
    ) -> Result<SessionInvoice, Error>;

    /// Whose invoice took the number of this duplicate (440).
    async fn resolve_duplicate(
        &self,
        status: &InvoiceStatusInfo,
        hash: Sha256Digest,
    ) -> Result<Duplicate, Error>;

    /// The UPO of an accepted invoice; `None` when it is not there yet, or not for us.
    async fn invoice_upo(
        &self,
        session: SessionRef,
        number: KsefNumber,
    ) -> Result<Option<Vec<u8>>, Error>;

    /// A page of the UPO of a session; `None` when it is not there yet.
    async fn session_upo(
        &self,
        session: SessionRef,
        page: UpoRef,
    ) -> Result<Option<Vec<u8>>, Error>;

    /// The document with this number; `None` when it is not there yet, or not for us.
    async fn document(&self, number: KsefNumber) -> Result<Option<Vec<u8>>, Error>;
}

/// What is declared of an invoice that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Declared {
    /// Whether it was issued offline.
    pub(crate) offline: bool,
    /// The rejected offline invoice that it corrects technically.
    pub(crate) corrects: Option<Sha256Digest>,
}

/// Why an invoice was not sent.
#[derive(Debug)]
pub(crate) enum SendTrouble {
    /// Nobody knows whether KSeF took it; the journal tells in which session.
    Unknown(Error),
    /// KSeF refused this invoice for good, without giving it a status.
    Refused {
        /// The code of the refusal.
        code: i32,
        /// KSeF's word for it.
        description: String,
        /// More words.
        details: Vec<String>,
    },
    /// KSeF wants to be left alone for this long; it did not take the invoice.
    Throttled(Duration, Error),
    /// Nothing can be sent now.
    Stopped(Error),
}

/// Why a package did not come further.
#[derive(Debug)]
pub(crate) enum PackageTrouble {
    /// It cannot be brought to its end: KSeF does not look into it, and its invoices go in another package.
    Over(Error),
    /// KSeF misses a part, or has another one than was declared.
    PartMissing(Error),
    /// KSeF wants to be left alone for this long; nothing was done.
    Throttled(Duration, Error),
    /// Nothing can be done about it now, and what was done is unknown where it could not be seen.
    Stopped(Error),
}

/// Whose invoice took the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duplicate {
    /// The same document: it was accepted before, in this session if that is known.
    Mine(KsefNumber, Option<SessionRef>),
    /// Another document.
    Conflict(KsefNumber),
    /// It cannot be told yet.
    Unknown,
}

//! What is sent, how, and what comes of it.

use bytes::Bytes;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::reference::{InvoiceRef, SessionRef};
use ksef_crypto::digest::sha256;

/// An invoice: its bytes, which nothing ever changes, and their SHA-256.
#[derive(Clone, PartialEq, Eq)]
pub struct InvoiceBytes {
    bytes: Bytes,
    hash: Sha256Digest,
}

impl InvoiceBytes {
    /// Of these bytes, which are hashed here once.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let hash = sha256(&bytes);
        Self { bytes, hash }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Their SHA-256, by which the invoice is found again.
    #[must_use]
    pub fn hash(&self) -> Sha256Digest {
        self.hash
    }

    /// Their number.
    #[must_use]
    pub fn size(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }
}

impl std::fmt::Debug for InvoiceBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvoiceBytes")
            .field("size", &self.size())
            .field("hash", &self.hash)
            .finish()
    }
}

/// How an invoice is sent. It is validated before, see [`SendOptions::without_validation`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendOptions {
    pub(super) form: FormCode,
    pub(super) offline: bool,
    pub(super) corrects: Option<Sha256Digest>,
    pub(super) validates: bool,
}

impl Default for SendOptions {
    /// An `FA (3)` invoice, issued online.
    fn default() -> Self {
        Self::new(FormCode::Fa3)
    }
}

impl SendOptions {
    /// An invoice of this form, issued online.
    #[must_use]
    pub fn new(form: FormCode) -> Self {
        Self {
            form,
            offline: false,
            corrects: None,
            validates: true,
        }
    }

    /// The invoice was issued in an offline mode.
    #[must_use]
    pub fn with_offline(mut self) -> Self {
        self.offline = true;
        self
    }

    /// The invoice is a technical correction of the rejected offline invoice with this hash; implies offline.
    #[must_use]
    pub fn with_corrected_invoice(mut self, hash: Sha256Digest) -> Self {
        self.offline = true;
        self.corrects = Some(hash);
        self
    }

    /// Sends whatever the bytes are; KSeF judges them. Without this an invoice that KSeF would refuse is an error of
    /// kind [`ErrorKind::InvalidInvoice`](crate::ErrorKind::InvalidInvoice) and does not leave.
    ///
    /// For callers who have looked at it themselves ([`ksef_invoice::preflight`]), and for contexts whose size limits
    /// KSeF has raised.
    #[must_use]
    pub fn without_validation(mut self) -> Self {
        self.validates = false;
        self
    }

    /// The form.
    #[must_use]
    pub fn form(&self) -> &FormCode {
        &self.form
    }
}

/// An invoice that KSeF took for processing; whether it accepts it is told by [`super::wait_invoice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The session that it is in.
    pub session: SessionRef,
    /// Its name in the session.
    pub invoice: InvoiceRef,
    /// Its SHA-256.
    pub hash: Sha256Digest,
    /// Whether the journal of the [`Keeper`](super::Keeper) kept that it was sent. If not, for instance because the
    /// disk is full, write the names above down elsewhere; else a later process has to look it up.
    pub is_journalled: bool,
}

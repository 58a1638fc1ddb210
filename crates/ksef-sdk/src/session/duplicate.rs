//! Whose is the invoice that came first?

use std::time::Duration;

use ksef_api::ops::sessions::InvoiceStatusInfo;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_crypto::digest::sha256;

use crate::client::Client;
use crate::error::{Error, ErrorKind};

/// What a refusal as duplicate (440) means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DuplicateVerdict {
    /// The invoice in KSeF is this very document: it was accepted before.
    Mine(KsefNumber),
    /// Another document has taken the number.
    Conflict(KsefNumber),
    /// It cannot be told: KSeF did not name the original, or does not let us read it.
    Unknown(Option<KsefNumber>),
}

/// Compares the document that was refused as a duplicate with the one that KSeF names as the original.
///
/// KSeF gives no hash of the original, so its document is downloaded; up to `wait_max` is spent on waiting until it
/// is available. `hash` is the SHA-256 of the refused document.
///
/// # Errors
/// What went wrong on the way; that the original cannot be read is no error but [`DuplicateVerdict::Unknown`].
pub async fn resolve_duplicate(
    client: &Client,
    status: &InvoiceStatusInfo,
    hash: Sha256Digest,
    wait_max: Duration,
) -> Result<DuplicateVerdict, Error> {
    let Some(number) = status.original_ksef_number() else {
        return Ok(DuplicateVerdict::Unknown(None));
    };
    match client.invoice(number, wait_max).await {
        Ok(original) if sha256(&original.bytes) == hash => Ok(DuplicateVerdict::Mine(number)),
        Ok(_) => Ok(DuplicateVerdict::Conflict(number)),
        Err(error) if matches!(error.kind(), ErrorKind::Forbidden | ErrorKind::Rejected) => {
            tracing::debug!(%number, %error, "the original cannot be read");
            Ok(DuplicateVerdict::Unknown(Some(number)))
        }
        Err(error) => Err(error),
    }
}

//! Between rows and values.

use bytes::Bytes;
use jiff::Timestamp;
use ksef_api::ops::invoices::{InvoiceMetadata, SubjectRole};
use ksef_core::digest::Sha256Digest;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::error::StoreError;

/// What a list shows of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// What KSeF tells about it.
    pub metadata: InvoiceMetadata,
    /// The roles that the context has in it.
    pub roles: Vec<SubjectRole>,
}

/// An invoice with its document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredInvoice {
    /// What KSeF tells about it, and the roles of the context.
    pub summary: Summary,
    /// The document as KSeF keeps it, byte for byte.
    pub xml: Bytes,
    /// Its SHA-256 when it was stored.
    pub hash: Sha256Digest,
}

impl Summary {
    pub(super) fn read(metadata: &str, roles: &str) -> Result<Self, StoreError> {
        let metadata = serde_json::from_str(metadata)
            .map_err(|_| StoreError::damaged("metadata of an invoice"))?;
        let roles = roles
            .split(' ')
            .filter(|role| !role.is_empty())
            .map(SubjectRole::from_name)
            .collect();
        Ok(Self { metadata, roles })
    }
}

/// An amount in hundredths, as near as they come, for comparing.
pub(super) fn hundredths(amount: Decimal) -> i64 {
    let hundredths = amount
        .checked_mul(Decimal::ONE_HUNDRED)
        .map(|it| it.round());
    let end = if amount.is_sign_negative() {
        i64::MIN
    } else {
        i64::MAX
    };
    hundredths.and_then(|it| it.to_i64()).unwrap_or(end)
}

/// A text as its words are looked for: SQLite takes off diacritics, but ł is a letter of its own.
pub(super) fn folded(text: &str) -> String {
    text.replace('ł', "l").replace('Ł', "L")
}

/// An instant as it is stored.
pub(super) fn nanoseconds(instant: Timestamp) -> i64 {
    let end = if instant < Timestamp::UNIX_EPOCH {
        i64::MIN
    } else {
        i64::MAX
    };
    i64::try_from(instant.as_nanosecond()).unwrap_or(end)
}

/// An instant that was stored.
pub(super) fn instant(nanoseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_nanosecond(nanoseconds.into()).map_err(|_| StoreError::damaged("an instant"))
}

/// A digest that was stored.
pub(super) fn digest(bytes: &[u8]) -> Result<Sha256Digest, StoreError> {
    let bytes = bytes
        .try_into()
        .map_err(|_| StoreError::damaged("a digest"))?;
    Ok(Sha256Digest::from_bytes(bytes))
}

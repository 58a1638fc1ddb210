//! Invoices that are in KSeF.
//!
//! Source: tag "Pobieranie faktur" of the contract 2.9.0. The metadata query and exports have operations
//! ([`crate::operation::invoices`]) but no typed calls yet.

use ksef_core::ksef_number::KsefNumber;

use crate::operation::invoices as operation;
use crate::ops::{answers, calls};
use crate::request::Request;

/// The XML of an invoice, byte for byte as it was sent.
#[derive(Clone, Copy, Debug)]
pub struct GetInvoice {
    ksef_number: KsefNumber,
}

impl GetInvoice {
    /// The invoice with this number.
    #[must_use]
    pub const fn new(ksef_number: KsefNumber) -> Self {
        Self { ksef_number }
    }
}

impl Request for GetInvoice {
    calls!(operation::DOWNLOAD, path: |this| [this.ksef_number.as_str()]);
    answers!(xml);
}

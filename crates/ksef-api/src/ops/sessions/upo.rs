//! Downloads of the UPO.

use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{InvoiceRef, SessionRef, UpoRef};

use crate::operation::sessions as operation;
use crate::ops::{answers, calls};
use crate::request::Request;

/// The UPO of one invoice, by its KSeF number.
#[derive(Clone, Copy, Debug)]
pub struct GetUpoByKsefNumber {
    session: SessionRef,
    ksef_number: KsefNumber,
}

impl GetUpoByKsefNumber {
    /// Of the invoice with this number, sent in this session.
    #[must_use]
    pub const fn new(session: SessionRef, ksef_number: KsefNumber) -> Self {
        Self {
            session,
            ksef_number,
        }
    }
}

impl Request for GetUpoByKsefNumber {
    calls!(
        operation::UPO_BY_KSEF_NUMBER,
        path: |this| [this.session.as_str(), this.ksef_number.as_str()]
    );
    answers!(xml);
}

/// The UPO of one invoice, by its reference.
#[derive(Clone, Copy, Debug)]
pub struct GetUpoByInvoice {
    session: SessionRef,
    invoice: InvoiceRef,
}

impl GetUpoByInvoice {
    /// Of this invoice of this session.
    #[must_use]
    pub const fn new(session: SessionRef, invoice: InvoiceRef) -> Self {
        Self { session, invoice }
    }
}

impl Request for GetUpoByInvoice {
    calls!(operation::UPO_BY_INVOICE, path: |this| [this.session.as_str(), this.invoice.as_str()]);
    answers!(xml);
}

/// One page of the UPO of a session.
#[derive(Clone, Copy, Debug)]
pub struct GetUpoPage {
    session: SessionRef,
    page: UpoRef,
}

impl GetUpoPage {
    /// This page of this session.
    #[must_use]
    pub const fn new(session: SessionRef, page: UpoRef) -> Self {
        Self { session, page }
    }
}

impl Request for GetUpoPage {
    calls!(operation::UPO, path: |this| [this.session.as_str(), this.page.as_str()]);
    answers!(xml);
}

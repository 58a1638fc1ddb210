//! Invoices of a session and their statuses.

use std::collections::BTreeMap;

use http::HeaderName;
use jiff::Timestamp;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{InvoiceRef, SessionRef};
use ksef_core::secret::SecretText;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::operation::{Operation, sessions as operation};
use crate::ops::{answers, calls};
use crate::page::{self, ContinuationToken, Paged};
use crate::request::Request;
use crate::status::InvoiceStatus;
use crate::{timestamp, wire};

/// Status of one invoice of a session.
#[derive(Clone, Copy, Debug)]
pub struct GetSessionInvoice {
    session: SessionRef,
    invoice: InvoiceRef,
}

impl GetSessionInvoice {
    /// Of this invoice of this session.
    #[must_use]
    pub const fn new(session: SessionRef, invoice: InvoiceRef) -> Self {
        Self { session, invoice }
    }
}

impl Request for GetSessionInvoice {
    calls!(operation::INVOICE_STATUS, path: |this| [this.session.as_str(), this.invoice.as_str()]);
    answers!(json SessionInvoice);
}

macro_rules! list_of_invoices {
    ($(#[$meta:meta])* $name:ident, $operation:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name {
            session: SessionRef,
            page_size: Option<u16>,
            continuation: Option<ContinuationToken>,
        }

        impl $name {
            /// Of this session.
            #[must_use]
            pub const fn new(session: SessionRef) -> Self {
                Self { session, page_size: None, continuation: None }
            }

            /// With pages of this many entries, 10 to 1000; the server's default is 10.
            #[must_use]
            pub const fn with_page_size(mut self, entries: u16) -> Self {
                self.page_size = Some(entries);
                self
            }
        }

        impl Request for $name {
            answers!(json SessionInvoices);

            fn operation(&self) -> &'static Operation {
                &$operation
            }

            fn path(&self) -> String {
                crate::fill_path($operation.path, &[self.session.as_str()])
            }

            fn query(&self) -> Vec<(&'static str, String)> {
                self.page_size.map(|size| ("pageSize", size.to_string())).into_iter().collect()
            }

            fn headers(&self) -> Vec<(HeaderName, String)> {
                page::headers(self.continuation.as_ref())
            }
        }

        impl Paged for $name {
            type Item = SessionInvoice;

            fn with_continuation(mut self, token: ContinuationToken) -> Self {
                self.continuation = Some(token);
                self
            }

            fn split(answer: SessionInvoices) -> (Vec<SessionInvoice>, Option<ContinuationToken>) {
                (answer.invoices, answer.continuation_token)
            }
        }
    };
}

list_of_invoices! {
    /// Lists the invoices of a session, rejected ones included.
    ListSessionInvoices, operation::INVOICES
}

list_of_invoices! {
    /// Lists the rejected invoices of a session.
    ListFailedInvoices, operation::FAILED_INVOICES
}

/// A page of invoices (`SessionInvoicesResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionInvoices {
    /// Token of the next page.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "page::optional"
    )]
    pub continuation_token: Option<ContinuationToken>,
    /// The invoices.
    pub invoices: Vec<SessionInvoice>,
}

/// What is known about an invoice of a session (`SessionInvoiceStatusResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionInvoice {
    /// Place in the session, from 1.
    pub ordinal_number: u32,
    /// The seller's number (field P_2), when it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_number: Option<String>,
    /// The KSeF number, once accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ksef_number: Option<KsefNumber>,
    /// Reference within the session.
    pub reference_number: InvoiceRef,
    /// SHA-256 of the XML: the way to recognise one's own document.
    pub invoice_hash: Sha256Digest,
    /// Name of the file in the package; batch sessions only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_file_name: Option<String>,
    /// When the KSeF number was assigned.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub acquisition_date: Option<Timestamp>,
    /// When the invoice was received.
    #[serde(with = "timestamp::wire")]
    pub invoicing_date: Timestamp,
    /// When it was stored for good; some seconds after acceptance.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub permanent_storage_date: Option<Timestamp>,
    /// Presigned address of its UPO, to be read without a bearer. A secret: who has it can read the document.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "wire::secret_option"
    )]
    pub upo_download_url: Option<SecretText>,
    /// When that address ends.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub upo_download_url_expiration_date: Option<Timestamp>,
    /// Whether it counts as issued online or offline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoicing_mode: Option<InvoicingMode>,
    /// Status, see [`Self::invoice_status`].
    pub status: InvoiceStatusInfo,
}

impl SessionInvoice {
    /// The typed status.
    #[must_use]
    pub const fn invoice_status(&self) -> InvoiceStatus {
        InvoiceStatus::from_code(self.status.code)
    }
}

open_enum! {
    /// Mode of issuing.
    pub enum InvoicingMode {
        /// Online.
        Online = "Online",
        /// Offline.
        Offline = "Offline",
    }
}

/// Status of an invoice (`InvoiceStatusInfo`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceStatusInfo {
    /// Code, see [`InvoiceStatus`].
    pub code: i32,
    /// Description in Polish.
    pub description: String,
    /// Details in Polish.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub details: Vec<String>,
    /// Further facts by name; an open list. A value that is no text is kept as its JSON.
    #[serde(
        default,
        deserialize_with = "wire::texts_by_name",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub extensions: BTreeMap<String, Option<String>>,
}

/// Name of the extension with the session of the invoice that came first.
const ORIGINAL_SESSION: &str = "originalSessionReferenceNumber";
/// Name of the extension with the KSeF number of the invoice that came first.
const ORIGINAL_KSEF_NUMBER: &str = "originalKsefNumber";

impl InvoiceStatusInfo {
    /// A status with its description from the contract.
    #[must_use]
    pub fn of(status: InvoiceStatus) -> Self {
        Self {
            code: status.code(),
            description: status.description().to_owned(),
            details: Vec::new(),
            extensions: BTreeMap::new(),
        }
    }

    /// With one more detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// Names the invoice that a duplicate (440) repeats.
    #[must_use]
    pub fn with_original(mut self, session: SessionRef, ksef_number: &KsefNumber) -> Self {
        self.extensions.insert(
            ORIGINAL_SESSION.to_owned(),
            Some(session.as_str().to_owned()),
        );
        self.extensions.insert(
            ORIGINAL_KSEF_NUMBER.to_owned(),
            Some(ksef_number.as_str().to_owned()),
        );
        self
    }

    /// Of a duplicate (440): the session of the invoice that came first.
    #[must_use]
    pub fn original_session_reference_number(&self) -> Option<SessionRef> {
        SessionRef::parse(self.extension(ORIGINAL_SESSION)?).ok()
    }

    /// Of a duplicate (440): the KSeF number of the invoice that came first.
    #[must_use]
    pub fn original_ksef_number(&self) -> Option<KsefNumber> {
        KsefNumber::parse(self.extension(ORIGINAL_KSEF_NUMBER)?).ok()
    }

    fn extension(&self, name: &str) -> Option<&str> {
        self.extensions.get(name)?.as_deref()
    }
}

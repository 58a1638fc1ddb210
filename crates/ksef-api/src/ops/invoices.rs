//! Invoices that are in KSeF: download by number, metadata query, export of packages.
//!
//! Source: tag "Pobieranie faktur" of the contract 2.9.0.

mod currency;
mod export;
mod filter;
mod metadata;
mod query;

use ksef_core::ksef_number::KsefNumber;

use crate::operation::invoices as operation;
use crate::ops::{answers, calls};
use crate::request::Request;

pub use currency::CurrencyCode;
pub use export::{
    CompressionType, Export, ExportInvoices, GetExport, InvoicePackage, PackagePart, StartedExport,
};
pub use filter::{
    AmountRange, AmountType, BuyerIdentifier, BuyerIdentifierType, DateRange, DateType,
    InvoiceFilters, InvoiceFormType, InvoiceType, SubjectRole,
};
pub use metadata::{
    AuthorisedSubject, AuthorisedSubjectRole, Buyer, InvoiceMetadata, InvoiceMetadataFile, Seller,
    ThirdSubject, ThirdSubjectIdentifier, ThirdSubjectIdentifierType, ThirdSubjectRole,
};
pub use query::{FoundInvoices, QueryInvoices, SortOrder};

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

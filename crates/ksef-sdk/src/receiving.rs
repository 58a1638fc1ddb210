//! Invoices that are in KSeF: searching over any span of time, and exporting packages.
//!
//! [`InvoiceSearch`] with [`Client::search_invoices`](crate::Client::search_invoices) shows metadata;
//! [`Client::start_export`](crate::Client::start_export), [`ExportPoller`] and
//! [`Client::package_part`](crate::Client::package_part) fetch documents by the thousand. Parts are pieces of one
//! archive: put together in the order of their numbers they are what `ksef_crypto::package` reads.

mod export;
mod search;
mod walk;

pub use export::{ExportOptions, ExportPoller, RunningExport};
pub use search::{InvoicePage, InvoiceSearch};

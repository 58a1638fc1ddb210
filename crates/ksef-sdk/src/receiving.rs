//! Invoices that are in KSeF: searching over any span of time, and exporting packages.
//!
//! [`InvoiceSearch`] with [`Client::search_invoices`](crate::Client::search_invoices) shows metadata;
//! [`Client::start_export`](crate::Client::start_export), [`ExportPoller`] and
//! [`Client::fetch_package`](crate::Client::fetch_package) fetch documents by the thousand, and [`OpenedPackage`] shows
//! them one by one.

mod export;
mod package;
mod search;
mod walk;

pub use export::{ExportOptions, ExportPoller, RunningExport};
pub use package::{FetchedPackage, OpenedPackage, parse_metadata};
pub(crate) use search::BEHIND_HWM;
pub use search::{InvoicePage, InvoiceSearch};
pub(crate) use walk::OPEN_SPAN_MAX;

//! Operations of invoices that are in KSeF.

use super::{Operation, Permission, RateGroup, Replay};

/// The XML of an invoice by its KSeF number.
pub const DOWNLOAD: Operation = Operation::get("invoices.download", "/invoices/ksef/{ksefNumber}")
    .group(RateGroup::InvoiceDownload)
    .anyone_of(&[Permission::InvoiceRead]);

/// Metadata of invoices that fit a filter. A read, although it is a POST.
pub const QUERY_METADATA: Operation = Operation::post(
    "invoices.query_metadata",
    "/invoices/query/metadata",
    200,
    Replay::Safe,
)
.group(RateGroup::InvoiceMetadata)
.anyone_of(&[Permission::InvoiceRead]);

/// Starts an export of a package.
///
/// No operation lists exports, and each takes one of ten places until it ends: count them before a repeat.
pub const EXPORT: Operation = Operation::post(
    "invoices.export",
    "/invoices/exports",
    201,
    Replay::Reconcile,
)
.group(RateGroup::InvoiceExport)
.anyone_of(&[Permission::InvoiceRead]);

/// Status of an export and the addresses of its parts.
pub const EXPORT_STATUS: Operation = Operation::get(
    "invoices.export_status",
    "/invoices/exports/{referenceNumber}",
)
.group(RateGroup::InvoiceExportStatus)
.anyone_of(&[Permission::InvoiceRead]);

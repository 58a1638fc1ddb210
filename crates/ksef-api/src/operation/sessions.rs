//! Operations of online and batch sessions, their invoices and their UPO.

use super::{Operation, Permission, RateGroup, Replay};

/// Opens an online session.
///
/// An orphan of a lost answer does no harm (it is cancelled when it stays empty), but it counts against the hourly
/// limit, so look at the open sessions before opening another.
pub const OPEN_ONLINE: Operation = Operation::post(
    "sessions.open_online",
    "/sessions/online",
    201,
    Replay::Reconcile,
)
.group(RateGroup::OnlineSession)
.anyone_of(&[
    Permission::InvoiceWrite,
    Permission::PefInvoiceWrite,
    Permission::EnforcementOperations,
]);

/// Sends one invoice.
///
/// Before a repeat, look for the hash of the invoice in the list of the session: a second copy ends as duplicate 440.
pub const SEND_INVOICE: Operation = Operation::post(
    "sessions.send_invoice",
    "/sessions/online/{referenceNumber}/invoices",
    202,
    Replay::Reconcile,
)
.group(RateGroup::InvoiceSend)
.anyone_of(&[
    Permission::InvoiceWrite,
    Permission::PefInvoiceWrite,
    Permission::EnforcementOperations,
]);

/// Closes an online session. A repeat after success answers 21180, which then means that it is closed.
pub const CLOSE_ONLINE: Operation = Operation::post(
    "sessions.close_online",
    "/sessions/online/{referenceNumber}/close",
    204,
    Replay::Safe,
)
.group(RateGroup::OnlineSessionClose)
.anyone_of(&[
    Permission::InvoiceWrite,
    Permission::PefInvoiceWrite,
    Permission::EnforcementOperations,
]);

/// Opens a batch session. An orphan is cancelled by the server after twelve hours.
pub const OPEN_BATCH: Operation = Operation::post(
    "sessions.open_batch",
    "/sessions/batch",
    201,
    Replay::Reconcile,
)
.group(RateGroup::BatchSession)
.anyone_of(&[Permission::InvoiceWrite, Permission::EnforcementOperations]);

/// Closes a batch session and starts its processing. For repeats see [`CLOSE_ONLINE`].
pub const CLOSE_BATCH: Operation = Operation::post(
    "sessions.close_batch",
    "/sessions/batch/{referenceNumber}/close",
    204,
    Replay::Safe,
)
.group(RateGroup::BatchSessionClose)
.anyone_of(&[Permission::InvoiceWrite, Permission::EnforcementOperations]);

/// Lists sessions, newest first.
pub const LIST: Operation = Operation::get("sessions.list", "/sessions")
    .group(RateGroup::SessionList)
    .anyone_of(&[
        Permission::InvoiceWrite,
        Permission::Introspection,
        Permission::EnforcementOperations,
    ]);

/// Status of a session.
pub const STATUS: Operation = Operation::get("sessions.status", "/sessions/{referenceNumber}")
    .group(RateGroup::SessionMisc)
    .anyone_of(&[
        Permission::InvoiceWrite,
        Permission::Introspection,
        Permission::PefInvoiceWrite,
        Permission::EnforcementOperations,
    ]);

/// Invoices of a session with their statuses.
pub const INVOICES: Operation =
    Operation::get("sessions.invoices", "/sessions/{referenceNumber}/invoices")
        .group(RateGroup::SessionInvoiceList)
        .anyone_of(&[
            Permission::InvoiceWrite,
            Permission::Introspection,
            Permission::PefInvoiceWrite,
            Permission::EnforcementOperations,
        ]);

/// Invoices of a session that were rejected.
pub const FAILED_INVOICES: Operation = Operation::get(
    "sessions.failed_invoices",
    "/sessions/{referenceNumber}/invoices/failed",
)
.group(RateGroup::SessionInvoiceList)
.anyone_of(&[
    Permission::InvoiceWrite,
    Permission::Introspection,
    Permission::PefInvoiceWrite,
    Permission::EnforcementOperations,
]);

/// Status of one invoice of a session.
pub const INVOICE_STATUS: Operation = Operation::get(
    "sessions.invoice_status",
    "/sessions/{referenceNumber}/invoices/{invoiceReferenceNumber}",
)
.group(RateGroup::InvoiceStatus)
.anyone_of(&[
    Permission::InvoiceWrite,
    Permission::Introspection,
    Permission::PefInvoiceWrite,
    Permission::EnforcementOperations,
]);

/// UPO of an invoice by its KSeF number.
pub const UPO_BY_KSEF_NUMBER: Operation = Operation::get(
    "sessions.upo_by_ksef_number",
    "/sessions/{referenceNumber}/invoices/ksef/{ksefNumber}/upo",
)
.group(RateGroup::SessionMisc)
.anyone_of(&[
    Permission::InvoiceWrite,
    Permission::Introspection,
    Permission::PefInvoiceWrite,
    Permission::EnforcementOperations,
]);

/// UPO of an invoice by its reference.
pub const UPO_BY_INVOICE: Operation = Operation::get(
    "sessions.upo_by_invoice",
    "/sessions/{referenceNumber}/invoices/{invoiceReferenceNumber}/upo",
)
.group(RateGroup::SessionMisc)
.anyone_of(&[
    Permission::InvoiceWrite,
    Permission::Introspection,
    Permission::PefInvoiceWrite,
    Permission::EnforcementOperations,
]);

/// One page of the UPO of a session.
pub const UPO: Operation = Operation::get(
    "sessions.upo",
    "/sessions/{referenceNumber}/upo/{upoReferenceNumber}",
)
.group(RateGroup::SessionMisc)
.anyone_of(&[
    Permission::InvoiceWrite,
    Permission::Introspection,
    Permission::PefInvoiceWrite,
    Permission::EnforcementOperations,
]);

//! Operations of collective identifiers.

use super::{Operation, Permission, RateGroup, Replay};

/// Creates a collective identifier. Query by an invoice before a repeat: a second one would be created.
pub const CREATE: Operation = Operation::post(
    "collective.create",
    "/collective-identifiers",
    201,
    Replay::Reconcile,
)
.group(RateGroup::CollectiveIdentifier)
.anyone_of(&[
    Permission::InvoiceRead,
    Permission::InvoiceWrite,
    Permission::CollectiveIdentifierManage,
]);

/// Lists collective identifiers. A read, although it is a POST.
pub const QUERY: Operation = Operation::post(
    "collective.query",
    "/collective-identifiers/query",
    200,
    Replay::Safe,
)
.group(RateGroup::CollectiveIdentifier)
.anyone_of(&[
    Permission::InvoiceRead,
    Permission::InvoiceWrite,
    Permission::CollectiveIdentifierManage,
]);

/// Invoices of collective identifiers. A read, although it is a POST.
pub const INVOICES: Operation = Operation::post(
    "collective.invoices",
    "/collective-identifiers/invoices",
    200,
    Replay::Safe,
)
.group(RateGroup::CollectiveIdentifier)
.anyone_of(&[
    Permission::InvoiceRead,
    Permission::InvoiceWrite,
    Permission::CollectiveIdentifierManage,
]);

/// Collective identifiers that an invoice belongs to.
pub const BY_KSEF_NUMBER: Operation = Operation::get(
    "collective.by_ksef_number",
    "/collective-identifiers/ksef/{ksefNumber}",
)
.group(RateGroup::CollectiveIdentifier)
.anyone_of(&[
    Permission::InvoiceRead,
    Permission::InvoiceWrite,
    Permission::CollectiveIdentifierManage,
]);

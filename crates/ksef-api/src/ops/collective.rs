//! Collective identifiers (identyfikatory zbiorcze): one number under which several invoices of a seller are paid.
//!
//! Source: tag "Identyfikatory zbiorcze" of the contract 2.9.0.

mod create;
mod list;

pub use create::{
    CollectiveInvoice, CreateCollectiveIdentifier, CreatedCollectiveIdentifier, Payment,
};
pub use list::{
    CollectiveIdentifierInfo, CollectiveIdentifierOfInvoice, CollectiveIdentifiers,
    CollectiveIdentifiersOfInvoice, InvoiceOfCollective, InvoicesOfCollectives,
    ListCollectiveIdentifiersOfInvoice, ListInvoicesOfCollectives, QueryCollectiveIdentifiers,
};

/// Collective identifiers that an invoice may belong to in one context.
pub const IDENTIFIERS_OF_INVOICE_MAX: usize = 132;
/// Fewest invoices of a collective identifier; the most is a limit of the context, 500 unless changed.
pub const INVOICES_MIN: usize = 2;
/// Characters of the description of an invoice.
pub const DESCRIPTION_CHARACTERS_MAX: usize = 512;
/// Identifiers that one call asks for the invoices of.
pub const IDENTIFIERS_OF_CALL_MAX: usize = 10;
/// Days from the first to the last instant of a query.
pub const QUERY_DAYS_MAX: i64 = 100;

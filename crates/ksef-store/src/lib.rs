//! What KSeF software keeps between its runs.
//!
//! | module | what it keeps |
//! |---|---|
//! | [`inbox`] | the mirror of the invoices of a context, in one SQLite file: documents, metadata, roles, cursors, exports |
//!
//! What a call returned without an error survives a crash of the process and of the machine: write-ahead log, full
//! synchronisation. Files belong to their user alone.

pub mod error;
pub mod inbox;

pub use error::{StoreError, StoreErrorKind};

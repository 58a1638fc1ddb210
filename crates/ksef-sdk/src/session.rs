//! Sending invoices in interactive sessions, and in batch sessions.
//!
//! [`Keeper`] is the way to send: it looks at the invoice first, opens and replaces sessions, writes a journal, and
//! never leaves an outcome unknown that the server can tell. Below it are the plain steps: [`OpenSession`], [`InvoicePoller`],
//! [`SessionPoller`], [`find_by_hash`], [`resolve_duplicate`]. A package goes through
//! [`Client::send_batch`](crate::Client::send_batch), or step by step: [`Package`] or other [`Parts`], then the methods of the client for
//! batch sessions, with [`BatchOptions`] and [`Uploading`].

mod batch;
mod closing;
mod duplicate;
mod invoice_bytes;
mod keeper;
mod lookup;
mod online;
mod poller;
mod validation;

pub(crate) use batch::Unreadable;
pub use batch::{
    BatchOptions, FileVerdict, Package, PartProgress, Parts, SentBatch, Uploading, batch_file,
};
pub use closing::{ClosedSession, SessionPoller, UpoDocument};
pub use duplicate::{DuplicateVerdict, resolve_duplicate};
pub use invoice_bytes::{InvoiceBytes, SendOptions, Sent};
pub use keeper::{Keeper, KeeperOptions};
pub use lookup::{by_hash, find_by_hash};
pub use online::OpenSession;
pub use poller::{InvoicePoller, wait_invoice, wait_invoices};

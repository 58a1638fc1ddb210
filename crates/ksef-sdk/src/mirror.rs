//! A mirror of every invoice of a context: brought up to date again and again, and never a hole in it.
//!
//! KSeF names an instant up to which everything is stored and nothing will be added, the high-water mark (HWM) of the
//! date of permanent storage. Per [role](SubjectRole) of the context the mirror keeps a [`Cursor`]: up to where it has
//! everything. One [`Mirror::sync`] takes what lies between the cursor and the mark, in windows of at most 100 days and
//! packages of at most 10 000 invoices, and ends when the cursor stands at the mark.
//!
//! What makes it complete:
//! - The cursor moves in the same transaction in which the invoices are stored, never before ([`MirrorStore`]).
//! - It moves to what the server calls complete, not to the clock's now. Who finds nothing moves it too.
//! - Windows share their boundaries and overlap a little; an invoice that comes again is recognised by its KSeF number.
//! - A package that could not hold everything is continued from its last invoice.
//! - An export is written down with its key before it is asked for: after a crash it is downloaded, not made again.
//!
//! A few new invoices are downloaded one by one, many as a package: KSeF allows 20 lists, 20 exports and 64 single
//! downloads an hour. Leave [`PAUSE_MIN`] between two cycles of a role.

mod audit;
mod cycle;
mod exports;
mod plan;
mod store;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use ksef_api::ops::invoices::SubjectRole;

use crate::client::Client;
use crate::error::Error;

pub use audit::{Audit, AuditWindow};
pub use cycle::{Step, Synced};
pub use plan::{Cursor, Window};
pub use store::{Incoming, MirrorStore, PendingExport, ReceivedInvoice, Saved};

/// Brings a store up to date with KSeF, on behalf of the context of a client.
#[derive(Debug)]
pub struct Mirror<S> {
    client: Client,
    store: S,
    folder: PathBuf,
    since: Timestamp,
    ready_wait_max: Duration,
}

impl<S: MirrorStore> Mirror<S> {
    /// A mirror in this store. Packages lie in `folder` while they are read: it has to exist, to be there again after a
    /// crash, and to belong to this user and this mirror alone: files in it that no pending export needs are removed. Roles without a cursor begin at `since`.
    #[must_use]
    pub const fn new(client: Client, store: S, folder: PathBuf, since: Timestamp) -> Self {
        Self {
            client,
            store,
            folder,
            since,
            ready_wait_max: Duration::from_secs(15 * 60),
        }
    }

    /// Waits at most this long for a package to be made; the next sync goes on with it.
    #[must_use]
    pub const fn with_ready_wait_max(mut self, wait: Duration) -> Self {
        self.ready_wait_max = wait;
        self
    }

    /// The store.
    pub const fn store(&self) -> &S {
        &self.store
    }
}

/// Why a mirror could not be brought up to date. What was stored before stays, with its cursor.
#[derive(Debug)]
#[non_exhaustive]
pub enum MirrorError<E> {
    /// KSeF, the way there, or a package.
    Ksef(Error),
    /// The store.
    Store(E),
    /// KSeF shows an invoice of this number with other content than the mirror has. Nothing was replaced.
    Conflict {
        /// The KSeF number.
        number: ksef_core::ksef_number::KsefNumber,
    },
    /// Ten exports of this context are running or abandoned, which is all that KSeF allows at once.
    NoSlot,
}

impl<E> From<Error> for MirrorError<E> {
    fn from(error: Error) -> Self {
        Self::Ksef(error)
    }
}

impl<E: fmt::Display> fmt::Display for MirrorError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ksef(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Conflict { number } => {
                write!(
                    f,
                    "the server shows {number} with other content than before"
                )
            }
            Self::NoSlot => f.write_str("ten exports are running already"),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for MirrorError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Ksef(error) => error.source(),
            Self::Store(error) => error.source(),
            Self::Conflict { .. } | Self::NoSlot => None,
        }
    }
}

/// Between two cycles of one role: four lists an hour for each of four roles are 16 of the 20 that KSeF allows.
pub const PAUSE_MIN: Duration = Duration::from_secs(15 * 60);

/// All roles in which a context can have invoices.
pub const ROLES: [SubjectRole; 4] = [
    SubjectRole::Seller,
    SubjectRole::Buyer,
    SubjectRole::ThirdParty,
    SubjectRole::Authorised,
];

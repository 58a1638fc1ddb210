//! Why a store cannot do what it was asked.

use std::fmt;

/// A store that could not be opened, read or written.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What prevented it. New kinds may be added.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The file cannot be made or opened.
    Unopenable,
    /// Another program holds the store, and did not let go for some seconds.
    Busy,
    /// The store was written by a newer version of this program.
    Newer {
        /// Version of its schema.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The file is no store of this kind, or belongs to another context.
    Foreign,
    /// What stands in the store cannot be understood: it is damaged.
    Damaged,
    /// Reading or writing failed: the disk is full, say. Nothing of the step was kept.
    Failed,
}

impl StoreError {
    pub(crate) fn new(kind: StoreErrorKind) -> Self {
        Self { kind, source: None }
    }

    pub(crate) fn with_source(
        kind: StoreErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            source: Some(source.into()),
        }
    }

    pub(crate) fn damaged(what: &'static str) -> Self {
        Self::with_source(StoreErrorKind::Damaged, what)
    }

    /// What prevented it.
    #[must_use]
    pub const fn kind(&self) -> &StoreErrorKind {
        &self.kind
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(database) => database.code().and_then(|code| code.parse().ok()),
            _ => None,
        };
        // The lower byte is the primary code of SQLite, the rest says more.
        let kind = match code.map(|code: u32| code & 0xFF) {
            Some(SQLITE_BUSY | SQLITE_LOCKED) => StoreErrorKind::Busy,
            Some(SQLITE_CORRUPT) => StoreErrorKind::Damaged,
            Some(SQLITE_NOTADB) => StoreErrorKind::Foreign,
            Some(SQLITE_CANTOPEN) => StoreErrorKind::Unopenable,
            _ => StoreErrorKind::Failed,
        };
        Self::with_source(kind, error)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            StoreErrorKind::Unopenable => f.write_str("store cannot be opened"),
            StoreErrorKind::Busy => f.write_str("store is held by another program"),
            StoreErrorKind::Newer { found, known } => {
                write!(
                    f,
                    "store has version {found}, and {known} is the newest known"
                )
            }
            StoreErrorKind::Foreign => f.write_str("file is not the store that was expected"),
            StoreErrorKind::Damaged => f.write_str("store is damaged"),
            StoreErrorKind::Failed => f.write_str("store cannot be read or written"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_CANTOPEN: u32 = 14;
const SQLITE_NOTADB: u32 = 26;

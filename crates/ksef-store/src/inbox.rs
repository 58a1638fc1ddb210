//! The mirror of the invoices of one context, in one SQLite file.

mod find;
mod mirror;
mod row;

use std::path::Path;
use std::time::Duration;

use ksef_core::context::ContextIdentifier;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};

use crate::error::{StoreError, StoreErrorKind};

pub use find::{Filter, RoleState};
pub use row::{StoredInvoice, Summary};

/// A mirror on disk. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Inbox {
    pool: SqlitePool,
}

impl Inbox {
    /// Opens the inbox of a context on an environment, named as the caller names it; makes it when there is none. The file
    /// is readable by its user alone.
    ///
    /// # Errors
    /// [`StoreErrorKind::Unopenable`], [`Newer`](StoreErrorKind::Newer), [`Busy`](StoreErrorKind::Busy);
    /// [`Foreign`](StoreErrorKind::Foreign) for a file that is something else or somebody else's.
    pub async fn open(
        path: &Path,
        environment: &str,
        context: &ContextIdentifier,
    ) -> Result<Self, StoreError> {
        make_private(path)
            .map_err(|error| StoreError::with_source(StoreErrorKind::Unopenable, error))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_WAIT);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .connect_with(options)
            .await?;
        let inbox = Self { pool };
        inbox.prepare(environment, &context.to_string()).await?;
        Ok(inbox)
    }

    /// Lets go of the file.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// Makes the tables of a new file, and looks whose an old one is.
    async fn prepare(&self, environment: &str, context: &str) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let connection: &mut SqliteConnection = &mut transaction;
        let found: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut *connection)
            .await?;
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        match found {
            0 => {
                let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
                    .fetch_one(&mut *connection)
                    .await?;
                if tables != 0 {
                    return Err(StoreError::new(StoreErrorKind::Foreign));
                }
                sqlx::raw_sql(SCHEMA).execute(&mut *connection).await?;
                sqlx::query("INSERT INTO owner (environment, context) VALUES (?, ?)")
                    .bind(environment)
                    .bind(context)
                    .execute(&mut *connection)
                    .await?;
                sqlx::raw_sql("PRAGMA user_version = 1")
                    .execute(&mut *connection)
                    .await?;
            }
            VERSION => {
                let owner: Option<(String, String)> =
                    sqlx::query_as("SELECT environment, context FROM owner")
                        .fetch_optional(&mut *connection)
                        .await?;
                if owner != Some((environment.to_owned(), context.to_owned())) {
                    return Err(StoreError::new(StoreErrorKind::Foreign));
                }
            }
            _ => {
                let known = VERSION;
                return Err(StoreError::new(StoreErrorKind::Newer { found, known }));
            }
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// The file, empty when it is new, and nobody else's to read. What SQLite makes beside it gets the same rights.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

const SCHEMA: &str = include_str!("inbox/schema.sql");
const VERSION: u32 = 1;
const CONNECTIONS: u32 = 4;
/// How long another program is waited for.
const BUSY_WAIT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;

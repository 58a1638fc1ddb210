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

    /// Makes the tables of a new file, and looks whose an old one is. An old one is only read, so that who looks into it
    /// need not wait for who writes; of two that find a new one, one makes the tables.
    async fn prepare(&self, environment: &str, context: &str) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        if version(&mut connection).await? == VERSION {
            return belongs_to(&mut connection, environment, context).await;
        }
        drop(connection);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let connection: &mut SqliteConnection = &mut transaction;
        if version(connection).await? == VERSION {
            return belongs_to(connection, environment, context).await;
        }
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
        transaction.commit().await?;
        Ok(())
    }
}

/// The version of the tables, 0 when there are none; not one that this program does not know.
async fn version(connection: &mut SqliteConnection) -> Result<u32, StoreError> {
    let found: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(connection)
        .await?;
    match u32::try_from(found).unwrap_or(u32::MAX) {
        found if found > VERSION => {
            let known = VERSION;
            Err(StoreError::new(StoreErrorKind::Newer { found, known }))
        }
        found => Ok(found),
    }
}

async fn belongs_to(
    connection: &mut SqliteConnection,
    environment: &str,
    context: &str,
) -> Result<(), StoreError> {
    let owner: Option<(String, String)> = sqlx::query_as("SELECT environment, context FROM owner")
        .fetch_optional(connection)
        .await?;
    match owner {
        Some((of, who)) if of == environment && who == context => Ok(()),
        _ => Err(StoreError::new(StoreErrorKind::Foreign)),
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

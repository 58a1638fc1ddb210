//! The store on disk: one redb file, written by a thread that commits everything that waits in one transaction.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use redb::{
    Database, ReadableDatabase as _, ReadableTable as _, TableDefinition, TableHandle as _,
};
use tokio::sync::watch;

use super::record::{Change, Record};

/// Version of the stored form. A program refuses a store of a newer one.
pub(crate) const FORMAT_VERSION: u64 = 2;

/// The file inside the data directory.
const FILE_NAME: &str = "world.redb";
const META: TableDefinition<'static, &str, u64> = TableDefinition::new("format");

/// Why a store cannot be used.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// Another process has the store open.
    InUse { path: PathBuf },
    /// Written by a newer program.
    Newer { path: PathBuf, found: u64 },
    /// A record that cannot be read.
    Corrupt {
        table: &'static str,
        key: String,
        reason: String,
    },
    /// The file system or the database refused.
    Database {
        path: PathBuf,
        source: Box<redb::Error>,
    },
    /// The data directory cannot be made or read.
    Directory {
        path: PathBuf,
        source: std::io::Error,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse { path } => {
                write!(
                    f,
                    "the world in {} is in use by another process",
                    path.display()
                )
            }
            Self::Newer { path, found } => write!(
                f,
                "the world in {} has format {found}, this program reads up to {FORMAT_VERSION}",
                path.display()
            ),
            Self::Corrupt { table, key, reason } => {
                write!(f, "record {key} of table {table} cannot be read: {reason}")
            }
            Self::Database { path, .. } => {
                write!(
                    f,
                    "the world in {} cannot be read or written",
                    path.display()
                )
            }
            Self::Directory { path, .. } => {
                write!(f, "the data directory {} cannot be used", path.display())
            }
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database { source, .. } => Some(source.as_ref()),
            Self::Directory { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// An open store. Dropping it commits what waits and closes the file.
#[derive(Debug)]
pub(crate) struct Store {
    shared: Arc<Shared>,
    committed: watch::Receiver<Progress>,
    writer: Option<std::thread::JoinHandle<()>>,
}

/// How far the writer has come.
#[derive(Debug, Clone, Copy, Default)]
struct Progress {
    committed: u64,
    failed: bool,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Change>,
    sequence: u64,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Opens or makes the store in `directory` and hands its records to `load`.
    ///
    /// # Errors
    /// In use, newer, unreadable, or what `load` refuses.
    pub(crate) fn open<T>(
        directory: &Path,
        load: impl FnOnce(&Loader<'_>) -> Result<T, StoreError>,
    ) -> Result<(Self, T), StoreError> {
        std::fs::create_dir_all(directory).map_err(|source| StoreError::Directory {
            path: directory.to_owned(),
            source,
        })?;
        let path = directory.join(FILE_NAME);
        create_whole(&path)?;
        let database = Database::create(&path).map_err(|error| open_error(&path, error))?;
        let refused = |source: redb::Error| StoreError::Database {
            path: path.clone(),
            source: Box::new(source),
        };
        check_format(&database, &path)?;
        let read = database
            .begin_read()
            .map_err(|error| refused(error.into()))?;
        let loaded = load(&Loader {
            transaction: &read,
            path: &path,
        })?;
        drop(read);

        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            filled: Condvar::new(),
        });
        let (progress, committed) = watch::channel(Progress::default());
        let writer = std::thread::Builder::new()
            .name("ksef-sandbox-store".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || write_until_closed(&database, &shared, &progress)
            })
            .map_err(|source| StoreError::Directory {
                path: path.clone(),
                source,
            })?;
        Ok((
            Self {
                shared,
                committed,
                writer: Some(writer),
            },
            loaded,
        ))
    }

    /// Queues changes; they are committed together and in the order of the calls.
    pub(crate) fn enqueue(&self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        let mut queue = self.shared.lock();
        queue.sequence += 1;
        queue.waiting.extend(changes);
        drop(queue);
        self.shared.filled.notify_one();
    }

    /// Waits until everything queued so far is on disk; `false` when it will never be.
    pub(crate) async fn settled(&self) -> bool {
        let target = self.shared.lock().sequence;
        let mut committed = self.committed.clone();
        let reached =
            committed.wait_for(|progress| progress.failed || progress.committed >= target);
        let outcome = reached.await.map(|progress| !progress.failed);
        outcome.unwrap_or(false)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.filled.notify_one();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has nothing more to commit.
            let _ = writer.join();
        }
    }
}

/// Reads records when the store is opened.
#[derive(Debug)]
pub(crate) struct Loader<'a> {
    transaction: &'a redb::ReadTransaction,
    path: &'a Path,
}

impl Loader<'_> {
    /// All records of one kind.
    ///
    /// # Errors
    /// A table that cannot be read, or a record that is something else.
    pub(crate) fn records<R: Record>(&self) -> Result<Vec<R>, StoreError> {
        let refused = |source: redb::Error| StoreError::Database {
            path: self.path.to_owned(),
            source: Box::new(source),
        };
        let table = match self.transaction.open_table(definition(R::TABLE)) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(refused(error.into())),
        };
        let mut records = Vec::new();
        for row in table.iter().map_err(|error| refused(error.into()))? {
            let (key, value) = row.map_err(|error| refused(error.into()))?;
            let record =
                R::decode(key.value(), value.value()).map_err(|reason| StoreError::Corrupt {
                    table: R::TABLE,
                    key: key.value().to_owned(),
                    reason,
                })?;
            records.push(record);
        }
        Ok(records)
    }
}

fn definition(table: &'static str) -> TableDefinition<'static, &'static str, &'static [u8]> {
    TableDefinition::new(table)
}

/// Makes a store unless there is one. It appears under its name only when it is whole, so that a process which dies
/// meanwhile leaves none behind that cannot be opened, and of two that make one at once the first wins.
fn create_whole(path: &Path) -> Result<(), StoreError> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    if path.exists() {
        return Ok(());
    }
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let fresh = path.with_extension(format!("{}-{number}.new", std::process::id()));
    // What a process of the same number left half made.
    let _ = std::fs::remove_file(&fresh);
    let database = Database::create(&fresh).map_err(|error| open_error(&fresh, error))?;
    check_format(&database, &fresh)?;
    drop(database);
    let named = match std::fs::hard_link(&fresh, path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        // Not every file system has links.
        Err(_) => std::fs::rename(&fresh, path),
        Ok(()) => Ok(()),
    };
    let _ = std::fs::remove_file(&fresh);
    named.map_err(|source| StoreError::Directory {
        path: path.to_owned(),
        source,
    })
}

fn open_error(path: &Path, error: redb::DatabaseError) -> StoreError {
    let path = path.to_owned();
    match error {
        redb::DatabaseError::DatabaseAlreadyOpen => StoreError::InUse { path },
        other => StoreError::Database {
            path,
            source: Box::new(other.into()),
        },
    }
}

/// Refuses a newer store and marks a fresh one.
fn check_format(database: &Database, path: &Path) -> Result<(), StoreError> {
    let checked = || -> Result<u64, redb::Error> {
        let transaction = database.begin_write()?;
        let found = {
            let mut table = transaction.open_table(META)?;
            let found = table.get("version")?.map(|version| version.value());
            if found.is_none_or(|found| found < FORMAT_VERSION) {
                table.insert("version", FORMAT_VERSION)?;
            }
            found.unwrap_or(FORMAT_VERSION)
        };
        transaction.commit()?;
        Ok(found)
    };
    let found = checked().map_err(|source| StoreError::Database {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    if found > FORMAT_VERSION {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
        });
    }
    Ok(())
}

fn write_until_closed(database: &Database, shared: &Shared, progress: &watch::Sender<Progress>) {
    loop {
        let mut queue = shared.lock();
        while queue.waiting.is_empty() && !queue.closed {
            queue = shared
                .filled
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if queue.waiting.is_empty() {
            return;
        }
        let changes = std::mem::take(&mut queue.waiting);
        let sequence = queue.sequence;
        drop(queue);
        match commit(database, &changes) {
            Ok(()) => progress.send_modify(|progress| progress.committed = sequence),
            Err(error) => {
                // Memory and disk have parted: nothing may be promised any more.
                tracing::error!(%error, "the world cannot be written");
                progress.send_modify(|progress| progress.failed = true);
                return;
            }
        }
    }
}

fn commit(database: &Database, changes: &[Change]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        // A table stays open over the changes of the transaction: opening costs more than writing.
        let mut open = HashMap::new();
        for change in changes {
            match change {
                Change::Put { table, key, value } => {
                    open_table(&transaction, &mut open, table)?
                        .insert(key.as_str(), value.as_slice())?;
                }
                Change::Delete { table, key } => {
                    open_table(&transaction, &mut open, table)?.remove(key.as_str())?;
                }
                Change::Clear => {
                    open.clear();
                    let tables: Vec<_> = transaction.list_tables()?.collect();
                    for table in tables
                        .into_iter()
                        .filter(|table| table.name() != META.name())
                    {
                        transaction.delete_table(table)?;
                    }
                }
            }
        }
    }
    transaction.commit()?;
    Ok(())
}

type OpenTables<'t> = HashMap<&'static str, redb::Table<'t, &'static str, &'static [u8]>>;

fn open_table<'a, 't>(
    transaction: &'t redb::WriteTransaction,
    open: &'a mut OpenTables<'t>,
    name: &'static str,
) -> Result<&'a mut redb::Table<'t, &'static str, &'static [u8]>, redb::TableError> {
    Ok(match open.entry(name) {
        Entry::Occupied(table) => table.into_mut(),
        Entry::Vacant(place) => place.insert(transaction.open_table(definition(name))?),
    })
}

#[cfg(test)]
mod tests;

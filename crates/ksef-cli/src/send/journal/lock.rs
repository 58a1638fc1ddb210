//! One process at a time writes a journal.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::{JournalFault, JournalKey};
use crate::durable::create_private_folder;

/// The right to open a journal. The lock goes with the process, so that a killed one leaves none behind.
#[derive(Debug)]
pub(crate) struct JournalLock {
    key: JournalKey,
    path: PathBuf,
    _file: File,
}

impl JournalLock {
    /// Takes the lock of the journal with this key, without waiting.
    ///
    /// # Errors
    /// [`JournalFault::Busy`] when another process has it; the disk otherwise.
    pub(crate) fn take(folder: &Path, key: JournalKey) -> Result<Self, JournalFault> {
        let path = key.path_in(folder);
        let io = |source| JournalFault::Io {
            path: path.clone(),
            source,
        };
        if let Some(parent) = path.parent() {
            create_private_folder(parent).map_err(io)?;
        }
        let lock_path = path.with_extension("lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self {
                key,
                path,
                _file: file,
            }),
            Err(TryLockError::WouldBlock) => Err(JournalFault::Busy { path }),
            Err(TryLockError::Error(source)) => Err(JournalFault::Io { path, source }),
        }
    }

    pub(super) fn key(&self) -> &JournalKey {
        &self.key
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

//! Files of packages: parts on their way in, archives, parts on their way out. They are too large for memory.
//!
//! With a data directory they lie in its folder `packages` and outlive a restart; otherwise in a temporary folder that
//! goes away with the sandbox. The folder is made when the first file is.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// The folder of one sandbox.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    is_temporary: bool,
}

impl Spool {
    /// Inside the data directory, or temporary.
    pub(crate) fn new(data_dir: Option<&Path>) -> Self {
        match data_dir {
            Some(directory) => Self {
                folder: directory.join("packages"),
                is_temporary: false,
            },
            None => Self {
                folder: std::env::temp_dir().join(format!("ksef-sandbox-{}", Uuid::new_v4())),
                is_temporary: true,
            },
        }
    }

    /// Where the file of this name lies. Names are references and part numbers, never anything from outside.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes the folder, for who writes by its path.
    ///
    /// # Errors
    /// A disk that refuses.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)
    }

    /// An empty file that can be read and written, in the place of one of the same name.
    ///
    /// # Errors
    /// A disk that refuses.
    pub(crate) fn create(&self, name: &str) -> io::Result<File> {
        self.prepare()?;
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(self.path(name))
    }

    /// A file that is there.
    ///
    /// # Errors
    /// There is none, or the disk refuses.
    pub(crate) fn open(&self, name: &str) -> io::Result<File> {
        File::open(self.path(name))
    }

    /// Removes a file, when there is one.
    pub(crate) fn remove(&self, name: &str) {
        // What cannot be removed does no harm but taking room.
        let _ = fs::remove_file(self.path(name));
    }

    /// Removes everything.
    pub(crate) fn clear(&self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if self.is_temporary {
            self.clear();
        }
    }
}

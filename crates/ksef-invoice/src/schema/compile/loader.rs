//! Where schema documents come from.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::LoadError;

/// Finds and reads schema documents. It decides what may be read; the compiler itself does no I/O.
pub trait Loader {
    /// The location of the document that `reference` (a `schemaLocation`, or the entry) means in
    /// the document at `base`. The same document must always have the same location.
    ///
    /// # Errors
    /// There is no such document.
    fn resolve(&self, base: Option<&str>, reference: &str) -> Result<String, LoadError>;

    /// Reads the document at a location, at most `size_max` bytes and one more to tell that it is
    /// larger.
    ///
    /// # Errors
    /// It cannot be read.
    fn read(&self, location: &str, size_max: usize) -> Result<Vec<u8>, LoadError>;
}

/// Documents in memory: names and contents. References are the names themselves.
impl Loader for BTreeMap<String, Vec<u8>> {
    fn resolve(&self, _: Option<&str>, reference: &str) -> Result<String, LoadError> {
        match self.contains_key(reference) {
            true => Ok(reference.to_owned()),
            false => Err(LoadError::not_found(reference)),
        }
    }

    fn read(&self, location: &str, _: usize) -> Result<Vec<u8>, LoadError> {
        self.get(location)
            .cloned()
            .ok_or_else(|| LoadError::not_found(location))
    }
}

/// Documents in files; never the network.
///
/// A relative `schemaLocation` is a path from the folder of the document that holds it. An absolute
/// URL stands for a file with the same last segment: beside the document, in a search folder, or in
/// a folder directly below one. This is the only part of the crate that does I/O.
#[derive(Debug, Clone, Default)]
pub struct FileLoader {
    folders: Vec<PathBuf>,
}

impl FileLoader {
    /// A loader without search folders.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks for the files of absolute URLs in this folder, too, and in those directly below.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    fn search(&self, base: Option<&Path>, name: &str) -> Option<PathBuf> {
        let near = base.and_then(Path::parent).into_iter();
        for folder in near.chain(self.folders.iter().map(PathBuf::as_path)) {
            let direct = folder.join(name);
            if direct.is_file() {
                return Some(direct);
            }
        }
        self.folders
            .iter()
            .flat_map(|folder| subfolders(folder))
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    }
}

impl Loader for FileLoader {
    fn resolve(&self, base: Option<&str>, reference: &str) -> Result<String, LoadError> {
        let missing = || LoadError::not_found(reference);
        let base = base.map(Path::new);
        let path = if reference.contains("://") {
            let name = reference.rsplit('/').next().unwrap_or_default();
            if name.is_empty() || name.contains('\\') || name == ".." {
                return Err(missing());
            }
            self.search(base, name).ok_or_else(missing)?
        } else {
            match base.and_then(Path::parent) {
                Some(folder) => folder.join(reference),
                None => PathBuf::from(reference),
            }
        };
        let real = fs::canonicalize(&path)
            .map_err(|error| LoadError::unreadable(&path.to_string_lossy(), error))?;
        // A path that is not UTF-8 would not find its way back from a text.
        real.to_str().map(str::to_owned).ok_or_else(missing)
    }

    fn read(&self, location: &str, size_max: usize) -> Result<Vec<u8>, LoadError> {
        let failed = |error| LoadError::unreadable(location, error);
        let file = fs::File::open(location).map_err(failed)?;
        let limit = u64::try_from(size_max).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        Ok(bytes)
    }
}

/// The folders directly below, by name.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> = entries
        .take(ENTRIES_MAX)
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

/// How many entries of a search folder are looked at.
const ENTRIES_MAX: usize = 1_000;

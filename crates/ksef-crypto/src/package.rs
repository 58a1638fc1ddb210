//! Archives of invoices, ZIP or `.tar.gz`: read entry by entry with limits, and built ([`build`]).
//!
//! An archive comes from somebody else: it may be damaged, hold a thousand times more than its size suggests, or name
//! files outside of any folder. So nothing of it is unpacked here: a visitor sees each file with its name as it stands
//! in the archive, and reads as much of it as it wants. Names are for looking at, not for opening files with.

pub mod build;
mod tape;
mod zipped;

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

/// Form of an archive, told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ArchiveForm {
    /// ZIP.
    Zip,
    /// Tape archive, compressed with gzip.
    TarGz,
}

impl ArchiveForm {
    /// The form of an archive that begins with these bytes; two are enough.
    #[must_use]
    pub const fn detect(first: &[u8]) -> Option<Self> {
        match first {
            [b'P', b'K', ..] => Some(Self::Zip),
            [0x1F, 0x8B, ..] => Some(Self::TarGz),
            _ => None,
        }
    }
}

/// What an archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Files.
    pub entries_max: u64,
    /// Bytes of all files together, unpacked.
    pub total_bytes_max: u64,
}

/// One file of an archive.
pub struct Entry<'a> {
    name: &'a str,
    content: &'a mut dyn Read,
}

impl Entry<'_> {
    /// The name as it stands in the archive, folders included. It may be anything.
    #[must_use]
    pub const fn name(&self) -> &str {
        self.name
    }

    /// The content; `None` when it is longer than `bytes_max`: its rest can be read then.
    ///
    /// # Errors
    /// [`PackageErrorKind::Malformed`] and [`PackageErrorKind::TooLarge`].
    pub fn content(&mut self, bytes_max: u64) -> Result<Option<Vec<u8>>, PackageError> {
        let mut content = Vec::new();
        Read::take(&mut *self.content, bytes_max.saturating_add(1))
            .read_to_end(&mut content)
            .map_err(PackageError::reading)?;
        let fits = u64::try_from(content.len()).is_ok_and(|length| length <= bytes_max);
        Ok(fits.then_some(content))
    }
}

impl Read for Entry<'_> {
    /// What is left of the content.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.content.read(buffer)
    }
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Reads an archive from its beginning and shows every file to `visit`, in the order of the archive. Folders, links and
/// other things that hold no content are passed over.
///
/// # Errors
/// [`PackageError`], and what `visit` refuses.
pub fn read<R, E>(
    mut archive: R,
    limits: &Limits,
    visit: impl FnMut(Entry<'_>) -> Result<(), E>,
) -> Result<(), E>
where
    R: Read + Seek,
    E: From<PackageError>,
{
    let mut first = [0; 2];
    let form = archive
        .seek(SeekFrom::Start(0))
        .and_then(|_| archive.read_exact(&mut first))
        .and_then(|()| archive.seek(SeekFrom::Start(0)))
        .map_or(None, |_| ArchiveForm::detect(&first));
    match form {
        Some(ArchiveForm::Zip) => zipped::read(archive, limits, visit),
        Some(ArchiveForm::TarGz) => tape::read(archive, limits, visit),
        None => Err(PackageError::new(PackageErrorKind::UnknownForm).into()),
    }
}

/// Number of files in an archive, counted to the end also when there are more than the limit.
///
/// # Errors
/// [`PackageError`]; too many files are a hundred times as many as the limit.
pub fn count(archive: impl Read + Seek, limits: &Limits) -> Result<u64, PackageError> {
    let limits = Limits {
        entries_max: limits.entries_max.saturating_mul(100),
        ..*limits
    };
    let mut files = 0;
    read(archive, &limits, |_| {
        files += 1;
        Ok::<_, PackageError>(())
    })?;
    Ok(files)
}

/// An archive that cannot be read, or holds more than it may.
#[derive(Debug)]
pub struct PackageError {
    kind: PackageErrorKind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What is wrong with an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackageErrorKind {
    /// Neither a ZIP nor a `.tar.gz`.
    UnknownForm,
    /// Damaged, encrypted, or compressed in an unusual way.
    Malformed,
    /// More files than allowed.
    TooManyEntries {
        /// The limit.
        entries_max: u64,
    },
    /// More content than allowed.
    TooLarge {
        /// The limit in bytes.
        total_bytes_max: u64,
    },
}

impl PackageError {
    fn new(kind: PackageErrorKind) -> Self {
        Self { kind, source: None }
    }

    fn malformed(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            kind: PackageErrorKind::Malformed,
            source: Some(source.into()),
        }
    }

    fn too_many(limits: &Limits) -> Self {
        let entries_max = limits.entries_max;
        Self::new(PackageErrorKind::TooManyEntries { entries_max })
    }

    /// What an error of a reader means: the limit that [`Bounded`] found exceeded, or damage.
    fn reading(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(Exceeded { total_bytes_max }) => Self::new(PackageErrorKind::TooLarge {
                total_bytes_max: *total_bytes_max,
            }),
            None => Self::malformed(error),
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> PackageErrorKind {
        self.kind
    }
}

impl From<io::Error> for PackageError {
    /// What reading the content of an [`Entry`] came upon.
    fn from(error: io::Error) -> Self {
        Self::reading(error)
    }
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            PackageErrorKind::UnknownForm => f.write_str("neither a ZIP nor a .tar.gz archive"),
            PackageErrorKind::Malformed => f.write_str("the archive cannot be read"),
            PackageErrorKind::TooManyEntries { entries_max } => {
                write!(f, "the archive holds more than {entries_max} files")
            }
            PackageErrorKind::TooLarge { total_bytes_max } => {
                write!(f, "the archive holds more than {total_bytes_max} bytes")
            }
        }
    }
}

impl std::error::Error for PackageError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Counts what is read down to nothing left, over all files of an archive.
struct Bounded<'a, R> {
    inner: R,
    left: &'a mut u64,
    total_bytes_max: u64,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let bytes = u64::try_from(read).unwrap_or(u64::MAX);
        match self.left.checked_sub(bytes) {
            Some(left) => *self.left = left,
            None => {
                return Err(io::Error::other(Exceeded {
                    total_bytes_max: self.total_bytes_max,
                }));
            }
        }
        Ok(read)
    }
}

/// More was read than may be.
#[derive(Debug)]
struct Exceeded {
    total_bytes_max: u64,
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} bytes", self.total_bytes_max)
    }
}

impl std::error::Error for Exceeded {}

#[cfg(test)]
mod tests;

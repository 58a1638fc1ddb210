//! Packages of batch sessions, built as a stream: files in, encrypted parts out.
//!
//! A package is an archive of invoices (`.tar.gz` or ZIP), cut into parts of at most 100 000 000 bytes, each encrypted on
//! its own with the key and IV of the session (facts 02 §5). [`Builder`] takes the files one by one and gives the bytes
//! of the parts to a [`PartSink`]; compression runs on other threads. What it holds at any moment is bounded, whatever
//! the size of the package: see [`Builder`].
//!
//! The same files in the same order with the same options give the same bytes. So a part need not be kept: [`measure`]
//! says what a package will be without writing it anywhere, and [`Blueprint::rebuild`] makes any part of it again,
//! beginning in the middle of the archive.
//!
//! ```
//! use ksef_crypto::package::build::{BuildOptions, Builder, Discard};
//! use ksef_crypto::session_key::SessionKey;
//!
//! let key = SessionKey::generate()?;
//! let mut builder = Builder::new(&key, &BuildOptions::default(), Discard);
//! builder.add("invoice.xml", b"<Faktura/>".to_vec(), None)?;
//! let blueprint = builder.finish()?;
//! assert_eq!(blueprint.parts().len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod blueprint;
mod crew;
mod cutter;
mod failure;
mod segment;
mod split;
mod tape;
mod zipped;

use std::collections::HashSet;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::thread;

use ksef_core::digest::Sha256Digest;

use self::crew::Crew;
use self::cutter::Cutter;
use self::segment::{InputFile, Packed, Segment};
use super::ArchiveForm;
use crate::session_key::SessionKey;

pub use self::blueprint::{Blueprint, PackedFile, Part};
pub use self::cutter::{Discard, PartSink};
pub use self::failure::{BuildError, BuildErrorKind};
pub use self::split::{PackageLimits, split};

/// How a package is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuildOptions {
    form: ArchiveForm,
    part_bytes_max: u64,
    threads: NonZeroUsize,
}

impl Default for BuildOptions {
    /// `.tar.gz`, which is about a third of a ZIP of invoices; the largest parts that KSeF takes; all cores, eight at
    /// most.
    fn default() -> Self {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            form: ArchiveForm::TarGz,
            part_bytes_max: PART_BYTES_MAX,
            threads: cores,
        }
        .with_threads(cores)
    }
}

impl BuildOptions {
    /// In this form.
    #[must_use]
    pub const fn with_form(mut self, form: ArchiveForm) -> Self {
        self.form = form;
        self
    }

    /// With parts of so many bytes before encryption, the last one apart: 1 to [`PART_BYTES_MAX`]; what is outside is
    /// taken for the nearer end.
    #[must_use]
    pub fn with_part_bytes_max(mut self, bytes: u64) -> Self {
        self.part_bytes_max = bytes.clamp(1, PART_BYTES_MAX);
        self
    }

    /// Compressing on so many threads, eight at most. The bytes of the package do not depend on it.
    #[must_use]
    pub fn with_threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads.min(THREADS_MAX);
        self
    }
}

/// The largest part that KSeF takes, before encryption, in bytes. Not 100 · 1024².
pub const PART_BYTES_MAX: u64 = 100_000_000;
/// The largest archive that KSeF takes, in bytes.
pub const PACKAGE_BYTES_MAX: u64 = 5_000_000_000;
/// The most parts that KSeF takes.
pub const PARTS_MAX: usize = 50;
/// The most invoices of a batch session.
pub const FILES_MAX: usize = 10_000;
/// The largest file that goes into a package, in bytes. An invoice has 3 000 000 at most (facts 09).
pub const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// The longest name of a file, in bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 100;

/// Files of a package in a fixed order, readable as often as wanted: once by [`measure`] or [`seal`], and again for every
/// part that is made again.
pub trait Source: Sync {
    /// Shows the files from number `first` on, counted from 0, in their order, until `visit` breaks.
    ///
    /// # Errors
    /// What `visit` refuses; [`BuildError::unreadable`] for a file that cannot be read.
    fn read_from(
        &self,
        first: usize,
        visit: &mut dyn FnMut(SourceFile<'_>) -> Result<ControlFlow<()>, BuildError>,
    ) -> Result<(), BuildError>;
}

/// One file of a [`Source`].
pub struct SourceFile<'a> {
    /// Its name in the archive. KSeF tells the first 128 characters back as `invoiceFileName`.
    pub name: &'a str,
    /// SHA-256 that the content has to have, when it is known.
    pub expected: Option<Sha256Digest>,
    /// The content.
    pub content: &'a mut dyn Read,
}

impl std::fmt::Debug for SourceFile<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceFile")
            .field("name", &self.name)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

impl SourceFile<'_> {
    /// The whole content.
    fn read(&mut self) -> Result<Vec<u8>, BuildError> {
        let mut content = Vec::new();
        self.content
            .take(FILE_BYTES_MAX + 1)
            .read_to_end(&mut content)
            .map_err(|error| BuildError::unreadable(self.name, error))?;
        Ok(content)
    }
}

/// How far a package is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files taken.
    pub files: usize,
    /// Bytes of them.
    pub bytes: u64,
}

/// What a package of these files will be; nothing of it is kept.
///
/// # Errors
/// [`BuildError`].
pub fn measure(
    source: &dyn Source,
    key: &SessionKey,
    options: &BuildOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Blueprint, BuildError> {
    seal(source, key, options, progress, Discard)
}

/// Builds a package in one pass; its encrypted parts go into `sink`.
///
/// # Errors
/// [`BuildError`]. The sink may have got a part of the package by then.
pub fn seal(
    source: &dyn Source,
    key: &SessionKey,
    options: &BuildOptions,
    progress: &mut dyn FnMut(Progress),
    sink: impl PartSink,
) -> Result<Blueprint, BuildError> {
    let mut builder = Builder::new(key, options, sink);
    source.read_from(0, &mut |mut file| {
        let content = file.read()?;
        builder.add(file.name, content, file.expected)?;
        progress(builder.progress());
        Ok(ControlFlow::Continue(()))
    })?;
    builder.finish()
}

/// Builds a package of files that come one by one.
///
/// Files are gathered into segments of about a megabyte, which the threads compress each on its own; their results are
/// joined in order. At most [`FILE_BYTES_MAX`] and a few megabytes are on their way at a time.
#[derive(Debug)]
pub struct Builder<S: PartSink> {
    form: ArchiveForm,
    crew: Crew,
    cutter: Cutter<S>,
    names: HashSet<String>,
    open: Segment,
    progress: Progress,
    blueprint: blueprint::Draft,
}

impl<S: PartSink> Builder<S> {
    /// A package without files.
    #[must_use]
    pub fn new(key: &SessionKey, options: &BuildOptions, sink: S) -> Self {
        Self {
            form: options.form,
            crew: Crew::new(options.form, options.threads),
            cutter: Cutter::new(key.clone(), options.part_bytes_max, sink),
            names: HashSet::new(),
            open: Segment::default(),
            progress: Progress::default(),
            blueprint: blueprint::Draft::new(options.form),
        }
    }

    /// The next file. With `expected` its content has to have this SHA-256.
    ///
    /// # Errors
    /// [`BuildErrorKind::UnusableName`], [`RepeatedName`](BuildErrorKind::RepeatedName),
    /// [`FileTooLarge`](BuildErrorKind::FileTooLarge), [`TooManyFiles`](BuildErrorKind::TooManyFiles);
    /// [`Changed`](BuildErrorKind::Changed), also for a file that was added before this one;
    /// [`TooLarge`](BuildErrorKind::TooLarge), [`TooManyParts`](BuildErrorKind::TooManyParts) and
    /// [`Sink`](BuildErrorKind::Sink). After an error the package is useless.
    pub fn add(
        &mut self,
        name: &str,
        content: Vec<u8>,
        expected: Option<Sha256Digest>,
    ) -> Result<(), BuildError> {
        check_name(name)?;
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        if size > FILE_BYTES_MAX {
            let name = name.to_owned();
            return Err(BuildErrorKind::FileTooLarge { name }.into());
        }
        if !self.names.insert(name.to_owned()) {
            let name = name.to_owned();
            return Err(BuildErrorKind::RepeatedName { name }.into());
        }
        if self.progress.files == FILES_MAX {
            return Err(BuildErrorKind::TooManyFiles.into());
        }
        self.progress.files += 1;
        self.progress.bytes = self.progress.bytes.saturating_add(size);
        self.open.push(InputFile {
            name: name.to_owned(),
            content,
            expected,
        });
        if self.open.is_full() {
            self.hand_over()?;
        }
        Ok(())
    }

    /// What was added so far.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// Completes the package.
    ///
    /// # Errors
    /// As [`add`](Self::add); [`BuildErrorKind::Empty`] without a file.
    pub fn finish(mut self) -> Result<Blueprint, BuildError> {
        if self.progress.files == 0 {
            return Err(BuildErrorKind::Empty.into());
        }
        if !self.open.is_empty() {
            self.hand_over()?;
        }
        while let Some(packed) = self.crew.next_when_ready() {
            self.accept(packed?)?;
        }
        self.cutter.write(&self.blueprint.tail())?;
        let (parts, whole) = self.cutter.finish()?;
        Ok(self.blueprint.complete(whole, parts))
    }

    /// The open segment goes to the threads, once there is room for it.
    fn hand_over(&mut self) -> Result<(), BuildError> {
        let segment = std::mem::take(&mut self.open);
        while !self.crew.has_room_for(&segment) {
            match self.crew.next_when_ready() {
                Some(packed) => self.accept(packed?)?,
                None => break,
            }
        }
        self.crew.take(segment);
        while let Some(packed) = self.crew.next_if_ready() {
            self.accept(packed?)?;
        }
        Ok(())
    }

    fn accept(&mut self, packed: Packed) -> Result<(), BuildError> {
        if self.blueprint.is_empty() {
            self.cutter.write(blueprint::head(self.form))?;
        }
        self.cutter.write(&packed.bytes)?;
        self.blueprint.add(packed);
        Ok(())
    }
}

/// A name that every unpacker takes for a plain file below its folder, and that both forms hold as it is.
fn check_name(name: &str) -> Result<(), BuildError> {
    let is_plain = |piece: &str| !matches!(piece, "" | "." | "..");
    let is_usable = name.len() <= NAME_BYTES_MAX
        && name.split('/').all(is_plain)
        && !name.contains(|char: char| char.is_control() || matches!(char, '\\' | ':'));
    match is_usable {
        true => Ok(()),
        false => Err(BuildErrorKind::UnusableName {
            name: name.to_owned(),
        }
        .into()),
    }
}

impl From<io::Error> for BuildError {
    /// A sink that failed.
    fn from(error: io::Error) -> Self {
        Self::with_source(BuildErrorKind::Sink, error)
    }
}

const THREADS_MAX: NonZeroUsize = NonZeroUsize::new(8).unwrap();

#[cfg(test)]
mod tests;

//! A package on disk: what it is, its key, where its parts go; and its sealed parts, when they are kept.
//!
//! `state/journal/ENVIRONMENT/CONTEXT.batch/NUMBER/` holds `package.json` and `part-N`. All of it is private to the
//! owner (0600), and it is removed when the session is closed or given up: it holds the key and presigned addresses.

mod files;

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ksef_api::ops::sessions::{BatchFile, PartUpload};
use ksef_core::reference::SessionRef;
use ksef_crypto::package::build::{self, Blueprint, BuildErrorKind, BuildOptions, Part, PartSink};
use ksef_crypto::session_key::SessionKey;
use ksef_sdk::session::{Parts, batch_file};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::way::Packaging;
use crate::durable::{self, Access};
use crate::error::Error;
use crate::lang::text;

pub(crate) use self::files::Files;

/// Where the packages of a journal are.
#[derive(Debug, Clone)]
pub(crate) struct Packages {
    folder: PathBuf,
}

impl Packages {
    /// Beside this journal.
    pub(crate) fn beside(journal: &Path) -> Self {
        Self {
            folder: journal.with_extension("batch"),
        }
    }

    /// Makes a package of files: once over the data where the parts are kept, otherwise nothing of it is written but
    /// what it is. It takes as long as reading and compressing everything does.
    ///
    /// # Errors
    /// [`PackageFault`].
    pub(crate) fn seal(
        &self,
        number: u64,
        files: Arc<Files>,
        packaging: Packaging,
        progress: &mut dyn FnMut(build::Progress),
    ) -> Result<SealedPackage, PackageFault> {
        self.remove(number).map_err(PackageFault::Disk)?;
        let folder = self.place(number);
        durable::create_private_folder(&folder).map_err(PackageFault::Disk)?;
        let key = SessionKey::generate().map_err(|error| PackageFault::Build(error.into()))?;
        let options = BuildOptions::default().with_form(packaging.form);
        let blueprint = if packaging.is_spooled {
            let sink = PartFiles {
                folder: &folder,
                open: None,
            };
            build::seal(&*files, &key, &options, progress, sink)
        } else {
            build::measure(&*files, &key, &options, progress)
        };
        let package = SealedPackage {
            folder,
            key,
            blueprint: blueprint?,
            is_spooled: packaging.is_spooled,
            opened: None,
            files,
        };
        package.save().map_err(PackageFault::Disk)?;
        Ok(package)
    }

    /// A package that an earlier run made; `None` when it is not there, or not whole.
    pub(crate) fn load(&self, number: u64, files: Arc<Files>) -> Option<SealedPackage> {
        let folder = self.place(number);
        let bytes = Zeroizing::new(std::fs::read(folder.join(MANIFEST)).ok()?);
        let manifest: Manifest = serde_json::from_slice(&bytes)
            .inspect_err(|error| tracing::warn!(%error, "a package cannot be read"))
            .ok()?;
        let key = Zeroizing::new(STANDARD.decode(manifest.key.as_bytes()).ok()?);
        let iv = STANDARD.decode(manifest.iv.as_bytes()).ok()?;
        Some(SealedPackage {
            folder,
            key: SessionKey::from_slices(&key, &iv).ok()?,
            blueprint: manifest.blueprint,
            is_spooled: manifest.spooled,
            opened: manifest.opened,
            files,
        })
    }

    /// Removes a package with its key and addresses; one that is not there is as good.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(crate) fn remove(&self, number: u64) -> io::Result<()> {
        let removed = std::fs::remove_dir_all(self.place(number));
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // The folder of all packages goes with the last one.
        let _ = std::fs::remove_dir(&self.folder);
        Ok(())
    }

    /// Removes every package but these: what a run that died was about to remove.
    pub(crate) fn keep_only(&self, numbers: &[u64]) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            let number = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok());
            if let Some(number) = number.filter(|number| !numbers.contains(number))
                && let Err(error) = self.remove(number)
            {
                tracing::warn!(number, %error, "a package could not be removed");
            }
        }
    }

    fn place(&self, number: u64) -> PathBuf {
        self.folder.join(number.to_string())
    }
}

/// Why a package could not be made.
#[derive(Debug)]
pub(crate) enum PackageFault {
    /// The place for its parts is full or cannot be written.
    Disk(io::Error),
    /// The files changed, cannot be read, or do not fit.
    Build(build::BuildError),
}

impl PackageFault {
    /// Whether a file changed, or cannot be read any more.
    pub(crate) fn is_about_a_file(&self) -> bool {
        matches!(self, Self::Build(error) if matches!(
            error.kind(),
            BuildErrorKind::Changed { .. } | BuildErrorKind::Unreadable { .. }
        ))
    }

    /// The error for a person, with what to do.
    pub(crate) fn into_error(self) -> Error {
        let is_disk = match &self {
            Self::Disk(_) => true,
            Self::Build(error) => *error.kind() == BuildErrorKind::Sink,
        };
        let again = text!(
            "run the same command again: nothing is sent twice",
            "uruchom to samo polecenie ponownie: nic nie zostanie wysłane dwa razy"
        );
        let (error, cause): (_, Box<dyn std::error::Error + Send + Sync>) = match self {
            Self::Disk(cause) => (None, cause.into()),
            Self::Build(cause) => (Some(cause.to_string()), cause.into()),
        };
        if is_disk {
            return Error::failed(text!(
                "the package cannot be kept on disk",
                "nie można zapisać paczki na dysku"
            ))
            .caused_by(cause)
            .hint(text!(
                "make room, or send with --no-spool, which keeps no parts; the work continues where it stopped",
                "zwolnij miejsce albo użyj --no-spool, które nie zapisuje części; praca zostanie wznowiona od tego miejsca"
            ));
        }
        let why = error.unwrap_or_default();
        Error::failed(text!(
            "the package cannot be made: {why}",
            "nie można utworzyć paczki: {why}",
            why = why
        ))
        .caused_as(&*cause)
        .hint(again)
    }
}

impl From<build::BuildError> for PackageFault {
    fn from(error: build::BuildError) -> Self {
        Self::Build(error)
    }
}

/// A package, ready to be declared and uploaded.
pub(crate) struct SealedPackage {
    folder: PathBuf,
    key: SessionKey,
    blueprint: Blueprint,
    is_spooled: bool,
    opened: Option<Opened>,
    files: Arc<Files>,
}

/// Where its parts are to go.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Opened {
    /// The session.
    pub(crate) session: SessionRef,
    /// When its addresses end.
    pub(crate) until: Timestamp,
    /// One for each part.
    pub(crate) uploads: Vec<PartUpload>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    key: Zeroizing<String>,
    iv: String,
    spooled: bool,
    blueprint: Blueprint,
    opened: Option<Opened>,
}

impl SealedPackage {
    /// What is declared of it.
    pub(crate) fn file(&self) -> BatchFile {
        batch_file(&self.blueprint)
    }

    /// Its key.
    pub(crate) fn key(&self) -> &SessionKey {
        &self.key
    }

    /// Where its parts are to go, once a session was opened for it.
    pub(crate) fn opened(&self) -> Option<&Opened> {
        self.opened.as_ref()
    }

    /// Bytes of its parts together.
    pub(crate) fn bytes(&self) -> u64 {
        let parts = self.blueprint.parts().iter();
        parts.map(|part| part.sealed_size).sum()
    }

    /// Keeps where its parts are to go, durable on return.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(crate) fn set_opened(&mut self, opened: Opened) -> io::Result<()> {
        self.opened = Some(opened);
        self.save()
    }

    fn save(&self) -> io::Result<()> {
        let manifest = Manifest {
            key: Zeroizing::new(STANDARD.encode(self.key.key())),
            iv: STANDARD.encode(self.key.iv()),
            spooled: self.is_spooled,
            blueprint: self.blueprint.clone(),
            opened: self.opened.clone(),
        };
        let bytes = Zeroizing::new(serde_json::to_vec(&manifest)?);
        durable::replace(&self.folder.join(MANIFEST), &bytes, Access::Private)
    }
}

impl Parts for SealedPackage {
    fn write_part(&self, ordinal_number: u32, writer: &mut dyn Write) -> io::Result<()> {
        if self.is_spooled {
            let mut file = File::open(part_path(&self.folder, ordinal_number))?;
            return io::copy(&mut file, writer).map(drop);
        }
        self.blueprint
            .rebuild(&*self.files, &self.key, ordinal_number, writer)
            .map_err(io::Error::other)
    }
}

/// Where sealed parts are kept.
struct PartFiles<'a> {
    folder: &'a Path,
    open: Option<BufWriter<File>>,
}

impl PartSink for PartFiles<'_> {
    fn begin(&mut self, ordinal: u32) -> io::Result<()> {
        let file = durable::for_writing(Access::Private)
            .create_new(true)
            .open(part_path(self.folder, ordinal))?;
        self.open = Some(BufWriter::new(file));
        Ok(())
    }

    fn write(&mut self, sealed: &[u8]) -> io::Result<()> {
        match &mut self.open {
            Some(file) => file.write_all(sealed),
            None => Ok(()),
        }
    }

    fn end(&mut self, _part: &Part) -> io::Result<()> {
        // What a crash of the machine loses shows in the part's hash; the package is then made again.
        self.open.take().map_or(Ok(()), |mut file| file.flush())
    }
}

impl fmt::Debug for SealedPackage {
    /// Neither the key nor the addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedPackage")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

fn part_path(folder: &Path, ordinal: u32) -> PathBuf {
    folder.join(format!("part-{ordinal}"))
}

const MANIFEST: &str = "package.json";

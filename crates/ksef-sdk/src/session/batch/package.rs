//! A package from files to verdicts, in one call.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use ksef_api::ops::invoices::CompressionType;
use ksef_api::ops::sessions::{BatchFile, BatchFilePart, SessionInvoice};
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use ksef_crypto::package::ArchiveForm;
use ksef_crypto::package::build::{self, Blueprint, BuildOptions, PackedFile, Source};
use ksef_crypto::session_key::SessionKey;

use super::{BatchOptions, Parts, Uploading};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::journal::{Entry, Journal};
use crate::session::closing::{ClosedSession, SessionPoller};
use crate::session::lookup::by_hash;

/// A package that is written nowhere: its parts are made again from the files when they are uploaded, so it takes no
/// space on disk and little memory, whatever its size.
pub struct Package {
    source: Arc<dyn Source + Send>,
    key: SessionKey,
    blueprint: Blueprint,
}

impl Package {
    /// Reads the files once to find out what the package will be. It takes as long as compressing them does, and blocks.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] for files that cannot be read, or are too many or too large for one package;
    /// [`ErrorKind::Crypto`], in theory.
    pub fn measure(source: Arc<dyn Source + Send>, options: &BuildOptions) -> Result<Self, Error> {
        let key = SessionKey::generate()?;
        let blueprint = build::measure(&*source, &key, options, &mut |_| ())
            .map_err(|error| Error::new(ErrorKind::Unreadable).with_source(error))?;
        Ok(Self {
            source,
            key,
            blueprint,
        })
    }

    /// What is declared of it.
    #[must_use]
    pub fn file(&self) -> BatchFile {
        batch_file(&self.blueprint)
    }

    /// The key of its session.
    #[must_use]
    pub const fn key(&self) -> &SessionKey {
        &self.key
    }

    /// What it is.
    #[must_use]
    pub const fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }
}

impl Parts for Package {
    fn write_part(&self, ordinal_number: u32, writer: &mut dyn Write) -> io::Result<()> {
        self.blueprint
            .rebuild(&*self.source, &self.key, ordinal_number, writer)
            .map_err(io::Error::other)
    }
}

impl fmt::Debug for Package {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Package")
            .field("files", &self.blueprint.files().len())
            .field("bytes", &self.blueprint.size())
            .finish_non_exhaustive()
    }
}

/// What opening a session declares of a package.
#[must_use]
pub fn batch_file(blueprint: &Blueprint) -> BatchFile {
    let compression = match blueprint.form() {
        ArchiveForm::Zip => CompressionType::Zip,
        ArchiveForm::TarGz => CompressionType::TarGz,
    };
    let parts = blueprint.parts().iter().map(|part| BatchFilePart {
        ordinal_number: part.ordinal,
        file_size: part.sealed_size,
        file_hash: part.sealed_hash,
    });
    BatchFile::new((blueprint.hash(), blueprint.size()), compression, parts)
}

/// A batch session with its final status, and the verdict on each file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SentBatch {
    /// The session and its UPO.
    pub closed: ClosedSession,
    /// One for each file, in the order of the package.
    pub files: Vec<FileVerdict>,
}

/// A file of a package, and what KSeF says about it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FileVerdict {
    /// The file.
    pub file: PackedFile,
    /// The invoice with its hash; `None` when the session does not list one: it was not judged.
    pub invoice: Option<SessionInvoice>,
}

impl Client {
    /// Sends files in one batch session and waits for its end, up to `wait_max` after the closing: the files are packed,
    /// the session opened, the parts made and uploaded, the session closed, and each file matched with its verdict by its
    /// hash. At most 10 000 files; [`build::split`] says how many packages more need.
    ///
    /// Each step that changes something at KSeF is journalled before it is taken. Until [`Entry::SessionClosing`] nobody
    /// looks into the package, so the files can be sent again; after it, the session has to be closed
    /// ([`Client::close_batch_session`]) and looked at ([`Client::batch_verdicts`]) before anything is sent again.
    ///
    /// # Errors
    /// [`Error::is_certainly_not_done`]: nothing was sent. [`ErrorKind::Pending`]: it is closed, and the verdict not there
    /// yet. Otherwise what failed on the way; the journal says how far it came. A session that failed as a whole is no
    /// error: look at [`ClosedSession::status`].
    pub async fn send_batch(
        &self,
        form: &FormCode,
        source: Arc<dyn Source + Send>,
        options: &BatchOptions,
        journal: &dyn Journal,
        wait_max: Duration,
    ) -> Result<SentBatch, Error> {
        let build = options.build;
        let measured = tokio::task::spawn_blocking(move || Package::measure(source, &build)).await;
        let package = measured.map_err(|_| Error::new(ErrorKind::Cancelled))??;
        let package = Arc::new(package);
        let form = form.clone();
        journal.record(&Entry::SessionOpening { form: form.clone() })?;
        let file = package.file();
        let opened = self
            .open_batch_session(&form, &file, package.key(), options)
            .await?;
        let session = opened.reference_number;
        let valid_until = Uploading::ends_at(self.clock().now(), file.file_parts.len());
        journal.record(&Entry::SessionOpened {
            session,
            form,
            valid_until,
        })?;
        let how = options.uploading.clone().with_deadline(valid_until);
        let parts: Arc<dyn Parts> = Arc::clone(&package) as _;
        self.upload_batch_parts(&opened.part_upload_requests, &file, &parts, &how)
            .await?;
        journal.record(&Entry::SessionClosing { session })?;
        self.close_batch_session(session, CLOSING_MAX).await?;
        journal.record(&Entry::SessionClosed { session })?;
        self.batch_verdicts(session, package.blueprint(), wait_max)
            .await
    }

    /// Waits for the end of a batch session that was closed, and matches the files of its package with their verdicts.
    ///
    /// # Errors
    /// [`ErrorKind::Pending`] when it does not end within `wait_max`; what the server answered.
    pub async fn batch_verdicts(
        &self,
        session: SessionRef,
        package: &Blueprint,
        wait_max: Duration,
    ) -> Result<SentBatch, Error> {
        let closed = SessionPoller::new(self, session)
            .until_final(wait_max)
            .await?;
        let pages: Vec<_> = self.session_invoices(session).try_collect().await?;
        let listed = by_hash(pages.into_iter().flatten());
        let verdict = |file: &PackedFile| FileVerdict {
            file: file.clone(),
            invoice: listed.get(&file.hash).cloned(),
        };
        let files = package.files().iter().map(verdict).collect();
        Ok(SentBatch { closed, files })
    }
}

/// How long a session that was just opened may be unknown to KSeF, and a failing KSeF is asked again.
const CLOSING_MAX: Duration = Duration::from_secs(30);

//! Packages of exports, from their parts to the invoices in them, without holding more than one invoice in memory.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use ksef_api::ops::invoices::{InvoiceMetadata, InvoiceMetadataFile, InvoicePackage, PackagePart};
use ksef_core::ksef_number::KsefNumber;
use ksef_crypto::digest::{Hashing, sha256};
use ksef_crypto::package::{self, Entry, Limits, PackageError};
use ksef_crypto::session_key::SessionKey;
use tokio::sync::Mutex;

use super::{ExportPoller, RunningExport};
use crate::client::Client;
use crate::error::{Error, ErrorKind};

impl Client {
    /// Downloads all parts of a package into a folder, several at a time. A part that is there already, whole or not,
    /// is not downloaded again: after an interruption the same call goes on. A link that has ended is replaced by a
    /// fresh one.
    ///
    /// The files are encrypted as they came, named by export and part; [`FetchedPackage::open`] reads them and
    /// [`FetchedPackage::remove`] removes them. The folder has to exist and belong to this export's user alone.
    ///
    /// # Errors
    /// [`ErrorKind::Protocol`] for a part that is not what was named, [`ErrorKind::Unreachable`],
    /// [`ErrorKind::Storage`]; [`ErrorKind::Status`] when the package is not kept any more. What was downloaded stays.
    pub async fn fetch_package(
        &self,
        export: &RunningExport,
        package: &InvoicePackage,
        folder: &Path,
    ) -> Result<FetchedPackage, Error> {
        let mut parts = package.parts.clone();
        parts.sort_by_key(|part| part.ordinal_number);
        let is_in_order = (1..).zip(&parts).all(|(n, part)| part.ordinal_number == n);
        if !is_in_order || parts.len() > PARTS_MAX {
            return Err(broken("the parts of the package are not numbered from 1"));
        }
        let fresh = Mutex::new(export.poller(self));
        let place = |part: &PackagePart| {
            folder.join(format!(
                "{}-{:04}.part",
                export.reference(),
                part.ordinal_number
            ))
        };
        let fetched = FetchedPackage {
            parts: parts
                .iter()
                .map(|part| (place(part), part.clone()))
                .collect(),
            archive: folder.join(format!("{}.archive", export.reference())),
            key: export.key().clone(),
            invoice_count: package.invoice_count,
            bytes: package.size,
        };
        stream::iter(&fetched.parts)
            .map(|(path, part)| self.fetch_with_fresh_links(&fresh, part, path))
            .buffer_unordered(PARTS_AT_A_TIME)
            .try_collect::<()>()
            .await?;
        Ok(fetched)
    }

    async fn fetch_with_fresh_links(
        &self,
        poller: &Mutex<ExportPoller>,
        part: &PackagePart,
        path: &Path,
    ) -> Result<(), Error> {
        let ended = match self.download_part(part, path).await {
            Err(error) if matches!(error.kind(), ErrorKind::Forbidden) => error,
            outcome => return outcome,
        };
        let package = poller.lock().await.poll().await?;
        let same = package.as_ref().and_then(|package| {
            let mut parts = package.parts.iter();
            parts.find(|fresh| fresh.ordinal_number == part.ordinal_number)
        });
        match same {
            // Only the link may differ: a part is what it was.
            Some(fresh) if fresh.encrypted_part_hash == part.encrypted_part_hash => {
                self.download_part(fresh, path).await
            }
            _ => Err(ended),
        }
    }
}

impl RunningExport {
    /// Removes whatever [`Client::fetch_package`] left of this export in a folder, whole or not. What cannot be removed
    /// stays, and does no harm.
    pub fn remove_files(&self, folder: &Path) {
        let name = self.reference().to_string();
        let Ok(files) = fs::read_dir(folder) else {
            return;
        };
        for file in files.flatten() {
            if file.file_name().to_string_lossy().starts_with(&name)
                && let Err(error) = fs::remove_file(file.path())
            {
                tracing::warn!(path = %file.path().display(), %error, "a file of a package stays");
            }
        }
    }
}

/// The parts of a package on this machine, encrypted.
#[derive(Debug, Clone)]
pub struct FetchedPackage {
    parts: Vec<(PathBuf, PackagePart)>,
    archive: PathBuf,
    key: SessionKey,
    invoice_count: u64,
    bytes: u64,
}

impl FetchedPackage {
    /// Decrypts the parts into one archive beside them, checks the SHA-256 of each, and reads the list of invoices.
    /// Blocks: call it where that is allowed.
    ///
    /// # Errors
    /// [`ErrorKind::Crypto`] when the key does not open a part; [`ErrorKind::Protocol`] when a part, the archive or the
    /// list is not what was named; [`ErrorKind::Storage`].
    pub fn open(&self) -> Result<OpenedPackage, Error> {
        let limits = Limits {
            // The invoices and their list.
            entries_max: self.invoice_count.saturating_add(1),
            total_bytes_max: self
                .bytes
                .saturating_mul(RATIO_MAX)
                .saturating_add(TOTAL_BYTES_MIN),
        };
        let mut opened = OpenedPackage {
            archive: None,
            limits,
            list: None,
            invoices: Vec::new(),
        };
        if self.parts.is_empty() {
            return match self.invoice_count {
                0 => Ok(opened),
                _ => Err(broken("the package has invoices and no parts")),
            };
        }
        self.decrypt()?;
        let archive = File::open(&self.archive).map_err(Error::storage)?;
        let list = list(&archive, &limits)?;
        opened.invoices = parse_metadata(&list, self.invoice_count)?;
        opened.list = Some(list);
        opened.archive = Some(archive);
        Ok(opened)
    }

    fn decrypt(&self) -> Result<(), Error> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let archive = options.open(&self.archive).map_err(Error::storage)?;
        let mut archive = BufWriter::new(archive);
        for (path, part) in &self.parts {
            let sealed = File::open(path).map_err(Error::storage)?;
            let mut plain = Hashing::new(&mut archive);
            self.key.decrypt_stream(sealed, &mut plain)?;
            if plain.finish() != (part.part_hash, part.part_size) {
                return Err(broken("the decrypted part is not what was named"));
            }
        }
        archive.flush().map_err(Error::storage)
    }

    /// Removes all files of the package. What cannot be removed stays, and does no harm.
    pub fn remove(self) {
        let parts = self.parts.iter().map(|(path, _)| path);
        for path in parts.chain([&self.archive]) {
            if let Err(error) = fs::remove_file(path)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(path = %path.display(), %error, "a file of a package stays");
            }
        }
    }
}

/// A package whose invoices can be read.
#[derive(Debug)]
pub struct OpenedPackage {
    archive: Option<File>,
    limits: Limits,
    list: Option<Vec<u8>>,
    invoices: Vec<InvoiceMetadata>,
}

impl OpenedPackage {
    /// What the package says about its invoices (`_metadata.json`), in its order; each number once.
    #[must_use]
    pub fn invoices(&self) -> &[InvoiceMetadata] {
        &self.invoices
    }

    /// The same as the file that it came in, `_metadata.json`; `None` for a package without parts.
    #[must_use]
    pub fn list(&self) -> Option<&[u8]> {
        self.list.as_deref()
    }

    /// The invoices, given away.
    #[must_use]
    pub fn into_invoices(self) -> Vec<InvoiceMetadata> {
        self.invoices
    }

    /// Shows every invoice with its document, byte for byte as KSeF keeps it, in the order of the archive. Document and
    /// metadata are matched by KSeF number, and the SHA-256 of the document is the one of the metadata. Blocks.
    ///
    /// # Errors
    /// What `visit` refuses; [`ErrorKind::Protocol`] for a document that is missing, comes twice, has no metadata or
    /// another hash, for a name that does not belong there, and for an archive that breaks its limits. Some invoices
    /// may have been shown by then: keep none of them for good before this returns.
    pub fn documents<E: From<Error>>(
        &self,
        mut visit: impl FnMut(&InvoiceMetadata, Bytes) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(archive) = &self.archive else {
            return Ok(());
        };
        let by_number = self
            .invoices
            .iter()
            .map(|invoice| (invoice.ksef_number, invoice));
        let mut missing: HashMap<KsefNumber, &InvoiceMetadata> = by_number.collect();
        package::read(archive, &self.limits, |mut entry| {
            if entry.name() == InvoiceMetadataFile::NAME {
                return Ok(());
            }
            let number = entry
                .name()
                .strip_suffix(".xml")
                .and_then(|number| KsefNumber::parse(number).ok())
                .ok_or_else(|| broken("the package holds a file that is no invoice"))
                .map_err(|error| Refused(error.into()))?;
            let not_named =
                || Refused(broken("an invoice of the package is twice or not in its list").into());
            let invoice = missing.remove(&number).ok_or_else(not_named)?;
            let xml =
                content(&mut entry, DOCUMENT_BYTES_MAX).map_err(|error| Refused(error.into()))?;
            if sha256(&xml) != invoice.invoice_hash {
                let error = broken("an invoice of the package is not what its hash says");
                return Err(Refused(error.into()));
            }
            visit(invoice, xml.into()).map_err(Refused)
        })
        .map_err(|Refused(error)| error)?;
        match missing.is_empty() {
            true => Ok(()),
            false => Err(broken("an invoice of the list is not in the package").into()),
        }
    }
}

/// The list of invoices in an archive. It may stand anywhere in it.
fn list(archive: &File, limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut found = None;
    package::read(archive, limits, |mut entry| {
        if entry.name() == InvoiceMetadataFile::NAME && found.is_none() {
            found = Some(content(&mut entry, METADATA_BYTES_MAX).map_err(Refused)?);
        }
        Ok(())
    })
    .map_err(|Refused(error): Refused<Error>| error)?;
    found.ok_or_else(|| broken("the package has no list of its invoices"))
}

/// Reads `_metadata.json` of a package of so many invoices.
///
/// # Errors
/// [`ErrorKind::Protocol`] for anything but a list of this many invoices with different KSeF numbers.
pub fn parse_metadata(metadata: &[u8], count: u64) -> Result<Vec<InvoiceMetadata>, Error> {
    let file: InvoiceMetadataFile = serde_json::from_slice(metadata)
        .map_err(|error| broken("the list of the package cannot be read").with_source(error))?;
    let mut numbers = std::collections::HashSet::new();
    let is_unique = file
        .invoices
        .iter()
        .all(|invoice| numbers.insert(invoice.ksef_number));
    if !is_unique || u64::try_from(file.invoices.len()) != Ok(count) {
        return Err(broken(
            "the package does not list as many invoices as it has",
        ));
    }
    Ok(file.invoices)
}

fn content(entry: &mut Entry<'_>, bytes_max: u64) -> Result<Vec<u8>, Error> {
    match entry.content(bytes_max) {
        Ok(Some(content)) => Ok(content),
        Ok(None) => Err(broken("a file of the package is longer than any may be")),
        Err(error) => Err(Refused::from(error).0),
    }
}

/// An error on its way through the reader of archives.
struct Refused<E>(E);

impl<E: From<Error>> From<PackageError> for Refused<E> {
    fn from(error: PackageError) -> Self {
        Self(
            broken("the package cannot be unpacked")
                .with_source(error)
                .into(),
        )
    }
}

fn broken(what: &'static str) -> Error {
    Error::protocol(what).at("package")
}

const PARTS_AT_A_TIME: usize = 3;
/// A gigabyte in parts of 50 MB has twenty.
const PARTS_MAX: usize = 1_000;
/// The largest invoice that limits can be raised to is 10 MB.
const DOCUMENT_BYTES_MAX: u64 = 16_000_000;
/// Metadata of 10 000 invoices with many parties.
const METADATA_BYTES_MAX: u64 = 256_000_000;
/// Invoices pack to a seventh; nothing honest packs to less than this.
const RATIO_MAX: u64 = 200;
const TOTAL_BYTES_MIN: u64 = 64_000_000;

//! Packages of exports: collected, packed, encrypted part by part.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::rc::Rc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use ksef_api::ops::invoices::{CompressionType, DateType, InvoiceMetadata, InvoiceMetadataFile};
use ksef_api::status::ExportStatus;
use ksef_core::reference::ExportRef;
use ksef_crypto::digest::{Hashing, sha256};
use ksef_crypto::session_key::SessionKey;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::session;
use crate::app::App;
use crate::builder::Bounds;
use crate::handlers::BEHIND_HWM;
use crate::spool::Spool;
use crate::world::documents::DocumentName;
use crate::world::exports::{ExportRecord, PackagePartRecord, PackageRecord};
use crate::world::keys::KeyUsage;
use crate::world::search::Search;
use crate::world::state::State;

/// Why an export ends without a package, in a detail where there is something to say.
type Failed = (ExportStatus, Option<String>);

/// Makes the package of an export.
pub(super) fn build(app: &App, reference: &ExportRef) {
    remove_expired(app);
    let export = app.world.read(|state| {
        let export = state.exports.get(reference);
        export
            .filter(|export| export.is_running() && !export.never_finishes)
            .cloned()
    });
    let Some(export) = export else { return };
    let outcome = package(app, &export);
    let now = app.now();
    app.world.write(|state, changes| {
        state.exports.finish(changes, reference, now, outcome);
    });
}

fn package(app: &App, export: &ExportRecord) -> Result<PackageRecord, Failed> {
    let now = app.now();
    let key = unwrap(app, export, now)?;
    let hwm = app.hwm(now);
    let range = &export.filters.date_range;
    let mut to = range.to.unwrap_or(now);
    let is_stored = range.date_type == DateType::PermanentStorage;
    if is_stored && range.restrict_to_permanent_storage_hwm_date == Some(true) {
        if range.from > hwm {
            return Err((ExportStatus::BeyondHwm, Some(BEHIND_HWM.to_owned())));
        }
        to = to.min(hwm);
    }
    let found = app.world.read(|state| collect(state, export, to, now));
    let internal = |error: io::Error| {
        tracing::error!(%error, "a package cannot be made");
        (ExportStatus::UnknownError, None)
    };
    let packed = pack(app, export, &found).map_err(internal)?;
    let parts = cut(app, export, &key, packed.archive).map_err(internal)?;
    let last = found
        .get(..packed.invoices)
        .and_then(|included| included.last())
        .map(|invoice| &invoice.metadata)
        .filter(|_| packed.is_truncated);
    let last_of = |date_type: DateType| last.filter(|_| range.date_type == date_type);
    Ok(PackageRecord {
        invoices: u64::try_from(packed.invoices).unwrap_or(u64::MAX),
        size: parts.iter().map(|part| part.size).sum(),
        is_truncated: packed.is_truncated,
        last_issued: last_of(DateType::Issue).map(|last| last.issue_date),
        last_received: last_of(DateType::Invoicing).map(|last| last.invoicing_date),
        last_stored: last_of(DateType::PermanentStorage).map(|last| last.permanent_storage_date),
        hwm: is_stored.then(|| hwm.min(to)),
        parts,
    })
}

fn unwrap(app: &App, export: &ExportRecord, now: Timestamp) -> Result<SessionKey, Failed> {
    let failed = || (ExportStatus::KeyNotDecrypted, None);
    let wrapped = export.secret.wrapped_bytes().ok_or_else(failed)?;
    let usage = KeyUsage::SymmetricKeyEncryption;
    // A key that was withdrawn after the start cannot decrypt any more.
    let keys = app.world.read(|state| {
        state
            .keys
            .usable(usage, export.public_key.as_ref(), now)
            .unwrap_or_default()
    });
    session::unwrapped(&keys, &wrapped)
        .filter(|_| !export.has_key_fault)
        .and_then(|key| SessionKey::from_slices(&key, &export.iv()).ok())
        .ok_or_else(failed)
}

/// An invoice that fits.
struct Found {
    metadata: InvoiceMetadata,
    xml: Bytes,
}

fn collect(state: &State, export: &ExportRecord, to: Timestamp, now: Timestamp) -> Vec<Found> {
    let search = Search {
        context: &export.context,
        filters: &export.filters,
        to,
    };
    search
        .run(state, now)
        .into_iter()
        .filter_map(|invoice| {
            let name = DocumentName::Invoice(invoice.reference);
            Some(Found {
                metadata: invoice.metadata()?,
                xml: state.invoices.document(&name)?.bytes().clone(),
            })
        })
        .collect()
}

/// An archive on disk.
struct Packed {
    archive: Option<File>,
    invoices: usize,
    is_truncated: bool,
}

/// Packs invoices until one of the bounds is met.
fn pack(app: &App, export: &ExportRecord, found: &[Found]) -> io::Result<Packed> {
    if found.is_empty() {
        return Ok(Packed {
            archive: None,
            invoices: 0,
            is_truncated: false,
        });
    }
    let file = app.spool.create(&archive_name(export))?;
    let written = Rc::new(Cell::new(0));
    let counted = Counted {
        inner: BufWriter::new(file),
        written: Rc::clone(&written),
    };
    let mut archive = Archive::new(counted, &export.compression);
    let Bounds {
        export_invoices_max,
        export_bytes_max,
        ..
    } = app.config.bounds;
    let invoices_max = usize::try_from(export_invoices_max).unwrap_or(usize::MAX);
    let mut file = InvoiceMetadataFile::default();
    for invoice in found.iter().take(invoices_max) {
        if !file.invoices.is_empty() && written.get() >= export_bytes_max {
            break;
        }
        if !export.only_metadata {
            let name = format!("{}.xml", invoice.metadata.ksef_number);
            archive.add(&name, &invoice.xml)?;
        }
        file.invoices.push(invoice.metadata.clone());
    }
    archive.add(InvoiceMetadataFile::NAME, &serde_json::to_vec(&file)?)?;
    let invoices = file.invoices.len();
    Ok(Packed {
        archive: Some(archive.finish()?),
        invoices,
        is_truncated: invoices < found.len(),
    })
}

/// Cuts the archive into parts and encrypts each on its own.
fn cut(
    app: &App,
    export: &ExportRecord,
    key: &SessionKey,
    archive: Option<File>,
) -> io::Result<Vec<PackagePartRecord>> {
    let Some(mut archive) = archive else {
        return Ok(Vec::new());
    };
    archive.seek(SeekFrom::Start(0))?;
    let extension = match export.compression {
        CompressionType::TarGz => "tar.gz",
        _ => "zip",
    };
    let mut parts = Vec::new();
    let mut left = archive.metadata()?.len();
    while left > 0 {
        let ordinal = parts.len() + 1;
        let name = format!("{}-{ordinal:03}.{extension}.aes", export.reference);
        let bytes_max = app.config.bounds.export_part_bytes_max.max(1);
        let mut part = seal(&mut archive, bytes_max, key, name, &app.spool)?;
        if export.tells_wrong_hash {
            part.sealed_hash = sha256(part.sealed_hash.as_bytes());
        }
        left = left.saturating_sub(part.size);
        parts.push(part);
    }
    app.spool.remove(&archive_name(export));
    Ok(parts)
}

/// Encrypts the next bytes of an archive into a file of their own.
fn seal(
    archive: &mut File,
    bytes_max: u64,
    key: &SessionKey,
    name: String,
    spool: &Spool,
) -> io::Result<PackagePartRecord> {
    let mut plain = Hashing::new(archive.take(bytes_max));
    let mut sealed = Hashing::new(BufWriter::new(spool.create(&name)?));
    key.encrypt_stream(&mut plain, &mut sealed)
        .map_err(io::Error::other)?;
    sealed.flush()?;
    let (hash, size) = plain.finish();
    let (sealed_hash, sealed_size) = sealed.finish();
    Ok(PackagePartRecord {
        name,
        size,
        hash,
        sealed_size,
        sealed_hash,
    })
}

/// Removes the parts of packages that cannot be downloaded any more.
fn remove_expired(app: &App) {
    let now = app.now();
    let names: Vec<String> = app.world.read(|state| {
        let expired = state
            .exports
            .values()
            .filter(|export| export.status(now) == ExportStatus::Expired);
        expired
            .filter_map(|export| export.package.as_ref())
            .flat_map(|package| package.parts.iter().map(|part| part.name.clone()))
            .collect()
    });
    remove_all(&app.spool, &names);
}

fn remove_all(spool: &Spool, names: &[String]) {
    for name in names {
        spool.remove(name);
    }
}

fn archive_name(export: &ExportRecord) -> String {
    format!("{}.archive", export.reference)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

type Target = Counted<BufWriter<File>>;

/// An archive that is being written.
enum Archive {
    Zip(Box<ZipWriter<Target>>),
    TarGz(Box<tar::Builder<GzEncoder<Target>>>),
}

impl Archive {
    fn new(target: Target, form: &CompressionType) -> Self {
        match form {
            CompressionType::TarGz => Self::TarGz(Box::new(tar::Builder::new(GzEncoder::new(
                target,
                Compression::default(),
            )))),
            _ => Self::Zip(Box::new(ZipWriter::new(target))),
        }
    }

    fn add(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        match self {
            Self::Zip(writer) => {
                writer
                    .start_file(name, SimpleFileOptions::default())
                    .map_err(io::Error::other)?;
                writer.write_all(content)
            }
            Self::TarGz(builder) => {
                let mut header = tar::Header::new_ustar();
                header.set_size(length(content));
                header.set_mode(0o644);
                builder.append_data(&mut header, name, content)
            }
        }
    }

    fn finish(self) -> io::Result<File> {
        let target = match self {
            Self::Zip(writer) => writer.finish().map_err(io::Error::other)?,
            Self::TarGz(builder) => builder.into_inner()?.finish()?,
        };
        target
            .inner
            .into_inner()
            .map_err(|error| error.into_error())
    }
}

/// Counts what is written, so that a bound of the packed size can be met in the middle of an archive.
struct Counted<W> {
    inner: W,
    written: Rc<Cell<u64>>,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        let more = u64::try_from(count).unwrap_or(u64::MAX);
        self.written.set(self.written.get().saturating_add(more));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Seek> Seek for Counted<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

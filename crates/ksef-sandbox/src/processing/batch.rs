//! Packages of batch sessions: begun at the closing of the session, taken apart here. What comes out of them is
//! processed like any other invoice.
//!
//! In the order of the real system: the key (415), the parts as they were declared (405), their decryption (435), the
//! archive as it was declared and its form (430), the number of invoices (420, 440).

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use bytes::Bytes;
use jiff::Timestamp;
use ksef_api::ops::sessions::InvoiceStatusInfo;
use ksef_api::status::{InvoiceStatus, SessionStatus};
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::SessionRef;
use ksef_crypto::digest::{Sha256Stream, sha256_reader};
use ksef_crypto::package::{self, ArchiveForm, Entry, Limits, PackageError};
use ksef_crypto::session_key::SessionKey;

use super::{Task, session};
use crate::app::App;
use crate::handlers::part_file_name;
use crate::world::documents::{Document, DocumentName};
use crate::world::invoices::InvoiceRecord;
use crate::world::record::Changes;
use crate::world::sessions::{BatchRecord, SessionRecord};
use crate::world::state::State;

/// Closes an open batch session: its package waits to be processed.
pub(crate) fn begin_batch(
    state: &mut State,
    changes: &mut Changes,
    session: &SessionRef,
    now: Timestamp,
) {
    state.sessions.update(changes, session, |session| {
        session.closed = Some(now);
        session.become_status(SessionStatus::Processing, now);
    });
}

/// Cancels an open batch session, because its time is over.
pub(crate) fn cancel_batch(
    state: &mut State,
    changes: &mut Changes,
    session: &SessionRef,
    now: Timestamp,
) {
    state.sessions.update(changes, session, |session| {
        let was_anything_sent = session
            .batch
            .as_ref()
            .is_some_and(|batch| batch.parts.iter().any(|part| part.uploaded.is_some()));
        session.closed = Some(now);
        session.become_status(SessionStatus::Cancelled, now);
        session.details = vec![
            match was_anything_sent {
                true => TOO_LATE,
                false => session::NOTHING_SENT,
            }
            .to_owned(),
        ];
    });
}

/// Why a package as a whole is refused.
#[derive(Debug)]
struct Refused {
    status: SessionStatus,
    detail: String,
}

impl Refused {
    fn new(status: SessionStatus, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
        }
    }

    /// The disk of the sandbox failed, not the client.
    fn internal(error: &io::Error) -> Self {
        tracing::error!(%error, "a package cannot be processed");
        Self::new(SessionStatus::UnknownError, String::new())
    }
}

impl From<PackageError> for Refused {
    fn from(error: PackageError) -> Self {
        let reason = std::error::Error::source(&error)
            .map_or_else(String::new, |source| format!(": {source}"));
        Self::new(SessionStatus::ArchiveUnreadable, format!("{error}{reason}"))
    }
}

/// Takes the package of a closed session apart.
pub(super) fn unpack(app: &App, reference: &SessionRef) {
    let waits = |state: &State| {
        state
            .sessions
            .get(reference)
            .is_some_and(SessionRecord::is_waiting_for_its_package)
    };
    if !app.world.read(waits) {
        return;
    }
    session::unwrap_key(app, reference);
    let Some(job) = app.world.read(|state| Job::of(state, reference)) else {
        // The key turned out to be undecryptable: the session has failed already.
        remove_files(app, reference);
        return;
    };
    let outcome = job.perform(app);
    let now = app.now();
    let is_finished = app.world.write(|state, changes| {
        if !waits(state) {
            return false;
        }
        match outcome {
            Ok(()) => {
                state.sessions.update(changes, reference, |session| {
                    session.updated = session.updated.max(now);
                    if let Some(batch) = &mut session.batch {
                        batch.is_unpacked = true;
                    }
                });
                let record = state.sessions.get(reference);
                record.is_some_and(|record| record.pending() == 0)
            }
            Err(refused) => {
                refuse(state, changes, reference, refused, now);
                false
            }
        }
    });
    remove_files(app, reference);
    if is_finished {
        app.schedule(Task::FinishSession(*reference));
    }
}

/// The package as a whole is refused. Invoices came out of it before only when the disk failed in the middle.
fn refuse(
    state: &mut State,
    changes: &mut Changes,
    session: &SessionRef,
    refused: Refused,
    now: Timestamp,
) {
    session::fail_invoices(state, changes, session);
    state.sessions.update(changes, session, |session| {
        session.become_status(refused.status, now);
        let detail = Some(refused.detail).filter(|detail| !detail.is_empty());
        session.details = detail.into_iter().collect();
    });
}

/// Invoices out of a package become those of its session, and wait to be processed.
fn enter(app: &App, session: &SessionRef, invoices: Vec<Unpacked>) {
    let now = app.now();
    let entered = app.world.write(|state, changes| {
        let Some(record) = state.sessions.get(session).cloned() else {
            return Vec::new();
        };
        if !record.is_waiting_for_its_package() {
            return Vec::new();
        }
        let (mut waiting, mut failed) = (Vec::new(), 0);
        let count = u32::try_from(invoices.len()).unwrap_or(u32::MAX);
        for (ordinal, unpacked) in (record.total + 1..).zip(invoices) {
            let reference = state.invoices.fresh_reference(now);
            let invoice = InvoiceRecord {
                reference,
                session: *session,
                context: record.context,
                ordinal,
                hash: unpacked.hash,
                size: unpacked.size,
                received: record.created,
                is_declared_offline: record
                    .batch
                    .as_ref()
                    .is_some_and(|batch| batch.is_declared_offline),
                corrects: None,
                status: unpacked.status(),
                number: None,
                file_name: Some(unpacked.name),
                acceptance: None,
            };
            match unpacked.xml {
                Some(xml) => {
                    let name = DocumentName::Received(reference);
                    let document = Document::with_digest(name, xml, unpacked.hash);
                    state.invoices.receive(changes, invoice, document);
                    waiting.push(reference);
                }
                None => {
                    failed += 1;
                    state.invoices.receive_rejected(changes, invoice);
                }
            }
        }
        state.sessions.update(changes, session, |session| {
            session.total += count;
            session.failed += failed;
        });
        waiting
    });
    for invoice in entered {
        app.schedule(Task::ProcessInvoice(invoice));
    }
}

/// Everything that taking a package apart needs.
struct Job {
    session: SessionRef,
    batch: BatchRecord,
    key: SessionKey,
    invoices_max: u64,
    invoice_bytes_max: u64,
    /// Invoices that came out of it before the sandbox was stopped.
    entered: u32,
}

/// One file of the archive.
struct Unpacked {
    name: String,
    hash: Sha256Digest,
    size: u64,
    /// The content; `None` when it is longer than any invoice may be.
    xml: Option<Bytes>,
    bytes_max: u64,
}

impl Unpacked {
    fn read(mut entry: Entry<'_>, bytes_max: u64) -> Result<Self, PackageError> {
        let name = entry.name().chars().take(NAME_CHARACTERS_MAX).collect();
        let mut xml = Vec::new();
        let enough = bytes_max.saturating_add(1);
        entry.by_ref().take(enough).read_to_end(&mut xml)?;
        let mut digest = Sha256Stream::new();
        digest.update(&xml);
        // Of one that is too long, only the digest is kept: by it the sender recognises it.
        io::copy(&mut entry, &mut digest)?;
        let (hash, size) = digest.finish();
        Ok(Self {
            name,
            hash,
            size,
            xml: (size <= bytes_max).then(|| xml.into()),
            bytes_max,
        })
    }

    fn status(&self) -> InvoiceStatusInfo {
        match self.xml {
            Some(_) => InvoiceStatusInfo::of(InvoiceStatus::Received),
            None => InvoiceStatusInfo::of(InvoiceStatus::FileInvalid).with_detail(format!(
                "Rozmiar faktury ({} B) przekracza dozwolony rozmiar ({} B).",
                self.size, self.bytes_max
            )),
        }
    }
}

impl Job {
    fn of(state: &State, session: &SessionRef) -> Option<Self> {
        let record = state.sessions.get(session)?;
        let limits = state.limits.context(&record.context).batch_session;
        Some(Self {
            session: *session,
            batch: record.batch.clone()?,
            key: record.session_key()?,
            entered: record.total,
            invoices_max: limits.max_invoices.into(),
            invoice_bytes_max: limits
                .invoice_with_attachment_bytes_max()
                .max(limits.invoice_bytes_max()),
        })
    }

    fn perform(&self, app: &App) -> Result<(), Refused> {
        self.check_parts()?;
        let name = archive_file_name(&self.session);
        let mut archive = app
            .spool
            .create(&name)
            .map_err(|error| Refused::internal(&error))?;
        self.decrypt_parts(app, &mut archive)?;
        self.check_archive(&mut archive)?;
        self.open_archive(app, archive)
    }

    /// What was uploaded against what was declared.
    fn check_parts(&self) -> Result<(), Refused> {
        for (ordinal, part) in (1_u32..).zip(&self.batch.parts) {
            let uploaded = part.uploaded.map(|uploaded| uploaded.hash);
            if uploaded != Some(part.hash) {
                let found = uploaded.map_or_else(String::new, |hash| hash.to_base64());
                let detail = format!(
                    "Skrót SHA-256 części: '{ordinal}' nie zgadza się z zadeklarowanym skrótem: {} (obliczono: {found}).",
                    part.hash
                );
                return Err(Refused::new(SessionStatus::PackageMismatch, detail));
            }
        }
        Ok(())
    }

    fn decrypt_parts(&self, app: &App, archive: &mut File) -> Result<(), Refused> {
        let mut writer = BufWriter::new(archive);
        for (ordinal, _) in (1..).zip(&self.batch.parts) {
            let part = app
                .spool
                .open(&part_file_name(&self.session, ordinal))
                .map_err(|error| Refused::internal(&error))?;
            self.key
                .decrypt_stream(part, &mut writer)
                .map_err(|error| {
                    let detail = format!("Nie można odszyfrować części: '{ordinal}' ({error}).");
                    Refused::new(SessionStatus::PartNotDecrypted, detail)
                })?;
        }
        writer.flush().map_err(|error| Refused::internal(&error))
    }

    /// The whole archive against what was declared.
    fn check_archive(&self, archive: &mut File) -> Result<(), Refused> {
        archive
            .seek(SeekFrom::Start(0))
            .map_err(|error| Refused::internal(&error))?;
        let (hash, size) =
            sha256_reader(&mut *archive).map_err(|error| Refused::internal(&error))?;
        if hash != self.batch.hash {
            let detail = format!(
                "Skrót SHA-256 przesłanej paczki faktur nie jest zgodny z zadeklarowanym skrótem: {} (obliczono: {hash}).",
                self.batch.hash
            );
            return Err(Refused::new(SessionStatus::ArchiveUnreadable, detail));
        }
        if size != self.batch.size {
            let detail = format!(
                "Rozmiar przesłanej paczki faktur ({size} B) nie jest zgodny z zadeklarowanym ({} B).",
                self.batch.size
            );
            return Err(Refused::new(SessionStatus::ArchiveUnreadable, detail));
        }
        Ok(())
    }

    /// Looks at the whole archive first, so that a damaged one is refused whole; then takes the invoices out, some at a
    /// time. Those that came out before the sandbox died are passed over.
    fn open_archive(&self, app: &App, mut archive: File) -> Result<(), Refused> {
        let limits = Limits {
            entries_max: self.invoices_max,
            total_bytes_max: self
                .invoices_max
                .saturating_mul(self.invoice_bytes_max)
                .clamp(TOTAL_BYTES_MIN, TOTAL_BYTES_MAX),
        };
        let found = package::count(&mut archive, &limits)?;
        if found > self.invoices_max {
            let detail = format!(
                "Przekroczono dopuszczalną liczbę faktur w paczce: '{}'. Liczba faktur w paczce: '{found}'.",
                self.invoices_max
            );
            return Err(Refused::new(SessionStatus::TooManyInvoices, detail));
        }
        if found == 0 {
            return Err(Refused::new(
                SessionStatus::Cancelled,
                session::NOTHING_SENT,
            ));
        }
        if ArchiveForm::Zip == form_of(&mut archive)? {
            // Counting does not unpack a ZIP.
            package::read(&mut archive, &limits, |mut entry| {
                io::copy(&mut entry, &mut io::sink())?;
                Ok::<_, PackageError>(())
            })?;
        }
        let (mut some, mut bytes, mut passed) = (Vec::new(), 0, 0);
        package::read(archive, &limits, |entry| {
            passed += 1;
            if passed <= self.entered {
                return Ok(());
            }
            let invoice = Unpacked::read(entry, self.invoice_bytes_max)?;
            bytes += invoice.size;
            some.push(invoice);
            if some.len() >= CHUNK_INVOICES || bytes >= CHUNK_BYTES {
                enter(app, &self.session, std::mem::take(&mut some));
                bytes = 0;
            }
            Ok::<_, PackageError>(())
        })?;
        enter(app, &self.session, some);
        Ok(())
    }
}

/// The form of an archive.
fn form_of(archive: &mut File) -> Result<ArchiveForm, Refused> {
    let mut first = [0; 2];
    archive
        .seek(SeekFrom::Start(0))
        .and_then(|_| archive.read_exact(&mut first))
        .map_err(|error| Refused::internal(&error))?;
    // Counting has found a form already.
    Ok(ArchiveForm::detect(&first).unwrap_or(ArchiveForm::Zip))
}

/// Removes what a session left on disk, when it was cancelled.
pub(crate) fn remove_files_of_cancelled(app: &App, session: &SessionRef) {
    let is_cancelled = app.world.read(|state| {
        let record = state.sessions.get(session);
        record.is_some_and(|record| record.status() == SessionStatus::Cancelled)
    });
    if is_cancelled {
        remove_files(app, session);
    }
}

/// Removes everything that a session left on disk.
pub(super) fn remove_files(app: &App, session: &SessionRef) {
    let parts = app.world.read(|state| {
        let record = state.sessions.get(session);
        record
            .and_then(|record| record.batch.as_ref())
            .map_or(0, |batch| batch.parts.len())
    });
    for (ordinal, _) in (1..).zip(0..parts) {
        app.spool.remove(&part_file_name(session, ordinal));
    }
    app.spool.remove(&archive_file_name(session));
}

fn archive_file_name(session: &SessionRef) -> String {
    format!("{session}.archive")
}

const TOO_LATE: &str = "Przekroczono czas wysyłki";
/// Invoices that are taken out of an archive together, and their bytes.
const CHUNK_INVOICES: usize = 500;
const CHUNK_BYTES: u64 = 8 * 1024 * 1024;
/// Of a file name, what is told back.
const NAME_CHARACTERS_MAX: usize = 128;
/// Limits of what an archive may unpack to, whatever the limits of the context are.
const TOTAL_BYTES_MIN: u64 = 100_000_000;
const TOTAL_BYTES_MAX: u64 = 30_000_000_000;

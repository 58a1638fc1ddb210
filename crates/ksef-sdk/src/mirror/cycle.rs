//! One bringing-up-to-date of one role.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::invoices::{
    InvoiceFilters, InvoiceMetadata, InvoicePackage, QueryInvoices, SubjectRole,
};
use ksef_core::reference::ExportRef;
use ksef_crypto::digest::sha256;
use ksef_crypto::session_key::SessionKey;
use tokio::sync::mpsc;

use super::{
    Cursor, Incoming, Mirror, MirrorError, MirrorStore, PendingExport, ReceivedInvoice, Saved,
    Window,
};
use crate::error::{Error, ErrorKind};
use crate::receiving::{ExportOptions, FetchedPackage, OpenedPackage, RunningExport};

use After::{End, More};

type Result<T, S> = std::result::Result<T, MirrorError<<S as MirrorStore>::Error>>;

/// What a sync is doing; for showing it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Looking whether there is something new from this instant on.
    Looking {
        /// Where the window begins.
        from: Timestamp,
    },
    /// Downloading so many invoices one by one.
    Downloading {
        /// How many.
        invoices: usize,
    },
    /// Waiting for KSeF to pack an export, a fresh one or one of an earlier run.
    Packing {
        /// Its name.
        export: ExportRef,
    },
    /// Downloading a package.
    Fetching {
        /// Invoices in it.
        invoices: u64,
        /// Bytes of it.
        bytes: u64,
    },
    /// Invoices were stored, and the cursor with them.
    Saved {
        /// How many.
        saved: Saved,
        /// Up to where the mirror is complete now.
        cursor: Cursor,
    },
}

/// What a sync brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Synced {
    /// Invoices.
    pub saved: Saved,
    /// Up to where the mirror is complete in the role.
    pub cursor: Cursor,
}

/// Whether a window was the last one.
enum After {
    More(Saved),
    End(Saved),
}

/// What came of an export.
enum Finished {
    Taken(After),
    /// One instant fills the package; it is to be asked for by itself.
    Narrow(Window),
    /// There is no package to be had, and this is why.
    Gone(Error),
}

impl<S: MirrorStore> Mirror<S> {
    /// Brings one role up to the high-water mark. Two syncs of one role at a time are the caller's to prevent.
    ///
    /// It may be dropped, and the process may die, at any moment: the next one goes on.
    ///
    /// # Errors
    /// [`MirrorError`]; what was stored before stays. [`ErrorKind::Throttled`] when the limits are used up: go on later.
    /// [`ErrorKind::Rejected`] with 21181 when the context cannot have the role.
    pub async fn sync(
        &self,
        role: &SubjectRole,
        report: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Synced, S> {
        self.tidy().await?;
        let mut total = Saved::default();
        loop {
            let after = self.next_window(role, report).await?;
            let (More(saved) | End(saved)) = after;
            total.new += saved.new;
            total.known += saved.known;
            if let End(_) = after {
                let cursor = self.cursor(role).await?;
                return Ok(Synced {
                    saved: total,
                    cursor,
                });
            }
        }
    }

    /// Removes what exports that are over left in the folder of packages: a process may have died before it did.
    async fn tidy(&self) -> Result<(), S> {
        let exports = self.store.exports().await.map_err(MirrorError::Store)?;
        let pending: Vec<String> = exports
            .iter()
            .filter_map(|export| Some(export.reference?.to_string()))
            .collect();
        let Ok(files) = std::fs::read_dir(&self.folder) else {
            return Ok(());
        };
        for file in files.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let is_wanted = pending.iter().any(|export| name.starts_with(export));
            if !is_wanted
                && file.path().is_file()
                && let Err(error) = std::fs::remove_file(file.path())
            {
                tracing::warn!(path = %file.path().display(), %error, "a file of a package stays");
            }
        }
        Ok(())
    }

    pub(super) async fn cursor(&self, role: &SubjectRole) -> Result<Cursor, S> {
        let cursor = self.store.cursor(role).await.map_err(MirrorError::Store)?;
        Ok(cursor.unwrap_or(Cursor::begin(self.since)))
    }

    async fn next_window(
        &self,
        role: &SubjectRole,
        report: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<After, S> {
        for pending in self.exports().await? {
            if pending.role != *role || pending.is_abandoned || pending.reference.is_none() {
                continue;
            }
            match self.finish_export(&pending, report).await? {
                // An export of an earlier run ends where the mark was then.
                Finished::Taken(More(saved) | End(saved)) => return Ok(More(saved)),
                Finished::Narrow(window) => return self.export(role, window, report).await,
                Finished::Gone(_) => {}
            }
        }
        let cursor = self.cursor(role).await?;
        let window = cursor.window(self.client.clock().now());
        report(Step::Looking { from: window.from });
        let filters = InvoiceFilters::new(role.clone(), window.range());
        let query = QueryInvoices::new(filters).with_page_size(LIST_MAX);
        let found = match self.client.call(&query).await {
            Ok(answer) => answer.value,
            // Nothing is complete yet where the window begins.
            Err(error) if error.has_code(BEHIND_HWM) => return Ok(End(Saved::default())),
            Err(error) => return Err(error.into()),
        };
        let numbers: Vec<_> = found
            .invoices
            .iter()
            .map(|invoice| invoice.ksef_number)
            .collect();
        let known = self
            .store
            .known(role, &numbers)
            .await
            .map_err(MirrorError::Store)?;
        let mut invoices = found.invoices;
        invoices.retain(|invoice| !known.contains(&invoice.ksef_number));
        if !found.has_more && invoices.len() <= SINGLE_MAX {
            let next = cursor.after_complete(&window, found.permanent_storage_hwm_date);
            let saved = self.download(role, invoices, cursor, next, report).await?;
            let is_last = window.to.is_none() || next == cursor;
            return Ok(if is_last { End(saved) } else { More(saved) });
        }
        self.export(role, window, report).await
    }

    /// A window as a package, or as several when one instant fills one.
    async fn export(
        &self,
        role: &SubjectRole,
        mut window: Window,
        report: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<After, S> {
        loop {
            let pending = self.start_export(role, window).await?;
            match self.finish_export(&pending, report).await? {
                Finished::Taken(after) => return Ok(after),
                Finished::Narrow(narrow) => window = narrow,
                Finished::Gone(error) => return Err(error.into()),
            }
        }
    }

    /// A few invoices one by one.
    async fn download(
        &self,
        role: &SubjectRole,
        invoices: Vec<InvoiceMetadata>,
        cursor: Cursor,
        next: Cursor,
        report: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Saved, S> {
        if invoices.is_empty() && next == cursor {
            return Ok(Saved::default());
        }
        if !invoices.is_empty() {
            let invoices = invoices.len();
            report(Step::Downloading { invoices });
        }
        let (sender, incoming) = mpsc::channel(SINGLE_MAX + 1);
        for metadata in invoices {
            let downloaded = self
                .client
                .invoice(metadata.ksef_number, NOT_YET_WAIT)
                .await?;
            if sha256(&downloaded.bytes) != metadata.invoice_hash {
                return Err(Error::protocol("an invoice is not what its hash says").into());
            }
            let xml = downloaded.bytes;
            let invoice = Incoming::Invoice(Box::new(ReceivedInvoice { metadata, xml }));
            // The channel has room for all of them.
            let _ = sender.send(invoice).await;
        }
        let complete = Incoming::Complete {
            cursor: next,
            export: None,
        };
        let _ = sender.send(complete).await;
        drop(sender);
        let saved = self.store.save(role, incoming).await?;
        report(Step::Saved {
            saved,
            cursor: next,
        });
        Ok(saved)
    }

    /// Exports that were written down; those that certainly do not run any more are forgotten.
    async fn exports(&self) -> Result<Vec<PendingExport>, S> {
        let now = self.client.clock().now();
        let mut exports = self.store.exports().await.map_err(MirrorError::Store)?;
        let mut ended = Vec::new();
        for export in &exports {
            let age = now.duration_since(export.since);
            let is_over = match export.reference {
                // Whether it was ever started is not known, and nobody can ask: when all places are taken KSeF says so.
                None => true,
                Some(_) if age > KEPT_MAX => true,
                Some(reference) if export.is_abandoned => {
                    match self.client.export(reference).await {
                        Ok(export) => export.status.code >= 200,
                        Err(error) => matches!(error.kind(), ErrorKind::Rejected),
                    }
                }
                Some(_) => false,
            };
            if is_over {
                self.forget(export).await?;
                ended.push(export.id.clone());
            }
        }
        exports.retain(|export| !ended.contains(&export.id));
        Ok(exports)
    }

    async fn forget(&self, export: &PendingExport) -> Result<(), S> {
        self.store
            .remove_export(&export.id)
            .await
            .map_err(MirrorError::Store)
    }

    /// Writes an export down with its key, then asks KSeF for it.
    async fn start_export(&self, role: &SubjectRole, window: Window) -> Result<PendingExport, S> {
        if self.exports().await?.len() >= SLOTS {
            return Err(MirrorError::NoSlot);
        }
        let since = self.client.clock().now();
        let mut pending = PendingExport {
            id: format!("{role}@{since}"),
            role: role.clone(),
            window,
            key: SessionKey::generate().map_err(Error::from)?,
            reference: None,
            since,
            is_abandoned: false,
        };
        self.store
            .put_export(&pending)
            .await
            .map_err(MirrorError::Store)?;
        let filters = InvoiceFilters::new(role.clone(), window.range());
        let options = ExportOptions::default();
        let started = self
            .client
            .start_export_with_key(&filters, &options, &pending.key)
            .await;
        match started {
            Ok(reference) => pending.reference = Some(reference),
            Err(error) => {
                if error.is_certainly_not_done() {
                    self.forget(&pending).await?;
                }
                return Err(match error.has_code(NO_SLOT) {
                    true => MirrorError::NoSlot,
                    false => error.into(),
                });
            }
        }
        self.store
            .put_export(&pending)
            .await
            .map_err(MirrorError::Store)?;
        Ok(pending)
    }

    /// Waits for an export and takes its package in.
    async fn finish_export(
        &self,
        pending: &PendingExport,
        report: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Finished, S> {
        let Some(reference) = pending.reference else {
            return Ok(Finished::Gone(Error::new(ErrorKind::OutcomeUnknown)));
        };
        let export = RunningExport::from_parts(reference, pending.key.clone());
        report(Step::Packing { export: reference });
        let package = match export
            .poller(&self.client)
            .until_ready(self.ready_wait_max)
            .await
        {
            Ok(package) => package,
            Err(error) => return self.without_package(pending, error).await,
        };
        let (invoices, bytes) = (package.invoice_count, package.size);
        report(Step::Fetching { invoices, bytes });
        let outcome = match self
            .client
            .fetch_package(&export, &package, &self.folder)
            .await
        {
            Ok(fetched) => self.take_in(pending, &package, &fetched, report).await,
            Err(error) => Err(error.into()),
        };
        match &outcome {
            Ok(Finished::Narrow(_)) => self.forget(pending).await?,
            Ok(_) => {}
            // It would be broken the next time too.
            Err(MirrorError::Ksef(error))
                if matches!(
                    error.kind(),
                    ErrorKind::Protocol | ErrorKind::Crypto | ErrorKind::TooManyOfOneDate { .. }
                ) =>
            {
                self.forget(pending).await?;
            }
            Err(_) => return outcome,
        }
        export.remove_files(&self.folder);
        outcome
    }

    /// What becomes of an export that has no package to give.
    async fn without_package(&self, pending: &PendingExport, error: Error) -> Result<Finished, S> {
        let age = self.client.clock().now().duration_since(pending.since);
        match error.kind() {
            ErrorKind::Pending { .. } if age > STALE => {
                let abandoned = PendingExport {
                    is_abandoned: true,
                    ..pending.clone()
                };
                self.store
                    .put_export(&abandoned)
                    .await
                    .map_err(MirrorError::Store)?;
                Ok(Finished::Gone(error))
            }
            // The window began behind the high-water mark after all: nothing is complete there yet.
            ErrorKind::Status(status) if status.code == OUT_OF_RANGE => {
                self.forget(pending).await?;
                Ok(Finished::Taken(End(Saved::default())))
            }
            ErrorKind::Status(_) | ErrorKind::Rejected => {
                self.forget(pending).await?;
                Ok(Finished::Gone(error))
            }
            _ => Err(error.into()),
        }
    }

    /// The invoices of a package, and the cursor after them.
    async fn take_in(
        &self,
        pending: &PendingExport,
        package: &InvoicePackage,
        fetched: &FetchedPackage,
        report: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Finished, S> {
        let cursor = self.cursor(&pending.role).await?;
        let opened = {
            let fetched = fetched.clone();
            tokio::task::spawn_blocking(move || fetched.open()).await
        };
        let opened = opened.map_err(|_| Error::new(ErrorKind::Cancelled))??;
        let next = match next_cursor(&cursor, &pending.window, package, opened.invoices())? {
            Ok(next) => next,
            Err(narrow) => return Ok(Finished::Narrow(narrow)),
        };
        let (sender, incoming) = mpsc::channel(QUEUED_MAX);
        let used_up = pending.id.clone();
        let reading =
            tokio::task::spawn_blocking(move || read_into(&opened, &sender, next, used_up));
        let (saved, read) = tokio::join!(self.store.save(&pending.role, incoming), reading);
        read.map_err(|_| Error::new(ErrorKind::Cancelled))??;
        let saved = saved?;
        report(Step::Saved {
            saved,
            cursor: next,
        });
        let is_last = !package.is_truncated && (pending.window.to.is_none() || next == cursor);
        let after = if is_last { End(saved) } else { More(saved) };
        Ok(Finished::Taken(after))
    }
}

/// Where the cursor stands after a package; or the narrower window that has to be asked for first.
fn next_cursor(
    cursor: &Cursor,
    window: &Window,
    package: &InvoicePackage,
    invoices: &[InvoiceMetadata],
) -> std::result::Result<std::result::Result<Cursor, Window>, Error> {
    if !package.is_truncated {
        let hwm = package.permanent_storage_hwm_date;
        return Ok(Ok(cursor.after_complete(window, hwm)));
    }
    let stored = invoices
        .iter()
        .map(|invoice| invoice.permanent_storage_date);
    let held = stored
        .max()
        .ok_or_else(|| Error::protocol("the package is truncated and holds nothing"))?;
    // Whichever is earlier leaves nothing out.
    let named = package.last_permanent_storage_date.unwrap_or(held);
    let last = held.min(named);
    if let Some(next) = cursor.after_truncated(window, last) {
        return Ok(Ok(next));
    }
    let narrow = Cursor::narrowed(window, last);
    narrow.map(Err).ok_or_else(|| {
        let date = ksef_api::timestamp::format(last);
        Error::new(ErrorKind::TooManyOfOneDate { date })
    })
}

/// All invoices of a package, and then the cursor. When nobody listens any more the store has failed, and says why.
fn read_into(
    opened: &OpenedPackage,
    sender: &mpsc::Sender<Incoming>,
    cursor: Cursor,
    used_up: String,
) -> std::result::Result<(), Error> {
    let read = opened.documents(|metadata, xml| {
        let metadata = metadata.clone();
        let invoice = Incoming::Invoice(Box::new(ReceivedInvoice { metadata, xml }));
        sender.blocking_send(invoice).map_err(|_| Halt(None))
    });
    match read {
        Ok(()) => {
            let _ = sender.blocking_send(Incoming::Complete {
                cursor,
                export: Some(used_up),
            });
            Ok(())
        }
        Err(Halt(None)) => Ok(()),
        Err(Halt(Some(error))) => Err(error),
    }
}

/// Why reading stopped; without an error because nobody listens.
struct Halt(Option<Error>);

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self(Some(error))
    }
}

/// 21183: the range begins behind the high-water mark that it is restricted to.
const BEHIND_HWM: i32 = 21_183;
/// 21182: ten exports are running.
const NO_SLOT: i32 = 21_182;
/// Status of an export whose range turned out to begin behind the high-water mark.
const OUT_OF_RANGE: i32 = 420;
/// Exports that KSeF runs at a time for one context.
const SLOTS: usize = 10;
/// The most that a list holds.
const LIST_MAX: u16 = 250;
/// So many new invoices are downloaded one by one: with four roles and a cycle in a quarter of an hour, the 64 an hour
/// that KSeF allows.
const SINGLE_MAX: usize = 4;
/// Invoices between the reader of a package and the store.
const QUEUED_MAX: usize = 8;
/// What is behind the mark is there; a replica may be late.
const NOT_YET_WAIT: Duration = Duration::from_secs(20);
/// An export that is not ready by then is given up.
const STALE: SignedDuration = SignedDuration::from_hours(2);
/// KSeF forgets exports after seven days.
const KEPT_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

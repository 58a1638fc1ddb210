//! Exports of a mirror: started, waited for, taken in, given up.

use jiff::SignedDuration;
use ksef_api::ops::invoices::{InvoiceFilters, InvoiceMetadata, InvoicePackage, SubjectRole};
use ksef_crypto::session_key::SessionKey;
use tokio::sync::mpsc;

use super::cycle::After::{self, End, More};
use super::cycle::{Result, Step};
use super::{
    Cursor, Incoming, Mirror, MirrorError, MirrorStore, PendingExport, ReceivedInvoice, Saved,
    Window,
};
use crate::error::{Error, ErrorKind};
use crate::receiving::{ExportOptions, FetchedPackage, OpenedPackage, RunningExport};

/// What came of an export.
pub(super) enum Finished {
    Taken(After),
    /// One instant fills the package; it is to be asked for by itself.
    Narrow(Window),
    /// There is no package to be had, and this is why.
    Gone(Error),
}

impl<S: MirrorStore> Mirror<S> {
    /// Exports that were written down; those that certainly do not run any more are forgotten.
    pub(super) async fn exports(&self) -> Result<Vec<PendingExport>, S> {
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
    pub(super) async fn start_export(
        &self,
        role: &SubjectRole,
        window: Window,
    ) -> Result<PendingExport, S> {
        // Those that have ended were forgotten when the window began.
        let known = self.store.exports().await.map_err(MirrorError::Store)?;
        let running = known.iter().filter(|export| export.reference.is_some());
        if running.count() >= SLOTS {
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
    pub(super) async fn finish_export(
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

/// 21182: ten exports are running.
const NO_SLOT: i32 = 21_182;
/// Status of an export whose range turned out to begin behind the high-water mark.
const OUT_OF_RANGE: i32 = 420;
/// Exports that KSeF runs at a time for one context.
const SLOTS: usize = 10;
/// Invoices between the reader of a package and the store.
const QUEUED_MAX: usize = 8;
/// An export that is not ready by then is given up.
const STALE: SignedDuration = SignedDuration::from_hours(2);
/// KSeF forgets exports after seven days.
const KEPT_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

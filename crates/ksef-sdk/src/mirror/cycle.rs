//! One bringing-up-to-date of one role.

use std::time::Duration;

use jiff::Timestamp;
use ksef_api::ops::invoices::{InvoiceFilters, InvoiceMetadata, QueryInvoices, SubjectRole};
use ksef_core::reference::ExportRef;
use ksef_crypto::digest::sha256;
use tokio::sync::mpsc;

use super::exports::Finished;
use super::{Cursor, Incoming, Mirror, MirrorError, MirrorStore, ReceivedInvoice, Saved, Window};
use crate::error::Error;
use crate::receiving::BEHIND_HWM;

use After::{End, More};

pub(super) type Result<T, S> = std::result::Result<T, MirrorError<<S as MirrorStore>::Error>>;

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
pub(super) enum After {
    More(Saved),
    End(Saved),
}

impl<S: MirrorStore> Mirror<S> {
    /// Brings one role up to the high-water mark. Two syncs of one role at a time are the caller's to prevent.
    ///
    /// It may be dropped, and the process may die, at any moment: the next one goes on.
    ///
    /// # Errors
    /// [`MirrorError`]; what was stored before stays. [`ErrorKind::Throttled`](crate::ErrorKind::Throttled) when the limits are used up: go on later.
    /// [`ErrorKind::Rejected`](crate::ErrorKind::Rejected) with 21181 when the context cannot have the role.
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
}

/// The most that a list holds.
const LIST_MAX: u16 = 250;
/// So many new invoices are downloaded one by one: with four roles and a cycle in a quarter of an hour, the 64 an hour
/// that KSeF allows.
const SINGLE_MAX: usize = 4;
/// What is behind the mark is there; a replica may be late.
const NOT_YET_WAIT: Duration = Duration::from_secs(20);

//! Whether a mirror has everything: held against KSeF's own lists.

use std::collections::HashSet;

use jiff::Timestamp;
use ksef_api::ops::invoices::{DateRange, DateType, InvoiceFilters, InvoiceMetadata, SubjectRole};
use ksef_core::ksef_number::KsefNumber;

use super::{Mirror, MirrorError, MirrorStore};
use crate::error::{Error, ErrorKind};
use crate::receiving::ExportOptions;

/// What an audit of one role found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Audit {
    /// Invoices that KSeF lists, each counted once.
    pub listed: u64,
    /// Invoices that KSeF lists and the mirror does not have in this role.
    pub missing: Vec<KsefNumber>,
    /// Invoices whose SHA-256 is another in the mirror.
    pub different: Vec<KsefNumber>,
    /// What was compared.
    pub window: AuditWindow,
}

impl Audit {
    /// Whether the mirror has everything, and as KSeF has it.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.missing.is_empty() && self.different.is_empty()
    }
}

/// The span of an audit, by date of permanent storage, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditWindow {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends: up to where the mirror calls itself complete.
    pub to: Timestamp,
}

impl<S: MirrorStore> Mirror<S> {
    /// Compares the mirror with KSeF's lists of everything from where the mirror of the role began, or from `from` on when
    /// that is later, up to its cursor. Costs
    /// one export for 10 000 invoices and for 100 days; twenty an hour are allowed. Changes nothing.
    ///
    /// # Errors
    /// [`MirrorError`].
    pub async fn audit(
        &self,
        role: &SubjectRole,
        from: Option<Timestamp>,
    ) -> Result<Audit, MirrorError<S::Error>> {
        let cursor = self.cursor(role).await?;
        let to = cursor.complete_to;
        let from = from.map_or(cursor.since, |from| from.max(cursor.since));
        let mut audit = Audit {
            listed: 0,
            missing: Vec::new(),
            different: Vec::new(),
            window: AuditWindow { from, to },
        };
        let mut next = from;
        // What two neighbouring lists share is counted once.
        let mut seen = HashSet::new();
        while next < to {
            let from = next;
            let end = from
                .checked_add(DateRange::SPAN_MAX)
                .map_or(to, |end| end.min(to));
            let (invoices, is_truncated) = self.list(role, from, end).await?;
            for invoice in &invoices {
                if seen.insert(invoice.ksef_number) {
                    self.compare(role, invoice, &mut audit).await?;
                }
            }
            let last = invoices
                .iter()
                .map(|invoice| invoice.permanent_storage_date)
                .max();
            next = if is_truncated {
                last.unwrap_or(end)
            } else {
                end
            };
            if next <= from {
                let date = ksef_api::timestamp::format(next);
                return Err(Error::new(ErrorKind::TooManyOfOneDate { date }).into());
            }
            seen = invoices
                .iter()
                .filter(|invoice| invoice.permanent_storage_date >= next)
                .map(|invoice| invoice.ksef_number)
                .collect();
        }
        Ok(audit)
    }

    async fn compare(
        &self,
        role: &SubjectRole,
        invoice: &InvoiceMetadata,
        audit: &mut Audit,
    ) -> Result<(), MirrorError<S::Error>> {
        let number = invoice.ksef_number;
        audit.listed += 1;
        let known = self
            .store
            .known(role, &[number])
            .await
            .map_err(MirrorError::Store)?;
        if known.is_empty() {
            audit.missing.push(number);
            return Ok(());
        }
        let digest = self
            .store
            .digest(&number)
            .await
            .map_err(MirrorError::Store)?;
        if digest != Some(invoice.invoice_hash) {
            audit.different.push(number);
        }
        Ok(())
    }

    /// KSeF's list of a span, and whether it could not hold everything.
    async fn list(
        &self,
        role: &SubjectRole,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(Vec<InvoiceMetadata>, bool), MirrorError<S::Error>> {
        let range = DateRange::between(DateType::PermanentStorage, from, to);
        let filters = InvoiceFilters::new(role.clone(), range);
        let options = ExportOptions::default().with_only_metadata();
        let export = self.client.start_export(&filters, &options).await?;
        let mut poller = export.poller(&self.client);
        let package = poller.until_ready(self.ready_wait_max).await?;
        // In a folder of its own: a sync that runs meanwhile removes what it does not know.
        let folder = self.folder.join(AUDIT_FOLDER);
        std::fs::create_dir_all(&folder).map_err(Error::storage)?;
        let fetched = self
            .client
            .fetch_package(&export, &package, &folder)
            .await?;
        let opened = {
            let fetched = fetched.clone();
            tokio::task::spawn_blocking(move || fetched.open()).await
        };
        fetched.remove();
        // Another audit may still use it.
        let _ = std::fs::remove_dir(&folder);
        let opened = opened.map_err(|_| Error::new(ErrorKind::Cancelled))??;
        Ok((opened.into_invoices(), package.is_truncated))
    }
}

const AUDIT_FOLDER: &str = "audit";

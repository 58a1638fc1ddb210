//! The engine's KSeF, reached through the SDK.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use ksef_api::ops::sessions::{
    InvoiceStatusInfo, OpenedBatchSession, PartUpload, Session, SessionInvoice,
};
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{InvoiceRef, SessionRef, UpoRef};
use ksef_core::secret::SecretText;
use ksef_invoice::document::InvoiceDocument;
use ksef_sdk::session::{
    BatchOptions, DuplicateVerdict, InvoiceBytes, Keeper, PartProgress, Parts, SendOptions,
    Uploading, resolve_duplicate,
};
use ksef_sdk::{Client, Error as SdkError, ErrorKind};

use super::journal::JournalFile;
use super::journal::event::Event;
use super::package::{Opened, SealedPackage};
use super::remote::{Declared, Duplicate, PackageTrouble, Remote, SendTrouble};
use crate::error::Error;

/// KSeF in one context, with a journal.
#[derive(Debug)]
pub(crate) struct SdkRemote {
    client: Client,
    keeper: Keeper,
    journal: Arc<JournalFile>,
    /// Links to UPOs that came with statuses; no request limit counts them.
    links: RefCell<HashMap<KsefNumber, SecretText>>,
}

impl SdkRemote {
    /// Of this client, which writes this journal.
    pub(crate) fn new(client: &Client, journal: Arc<JournalFile>) -> Self {
        Self {
            client: client.clone(),
            keeper: Keeper::new(client.clone(), Arc::clone(&journal) as _),
            journal,
            links: RefCell::default(),
        }
    }

    fn remember_link(&self, invoice: &SessionInvoice) {
        if let (Some(number), Some(link)) = (invoice.ksef_number, &invoice.upo_download_url) {
            self.links.borrow_mut().insert(number, link.clone());
        }
    }
}

impl Remote for SdkRemote {
    async fn send(
        &self,
        document: &InvoiceDocument,
        form: &FormCode,
        declared: Declared,
    ) -> Result<(SessionRef, InvoiceRef), SendTrouble> {
        let bytes = InvoiceBytes::new(document.bytes().to_vec());
        // The plan has judged it, or the user does not want that.
        let options = SendOptions::new(form.clone()).without_validation();
        let options = match declared {
            Declared {
                corrects: Some(rejected),
                ..
            } => options.with_corrected_invoice(rejected),
            Declared { offline: true, .. } => options.with_offline(),
            Declared { .. } => options,
        };
        match self.keeper.send(&bytes, &options).await {
            Ok(sent) => Ok((sent.session, sent.invoice)),
            Err(error) => Err(trouble(&error)),
        }
    }

    async fn close(&self, session: SessionRef) -> Result<(), Error> {
        Ok(self.keeper.close_only(session).await?)
    }

    async fn batch_invoices_max(&self) -> usize {
        match self.client.context_limits().await {
            Ok(limits) => usize::try_from(limits.batch_session.max_invoices).unwrap_or(usize::MAX),
            Err(error) => {
                tracing::debug!(%error, "the limits of the context are not known");
                BATCH_INVOICES_MAX
            }
        }
    }

    async fn open_batch(
        &self,
        form: &FormCode,
        offline: bool,
        package: &SealedPackage,
    ) -> Result<OpenedBatchSession, PackageTrouble> {
        let options = BatchOptions::default();
        let options = if offline {
            options.with_offline_mode()
        } else {
            options
        };
        self.client
            .open_batch_session(form, &package.file(), package.key(), &options)
            .await
            .map_err(|error| match (throttled(&error), error.kind()) {
                (Some(wait), _) => PackageTrouble::Throttled(wait, error.into()),
                (None, ErrorKind::Rejected) => PackageTrouble::Over(error.into()),
                (None, _) => PackageTrouble::Stopped(error.into()),
            })
    }

    async fn upload(
        &self,
        package: &Arc<SealedPackage>,
        opened: &Opened,
        parts: &[u32],
        told: Arc<dyn Fn(PartProgress) + Send + Sync>,
    ) -> Result<(), PackageTrouble> {
        let (journal, session) = (Arc::clone(&self.journal), opened.session);
        let how = Uploading::default()
            .with_deadline(opened.until)
            .with_progress(move |progress| {
                if progress.is_stored {
                    let part = progress.ordinal_number;
                    // Without this line the part is uploaded again, which does no harm.
                    if let Err(fault) = journal.append(&[Event::PartUploaded { session, part }]) {
                        tracing::warn!(?fault, "the journal cannot be written");
                    }
                }
                told(progress);
            });
        let wanted: Vec<PartUpload> = opened
            .uploads
            .iter()
            .filter(|upload| parts.contains(&upload.ordinal_number))
            .cloned()
            .collect();
        let source: Arc<dyn Parts> = Arc::clone(package) as _;
        self.client
            .upload_batch_parts(&wanted, &package.file(), &source, &how)
            .await
            .map_err(|error| match error.kind() {
                // The address has ended, or the parts are not what they were.
                ErrorKind::Forbidden | ErrorKind::Rejected | ErrorKind::Unreadable => {
                    PackageTrouble::Over(error.into())
                }
                _ => PackageTrouble::Stopped(error.into()),
            })
    }

    async fn close_batch(&self, session: SessionRef) -> Result<(), PackageTrouble> {
        let closed = self.client.close_batch_session(session, CLOSING_MAX).await;
        closed.map_err(|error| {
            let is_certain = error.is_certainly_not_done();
            if let Some(wait) = throttled(&error) {
                PackageTrouble::Throttled(wait, error.into())
            } else if is_certain && PARTS_AMISS.iter().any(|&code| error.has_code(code)) {
                PackageTrouble::PartMissing(error.into())
            } else if is_certain && *error.kind() == ErrorKind::Rejected {
                PackageTrouble::Over(error.into())
            } else {
                PackageTrouble::Stopped(error.into())
            }
        })
    }

    async fn session(&self, session: SessionRef) -> Result<Option<Session>, Error> {
        match self.client.session(session).await {
            Ok(state) => Ok(Some(state)),
            Err(error) if error.has_code(NO_SESSION) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn invoices(&self, session: SessionRef) -> Result<Vec<SessionInvoice>, Error> {
        let mut pages = std::pin::pin!(self.client.session_invoices(session));
        let mut all = Vec::new();
        loop {
            match pages.try_next().await {
                Ok(Some(page)) => all.extend(page),
                Ok(None) => break,
                Err(error) if error.has_code(NO_SESSION) => break,
                Err(error) => return Err(error.into()),
            }
        }
        for invoice in &all {
            self.remember_link(invoice);
        }
        Ok(all)
    }

    async fn invoice(
        &self,
        session: SessionRef,
        invoice: InvoiceRef,
    ) -> Result<SessionInvoice, Error> {
        let state = self.client.session_invoice(session, invoice).await?;
        self.remember_link(&state);
        Ok(state)
    }

    async fn resolve_duplicate(
        &self,
        status: &InvoiceStatusInfo,
        hash: Sha256Digest,
    ) -> Result<Duplicate, Error> {
        let verdict = resolve_duplicate(&self.client, status, hash, STORING_MAX).await?;
        Ok(match verdict {
            DuplicateVerdict::Mine(number) => {
                Duplicate::Mine(number, status.original_session_reference_number())
            }
            DuplicateVerdict::Conflict(number) => Duplicate::Conflict(number),
            DuplicateVerdict::Unknown(_) => Duplicate::Unknown,
        })
    }

    async fn invoice_upo(
        &self,
        session: SessionRef,
        number: KsefNumber,
    ) -> Result<Option<Vec<u8>>, Error> {
        let link = self.links.borrow_mut().remove(&number);
        if let Some(link) = link {
            match self.client.download(&link).await {
                Ok(downloaded) => return Ok(Some(downloaded.bytes.to_vec())),
                Err(error) => tracing::debug!(%number, %error, "the link to the UPO failed"),
            }
        }
        match self.client.upo_of_ksef_number(session, number).await {
            Ok(downloaded) => Ok(Some(downloaded.bytes.to_vec())),
            Err(error) => absent(error),
        }
    }

    async fn session_upo(
        &self,
        session: SessionRef,
        page: UpoRef,
    ) -> Result<Option<Vec<u8>>, Error> {
        match self.client.upo_of_session(session, page).await {
            Ok(downloaded) => Ok(Some(downloaded.bytes.to_vec())),
            Err(error) => absent(error),
        }
    }

    async fn document(&self, number: KsefNumber) -> Result<Option<Vec<u8>>, Error> {
        match self.client.invoice(number, STORING_MAX).await {
            Ok(downloaded) => Ok(Some(downloaded.bytes.to_vec())),
            Err(error) => absent(error),
        }
    }
}

/// What a failed send means for the invoice.
fn trouble(error: &SdkError) -> SendTrouble {
    if error.is_outcome_unknown() {
        return SendTrouble::Unknown(error.clone().into());
    }
    if let Some(wait) = throttled(error) {
        return SendTrouble::Throttled(wait, error.clone().into());
    }
    let is_about_the_invoice = OF_THE_INVOICE.iter().any(|&code| error.has_code(code));
    let first = error.problem().and_then(|problem| problem.errors.first());
    match first {
        Some(first) if is_about_the_invoice => SendTrouble::Refused {
            code: first.code,
            description: first.description.clone(),
            details: first.details.clone(),
        },
        _ => SendTrouble::Stopped(error.clone().into()),
    }
}

/// How long KSeF wants to be left alone, when that is why it did not take the request.
fn throttled(error: &SdkError) -> Option<Duration> {
    match error.kind() {
        ErrorKind::Throttled { retry_after } => *retry_after,
        _ => None,
    }
}

/// What KSeF does not have, or not for us, is no reason to stop.
fn absent<T>(error: SdkError) -> Result<Option<T>, Error> {
    match error.kind() {
        ErrorKind::Rejected | ErrorKind::Forbidden => {
            tracing::debug!(%error, "not available");
            Ok(None)
        }
        _ => Err(error.into()),
    }
}

/// 21173: no such session.
const NO_SESSION: i32 = 21_173;
/// Refusals of a request that speak of this invoice and no other: technical correction, size, digest, its fields.
const OF_THE_INVOICE: [i32; 5] = [21_166, 21_167, 21_402, 21_403, 21_405];
/// A part is missing, or has another size than was declared.
const PARTS_AMISS: [i32; 2] = [21_205, 21_157];
/// What a batch session takes unless the context has a limit of its own.
const BATCH_INVOICES_MAX: usize = 10_000;
/// How long a session that was just opened may be unknown to KSeF, and a failing KSeF is asked again.
const CLOSING_MAX: Duration = Duration::from_secs(30);
/// How long an accepted invoice may take until it can be read.
const STORING_MAX: Duration = Duration::from_secs(30);

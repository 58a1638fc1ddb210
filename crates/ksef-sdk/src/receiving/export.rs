//! Exports: started, waited for, downloaded part by part.

use std::time::Duration;

use ksef_api::ops::invoices::{
    CompressionType, Export, ExportInvoices, GetExport, InvoiceFilters, InvoicePackage,
};
use ksef_api::status::{ExportStatus, StatusClass};
use ksef_core::reference::ExportRef;
use ksef_crypto::session_key::SessionKey;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::{Error, ErrorKind, FailedStatus};
use crate::retry::PollDelays;

/// How a package is made.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    only_metadata: bool,
    compression: CompressionType,
}

impl Default for ExportOptions {
    /// Documents and metadata, as `.tar.gz`: about a third of the size of a ZIP of invoices.
    fn default() -> Self {
        Self {
            only_metadata: false,
            compression: CompressionType::TarGz,
        }
    }
}

impl ExportOptions {
    /// Only `_metadata.json`, without the documents.
    #[must_use]
    pub const fn with_only_metadata(mut self) -> Self {
        self.only_metadata = true;
        self
    }

    /// In this form.
    #[must_use]
    pub fn with_compression(mut self, compression: CompressionType) -> Self {
        self.compression = compression;
        self
    }
}

/// An export that was started, with the key that its parts will be encrypted with. The key exists here alone: keep it
/// before the process ends, or the package is lost.
#[derive(Debug, Clone)]
pub struct RunningExport {
    reference: ExportRef,
    key: SessionKey,
}

impl RunningExport {
    /// An export that was started earlier.
    #[must_use]
    pub const fn from_parts(reference: ExportRef, key: SessionKey) -> Self {
        Self { reference, key }
    }

    /// Its name.
    #[must_use]
    pub const fn reference(&self) -> ExportRef {
        self.reference
    }

    /// The key of its parts.
    #[must_use]
    pub const fn key(&self) -> &SessionKey {
        &self.key
    }

    /// Asks for its status.
    #[must_use]
    pub fn poller(&self, client: &Client) -> ExportPoller {
        ExportPoller {
            client: client.clone(),
            export: self.reference,
            last_code: None,
        }
    }
}

impl Client {
    /// Starts an export of the invoices that fit these filters, with a fresh key. The range of dates is 100 days at most.
    ///
    /// A package holds 10 000 invoices, and 1 GB, at most: see [`InvoicePackage::is_truncated`]. Ten exports may run at
    /// once; no operation lists them, so keep their references.
    ///
    /// # Errors
    /// What the server answered: 21181, 21182, 21405. After an unknown outcome an export may be running whose name and
    /// package nobody gets; it only takes one of the ten places until it ends.
    pub async fn start_export(
        &self,
        filters: &InvoiceFilters,
        options: &ExportOptions,
    ) -> Result<RunningExport, Error> {
        let key = SessionKey::generate()?;
        let reference = self.start_export_with_key(filters, options, &key).await?;
        Ok(RunningExport { reference, key })
    }

    /// The same with a key of the caller's, who can keep it before KSeF is asked.
    ///
    /// # Errors
    /// As [`Client::start_export`].
    pub async fn start_export_with_key(
        &self,
        filters: &InvoiceFilters,
        options: &ExportOptions,
        key: &SessionKey,
    ) -> Result<ExportRef, Error> {
        let answer = self
            .call_with_key(key, |encryption| {
                let request = ExportInvoices::new(filters.clone(), encryption)
                    .with_compression(options.compression.clone());
                match options.only_metadata {
                    true => request.with_only_metadata(),
                    false => request,
                }
            })
            .await?;
        Ok(answer.value.reference_number)
    }

    /// Status of an export, with fresh links to its parts once it is ready.
    ///
    /// # Errors
    /// What the server answered: 21175 when it knows no such export, HTTP 410 after seven days.
    pub async fn export(&self, export: ExportRef) -> Result<Export, Error> {
        Ok(self.call(&GetExport::new(export)).await?.value)
    }
}

/// Asks for the status of an export until its package is ready.
#[derive(Debug)]
pub struct ExportPoller {
    client: Client,
    export: ExportRef,
    last_code: Option<i32>,
}

impl ExportPoller {
    /// Asks once: the package when it is ready; `None` while it is being made.
    ///
    /// # Errors
    /// [`ErrorKind::Status`] when it never will be: 210 when it was and is not kept any more, 415, 420, 500, 550; what
    /// the server answered.
    pub async fn poll(&mut self) -> Result<Option<InvoicePackage>, Error> {
        let export = self.client.export(self.export).await?;
        self.last_code = Some(export.status.code);
        let status = export.export_status();
        match (status.class(), export.package) {
            (StatusClass::Pending, _) => Ok(None),
            (StatusClass::Done, Some(package)) if status != ExportStatus::Expired => {
                Ok(Some(package))
            }
            _ => Err(Error::new(ErrorKind::Status(FailedStatus {
                resource: RESOURCE,
                code: export.status.code,
                description: export.status.description,
                details: export.status.details,
            }))),
        }
    }

    /// Asks until the package is ready.
    ///
    /// # Errors
    /// As [`ExportPoller::poll`]; [`ErrorKind::Pending`] when it is not ready within `wait_max`.
    pub async fn until_ready(&mut self, wait_max: Duration) -> Result<InvoicePackage, Error> {
        let began = Instant::now();
        let mut delays = PollDelays::new(DELAY_FIRST, DELAY_MAX);
        loop {
            if let Some(package) = self.poll().await? {
                return Ok(package);
            }
            let wait = delays.next();
            if began.elapsed() + wait > wait_max {
                return Err(Error::new(ErrorKind::Pending {
                    resource: RESOURCE,
                    code: self.last_code,
                }));
            }
            tokio::time::sleep(wait).await;
        }
    }
}

const RESOURCE: &str = "export";
const DELAY_FIRST: Duration = Duration::from_millis(200);
/// The status may be asked for 60 times a minute.
const DELAY_MAX: Duration = Duration::from_secs(5);

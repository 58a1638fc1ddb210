//! The steps of a batch session: open, upload the parts, close. Its status, invoices and UPO are those of every session.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use ksef_api::ops::invoices::CompressionType;
use ksef_api::ops::sessions::{
    BatchFile, BatchFilePart, CloseBatchSession, OpenBatchSession, OpenedBatchSession, PartUpload,
};
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use ksef_crypto::digest::sha256;
use ksef_crypto::session_key::SessionKey;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::Error;
use crate::retry::PollDelays;

/// How a batch session is opened.
#[derive(Debug, Clone, Default)]
pub struct BatchOptions {
    is_offline: bool,
    features: Vec<String>,
}

impl BatchOptions {
    /// Declares that all invoices of the package were issued offline.
    #[must_use]
    pub const fn with_offline_mode(mut self) -> Self {
        self.is_offline = true;
        self
    }

    /// With a feature flag, for example `upo-v4-3`.
    #[must_use]
    pub fn with_feature(mut self, flag: impl Into<String>) -> Self {
        self.features.push(flag.into());
        self
    }
}

/// An archive cut into parts, each encrypted on its own with one fresh key. Held in memory: for packages that fit.
#[derive(Debug, Clone)]
pub struct SealedPackage {
    key: SessionKey,
    file: BatchFile,
    parts: Vec<Bytes>,
}

impl SealedPackage {
    /// Seals a finished archive in parts of at most so many bytes, 100 000 000 at most.
    ///
    /// # Errors
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) for an empty archive and for parts of no size;
    /// [`ErrorKind::Crypto`](crate::ErrorKind::Crypto), in theory.
    pub fn seal(
        archive: &[u8],
        compression: CompressionType,
        part_bytes_max: usize,
    ) -> Result<Self, Error> {
        if archive.is_empty() {
            return Err(Error::misuse("an empty archive cannot be sent"));
        }
        if part_bytes_max == 0 || part_bytes_max > PART_BYTES_MAX {
            return Err(Error::misuse("parts have 1 to 100 000 000 bytes"));
        }
        let key = SessionKey::generate()?;
        let parts: Vec<Bytes> = archive
            .chunks(part_bytes_max)
            .map(|part| key.encrypt(part).map(Bytes::from))
            .collect::<Result<_, _>>()?;
        let declared = (1..)
            .zip(&parts)
            .map(|(ordinal_number, part)| BatchFilePart {
                ordinal_number,
                file_size: wide(part.len()),
                file_hash: sha256(part),
            });
        let file = BatchFile::new(
            (sha256(archive), wide(archive.len())),
            compression,
            declared,
        );
        Ok(Self { key, file, parts })
    }

    /// The key of the session.
    #[must_use]
    pub const fn key(&self) -> &SessionKey {
        &self.key
    }

    /// The package as it is declared.
    #[must_use]
    pub const fn file(&self) -> &BatchFile {
        &self.file
    }

    /// The encrypted part of this number, from 1.
    #[must_use]
    pub fn part(&self, ordinal_number: u32) -> Option<&Bytes> {
        let index = usize::try_from(ordinal_number).ok()?.checked_sub(1)?;
        self.parts.get(index)
    }
}

impl Client {
    /// Opens a batch session for a package that is encrypted with this key.
    ///
    /// When KSeF does not know the public key (21470), the keys are fetched anew and the opening repeated once.
    ///
    /// # Errors
    /// What the server answered: 21157, 21161, 21405. After an unknown outcome a session may be open whose name nobody
    /// knows: nothing is uploaded into it, and KSeF cancels it.
    pub async fn open_batch_session(
        &self,
        form: &FormCode,
        file: &BatchFile,
        key: &SessionKey,
        options: &BatchOptions,
    ) -> Result<OpenedBatchSession, Error> {
        let answer = self
            .call_with_key(key, |encryption| {
                let request = OpenBatchSession::new(form.clone(), file.clone(), encryption);
                let request = match options.is_offline {
                    true => request.with_offline_mode(),
                    false => request,
                };
                options
                    .features
                    .iter()
                    .fold(request, |request, flag| request.with_feature(flag.as_str()))
            })
            .await?;
        Ok(answer.value)
    }

    /// Uploads an encrypted part exactly as the server wants it, without a bearer. Uploading it again before the
    /// session is closed replaces it.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) when the address has ended;
    /// [`ErrorKind::Protocol`](crate::ErrorKind::Protocol) for an address that is not followed. No error shows it.
    pub async fn upload_batch_part(&self, upload: &PartUpload, part: Bytes) -> Result<(), Error> {
        let method = Method::from_bytes(upload.method.trim().as_bytes())
            .map_err(|_| Error::protocol("the method of the upload is none"))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &upload.headers {
            let Some(value) = value else { continue };
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_str(value);
            match (name, value) {
                (Ok(name), Ok(value)) => headers.append(name, value),
                _ => return Err(Error::protocol("a header of the upload cannot be sent")),
            };
        }
        self.store_part(&upload.url, method, headers, part).await
    }

    /// Closes a batch session, after which its package is processed. A session that is closed already counts as closed.
    ///
    /// For some seconds after the opening KSeF may not know the session yet (21173); that is waited for, up to
    /// `wait_max`.
    ///
    /// # Errors
    /// What the server answered: 21157, 21173, 21205 when a part is missing, 21208 when the time for uploading is over.
    pub async fn close_batch_session(
        &self,
        session: SessionRef,
        wait_max: Duration,
    ) -> Result<(), Error> {
        let began = Instant::now();
        let mut delays = PollDelays::new(Duration::from_millis(500), Duration::from_secs(2));
        loop {
            let error = match self.call(&CloseBatchSession::new(session)).await {
                Ok(_) => return Ok(()),
                Err(error) if error.has_code(NOT_OPEN) => return Ok(()),
                Err(error) => error,
            };
            let wait = delays.next();
            if !error.has_code(NOT_KNOWN_YET) || began.elapsed() + wait > wait_max {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
        }
    }
}

fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// 21173: no such session.
const NOT_KNOWN_YET: i32 = 21_173;
/// 21180: the status of the session does not allow it, here because it is closed.
const NOT_OPEN: i32 = 21_180;
/// The largest part that KSeF takes, before encryption.
const PART_BYTES_MAX: usize = 100_000_000;

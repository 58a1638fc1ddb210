//! Uploading the parts of a package, several at once.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::sessions::{BatchFile, BatchFilePart, PartUpload};

use super::Parts;
use super::body::PartBody;
use crate::client::{Client, Upload};
use crate::error::Error;

/// How far the upload of a part has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartProgress {
    /// The part, from 1.
    pub ordinal_number: u32,
    /// Bytes handed to the connection in the current attempt, which begins at 0 again when it is repeated.
    pub sent: u64,
    /// Bytes of the part.
    pub size: u64,
    /// Whether the storage has all of it.
    pub is_stored: bool,
}

/// Gets told how far uploads have come. It must not block.
type Told = Arc<dyn Fn(PartProgress) + Send + Sync>;

/// How parts are uploaded.
#[derive(Clone)]
#[must_use]
pub struct Uploading {
    lanes: usize,
    deadline: Option<Timestamp>,
    attempts_max: u32,
    told: Option<Told>,
}

impl Default for Uploading {
    /// Four parts at once, each tried five times, until its address refuses.
    fn default() -> Self {
        Self {
            lanes: 4,
            deadline: None,
            attempts_max: 5,
            told: None,
        }
    }
}

impl Uploading {
    /// So many parts at once; zero counts as one.
    pub fn with_lanes(mut self, lanes: usize) -> Self {
        self.lanes = lanes.max(1);
        self
    }

    /// Nothing is tried again after this instant; see [`Uploading::ends_at`].
    pub fn with_deadline(mut self, deadline: Timestamp) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Each part is tried so often; zero counts as one.
    pub fn with_attempts_max(mut self, attempts: u32) -> Self {
        self.attempts_max = attempts.max(1);
        self
    }

    /// Calls `told` with each step of each part.
    pub fn with_progress(mut self, told: impl Fn(PartProgress) + Send + Sync + 'static) -> Self {
        self.told = Some(Arc::new(told));
        self
    }

    /// When the addresses of a session end: twenty minutes for each part after its opening. What was begun before may
    /// still be finished.
    #[must_use]
    pub fn ends_at(opened: Timestamp, parts: usize) -> Timestamp {
        let minutes = i64::try_from(parts).unwrap_or(i64::MAX).saturating_mul(20);
        opened
            .checked_add(SignedDuration::from_mins(minutes.min(LIFE_MINUTES_MAX)))
            .unwrap_or(Timestamp::MAX)
    }

    fn tell(&self, progress: PartProgress) {
        if let Some(told) = &self.told {
            told(progress);
        }
    }
}

impl fmt::Debug for Uploading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploading")
            .field("lanes", &self.lanes)
            .field("deadline", &self.deadline)
            .field("attempts_max", &self.attempts_max)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Uploads the parts of a package, several at once, each streamed and with a retry of its own: exactly as the
    /// server wants it, without a bearer, to the host of the API or beside it. `uploads` says which; uploading a part
    /// again before the session is closed replaces it.
    ///
    /// # Errors
    /// The first part that failed; others may have been stored.
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) when its address has ended;
    /// [`ErrorKind::Unreadable`](crate::ErrorKind::Unreadable) when `parts` does not yield what `file` declares;
    /// [`ErrorKind::Protocol`](crate::ErrorKind::Protocol) for an address that is not followed. No error shows it.
    pub async fn upload_batch_parts(
        &self,
        uploads: &[PartUpload],
        file: &BatchFile,
        parts: &Arc<dyn Parts>,
        how: &Uploading,
    ) -> Result<(), Error> {
        stream::iter(uploads)
            .map(|upload| {
                let declared = file
                    .file_parts
                    .iter()
                    .find(|part| part.ordinal_number == upload.ordinal_number);
                async move {
                    let declared = declared.ok_or_else(|| {
                        Error::protocol("an upload of a part that was not declared")
                    })?;
                    self.upload_batch_part(upload, declared, parts, how).await
                }
            })
            .buffer_unordered(how.lanes)
            .try_collect()
            .await
    }

    /// Uploads one part.
    ///
    /// # Errors
    /// As [`Client::upload_batch_parts`].
    pub async fn upload_batch_part(
        &self,
        upload: &PartUpload,
        declared: &BatchFilePart,
        parts: &Arc<dyn Parts>,
        how: &Uploading,
    ) -> Result<(), Error> {
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
        let (ordinal_number, size) = (declared.ordinal_number, declared.file_size);
        let progress = |sent, is_stored| PartProgress {
            ordinal_number,
            sent,
            size,
            is_stored,
        };
        let body = || {
            let how = how.clone();
            how.tell(progress(0, false));
            PartBody::begin(Arc::clone(parts), *declared, move |sent| {
                how.tell(PartProgress {
                    ordinal_number,
                    sent,
                    size,
                    is_stored: false,
                });
            })
        };
        let request = Upload {
            method,
            headers,
            bytes: size,
            attempts_max: how.attempts_max,
            patience: self.left(how),
        };
        self.store_part(&upload.url, &request, body).await?;
        how.tell(progress(size, true));
        Ok(())
    }

    /// How long a part may be tried.
    fn left(&self, how: &Uploading) -> Duration {
        let Some(deadline) = how.deadline else {
            return PATIENCE_MAX;
        };
        let left = deadline.duration_since(self.clock().now());
        Duration::try_from(left)
            .unwrap_or_default()
            .min(PATIENCE_MAX)
    }
}

/// Fifty parts of twenty minutes.
const LIFE_MINUTES_MAX: i64 = 1_000;
const PATIENCE_MAX: Duration = Duration::from_secs(60_000);

//! A batch session: open, upload the parts, close. Its status, invoices and UPO are those of every session.

mod body;
mod package;
mod upload;

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use ksef_api::ops::sessions::{BatchFile, CloseBatchSession, OpenBatchSession, OpenedBatchSession};
use ksef_api::status::SessionStatus;
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use ksef_crypto::package::build::BuildOptions;
use ksef_crypto::session_key::SessionKey;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::Error;
use crate::retry::PollDelays;

pub(crate) use body::Unreadable;
pub use package::{FileVerdict, Package, SentBatch, batch_file};
pub use upload::{PartProgress, Uploading};

/// Where the encrypted parts of a package come from, as often as wanted: files, or a package that is made again.
pub trait Parts: fmt::Debug + Send + Sync + 'static {
    /// Writes the encrypted bytes of the part of this number, from 1. It may block; it runs on a thread for that.
    ///
    /// # Errors
    /// The part cannot be read, or the writer refuses. It is not asked for again.
    fn write_part(&self, ordinal_number: u32, writer: &mut dyn Write) -> io::Result<()>;
}

/// How a batch session is opened, and how [`Client::send_batch`] makes and uploads its package.
#[derive(Debug, Clone, Default)]
pub struct BatchOptions {
    is_offline: bool,
    features: Vec<String>,
    build: BuildOptions,
    uploading: Uploading,
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

    /// Packs in this way; without it `.tar.gz` on all cores.
    #[must_use]
    pub fn with_build(mut self, build: BuildOptions) -> Self {
        self.build = build;
        self
    }

    /// Uploads in this way.
    #[must_use]
    pub fn with_uploading(mut self, uploading: Uploading) -> Self {
        self.uploading = uploading;
        self
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

    /// Closes a batch session, after which its package is processed. A session that is closed already counts as closed,
    /// and when no answer comes its status tells.
    ///
    /// For some seconds after the opening KSeF may not know the session yet (21173); that is waited for, up to
    /// `wait_max`.
    ///
    /// # Errors
    /// What the server answered: 21157, 21173, 21205 when a part is missing, 21208 when the time for uploading is over.
    /// [`Error::is_certainly_not_done`]: the session is not closed. Otherwise it may be, or may soon be: call this again.
    pub async fn close_batch_session(
        &self,
        session: SessionRef,
        wait_max: Duration,
    ) -> Result<(), Error> {
        let began = Instant::now();
        let mut delays = PollDelays::new(Duration::from_millis(500), Duration::from_secs(2));
        // Whether an earlier attempt may still close it, whatever is answered to a later one.
        let mut is_in_doubt = false;
        loop {
            let error = match self.call(&CloseBatchSession::new(session)).await {
                Ok(_) => return Ok(()),
                Err(error) if error.has_code(NOT_OPEN) => return Ok(()),
                Err(error) => error,
            };
            let is_unknown = !error.is_certainly_not_done();
            is_in_doubt |= is_unknown;
            if is_unknown
                && let Ok(state) = self.session(session).await
                && state.session_status() != SessionStatus::Open
            {
                return Ok(());
            }
            let wait = delays.next().max(error.retry_after().unwrap_or_default());
            let may_help = is_unknown || error.has_code(NOT_KNOWN_YET);
            if !may_help || began.elapsed() + wait > wait_max {
                return Err(match is_in_doubt {
                    true => error.into_outcome_unknown(),
                    false => error,
                });
            }
            tokio::time::sleep(wait).await;
        }
    }
}

/// 21173: no such session.
const NOT_KNOWN_YET: i32 = 21_173;
/// 21180: the status of the session does not allow it, here because it is closed.
const NOT_OPEN: i32 = 21_180;

//! The end of a session: its verdict and its UPO.

use std::time::Duration;

use bytes::Bytes;
use ksef_api::decode::Downloaded;
use ksef_api::ops::sessions::{Session, UpoPage};
use ksef_api::status::{SessionStatus, StatusClass};
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{SessionRef, UpoRef};
use ksef_crypto::digest::sha256;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::retry::PollDelays;

/// A session with its final status: processed, cancelled because it was empty, or failed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ClosedSession {
    /// Its name.
    pub session: SessionRef,
    /// Its status and counts.
    pub status: Session,
    /// Its UPO; empty unless the session was processed with at least one accepted invoice.
    pub upo: Vec<UpoDocument>,
}

impl ClosedSession {
    /// Whether at least one invoice was accepted.
    #[must_use]
    pub fn is_processed(&self) -> bool {
        self.status.session_status().class() == StatusClass::Done
    }
}

/// A page of a session's UPO, or the UPO of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpoDocument {
    /// Its name.
    pub reference: UpoRef,
    /// The XML with KSeF's signature, byte for byte.
    pub bytes: Bytes,
    /// SHA-256 of the bytes; compared with the one that KSeF sent along, where it did.
    pub hash: Sha256Digest,
}

/// Asks for the status of a session until it is final.
#[derive(Debug)]
pub struct SessionPoller {
    client: Client,
    session: SessionRef,
    last_code: Option<i32>,
}

impl SessionPoller {
    /// Of this session.
    #[must_use]
    pub fn new(client: &Client, session: SessionRef) -> Self {
        Self {
            client: client.clone(),
            session,
            last_code: None,
        }
    }

    /// Asks once: the session when its status is final; `None` while it is open or being processed.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn poll(&mut self) -> Result<Option<Session>, Error> {
        let session = self.client.session(self.session).await?;
        self.last_code = Some(session.status.code);
        Ok(session
            .session_status()
            .class()
            .is_final()
            .then_some(session))
    }

    /// Asks until the status is final, then fetches the UPO.
    ///
    /// A session that KSeF cancelled because it was empty (440), or in which no invoice was accepted (445), is closed
    /// too: look at its status.
    ///
    /// # Errors
    /// [`ErrorKind::Pending`] when it is not final within `wait_max`; what the server answered.
    pub async fn until_final(mut self, wait_max: Duration) -> Result<ClosedSession, Error> {
        let began = Instant::now();
        let mut delays = PollDelays::new(DELAY_FIRST, DELAY_MAX);
        loop {
            if let Some(status) = self.poll().await? {
                let upo = upo(&self.client, self.session, &status).await?;
                return Ok(ClosedSession {
                    session: self.session,
                    status,
                    upo,
                });
            }
            let wait = delays.next();
            if began.elapsed() + wait > wait_max {
                let code = self.last_code;
                return Err(Error::new(ErrorKind::Pending {
                    resource: "session",
                    code,
                }));
            }
            tokio::time::sleep(wait).await;
        }
    }
}

/// Closes a session, and finds out whether it is closed when the answer is lost.
pub(super) async fn close(client: &Client, session: SessionRef) -> Result<(), Error> {
    let error = match client.close_session(session).await {
        Err(error) if error.is_retryable() || error.is_outcome_unknown() => error,
        outcome => return outcome,
    };
    match client.session(session).await {
        Ok(status) if status.session_status() != SessionStatus::Open => Ok(()),
        _ => Err(error),
    }
}

async fn upo(
    client: &Client,
    session: SessionRef,
    status: &Session,
) -> Result<Vec<UpoDocument>, Error> {
    let mut documents = Vec::with_capacity(status.upo_pages().len());
    for page in status.upo_pages() {
        let downloaded = upo_page(client, session, page).await?;
        documents.push(UpoDocument {
            reference: page.reference_number,
            hash: downloaded
                .meta_hash
                .unwrap_or_else(|| sha256(&downloaded.bytes)),
            bytes: downloaded.bytes,
        });
    }
    Ok(documents)
}

/// By its link, which no request limit counts; by the API where the link fails.
async fn upo_page(
    client: &Client,
    session: SessionRef,
    page: &UpoPage,
) -> Result<Downloaded, Error> {
    match client.download(&page.download_url).await {
        Ok(downloaded) => Ok(downloaded),
        Err(error) => {
            tracing::debug!(%session, %error, "the link to the UPO failed, asking the API");
            client.upo_of_session(session, page.reference_number).await
        }
    }
}

const DELAY_FIRST: Duration = Duration::from_millis(200);
const DELAY_MAX: Duration = Duration::from_secs(3);

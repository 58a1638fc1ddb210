//! Latarnia, the Ministry's service that tells how KSeF is.
//!
//! Advice, never a condition: it fails on its own, and the one of the test environment says always the same. Ask KSeF
//! itself whether it can be reached; ask Latarnia which offline mode applies when it cannot. Nothing in this crate
//! depends on its answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, header};
use ksef_api::latarnia::{MESSAGES_PATH, STATUS_PATH};
use serde::de::DeserializeOwned;

use crate::caller::Caller;
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::transport::Failure;

pub use ksef_api::latarnia::{Message, MessageCategory, MessageType, SystemState, SystemStatus};

/// A client of Latarnia. Cheap to clone.
///
/// ```no_run
/// # async fn f(client: ksef_sdk::Client) {
/// if let Some(latarnia) = client.latarnia()
///     && let Some(system) = latarnia.advice().await
/// {
///     println!("KSeF: {}", system.status);
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Latarnia {
    caller: Arc<Caller>,
    base: String,
    wait_max: Duration,
}

impl Client {
    /// The Latarnia of the client's environment; `None` where there is none.
    ///
    /// Production has its own, test and demo share one. An environment of one's own has the one that
    /// [`Environment::with_beacon_base`](ksef_core::environment::Environment::with_beacon_base) names.
    #[must_use]
    pub fn latarnia(&self) -> Option<Latarnia> {
        let caller = self.shared_caller();
        let base = caller.environment.beacon_base()?.to_owned();
        Some(Latarnia {
            caller,
            base,
            wait_max: WAIT_MAX,
        })
    }
}

impl Latarnia {
    /// Waits at most this long for an answer; 5 s unless given.
    #[must_use]
    pub fn with_wait_max(mut self, wait: Duration) -> Self {
        self.wait_max = wait;
        self
    }

    /// How KSeF is.
    ///
    /// # Errors
    /// [`ErrorKind::Unreachable`] and [`ErrorKind::Server`] when Latarnia is down, [`ErrorKind::Protocol`] when it says
    /// something else. None of them says anything about KSeF.
    pub async fn status(&self) -> Result<SystemStatus, Error> {
        self.ask(STATUS_PATH).await
    }

    /// The published messages, those of the past too.
    ///
    /// # Errors
    /// As [`Latarnia::status`].
    pub async fn messages(&self) -> Result<Vec<Message>, Error> {
        self.ask(MESSAGES_PATH).await
    }

    /// How KSeF is, or `None` when Latarnia does not tell.
    pub async fn advice(&self) -> Option<SystemStatus> {
        match self.status().await {
            Ok(status) => Some(status),
            Err(error) => {
                tracing::debug!(%error, "Latarnia does not tell");
                None
            }
        }
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let outcome = tokio::time::timeout(self.wait_max, self.exchange(path)).await;
        let outcome = outcome.unwrap_or_else(|_| {
            let late = "Latarnia did not answer in time";
            Err(Error::new(ErrorKind::Unreachable).with_source(late))
        });
        outcome.map_err(|error| error.at(LATARNIA))
    }

    async fn exchange<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let mut request = http::Request::new(Bytes::new());
        *request.uri_mut() = format!("{}{path}", self.base).parse().map_err(|error| {
            Error::misuse("the address of Latarnia is no URL").with_source(Box::new(error))
        })?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, json);
        let received = self.caller.transport.exchange(request).await;
        let received = received.map_err(|failure| match failure {
            Failure::Unsendable(source) | Failure::Unreadable(source) => {
                Error::misuse("the request cannot be sent").with_source(source)
            }
            Failure::NotConnected { source, .. } | Failure::Lost(source) => {
                Error::new(ErrorKind::Unreachable).with_source(source)
            }
            Failure::TooLong { .. } => Error::protocol("the answer is too long"),
        })?;
        if !received.status.is_success() {
            let status = received.status;
            return Err(Error::new(ErrorKind::Server).with_source(format!("status {status}")));
        }
        serde_json::from_slice(&received.body).map_err(Error::protocol)
    }
}

/// The name of the service in errors.
const LATARNIA: &str = "latarnia";
/// It is advice: nobody waits long for it.
const WAIT_MAX: Duration = Duration::from_secs(5);

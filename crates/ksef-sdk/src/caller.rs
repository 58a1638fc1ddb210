//! Calls with their repeats, without any knowledge of who is signed in.

use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use ksef_api::operation::Replay;
use ksef_api::request::{Request, to_http};
use ksef_api::warning::SystemWarning;
use ksef_core::clock::SharedClock;
use ksef_core::environment::Environment;
use tokio::time::Instant;

use crate::classify;
use crate::error::Error;
use crate::retry::{self, Failed, RetryPolicy};
use crate::transport::{Received, Transport};

/// A successful answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answered<T> {
    /// What was asked for.
    pub value: T,
    /// Warnings of the system; they never change the result.
    pub warnings: Vec<SystemWarning>,
    server_time: Option<Timestamp>,
}

impl<T> Answered<T> {
    /// What the server's clock showed, in whole seconds, when the answer says so (header `Date`).
    #[must_use]
    pub fn server_time(&self) -> Option<Timestamp> {
        self.server_time
    }

    /// The answer without its warnings.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }
}

/// Everything that a call needs except a bearer.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) transport: Transport,
    pub(crate) environment: Environment,
    pub(crate) retry: RetryPolicy,
    pub(crate) clock: SharedClock,
}

impl Caller {
    /// Calls, repeating as the policy and the replay class of the operation allow.
    pub(crate) async fn call<R: Request + ?Sized>(
        &self,
        request: &R,
        bearer: Option<HeaderValue>,
    ) -> Result<Answered<R::Answer>, Error> {
        let operation = request.operation();
        let http = self.written(request, bearer)?;
        self.repeated(
            operation.id,
            operation.replay,
            || http.clone(),
            |received| {
                let warnings = SystemWarning::from_headers(&received.headers);
                let server_time = date(&received.headers);
                let value = request.decode(received.status, &received.headers, received.body)?;
                Ok(Answered {
                    value,
                    warnings,
                    server_time,
                })
            },
        )
        .await
    }

    /// Makes exchanges until one is decoded or none may follow.
    pub(crate) async fn repeated<T>(
        &self,
        name: &'static str,
        replay: Replay,
        request: impl Fn() -> http::Request<bytes::Bytes>,
        decode: impl Fn(Received) -> Result<T, ksef_api::decode::DecodeError>,
    ) -> Result<T, Error> {
        let began = Instant::now();
        let mut attempt = 1;
        loop {
            let error = match self.transport.exchange(request()).await {
                Ok(received) => {
                    tracing::debug!(operation = name, attempt, status = received.status.as_u16());
                    match decode(received) {
                        Ok(value) => return Ok(value),
                        Err(error) => classify::answer(error, replay, self.clock.now()),
                    }
                }
                Err(failure) => classify::failure(failure, replay),
            }
            .at(name);
            let failed = Failed {
                error: &error,
                replay,
                attempt,
                elapsed: began.elapsed(),
            };
            let Some(wait) = self.retry.wait_after(&failed, retry::random()) else {
                tracing::debug!(operation = name, attempt, %error, "failed");
                return Err(error);
            };
            tracing::debug!(operation = name, attempt, %error, ?wait, "repeating");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    fn written<R: Request + ?Sized>(
        &self,
        request: &R,
        bearer: Option<HeaderValue>,
    ) -> Result<http::Request<bytes::Bytes>, Error> {
        let operation = request.operation();
        let mut http = to_http(request, self.environment.api_base()).map_err(|source| {
            Error::misuse("request cannot be written")
                .with_source(source)
                .at(operation.id)
        })?;
        if let Some(bearer) = bearer {
            http.headers_mut().insert(header::AUTHORIZATION, bearer);
        }
        Ok(http)
    }
}

fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(text)
        .ok()
}

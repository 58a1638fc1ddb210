//! Calls with their repeats, without any knowledge of who is signed in.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use ksef_api::operation::{Operation, Replay, limits, testdata};
use ksef_api::ops::limits::{GetRateLimits, RateLimits};
use ksef_api::request::{Request, to_http};
use ksef_api::warning::SystemWarning;
use ksef_core::clock::SharedClock;
use ksef_core::context::ContextIdentifier;
use ksef_core::environment::Environment;
use tokio::time::Instant;

use crate::classify;
use crate::error::{Error, ErrorKind};
use crate::limiter::Limiter;
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
    /// Keeps the request limits, unless it is switched off.
    pub(crate) limiter: Option<Arc<Limiter>>,
}

/// What a call is counted as by the limiter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted<'a> {
    operation: &'static Operation,
    context: Option<&'a ContextIdentifier>,
}

impl Caller {
    /// Calls on nobody's behalf, or without knowing on whose.
    pub(crate) async fn call<R: Request + ?Sized>(
        &self,
        request: &R,
        bearer: Option<HeaderValue>,
    ) -> Result<Answered<R::Answer>, Error> {
        self.call_for(None, request, bearer).await
    }

    /// Calls on behalf of a context, when the request limits allow it, and repeating as the policy and the replay class of
    /// the operation allow.
    pub(crate) async fn call_for<R: Request + ?Sized>(
        &self,
        context: Option<&ContextIdentifier>,
        request: &R,
        bearer: Option<HeaderValue>,
    ) -> Result<Answered<R::Answer>, Error> {
        let operation = request.operation();
        let http = self.written(request, bearer.clone())?;
        if let (Some(limiter), Some(bearer)) = (&self.limiter, bearer)
            && *operation != limits::RATE_LIMITS
        {
            let ask = || self.ask_limits(context.copied(), bearer);
            limiter.learn(operation, context, ask).await;
        }
        let counted = Counted { operation, context };
        let outcome = self.decoded(request, counted, http).await;
        if let (Some(limiter), Ok(_)) = (&self.limiter, &outcome)
            && CHANGES_OF_LIMITS.contains(&operation)
        {
            limiter.forget_limits(context);
        }
        outcome
    }

    async fn decoded<R: Request + ?Sized>(
        &self,
        request: &R,
        counted: Counted<'_>,
        http: http::Request<bytes::Bytes>,
    ) -> Result<Answered<R::Answer>, Error> {
        let operation = counted.operation;
        self.repeated(
            operation.id,
            operation.replay,
            Some(counted),
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
    pub(crate) async fn repeated<T, B: Into<reqwest::Body>>(
        &self,
        name: &'static str,
        replay: Replay,
        counted: Option<Counted<'_>>,
        request: impl Fn() -> http::Request<B>,
        decode: impl Fn(Received) -> Result<T, ksef_api::decode::DecodeError>,
    ) -> Result<T, Error> {
        self.repeated_within(&self.retry, name, replay, counted, request, decode)
            .await
    }

    /// The same with another policy than the client's.
    pub(crate) async fn repeated_within<T, B: Into<reqwest::Body>>(
        &self,
        policy: &RetryPolicy,
        name: &'static str,
        replay: Replay,
        counted: Option<Counted<'_>>,
        request: impl Fn() -> http::Request<B>,
        decode: impl Fn(Received) -> Result<T, ksef_api::decode::DecodeError>,
    ) -> Result<T, Error> {
        let mut began = Instant::now();
        let mut attempt = 1;
        let limits = self.limiter.as_deref().zip(counted);
        loop {
            if let Some((limiter, Counted { operation, context })) = limits {
                let came = Instant::now();
                limiter.admit(operation, context).await?;
                // Waiting for one's turn does not use up the patience with the server.
                began += came.elapsed();
            }
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
            if let (ErrorKind::Throttled { retry_after }, Some((limiter, counted))) =
                (error.kind(), limits)
            {
                limiter.refused(counted.operation, counted.context, *retry_after);
            }
            let failed = Failed {
                error: &error,
                replay,
                attempt,
                elapsed: began.elapsed(),
            };
            let Some(wait) = policy.wait_after(&failed, retry::random()) else {
                tracing::debug!(operation = name, attempt, %error, "failed");
                return Err(error);
            };
            tracing::debug!(operation = name, attempt, %error, ?wait, "repeating");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// `GET /rate-limits`, once, as a future of its own.
    fn ask_limits(
        &self,
        context: Option<ContextIdentifier>,
        bearer: HeaderValue,
    ) -> impl Future<Output = Option<RateLimits>> + Send + use<> {
        let written = self.written(&GetRateLimits, Some(bearer));
        let (transport, limiter) = (self.transport.clone(), self.limiter.clone());
        async move {
            let admitted = limiter?.admit(&limits::RATE_LIMITS, context.as_ref()).await;
            let received = match (written, admitted) {
                (Ok(http), Ok(())) => transport.exchange(http).await.ok()?,
                _ => return None,
            };
            let limits = GetRateLimits.decode(received.status, &received.headers, received.body);
            limits
                .inspect_err(|error| tracing::debug!(%error, "the limits are not known"))
                .ok()
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

/// After these the limits of the context are others.
const CHANGES_OF_LIMITS: [&Operation; 3] = [
    &testdata::SET_RATE_LIMITS,
    &testdata::RESET_RATE_LIMITS,
    &testdata::SET_PRODUCTION_RATE_LIMITS,
];

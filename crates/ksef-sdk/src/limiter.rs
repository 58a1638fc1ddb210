//! KSeF's request limits, kept by waiting.
//!
//! KSeF counts the requests of a context, from one address, in the last second, minute and hour, by group of operations,
//! and refuses with 429 what exceeds a limit; whoever goes on is kept out for longer. So every call waits here until it
//! may leave:
//!
//! - The limits are those of `GET /rate-limits`, asked for once per context before its first call and again every hour;
//!   until the server has said them, those of production hold. After a 429 they are asked for anew.
//! - `Retry-After` of a 429 holds for all calls of the same counter, in full.
//! - Calls leave in the order in which they came, for each counter; one context never waits for another.
//! - What has left is remembered between runs and shared between processes when there is a [`LimitStore`].
//! - Whoever drops a waiting call gives its place to the next.
//!
//! A call that waits for a second or longer is told to `tracing`, and to whoever [asked](LimiterOptions::with_notice).
//! Calls without a context, such as those of signing in, are counted together, as the server counts them by address.

mod gate;
mod pace;
mod record;
mod windows;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ksef_api::operation::{Operation, RateGroup};
use ksef_api::ops::limits::RateLimits;
use ksef_core::clock::SharedClock;
use ksef_core::context::ContextIdentifier;

use crate::error::{Error, ErrorKind};

use gate::{Ask, Gate, Lane, Step};
use pace::Pace;

pub use record::{LimitRecord, LimitStore};

/// How a client keeps KSeF's request limits.
#[derive(Clone, Default)]
#[must_use]
pub struct LimiterOptions {
    store: Option<Arc<dyn LimitStore>>,
    wait_max: Option<Duration>,
    notice: Option<Notice>,
}

/// Gets told of waits.
type Notice = Arc<dyn Fn(&LimitWait<'_>) + Send + Sync>;

impl LimiterOptions {
    /// Without a store, and waiting for as long as it takes.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a place where it is kept what has left. Several processes may share it.
    pub fn with_store(mut self, store: Arc<dyn LimitStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// A call that would wait for longer ends at once with [`ErrorKind::Throttled`] and the wait, and is not sent.
    pub fn with_wait_max(mut self, wait: Duration) -> Self {
        self.wait_max = Some(wait);
        self
    }

    /// Calls `notice` before each wait of a second or longer. It must not block.
    pub fn with_notice(mut self, notice: impl Fn(&LimitWait<'_>) + Send + Sync + 'static) -> Self {
        self.notice = Some(Arc::new(notice));
        self
    }
}

impl fmt::Debug for LimiterOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LimiterOptions")
            .field("store", &self.store)
            .field("wait_max", &self.wait_max)
            .finish_non_exhaustive()
    }
}

/// A call that is about to wait.
#[derive(Debug)]
#[non_exhaustive]
pub struct LimitWait<'a> {
    /// The operation.
    pub operation: &'static Operation,
    /// On whose behalf.
    pub context: Option<&'a ContextIdentifier>,
    /// How long it takes until the call leaves, as far as that can be seen.
    pub wait: Duration,
}

/// The limiter of a client.
pub(crate) struct Limiter {
    options: LimiterOptions,
    pace: Pace,
    gates: Mutex<HashMap<Option<ContextIdentifier>, Arc<Gate>>>,
}

impl Limiter {
    pub(crate) fn new(options: LimiterOptions, clock: SharedClock) -> Self {
        Self {
            options,
            pace: Pace::new(clock),
            gates: Mutex::default(),
        }
    }

    /// Waits until a call may leave, and counts it.
    ///
    /// # Errors
    /// [`ErrorKind::Throttled`] when that would take longer than it may.
    pub(crate) async fn admit(
        &self,
        operation: &'static Operation,
        context: Option<&ContextIdentifier>,
    ) -> Result<(), Error> {
        let context = counted(operation, context);
        let gate = self.gate(context);
        let now = self.pace.now();
        let Some(place) = gate.enter(Lane::of(operation), self.store(), now) else {
            return Ok(());
        };
        let mut waited = self.checked(operation, Duration::ZERO, span(place.forecast(now)))?;
        self.tell(operation, context, span(place.forecast(now)));
        loop {
            let now = self.pace.now();
            match place.step(now) {
                Step::Leave => return Ok(()),
                Step::Line => place.wake.notified().await,
                Step::Sleep(microseconds) => {
                    let wait = span(microseconds);
                    self.checked(operation, waited, wait)?;
                    let woken = tokio::time::timeout(wait, place.wake.notified()).await;
                    if woken.is_err() {
                        self.pace.slept_until(now.saturating_add(microseconds));
                    }
                    let passed = self.pace.now().saturating_sub(now);
                    waited = waited.saturating_add(span(passed));
                }
            }
        }
    }

    /// The server refused a call with 429: nothing more of its kind leaves before `wait` is over.
    pub(crate) fn refused(
        &self,
        operation: &'static Operation,
        context: Option<&ContextIdentifier>,
        wait: Option<Duration>,
    ) {
        let wait = wait.unwrap_or(REFUSED_WAIT_MIN).as_micros();
        let wait = i64::try_from(wait).unwrap_or(i64::MAX);
        let until = self.pace.now().saturating_add(wait);
        let gate = self.gate(counted(operation, context));
        gate.refused(Lane::of(operation), self.store(), until);
    }

    /// Makes the limits of a context known before its first call: `ask` is `GET /rate-limits`. It runs in a task of its
    /// own, once for everybody who waits for it.
    pub(crate) async fn learn<F>(
        self: &Arc<Self>,
        operation: &'static Operation,
        context: Option<&ContextIdentifier>,
        ask: impl FnOnce() -> F,
    ) where
        F: Future<Output = Option<RateLimits>> + Send + 'static,
    {
        let Some(context) = counted(operation, context) else {
            return;
        };
        let gate = self.gate(Some(context));
        let (whether, mut answers) = gate.asks(self.store(), self.pace.now(), self.pace.wall());
        if matches!(whether, Ask::Now | Ask::Behind) {
            let asking = Asking {
                limiter: Arc::clone(self),
                gate: Arc::clone(&gate),
                answer: None,
            };
            let answer = ask();
            tokio::spawn(async move {
                let mut asking = asking;
                asking.answer = answer.await;
            });
        }
        if matches!(whether, Ask::Now | Ask::Await) {
            // Without an answer the limits of production hold.
            let _ = tokio::time::timeout(ANSWER_WAIT_MAX, answers.changed()).await;
        }
    }

    /// The limits of a context are known to have changed.
    pub(crate) fn forget_limits(&self, context: Option<&ContextIdentifier>) {
        if let Some(context) = context {
            self.gate(Some(context)).forget_limits(self.store());
        }
    }

    /// Refuses a wait that is longer than it may be; gives back what was waited already.
    fn checked(
        &self,
        operation: &'static Operation,
        waited: Duration,
        wait: Duration,
    ) -> Result<Duration, Error> {
        let max = self.options.wait_max;
        if max.is_none_or(|max| waited.saturating_add(wait) <= max) {
            return Ok(waited);
        }
        let retry_after = Some(wait);
        Err(Error::new(ErrorKind::Throttled { retry_after })
            .with_retry_after(retry_after)
            .not_sent()
            .at(operation.id))
    }

    fn tell(
        &self,
        operation: &'static Operation,
        context: Option<&ContextIdentifier>,
        wait: Duration,
    ) {
        if wait < TOLD_WAIT_MIN {
            return;
        }
        let who = context.map(ToString::to_string).unwrap_or_default();
        tracing::info!(operation = operation.id, context = %who, ?wait, "waiting for KSeF's limit");
        if let Some(notice) = &self.options.notice {
            notice(&LimitWait {
                operation,
                context,
                wait,
            });
        }
    }

    fn gate(&self, context: Option<&ContextIdentifier>) -> Arc<Gate> {
        let context = context.copied();
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.get(&context) {
            return Arc::clone(gate);
        }
        if gates.len() >= GATES_MAX {
            let now = self.pace.now();
            gates.retain(|_, gate| Arc::strong_count(gate) > 1 || !gate.is_idle(now));
        }
        Arc::clone(
            gates
                .entry(context)
                .or_insert_with(|| Arc::new(Gate::new(context))),
        )
    }

    fn store(&self) -> Option<&dyn LimitStore> {
        self.options.store.as_deref()
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Somebody who asks for the limits; tells the answer also when the task ends early.
struct Asking {
    limiter: Arc<Limiter>,
    gate: Arc<Gate>,
    answer: Option<RateLimits>,
}

impl Drop for Asking {
    fn drop(&mut self) {
        let (store, now) = (self.limiter.store(), self.limiter.pace.wall());
        self.gate.answered(store, self.answer.take(), now);
    }
}

/// Whose counter a call is in: what is open to everybody, and signing in, is counted by address alone.
fn counted<'a>(
    operation: &Operation,
    context: Option<&'a ContextIdentifier>,
) -> Option<&'a ContextIdentifier> {
    context.filter(|_| operation.group != RateGroup::Anonymous && operation.auth.is_required())
}

fn span(microseconds: i64) -> Duration {
    Duration::from_micros(u64::try_from(microseconds).unwrap_or(0))
}

/// Shorter waits are nobody's concern.
const TOLD_WAIT_MIN: Duration = Duration::from_secs(1);
/// The least wait after a 429 that does not say how long.
const REFUSED_WAIT_MIN: Duration = Duration::from_secs(1);
/// How long a first call waits for the limits.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(10);
/// From so many contexts on, those that nothing depends on are forgotten.
const GATES_MAX: usize = 10_000;

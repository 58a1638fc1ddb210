//! When a failed call is made again, and how long to wait before.
//!
//! What may be repeated is decided by the replay class of the operation. Work whose outcome is unknown is never
//! repeated here: that needs a look at the server first, see [`crate::session`].

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use ksef_api::operation::Replay;

use crate::error::{Error, ErrorKind};

/// How often and how long a call is repeated.
///
/// Waits grow exponentially and are drawn evenly between zero and the current bound (full jitter). `Retry-After` is
/// obeyed in full: when it does not fit into the remaining patience, the call ends at once with
/// [`ErrorKind::Throttled`] and the wait as the server gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts_max: u32,
    delay_first: Duration,
    delay_max: Duration,
    patience: Duration,
}

impl Default for RetryPolicy {
    /// Five attempts, waits bounded by 0.25, 0.5, 1 and 2 s, none begun after 90 s.
    fn default() -> Self {
        Self {
            attempts_max: 5,
            delay_first: Duration::from_millis(250),
            delay_max: Duration::from_secs(20),
            patience: Duration::from_secs(90),
        }
    }
}

impl RetryPolicy {
    /// Every call is made once.
    #[must_use]
    pub fn never() -> Self {
        Self {
            attempts_max: 1,
            ..Self::default()
        }
    }

    /// At most this many attempts, the first included; zero counts as one.
    #[must_use]
    pub fn with_attempts_max(mut self, attempts: u32) -> Self {
        self.attempts_max = attempts.max(1);
        self
    }

    /// The bound of the first wait, and the most that a wait may grow to.
    #[must_use]
    pub fn with_delays(mut self, first: Duration, max: Duration) -> Self {
        self.delay_first = first;
        self.delay_max = max.max(first);
        self
    }

    /// No attempt begins later than this after the first one; the last may still take as long as
    /// [`Timeouts`](crate::Timeouts) allow.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The wait before the next attempt, or `None` when there is none. `attempt` counts from one.
    pub(crate) fn wait_after(&self, failed: &Failed<'_>, random: u64) -> Option<Duration> {
        if failed.attempt >= self.attempts_max || !failed.may_be_repeated() {
            return None;
        }
        let jitter = spread(self.bound(failed.attempt), random);
        let wait = match failed.asked_to_wait() {
            // On top of what was asked, a little, so that callers who wait for the same instant come apart.
            Some(asked) => asked.saturating_add(jitter.min(JITTER_OVER_RETRY_AFTER_MAX)),
            // Who exceeds a limit again soon is kept out for longer.
            None if failed.is_throttled() => THROTTLED_WAIT_MIN.saturating_add(jitter),
            None => jitter,
        };
        (failed.elapsed.saturating_add(wait) <= self.patience).then_some(wait)
    }

    fn bound(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(20);
        self.delay_first
            .saturating_mul(1 << doublings)
            .min(self.delay_max)
    }
}

/// An attempt that failed.
pub(crate) struct Failed<'a> {
    pub(crate) error: &'a Error,
    pub(crate) replay: Replay,
    /// How many attempts were made, this one included.
    pub(crate) attempt: u32,
    /// Since the first attempt began.
    pub(crate) elapsed: Duration,
}

impl Failed<'_> {
    fn may_be_repeated(&self) -> bool {
        match self.error.kind() {
            // The server counted the request and did nothing else with it.
            ErrorKind::Throttled { .. } => true,
            ErrorKind::Unreachable | ErrorKind::Server => {
                self.replay == Replay::Safe || self.error.is_certainly_not_done()
            }
            _ => false,
        }
    }

    fn is_throttled(&self) -> bool {
        matches!(self.error.kind(), ErrorKind::Throttled { .. })
    }

    /// `Retry-After`; a failing server may send it too.
    fn asked_to_wait(&self) -> Option<Duration> {
        self.error.retry_after()
    }
}

/// Waits of a poller: grow by half from `first` to `max`, spread over the upper half so that none comes too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PollDelays {
    next: Duration,
    max: Duration,
}

impl PollDelays {
    pub(crate) fn new(first: Duration, max: Duration) -> Self {
        Self { next: first, max }
    }

    pub(crate) fn next(&mut self) -> Duration {
        let bound = self.next;
        self.next = (bound.saturating_mul(3) / 2).min(self.max);
        let half = bound / 2;
        half.saturating_add(spread(half, random()))
    }

    /// The next wait after a failure, as long as the server asked for; `None` when that is longer than is waited here.
    pub(crate) fn after(&mut self, error: &Error) -> Option<Duration> {
        let asked = error.retry_after().unwrap_or_default();
        let wait = self.next().max(asked);
        (asked <= ASKED_WAIT_MAX).then_some(wait)
    }
}

/// A random number, good enough to keep callers apart and for nothing else.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(0)
}

/// Between zero and `bound`, evenly.
fn spread(bound: Duration, random: u64) -> Duration {
    let nanoseconds = bound.as_nanos().min(u128::from(u64::MAX));
    let part = (nanoseconds * u128::from(random)) >> 64;
    Duration::from_nanos(u64::try_from(part).unwrap_or(u64::MAX))
}

/// The longest `Retry-After` that is waited for between the steps of a longer piece of work.
const ASKED_WAIT_MAX: Duration = Duration::from_secs(30);
/// The least wait after a 429 that does not say how long.
const THROTTLED_WAIT_MIN: Duration = Duration::from_secs(1);
const JITTER_OVER_RETRY_AFTER_MAX: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(error: &Error, replay: Replay, attempt: u32, random: u64) -> Option<Duration> {
        let failed = Failed {
            error,
            replay,
            attempt,
            elapsed: Duration::ZERO,
        };
        RetryPolicy::default().wait_after(&failed, random)
    }

    fn error(kind: ErrorKind) -> Error {
        Error::new(kind)
    }

    #[test]
    fn the_replay_class_decides() {
        let lost = error(ErrorKind::Unreachable);
        let refused = error(ErrorKind::Unreachable).not_sent();
        let throttled = error(ErrorKind::Throttled { retry_after: None });
        let server = error(ErrorKind::Server);
        for (what, error, safe, other) in [
            ("connection lost", &lost, true, false),
            ("connection refused", &refused, true, true),
            ("429", &throttled, true, true),
            ("5xx", &server, true, false),
            ("unknown", &error(ErrorKind::OutcomeUnknown), false, false),
            (
                "firewall",
                &error(ErrorKind::Firewall { incident: None }),
                false,
                false,
            ),
            ("400", &error(ErrorKind::Rejected), false, false),
            ("401", &error(ErrorKind::Unauthorised), false, false),
        ] {
            assert_eq!(
                wait(error, Replay::Safe, 1, 7).is_some(),
                safe,
                "{what}, safe"
            );
            for replay in [Replay::Reconcile, Replay::Never] {
                assert_eq!(
                    wait(error, replay, 1, 7).is_some(),
                    other,
                    "{what}, {replay:?}"
                );
            }
        }
    }

    #[test]
    fn waits_grow_and_stay_below_their_bound() {
        let lost = error(ErrorKind::Unreachable);
        let bounds = [250, 500, 1_000, 2_000];
        for (attempt, bound) in (1..).zip(bounds) {
            let longest = wait(&lost, Replay::Safe, attempt, u64::MAX).unwrap();
            assert!(longest < Duration::from_millis(bound));
            assert!(longest > Duration::from_millis(bound - 1));
            assert_eq!(wait(&lost, Replay::Safe, attempt, 0), Some(Duration::ZERO));
        }
        assert_eq!(
            wait(&lost, Replay::Safe, 5, 0),
            None,
            "five attempts are enough"
        );
    }

    #[test]
    fn retry_after_is_obeyed_in_full_or_not_at_all() {
        let asked = |seconds| {
            error(ErrorKind::Throttled {
                retry_after: Some(Duration::from_secs(seconds)),
            })
        };
        let waited = wait(&asked(60), Replay::Never, 1, u64::MAX).unwrap();
        assert!(waited >= Duration::from_secs(60) && waited < Duration::from_secs(61));
        assert_eq!(
            wait(&asked(60), Replay::Never, 1, 0),
            Some(Duration::from_secs(60))
        );
        assert_eq!(wait(&asked(2_680), Replay::Safe, 1, 0), None);
        let silent = error(ErrorKind::Throttled { retry_after: None });
        let waited = wait(&silent, Replay::Safe, 1, 0);
        assert_eq!(waited, Some(Duration::from_secs(1)), "never at once");
        assert_eq!(wait(&asked(u64::MAX), Replay::Safe, 1, 0), None);
        let late = Failed {
            error: &asked(60),
            replay: Replay::Safe,
            attempt: 1,
            elapsed: Duration::from_secs(31),
        };
        assert_eq!(RetryPolicy::default().wait_after(&late, 0), None);
    }

    #[test]
    fn poll_delays_grow_to_their_maximum() {
        let mut delays = PollDelays::new(Duration::from_millis(200), Duration::from_secs(2));
        let first = delays.next();
        assert!((100..=200).contains(&first.as_millis()), "{first:?}");
        for _ in 0..10 {
            assert!(delays.next() <= Duration::from_secs(2));
        }
        assert!(delays.next() >= Duration::from_secs(1));
    }

    #[test]
    fn random_numbers_differ() {
        assert_ne!(random(), random());
    }
}

//! Request limits: rolling windows of a second, a minute and an hour, all three at once.
//!
//! Counted per context and client address in each group, per operation within `other`, and per address alone for what
//! is open to everybody. Refused requests do not count. The wait grows with repeated violations, and it is enforced:
//! until it is over, everything in the same counter is refused. Time is that of the world, which for limits also lapses
//! while the world stands still.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use ksef_api::operation::{Auth, Operation, RateGroup, RateLimit};
use ksef_api::problem::Problem;
use ksef_core::context::ContextIdentifier;

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;

/// The counters. They live in memory: a restart begins with empty windows.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    counters: Mutex<HashMap<Scope, Counter>>,
}

/// What is counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Scope {
    context: Option<ContextIdentifier>,
    client: IpAddr,
    name: &'static str,
}

/// The requests of one scope.
#[derive(Debug, Default)]
struct Counter {
    /// When requests were admitted, in microseconds, oldest first.
    hits: VecDeque<i64>,
    blocked_until: i64,
    violations: u32,
}

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refusal {
    limit: u32,
    window: Window,
    wait_seconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Window {
    Second,
    Minute,
    Hour,
}

impl Window {
    const ALL: [Self; 3] = [Self::Second, Self::Minute, Self::Hour];

    fn microseconds(self) -> i64 {
        match self {
            Self::Second => 1_000_000,
            Self::Minute => 60_000_000,
            Self::Hour => 3_600_000_000,
        }
    }

    fn limit(self, limits: &RateLimit) -> Option<u32> {
        match self {
            Self::Second => limits.per_second,
            Self::Minute => limits.per_minute,
            Self::Hour => limits.per_hour,
        }
    }

    /// As the server's refusals name it.
    fn name(self) -> &'static str {
        match self {
            Self::Second => "sekundę",
            Self::Minute => "minutę",
            Self::Hour => "godzinę",
        }
    }
}

impl Limiter {
    /// Counts a request of the operation, or refuses it.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub(crate) fn admit(
        &self,
        app: &App,
        operation: &'static Operation,
        caller: Option<&Caller>,
        client: IpAddr,
    ) -> Result<(), Failure> {
        // Signing in is limited by address, whoever signs in.
        let is_anonymous = operation.group == RateGroup::Anonymous || operation.auth == Auth::None;
        let context = caller
            .filter(|_| !is_anonymous)
            .map(|caller| caller.context);
        let profile = app.limit_profile();
        let limits = app.world.read(|state| {
            state
                .limits
                .rate(context.as_ref(), operation.group, profile)
        });
        if limits == RateLimit::OFF {
            return Ok(());
        }
        let name = if operation.group.counts_per_operation() {
            operation.id
        } else {
            operation.group.as_str()
        };
        let scope = Scope {
            context,
            client,
            name,
        };
        self.count(scope, &limits, app.clock.lapsing_now()).map_err(|refusal| {
            let Refusal { limit, window, wait_seconds } = refusal;
            let detail = format!(
                "Przekroczono limit {limit} żądań na {}. Spróbuj ponownie po {wait_seconds} sekundach.",
                window.name()
            );
            Problem::too_many_requests(detail, wait_seconds).into()
        })
    }

    /// Forgets everything counted.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// Forgets what was counted for a context, as when its limits change.
    pub(crate) fn forget(&self, context: &ContextIdentifier) {
        self.lock()
            .retain(|scope, _| scope.context.as_ref() != Some(context));
    }

    fn count(&self, scope: Scope, limits: &RateLimit, now: Timestamp) -> Result<(), Refusal> {
        let now = now.as_microsecond();
        let mut counters = self.lock();
        if counters.len() >= SCOPES_MAX && !counters.contains_key(&scope) {
            make_room(&mut counters, now);
        }
        counters.entry(scope).or_default().count(limits, now)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Scope, Counter>> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counter {
    fn count(&mut self, limits: &RateLimit, now: i64) -> Result<(), Refusal> {
        self.forget(limits, now);
        let exceeded = Window::ALL.into_iter().filter_map(|window| {
            let limit = window.limit(limits)?;
            Some((self.wait(window, limit, now)?, limit, window))
        });
        let exceeded = exceeded.max_by_key(|(wait, ..)| *wait);
        let blocked = self.blocked_until > now;
        let Some((wait, limit, window)) = exceeded else {
            if !blocked {
                self.hits.push_back(now);
                return Ok(());
            }
            // The windows have room again, the growing block is not over yet.
            let window = Window::Minute;
            let limit = window.limit(limits).or(limits.per_second).unwrap_or(0);
            return Err(Refusal {
                limit,
                window,
                wait_seconds: seconds(self.blocked_until - now),
            });
        };
        if !blocked {
            let calm = now.saturating_sub(self.blocked_until) > Window::Hour.microseconds();
            self.violations = if calm {
                1
            } else {
                self.violations.saturating_add(1)
            };
            let doublings = self.violations.saturating_sub(1).min(DOUBLINGS_MAX);
            let grown = wait.saturating_mul(1_i64 << doublings);
            self.blocked_until = now.saturating_add(grown);
        }
        let wait = wait.max(self.blocked_until - now);
        Err(Refusal {
            limit,
            window,
            wait_seconds: seconds(wait),
        })
    }

    /// Microseconds until the window has room; `None` when it has.
    fn wait(&self, window: Window, limit: u32, now: i64) -> Option<i64> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let over = self.hits.len().checked_sub(limit)?;
        // The hit that must leave the window before one more fits.
        let leaves = match self.hits.get(over) {
            Some(hit) => hit.saturating_add(window.microseconds()),
            None => now.saturating_add(window.microseconds()),
        };
        (leaves > now).then_some(leaves - now)
    }

    /// Drops hits that no window counts, and those of a future that the clock has gone back from.
    fn forget(&mut self, limits: &RateLimit, now: i64) {
        while self.hits.back().is_some_and(|hit| *hit > now) {
            self.hits.pop_back();
        }
        if self.blocked_until.saturating_sub(now) > BLOCK_MAX {
            self.blocked_until = now;
        }
        let longest = Window::ALL
            .into_iter()
            .filter(|window| window.limit(limits).is_some())
            .max_by_key(|window| window.microseconds());
        let horizon = now.saturating_sub(longest.map_or(0, Window::microseconds));
        while self.hits.front().is_some_and(|hit| *hit <= horizon) {
            self.hits.pop_front();
        }
    }
}

/// Drops the counters that nothing depends on any more; if all are busy, everything.
fn make_room(counters: &mut HashMap<Scope, Counter>, now: i64) {
    let horizon = now.saturating_sub(Window::Hour.microseconds());
    counters.retain(|_, counter| {
        counter.blocked_until > now || counter.hits.back().is_some_and(|hit| *hit > horizon)
    });
    if counters.len() >= SCOPES_MAX {
        tracing::warn!(
            scopes = counters.len(),
            "too many callers to count, request limits begin anew"
        );
        counters.clear();
    }
}

fn seconds(microseconds: i64) -> u64 {
    let microseconds = u64::try_from(microseconds).unwrap_or(0);
    microseconds.div_ceil(1_000_000).max(1)
}

/// Counters kept at once; each holds at most as many instants as its hourly limit.
const SCOPES_MAX: usize = 20_000;
/// The wait doubles with each violation within an hour, this often.
const DOUBLINGS_MAX: u32 = 3;
/// No block is longer: an hour, doubled.
const BLOCK_MAX: i64 = 8 * 3_600_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn three_windows_at_once() {
        let limits = RateLimit::new(2, 3, 5);
        let mut counter = Counter::default();
        assert_eq!(counter.count(&limits, 0), Ok(()));
        assert_eq!(counter.count(&limits, 1), Ok(()));
        let refused = counter.count(&limits, 2).unwrap_err();
        assert_eq!(
            (refused.window, refused.limit, refused.wait_seconds),
            (Window::Second, 2, 1)
        );
        assert_eq!(counter.count(&limits, 2 * SECOND), Ok(()));
        let refused = counter.count(&limits, 4 * SECOND).unwrap_err();
        assert_eq!((refused.window, refused.limit), (Window::Minute, 3));
        // The oldest hit leaves after 56 s; the second violation within the hour doubles that.
        assert_eq!(refused.wait_seconds, 112);
        assert!(
            counter.count(&limits, 100 * SECOND).is_err(),
            "the block is enforced"
        );
        assert_eq!(counter.count(&limits, 117 * SECOND), Ok(()));
        assert_eq!(counter.count(&limits, 120 * SECOND), Ok(()));
        let refused = counter.count(&limits, 130 * SECOND).unwrap_err();
        assert_eq!((refused.window, refused.limit), (Window::Hour, 5));
    }

    #[test]
    fn calm_hours_are_forgiven() {
        let limits = RateLimit {
            per_second: Some(1),
            per_minute: None,
            per_hour: None,
        };
        let mut counter = Counter::default();
        let mut at = 0;
        let mut waits = Vec::new();
        for _ in 0..5 {
            counter.count(&limits, at).unwrap();
            let refused = counter.count(&limits, at).unwrap_err();
            waits.push(refused.wait_seconds);
            at += i64::try_from(refused.wait_seconds).unwrap() * SECOND;
        }
        assert_eq!(waits, [1, 2, 4, 8, 8]);
        at += 2 * 3600 * SECOND;
        counter.count(&limits, at).unwrap();
        assert_eq!(counter.count(&limits, at).unwrap_err().wait_seconds, 1);
    }

    #[test]
    fn a_clock_that_goes_back_blocks_nobody_for_long() {
        let limits = RateLimit::new(1, 1, 1);
        let mut counter = Counter::default();
        let day = 24 * 3600 * SECOND;
        counter.count(&limits, day).unwrap();
        counter.count(&limits, day).unwrap_err();
        assert_eq!(counter.count(&limits, 0), Ok(()));
    }

    #[test]
    fn scopes_are_separate_and_bounded() {
        let limiter = Limiter::default();
        let limits = RateLimit::new(1, 1, 1);
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        let scope = |context: &str, client: &str, name| Scope {
            context: Some(context.parse().unwrap()),
            client: client.parse().unwrap(),
            name,
        };
        let first = scope("Nip:5265877635", "10.0.0.1", "other.a");
        limiter.count(first.clone(), &limits, now).unwrap();
        for other in [
            scope("Nip:7762811692", "10.0.0.1", "other.a"),
            scope("Nip:5265877635", "10.0.0.2", "other.a"),
            scope("Nip:5265877635", "10.0.0.1", "other.b"),
        ] {
            limiter.count(other, &limits, now).unwrap();
        }
        limiter.count(first.clone(), &limits, now).unwrap_err();
        for client in 0..u32::try_from(SCOPES_MAX).unwrap() {
            let client = std::net::Ipv4Addr::from(client).into();
            let scope = Scope {
                context: None,
                client,
                name: "x",
            };
            limiter.count(scope, &limits, now).unwrap();
        }
        assert!(limiter.lock().len() <= SCOPES_MAX);
    }
}

//! The time of the limiter: the injected clock, made to never stand still while somebody has slept, and never to go back.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use ksef_core::clock::SharedClock;

/// Microseconds since 1970, never fewer than before.
#[derive(Debug)]
pub(super) struct Pace {
    clock: SharedClock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: i64,
    /// What the clock is behind of what was slept, or has gone back.
    lag: i64,
}

impl Pace {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self {
            clock,
            state: Mutex::default(),
        }
    }

    /// This instant.
    pub(super) fn now(&self) -> i64 {
        self.at_least(i64::MIN)
    }

    /// It was slept until this instant, whatever the clock shows: one that stands still in a test, or is put back by the
    /// machine, must not keep anybody waiting for ever.
    pub(super) fn slept_until(&self, instant: i64) {
        self.at_least(instant);
    }

    /// What the clock itself shows.
    pub(super) fn wall(&self) -> Timestamp {
        self.clock.now()
    }

    fn at_least(&self, instant: i64) -> i64 {
        let shown = self.clock.now().as_microsecond();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = state.last.max(instant);
        let now = shown.saturating_add(state.lag);
        if now < earliest {
            state.lag = earliest.saturating_sub(shown);
        }
        state.last = now.max(earliest);
        state.last
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::SignedDuration;
    use ksef_core::clock::ManualClock;

    use super::*;

    #[test]
    fn it_goes_with_the_clock_and_never_back() {
        let start: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(start));
        let pace = Pace::new(clock.clone());
        let began = pace.now();
        assert_eq!(began, start.as_microsecond());
        pace.slept_until(began + 5);
        assert_eq!(pace.now(), began + 5, "the clock stands still");
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(pace.now(), began + 1_000_005);
        clock.advance(SignedDuration::from_hours(-1));
        assert_eq!(pace.now(), began + 1_000_005, "it was put back");
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(pace.now(), began + 2_000_005);
    }
}

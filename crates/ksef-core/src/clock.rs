//! Where time comes from: injected, so that tests and the sandbox own it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// A source of instants (UTC).
pub trait Clock: fmt::Debug + Send + Sync {
    /// This instant.
    fn now(&self) -> Timestamp;
}

/// A clock that many hold.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl SystemClock {
    /// The machine's clock, shared.
    #[must_use]
    pub fn shared() -> SharedClock {
        Arc::new(Self)
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where time enters"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands where it is put: for tests.
#[derive(Debug)]
pub struct ManualClock {
    microseconds: AtomicI64,
}

impl ManualClock {
    /// A clock that shows `start`, cut to microseconds.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self {
            microseconds: AtomicI64::new(start.as_microsecond()),
        }
    }

    /// Puts the clock at `instant`, forwards or backwards.
    pub fn set(&self, instant: Timestamp) {
        self.microseconds
            .store(instant.as_microsecond(), Ordering::SeqCst);
    }

    /// Moves the clock by `duration`, which may be negative; it stops at the ends of the representable time.
    pub fn advance(&self, duration: SignedDuration) {
        let end = if duration.is_negative() {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        let moved = |now| {
            let moved = shown(now).checked_add(duration).unwrap_or(end);
            Some(moved.as_microsecond())
        };
        // Never refuses: `moved` always answers.
        let _ = self
            .microseconds
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        shown(self.microseconds.load(Ordering::SeqCst))
    }
}

fn shown(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_obeys() {
        let start: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let clock = ManualClock::new(start);
        assert_eq!(clock.now(), start);
        clock.advance(SignedDuration::from_mins(10));
        assert_eq!(clock.now().to_string(), "2026-11-21T08:10:00Z");
        clock.advance(SignedDuration::from_mins(-20));
        assert_eq!(clock.now().to_string(), "2026-11-21T07:50:00Z");
        clock.set(start);
        assert_eq!(clock.now(), start);
        clock.advance(SignedDuration::MIN);
        assert!(clock.now() < start);
        clock.advance(SignedDuration::MAX);
        clock.advance(SignedDuration::MAX);
        assert!(clock.now() > start);
    }

    #[test]
    fn the_system_clock_runs() {
        let clock = SystemClock;
        let first = clock.now();
        assert!(first.as_second() > 1_700_000_000 && clock.now() >= first);
    }
}

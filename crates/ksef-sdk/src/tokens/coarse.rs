//! The time that expiry is checked against.

use ksef_core::clock::SharedClock;
use rustix::time::{ClockId, clock_gettime};

/// Seconds since 1970 from the cheapest source that will do.
///
/// The system's coarse clock lags by at most a few milliseconds and costs a fifth of the exact one.
#[derive(Debug, Clone)]
pub(crate) enum TokenClock {
    System,
    Injected(SharedClock),
}

impl TokenClock {
    pub(crate) fn new(clock: Option<SharedClock>) -> Self {
        clock.map_or(Self::System, Self::Injected)
    }

    #[inline]
    pub(crate) fn now_second(&self) -> i64 {
        match self {
            #[cfg(target_os = "linux")]
            Self::System => clock_gettime(ClockId::RealtimeCoarse).tv_sec,
            #[cfg(not(target_os = "linux"))]
            Self::System => clock_gettime(ClockId::Realtime).tv_sec,
            Self::Injected(clock) => clock.now().as_second(),
        }
    }
}

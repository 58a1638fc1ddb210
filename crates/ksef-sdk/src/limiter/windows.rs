//! Rolling windows: when the next request of a counter may leave.
//!
//! All of it is arithmetic on microseconds, without a clock.

use std::collections::VecDeque;

use ksef_api::operation::RateLimit;
use serde::{Deserialize, Serialize};

/// Requests of one counter that have left, and until when the server wants none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Counter {
    /// When they left, in microseconds since 1970, oldest first.
    #[serde(skip_serializing_if = "VecDeque::is_empty")]
    left: VecDeque<i64>,
    /// `Retry-After` of the last 429.
    #[serde(skip_serializing_if = "is_zero")]
    blocked_until: i64,
}

impl Counter {
    /// How long the next request has to wait; zero when it may leave.
    pub(super) fn wait(&self, limit: &RateLimit, now: i64) -> i64 {
        self.wait_for(limit, now, 1)
    }

    /// How long until so many requests may leave at once. A window that allows fewer is waited for until it is empty.
    pub(super) fn wait_for(&self, limit: &RateLimit, now: i64, places: usize) -> i64 {
        let blocked = self.blocked_until.saturating_sub(now);
        let windows = windows(limit).map(|(length, allowed)| {
            let allowed = usize::try_from(allowed).unwrap_or(usize::MAX).max(1);
            // So many of the oldest must be out of the window before.
            let over = (self.left.len().saturating_add(places)).saturating_sub(allowed);
            let last_of_them = over.min(self.left.len()).checked_sub(1);
            let last_of_them = last_of_them.and_then(|index| self.left.get(index));
            last_of_them.map_or(0, |left| left.saturating_add(length).saturating_sub(now))
        });
        windows.fold(blocked.max(0), i64::max)
    }

    /// How long the request behind `ahead` others has to wait, when all of them leave as early as they may.
    pub(super) fn forecast(&self, limit: &RateLimit, now: i64, ahead: usize) -> i64 {
        let mut future = self.clone();
        let mut at = now;
        for _ in 0..ahead.min(FORECAST_MAX) {
            at = at.saturating_add(future.wait(limit, at));
            future.leave(limit, at);
        }
        at.saturating_add(future.wait(limit, at))
            .saturating_sub(now)
    }

    /// A request leaves.
    pub(super) fn leave(&mut self, limit: &RateLimit, now: i64) {
        self.forget(limit, now);
        self.left.push_back(now);
    }

    /// The server refused with 429: nothing leaves before this instant.
    pub(super) fn block(&mut self, until: i64) {
        self.blocked_until = self.blocked_until.max(until);
    }

    /// Whether nothing depends on it any more.
    pub(super) fn is_idle(&self, now: i64) -> bool {
        let horizon = now.saturating_sub(HOUR);
        self.blocked_until <= now && self.left.back().is_none_or(|left| *left <= horizon)
    }

    /// Drops what no window counts; instants of a future that the clock of another process saw count as now.
    pub(super) fn forget(&mut self, limit: &RateLimit, now: i64) {
        let longest = windows(limit).map(|(length, _)| length).max().unwrap_or(0);
        let horizon = now.saturating_sub(longest);
        while self.left.front().is_some_and(|left| *left <= horizon) {
            self.left.pop_front();
        }
        for left in self.left.iter_mut().rev().take_while(|left| **left > now) {
            *left = now;
        }
    }
}

/// The windows that are limited: their lengths, a little longer than the server's, and what they allow.
///
/// A request is counted when it arrives, not when it leaves: the margin is for those that are faster on the way than
/// the ones before them.
fn windows(limit: &RateLimit) -> impl Iterator<Item = (i64, u32)> {
    [
        (SECOND + SECOND / 10, limit.per_second),
        (MINUTE + SECOND / 2, limit.per_minute),
        (HOUR + SECOND, limit.per_hour),
    ]
    .into_iter()
    .filter_map(|(length, allowed)| Some((length, allowed?)))
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// A forecast looks no further than this many requests ahead: it is told to people, nothing depends on it.
const FORECAST_MAX: usize = 2_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limit(second: u32, minute: u32, hour: u32) -> RateLimit {
        let some = |number: u32| (number > 0).then_some(number);
        RateLimit {
            per_second: some(second),
            per_minute: some(minute),
            per_hour: some(hour),
        }
    }

    /// Lets requests leave as early as they may.
    fn departures(limit: &RateLimit, asked: impl IntoIterator<Item = i64>) -> Vec<i64> {
        let mut counter = Counter::default();
        let mut now = 0;
        let leave = |pause| {
            now += pause;
            now += counter.wait(limit, now);
            assert_eq!(counter.wait(limit, now), 0, "a wait is waited once");
            counter.leave(limit, now);
            now
        };
        asked.into_iter().map(leave).collect()
    }

    #[test]
    fn all_three_windows_hold_at_once() {
        let limit = limit(2, 3, 4);
        let left = departures(&limit, [0; 5]);
        assert_eq!(left[..2], [0, 0]);
        assert_eq!(left[2], 1_100_000, "the second of the first two is over");
        assert_eq!(left[3], 60_500_000, "the minute of the first");
        assert_eq!(left[4], 3_601_000_000, "the hour of the first");
    }

    #[test]
    fn without_limits_nothing_waits() {
        assert_eq!(departures(&RateLimit::OFF, [0; 100]), [0; 100]);
    }

    #[test]
    fn a_block_is_obeyed_in_full() {
        let mut counter = Counter::default();
        counter.block(2_680 * SECOND);
        counter.block(SECOND);
        assert_eq!(counter.wait(&RateLimit::OFF, 0), 2_680 * SECOND);
        assert!(!counter.is_idle(SECOND) && counter.is_idle(2_680 * SECOND));
    }

    #[test]
    fn a_clock_that_went_back_locks_nobody_out() {
        let limit = limit(1, 0, 0);
        let mut counter = Counter::default();
        counter.leave(&limit, 10 * HOUR);
        counter.forget(&limit, 5 * HOUR);
        assert_eq!(counter.wait(&limit, 5 * HOUR), 1_100_000);
    }

    #[test]
    fn a_counter_survives_being_written_down() {
        let limit = limit(10, 30, 120);
        let mut counter = Counter::default();
        assert_eq!(serde_json::to_string(&counter).unwrap(), "{}");
        counter.leave(&limit, 5);
        counter.block(9);
        let text = serde_json::to_string(&counter).unwrap();
        assert_eq!(serde_json::from_str::<Counter>(&text).unwrap(), counter);
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_than_it_may(
            second in 0_u32..5, minute in 0_u32..12, hour in 0_u32..30,
            pauses in proptest::collection::vec(prop_oneof![Just(0), 0..2 * SECOND, 0..20 * MINUTE], 1..120),
        ) {
            let limit = limit(second, minute, hour);
            let left = departures(&limit, pauses);
            for (length, allowed) in [(SECOND, second), (MINUTE, minute), (HOUR, hour)] {
                if allowed == 0 {
                    continue;
                }
                let allowed = usize::try_from(allowed).unwrap();
                for pair in left.windows(allowed + 1) {
                    prop_assert!(pair[allowed] - pair[0] >= length, "{left:?}");
                }
            }
        }

        #[test]
        fn a_forecast_is_what_then_happens(
            second in 1_u32..4, minute in 1_u32..8, before in 0_usize..10, ahead in 0_usize..10,
        ) {
            let limit = limit(second, minute, 0);
            let all = departures(&limit, vec![0; before + ahead + 1]);
            let mut counter = Counter::default();
            for left in &all[..before] {
                counter.leave(&limit, *left);
            }
            let now = before.checked_sub(1).map_or(0, |last| all[last]);
            let forecast = counter.forecast(&limit, now, ahead);
            prop_assert_eq!(now + forecast, all[before + ahead]);
        }
    }
}

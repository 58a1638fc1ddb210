//! The time of the world: the machine's, moved or frozen at will.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use ksef_core::clock::{Clock, SharedClock};
use serde::{Deserialize, Serialize};

use crate::world::record::Record;

/// The clock of a sandbox.
///
/// [`now`](Clock::now) is the time of the world: what documents carry, what lifetimes and limits are measured in.
/// [`machine_now`](Self::machine_now) runs on even while the world stands still: what latencies are measured in, so that
/// processing goes on in a frozen world. [`lapsing_now`](Self::lapsing_now) is the time of the world as if it never
/// stood still: what request limits are measured in, so that waiting helps in a frozen world as well.
#[derive(Debug)]
pub(crate) struct SandboxClock {
    machine: SharedClock,
    setting: RwLock<ClockSetting>,
    /// What lapses, minus the machine's time, in milliseconds.
    lapse_offset_ms: AtomicI64,
}

/// How the time of the world derives from the machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "camelCase")]
pub(crate) enum ClockSetting {
    /// It runs, this many milliseconds ahead (or behind, when negative).
    #[serde(rename_all = "camelCase")]
    Running {
        /// World minus machine.
        offset_ms: i64,
    },
    /// It stands still.
    Frozen {
        /// The instant it shows.
        at: Timestamp,
    },
}

impl SandboxClock {
    /// A clock on the machine's clock (or a test's).
    pub(crate) fn new(machine: SharedClock) -> Self {
        Self {
            machine,
            setting: RwLock::new(ClockSetting::Running { offset_ms: 0 }),
            lapse_offset_ms: AtomicI64::new(0),
        }
    }

    /// The machine's time.
    pub(crate) fn machine_now(&self) -> Timestamp {
        self.machine.now()
    }

    /// How the clock is set.
    pub(crate) fn setting(&self) -> ClockSetting {
        *self.setting.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time of the world as if it never stood still; moving the clock moves it as well.
    pub(crate) fn lapsing_now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.lapse_offset_ms.load(Ordering::Acquire));
        let machine = self.machine_now();
        machine.checked_add(offset).unwrap_or(machine)
    }

    /// Sets the clock without remembering it; see [`crate::app::App::change_clock`].
    pub(crate) fn set(&self, setting: ClockSetting) {
        let mut current = self.setting.write().unwrap_or_else(PoisonError::into_inner);
        let offset = match (*current, setting) {
            (_, ClockSetting::Running { offset_ms }) => offset_ms,
            (ClockSetting::Running { .. }, ClockSetting::Frozen { at }) => {
                at.as_millisecond() - self.machine_now().as_millisecond()
            }
            (ClockSetting::Frozen { at: before }, ClockSetting::Frozen { at }) => {
                let moved = at.as_millisecond() - before.as_millisecond();
                self.lapse_offset_ms
                    .load(Ordering::Acquire)
                    .saturating_add(moved)
            }
        };
        self.lapse_offset_ms.store(offset, Ordering::Release);
        *current = setting;
    }

    /// The setting that stands still at `at`, or now.
    pub(crate) fn frozen(&self, at: Option<Timestamp>) -> ClockSetting {
        ClockSetting::Frozen {
            at: at.unwrap_or_else(|| self.now()),
        }
    }

    /// The setting that runs on from what the clock shows.
    pub(crate) fn resumed(&self) -> ClockSetting {
        let offset_ms = self.now().as_millisecond() - self.machine_now().as_millisecond();
        ClockSetting::Running { offset_ms }
    }

    /// The setting that is `by` further on (back, when negative); it stays frozen or running. `None` when no calendar
    /// reaches that far.
    pub(crate) fn advanced(&self, by: SignedDuration) -> Option<ClockSetting> {
        Some(match self.setting() {
            ClockSetting::Running { offset_ms } => {
                let by = i64::try_from(by.as_millis()).ok()?;
                ClockSetting::Running {
                    offset_ms: offset_ms.checked_add(by)?,
                }
            }
            ClockSetting::Frozen { at } => ClockSetting::Frozen {
                at: at.checked_add(by).ok()?,
            },
        })
    }

    /// What the clock would show with this setting; `None` when no calendar reaches that far.
    pub(crate) fn shown_by(&self, setting: ClockSetting) -> Option<Timestamp> {
        match setting {
            ClockSetting::Running { offset_ms } => {
                let offset = SignedDuration::from_millis(offset_ms);
                self.machine_now().checked_add(offset).ok()
            }
            ClockSetting::Frozen { at } => Some(at),
        }
    }
}

/// Whether KSeF can live at this instant: from October 2021 on, where the dates of a UPO begin (older reference numbers
/// would not even be read back), until the end of 2999.
pub(crate) fn is_livable(instant: Timestamp) -> bool {
    (EARLIEST..LATEST).contains(&instant)
}

impl Clock for SandboxClock {
    fn now(&self) -> Timestamp {
        self.shown_by(self.setting())
            .unwrap_or_else(|| self.machine_now())
    }
}

/// The remembered setting.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ClockRecord {
    /// The setting.
    pub(crate) setting: ClockSetting,
}

impl Record for ClockRecord {
    const TABLE: &'static str = "clock";
    type Key = &'static str;

    fn key(&self) -> &'static str {
        "setting"
    }
}

const EARLIEST: Timestamp = Timestamp::constant(1_633_046_400, 0);
const LATEST: Timestamp = Timestamp::constant(32_503_680_000, 0);

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ksef_core::clock::ManualClock;

    use super::*;

    #[test]
    fn a_frozen_world_stands_and_a_resumed_one_runs_on_from_there() {
        let machine = Arc::new(ManualClock::new("2026-11-21T08:00:00Z".parse().unwrap()));
        let clock = SandboxClock::new(machine.clone());
        clock.set(clock.advanced(SignedDuration::from_hours(2)).unwrap());
        assert_eq!(clock.now().to_string(), "2026-11-21T10:00:00Z");
        clock.set(clock.frozen(None));
        machine.advance(SignedDuration::from_mins(5));
        assert_eq!(clock.now().to_string(), "2026-11-21T10:00:00Z");
        assert_eq!(clock.machine_now().to_string(), "2026-11-21T08:05:00Z");
        clock.set(clock.advanced(SignedDuration::from_mins(-30)).unwrap());
        assert_eq!(clock.now().to_string(), "2026-11-21T09:30:00Z");
        clock.set(clock.resumed());
        machine.advance(SignedDuration::from_mins(1));
        assert_eq!(clock.now().to_string(), "2026-11-21T09:31:00Z");
    }

    #[test]
    fn what_lapses_goes_on_in_a_frozen_world() {
        let machine = Arc::new(ManualClock::new("2026-11-21T08:00:00Z".parse().unwrap()));
        let clock = SandboxClock::new(machine.clone());
        clock.set(clock.advanced(SignedDuration::from_hours(2)).unwrap());
        assert_eq!(clock.lapsing_now(), clock.now());
        clock.set(clock.frozen(None));
        machine.advance(SignedDuration::from_mins(5));
        assert_eq!(clock.now().to_string(), "2026-11-21T10:00:00Z");
        assert_eq!(clock.lapsing_now().to_string(), "2026-11-21T10:05:00Z");
        clock.set(clock.advanced(SignedDuration::from_hours(1)).unwrap());
        assert_eq!(clock.now().to_string(), "2026-11-21T11:00:00Z");
        assert_eq!(clock.lapsing_now().to_string(), "2026-11-21T11:05:00Z");
        clock.set(clock.resumed());
        assert_eq!(clock.lapsing_now(), clock.now());
    }

    #[test]
    fn the_world_lives_in_a_part_of_time() {
        for (text, expected) in [
            ("2021-09-30T23:59:59Z", false),
            ("2021-10-01T00:00:00Z", true),
            ("2999-12-31T23:59:59Z", true),
            ("3000-01-01T00:00:00Z", false),
        ] {
            assert_eq!(is_livable(text.parse().unwrap()), expected, "{text}");
        }
        let clock = SandboxClock::new(Arc::new(ManualClock::new(EARLIEST)));
        let far = clock.advanced(SignedDuration::from_hours(24 * 365 * 20_000));
        assert_eq!(far.and_then(|setting| clock.shown_by(setting)), None);
        assert_eq!(clock.advanced(SignedDuration::MAX), None);
    }

    #[test]
    fn settings_survive_as_json() {
        for setting in [
            ClockSetting::Running { offset_ms: -5 },
            ClockSetting::Frozen {
                at: "2026-11-21T08:00:00Z".parse().unwrap(),
            },
        ] {
            let json = serde_json::to_string(&setting).unwrap();
            assert_eq!(
                serde_json::from_str::<ClockSetting>(&json).unwrap(),
                setting
            );
        }
    }
}

//! Which window comes next, and where the cursor stands afterwards. No I/O.

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::invoices::{DateRange, DateType};

use crate::receiving::OPEN_SPAN_MAX;

/// Up to where a mirror is complete in one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Where the mirror began: what was stored earlier is not in it.
    pub since: Timestamp,
    /// Where the next window begins. Everything stored in KSeF before this instant is in the mirror.
    pub complete_to: Timestamp,
    /// Whether the invoices of that very instant may be incomplete: a package ended there.
    pub is_truncated: bool,
}

/// A span of the date of permanent storage, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends; without an end at the HWM.
    pub to: Option<Timestamp>,
}

impl Cursor {
    /// Nothing is there that was stored from this instant on.
    #[must_use]
    pub const fn begin(since: Timestamp) -> Self {
        Self {
            since,
            complete_to: since,
            is_truncated: false,
        }
    }

    /// The next window.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> Window {
        // After a truncated package a whole second might hold nothing new.
        let overlap = match self.is_truncated {
            true => OVERLAP_OF_TRUNCATED,
            false => OVERLAP,
        };
        let from = self
            .complete_to
            .checked_sub(overlap)
            .unwrap_or(self.complete_to);
        let is_long = now.duration_since(from) > OPEN_SPAN_MAX;
        Window {
            from,
            to: is_long.then(|| from.checked_add(DateRange::SPAN_MAX).unwrap_or(now)),
        }
    }

    /// Where it stands after a window of which everything is stored, up to `hwm` as the server said with it. Without
    /// a mark it does not move. It never moves back.
    #[must_use]
    pub fn after_complete(&self, window: &Window, hwm: Option<Timestamp>) -> Self {
        let end = match (hwm, window.to) {
            (Some(hwm), Some(to)) => hwm.min(to),
            (Some(hwm), None) => hwm,
            (None, _) => self.complete_to,
        };
        // Behind a window around one instant the second that others overlap by would lead back into it.
        let is_narrow = window
            .to
            .is_some_and(|to| end >= to && to.duration_since(window.from) < OVERLAP);
        Self {
            since: self.since,
            complete_to: end.max(self.complete_to),
            is_truncated: is_narrow || self.is_truncated && end <= self.complete_to,
        }
    }

    /// The window around the instant whose invoices fill a package that brought no progress: they may fit into a package
    /// of their own. `None` when that was tried.
    #[must_use]
    pub fn narrowed(window: &Window, last: Timestamp) -> Option<Window> {
        let to = last
            .max(window.from)
            .checked_add(OVERLAP_OF_TRUNCATED * 2)
            .ok()?;
        let is_new = window.to.is_none_or(|end| to < end);
        is_new.then_some(Window {
            from: window.from,
            to: Some(to),
        })
    }

    /// Where it stands after a truncated package whose last invoice was stored at `last`; `None` when that is no
    /// progress: more invoices have this one instant than a package holds.
    #[must_use]
    pub fn after_truncated(&self, window: &Window, last: Timestamp) -> Option<Self> {
        let known = match self.is_truncated {
            true => self.complete_to,
            false => window.from,
        };
        (last > known).then(|| Self {
            since: self.since,
            complete_to: last.max(self.complete_to),
            is_truncated: true,
        })
    }
}

impl Window {
    /// As a range of the API, which ends at the HWM at the latest.
    #[must_use]
    pub fn range(&self) -> DateRange {
        let range = match self.to {
            Some(to) => DateRange::between(DateType::PermanentStorage, self.from, to),
            None => DateRange::since(DateType::PermanentStorage, self.from),
        };
        range.restricted_to_hwm()
    }
}

/// Neighbouring windows have this much in common beyond their boundary: the server may round what it writes.
const OVERLAP: SignedDuration = SignedDuration::from_secs(1);
/// How finely the server writes an instant, and a little more.
const OVERLAP_OF_TRUNCATED: SignedDuration = SignedDuration::from_micros(10);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    proptest! {
        /// Whatever the marks are: windows follow one another without a hole, each is allowed, and they end.
        #[test]
        fn windows_leave_no_hole(
            since in 0..40_000_000_i64,
            lag in 0..200_000_i64,
            now in 40_000_000..80_000_000_i64,
        ) {
            let (now, hwm) = (at(now), at(now - lag));
            let mut cursor = Cursor::begin(at(since));
            let mut covered = at(since);
            for _ in 0..20 {
                let window = cursor.window(now);
                prop_assert!(window.from <= covered, "a hole before {}", window.from);
                let end = window.to.unwrap_or(now);
                prop_assert!(end.duration_since(window.from) <= DateRange::SPAN_MAX);
                let next = cursor.after_complete(&window, Some(hwm.min(end)));
                prop_assert!(next.complete_to >= cursor.complete_to);
                prop_assert!(next.complete_to <= hwm.max(at(since)), "beyond the mark");
                covered = next.complete_to;
                let is_last = window.to.is_none() || next == cursor;
                cursor = next;
                if is_last {
                    break;
                }
            }
            prop_assert_eq!(cursor.complete_to, hwm.max(at(since)));
        }

        /// A server with any invoices and any limit of a package gives every one of them, in the end.
        #[test]
        fn truncated_packages_lead_on_to_everything(
            mut stored in prop::collection::vec(0..400_i64, 0..60),
            limit in 4..9_usize,
        ) {
            stored.sort_unstable();
            let crowded = stored.chunk_by(|a, b| a == b).any(|same| same.len() > limit);
            let hwm = at(500);
            let mut cursor = Cursor::begin(at(0));
            let mut seen = std::collections::BTreeSet::<usize>::new();
            let mut narrow = None;
            for _ in 0..400 {
                let window = narrow.take().unwrap_or_else(|| cursor.window(hwm));
                let end = window.to.unwrap_or(hwm);
                let fits: Vec<usize> = (0..stored.len())
                    .filter(|i| (window.from..=end).contains(&at(stored[*i])))
                    .collect();
                seen.extend(fits.iter().take(limit).copied());
                if fits.len() > limit {
                    let last = at(stored[fits[limit - 1]]);
                    match cursor.after_truncated(&window, last) {
                        Some(next) => cursor = next,
                        None => match Cursor::narrowed(&window, last) {
                            Some(window) => narrow = Some(window),
                            None => {
                                prop_assert!(crowded);
                                return Ok(());
                            }
                        },
                    }
                } else {
                    let is_last = window.to.is_none();
                    cursor = cursor.after_complete(&window, Some(end));
                    if is_last {
                        break;
                    }
                }
            }
            prop_assert_eq!(cursor.complete_to, hwm);
            prop_assert!(!cursor.is_truncated);
            prop_assert_eq!(seen.len(), stored.len());
        }
    }

    #[test]
    fn without_a_mark_or_behind_it_nothing_moves() {
        let cursor = Cursor::begin(at(1_000));
        let window = cursor.window(at(2_000));
        assert_eq!(
            window,
            Window {
                from: at(999),
                to: None
            }
        );
        assert_eq!(cursor.after_complete(&window, None), cursor);
        assert_eq!(cursor.after_complete(&window, Some(at(500))), cursor);
        assert_eq!(cursor.after_truncated(&window, at(999)), None);
    }
}

//! Randomness of the operating system, and the changing parts of reference numbers.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::rand;
use jiff::Timestamp;
use jiff::civil::Date;
use ksef_core::calendar::warsaw_date;

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if rand::fill(&mut bytes).is_err() {
        // The generator of aws-lc aborts the process rather than run dry; a sandbox has no other source.
        tracing::error!("the random generator failed");
    }
    bytes
}

/// A random number of 64 bits.
pub(crate) fn number() -> u64 {
    u64::from_be_bytes(bytes())
}

/// `2 × N` random lower-case hexadecimal digits.
pub(crate) fn hex<const N: usize>() -> String {
    use std::fmt::Write as _;
    bytes::<N>()
        .iter()
        .fold(String::with_capacity(2 * N), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Date and both groups of a new reference number: `InvoiceRef::generate(parts.0, parts.1, parts.2)`.
///
/// As in genuine numbers the first group ends in `000` and grows through the day. The second begins anywhere and grows
/// by irregular steps, so that what was made later also sorts later while the clock of the world stands still.
pub(crate) fn reference_parts(now: Timestamp) -> (Date, u64, u64) {
    static LAST: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(number() & START_MASK));
    let millisecond_of_day = now.as_millisecond().rem_euclid(86_400_000).unsigned_abs();
    let step = (number() & STEP_MASK) + 1;
    let low = LAST.fetch_add(step, Ordering::Relaxed);
    (warsaw_date(now), millisecond_of_day << 12, low)
}

/// The growing group has 40 bits and begins in their lower half.
const START_MASK: u64 = (1 << 39) - 1;
/// Steps are 1 to 256, enough for thousands of millions of references in one process.
const STEP_MASK: u64 = 0xFF;

#[cfg(test)]
mod tests {
    use ksef_core::reference::SessionRef;

    use super::*;

    #[test]
    fn references_of_one_instant_sort_in_the_order_of_their_making() {
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        let made: Vec<_> = (0..100)
            .map(|_| {
                let (date, high, low) = reference_parts(now);
                SessionRef::generate(date, high, low)
            })
            .collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]), "{made:?}");
    }
}

//! Randomness of a world, and the changing parts of reference numbers.
//!
//! A world without a seed uses the operating system's. A world with a seed has [sources](Source) of its own, one for
//! requests and one for what happens after them, so that the order in which both come does not matter. Whoever works for
//! a world does so [with its source](with): code that needs a random number then need not know whose it is.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use aws_lc_rs::rand;
use jiff::Timestamp;
use jiff::civil::Date;
use ksef_core::calendar::warsaw_date;
use ksef_crypto::seeded::Stream;

/// Where random numbers come from.
#[derive(Debug)]
pub(crate) struct Source {
    /// Nothing when they come from the operating system.
    stream: Option<Mutex<Stream>>,
    /// The changing part of the last reference number.
    last: AtomicU64,
}

impl Source {
    /// The operating system's randomness.
    fn of_the_system() -> Self {
        Self::beginning(None)
    }

    /// What a seed determines for one purpose.
    pub(crate) fn seeded(seed: u64, purpose: &str) -> Self {
        let stream = Stream::new(&seed.to_be_bytes(), purpose);
        Self::beginning(Some(Mutex::new(stream)))
    }

    fn beginning(stream: Option<Mutex<Stream>>) -> Self {
        let source = Self {
            stream,
            last: AtomicU64::new(0),
        };
        let start = u64::from_be_bytes(source.bytes()) & START_MASK;
        source.last.store(start, Ordering::Relaxed);
        source
    }

    fn fill(&self, bytes: &mut [u8]) {
        if let Some(stream) = &self.stream {
            let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
            stream.fill(bytes);
        } else if rand::fill(bytes).is_err() {
            // The generator of aws-lc aborts the process rather than run dry; a sandbox has no other source.
            tracing::error!("the random generator failed");
        }
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// Does something with this source; what `work` hands to other threads they do without it.
pub(crate) fn with<T>(source: Option<&Arc<Source>>, work: impl FnOnce() -> T) -> T {
    let _source = enter(source);
    work()
}

/// Uses this source on this thread until the guard goes.
pub(crate) fn enter(source: Option<&Arc<Source>>) -> Entered {
    Entered {
        before: CURRENT.replace(source.cloned()),
    }
}

/// Puts the source before back when it goes, also by a panic. It does not leave its thread.
#[derive(Debug)]
pub(crate) struct Entered {
    before: Option<Arc<Source>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.before.take());
    }
}

/// Whether what is random now comes from a seed.
pub(crate) fn is_seeded() -> bool {
    current(|source| source.stream.is_some())
}

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    current(Source::bytes)
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
    let millisecond_of_day = now.as_millisecond().rem_euclid(86_400_000).unsigned_abs();
    let low = current(|source| {
        let step = (u64::from_be_bytes(source.bytes()) & STEP_MASK) + 1;
        source.last.fetch_add(step, Ordering::Relaxed)
    });
    (warsaw_date(now), millisecond_of_day << 12, low)
}

fn current<T>(take: impl FnOnce(&Source) -> T) -> T {
    CURRENT.with_borrow(|current| match current {
        Some(source) => take(source),
        None => take(&SYSTEM),
    })
}

thread_local! {
    /// The source of the world that this thread works for; none for a world without a seed.
    static CURRENT: RefCell<Option<Arc<Source>>> = const { RefCell::new(None) };
}

static SYSTEM: LazyLock<Source> = LazyLock::new(Source::of_the_system);

/// The growing group has 40 bits and begins in their lower half.
const START_MASK: u64 = (1 << 39) - 1;
/// Steps are 1 to 256, enough for thousands of millions of references in one process.
const STEP_MASK: u64 = 0xFF;

#[cfg(test)]
mod tests {
    use ksef_core::reference::SessionRef;

    use super::*;

    fn references() -> Vec<SessionRef> {
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        (0..100)
            .map(|_| {
                let (date, high, low) = reference_parts(now);
                SessionRef::generate(date, high, low)
            })
            .collect()
    }

    #[test]
    fn references_of_one_instant_sort_in_the_order_of_their_making() {
        let source = Arc::new(Source::seeded(7, "a"));
        for made in [references(), with(Some(&source), references)] {
            assert!(made.windows(2).all(|pair| pair[0] < pair[1]), "{made:?}");
        }
    }

    #[test]
    fn a_seed_gives_the_same_again_and_only_inside() {
        let draw = |seed, purpose| {
            let source = Arc::new(Source::seeded(seed, purpose));
            with(Some(&source), || (hex::<16>(), references(), is_seeded()))
        };
        let one = draw(7, "a");
        assert_eq!(one, draw(7, "a"));
        assert_ne!(one, draw(8, "a"));
        assert_ne!(one, draw(7, "b"));
        assert!(one.2 && !is_seeded());
        let panicked = std::panic::catch_unwind(|| {
            let source = Arc::new(Source::seeded(7, "a"));
            with(Some(&source), || panic!("in the middle of it"));
        });
        assert!(panicked.is_err() && !is_seeded());
        assert_ne!(hex::<16>(), hex::<16>());
    }
}

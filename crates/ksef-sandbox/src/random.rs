//! Randomness of the operating system, and the changing parts of reference numbers.

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
/// As in genuine numbers the first group ends in `000` and grows through the day; the second is random.
pub(crate) fn reference_parts(now: Timestamp) -> (Date, u64, u64) {
    let millisecond_of_day = now.as_millisecond().rem_euclid(86_400_000).unsigned_abs();
    (warsaw_date(now), millisecond_of_day << 12, number())
}

//! The header `Retry-After`.

use std::time::Duration;

use http::{HeaderMap, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// When the server wants to be asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetryAfter {
    /// After this many seconds.
    Seconds(u64),
    /// At this instant.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the header: whole seconds or an HTTP date. `None` when it is missing or says neither.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        Self::parse(headers.get(header::RETRY_AFTER)?.to_str().ok()?)
    }

    /// Reads a header value.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // More digits than fit are still a wait, the longest there is.
            return Some(Self::Seconds(text.parse().unwrap_or(u64::MAX)));
        }
        rfc2822::DateTimeParser::new()
            .relaxed_weekday(true)
            .parse_timestamp(text)
            .ok()
            .map(Self::At)
    }

    /// How long to wait from `now`; zero when the instant has passed.
    #[must_use]
    pub fn delay_from(self, now: Timestamp) -> Duration {
        match self {
            Self::Seconds(seconds) => Duration::from_secs(seconds),
            Self::At(instant) => {
                Duration::try_from(instant.duration_since(now)).unwrap_or(Duration::ZERO)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_and_dates() {
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let delay =
            |text: &str| RetryAfter::parse(text).map(|value| value.delay_from(now).as_secs());
        assert_eq!(delay(" 30 "), Some(30));
        assert_eq!(delay("2680"), Some(2_680));
        assert_eq!(delay("Sat, 21 Nov 2026 08:01:30 GMT"), Some(90));
        assert_eq!(delay("Sat, 21 Nov 2026 07:00:00 GMT"), Some(0));
        assert_eq!(delay("99999999999999999999999"), Some(u64::MAX));
        for text in ["", "-5", "1.5", "soon"] {
            assert_eq!(delay(text), None, "{text}");
        }
    }
}

//! Instants as the API writes and reads them.
//!
//! Written: `2025-07-11T12:23:56.0154302+00:00`, UTC with seven decimal places. Read: any ISO-8601 form with an
//! offset or `Z`; a form without an offset, which the deprecated error bodies use, counts as UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The form in which the server writes an instant; finer than 100 ns is cut off.
#[must_use]
pub fn format(timestamp: Timestamp) -> String {
    let utc = TimeZone::UTC.to_datetime(timestamp);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}+00:00",
        utc.year(),
        utc.month(),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second(),
        utc.subsec_nanosecond() / 100,
    )
}

/// Reads an instant. One after the last that can be held, such as the end of the year 9999 by which servers mean
/// "never", becomes the last one.
///
/// # Errors
/// [`jiff::Error`] when the text is no ISO-8601 date and time.
pub fn parse(text: &str) -> Result<Timestamp, jiff::Error> {
    let text = text.trim();
    text.parse::<Timestamp>().or_else(|error| {
        let civil = text.strip_suffix(['Z', 'z']).unwrap_or(text);
        let local: DateTime = civil.parse().map_err(|_: jiff::Error| error)?;
        let is_beyond_the_last = local.year() == 9999;
        TimeZone::UTC
            .to_timestamp(local)
            .or_else(|error| is_beyond_the_last.then_some(Timestamp::MAX).ok_or(error))
    })
}

/// For `#[serde(with = "timestamp::wire")]`.
pub(crate) mod wire {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        timestamp: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::format(*timestamp))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        super::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// For `#[serde(default, skip_serializing_if = "Option::is_none", with = "timestamp::wire_option")]`.
pub(crate) mod wire_option {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        timestamp: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match timestamp {
            Some(timestamp) => super::wire::serialize(timestamp, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<std::borrow::Cow<str>>::deserialize(deserializer)?;
        text.map(|text| super::parse(&text).map_err(serde::de::Error::custom))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_seven_places_in_utc() {
        let instant: Timestamp = "2025-07-11T14:23:56.0154302+02:00".parse().unwrap();
        assert_eq!(format(instant), "2025-07-11T12:23:56.0154302+00:00");
        assert_eq!(
            format("2026-02-01T00:00:00Z".parse().unwrap()),
            "2026-02-01T00:00:00.0000000+00:00"
        );
        assert_eq!(
            format("2026-02-01T00:00:00.123456789Z".parse().unwrap()),
            "2026-02-01T00:00:00.1234567+00:00"
        );
    }

    #[test]
    fn reads_every_offset_form() {
        let expected: Timestamp = "2025-07-11T12:23:56.0154302Z".parse().unwrap();
        for text in [
            "2025-07-11T12:23:56.0154302+00:00",
            "2025-07-11T12:23:56.0154302Z",
            "2025-07-11T14:23:56.0154302+02:00",
            "2025-07-11T14:23:56,0154302+0200",
            "2025-07-11T12:23:56.0154302",
            " 2025-07-11 12:23:56.0154302Z ",
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2025-07-11T25:00:00Z",
            "2025-13-01T00:00:00Z",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_end_of_time_is_the_last_instant() {
        for text in [
            "9999-12-31T23:59:59.9999999+00:00",
            "9999-12-31T23:59:59.9999999Z",
            "9999-12-31T23:59:59.9999999",
        ] {
            assert_eq!(parse(text).unwrap(), Timestamp::MAX, "{text}");
        }
        let first = parse("0001-01-01T00:00:00").unwrap();
        assert_eq!(format(first), "0001-01-01T00:00:00.0000000+00:00");
    }
}

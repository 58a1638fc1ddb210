//! Dates by the range the schema allows, and instants.

use std::borrow::Cow;

use jiff::civil::{self, Date};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::error::{Phrase, Reason, ValueError};
use super::{Value, collapse, trim};

/// A date of the schema with its earliest day; the latest is 2050-01-01 for all of them.
macro_rules! date_value {
    ($(#[$meta:meta])* $name:ident, from $year:literal-$month:literal-$day:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Date);

        impl $name {
            /// The earliest day.
            pub const MIN: Self = Self(civil::date($year, $month, $day));
            /// The latest day.
            pub const MAX: Self = Self(LATEST);

            /// Takes a day.
            ///
            /// # Errors
            /// A day before [`Self::MIN`] or after [`Self::MAX`].
            pub fn new(day: Date) -> Result<Self, ValueError> {
                if day < Self::MIN.0 || day > Self::MAX.0 {
                    let reason = Reason::OutOfRange {
                        min: Self::MIN.0.to_string(),
                        max: Self::MAX.0.to_string(),
                    };
                    return Err(ValueError::new(DATE, reason, &day.to_string()));
                }
                Ok(Self(day))
            }

            /// The day.
            #[must_use]
            pub const fn get(self) -> Date {
                self.0
            }
        }

        impl Value for $name {
            fn parse(text: &str) -> Result<Self, ValueError> {
                let text = collapse(text);
                let day = day(&text)
                    .ok_or_else(|| ValueError::new(DATE, Reason::Form(DAY), &text))?;
                Self::new(day)
            }

            fn parse_loosely(text: &str) -> Option<Self> {
                // A time zone after the day says nothing about the day.
                let day = day(trim(text).get(..10)?)?;
                Self::new(day).ok()
            }

            fn lexical(&self) -> Cow<'_, str> {
                Cow::Owned(self.0.to_string())
            }
        }

        super::value_traits!($name);

        impl TryFrom<Date> for $name {
            type Error = ValueError;

            fn try_from(day: Date) -> Result<Self, Self::Error> {
                Self::new(day)
            }
        }

        impl From<$name> for Date {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

date_value!(
    /// A date of an invoice or a supply: from 2006-01-01 to 2050-01-01.
    ///
    /// Source: `TDataT`.
    InvoiceDate,
    from 2006-1-1
);

date_value!(
    /// A date of a payment: from 2016-07-01 to 2050-01-01.
    ///
    /// Source: `TData`.
    PaymentDate,
    from 2016-7-1
);

date_value!(
    /// A date of a contract or an order: from 1990-01-01 to 2050-01-01.
    ///
    /// Source: `TDataU`.
    AgreementDate,
    from 1990-1-1
);

/// A date and time of the schema with its earliest instant.
macro_rules! instant_value {
    ($(#[$meta:meta])* $name:ident, from $year:literal-$month:literal-$day:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name {
            text: Box<str>,
            instant: Timestamp,
        }

        impl $name {
            /// Takes an instant and writes it in UTC, to the second.
            ///
            /// # Errors
            /// An instant before the earliest or after 2050-01-01T23:59:59Z.
            pub fn new(instant: Timestamp) -> Result<Self, ValueError> {
                let text = instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                <Self as Value>::parse(&text)
            }

            /// The date and time as written: `2026-02-01T00:00:00Z`, with or without fraction and offset.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.text
            }

            /// The instant; without an offset the text is taken as UTC.
            #[must_use]
            pub const fn instant(&self) -> Timestamp {
                self.instant
            }
        }

        impl Value for $name {
            fn parse(text: &str) -> Result<Self, ValueError> {
                let earliest = civil::date($year, $month, $day).at(0, 0, 0, 0);
                let text = collapse(text);
                let instant = instant(&text, earliest)?;
                Ok(Self { text: text.into(), instant })
            }

            fn lexical(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.text)
            }
        }

        super::value_traits!($name);
    };
}

instant_value!(
    /// When the file was made: from 2025-09-01T00:00:00Z to 2050-01-01T23:59:59Z.
    ///
    /// It keeps its text, so that it is written as it was read.
    CreationTime,
    from 2025-9-1
);

instant_value!(
    /// A time of a transport: from 2021-10-01T00:00:00Z to 2050-01-01T23:59:59Z.
    ///
    /// It keeps its text, so that it is written as it was read.
    ///
    /// Source: `TDataCzas`.
    TransportTime,
    from 2021-10-1
);

/// `YYYY-MM-DD` and nothing else.
fn day(text: &str) -> Option<Date> {
    let parts = [text.get(..4)?, text.get(5..7)?, text.get(8..)?];
    let is_form = text.len() == 10
        && text.get(4..5)? == "-"
        && text.get(7..8)? == "-"
        && parts.iter().all(|part| is_digits(part));
    if !is_form {
        return None;
    }
    let [year, month, day] = parts;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Reads `YYYY-MM-DDThh:mm:ss(.f+)?(Z|±hh:mm)?` and checks its range. A time without offset must be in the
/// range wherever it is, as a comparison with one is otherwise undecided (XML Schema part 2, 3.2.7.4).
fn instant(text: &str, earliest: civil::DateTime) -> Result<Timestamp, ValueError> {
    let (local, offset) =
        date_time(text).ok_or_else(|| ValueError::new(INSTANT, Reason::Form(DATE_TIME), text))?;
    let latest = LATEST.at(23, 59, 59, 0);
    let at = |shift: Offset| shift.to_timestamp(local).ok();
    let limit = |edge: civil::DateTime| Offset::UTC.to_timestamp(edge).ok();
    let (first, last) = match offset {
        Some(offset) => (at(offset), at(offset)),
        None => (at(Offset::constant(14)), at(Offset::constant(-14))),
    };
    let is_within =
        first.is_some() && first >= limit(earliest) && last.is_some() && last <= limit(latest);
    match at(offset.unwrap_or(Offset::UTC)) {
        Some(instant) if is_within => Ok(instant),
        _ => {
            let reason = Reason::OutOfRange {
                min: format!("{earliest}Z"),
                max: format!("{latest}Z"),
            };
            Err(ValueError::new(INSTANT, reason, text))
        }
    }
}

fn date_time(text: &str) -> Option<(civil::DateTime, Option<Offset>)> {
    let date = day(text.get(..10)?)?;
    let rest = text.get(10..)?.strip_prefix('T')?;
    let (clock, rest) = rest.split_at_checked(8)?;
    let (hour, minute, second) = clock_parts(clock)?;
    let (nanoseconds, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let end = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            let (digits, rest) = rest.split_at_checked(end)?;
            // Smaller parts of a second are kept in the text only.
            let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
            (nine.parse().ok().filter(|_| !digits.is_empty())?, rest)
        }
        None => (0_i32, rest),
    };
    let offset = offset(rest)?;
    if hour == 24 {
        let is_midnight = minute == 0 && second == 0 && nanoseconds == 0;
        let next = date
            .at(0, 0, 0, 0)
            .checked_add(SignedDuration::from_hours(24))
            .ok()?;
        return is_midnight.then_some((next, offset));
    }
    let time = civil::Time::new(hour, minute, second, nanoseconds).ok()?;
    Some((date.to_datetime(time), offset))
}

/// `hh:mm:ss`.
fn clock_parts(text: &str) -> Option<(i8, i8, i8)> {
    let mut parts = text.split(':');
    let mut next = || {
        let part = parts.next()?;
        (part.len() == 2 && is_digits(part)).then(|| part.parse::<i8>().ok())?
    };
    let clock = (next()?, next()?, next()?);
    (clock.2 < 60 && parts.next().is_none()).then_some(clock)
}

/// Nothing, `Z` or `±hh:mm` up to 14 hours.
fn offset(text: &str) -> Option<Option<Offset>> {
    match text {
        "" => Some(None),
        "Z" => Some(Some(Offset::UTC)),
        _ => {
            let sign = match text.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes, _) = clock_parts(&format!("{}:00", text.get(1..)?))?;
            let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
            let is_valid = minutes < 60 && seconds <= 14 * 3600;
            is_valid.then(|| Offset::from_seconds(sign * seconds).ok())
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

const LATEST: Date = civil::date(2050, 1, 1);
const DATE: Phrase = Phrase::new("data", "a date");
const INSTANT: Phrase = Phrase::new("data i czas", "a date and time");
const DAY: Phrase = Phrase::new("data RRRR-MM-DD", "a date YYYY-MM-DD");
const DATE_TIME: Phrase = Phrase::new(
    "data i czas RRRR-MM-DDTgg:mm:ssZ",
    "a date and time YYYY-MM-DDThh:mm:ssZ",
);

//! Dates, times and parts of dates: lexical forms and the partial order of the specification.

use std::cmp::Ordering;

use super::super::model::{Moment, Primitive};

/// A point on the time line as a document writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instant<'t> {
    moment: Moment,
    /// The digits of the fraction behind the ninth, without trailing zeros.
    rest: &'t [u8],
}

impl Instant<'_> {
    /// A bound of a schema.
    pub(crate) const fn of(moment: Moment) -> Self {
        Self { moment, rest: &[] }
    }

    /// The moment, finer digits than nanoseconds left out.
    pub(crate) const fn moment(self) -> Moment {
        self.moment
    }

    /// The order of XSD 1.0 part 2, 3.2.7.4; `None` when it is indeterminate, that is, when one
    /// of the two has no zone and they are within 14 hours.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        match (self.moment.is_zoned, other.moment.is_zoned) {
            (true, false) => self.compare_zoned(other),
            (false, true) => other.compare_zoned(self).map(Ordering::reverse),
            _ => Some(self.exact(other)),
        }
    }

    fn exact(self, other: Self) -> Ordering {
        let seconds = self.moment.seconds.cmp(&other.moment.seconds);
        seconds
            .then_with(|| self.moment.nanoseconds.cmp(&other.moment.nanoseconds))
            .then_with(|| self.rest.cmp(other.rest))
    }

    /// `self` has a zone, `other` has none and may be up to 14 hours earlier or later.
    fn compare_zoned(self, other: Self) -> Option<Ordering> {
        let shifted = |seconds: i64| Instant {
            moment: Moment {
                seconds: other.moment.seconds.saturating_add(seconds),
                ..other.moment
            },
            rest: other.rest,
        };
        if self.exact(shifted(-ZONE_SECONDS_MAX)) == Ordering::Less {
            return Some(Ordering::Less);
        }
        (self.exact(shifted(ZONE_SECONDS_MAX)) == Ordering::Greater).then_some(Ordering::Greater)
    }
}

/// Parses the lexical form of a date or time type; `None` for other types and texts.
pub(crate) fn parse(primitive: Primitive, text: &str) -> Option<Instant<'_>> {
    let mut cursor = Cursor {
        bytes: text.as_bytes(),
    };
    let mut parts = Parts::DEFAULT;
    match primitive {
        Primitive::Date => cursor.date(&mut parts)?,
        Primitive::DateTime => {
            cursor.date(&mut parts)?;
            cursor.skip(b"T")?;
            cursor.time(&mut parts)?;
        }
        Primitive::Time => {
            cursor.time(&mut parts)?;
            // 24:00:00 is the same time as 00:00:00.
            parts.seconds %= DAY_SECONDS;
        }
        Primitive::GYear => {
            parts.year = cursor.year()?;
            (parts.month, parts.day) = (1, 1);
        }
        Primitive::GYearMonth => {
            parts.year = cursor.year()?;
            cursor.skip(b"-")?;
            parts.month = cursor.pair()?;
            parts.day = 1;
        }
        Primitive::GMonthDay => {
            cursor.skip(b"--")?;
            parts.month = cursor.pair()?;
            cursor.skip(b"-")?;
            parts.day = cursor.pair()?;
        }
        Primitive::GDay => {
            cursor.skip(b"---")?;
            parts.day = cursor.pair()?;
        }
        Primitive::GMonth => {
            cursor.skip(b"--")?;
            parts.month = cursor.pair()?;
            parts.day = 1;
        }
        _ => return None,
    }
    let is_day = (1..=12).contains(&parts.month)
        && parts.day >= 1
        && parts.day <= days_in_month(parts.year, parts.month);
    if !is_day {
        return None;
    }
    let zone = cursor.zone()?;
    Some(parts.instant(zone))
}

/// What was read.
struct Parts<'t> {
    year: i64,
    month: u8,
    day: u8,
    /// Seconds of the day, up to 86 400.
    seconds: i64,
    nanoseconds: u32,
    rest: &'t [u8],
}

impl<'t> Parts<'t> {
    const DEFAULT: Self = Self {
        year: 1972,
        month: 12,
        day: 31,
        seconds: 0,
        nanoseconds: 0,
        rest: &[],
    };

    fn instant(&self, zone: Option<i64>) -> Instant<'t> {
        // Years the 64 bits cannot hold are before or after everything.
        let days = days_of(self.year, self.month, self.day);
        let seconds = days
            .saturating_mul(DAY_SECONDS)
            .saturating_add(self.seconds)
            .saturating_sub(zone.unwrap_or(0));
        Instant {
            moment: Moment {
                seconds,
                nanoseconds: self.nanoseconds,
                is_zoned: zone.is_some(),
            },
            rest: self.rest,
        }
    }
}

struct Cursor<'t> {
    bytes: &'t [u8],
}

impl<'t> Cursor<'t> {
    fn skip(&mut self, expected: &[u8]) -> Option<()> {
        self.bytes = self.bytes.strip_prefix(expected)?;
        Some(())
    }

    /// A number of these many digits at the start.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (head, tail) = self.bytes.split_at_checked(digits)?;
        let mut value = 0_i64;
        for byte in head {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value
                .saturating_mul(10)
                .saturating_add(i64::from(byte - b'0'));
        }
        self.bytes = tail;
        Some(value)
    }

    fn pair(&mut self) -> Option<u8> {
        u8::try_from(self.number(2)?).ok()
    }

    /// At least four digits, no leading zeros beyond four, no year 0 (XSD 1.0 part 2, 3.2.7.1).
    fn year(&mut self) -> Option<i64> {
        let is_negative = self.skip(b"-").is_some();
        let digits = self.bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits < 4 || (digits > 4 && self.bytes.first() == Some(&b'0')) {
            return None;
        }
        let year = self.number(digits)?.min(YEAR_MAX);
        if year == 0 {
            return None;
        }
        Some(if is_negative { -year } else { year })
    }

    fn date(&mut self, parts: &mut Parts<'t>) -> Option<()> {
        parts.year = self.year()?;
        self.skip(b"-")?;
        parts.month = self.pair()?;
        self.skip(b"-")?;
        parts.day = self.pair()?;
        Some(())
    }

    fn time(&mut self, parts: &mut Parts<'t>) -> Option<()> {
        let hour = self.number(2)?;
        self.skip(b":")?;
        let minute = self.number(2)?;
        self.skip(b":")?;
        let second = self.number(2)?;
        let mut is_whole = true;
        if self.skip(b".").is_some() {
            let count = self.bytes.iter().take_while(|b| b.is_ascii_digit()).count();
            let (fraction, tail) = self.bytes.split_at_checked(count)?;
            if fraction.is_empty() {
                return None;
            }
            self.bytes = tail;
            is_whole = fraction.iter().all(|digit| *digit == b'0');
            parts.fraction(fraction);
        }
        let is_midnight_after = hour == 24 && minute == 0 && second == 0 && is_whole;
        if !(is_midnight_after || (hour < 24 && minute < 60 && second < 60)) {
            return None;
        }
        parts.seconds = hour * 3600 + minute * 60 + second;
        Some(())
    }

    /// The zone in seconds east of UTC at the end of the text.
    fn zone(&mut self) -> Option<Option<i64>> {
        let sign = match self.bytes {
            [] => return Some(None),
            b"Z" => return Some(Some(0)),
            [b'+', ..] => 1,
            [b'-', ..] => -1,
            _ => return None,
        };
        self.bytes = self.bytes.get(1..)?;
        let hours = self.number(2)?;
        self.skip(b":")?;
        let minutes = self.number(2)?;
        let seconds = hours * 3600 + minutes * 60;
        let is_legal = self.bytes.is_empty() && minutes < 60 && seconds <= ZONE_SECONDS_MAX;
        is_legal.then_some(Some(sign * seconds))
    }
}

impl<'t> Parts<'t> {
    fn fraction(&mut self, digits: &'t [u8]) {
        let mut nanoseconds = 0;
        for index in 0..9 {
            let digit = digits.get(index).map_or(0, |byte| u32::from(byte - b'0'));
            nanoseconds = nanoseconds * 10 + digit;
        }
        self.nanoseconds = nanoseconds;
        let rest = digits.get(9..).unwrap_or_default();
        let zeros = rest.iter().rev().take_while(|byte| **byte == b'0').count();
        self.rest = rest.get(..rest.len() - zeros).unwrap_or_default();
    }
}

const fn is_leap(year: i64) -> bool {
    // XSD 1.0 has no year 0: -1 is the year before 1.
    let year = if year < 0 { year + 1 } else { year };
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

const fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
pub(super) fn days_of(year: i64, month: u8, day: u8) -> i64 {
    let year = if year < 0 { year + 1 } else { year };
    // The year begins in March, so that the leap day is its last.
    let shifted = if month <= 2 { year - 1 } else { year };
    let month = (i64::from(month) + 9) % 12;
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era.saturating_mul(146_097)
        .saturating_add(day_of_era - 719_468)
}

const DAY_SECONDS: i64 = 86_400;
/// 14 hours, the largest time zone.
const ZONE_SECONDS_MAX: i64 = 50_400;
/// Years beyond are all the same; seconds could not be counted.
const YEAR_MAX: i64 = 200_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn good(primitive: Primitive, texts: &[&str]) {
        for text in texts {
            assert!(parse(primitive, text).is_some(), "{text}");
        }
    }

    fn bad(primitive: Primitive, texts: &[&str]) {
        for text in texts {
            assert!(parse(primitive, text).is_none(), "{text}");
        }
    }

    #[test]
    fn dates_have_their_forms() {
        good(
            Primitive::Date,
            &[
                "2024-02-29",
                "2000-02-29",
                "2026-12-31Z",
                "2026-01-01+14:00",
                "2026-01-01-14:00",
                "-0001-01-01",
                "12345-01-01",
                "99999999999999999999-01-01",
            ],
        );
        bad(
            Primitive::Date,
            &[
                "2025-02-29",
                "1900-02-29",
                "2026-13-01",
                "2026-00-01",
                "2026-04-31",
                "2026-01-00",
                "0000-01-01",
                "026-01-01",
                "02026-01-01",
                "+2026-01-01",
                "2026-1-01",
                "2026-01-01+14:01",
                "2026-01-01+15:00",
                "2026-01-01+05:60",
                "2026-01-01z",
                "2026-01-01 ",
                "2026-01-01T00:00:00",
                "2026/01/01",
                "01-01-2026",
                "",
            ],
        );
    }

    #[test]
    fn times_have_their_forms() {
        good(
            Primitive::Time,
            &[
                "00:00:00",
                "23:59:59.999999999999",
                "24:00:00",
                "24:00:00.00Z",
            ],
        );
        bad(
            Primitive::Time,
            &[
                "24:00:01",
                "24:00:00.1",
                "23:60:00",
                "23:59:60",
                "1:00:00",
                "10:00",
                "10:00:00.",
                "10:00:00,5",
            ],
        );
        good(
            Primitive::DateTime,
            &["2026-03-16T24:00:00", "2026-03-16T09:12:44.123-14:00"],
        );
        bad(
            Primitive::DateTime,
            &["2026-03-16", "2026-03-16 09:12:44", "2026-03-16T09:12"],
        );
    }

    #[test]
    fn parts_of_dates_have_their_forms() {
        good(Primitive::GYear, &["2026", "-2026Z", "12026+01:00"]);
        bad(Primitive::GYear, &["026", "0000", "2026-01", "+2026"]);
        good(Primitive::GYearMonth, &["2026-12", "2026-01Z"]);
        bad(Primitive::GYearMonth, &["2026-13", "2026-1", "2026"]);
        good(Primitive::GMonthDay, &["--02-29", "--12-31-01:00"]);
        bad(Primitive::GMonthDay, &["--02-30", "--04-31", "02-29"]);
        good(Primitive::GDay, &["---31", "---01Z"]);
        bad(Primitive::GDay, &["---32", "---00", "--31"]);
        good(Primitive::GMonth, &["--12", "--01-02:00"]);
        bad(Primitive::GMonth, &["--13", "--1", "--12--"]);
        assert!(parse(Primitive::String, "2026").is_none());
    }

    #[test]
    fn days_agree_with_a_calendar() {
        let epoch = jiff::civil::date(1970, 1, 1);
        let mut day = jiff::civil::date(1, 1, 1);
        let end = jiff::civil::date(9990, 1, 1);
        while day < end {
            let expected = i64::from(day.since(epoch).unwrap().get_days());
            let found = days_of(
                i64::from(day.year()),
                day.month().unsigned_abs(),
                day.day().unsigned_abs(),
            );
            assert_eq!(found, expected, "{day}");
            day = day.checked_add(jiff::Span::new().days(17)).unwrap();
        }
        assert_eq!(days_of(-1, 12, 31) + 1, days_of(1, 1, 1));
    }

    fn order(primitive: Primitive, left: &str, right: &str) -> Option<Ordering> {
        let (left, right) = (parse(primitive, left), parse(primitive, right));
        let found = left.unwrap().compare(right.unwrap());
        let reverse = right.unwrap().compare(left.unwrap());
        assert_eq!(found, reverse.map(Ordering::reverse));
        found
    }

    #[test]
    fn order_is_the_specifications() {
        use Ordering::{Equal, Greater, Less};
        for (left, right, expected) in [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", Some(Equal)),
            ("2025-12-31T24:00:00Z", "2026-01-01T00:00:00Z", Some(Equal)),
            (
                "2026-01-01T02:00:00+02:00",
                "2026-01-01T00:00:00Z",
                Some(Equal),
            ),
            (
                "2026-01-01T00:00:00.5Z",
                "2026-01-01T00:00:00.50Z",
                Some(Equal),
            ),
            (
                "2026-01-01T00:00:00.0000000001Z",
                "2026-01-01T00:00:00Z",
                Some(Greater),
            ),
            // The examples of 3.2.7.4.
            ("2000-01-15T00:00:00", "2000-02-15T00:00:00", Some(Less)),
            ("2000-01-15T12:00:00", "2000-01-16T12:00:00Z", Some(Less)),
            ("2000-01-01T12:00:00", "1999-12-31T23:00:00Z", None),
            ("2000-01-16T12:00:00", "2000-01-16T12:00:00Z", None),
            ("2000-01-16T00:00:00", "2000-01-16T12:00:00Z", None),
            // The edge itself is indeterminate.
            ("2000-01-01T00:00:00Z", "2000-01-01T14:00:00", None),
            ("2000-01-01T00:00:00Z", "2000-01-01T14:00:01", Some(Less)),
            ("2000-01-01T14:00:01Z", "2000-01-01T00:00:00", Some(Greater)),
        ] {
            assert_eq!(
                order(Primitive::DateTime, left, right),
                expected,
                "{left} {right}"
            );
        }
        assert_eq!(order(Primitive::Time, "24:00:00", "00:00:00"), Some(Equal));
        assert_eq!(
            order(Primitive::Date, "99999999999999999999-01-01", "2050-01-01Z"),
            Some(Greater)
        );
        assert_eq!(
            order(Primitive::GMonthDay, "--02-29", "--03-01"),
            Some(Less)
        );
        assert_eq!(order(Primitive::GDay, "---02", "---10"), Some(Less));
    }
}

//! Dates as people and spreadsheets write them.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::fmt::strtime;

use crate::fault::Fault;

/// Reads a date: `2026-11-21`, `21.11.2026`, `21-11-2026`, a time after it is left out. Further
/// formats come from the mapping and, when there are any, go first.
///
/// Slashes are read only with a configured format: `03/04/2026` is two dates.
pub(crate) fn read(text: &str, formats: &[String]) -> Result<Date, Fault> {
    let text = text.trim();
    for format in formats {
        if let Ok(date) = strtime::parse(format, text).and_then(|time| time.to_date()) {
            return checked(date);
        }
    }
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    if !has_time_or_nothing(text.get(day.len()..).unwrap_or_default()) {
        return Err(Fault::NotADate);
    }
    let slashes = day.contains('/');
    let parts: Vec<&str> = day.split(['.', '-', '/']).collect();
    let (first, month, last) = match parts.as_slice() {
        [first, month, last] => (*first, *month, *last),
        _ => return Err(Fault::NotADate),
    };
    let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let one_sign = !(day.contains('.') && day.contains('-'));
    if slashes && digits(first, 1..=4) && digits(month, 1..=2) && digits(last, 1..=4) {
        return Err(Fault::AmbiguousDate);
    }
    let (year, month, day) = if digits(first, 4..=4) && digits(month, 2..=2) && digits(last, 2..=2)
    {
        (first, month, last)
    } else if digits(first, 1..=2) && digits(month, 1..=2) && digits(last, 4..=4) {
        (last, month, first)
    } else {
        return Err(Fault::NotADate);
    };
    if !one_sign || slashes {
        return Err(Fault::NotADate);
    }
    let number = |part: &str| part.parse::<i16>().ok();
    let (Some(year), Some(month), Some(day)) = (
        number(year),
        number(month).and_then(|month| i8::try_from(month).ok()),
        number(day).and_then(|day| i8::try_from(day).ok()),
    ) else {
        return Err(Fault::NotADate);
    };
    checked(Date::new(year, month, day).map_err(|_| Fault::NotADate)?)
}

/// Nothing, or something that looks like a time of day.
fn has_time_or_nothing(rest: &str) -> bool {
    rest.is_empty()
        || (rest.len() >= 5
            && rest.chars().any(|found| found == ':')
            && rest
                .chars()
                .all(|found| found.is_ascii_digit() || "T :.Z+-".contains(found)))
}

/// The date of a spreadsheet's day count, by the calendar from 1900 or from 1904. The time of day
/// is left out.
pub(crate) fn of_serial(serial: f64, from_1904: bool) -> Result<Date, Fault> {
    let days = format!("{:.0}", serial.floor())
        .parse::<i64>()
        .map_err(|_| Fault::NotADate)?;
    let epoch = if from_1904 {
        Date::constant(1904, 1, 1)
    } else {
        // Excel counts a 29 February 1900 that never was; after it this epoch is exact.
        Date::constant(1899, 12, 30)
    };
    if !(0..=SERIAL_MAX).contains(&days) {
        return Err(Fault::NotADate);
    }
    let date = epoch
        .checked_add(days.days())
        .map_err(|_| Fault::NotADate)?;
    checked(date)
}

/// The years the schema's widest date type allows.
fn checked(date: Date) -> Result<Date, Fault> {
    if (1990..=2050).contains(&date.year()) {
        Ok(date)
    } else {
        Err(Fault::DateOutOfRange {
            date: date.to_string(),
        })
    }
}

/// The last day a spreadsheet knows, 31 December 9999.
const SERIAL_MAX: i64 = 2_958_465;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, date: &str) {
        assert_eq!(
            read(text, &[]).map(|date| date.to_string()),
            Ok(date.to_owned()),
            "{text}"
        );
    }

    #[test]
    fn the_usual_ways() {
        reads("2026-11-21", "2026-11-21");
        reads("21.11.2026", "2026-11-21");
        reads("21-11-2026", "2026-11-21");
        reads(" 1.2.2026 ", "2026-02-01");
        reads("2026.11.21", "2026-11-21");
        reads("2026-11-21T00:00:00", "2026-11-21");
        reads("2026-11-21 13:45", "2026-11-21");
        reads("21.11.2026 00:00:00", "2026-11-21");
        reads("2026-11-21T10:00:00.123Z", "2026-11-21");
    }

    #[test]
    fn slashes_need_a_format() {
        assert_eq!(read("03/04/2026", &[]), Err(Fault::AmbiguousDate));
        assert_eq!(read("2026/04/03", &[]), Err(Fault::AmbiguousDate));
        let formats = ["%d/%m/%Y".to_owned()];
        assert_eq!(
            read("03/04/2026", &formats).unwrap().to_string(),
            "2026-04-03"
        );
        assert_eq!(
            read("2026-04-03", &formats).unwrap().to_string(),
            "2026-04-03"
        );
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "2026",
            "2026-13-01",
            "31.02.2026",
            "21.11.26",
            "2026-1-1",
            "2026-11",
            "46347",
            "21.11-2026",
            "jutro",
            "2026-11-21 jutro",
            "2026-11-21T",
            "1.2.3.2026",
            "٢٠٢٦-11-21",
        ] {
            assert_eq!(read(text, &[]), Err(Fault::NotADate), "{text}");
        }
        assert!(matches!(
            read("1026-11-21", &[]),
            Err(Fault::DateOutOfRange { .. })
        ));
    }

    #[test]
    fn serials_of_both_calendars() {
        let date = |serial, from_1904| of_serial(serial, from_1904).map(|date| date.to_string());
        assert_eq!(date(46347.0, false), Ok("2026-11-21".to_owned()));
        assert_eq!(date(46347.999, false), Ok("2026-11-21".to_owned()));
        assert_eq!(date(44885.0, true), Ok("2026-11-21".to_owned()));
        assert_eq!(
            date(0.0, false),
            Err(Fault::DateOutOfRange {
                date: "1899-12-30".into()
            })
        );
        assert_eq!(date(-1.0, false), Err(Fault::NotADate));
        assert_eq!(date(1e300, false), Err(Fault::NotADate));
        assert_eq!(date(f64::NAN, false), Err(Fault::NotADate));
    }
}

//! Legal days: civil dates in Europe/Warsaw, Polish holidays and working days.
//!
//! Invoices are dated and deadlines are counted in Polish civil time, whatever the machine's time zone is.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};

/// The time zone of Polish law. The zone is compiled in, so it does not depend on the machine.
#[must_use]
pub fn warsaw() -> TimeZone {
    // The bundled database always has it; Central European Time without daylight saving is the honest fallback.
    TimeZone::get("Europe/Warsaw").unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(1)))
}

/// The civil date in Warsaw at this instant.
#[must_use]
pub fn warsaw_date(instant: Timestamp) -> Date {
    in_warsaw(instant).date()
}

/// The instant with Warsaw's clock and offset.
#[must_use]
pub fn in_warsaw(instant: Timestamp) -> Zoned {
    instant.to_zoned(warsaw())
}

/// Is the day a statutory holiday in Poland? Sundays that are no feast are not; ask [`is_working_day`].
///
/// 24 December is one since 2025, 6 January since 2011.
#[must_use]
pub fn is_holiday(day: Date) -> bool {
    let fixed = match (day.month(), day.day()) {
        (1, 1) | (5, 1 | 3) | (8, 15) | (11, 1 | 11) | (12, 25 | 26) => true,
        (1, 6) => day.year() >= 2011,
        (12, 24) => day.year() >= 2025,
        _ => false,
    };
    let since_easter = easter(day.year())
        .and_then(|easter| day.since(easter).ok())
        .map(|span| span.get_days());
    fixed || since_easter.is_some_and(|days| [0, 1, 49, 60].contains(&days))
}

/// Is the day neither Saturday, Sunday nor a holiday?
#[must_use]
pub fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(day)
}

/// The `count`-th working day after `day` (which itself does not count); `day` itself for a count of 0.
///
/// Stops at the last representable date.
#[must_use]
pub fn add_working_days(day: Date, count: u32) -> Date {
    let mut day = day;
    let mut left = count;
    while left > 0 {
        let Ok(next) = day.tomorrow() else { return day };
        day = next;
        if is_working_day(day) {
            left -= 1;
        }
    }
    day
}

/// Easter Sunday of a year of the Gregorian calendar; `None` outside the representable years.
#[must_use]
pub fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let golden = y.rem_euclid(19);
    let (century, in_century) = (y.div_euclid(100), y.rem_euclid(100));
    let epact = (19 * golden + century
        - century.div_euclid(4)
        - (century - (century + 8).div_euclid(25) + 1).div_euclid(3)
        + 15)
        .rem_euclid(30);
    let weekday = (32 + 2 * century.rem_euclid(4) + 2 * in_century.div_euclid(4)
        - epact
        - in_century.rem_euclid(4))
    .rem_euclid(7);
    let late = (golden + 11 * epact + 22 * weekday).div_euclid(451);
    let days_after_march_21 = epact + weekday - 7 * late + 1;
    Date::new(year, 3, 21)
        .ok()?
        .checked_add(days_after_march_21.days())
        .ok()
}

/// The first day on which sending structured invoices was a duty (large taxpayers).
pub const KSEF_START: Date = date(2026, 2, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easters() {
        for (year, month, day) in [
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn holidays_of_2026() {
        let mut holidays = Vec::new();
        let mut day = date(2026, 1, 1);
        while day.year() == 2026 {
            if is_holiday(day) {
                holidays.push((day.month(), day.day()));
            }
            day = day.tomorrow().unwrap();
        }
        assert_eq!(
            holidays,
            [
                (1, 1),
                (1, 6),
                (4, 5),
                (4, 6),
                (5, 1),
                (5, 3),
                (5, 24),
                (6, 4),
                (8, 15),
                (11, 1),
                (11, 11),
                (12, 24),
                (12, 25),
                (12, 26)
            ]
        );
        assert!(!is_holiday(date(2024, 12, 24)));
    }

    #[test]
    fn the_official_example_of_a_deadline() {
        // A failure that ends on Saturday 12 July 2025: seven working days end on Tuesday 22 July.
        assert_eq!(add_working_days(date(2025, 7, 12), 7), date(2025, 7, 22));
        assert_eq!(add_working_days(date(2025, 7, 8), 1), date(2025, 7, 9));
        assert_eq!(add_working_days(date(2026, 12, 23), 1), date(2026, 12, 28));
        assert_eq!(
            add_working_days(date(2026, 4, 3), 1),
            date(2026, 4, 7),
            "over Easter"
        );
    }

    #[test]
    fn days_are_those_of_warsaw() {
        let date_of = |text: &str| warsaw_date(text.parse().unwrap());
        assert_eq!(date_of("2026-11-20T22:59:59Z"), date(2026, 11, 20));
        assert_eq!(
            date_of("2026-11-20T23:00:00Z"),
            date(2026, 11, 21),
            "winter: one hour ahead"
        );
        assert_eq!(
            date_of("2026-07-20T22:00:00Z"),
            date(2026, 7, 21),
            "summer: two hours ahead"
        );
    }
}

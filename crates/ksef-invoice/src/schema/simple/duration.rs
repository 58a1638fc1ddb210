//! `duration`: months and seconds, partially ordered.

use std::cmp::Ordering;

use super::moment::days_of;

/// A span of time. A month has no fixed number of seconds, so the two are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Duration<'t> {
    months: i128,
    seconds: i128,
    /// The digits of the fraction, without trailing zeros.
    fraction: &'t [u8],
    is_negative: bool,
}

impl<'t> Duration<'t> {
    /// Parses `PnYnMnDTnHnMnS`, of which any part may be missing, but not all. `None` also for
    /// numbers of more than 18 digits.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (is_negative, bytes) = match bytes.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        let mut rest = bytes.strip_prefix(b"P")?;
        let mut found = Self {
            months: 0,
            seconds: 0,
            fraction: &[],
            is_negative,
        };
        let mut designators: &[u8] = b"YMD";
        let mut is_time = false;
        let mut has_part = false;
        while !rest.is_empty() {
            if !is_time && rest.first() == Some(&b'T') {
                (is_time, designators) = (true, b"HMS");
                rest = rest.get(1..)?;
            }
            let (number, tail) = digits(rest)?;
            let (fraction, tail) = match tail.strip_prefix(b".") {
                Some(tail) => {
                    let count = tail.iter().take_while(|b| b.is_ascii_digit()).count();
                    let (fraction, tail) = tail.split_at_checked(count)?;
                    (Some(fraction).filter(|part| !part.is_empty())?, tail)
                }
                None => (&[][..], tail),
            };
            let designator = *tail.first()?;
            let at = designators.iter().position(|known| *known == designator)?;
            designators = designators.get(at + 1..)?;
            if !fraction.is_empty() && designator != b'S' {
                return None;
            }
            let zeros = fraction.iter().rev().take_while(|b| **b == b'0').count();
            match (is_time, designator) {
                (false, b'Y') => found.months += number * 12,
                (false, b'M') => found.months += number,
                (false, _) => found.seconds += number * 86_400,
                (true, b'H') => found.seconds += number * 3600,
                (true, b'M') => found.seconds += number * 60,
                (true, _) => {
                    found.seconds += number;
                    found.fraction = fraction.get(..fraction.len() - zeros)?;
                }
            }
            rest = tail.get(1..)?;
            has_part = true;
        }
        has_part.then_some(found)
    }

    /// The order of XSD 1.0 part 2, 3.2.6.2: the four moments of the specification plus the
    /// spans have the same order, or none.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        let mut order = None;
        for (year, month) in [(1696, 9), (1697, 2), (1903, 3), (1903, 7)] {
            let here = self.after(year, month).cmp(&other.after(year, month));
            let here = here.then_with(|| self.signed_fraction(other));
            if *order.get_or_insert(here) != here {
                return None;
            }
        }
        order
    }

    /// Seconds from the epoch to the moment this long after the first of a month.
    fn after(self, year: i128, month: i128) -> i128 {
        let sign = if self.is_negative { -1 } else { 1 };
        let months = year * 12 + month - 1 + sign * self.months;
        // 4800 months are a whole number of days.
        let month = u8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
        let year = i64::try_from(months.div_euclid(12).rem_euclid(400) + 400).unwrap_or(400);
        let eras = months.div_euclid(12).div_euclid(400) - 1;
        let days = i128::from(days_of(year, month, 1)) + eras * 146_097;
        days * 86_400 + sign * self.seconds
    }

    fn signed_fraction(self, other: Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.fraction.cmp(other.fraction),
            (true, true) => other.fraction.cmp(self.fraction),
            (false, true) => (self.fraction.len() + other.fraction.len()).cmp(&0),
            (true, false) => 0.cmp(&(self.fraction.len() + other.fraction.len())),
        }
    }
}

fn digits(bytes: &[u8]) -> Option<(i128, &[u8])> {
    let count = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if count == 0 || count > DIGITS_MAX {
        return None;
    }
    let (head, tail) = bytes.split_at_checked(count)?;
    let number = head
        .iter()
        .fold(0, |number, byte| number * 10 + i128::from(byte - b'0'));
    Some((number, tail))
}

const DIGITS_MAX: usize = 18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for good in [
            "P1Y",
            "-P1M",
            "P1Y2M3DT4H5M6.7S",
            "PT0S",
            "P0D",
            "PT1H1S",
            "P1DT1M",
        ] {
            assert!(Duration::parse(good).is_some(), "{good}");
        }
        for bad in [
            "", "P", "-", "PT", "P1YT", "P1", "1Y", "P1S", "PT1Y", "P1M1Y", "P1.5D", "PT1.S",
            "PT.5S", "P-1Y", "P1YT1", "p1y", "P1Y ", "PT1HT1M",
        ] {
            assert!(Duration::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn order() {
        use Ordering::{Equal, Greater, Less};
        for (left, right, expected) in [
            ("P1Y", "P12M", Some(Equal)),
            ("P1D", "PT24H", Some(Equal)),
            // The table of 3.2.6.2.
            ("P1Y", "P364D", Some(Greater)),
            ("P1Y", "P365D", None),
            ("P1Y", "P366D", None),
            ("P1Y", "P367D", Some(Less)),
            ("P1M", "P27D", Some(Greater)),
            ("P1M", "P28D", None),
            ("P1M", "P31D", None),
            ("P1M", "P32D", Some(Less)),
            ("P5M", "P149D", Some(Greater)),
            ("P5M", "P150D", None),
            ("P5M", "P153D", None),
            ("P5M", "P154D", Some(Less)),
            ("PT0.5S", "PT0.25S", Some(Greater)),
            ("-PT0.5S", "PT0.5S", Some(Less)),
            ("-PT0S", "PT0S", Some(Equal)),
            ("P999999999999999999Y", "P1Y", Some(Greater)),
        ] {
            let (left_value, right_value) = (Duration::parse(left), Duration::parse(right));
            let found = left_value.unwrap().compare(right_value.unwrap());
            assert_eq!(found, expected, "{left} {right}");
        }
    }
}

//! Decimal numbers of any length, compared as digit strings.

use std::cmp::Ordering;
use std::fmt;

/// A decimal number: a sign and digits without the zeros that mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal<'t> {
    /// Never set for zero.
    is_negative: bool,
    /// Without leading zeros, empty for numbers below one.
    whole: &'t [u8],
    /// Without trailing zeros.
    fraction: &'t [u8],
}

impl<'t> Decimal<'t> {
    /// Parses `decimal`: a sign, digits, a point and digits, of which one side of the point may be
    /// empty.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        Self::read(text, true)
    }

    /// Parses `integer`: no point.
    pub(crate) fn parse_integer(text: &'t str) -> Option<Self> {
        Self::read(text, false)
    }

    fn read(text: &'t str, takes_point: bool) -> Option<Self> {
        let bytes = text.as_bytes();
        let (is_negative, digits) = match bytes.first()? {
            b'-' => (true, bytes.get(1..)?),
            b'+' => (false, bytes.get(1..)?),
            _ => (false, bytes),
        };
        let point = digits.iter().position(|byte| !byte.is_ascii_digit());
        let (whole, fraction) = match point {
            None => (digits, &[][..]),
            Some(at) if takes_point && digits.get(at) == Some(&b'.') => {
                let fraction = digits.get(at + 1..)?;
                if !fraction.iter().all(u8::is_ascii_digit) {
                    return None;
                }
                (digits.get(..at)?, fraction)
            }
            Some(_) => return None,
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let leading = whole.iter().take_while(|digit| **digit == b'0').count();
        let trailing = fraction
            .iter()
            .rev()
            .take_while(|digit| **digit == b'0')
            .count();
        let whole = whole.get(leading..).unwrap_or_default();
        let fraction = fraction
            .get(..fraction.len() - trailing)
            .unwrap_or_default();
        Some(Self {
            is_negative: is_negative && !(whole.is_empty() && fraction.is_empty()),
            whole,
            fraction,
        })
    }

    /// The digits that `totalDigits` counts (XSD 1.0 part 2, 4.3.11): the least `d` for which the
    /// number is `i / 10^n` with `|i| < 10^d` and `n <= d`.
    pub(crate) const fn total_digits(self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    /// The digits behind the point that are not trailing zeros.
    pub(crate) const fn fraction_digits(self) -> usize {
        self.fraction.len()
    }

    fn magnitude(self, other: Self) -> Ordering {
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction))
    }
}

impl fmt::Display for Decimal<'_> {
    /// The number without zeros that mean nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |digits| std::str::from_utf8(digits).unwrap_or_default();
        if self.is_negative {
            f.write_str("-")?;
        }
        f.write_str(if self.whole.is_empty() {
            "0"
        } else {
            text(self.whole)
        })?;
        if self.fraction.is_empty() {
            return Ok(());
        }
        write!(f, ".{}", text(self.fraction))
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude(*other),
            (true, true) => other.magnitude(*self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for good in [
            "0",
            "-0",
            "+1",
            "00012.500",
            ".5",
            "5.",
            "-0.10",
            &"9".repeat(5000),
        ] {
            assert!(Decimal::parse(good).is_some(), "{good}");
        }
        for bad in [
            "", "+", "-", ".", "-.", "1,5", "1e3", "--1", "+-1", "1.2.3", "١", " 1", "1 ", "NaN",
        ] {
            assert!(Decimal::parse(bad).is_none(), "{bad}");
        }
        assert!(Decimal::parse_integer("-007").is_some());
        for bad in ["1.0", "1.", ".", ""] {
            assert!(Decimal::parse_integer(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn order_and_digits() {
        let ordered = [
            "-1000000000000000000000000000000000000000000.1",
            "-10",
            "-9.99",
            "-9.9",
            "-0.01",
            "0",
            "0.001",
            "0.01",
            "0.1",
            "1",
            "1.000000000000000000000000000000000000001",
            "9",
            "10",
            "100000000000000000000000000000000000000000000",
        ];
        for (index, text) in ordered.iter().enumerate() {
            for (other_index, other) in ordered.iter().enumerate() {
                let (left, right) = (Decimal::parse(text), Decimal::parse(other));
                assert_eq!(
                    left.unwrap().cmp(&right.unwrap()),
                    index.cmp(&other_index),
                    "{text} {other}"
                );
            }
        }
        for (left, right) in [("-0", "0"), ("1.50", "+01.5"), ("5.", "5")] {
            assert_eq!(Decimal::parse(left), Decimal::parse(right));
        }
        for (text, total, fraction) in [
            ("0", 0, 0),
            ("0012.3400", 4, 2),
            ("0.05", 2, 2),
            ("-100", 3, 0),
            ("100.0", 3, 0),
        ] {
            let found = Decimal::parse(text).unwrap();
            assert_eq!(
                (found.total_digits(), found.fraction_digits()),
                (total, fraction)
            );
        }
    }
}

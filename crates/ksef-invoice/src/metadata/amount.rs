//! Decimal amounts as they are written.

use std::fmt;

/// A decimal number, kept as its text: no rounding, no float.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Amount(String);

/// A text that is no decimal number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountError(());

impl Amount {
    /// Parses a decimal number as XML Schema writes it: sign, digits, point, digits.
    ///
    /// # Errors
    /// When the text is no such number or longer than 64 characters.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_decimal = is_number(whole) && is_number(fraction);
        if text.len() > 64 || !is_decimal || (whole.is_empty() && fraction.is_empty()) {
            return Err(AmountError(()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The number as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number in hundredths, `1.5` as 150; `None` when it has more decimal places than two
    /// that are not zero, or does not fit.
    #[must_use]
    pub fn to_hundredths(&self) -> Option<i64> {
        let (is_negative, digits) = match self.0.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, self.0.strip_prefix('+').unwrap_or(&self.0)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 2 {
            return None;
        }
        let padded = format!("{whole}{fraction:0<2}");
        let value: i64 = padded.parse().ok()?;
        Some(if is_negative { -value } else { value })
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number")
    }
}

impl std::error::Error for AmountError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_text() {
        for (text, hundredths) in [
            ("2051", Some(205_100)),
            ("-0.10", Some(-10)),
            ("1.5", Some(150)),
            (".5", Some(50)),
            ("1.", Some(100)),
            ("1.005", None),
            ("1.0500", Some(105)),
            ("+3.00", Some(300)),
            ("99999999999999999999", None),
        ] {
            let amount = Amount::parse(text).unwrap();
            assert_eq!(
                (amount.as_str(), amount.to_hundredths()),
                (text, hundredths)
            );
        }
        for text in ["", ".", "-", "1,5", "1e3", "--1", "1.2.3", "١", "NaN"] {
            assert!(Amount::parse(text).is_err(), "{text}");
        }
    }
}

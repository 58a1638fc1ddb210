//! Amounts as people read them.

use crate::finding::Language;

/// Whether a text is a plain decimal number: digits with at most one dot, and a minus before them.
#[must_use]
pub fn is_amount(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}

/// A decimal number with its thousands apart: `1 234,50` in Polish, `1,234.50` in English. At least
/// `decimals` places are shown, and every digit of the document. What is no number stays as it is.
#[must_use]
pub fn spaced(text: &str, decimals: usize, language: Language) -> String {
    if !is_amount(text) {
        return text.to_owned();
    }
    let (point, gap) = match language {
        Language::Polish => (',', '\u{A0}'),
        Language::English => ('.', ','),
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut result = String::with_capacity(text.len() + 8);
    if digits.len() < text.len() {
        result.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            result.push(gap);
        }
        result.push(digit);
    }
    if decimals > 0 || !fraction.is_empty() {
        result.push(point);
        result.push_str(fraction);
        result.extend(std::iter::repeat_n(
            '0',
            decimals.saturating_sub(fraction.len()),
        ));
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        for (text, decimals, polish, english) in [
            ("0", 2, "0,00", "0.00"),
            ("-200", 2, "-200,00", "-200.00"),
            ("1234.5", 2, "1\u{A0}234,50", "1,234.50"),
            (
                "1000000.123456",
                2,
                "1\u{A0}000\u{A0}000,123456",
                "1,000,000.123456",
            ),
            ("10", 0, "10", "10"),
            ("1,5", 2, "1,5", "1,5"),
            ("-", 2, "-", "-"),
        ] {
            assert_eq!(spaced(text, decimals, Language::Polish), polish);
            assert_eq!(spaced(text, decimals, Language::English), english);
        }
    }
}

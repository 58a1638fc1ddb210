//! Numbers as people write them, into plain decimals. What can be read in two ways is not read.

use crate::fault::Fault;
use crate::mapping::DecimalMark;

/// Reads a number written by a person: `1 234,56`, `1234.56`, `-12`, `1.234,56`.
///
/// Spaces (plain, non-breaking, narrow) group thousands. A comma or a point is the decimal mark;
/// when both occur the last one is. One mark that could as well group thousands (`1.234`) is a
/// fault unless the mark is configured. The result has an optional minus, digits and at most one
/// point, without superfluous zeros in front.
pub(crate) fn read(text: &str, mark: DecimalMark) -> Result<String, Fault> {
    let invalid = || Fault::NotANumber;
    let trimmed = text.trim_matches(is_space);
    let (negative, body) = match trimmed.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    if body.is_empty()
        || !body
            .chars()
            .all(|c| c.is_ascii_digit() || ".,".contains(c) || is_space(c))
    {
        return Err(invalid());
    }
    let (whole, fraction) = split(body, mark)?;
    let whole = ungroup(whole).ok_or_else(invalid)?;
    if let Some(fraction) = fraction
        && (fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Err(invalid());
    }
    if whole.len().saturating_add(fraction.map_or(0, str::len)) > DIGITS_MAX {
        return Err(Fault::TooManyDigits { limit: DIGITS_MAX });
    }
    let significant = whole.trim_start_matches('0');
    let mut plain = String::new();
    if negative {
        plain.push('-');
    }
    plain.push_str(if significant.is_empty() {
        "0"
    } else {
        significant
    });
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    Ok(plain)
}

/// Finds the decimal mark: the whole part, still grouped, and the fraction.
fn split(body: &str, mark: DecimalMark) -> Result<(&str, Option<&str>), Fault> {
    let commas = body.matches(',').count();
    let points = body.matches('.').count();
    let (decimal, decimals, groupers) = match mark {
        DecimalMark::Comma => (',', commas, points),
        DecimalMark::Point => ('.', points, commas),
        DecimalMark::Detect => return detect(body, commas, points),
    };
    let parts = match decimals {
        0 => (body, None),
        1 => cut(body, decimal),
        _ => return Err(Fault::NotANumber),
    };
    // A grouping sign after the decimal mark is caught with the fraction's digits; here the
    // configured mark also forbids `1.5` where the comma is decimal.
    if groupers > 0 && ungroup(parts.0).is_none() {
        return Err(Fault::WrongDecimalMark { mark: decimal });
    }
    Ok(parts)
}

fn detect(body: &str, commas: usize, points: usize) -> Result<(&str, Option<&str>), Fault> {
    match (commas, points) {
        (0, 0) => Ok((body, None)),
        (1, 0) => single(body, ','),
        (0, 1) => single(body, '.'),
        (_, 0) | (0, _) => Ok((body, None)),
        _ => match body.rfind([',', '.']) {
            Some(last) => {
                let decimal = body.get(last..).and_then(|rest| rest.chars().next());
                match decimal {
                    Some(decimal) if body.matches(decimal).count() == 1 => Ok(cut(body, decimal)),
                    _ => Err(Fault::NotANumber),
                }
            }
            None => Err(Fault::NotANumber),
        },
    }
}

/// One mark: decimal, unless three digits follow one to three digits of which the first is not 0.
fn single(body: &str, mark: char) -> Result<(&str, Option<&str>), Fault> {
    let (whole, fraction) = cut(body, mark);
    let after = fraction.unwrap_or_default();
    let could_group = after.len() == 3
        && (1..=3).contains(&whole.len())
        && !whole.starts_with('0')
        && whole.bytes().all(|byte| byte.is_ascii_digit());
    if could_group {
        return Err(Fault::AmbiguousNumber {
            as_decimal: format!("{whole},{after}"),
            as_thousands: format!("{whole} {after}"),
        });
    }
    Ok((whole, fraction))
}

fn cut(body: &str, mark: char) -> (&str, Option<&str>) {
    match body.split_once(mark) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (body, None),
    }
}

/// Takes the grouping signs out; `None` when the groups are not of three or the signs differ.
fn ungroup(whole: &str) -> Option<String> {
    let sign = whole.chars().find(|found| !found.is_ascii_digit());
    let Some(sign) = sign else {
        return (!whole.is_empty()).then(|| whole.to_owned());
    };
    let mut groups = whole.split(sign);
    let first = groups.next()?;
    if first.is_empty() || first.len() > 3 {
        return None;
    }
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(digits)
}

/// The number a spreadsheet cell holds, in the digits Excel itself would show: the shortest text
/// that means the same double, or, when that needs more than Excel's fifteen digits (0.1 + 0.2 is
/// kept as 0.30000000000000004), rounded to fifteen. Whole numbers beyond fifteen digits have
/// lost some and are a fault.
pub(crate) fn of_double(value: f64) -> Result<String, Fault> {
    if !value.is_finite() {
        return Err(Fault::NotANumber);
    }
    let shortest = format!("{value:e}");
    let digits = shortest
        .split('e')
        .next()
        .unwrap_or_default()
        .bytes()
        .filter(u8::is_ascii_digit)
        .count();
    let scientific = if digits > EXCEL_DIGITS {
        format!("{value:.14e}")
    } else {
        shortest
    };
    let plain = expand(&scientific).ok_or(Fault::TooManyDigits { limit: DIGITS_MAX })?;
    if digits > EXCEL_DIGITS && whole_digits(&plain) > EXCEL_DIGITS {
        return Err(Fault::LostDigits);
    }
    Ok(plain)
}

/// A number with or without an exponent (`-1.25e3`) in plain digits, without zeros at the end of
/// the fraction; `None` beyond the digits an invoice could hold.
pub(crate) fn expand(number: &str) -> Option<String> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (number, 0),
    };
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let (whole, fraction) = cut(mantissa, '.');
    let fraction = fraction.unwrap_or_default();
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let limit = i32::try_from(DIGITS_MAX).ok()?;
    if digits.bytes().all(|byte| byte == b'0') {
        return Some("0".to_owned());
    }
    if point > limit || point < limit.checked_neg()? || digits.len() > DIGITS_MAX.saturating_mul(2)
    {
        return None;
    }
    let (whole, fraction) = if point <= 0 {
        let zeros = usize::try_from(point.checked_neg()?).ok()?;
        (String::new(), format!("{}{digits}", "0".repeat(zeros)))
    } else {
        let point = usize::try_from(point).ok()?;
        match digits.split_at_checked(point) {
            Some((whole, fraction)) => (whole.to_owned(), fraction.to_owned()),
            None => {
                let zeros = point.saturating_sub(digits.len());
                (format!("{digits}{}", "0".repeat(zeros)), String::new())
            }
        }
    };
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    })
}

fn whole_digits(plain: &str) -> usize {
    plain
        .split('.')
        .next()
        .unwrap_or_default()
        .bytes()
        .filter(u8::is_ascii_digit)
        .count()
}

/// The spaces that group thousands: plain, no-break, thin, narrow no-break, figure, and the tab.
pub(crate) const fn is_space(found: char) -> bool {
    matches!(
        found,
        ' ' | '\t' | '\r' | '\n' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}'
    )
}

/// How many digits a number may have; the schema's longest type has 22.
const DIGITS_MAX: usize = 24;

/// How many digits Excel keeps and shows.
const EXCEL_DIGITS: usize = 15;

#[cfg(test)]
mod tests;

//! The lexical forms of the simple types the metadata needs.

use std::borrow::Cow;

use jiff::civil::Date;
use ksef_core::internal_id::InternalId;
use ksef_core::nip::Nip;

use super::amount::Amount;

/// A simple type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    /// `TNrNIP`: ten digits by the pattern, without the check digit.
    Nip,
    /// `TNIPIdWew`.
    InternalId,
    /// `TDataT`: a date from 2006-01-01 to 2050-01-01, without time zone.
    Date,
    /// `TDataCzas` from this year and month to 2050-01-01T23:59:59Z.
    CreatedFrom(i16, i8),
    /// A token of 1 to this many characters, white space collapsed.
    Token(usize),
    /// A string of 1 to this many characters as it stands.
    Text(usize),
    /// `TKwotowy`: up to 16 digits, up to two decimal places, no leading zeros, no plus sign.
    Money,
    /// A decimal number as XML Schema writes it.
    Decimal,
    /// Three capital letters.
    Currency,
    /// Two capital letters.
    Country,
    /// The country prefix of a VAT number.
    UnionCountry,
    /// `TNrVatUE`.
    UnionNumber,
    /// An integer from 1 to this.
    Choice(u8),
    /// This integer.
    Exactly(u8),
    /// Exactly this.
    Fixed(&'static str),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A token with any content, the empty one included.
    Anything,
}

/// `TKodyKrajowUE`.
const UNION_COUNTRIES: [&str; 28] = [
    "AT", "BE", "BG", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "EL", "HR", "HU", "IE", "IT", "LV",
    "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "XI",
];

impl Facet {
    /// The value with its white space treated, or `None` when it has not the form of the type.
    pub(super) fn accept<'t>(self, text: &'t str) -> Option<Cow<'t, str>> {
        let value = match self {
            Self::Text(_) | Self::UnionNumber => Cow::Borrowed(text),
            _ => collapse(text),
        };
        let count = || value.chars().count();
        let is_accepted = match self {
            Self::Nip => Nip::parse(&value).is_ok(),
            Self::InternalId => InternalId::parse(&value).is_ok(),
            Self::Date => date(&value).is_some(),
            Self::CreatedFrom(year, month) => is_created(&value, year, month),
            Self::Token(max) | Self::Text(max) => !value.is_empty() && count() <= max,
            Self::Money => is_money(&value),
            Self::Decimal => Amount::parse(&value).is_ok(),
            Self::Currency => is_capitals(&value, 3),
            Self::Country => is_capitals(&value, 2),
            Self::UnionCountry => !value.is_empty() && UNION_COUNTRIES.contains(&value.as_ref()),
            Self::UnionNumber => {
                (1..=12).contains(&value.len())
                    && value
                        .bytes()
                        .all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'+' | b'*'))
            }
            Self::Choice(max) => number(&value).is_some_and(|found| (1..=max).contains(&found)),
            Self::Exactly(expected) => number(&value) == Some(expected),
            Self::Fixed(expected) => value == expected,
            Self::OneOf(values) => values.contains(&value.as_ref()),
            Self::Anything => true,
        };
        is_accepted.then_some(value)
    }

    /// What is expected, in words that need no translation or are the type's own pattern.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Nip => "[1-9]((\\d[1-9])|([1-9]\\d))\\d{7}",
            Self::InternalId => "NIP-\\d{5}",
            Self::Date => "YYYY-MM-DD, 2006-01-01 … 2050-01-01",
            Self::CreatedFrom(2025, _) => {
                "YYYY-MM-DDThh:mm:ssZ, 2025-09-01T00:00:00Z … 2050-01-01T23:59:59Z"
            }
            Self::CreatedFrom(2026, _) => {
                "YYYY-MM-DDThh:mm:ssZ, 2026-01-01T00:00:00Z … 2050-01-01T23:59:59Z"
            }
            Self::CreatedFrom(..) => {
                "YYYY-MM-DDThh:mm:ssZ, 2022-01-01T00:00:00Z … 2050-01-01T23:59:59Z"
            }
            Self::Token(512) | Self::Text(512) => "1–512",
            Self::Token(256) | Self::Text(256) => "1–256",
            Self::Token(_) | Self::Text(_) => "1–50",
            Self::Money => "-?([1-9]\\d{0,15}|0)(\\.\\d{1,2})?",
            Self::Decimal => "[+-]?\\d*(\\.\\d*)?",
            Self::Currency => "[A-Z]{3}",
            Self::Country => "[A-Z]{2}",
            Self::UnionCountry => "AT, BE, …, SE, XI",
            Self::UnionNumber => "(\\d|[A-Z]|\\+|\\*){1,12}",
            Self::Choice(1) => "1",
            Self::Choice(2) => "1, 2",
            Self::Choice(3) => "1 … 3",
            Self::Choice(10) => "1 … 10",
            Self::Choice(_) => "1 … 11",
            Self::Exactly(1) => "1",
            Self::Exactly(2) => "2",
            Self::Exactly(_) => "3",
            Self::Fixed(value) => value,
            Self::OneOf(values) => match values.first() {
                Some(first) if first.len() == 6 => "VAT_RR, KOR_VAT_RR",
                _ => "VAT, KOR, ZAL, ROZ, UPR, KOR_ZAL, KOR_ROZ",
            },
            Self::Anything => "…",
        }
    }
}

/// White space of the XML Schema type `token`: none at the ends, single spaces inside.
pub(crate) fn collapse(text: &str) -> Cow<'_, str> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let bytes = text.as_bytes();
    let is_collapsed = !bytes.first().is_some_and(is_space)
        && !bytes.last().is_some_and(is_space)
        && !bytes.iter().any(|byte| is_space(byte) && *byte != b' ')
        && !bytes.windows(2).any(|pair| pair == b"  ");
    if is_collapsed {
        return Cow::Borrowed(text);
    }
    let mut collapsed = String::with_capacity(text.len());
    for word in text
        .split([' ', '\t', '\n', '\r'])
        .filter(|word| !word.is_empty())
    {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    Cow::Owned(collapsed)
}

/// A date of `TDataT`.
pub(crate) fn date(text: &str) -> Option<Date> {
    let found = plain_date(text)?;
    let is_in_range = (2006..2050).contains(&found.year())
        || (found.year() == 2050 && found.month() == 1 && found.day() == 1);
    is_in_range.then_some(found)
}

/// An integer of XML Schema in the range of a byte without its negative half.
pub(super) fn number(text: &str) -> Option<u8> {
    text.parse::<u8>().ok()
}

fn plain_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let part = |from: usize, to: usize| digits(bytes.get(from..to)?);
    let year = part(0, 4)?;
    let month = i8::try_from(part(5, 7)?).ok()?;
    let day = i8::try_from(part(8, 10)?).ok()?;
    Date::new(year, month, day).ok()
}

fn digits(bytes: &[u8]) -> Option<i16> {
    bytes.iter().try_fold(0_i16, |value, byte| {
        let digit = i16::from(byte.checked_sub(b'0').filter(|digit| *digit <= 9)?);
        value.checked_mul(10)?.checked_add(digit)
    })
}

fn is_capitals(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_money(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let whole_fits = (1..=16).contains(&whole.len()) && (whole == "0" || !whole.starts_with('0'));
    is_number(whole)
        && whole_fits
        && fraction.is_none_or(|part| (1..=2).contains(&part.len()) && is_number(part))
}

/// A `dateTime` between the first of this month, UTC, and 2050-01-01T23:59:59Z. A time without
/// zone must lie inside by 14 hours at both ends, as XML Schema orders such values.
fn is_created(text: &str, year: i16, month: i8) -> bool {
    let Some(seconds) = seconds_of(text) else {
        return false;
    };
    let edge = |date: Result<Date, jiff::Error>| {
        let epoch = Date::new(1970, 1, 1).ok()?;
        let days = date.ok()?.since(epoch).ok()?.get_days();
        Some(i64::from(days) * 86_400)
    };
    let (Some(first), Some(last)) = (edge(Date::new(year, month, 1)), edge(Date::new(2050, 1, 1)))
    else {
        return false;
    };
    let last = last + 86_399;
    match seconds {
        Instant::Utc(at, has_fraction) => {
            at >= first && (at < last || (at == last && !has_fraction))
        }
        Instant::Unzoned(at) => at > first + 50_400 && at < last - 50_400,
    }
}

enum Instant {
    /// Seconds of the epoch, and whether a fraction that is not zero follows.
    Utc(i64, bool),
    Unzoned(i64),
}

fn seconds_of(text: &str) -> Option<Instant> {
    let (day, rest) = text.split_once('T')?;
    let epoch = Date::new(1970, 1, 1).ok()?;
    let days = i64::from(plain_date(day)?.since(epoch).ok()?.get_days());
    let (time, zone) = match rest.find(['Z', '+', '-']) {
        Some(at) => (rest.get(..at)?, rest.get(at..)?),
        None => (rest, ""),
    };
    let (clock, fraction) = match time.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (time, None),
    };
    if fraction.is_some_and(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let has_fraction = fraction.is_some_and(|part| part.bytes().any(|digit| digit != b'0'));
    let bytes = clock.as_bytes();
    let pair = |at: usize| digits(bytes.get(at..at + 2)?).map(i64::from);
    if bytes.len() != 8 || bytes.get(2) != Some(&b':') || bytes.get(5) != Some(&b':') {
        return None;
    }
    let (hour, minute, second) = (pair(0)?, pair(3)?, pair(6)?);
    let is_midnight_after = hour == 24 && minute == 0 && second == 0 && !has_fraction;
    let is_in_day = hour < 24 && minute < 60 && second < 60;
    if !is_in_day && !is_midnight_after {
        return None;
    }
    let local = days * 86_400 + hour * 3600 + minute * 60 + second;
    match zone {
        "" => Some(Instant::Unzoned(local)),
        "Z" => Some(Instant::Utc(local, has_fraction)),
        _ => Some(Instant::Utc(local - offset_of(zone)?, has_fraction)),
    }
}

/// `+hh:mm` up to 14:00, in seconds.
fn offset_of(zone: &str) -> Option<i64> {
    let bytes = zone.as_bytes();
    let sign = match bytes.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    if bytes.len() != 6 || bytes.get(3) != Some(&b':') {
        return None;
    }
    let hours = i64::from(digits(bytes.get(1..3)?)?);
    let minutes = i64::from(digits(bytes.get(4..6)?)?);
    let is_legal = (hours < 14 && minutes < 60) || (hours == 14 && minutes == 0);
    is_legal.then_some(sign * (hours * 3600 + minutes * 60))
}

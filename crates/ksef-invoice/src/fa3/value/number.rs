//! Decimal numbers with the digits that the schema gives them.
//!
//! The number of decimal places is kept: `100.00` stays `100.00` when it is written, and is equal to `100`.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use rust_decimal::{Decimal, RoundingStrategy};

use super::error::{Phrase, Reason, ValueError};
use super::{Value, collapse, trim};

/// A decimal number of the schema, with its digits before and after the point.
macro_rules! decimal_value {
    ($(#[$meta:meta])* $name:ident, $phrase:expr, whole $whole:literal, places $places:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(Decimal);

        impl $name {
            /// Most digits before the decimal point.
            pub const WHOLE_DIGITS_MAX: u32 = $whole;
            /// Most decimal places.
            pub const PLACES_MAX: u32 = $places;
            /// Zero without decimal places.
            pub const ZERO: Self = Self(Decimal::ZERO);

            /// Takes a number as it is; zeros at the end that do not fit are dropped.
            ///
            /// # Errors
            /// Too many digits before or after the point.
            pub fn new(number: Decimal) -> Result<Self, ValueError> {
                fit(number, $phrase, Self::WHOLE_DIGITS_MAX, Self::PLACES_MAX).map(Self)
            }

            /// Rounds to [`Self::PLACES_MAX`] places, half away from zero.
            ///
            /// # Errors
            /// Too many digits before the point.
            pub fn rounded(number: Decimal) -> Result<Self, ValueError> {
                let strategy = RoundingStrategy::MidpointAwayFromZero;
                Self::new(number.round_dp_with_strategy(Self::PLACES_MAX, strategy))
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> Decimal {
                self.0
            }
        }

        impl Value for $name {
            fn parse(text: &str) -> Result<Self, ValueError> {
                let text = collapse(text);
                let number = plain_decimal(&text)
                    .ok_or_else(|| ValueError::new($phrase, Reason::Form(DECIMAL), &text))?;
                within(number, $phrase, &text, Self::WHOLE_DIGITS_MAX, Self::PLACES_MAX).map(Self)
            }

            fn parse_loosely(text: &str) -> Option<Self> {
                any_decimal(text).and_then(|number| Self::new(number).ok())
            }

            fn lexical(&self) -> Cow<'_, str> {
                Cow::Owned(self.0.to_string())
            }
        }

        super::value_traits!($name);

        impl TryFrom<Decimal> for $name {
            type Error = ValueError;

            fn try_from(number: Decimal) -> Result<Self, Self::Error> {
                Self::new(number)
            }
        }

        impl From<$name> for Decimal {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

decimal_value!(
    /// An amount of money: 16 digits before the point, 2 after it.
    ///
    /// Source: `TKwotowy`.
    Amount,
    Phrase::new("kwota", "an amount"),
    whole 16,
    places 2
);

decimal_value!(
    /// A unit price or a discount: 14 digits before the point, 8 after it.
    ///
    /// Source: `TKwotowy2`.
    UnitPrice,
    Phrase::new("cena", "a unit price"),
    whole 14,
    places 8
);

decimal_value!(
    /// A quantity: 16 digits before the point, 6 after it.
    ///
    /// Source: `TIlosci`.
    Quantity,
    Phrase::new("ilość", "a quantity"),
    whole 16,
    places 6
);

decimal_value!(
    /// An exchange rate: 16 digits before the point, 6 after it.
    ///
    /// Source: `TIlosci`, in the fields of exchange rates.
    ExchangeRate,
    Phrase::new("kurs waluty", "an exchange rate"),
    whole 16,
    places 6
);

/// A number whose written form may differ from the one a computer would write (`+5`, `05`).
macro_rules! written_value {
    ($(#[$meta:meta])* $name:ident($type:ty), $phrase:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name {
            value: $type,
            /// As it was written, where that is another form.
            written: Option<Box<str>>,
        }

        impl $name {
            fn as_written(value: $type, text: &str) -> Self {
                let written = (value.to_string() != text).then(|| text.into());
                Self { value, written }
            }

            /// The number.
            #[must_use]
            pub const fn get(&self) -> $type {
                self.value
            }

            fn lexical_text(&self) -> Cow<'_, str> {
                match &self.written {
                    Some(text) => Cow::Borrowed(text),
                    None => Cow::Owned(self.value.to_string()),
                }
            }

            fn refuse(reason: Reason, text: &str) -> ValueError {
                ValueError::new($phrase, reason, text)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.value == other.value
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.value.cmp(&other.value)
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.value.hash(state);
            }
        }

        super::value_traits!($name);
    };
}

written_value!(
    /// A percentage from 0 to 100 with up to 6 decimal places.
    ///
    /// Source: `TProcentowy`.
    Percent(Decimal),
    Phrase::new("procent", "a percentage")
);

written_value!(
    /// The number of a row: 1 or more, up to 14 digits.
    ///
    /// Source: `TNaturalny`.
    RowNumber(u64),
    Phrase::new("numer wiersza", "a row number")
);

written_value!(
    /// A whole number of units of time; the schema sets no limit, this type those of `i64`.
    ///
    /// Source: `Ilosc` in `TerminOpis`, `xsd:integer`.
    UnitCount(i64),
    Phrase::new("liczba całkowita", "a whole number")
);

impl Percent {
    /// Most decimal places.
    pub const PLACES_MAX: u32 = 6;

    /// Takes a number as it is; zeros at the end that do not fit are dropped.
    ///
    /// # Errors
    /// A number below 0 or above 100, or with more than 6 decimal places.
    pub fn new(number: Decimal) -> Result<Self, ValueError> {
        let number = fit(number, PERCENT, 3, Self::PLACES_MAX)?;
        Self::in_range(number, &number.to_string())?;
        Ok(Self {
            value: number,
            written: None,
        })
    }

    fn in_range(number: Decimal, text: &str) -> Result<(), ValueError> {
        if number < Decimal::ZERO || number > Decimal::ONE_HUNDRED {
            let reason = Reason::OutOfRange {
                min: "0".into(),
                max: "100".into(),
            };
            return Err(Self::refuse(reason, text));
        }
        Ok(())
    }
}

impl Value for Percent {
    fn parse(text: &str) -> Result<Self, ValueError> {
        let text = collapse(text);
        let number =
            any_decimal(&text).ok_or_else(|| Self::refuse(Reason::Form(DECIMAL), &text))?;
        Self::in_range(number, &text)?;
        within(number.normalize(), PERCENT, &text, 3, Self::PLACES_MAX)?;
        Ok(Self::as_written(number, &text))
    }

    fn lexical(&self) -> Cow<'_, str> {
        self.lexical_text()
    }
}

impl RowNumber {
    /// The greatest number.
    pub const MAX: u64 = 99_999_999_999_999;

    /// Takes a number.
    ///
    /// # Errors
    /// 0 or more than 14 digits.
    pub fn new(number: u64) -> Result<Self, ValueError> {
        Self::in_range(number, &number.to_string())?;
        Ok(Self {
            value: number,
            written: None,
        })
    }

    fn in_range(number: u64, text: &str) -> Result<(), ValueError> {
        if number == 0 || number > Self::MAX {
            let reason = Reason::OutOfRange {
                min: "1".into(),
                max: Self::MAX.to_string(),
            };
            return Err(Self::refuse(reason, text));
        }
        Ok(())
    }
}

impl Value for RowNumber {
    fn parse(text: &str) -> Result<Self, ValueError> {
        let text = collapse(text);
        let number = integer(&text)
            .and_then(|number| u64::try_from(number).ok())
            .ok_or_else(|| Self::refuse(Reason::Form(INTEGER), &text))?;
        Self::in_range(number, &text)?;
        Ok(Self::as_written(number, &text))
    }

    fn lexical(&self) -> Cow<'_, str> {
        self.lexical_text()
    }
}

impl From<i64> for UnitCount {
    fn from(number: i64) -> Self {
        Self {
            value: number,
            written: None,
        }
    }
}

impl Value for UnitCount {
    fn parse(text: &str) -> Result<Self, ValueError> {
        let text = collapse(text);
        let number = integer(&text)
            .and_then(|number| i64::try_from(number).ok())
            .ok_or_else(|| Self::refuse(Reason::Form(INTEGER), &text))?;
        Ok(Self::as_written(number, &text))
    }

    fn lexical(&self) -> Cow<'_, str> {
        self.lexical_text()
    }
}

/// A number in the form of the schema's patterns: `-?([1-9]\d*|0)(\.\d+)?`.
fn plain_decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_plain = is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(is_digits);
    is_plain.then(|| exact(text)).flatten()
}

/// A number in any form of `xsd:decimal`.
fn any_decimal(text: &str) -> Option<Decimal> {
    let text = trim(text);
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let point = if fraction.is_empty() { "" } else { "." };
    exact(&format!("{sign}{whole}{point}{fraction}"))
}

/// The number with its decimal places and, unlike other parsers, the sign of a zero.
fn exact(text: &str) -> Option<Decimal> {
    let mut number = Decimal::from_str_exact(text).ok()?;
    if text.starts_with('-') {
        number.set_sign_negative(true);
    }
    Some(number)
}

fn integer(text: &str) -> Option<i128> {
    // `i128` reads a sign and leading zeros, as `xsd:integer` does.
    text.parse().ok()
}

/// A number from a calculation: zeros at the end beyond `places` are dropped.
fn fit(number: Decimal, value: Phrase, whole: u32, places: u32) -> Result<Decimal, ValueError> {
    let shortened = if number.scale() > places {
        let mut shortened = number.normalize();
        if shortened.scale() <= places {
            shortened.rescale(places);
        }
        shortened
    } else {
        number
    };
    within(shortened, value, &number.to_string(), whole, places)
}

fn within(
    number: Decimal,
    value: Phrase,
    text: &str,
    whole: u32,
    places: u32,
) -> Result<Decimal, ValueError> {
    if number.scale() > places {
        let reason = Reason::DecimalPlaces { max: places };
        return Err(ValueError::new(value, reason, text));
    }
    let limit = Decimal::from(10_u64.saturating_pow(whole));
    if number.abs() >= limit {
        let reason = Reason::WholeDigits { max: whole };
        return Err(ValueError::new(value, reason, text));
    }
    Ok(number)
}

const PERCENT: Phrase = Phrase::new("procent", "a percentage");
const DECIMAL: Phrase = Phrase::new(
    "liczba z kropką dziesiętną, bez spacji i zer na początku",
    "a number with a decimal point, without spaces and leading zeros",
);
const INTEGER: Phrase = Phrase::new("liczba całkowita", "a whole number");

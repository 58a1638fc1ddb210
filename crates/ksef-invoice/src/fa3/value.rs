//! Values: what the schema's simple types allow, and nothing else.
//!
//! A value that exists is valid: constructors refuse everything else with a [`ValueError`] that says what is
//! wrong, what the limit is and what was given, in Polish and English. Characters that XML or KSeF do not
//! accept are refused in every text.
//!
//! | module | values |
//! |---|---|
//! | [`text`] | texts by length |
//! | [`number`] | amounts, prices, quantities, rates, percentages, row numbers |
//! | [`date`] | dates by their range, instants |
//! | [`code`] | closed lists with a meaning: rates, kinds, roles, forms of payment |
//! | [`country`], [`currency`] | codes of countries and currencies |
//! | [`identifier`] | numbers of taxpayers, registers, invoices, payments |
//! | [`list`] | lists with the schema's limits |

pub mod code;
pub mod country;
pub mod currency;
pub mod date;
pub mod error;
pub mod identifier;
pub mod list;
pub mod number;
pub mod text;

use std::borrow::Cow;

pub use error::{Phrase, Reason, ValueError};
pub use list::{List, NonEmpty};
pub use text::Text;

/// A simple type of the schema.
pub(crate) trait Value: Sized {
    /// Reads the text of an element as the schema does, white space included.
    fn parse(text: &str) -> Result<Self, ValueError>;

    /// Reads what is not the schema's form but still clear.
    fn parse_loosely(text: &str) -> Option<Self> {
        Self::parse(trim(text)).ok()
    }

    /// The text of the element.
    fn lexical(&self) -> Cow<'_, str>;
}

/// `FromStr` and `Display` for a value.
macro_rules! value_traits {
    ($($name:ty),*) => {$(
        impl std::str::FromStr for $name {
            type Err = $crate::fa3::value::ValueError;

            /// Reads the value as the schema writes it, without white space around it.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                <Self as $crate::fa3::value::Value>::parse(text)
            }
        }

        impl std::fmt::Display for $name {
            /// The value as the schema writes it.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&$crate::fa3::value::Value::lexical(self))
            }
        }
    )*};
}
pub(crate) use value_traits;

/// XML white space around a text removed.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// White space as `xs:token` has it: none around, single spaces inside.
pub(crate) fn collapse(text: &str) -> Cow<'_, str> {
    let is_collapsed = !text.starts_with(is_space)
        && !text.ends_with(is_space)
        && !text.contains("  ")
        && !text.contains(['\t', '\r', '\n']);
    if is_collapsed {
        return Cow::Borrowed(text);
    }
    let words: Vec<&str> = text
        .split(is_space)
        .filter(|word| !word.is_empty())
        .collect();
    Cow::Owned(words.join(" "))
}

/// The code of an integer enumeration without sign and leading zeros: `+02` is `2`.
pub(crate) fn integer_code(text: &str) -> Option<&str> {
    let digits = trim(text);
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    let significant = digits.trim_start_matches('0');
    significant
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(significant)
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests;

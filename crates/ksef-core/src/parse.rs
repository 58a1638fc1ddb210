//! Why a text is not the value it was taken for.

use std::fmt;
use std::ops::RangeInclusive;

/// A text that is not the value it was taken for: which value, why, and the text itself (cut to 64 characters).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    value: &'static str,
    reason: Reason,
    input: String,
}

/// What is wrong with the text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// Nothing was given.
    Empty,
    /// The number of characters is wrong.
    Length {
        /// The lengths allowed, in words, for instance `10` or `35 or 36`.
        expected: &'static str,
        /// Characters found.
        actual: usize,
    },
    /// The text does not follow the pattern.
    Pattern {
        /// The pattern in words.
        expected: &'static str,
    },
    /// The characters are right but the check digit or checksum is not.
    Checksum {
        /// What the checksum should be.
        expected: String,
        /// What the text carries.
        actual: String,
    },
    /// The text is not a value that this place allows.
    NotAllowed {
        /// What is allowed, in words.
        expected: &'static str,
    },
}

impl ParseError {
    /// Makes an error about `input`, which was to be a `value` (for instance `NIP`).
    #[must_use]
    pub fn new(value: &'static str, reason: Reason, input: &str) -> Self {
        Self {
            value,
            reason,
            input: input.chars().take(SHOWN_CHARACTERS_MAX).collect(),
        }
    }

    /// The name of the value that was expected, for instance `NIP`.
    #[must_use]
    pub fn value(&self) -> &'static str {
        self.value
    }

    /// What is wrong.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The text, cut to 64 characters; empty when the value is a secret.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.input
    }
}

/// Is `text` neither empty nor of another length than allowed (in characters; `expected` says it in words)?
///
/// # Errors
/// [`Reason::Empty`] or [`Reason::Length`].
pub(crate) fn check_length(
    value: &'static str,
    text: &str,
    allowed: RangeInclusive<usize>,
    expected: &'static str,
) -> Result<(), ParseError> {
    let actual = text.chars().count();
    if actual == 0 {
        return Err(ParseError::new(value, Reason::Empty, text));
    }
    if !allowed.contains(&actual) {
        return Err(ParseError::new(
            value,
            Reason::Length { expected, actual },
            text,
        ));
    }
    Ok(())
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            value,
            reason,
            input,
        } = self;
        if input.is_empty() {
            write!(f, "not a {value}: ")?;
        } else {
            write!(f, "\"{}\" is not a {value}: ", input.escape_debug())?;
        }
        match reason {
            Reason::Empty => f.write_str("it is empty"),
            Reason::Length { expected, actual } => {
                write!(f, "expected {expected} characters, found {actual}")
            }
            Reason::Pattern { expected } => write!(f, "expected {expected}"),
            Reason::Checksum { expected, actual } => {
                write!(f, "the checksum should be {expected}, found {actual}")
            }
            Reason::NotAllowed { expected } => write!(f, "allowed here: {expected}"),
        }
    }
}

impl std::error::Error for ParseError {}

const SHOWN_CHARACTERS_MAX: usize = 64;

//! Texts by their length in characters.

use std::borrow::Cow;

use super::error::{Phrase, Reason, ValueError};
use super::{Value, collapse};
use crate::xml::characters::{is_character, is_discouraged};

/// A line of text of `MIN` to `MAX` characters: no white space around it, single spaces inside.
///
/// White space is brought into that form when the value is made, as the schema's `token` does; a line feed
/// becomes a space.
///
/// Source: `TZnakowy` (256), `TZnakowy20`, `TZnakowy50`, `TZnakowy512`, `TZnakowy2` (0–256), `TGLN` (13),
/// `TNumerTelefonu` (16) of FA(3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize, const MIN: usize = 1>(Box<str>);

/// A text of 1 to 3500 characters in which white space counts, line breaks too.
///
/// Source: `TTekstowy`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prose(Box<str>);

impl<const MAX: usize, const MIN: usize> Text<MAX, MIN> {
    /// Makes a line of text.
    ///
    /// # Errors
    /// A length outside `MIN` to `MAX`, or a character that XML does not allow or KSeF refuses.
    pub fn new(text: &str) -> Result<Self, ValueError> {
        let collapsed = collapse(text);
        check_length(TEXT, &collapsed, MIN, MAX)?;
        check_characters(TEXT, &collapsed)?;
        Ok(Self(collapsed.into()))
    }

    /// Makes a line of text from the first `MAX` characters of `text`.
    ///
    /// # Errors
    /// Fewer characters than `MIN`, or one that XML does not allow or KSeF refuses.
    pub fn cut(text: &str) -> Result<Self, ValueError> {
        let collapsed = collapse(text);
        let cut: String = collapsed.chars().take(MAX).collect();
        Self::new(&cut)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Prose {
    /// Most characters.
    pub const LENGTH_MAX: usize = 3500;

    /// Makes a text.
    ///
    /// # Errors
    /// An empty text, more than 3500 characters, or one that XML does not allow or KSeF refuses.
    pub fn new(text: &str) -> Result<Self, ValueError> {
        check_length(TEXT, text, 1, Self::LENGTH_MAX)?;
        check_characters(TEXT, text)?;
        Ok(Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Is the number of characters between `min` and `max`?
pub(crate) fn check_length(
    value: Phrase,
    text: &str,
    min: usize,
    max: usize,
) -> Result<(), ValueError> {
    // No text has more characters than bytes.
    let is_short_enough = text.len() <= max;
    if is_short_enough && text.len() >= min && min <= 1 {
        return Ok(());
    }
    let actual = text.chars().count();
    let reason = if actual == 0 && min > 0 {
        Reason::Empty
    } else if actual < min {
        Reason::TooShort { min, actual }
    } else if actual > max {
        Reason::TooLong { max, actual }
    } else {
        return Ok(());
    };
    Err(ValueError::new(value, reason, text))
}

/// The text without characters that XML does not allow or KSeF refuses.
fn accepted(text: &str) -> String {
    text.chars().filter(|c| is_accepted(*c)).collect()
}

fn is_accepted(character: char) -> bool {
    let code = u32::from(character);
    is_character(code) && !is_discouraged(code)
}

/// Are all characters such that XML allows and KSeF accepts them?
pub(crate) fn check_characters(value: Phrase, text: &str) -> Result<(), ValueError> {
    match text.chars().find(|c| !is_accepted(*c)) {
        Some(refused) => Err(ValueError::new(
            value,
            Reason::Character(refused.into()),
            text,
        )),
        None => Ok(()),
    }
}

impl<const MAX: usize, const MIN: usize> Value for Text<MAX, MIN> {
    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }

    fn parse_loosely(text: &str) -> Option<Self> {
        Self::cut(&accepted(text)).ok()
    }

    fn lexical(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl Value for Prose {
    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }

    fn parse_loosely(text: &str) -> Option<Self> {
        let cut: String = accepted(text).chars().take(Self::LENGTH_MAX).collect();
        Self::new(&cut).ok()
    }

    fn lexical(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl<const MAX: usize, const MIN: usize> std::str::FromStr for Text<MAX, MIN> {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl<const MAX: usize, const MIN: usize> TryFrom<&str> for Text<MAX, MIN> {
    type Error = ValueError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl<const MAX: usize, const MIN: usize> std::fmt::Display for Text<MAX, MIN> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl<const MAX: usize, const MIN: usize> AsRef<str> for Text<MAX, MIN> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

super::value_traits!(Prose);

impl AsRef<str> for Prose {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

const TEXT: Phrase = Phrase::new("tekst", "a text");

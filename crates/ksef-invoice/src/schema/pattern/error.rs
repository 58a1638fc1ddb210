//! Why a pattern is refused.

use std::fmt;

/// A pattern is not a regular expression of XSD 1.0, or too large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    position: usize,
    kind: PatternErrorKind,
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// A group or class is not closed, or the pattern ends behind a backslash.
    Unfinished,
    /// This character cannot stand here unescaped.
    Unexpected(char),
    /// No such escape: `\b`, `\1`, `\/`, …
    UnknownEscape(char),
    /// No such category or block in `\p{…}`.
    UnknownProperty(String),
    /// The first character of a range comes after the last, or the least count is above the
    /// greatest.
    Reversed,
    /// A class without any item.
    EmptyClass,
    /// Longer, deeper or larger than the limits.
    TooLarge,
}

impl PatternError {
    pub(super) const fn new(position: usize, kind: PatternErrorKind) -> Self {
        Self { position, kind }
    }

    /// Where, in characters from 0.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// What.
    #[must_use]
    pub const fn kind(&self) -> &PatternErrorKind {
        &self.kind
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pattern, character {}: ", self.position + 1)?;
        match &self.kind {
            PatternErrorKind::Unfinished => f.write_str("unfinished"),
            PatternErrorKind::Unexpected(found) => write!(f, "unexpected {found:?}"),
            PatternErrorKind::UnknownEscape(found) => write!(f, "no escape \\{found} in XSD 1.0"),
            PatternErrorKind::UnknownProperty(name) => write!(f, "unknown property {name:?}"),
            PatternErrorKind::Reversed => f.write_str("the range runs backwards"),
            PatternErrorKind::EmptyClass => f.write_str("empty class"),
            PatternErrorKind::TooLarge => f.write_str("too large"),
        }
    }
}

impl std::error::Error for PatternError {}

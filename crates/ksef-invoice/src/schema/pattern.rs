//! Patterns: the regular expressions of XSD 1.0, as the specification defines them.
//!
//! They differ from everybody else's: the whole value has to match, `^` and `$` are ordinary
//! characters outside a class, `.` is anything but a line feed or carriage return, `\d` is a digit
//! of any script, `\s` is space, tab, line feed or carriage return, `\i` and `\c` are name
//! characters, classes can be subtracted (`[a-z-[aeiou]]`), and there is no `\b`.
//!
//! A pattern becomes a deterministic automaton over classes of characters: one table look-up for a
//! character, memory of a few kilobytes. A pattern whose automaton would be too large is run as a
//! nondeterministic one, still in time linear in the value.

mod automaton;
mod class;
mod error;
mod syntax;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use super::model::Text;
use automaton::Automaton;

pub use error::{PatternError, PatternErrorKind};

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// `None` matches nothing.
    automaton: Option<Automaton>,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// What is not a regular expression of XSD 1.0, or beyond the limits: 10 000 characters,
    /// groups 50 deep, 20 000 states.
    pub fn compile(pattern: &str) -> Result<Self, PatternError> {
        let tree = syntax::parse(pattern)?;
        let automaton = Automaton::build(&tree)?;
        Ok(Self {
            automaton: Some(automaton),
        })
    }

    /// Does the whole value match? Linear in its length; white space must be normalised before.
    #[must_use]
    pub fn is_match(&self, value: &str) -> bool {
        self.automaton
            .as_ref()
            .is_some_and(|automaton| automaton.is_match(value))
    }
}

/// The compiled patterns of a schema, each made when it is first used.
#[derive(Debug, Clone)]
pub struct PatternCache {
    slots: OnceLock<Box<[OnceLock<Pattern>]>>,
}

impl PatternCache {
    /// Nothing is compiled yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slots: OnceLock::new(),
        }
    }

    /// The pattern with this number. A pattern that cannot be compiled matches nothing; the schema
    /// compiler lets none through.
    pub(crate) fn get(&self, patterns: &[Text], index: usize) -> &Pattern {
        static NOTHING: Pattern = Pattern { automaton: None };
        let slots = self
            .slots
            .get_or_init(|| patterns.iter().map(|_| OnceLock::new()).collect());
        match (slots.get(index), patterns.get(index)) {
            (Some(slot), Some(text)) => {
                slot.get_or_init(|| Pattern::compile(text).unwrap_or(Pattern { automaton: None }))
            }
            _ => &NOTHING,
        }
    }
}

impl Default for PatternCache {
    fn default() -> Self {
        Self::new()
    }
}

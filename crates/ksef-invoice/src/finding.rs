//! What a check found: rule, place, messages in two languages and the server's answer to it.

use std::fmt;

use crate::problem::Problem;
use crate::rule::Rule;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Worth a look by a person.
    Information,
    /// Contradicts guidance or arithmetic; KSeF accepts it.
    Warning,
    /// KSeF refuses the invoice.
    Error,
}

/// The language of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Polish.
    Polish,
    /// English.
    English,
}

/// The status KSeF gives an invoice that breaks a rule.
///
/// Which of the two answers a broken prolog, a processing instruction or a forbidden character is
/// not published; the file-level ones are mapped to 430 and everything that needs the document's
/// meaning to 450.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// 430: the file cannot be verified (encoding, size, form).
    File,
    /// 450: the document breaks its schema or a rule of meaning.
    Semantics,
    /// 415: an attachment where none may be sent.
    Attachment,
    /// 440: the seller sent an invoice of this kind and number before.
    Duplicate,
}

impl Refusal {
    /// The status code: 415, 430, 440 or 450.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::File => 430,
            Self::Semantics => 450,
            Self::Attachment => 415,
            Self::Duplicate => 440,
        }
    }
}

/// A place in the document as sent, a byte order mark included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Byte offset from the start of the file, from 0.
    pub offset: usize,
    /// Line, from 1; lines end with U+000A.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    problem: Problem,
    position: Option<Position>,
    path: Option<String>,
}

impl Finding {
    /// A finding without a place, about the document as a whole.
    #[must_use]
    pub const fn of_document(problem: Problem) -> Self {
        Self {
            problem,
            position: None,
            path: None,
        }
    }

    /// The rule that was broken.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.problem.rule()
    }

    /// What is wrong, as data.
    #[must_use]
    pub const fn problem(&self) -> &Problem {
        &self.problem
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.problem.severity()
    }

    /// Where it is; `None` when the whole document is meant.
    #[must_use]
    pub const fn position(&self) -> Option<Position> {
        self.position
    }

    /// The path of the element, `/Faktura/Fa/P_1`, where it is known.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The sentence for a person, without the place.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        self.problem.message(language)
    }

    /// What was expected, where the finding compares.
    #[must_use]
    pub fn expected(&self) -> Option<String> {
        self.problem.expected()
    }

    /// What the document says, where the finding compares.
    #[must_use]
    pub fn actual(&self) -> Option<String> {
        self.problem.actual()
    }

    /// The status the server gives; `None` for what it accepts.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match self.severity() {
            Severity::Error => self.rule().refusal(),
            Severity::Warning | Severity::Information => None,
        }
    }
}

impl fmt::Display for Finding {
    /// `line:column: message (rule-id)` in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = self.position {
            write!(f, "{}:{}: ", position.line, position.column)?;
        }
        write!(
            f,
            "{} ({})",
            self.message(Language::English),
            self.rule().id()
        )
    }
}

/// A problem with its byte offset, before lines and columns are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) offset: Option<usize>,
    pub(crate) problem: Problem,
    pub(crate) path: Option<String>,
}

impl Fault {
    pub(crate) const fn at(offset: usize, problem: Problem) -> Self {
        Self {
            offset: Some(offset),
            problem,
            path: None,
        }
    }

    pub(crate) const fn of_document(problem: Problem) -> Self {
        Self {
            offset: None,
            problem,
            path: None,
        }
    }

    pub(crate) fn with_path(mut self, path: String) -> Self {
        self.path = Some(path);
        self
    }
}

/// A piece of the document for a message, cut to a readable length.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(EXCERPT_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Sorts faults by place and counts lines and columns in one pass over `bytes`.
pub(crate) fn locate(bytes: &[u8], mut faults: Vec<Fault>) -> Vec<Finding> {
    faults.sort_by_key(|fault| fault.offset);
    let mut place = Position {
        offset: 0,
        line: 1,
        column: 1,
    };
    let mut findings = Vec::with_capacity(faults.len());
    for fault in faults {
        let position = fault.offset.map(|offset| {
            let passed = bytes.get(place.offset..offset).unwrap_or_default();
            for byte in passed {
                if *byte == b'\n' {
                    place.line += 1;
                    place.column = 1;
                } else if byte & 0xC0 != 0x80 {
                    place.column += 1;
                }
            }
            place.offset += passed.len();
            Position { offset, ..place }
        });
        findings.push(Finding {
            problem: fault.problem,
            position,
            path: fault.path,
        });
    }
    findings
}

/// How much of the document a message quotes.
const EXCERPT_CHARACTERS_MAX: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters() {
        let text = "ab\nżó x\n\n!";
        let offsets = [0, 2, 3, 5, 7, 10, text.len() - 1, text.len()];
        let faults = offsets
            .iter()
            .rev()
            .map(|at| Fault::at(*at, Problem::ByteOrderMark))
            .collect();
        let places: Vec<_> = locate(text.as_bytes(), faults)
            .iter()
            .map(|finding| finding.position().map(|at| (at.line, at.column)).unwrap())
            .collect();
        assert_eq!(
            places,
            [
                (1, 1),
                (1, 3),
                (2, 1),
                (2, 2),
                (2, 3),
                (3, 1),
                (4, 1),
                (4, 2)
            ]
        );
    }
}

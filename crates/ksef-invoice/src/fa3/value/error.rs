//! Why something is not the value it was to be.

use std::fmt;

use crate::Language;
use crate::finding::shorten;

/// Words in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// Polish.
    pub polish: &'static str,
    /// English.
    pub english: &'static str,
}

impl Phrase {
    pub(crate) const fn new(polish: &'static str, english: &'static str) -> Self {
        Self { polish, english }
    }

    /// The words in a language.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        match language {
            Language::Polish => self.polish,
            Language::English => self.english,
        }
    }
}

/// A value that was refused: what it was to be, why not, and the text given, cut to 80 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    value: Phrase,
    reason: Reason,
    input: String,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// There is nothing, or only white space.
    Empty,
    /// The text has too few characters.
    TooShort {
        /// Fewest characters.
        min: usize,
        /// Characters found.
        actual: usize,
    },
    /// The text has too many characters.
    TooLong {
        /// Most characters.
        max: usize,
        /// Characters found.
        actual: usize,
    },
    /// The text has a character, by its code point, that XML does not allow or KSeF refuses.
    Character(u32),
    /// The number has too many digits before the decimal point.
    WholeDigits {
        /// Most digits.
        max: u32,
    },
    /// The number has too many decimal places.
    DecimalPlaces {
        /// Most places.
        max: u32,
    },
    /// The value is outside its range.
    OutOfRange {
        /// Least value.
        min: String,
        /// Greatest value.
        max: String,
    },
    /// The text is not written as the value is.
    Form(Phrase),
    /// The text is none of the values of a closed list; which ones there are.
    NotListed(Phrase),
    /// A list has too many entries.
    TooMany {
        /// Most entries.
        max: usize,
    },
}

impl ValueError {
    pub(crate) fn new(value: Phrase, reason: Reason, input: &str) -> Self {
        Self {
            value,
            reason,
            input: shorten(input),
        }
    }

    /// What the value was to be, for instance `kwota`, `amount`.
    #[must_use]
    pub const fn value(&self) -> Phrase {
        self.value
    }

    /// Why it is not.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The text given, cut to 80 characters.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.input
    }

    /// What would be accepted, in few words, in English.
    #[must_use]
    pub fn expected(&self) -> String {
        self.reason.english()
    }

    /// The sentence for a person, without a full stop.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let value = self.value.text(language);
        let input = &self.input;
        match language {
            Language::Polish => format!("„{input}” to nie {value}: {}", self.reason.polish()),
            Language::English => {
                format!(
                    "\"{input}\" is not valid as {value}: {}",
                    self.reason.english()
                )
            }
        }
    }
}

impl Reason {
    fn english(&self) -> String {
        match self {
            Self::Empty => "a value is required".into(),
            Self::TooShort { min, actual } => {
                format!("at least {min} characters, found {actual}")
            }
            Self::TooLong { max, actual } => format!("at most {max} characters, found {actual}"),
            Self::Character(code) => format!("character U+{code:04X} is not accepted"),
            Self::WholeDigits { max } => format!("at most {max} digits before the point"),
            Self::DecimalPlaces { max } => format!("at most {max} decimal places"),
            Self::OutOfRange { min, max } => format!("between {min} and {max}"),
            Self::Form(form) => format!("expected {}", form.english),
            Self::NotListed(list) => format!("allowed: {}", list.english),
            Self::TooMany { max } => format!("at most {max} entries"),
        }
    }

    fn polish(&self) -> String {
        match self {
            Self::Empty => "brak wartości".into(),
            Self::TooShort { min, actual } => format!("co najmniej {min} znaków, jest {actual}"),
            Self::TooLong { max, actual } => format!("najwyżej {max} znaków, jest {actual}"),
            Self::Character(code) => format!("niedozwolony znak U+{code:04X}"),
            Self::WholeDigits { max } => format!("najwyżej {max} cyfr przed kropką"),
            Self::DecimalPlaces { max } => format!("najwyżej {max} miejsc po kropce"),
            Self::OutOfRange { min, max } => format!("od {min} do {max}"),
            Self::Form(form) => format!("oczekiwano: {}", form.polish),
            Self::NotListed(list) => format!("dozwolone: {}", list.polish),
            Self::TooMany { max } => format!("najwyżej {max} pozycji"),
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for ValueError {}

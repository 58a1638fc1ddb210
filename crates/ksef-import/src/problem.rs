//! A problem with its place.

use std::fmt;

use ksef_invoice::Language;

use crate::fault::Fault;
use crate::wording;

/// One thing that is wrong with a source. Nothing is made of an invoice that has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportProblem {
    origin: Origin,
    fault: Fault,
    value: Option<String>,
    invoice: Option<String>,
}

/// The file and the place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The name of the source, or of the mapping file.
    pub file: String,
    /// The place.
    pub place: Place,
}

/// A place in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The file as a whole.
    File,
    /// A place in a text: JSON, the mapping file, or a CSV file that is not a table yet.
    Text {
        /// From 1.
        line: u32,
        /// In characters, from 1.
        column: u32,
        /// The JSON pointer within the invoice, `/lines/0/vatRate`; `None` where there is none.
        pointer: Option<String>,
    },
    /// A row of a table.
    Row {
        /// The sheet; `None` in CSV.
        sheet: Option<String>,
        /// From 1: the row of the sheet, or the line of the CSV file where the row begins.
        row: u32,
    },
    /// A cell of a table.
    Cell {
        /// The sheet; `None` in CSV.
        sheet: Option<String>,
        /// From 1: the row of the sheet, or the line of the CSV file where the row begins.
        row: u32,
        /// The letters of the column, `AB`.
        column: String,
        /// The header of the column as the file has it; `None` for cells outside the table.
        header: Option<String>,
    },
}

impl ImportProblem {
    pub(crate) const fn new(origin: Origin, fault: Fault) -> Self {
        Self {
            origin,
            fault,
            value: None,
            invoice: None,
        }
    }

    pub(crate) fn with_value(mut self, value: Option<String>) -> Self {
        self.value = value;
        self
    }

    pub(crate) fn with_invoice(mut self, invoice: Option<String>) -> Self {
        self.invoice = invoice;
        self
    }

    /// Where it is.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What it is, as data.
    #[must_use]
    pub const fn fault(&self) -> &Fault {
        &self.fault
    }

    /// The stable identifier of the kind of problem.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.fault.code()
    }

    /// The value that is wrong, as the source has it.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// The number of the invoice it belongs to, where that is known.
    #[must_use]
    pub fn invoice(&self) -> Option<&str> {
        self.invoice.as_deref()
    }

    /// What is wrong, without the place and without a full stop.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        wording::message(&self.fault, self.value(), language)
    }

    /// What to do about it; `None` where the message says all.
    #[must_use]
    pub fn advice(&self, language: Language) -> Option<String> {
        wording::advice(&self.fault, language)
    }
}

impl Origin {
    /// The place in words: `file.xlsx, arkusz „Faktury”, wiersz 7, kolumna F („Cena netto”)`.
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        format!("{}{}", self.file, self.place.describe(language))
    }
}

impl Place {
    fn describe(&self, language: Language) -> String {
        let polish = language == Language::Polish;
        match self {
            Self::File => String::new(),
            Self::Text {
                line,
                column,
                pointer,
            } => match pointer {
                Some(pointer) if !pointer.is_empty() => format!(":{line}:{column} ({pointer})"),
                _ => format!(":{line}:{column}"),
            },
            Self::Row { sheet, row } => {
                let word = if polish { "wiersz" } else { "row" };
                format!("{}, {word} {row}", sheet_words(sheet.as_deref(), polish))
            }
            Self::Cell {
                sheet,
                row,
                column,
                header,
            } => {
                let sheet = sheet_words(sheet.as_deref(), polish);
                let header = match header {
                    Some(header) if polish => format!(" („{}”)", wording::shown(header)),
                    Some(header) => format!(" (“{}”)", wording::shown(header)),
                    None => String::new(),
                };
                if polish {
                    format!("{sheet}, wiersz {row}, kolumna {column}{header}")
                } else {
                    format!("{sheet}, row {row}, column {column}{header}")
                }
            }
        }
    }
}

fn sheet_words(sheet: Option<&str>, polish: bool) -> String {
    match sheet {
        Some(sheet) if polish => format!(", arkusz „{}”", wording::shown(sheet)),
        Some(sheet) => format!(", sheet “{}”", wording::shown(sheet)),
        None => String::new(),
    }
}

/// In English, with the place.
impl fmt::Display for ImportProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message(Language::English);
        write!(f, "{}: {message}", self.origin.describe(Language::English))
    }
}

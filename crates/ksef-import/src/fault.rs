//! What can be wrong with a source, as data.

pub use crate::json::Expected;

/// What is wrong. The sentences are made from it by [`ImportProblem`](crate::ImportProblem).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Neither the name nor the content says what the file is.
    FormatUnknown,
    /// The file has no content.
    Empty,
    /// The file has more bytes than allowed.
    FileTooLarge {
        /// Bytes allowed.
        limit: usize,
        /// Bytes found.
        actual: usize,
    },
    /// There are more invoices than allowed.
    TooManyInvoices {
        /// Invoices allowed.
        limit: usize,
    },
    /// There are more rows than allowed.
    TooManyRows {
        /// Rows allowed.
        limit: usize,
    },
    /// There are more cells than allowed.
    TooManyCells {
        /// Cells allowed.
        limit: usize,
    },
    /// There are more problems than are reported.
    TooManyProblems {
        /// Problems reported.
        limit: usize,
    },

    /// The workbook is not an XLSX file.
    NotAWorkbook,
    /// The workbook is encrypted or in the format of Excel 97–2003.
    OldOrEncryptedWorkbook,
    /// The workbook cannot be read.
    BrokenWorkbook {
        /// The reader's own words.
        reason: String,
    },
    /// The unpacked workbook is larger than allowed.
    WorkbookTooLarge {
        /// Bytes allowed.
        limit: u64,
    },
    /// The sheet the mapping names is not there.
    SheetMissing {
        /// The name asked for.
        sheet: String,
        /// The sheets of the workbook.
        sheets: Vec<String>,
    },
    /// There is no header row.
    HeaderMissing,
    /// Cells were merged; only the first of them has the value.
    MergedCells {
        /// The range, `A2:A5`.
        range: String,
    },
    /// A formula whose value the file does not hold.
    FormulaWithoutValue,
    /// A cell with an error such as `#N/A`.
    ErrorCell,
    /// The bytes are not text in the encoding asked for.
    NotInEncoding {
        /// The encoding.
        encoding: &'static str,
    },
    /// The bytes mean different texts in Windows-1250 and ISO-8859-2.
    AmbiguousEncoding,
    /// No delimiter splits the header into known columns, or several do.
    DelimiterUnclear,
    /// A quotation mark that is never closed.
    QuoteUnclosed,
    /// Text between a closing quotation mark and the delimiter.
    TextAfterQuote,

    /// The text is not JSON.
    JsonSyntax {
        /// What JSON wants there.
        expected: Expected,
        /// What is there; `None` at the end of the text.
        found: Option<char>,
    },
    /// Objects and lists are nested too deep.
    JsonDepth {
        /// Levels allowed.
        limit: usize,
    },
    /// An object has too many keys.
    JsonKeys {
        /// Keys allowed.
        limit: usize,
    },
    /// A key occurs twice in one object.
    DuplicateKey {
        /// The key.
        key: String,
    },

    /// The mapping file is not TOML.
    MappingSyntax {
        /// The reader's own words.
        reason: String,
    },
    /// A setting of the mapping has a wrong value.
    MappingValue {
        /// What is allowed.
        allowed: Vec<String>,
    },
    /// A column of the mapping is not in the table.
    MappedColumnMissing {
        /// The header asked for.
        header: String,
        /// The nearest header of the table.
        suggestion: Option<String>,
    },

    /// A key or column nobody knows.
    UnknownKey {
        /// The key.
        key: String,
        /// The nearest known key.
        suggestion: Option<String>,
    },
    /// A column whose header is unknown.
    UnknownColumn {
        /// The header.
        header: String,
        /// The nearest known header.
        suggestion: Option<String>,
    },
    /// Two columns mean the same.
    DuplicateColumn {
        /// The letter of the first of them.
        first: String,
    },
    /// Values below an empty header.
    ColumnWithoutHeader,
    /// No column for something every invoice needs.
    ColumnMissing {
        /// The header of the column in Polish.
        polish: &'static str,
        /// The key of the column.
        key: &'static str,
    },
    /// A row without a number of an invoice.
    RowWithoutNumber {
        /// Does it look like a sum of the rows above?
        summary: bool,
    },
    /// Two rows of one invoice disagree.
    Contradiction {
        /// The first row, from 1.
        row: u32,
        /// Its value.
        value: String,
    },
    /// Two invoices have the same number.
    DuplicateNumber {
        /// Where the first is.
        first: String,
    },

    /// Something required is absent.
    Missing {
        /// The key, or the keys of which one is needed.
        keys: Vec<String>,
        /// The headers of the columns that would hold it, in Polish.
        columns: Vec<&'static str>,
    },
    /// Things that exclude each other are both there.
    Excluded {
        /// The keys.
        keys: Vec<String>,
    },
    /// A value of the wrong JSON type.
    WrongType {
        /// What it should be.
        expected: Vec<String>,
    },
    /// A value that is not one of the list.
    NotOneOf {
        /// The list.
        allowed: Vec<String>,
        /// The nearest.
        suggestion: Option<String>,
    },
    /// A value of the wrong form.
    Form {
        /// The form in Polish.
        polish: String,
        /// The form in English.
        english: String,
    },
    /// A text that is too long.
    TooLong {
        /// Characters allowed.
        limit: u64,
    },
    /// An empty text.
    Blank,
    /// A list that is too long.
    TooMany {
        /// Elements allowed.
        limit: u64,
    },
    /// A list that is too short.
    TooFew {
        /// Elements needed.
        limit: u64,
    },
    /// Not a number.
    NotANumber,
    /// A number with more digits than any field takes.
    TooManyDigits {
        /// Digits allowed.
        limit: usize,
    },
    /// A number with more digits after the point than the field takes.
    TooPrecise {
        /// Digits allowed.
        limit: u32,
    },
    /// A number that can be read in two ways.
    AmbiguousNumber {
        /// With a decimal mark.
        as_decimal: String,
        /// With grouped thousands.
        as_thousands: String,
    },
    /// The decimal mark is not the configured one.
    WrongDecimalMark {
        /// The configured one.
        mark: char,
    },
    /// A number cell that lost digits; what the value was cannot be known.
    LostDigits,
    /// Digits that are no quantity (account, code) in a number cell, where zeros get lost.
    CodeAsNumber,
    /// Not a date.
    NotADate,
    /// A date that can be read in two ways.
    AmbiguousDate,
    /// A number where a date is expected: a day count without a date format.
    NumberAsDate {
        /// The date it would be.
        date: Option<String>,
    },
    /// A date outside the years an invoice may speak of.
    DateOutOfRange {
        /// The date.
        date: String,
    },
    /// A rate that could be several: 0 % and np.
    AmbiguousRate {
        /// The rates it could be.
        options: &'static [&'static str],
    },
    /// The check digit of a NIP is wrong.
    NipChecksum,

    /// What the invoice says makes no sense together.
    Meaning {
        /// The rule or operation that refused it, a stable identifier.
        rule: &'static str,
        /// The sentence in Polish.
        polish: String,
        /// The sentence in English.
        english: String,
    },
}

impl Fault {
    /// The stable identifier, in lowercase with hyphens.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::FormatUnknown => "format-unknown",
            Self::Empty => "file-empty",
            Self::FileTooLarge { .. } => "file-too-large",
            Self::TooManyInvoices { .. } => "too-many-invoices",
            Self::TooManyRows { .. } => "too-many-rows",
            Self::TooManyCells { .. } => "too-many-cells",
            Self::TooManyProblems { .. } => "too-many-problems",
            Self::NotAWorkbook => "workbook-format",
            Self::OldOrEncryptedWorkbook => "workbook-encrypted",
            Self::BrokenWorkbook { .. } => "workbook-broken",
            Self::WorkbookTooLarge { .. } => "workbook-too-large",
            Self::SheetMissing { .. } => "sheet-missing",
            Self::HeaderMissing => "header-missing",
            Self::MergedCells { .. } => "cells-merged",
            Self::FormulaWithoutValue => "formula-without-value",
            Self::ErrorCell => "cell-error",
            Self::NotInEncoding { .. } => "encoding-invalid",
            Self::AmbiguousEncoding => "encoding-ambiguous",
            Self::DelimiterUnclear => "delimiter-unclear",
            Self::QuoteUnclosed => "quote-unclosed",
            Self::TextAfterQuote => "quote-text-after",
            Self::JsonSyntax { .. } => "json-syntax",
            Self::JsonDepth { .. } => "json-depth",
            Self::JsonKeys { .. } => "json-keys",
            Self::DuplicateKey { .. } => "key-duplicate",
            Self::MappingSyntax { .. } => "mapping-syntax",
            Self::MappingValue { .. } => "mapping-value",
            Self::MappedColumnMissing { .. } => "mapping-column",
            Self::UnknownKey { .. } => "key-unknown",
            Self::UnknownColumn { .. } => "column-unknown",
            Self::DuplicateColumn { .. } => "column-duplicate",
            Self::ColumnWithoutHeader => "column-without-header",
            Self::ColumnMissing { .. } => "column-missing",
            Self::RowWithoutNumber { .. } => "row-without-number",
            Self::Contradiction { .. } => "rows-contradict",
            Self::DuplicateNumber { .. } => "number-duplicate",
            Self::Missing { .. } => "value-missing",
            Self::Excluded { .. } => "values-exclude",
            Self::WrongType { .. } => "value-type",
            Self::NotOneOf { .. } => "value-not-allowed",
            Self::Form { .. } => "value-form",
            Self::TooLong { .. } => "value-too-long",
            Self::Blank => "value-blank",
            Self::TooMany { .. } => "list-too-long",
            Self::TooFew { .. } => "list-too-short",
            Self::NotANumber => "number-invalid",
            Self::TooManyDigits { .. } => "number-digits",
            Self::TooPrecise { .. } => "number-precision",
            Self::AmbiguousNumber { .. } => "number-ambiguous",
            Self::WrongDecimalMark { .. } => "number-mark",
            Self::LostDigits => "number-lost-digits",
            Self::CodeAsNumber => "code-as-number",
            Self::NotADate => "date-invalid",
            Self::AmbiguousDate => "date-ambiguous",
            Self::NumberAsDate { .. } => "date-as-number",
            Self::DateOutOfRange { .. } => "date-out-of-range",
            Self::AmbiguousRate { .. } => "rate-ambiguous",
            Self::NipChecksum => "nip-checksum",
            Self::Meaning { rule, .. } => rule,
        }
    }
}

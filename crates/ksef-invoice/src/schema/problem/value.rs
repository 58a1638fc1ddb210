//! What can be wrong with a value.

use crate::rule::Rule;

/// What a value breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueFault {
    /// There is no value.
    Empty,
    /// It has not the form of its kind.
    Form(Form),
    /// It is none of the allowed values.
    NotListed {
        /// The allowed values, all of them or the first few.
        allowed: Vec<String>,
        /// How many there are.
        total: usize,
    },
    /// It does not match a pattern.
    Pattern {
        /// The regular expression of the schema.
        pattern: String,
        /// What it means, in Polish and English, where that is known.
        meaning: Option<(&'static str, &'static str)>,
    },
    /// It has not the length it has to have.
    Length {
        /// The length it has to have.
        expected: u32,
        /// The length it has.
        actual: usize,
        /// In which unit.
        unit: Unit,
    },
    /// It is too short.
    TooShort {
        /// The least length.
        least: u32,
        /// The length it has.
        actual: usize,
        /// In which unit.
        unit: Unit,
    },
    /// It is too long.
    TooLong {
        /// The greatest length.
        most: u32,
        /// The length it has.
        actual: usize,
        /// In which unit.
        unit: Unit,
    },
    /// It has more digits than this.
    TotalDigits(u32),
    /// It has more digits behind the decimal point than this.
    FractionDigits(u32),
    /// It is too small or too early.
    BelowMin {
        /// The bound.
        bound: String,
        /// Whether the bound itself is allowed.
        is_inclusive: bool,
        /// Whether that depends on the time zone, which is missing.
        needs_zone: bool,
    },
    /// It is too large or too late.
    AboveMax {
        /// The bound.
        bound: String,
        /// Whether the bound itself is allowed.
        is_inclusive: bool,
        /// Whether that depends on the time zone, which is missing.
        needs_zone: bool,
    },
    /// It is not the only value allowed.
    Fixed(String),
    /// The identifier stands elsewhere in the document already.
    Taken,
    /// An item of a list is wrong.
    Item {
        /// Its number, from 1.
        number: usize,
        /// What is wrong with it.
        fault: Box<ValueFault>,
    },
}

/// What a length counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Unicode characters.
    Characters,
    /// Octets of binary data.
    Octets,
    /// Items of a list.
    Items,
}

/// The kind of a value, by its lexical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A decimal number.
    Decimal,
    /// An integer.
    Integer,
    /// `true`, `false`, `1` or `0`.
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
    /// `YYYY-MM-DDThh:mm:ss`.
    DateTime,
    /// `hh:mm:ss`.
    Time,
    /// Base64.
    Base64,
    /// Hexadecimal digits.
    Hex,
    /// A URI reference.
    Uri,
    /// A language tag.
    Language,
    /// An XML name.
    Name,
    /// Another type of XML Schema, by its name.
    Other(&'static str),
}

impl ValueFault {
    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        match self {
            Self::Form(_) | Self::Empty => Rule::SchemaValue,
            Self::NotListed { .. } => Rule::SchemaValueListed,
            Self::Pattern { .. } => Rule::SchemaValuePattern,
            Self::Length { .. } | Self::TooShort { .. } | Self::TooLong { .. } => {
                Rule::SchemaValueLength
            }
            Self::TotalDigits(_) | Self::FractionDigits(_) => Rule::SchemaValueDigits,
            Self::BelowMin { .. } | Self::AboveMax { .. } => Rule::SchemaValueRange,
            Self::Fixed(_) => Rule::SchemaValueFixed,
            Self::Taken => Rule::SchemaUnique,
            Self::Item { fault, .. } => fault.rule(),
        }
    }

    /// What is expected, in a form that needs no translation; `None` where only words say it.
    #[must_use]
    pub fn expected(&self) -> Option<String> {
        Some(match self {
            Self::Empty | Self::Taken => return None,
            Self::Form(form) => form.pattern().to_owned(),
            Self::NotListed { allowed, total } => {
                let mut list = allowed.join(" | ");
                if *total > allowed.len() {
                    list.push_str(" | …");
                }
                list
            }
            Self::Pattern { pattern, .. } => pattern.clone(),
            Self::Length { expected, .. } => expected.to_string(),
            Self::TooShort { least, .. } => format!(">= {least}"),
            Self::TooLong { most, .. } => format!("<= {most}"),
            Self::TotalDigits(limit) | Self::FractionDigits(limit) => format!("<= {limit}"),
            Self::BelowMin {
                bound,
                is_inclusive,
                ..
            } => format!("{} {bound}", if *is_inclusive { ">=" } else { ">" }),
            Self::AboveMax {
                bound,
                is_inclusive,
                ..
            } => format!("{} {bound}", if *is_inclusive { "<=" } else { "<" }),
            Self::Fixed(value) => value.clone(),
            Self::Item { fault, .. } => return fault.expected(),
        })
    }
}

impl Form {
    /// The form, by example letters.
    #[must_use]
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::Decimal => "123.45",
            Self::Integer => "123",
            Self::Boolean => "true | false | 1 | 0",
            Self::Date => "YYYY-MM-DD",
            Self::DateTime => "YYYY-MM-DDThh:mm:ss",
            Self::Time => "hh:mm:ss",
            Self::Base64 => "Base64",
            Self::Hex => "[0-9a-fA-F]*",
            Self::Uri => "URI",
            Self::Language => "pl | en-GB",
            Self::Name => "NCName",
            Self::Other(name) => name,
        }
    }
}

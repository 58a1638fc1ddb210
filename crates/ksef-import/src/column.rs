//! The columns a table may have: names, meaning, and the place of the value in the invoice.

use crate::naming::fold;

pub(crate) mod choices;
mod dealings;
mod lines;
mod parties;

/// Every column, in the order of the template.
pub(crate) fn all() -> impl Iterator<Item = &'static Column> {
    [parties::COLUMNS, dealings::COLUMNS, lines::COLUMNS]
        .into_iter()
        .flatten()
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// The stable key, used in the mapping file.
    pub(crate) key: &'static str,
    /// Where the value goes in the invoice, or in the line.
    pub(crate) path: &'static str,
    /// Of the invoice or of the line.
    pub(crate) level: Level,
    /// How a cell is read.
    pub(crate) kind: Kind,
    /// The header in Polish, as the template has it.
    pub(crate) polish: &'static str,
    /// The header in English.
    pub(crate) english: &'static str,
    /// Other headers, in both languages.
    pub(crate) aliases: &'static [&'static str],
    /// What it means, in Polish.
    pub(crate) help_polish: &'static str,
    /// What it means, in English.
    pub(crate) help_english: &'static str,
    /// Is it in the template?
    pub(crate) template: bool,
}

/// Whose value it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// The same in every row of an invoice, or only in the first.
    Invoice,
    /// Of each row.
    Line,
}

/// How a cell is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// As it is, trimmed.
    Text,
    /// Several texts, separated by `|`.
    Texts,
    /// Digits that are no quantity; a number cell must have one of these lengths.
    Code(&'static [usize]),
    /// A NIP, with or without hyphens, spaces and `PL`.
    Nip,
    /// An account number, spaces left out; never a number cell.
    Account,
    /// A decimal.
    Number,
    /// A whole number.
    Whole,
    /// A date.
    Date,
    /// A rate of VAT.
    Rate,
    /// Yes or no.
    Flag,
    /// One of a list, with other names for each.
    Choice(&'static [(&'static str, &'static [&'static str])]),
}

/// A column a table may have, for people: documentation, lists, completions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ColumnDescription {
    /// The stable key, used in the mapping file.
    pub key: &'static str,
    /// The header in Polish.
    pub polish: &'static str,
    /// The header in English.
    pub english: &'static str,
    /// Other headers that mean the same.
    pub aliases: &'static [&'static str],
    /// Where the value goes: a JSON pointer into the invoice, `*` for any line.
    pub pointer: String,
    /// What it means, in Polish.
    pub help_polish: &'static str,
    /// What it means, in English.
    pub help_english: &'static str,
    /// What its cells hold.
    pub content: Content,
    /// Does the template have it?
    pub is_in_template: bool,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// Text, codes, identifiers, values of a list.
    Text,
    /// A number.
    Number,
    /// A date.
    Date,
    /// Yes or no.
    Flag,
}

/// Every column a table may have, in the order of the template.
#[must_use]
pub fn columns() -> Vec<ColumnDescription> {
    all().map(Column::describe).collect()
}

/// The column of a header, in Polish or English, without regard for case and diacritics.
pub(crate) fn by_header(header: &str) -> Option<&'static Column> {
    let wanted = fold(header);
    if wanted.is_empty() {
        return None;
    }
    all().find(|column| column.names().any(|name| fold(name) == wanted))
}

/// The column of a key of the mapping file.
pub(crate) fn by_key(key: &str) -> Option<&'static Column> {
    all().find(|column| column.key == key)
}

/// The columns that fill a place of the invoice (`/seller/nip`, `/lines/0/name`) or what is below it.
pub(crate) fn by_pointer(pointer: &str) -> impl Iterator<Item = &'static Column> + use<> {
    let path = pointer.trim_start_matches('/').to_owned();
    let line = path
        .strip_prefix("lines/")
        .and_then(|rest| rest.split_once('/'))
        .map(|(_, rest)| rest.to_owned());
    all().filter(move |column| {
        let wanted = match (&line, column.level) {
            (Some(line), Level::Line) => line,
            (None, Level::Invoice) => &path,
            _ => return false,
        };
        column.path == wanted
            || column
                .path
                .strip_prefix(wanted.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
    })
}

impl Column {
    fn describe(&self) -> ColumnDescription {
        ColumnDescription {
            key: self.key,
            polish: self.polish,
            english: self.english,
            aliases: self.aliases,
            pointer: match self.level {
                Level::Invoice => format!("/{}", self.path),
                Level::Line => format!("/lines/*/{}", self.path),
            },
            help_polish: self.help_polish,
            help_english: self.help_english,
            content: match self.kind {
                Kind::Number | Kind::Whole => Content::Number,
                Kind::Date => Content::Date,
                Kind::Flag => Content::Flag,
                _ => Content::Text,
            },
            is_in_template: self.template,
        }
    }

    /// All its headers.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.key, self.polish, self.english]
            .into_iter()
            .chain(self.aliases.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn no_name_means_two_columns() {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for column in all() {
            for name in column.names() {
                if let Some(other) = seen.insert(fold(name), column.key) {
                    assert_eq!(other, column.key, "{name}");
                }
            }
        }
    }

    #[test]
    fn headers_are_found_as_people_write_them() {
        for (header, key) in [
            ("Nr faktury", "number"),
            ("NUMER FAKTURY", "number"),
            ("invoice number", "number"),
            ("ilosc", "quantity"),
            ("Ilość", "quantity"),
            ("Stawka VAT", "vatRate"),
            ("cena netto", "netPrice"),
            ("buyer_nip", "buyerNip"),
            ("NIP nabywcy", "buyerNip"),
        ] {
            assert_eq!(
                by_header(header).map(|column| column.key),
                Some(key),
                "{header}"
            );
        }
        assert!(by_header("Kolor").is_none());
        assert!(by_header(" ").is_none());
    }

    #[test]
    fn places_lead_back_to_columns() {
        let keys = |pointer: &str| {
            by_pointer(pointer)
                .map(|column| column.key)
                .collect::<Vec<_>>()
        };
        assert_eq!(keys("/number"), ["number"]);
        assert_eq!(keys("/lines/3/name"), ["name"]);
        assert!(keys("/seller").contains(&"sellerNip"));
        assert!(keys("/lines/0/number").is_empty() || keys("/lines/0/number") == ["lineNumber"]);
    }
}

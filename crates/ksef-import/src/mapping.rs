//! The mapping file: how a table of one's own becomes invoices.

use toml_edit::{Document, Item, Value as TomlValue};

use crate::column::{self, Column};
use crate::fault::Fault;
use crate::naming::{fold, nearest};
use crate::node::{Entry, Node, Spot, Value};
use crate::problem::{ImportProblem, Origin, Place};

/// A mapping file that was read.
///
/// TOML with the tables `[file]` (sheet, header row, delimiter, encoding, formats), `[columns]`
/// (key of a column = header in the file), `[values.KEY]` (text in the file = value), `[invoice]`
/// (what is absent from every invoice, in the shape of the JSON) and `[line]` (the same for every
/// line). All are optional. Documented in `docs/reference/import/mapping.md`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping {
    pub(crate) name: String,
    pub(crate) sheet: Option<String>,
    pub(crate) header_row: Option<u32>,
    pub(crate) delimiter: Option<char>,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) decimal_mark: DecimalMark,
    pub(crate) date_formats: Vec<String>,
    pub(crate) ignore_columns: Vec<String>,
    pub(crate) ignore_rows: Vec<String>,
    pub(crate) continue_number: bool,
    pub(crate) columns: Vec<MappedColumn>,
    pub(crate) values: Vec<Translation>,
    pub(crate) invoice: Option<Node>,
    pub(crate) line: Option<Node>,
}

/// A line of `[columns]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MappedColumn {
    pub(crate) key: &'static str,
    pub(crate) header: String,
    pub(crate) spot: Spot,
}

/// A line of `[values.KEY]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Translation {
    pub(crate) key: &'static str,
    pub(crate) from: String,
    pub(crate) to: String,
}

/// The decimal mark of numbers written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecimalMark {
    /// What is unambiguous is read, the rest is a problem.
    #[default]
    Detect,
    /// The comma; points and spaces group thousands.
    Comma,
    /// The point; commas and spaces group thousands.
    Point,
}

/// The encoding of a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Windows-1250.
    Windows1250,
    /// ISO-8859-2.
    Iso8859Two,
}

impl Mapping {
    /// Reads a mapping file. `name` is what problems call it.
    ///
    /// # Errors
    /// Everything that is wrong with it: no TOML, unknown keys, wrong values.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<ImportProblem>> {
        let text = text.trim_start_matches('\u{feff}');
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let mut reader = MappingReader {
            text,
            name,
            line_starts: std::iter::once(0)
                .chain(newlines.map(|(index, _)| index.saturating_add(1)))
                .collect(),
            problems: Vec::new(),
        };
        let mapping = reader.read();
        if reader.problems.is_empty() {
            Ok(mapping)
        } else {
            Err(reader.problems)
        }
    }

    /// The translation of a text of a column.
    pub(crate) fn translate<'a>(&'a self, column: &Column, text: &'a str) -> &'a str {
        let wanted = text.trim();
        self.values
            .iter()
            .filter(|translation| translation.key == column.key)
            .find(|translation| {
                translation.from == wanted
                    || translation.from.to_lowercase() == wanted.to_lowercase()
            })
            .map_or(text, |translation| translation.to.as_str())
    }
}

struct MappingReader<'a> {
    text: &'a str,
    name: &'a str,
    /// Where lines begin, in bytes.
    line_starts: Vec<usize>,
    problems: Vec<ImportProblem>,
}

impl MappingReader<'_> {
    fn read(&mut self) -> Mapping {
        let mut mapping = Mapping {
            name: self.name.to_owned(),
            ..Mapping::default()
        };
        if self.text.len() > BYTES_MAX {
            let fault = Fault::FileTooLarge {
                limit: BYTES_MAX,
                actual: self.text.len(),
            };
            self.problem(Spot::Mapping { line: 1, column: 1 }, fault, None);
            return mapping;
        }
        let document = match Document::parse(self.text) {
            Ok(document) => document,
            Err(error) => {
                let spot = self.spot(error.span());
                let reason = error.message().to_owned();
                self.problem(spot, Fault::MappingSyntax { reason }, None);
                return mapping;
            }
        };
        for (key, item) in document.iter() {
            let spot = self.spot(
                document
                    .key(key)
                    .and_then(toml_edit::Key::span)
                    .or_else(|| item.span()),
            );
            let Some(node) = self.node(item) else {
                continue;
            };
            match key {
                "file" => self.file(&node, &mut mapping),
                "columns" => self.columns(&node, &mut mapping),
                "values" => self.values(&node, &mut mapping),
                "invoice" => mapping.invoice = self.table(node),
                "line" => mapping.line = self.table(node),
                _ => self.unknown(key, spot, &["file", "columns", "values", "invoice", "line"]),
            }
        }
        mapping
    }

    fn file(&mut self, node: &Node, mapping: &mut Mapping) {
        let Value::Object(entries) = &node.value else {
            return self.not_allowed(node, &["[file]"]);
        };
        for entry in entries {
            let node = &entry.node;
            match entry.key.as_str() {
                "sheet" => mapping.sheet = self.string(node),
                "header_row" => {
                    mapping.header_row = node
                        .text()
                        .and_then(|text| text.parse().ok())
                        .filter(|row| *row > 0);
                    if mapping.header_row.is_none() {
                        self.not_allowed(node, &["1", "2", "3"]);
                    }
                }
                "delimiter" => {
                    mapping.delimiter = match node.text() {
                        Some(";") => Some(';'),
                        Some(",") => Some(','),
                        Some("\t" | "tab") => Some('\t'),
                        Some("|") => Some('|'),
                        _ => None,
                    };
                    if mapping.delimiter.is_none() {
                        self.not_allowed(node, &[";", ",", "tab", "|"]);
                    }
                }
                "encoding" => {
                    mapping.encoding = match node.text().map(fold).as_deref() {
                        Some("utf8") => Some(Encoding::Utf8),
                        Some("windows1250" | "cp1250") => Some(Encoding::Windows1250),
                        Some("iso88592" | "latin2") => Some(Encoding::Iso8859Two),
                        _ => None,
                    };
                    if mapping.encoding.is_none() {
                        self.not_allowed(node, &["utf-8", "windows-1250", "iso-8859-2"]);
                    }
                }
                "decimal_mark" => match node.text() {
                    Some(",") => mapping.decimal_mark = DecimalMark::Comma,
                    Some(".") => mapping.decimal_mark = DecimalMark::Point,
                    _ => self.not_allowed(node, &[",", "."]),
                },
                "continue_number" => match node.value {
                    Value::Bool(value) => mapping.continue_number = value,
                    _ => self.not_allowed(node, &["true", "false"]),
                },
                "date_formats" => mapping.date_formats = self.date_formats(node),
                "ignore_columns" => mapping.ignore_columns = self.strings(node),
                "ignore_rows" => mapping.ignore_rows = self.strings(node),
                key => self.unknown(key, entry.key_spot, &FILE_KEYS),
            }
        }
    }

    fn columns(&mut self, node: &Node, mapping: &mut Mapping) {
        let Value::Object(entries) = &node.value else {
            return self.not_allowed(node, &["[columns]"]);
        };
        for entry in entries {
            let Some(column) = self.column(&entry.key, entry.key_spot) else {
                continue;
            };
            if let Some(header) = self.string(&entry.node) {
                mapping.columns.push(MappedColumn {
                    key: column.key,
                    header,
                    spot: entry.node.spot,
                });
            }
        }
    }

    fn values(&mut self, node: &Node, mapping: &mut Mapping) {
        let Value::Object(entries) = &node.value else {
            return self.not_allowed(node, &["[values.vatRate]"]);
        };
        for entry in entries {
            let Some(column) = self.column(&entry.key, entry.key_spot) else {
                continue;
            };
            let Value::Object(pairs) = &entry.node.value else {
                self.not_allowed(&entry.node, &["[values.vatRate]"]);
                continue;
            };
            for pair in pairs {
                let to = match &pair.node.value {
                    Value::Bool(true) => Some("true".to_owned()),
                    Value::Bool(false) => Some("false".to_owned()),
                    _ => pair.node.text().map(str::to_owned),
                };
                match to {
                    Some(to) => mapping.values.push(Translation {
                        key: column.key,
                        from: pair.key.trim().to_owned(),
                        to,
                    }),
                    None => self.not_allowed(&pair.node, &["\"…\""]),
                }
            }
        }
    }

    fn column(&mut self, key: &str, spot: Spot) -> Option<&'static Column> {
        let column = column::by_key(key);
        if column.is_none() {
            let known: Vec<&str> = column::all().map(|column| column.key).collect();
            self.unknown(key, spot, &known);
        }
        column
    }

    fn table(&mut self, node: Node) -> Option<Node> {
        if matches!(node.value, Value::Object(_)) {
            return Some(node);
        }
        self.not_allowed(&node, &["[invoice]", "[line]"]);
        None
    }

    fn string(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.clone()),
            _ => {
                self.not_allowed(node, &["\"…\""]);
                None
            }
        }
    }

    fn strings(&mut self, node: &Node) -> Vec<String> {
        if !matches!(node.value, Value::List(_)) {
            self.not_allowed(node, &["[\"…\"]"]);
        }
        node.elements()
            .iter()
            .filter_map(|node| self.string(node))
            .collect()
    }

    /// Formats are tried on a day: one that cannot write and read it back is refused.
    fn date_formats(&mut self, node: &Node) -> Vec<String> {
        let day = jiff::civil::Date::constant(2026, 11, 21);
        let formats = self.strings(node);
        for (format, node) in formats.iter().zip(node.elements()) {
            let read_back = jiff::fmt::strtime::format(format, day)
                .and_then(|text| jiff::fmt::strtime::parse(format, text))
                .and_then(|time| time.to_date());
            if read_back.ok() != Some(day) {
                self.not_allowed(node, &["%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d.%m.%y"]);
            }
        }
        formats
    }

    /// A TOML value as a node; dates become texts.
    fn node(&mut self, item: &Item) -> Option<Node> {
        let spot = self.spot(item.span());
        let value = match item {
            Item::None => return None,
            Item::Value(value) => return Some(self.value(value)),
            Item::Table(table) => {
                let mut entries = Vec::new();
                for (key, item) in table {
                    let key_spot = self.spot(table.key(key).and_then(toml_edit::Key::span));
                    if let Some(node) = self.node(item) {
                        entries.push(Entry {
                            key: key.to_owned(),
                            key_spot,
                            node,
                        });
                    }
                }
                Value::Object(entries)
            }
            Item::ArrayOfTables(tables) => Value::List(
                tables
                    .iter()
                    .filter_map(|table| self.node(&Item::Table(table.clone())))
                    .collect(),
            ),
        };
        Some(Node::new(spot, value))
    }

    fn value(&self, value: &TomlValue) -> Node {
        let spot = self.spot(value.span());
        let read = match value {
            TomlValue::String(text) => Value::Text(text.value().clone()),
            TomlValue::Integer(number) => Value::Number(number.value().to_string()),
            TomlValue::Float(_) => Value::Number(self.raw(value)),
            TomlValue::Boolean(flag) => Value::Bool(*flag.value()),
            TomlValue::Datetime(date) => Value::Text(date.value().to_string()),
            TomlValue::Array(array) => {
                Value::List(array.iter().map(|value| self.value(value)).collect())
            }
            TomlValue::InlineTable(table) => Value::Object(
                table
                    .iter()
                    .map(|(key, value)| {
                        let node = self.value(value);
                        Entry {
                            key: key.to_owned(),
                            key_spot: node.spot,
                            node,
                        }
                    })
                    .collect(),
            ),
        };
        Node::new(spot, read)
    }

    /// The digits of a number as written.
    fn raw(&self, value: &TomlValue) -> String {
        value
            .span()
            .and_then(|span| self.text.get(span))
            .map(|raw| raw.replace('_', "").trim_start_matches('+').to_owned())
            .unwrap_or_default()
    }

    fn spot(&self, span: Option<std::ops::Range<usize>>) -> Spot {
        let offset = span.map_or(0, |span| span.start);
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self
            .line_starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = before.chars().count().saturating_add(1);
        Spot::Mapping {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    fn unknown(&mut self, key: &str, spot: Spot, known: &[&str]) {
        let suggestion = nearest(key, known.iter().copied()).map(str::to_owned);
        let key = key.to_owned();
        self.problem(spot, Fault::UnknownKey { key, suggestion }, None);
    }

    fn not_allowed(&mut self, node: &Node, allowed: &[&str]) {
        let value = match &node.value {
            Value::Text(text) | Value::Number(text) => text.clone(),
            Value::Bool(value) => value.to_string(),
            Value::List(_) => "[…]".to_owned(),
            Value::Object(_) => "{…}".to_owned(),
            Value::Null => String::new(),
        };
        let allowed = allowed.iter().map(|&text| text.to_owned()).collect();
        self.problem(node.spot, Fault::MappingValue { allowed }, Some(value));
    }

    fn problem(&mut self, spot: Spot, fault: Fault, value: Option<String>) {
        let place = match spot {
            Spot::Mapping { line, column } => Place::Text {
                line,
                column,
                pointer: None,
            },
            _ => Place::File,
        };
        let origin = Origin {
            file: self.name.to_owned(),
            place,
        };
        self.problems
            .push(ImportProblem::new(origin, fault).with_value(value));
    }
}

/// How many bytes a mapping file may have.
const BYTES_MAX: usize = 256 << 10;

const FILE_KEYS: [&str; 9] = [
    "sheet",
    "header_row",
    "delimiter",
    "encoding",
    "decimal_mark",
    "date_formats",
    "ignore_columns",
    "ignore_rows",
    "continue_number",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_mapping() {
        let mapping = Mapping::parse(
            "m.toml",
            "[file]\nsheet = \"F\"\nheader_row = 3\ndelimiter = \"tab\"\nencoding = \"Windows-1250\"\n\
             decimal_mark = \",\"\ndate_formats = [\"%d/%m/%Y\"]\nignore_columns = [\"Uwagi\"]\n\
             ignore_rows = [\"Razem\"]\ncontinue_number = true\n[columns]\nnumber = \"Dok\"\n\
             [values.vatRate]\n\"stawka A\" = \"23\"\n[invoice]\ncurrency = \"EUR\"\n\
             exchangeRate = 4.30\nissueDate = 2026-11-21\n[invoice.seller]\nnip = \"5265877635\"\n[line]\nunit = \"szt.\"\n",
        )
        .unwrap();
        assert_eq!(mapping.sheet.as_deref(), Some("F"));
        assert_eq!(mapping.header_row, Some(3));
        assert_eq!(mapping.delimiter, Some('\t'));
        assert_eq!(mapping.encoding, Some(Encoding::Windows1250));
        assert_eq!(mapping.decimal_mark, DecimalMark::Comma);
        assert!(mapping.continue_number);
        let rate = column::by_key("vatRate").unwrap();
        assert_eq!(mapping.translate(rate, " Stawka a "), "23");
        assert_eq!(mapping.translate(rate, "8"), "8");
        let invoice = mapping.invoice.unwrap();
        assert_eq!(invoice.get("exchangeRate").unwrap().text(), Some("4.30"));
        assert_eq!(invoice.get("issueDate").unwrap().text(), Some("2026-11-21"));
        assert_eq!(
            invoice.get("seller").unwrap().get("nip").unwrap().spot,
            Spot::Mapping {
                line: 20,
                column: 7
            }
        );
    }

    #[track_caller]
    fn refused(text: &str, code: &str, line: u32) {
        let problems = Mapping::parse("m.toml", text).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].code(), code, "{text}");
        assert_eq!(problems[0].origin().file, "m.toml");
        assert!(
            matches!(problems[0].origin().place, Place::Text { line: found, .. } if found == line),
            "{text}: {problems:?}"
        );
    }

    #[test]
    fn mistakes_are_placed() {
        refused("[file]\nsheet = ", "mapping-syntax", 2);
        refused("[column]\n", "key-unknown", 1);
        refused("[file]\nshet = \"x\"", "key-unknown", 2);
        refused("[columns]\nnumbr = \"x\"", "key-unknown", 2);
        refused("[columns]\nnumber = 5", "mapping-value", 2);
        refused("[values.rate]\na = \"b\"", "key-unknown", 1);
        refused("[file]\nencoding = \"utf-7\"", "mapping-value", 2);
        refused("[file]\nheader_row = 0", "mapping-value", 2);
        refused("[file]\ndelimiter = \"x\"", "mapping-value", 2);
        refused("[file]\ndecimal_mark = \"'\"", "mapping-value", 2);
        refused("[file]\ndate_formats = [\"%H\"]", "mapping-value", 2);
        refused("[file]\ncontinue_number = 1", "mapping-value", 2);
        refused("invoice = 5", "mapping-value", 1);
    }

    #[test]
    fn an_empty_mapping_changes_nothing() {
        let mapping = Mapping::parse("", "\u{feff}# nothing\n").unwrap();
        assert_eq!(mapping, Mapping::default());
    }
}

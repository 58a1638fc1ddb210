//! Files to start from.

mod example;
mod workbook;

use std::fmt;

use crate::column;
use crate::naming::fold;

/// A file to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Template {
    /// Two invoices as JSON.
    Json,
    /// The same two as CSV: UTF-8 with a byte order mark, semicolons, decimal commas, Polish headers.
    Csv,
    /// The same two as a workbook: Polish headers, lists to choose from, a sheet that explains every column.
    Xlsx,
    /// A mapping file in which every setting is explained.
    Mapping,
}

/// Why a template could not be made: the writer of workbooks failed.
#[derive(Debug)]
pub struct TemplateError(rust_xlsxwriter::XlsxError);

/// A file to start from. All of them import without a problem.
///
/// # Errors
/// The writer of workbooks failed; it needs nothing but memory.
pub fn template(template: Template) -> Result<Vec<u8>, TemplateError> {
    match template {
        Template::Json => Ok(JSON.as_bytes().to_vec()),
        Template::Csv => Ok(csv()),
        Template::Xlsx => workbook::template().map_err(TemplateError),
        Template::Mapping => Ok(MAPPING.as_bytes().to_vec()),
    }
}

/// The columns of the template, in its order.
fn columns() -> Vec<&'static column::Column> {
    column::all().filter(|column| column.template).collect()
}

fn csv() -> Vec<u8> {
    let columns = columns();
    let mut text = String::from("\u{feff}");
    let header: Vec<&str> = columns.iter().map(|column| column.polish).collect();
    push_record(&mut text, header);
    for row in example::ROWS {
        let fields = columns.iter().map(|column| {
            let value = row
                .iter()
                .find(|(key, _)| *key == column.key)
                .map_or("", |(_, value)| *value);
            match column.kind {
                column::Kind::Number => value.replace('.', ","),
                _ => value.to_owned(),
            }
        });
        push_record(&mut text, fields);
    }
    text.into_bytes()
}

fn push_record<S: AsRef<str>>(text: &mut String, fields: impl IntoIterator<Item = S>) {
    for (index, field) in fields.into_iter().enumerate() {
        if index > 0 {
            text.push(';');
        }
        let field = field.as_ref();
        if field.contains([';', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push_str("\r\n");
}

/// The column of a header, for widths and formats.
fn is_wide(header: &str) -> bool {
    let folded = fold(header);
    folded.starts_with("nazwa") || folded.starts_with("adres") || folded.starts_with("numerrach")
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the template could not be made")
    }
}

impl std::error::Error for TemplateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

const JSON: &str = include_str!("template/invoices.json");

const MAPPING: &str = include_str!("template/mapping.toml");

#[cfg(test)]
mod tests;

//! The files of `examples/import` and the pages made from the catalogue of columns.
//!
//! `KSEF_UPDATE_EXAMPLES=1 cargo test -p ksef-import --test it examples` writes them anew; the JSON
//! is written by hand.

mod rows;

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use ksef_import::{Content, Format, Mapping, columns};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, Workbook,
};
use zip::ZipArchive;

use crate::{documents, import_as};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn example(name: &str) -> Vec<u8> {
    let path = repository().join("examples/import").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The file is what is made here; with the variable set it is written when it is not.
fn assert_current(path: &Path, made: &[u8]) {
    let is_current = |committed: &[u8]| parts(committed) == parts(made);
    let committed = fs::read(path).unwrap_or_default();
    if std::env::var_os("KSEF_UPDATE_EXAMPLES").is_some() && !is_current(&committed) {
        fs::write(path, made).unwrap();
    }
    let committed = fs::read(path).unwrap_or_default();
    assert!(
        is_current(&committed),
        "{} is old: run the test with KSEF_UPDATE_EXAMPLES=1",
        path.display()
    );
}

/// What a file says: of a workbook its parts, for compressors differ in their bytes.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
        return vec![(String::new(), bytes.to_vec())];
    };
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// Keys, headers and contents of the columns that the rows use.
fn used() -> Vec<(&'static str, &'static str, Content)> {
    columns()
        .into_iter()
        .filter(|column| {
            rows::ROWS
                .iter()
                .flat_map(|row| row.iter())
                .any(|(key, _)| *key == column.key)
        })
        .map(|column| (column.key, column.polish, column.content))
        .collect()
}

fn value<'r>(row: rows::Row, key: &str) -> Option<&'r str> {
    row.iter()
        .find(|(known, _)| *known == key)
        .map(|(_, value)| *value)
}

fn csv() -> Vec<u8> {
    let quoted = |field: &str| {
        if field.contains([';', '"', '\n']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field.to_owned()
        }
    };
    let used = used();
    let header: Vec<String> = used.iter().map(|(_, header, _)| quoted(header)).collect();
    let mut text = format!("\u{feff}{}\r\n", header.join(";"));
    for row in rows::ROWS {
        let fields: Vec<String> = used
            .iter()
            .map(|(key, _, content)| match (value(row, key), content) {
                (Some(value), Content::Number) => polish_number(value),
                (Some(value), Content::Date) => {
                    value.split('-').rev().collect::<Vec<_>>().join(".")
                }
                (Some(value), _) => quoted(value),
                (None, _) => String::new(),
            })
            .collect();
        text.push_str(&fields.join(";"));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

/// `62500.5` as `62 500,5`, with a no-break space.
fn polish_number(plain: &str) -> String {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    if fraction.is_empty() {
        grouped
    } else {
        format!("{grouped},{fraction}")
    }
}

fn xlsx() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 2, 1).unwrap();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let sheet = workbook.add_worksheet();
    sheet.set_name("Faktury").unwrap();
    sheet.set_freeze_panes(1, 1).unwrap();
    let header = CellFormat::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(0x00DC_E6F1));
    let date = CellFormat::new().set_num_format("yyyy-mm-dd");
    let number = CellFormat::new().set_num_format("#,##0.00######");
    let text = CellFormat::new().set_num_format("@");
    for (index, (key, title, content)) in (0_u16..).zip(used()) {
        sheet.write_with_format(0, index, title, &header).unwrap();
        sheet.set_column_width(index, 18).unwrap();
        for (line, row) in (1_u32..).zip(rows::ROWS) {
            let Some(value) = value(row, key) else {
                continue;
            };
            match content {
                Content::Number => {
                    let value: f64 = value.parse().unwrap();
                    sheet
                        .write_with_format(line, index, value, &number)
                        .unwrap();
                }
                Content::Date => {
                    let value = ExcelDateTime::parse_from_str(value).unwrap();
                    sheet.write_with_format(line, index, &value, &date).unwrap();
                }
                _ => {
                    sheet.write_with_format(line, index, value, &text).unwrap();
                }
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn examples_are_current() {
    let folder = repository().join("examples/import");
    assert_current(&folder.join("ten-invoices.csv"), &csv());
    assert_current(&folder.join("ten-invoices.xlsx"), &xlsx());
}

#[test]
fn examples_make_the_same_ten_invoices_from_every_format() {
    let json = documents(&import_as(
        Format::Json,
        &example("ten-invoices.json"),
        None,
    ));
    assert_eq!(json.len(), 10);
    let csv = documents(&import_as(Format::Csv, &example("ten-invoices.csv"), None));
    let xlsx = documents(&import_as(
        Format::Xlsx,
        &example("ten-invoices.xlsx"),
        None,
    ));
    for (index, xml) in json.iter().enumerate() {
        assert_eq!(&csv[index], xml);
        assert_eq!(&xlsx[index], xml);
    }
}

#[test]
fn examples_show_a_table_of_ones_own() {
    let text = String::from_utf8(example("own-table.toml")).unwrap();
    let mapping = Mapping::parse("own-table.toml", &text).unwrap();
    let table = example("own-table.csv");
    assert!(
        std::str::from_utf8(&table).is_err(),
        "it is in Windows-1250"
    );
    let all = documents(&import_as(Format::Csv, &table, Some(&mapping)));
    assert_eq!(all.len(), 2);
}

#[test]
fn examples_of_columns_are_documented() {
    let mut page = String::from(
        "# Columns\n\nMade from the catalogue in `crates/ksef-import/src/column` by `KSEF_UPDATE_EXAMPLES=1 cargo test -p ksef-import --test it examples`.\n\n\
         A header is recognised in Polish, in English, by its key, and by the other names, without regard for case, diacritics, spaces and\n\
         punctuation. **T**: in the template. Columns of the invoice may be filled in its first row only or in every row; columns of a line\n\
         (their place begins with `/lines`) are read from every row.\n\n",
    );
    page.push_str("| key | Polski nagłówek | English header | other names | T | place | znaczenie / meaning |\n|---|---|---|---|---|---|---|\n");
    let cell = |text: &str| text.replace('|', "\\|");
    for column in columns() {
        page.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | `{}` | {}<br>{} |\n",
            column.key,
            cell(column.polish),
            cell(column.english),
            cell(&column.aliases.join(", ")),
            if column.is_in_template { "●" } else { "" },
            column.pointer,
            cell(column.help_polish),
            cell(column.help_english),
        ));
    }
    let path = repository().join("docs/reference/import/columns.md");
    assert_current(&path, page.as_bytes());
}

/// The first block of code of a language in a page.
fn block(page: &str, language: &str) -> String {
    let path = repository().join("docs/reference/import").join(page);
    let text = fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn examples_in_the_documentation_are_right() {
    let invoice = block("README.md", "json");
    assert_eq!(
        documents(&import_as(Format::Json, invoice.as_bytes(), None)).len(),
        1
    );
    let mapping = block("mapping.md", "toml");
    assert_eq!(Mapping::parse("m.toml", &mapping).err(), None);
}

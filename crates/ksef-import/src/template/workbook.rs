//! The template as a workbook.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{columns, example, is_wide};
use crate::column::{self, Column, Kind};
use crate::table::cell::RATES;

pub(super) fn template() -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same bytes every time: a template that is compared must not carry the hour.
    workbook.set_properties(
        &rust_xlsxwriter::DocProperties::new()
            .set_creation_datetime(&ExcelDateTime::from_ymd(2026, 2, 1)?),
    );
    invoices(workbook.add_worksheet())?;
    explanations(workbook.add_worksheet())?;
    workbook.save_to_buffer()
}

fn invoices(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let columns = columns();
    sheet.set_name("Faktury")?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_row_height(0, 32)?;
    let header = header_format();
    for (index, column) in (0_u16..).zip(&columns) {
        sheet.write_with_format(0, index, column.polish, &header)?;
        sheet.set_column_width(index, width(column))?;
        sheet.set_column_format(index, &format(column))?;
        if let Some(validation) = validation(column)? {
            sheet.add_data_validation(1, index, ROWS_VALIDATED, index, &validation)?;
        }
    }
    for (row, example) in (1_u32..).zip(example::ROWS) {
        for (index, column) in (0_u16..).zip(&columns) {
            if let Some((_, value)) = example.iter().find(|(key, _)| *key == column.key) {
                write(sheet, row, index, column, value)?;
            }
        }
    }
    Ok(())
}

/// Dates as dates, numbers as numbers, the rest as text.
fn write(
    sheet: &mut Worksheet,
    row: u32,
    index: u16,
    column: &Column,
    value: &str,
) -> Result<(), XlsxError> {
    let format = format(column);
    match column.kind {
        Kind::Date => {
            sheet.write_with_format(row, index, &ExcelDateTime::parse_from_str(value)?, &format)?;
        }
        Kind::Number | Kind::Whole => match value.parse::<f64>() {
            Ok(number) => {
                sheet.write_number_with_format(row, index, number, &format)?;
            }
            Err(_) => {
                sheet.write_string_with_format(row, index, value, &format)?;
            }
        },
        _ => {
            sheet.write_string_with_format(row, index, value, &format)?;
        }
    }
    Ok(())
}

fn explanations(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("Objaśnienia")?;
    sheet.set_freeze_panes(1, 0)?;
    let header = header_format();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let titles = [
        ("Kolumna", 30),
        ("Znaczenie", 60),
        ("English header", 28),
        ("Meaning", 60),
        ("Klucz / key", 24),
        ("Inne nagłówki / other headers", 50),
    ];
    for (index, (title, width)) in (0_u16..).zip(titles) {
        sheet.write_with_format(0, index, title, &header)?;
        sheet.set_column_width(index, width)?;
    }
    for (row, column) in (1_u32..).zip(column::all()) {
        let texts = [
            column.polish,
            column.help_polish,
            column.english,
            column.help_english,
            column.key,
            &column.aliases.join(", "),
        ];
        for (index, text) in (0_u16..).zip(texts) {
            sheet.write_string_with_format(row, index, text, &wrapped)?;
        }
    }
    Ok(())
}

fn header_format() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(0x00DC_E6F1))
        .set_border_bottom(FormatBorder::Thin)
}

fn format(column: &Column) -> Format {
    match column.kind {
        Kind::Date => Format::new().set_num_format("yyyy-mm-dd"),
        Kind::Number => Format::new().set_num_format("#,##0.00######"),
        Kind::Whole => Format::new().set_num_format("0"),
        _ => Format::new().set_num_format("@"),
    }
}

fn width(column: &Column) -> f64 {
    match column.kind {
        _ if is_wide(column.polish) => 34.0,
        Kind::Date | Kind::Number | Kind::Rate => 13.0,
        Kind::Flag | Kind::Whole => 12.0,
        _ => 19.0,
    }
}

/// Lists to choose from; units are a suggestion, the rest is refused otherwise.
fn validation(column: &Column) -> Result<Option<DataValidation>, XlsxError> {
    let strict = |list: &[&str]| -> Result<DataValidation, XlsxError> {
        DataValidation::new()
            .allow_list_strings(list)?
            .set_error_title("Niedozwolona wartość")?
            .set_error_message("Wybierz wartość z listy albo zostaw komórkę pustą.")
    };
    Ok(match (column.key, column.kind) {
        ("vatRate", _) => Some(strict(&RATES)?),
        ("unit", _) => Some(
            DataValidation::new()
                .allow_list_strings(&UNITS)?
                .set_error_style(DataValidationErrorStyle::Information)
                .set_error_message("Jednostka spoza listy; można jej użyć.")?,
        ),
        ("kind", _) => Some(strict(&KINDS)?),
        ("paymentMethod", _) => Some(strict(&METHODS)?),
        (_, Kind::Flag) => Some(strict(&["tak", "nie"])?),
        (_, Kind::Choice(choices)) => {
            let values: Vec<&str> = choices.iter().map(|(value, _)| *value).collect();
            Some(strict(&values)?)
        }
        _ => None,
    })
}

/// The last row that offers lists.
const ROWS_VALIDATED: u32 = 5_000;

const UNITS: [&str; 12] = [
    "szt.", "godz.", "usł.", "kg", "t", "m", "m²", "m³", "l", "kpl.", "opak.", "mies.",
];

const KINDS: [&str; 5] = [
    "faktura",
    "korekta",
    "zaliczka",
    "rozliczeniowa",
    "uproszczona",
];

const METHODS: [&str; 7] = [
    "przelew", "gotówka", "karta", "bon", "czek", "kredyt", "mobilna",
];

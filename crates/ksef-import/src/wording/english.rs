//! English.

use ksef_invoice::Language;

use super::{json_expected, shown};
use crate::column;
use crate::fault::Fault;

pub(super) fn message(fault: &Fault, value: Option<&str>) -> String {
    let value = value.map(shown).unwrap_or_default();
    match fault {
        Fault::Form { .. }
        | Fault::NotOneOf { .. }
        | Fault::NotANumber
        | Fault::NotADate
        | Fault::AmbiguousDate
        | Fault::NumberAsDate { .. }
        | Fault::AmbiguousNumber { .. }
        | Fault::WrongDecimalMark { .. }
        | Fault::AmbiguousRate { .. }
        | Fault::DateOutOfRange { .. }
        | Fault::TooManyDigits { .. }
        | Fault::TooPrecise { .. }
        | Fault::LostDigits
        | Fault::CodeAsNumber
        | Fault::NipChecksum
        | Fault::WrongType { .. }
        | Fault::TooLong { .. }
        | Fault::Blank => of_value(fault, &value),
        Fault::JsonSyntax { .. }
        | Fault::JsonDepth { .. }
        | Fault::JsonKeys { .. }
        | Fault::DuplicateKey { .. }
        | Fault::UnknownKey { .. }
        | Fault::Missing { .. }
        | Fault::Excluded { .. }
        | Fault::TooMany { .. }
        | Fault::TooFew { .. }
        | Fault::Meaning { .. } => of_shape(fault),
        _ => of_file(fault, &value),
    }
}

fn of_value(fault: &Fault, value: &str) -> String {
    match fault {
        Fault::Form { english, .. } => format!("“{value}” is not {english}"),
        Fault::NotOneOf { .. } => format!("“{value}” is not an allowed value"),
        Fault::NotANumber => format!("“{value}” is not a number"),
        Fault::NotADate => format!("“{value}” is not a date"),
        Fault::AmbiguousDate => format!("the date “{value}” can be read in two ways"),
        Fault::NumberAsDate { date: Some(date) } => format!(
            "the cell holds the number {value} instead of a date (as a count of days it would be {date})"
        ),
        Fault::NumberAsDate { date: None } => {
            format!("the cell holds the number {value} instead of a date")
        }
        Fault::AmbiguousNumber {
            as_decimal,
            as_thousands,
        } => format!("“{value}” can mean {as_decimal} or {as_thousands}"),
        Fault::WrongDecimalMark { mark } => {
            format!("“{value}” is not a number with the mapping's decimal mark “{mark}”")
        }
        Fault::AmbiguousRate { options } => {
            format!("the rate “{value}” is ambiguous: {}", options.join(" or "))
        }
        Fault::DateOutOfRange { date } => {
            format!("the date {date} is outside the years 1990–2050 that an invoice takes")
        }
        Fault::TooManyDigits { limit } => {
            format!("the number “{value}” has more than {limit} digits")
        }
        Fault::TooPrecise { limit } => {
            format!("the number “{value}” has more than {limit} decimal places")
        }
        Fault::LostDigits => format!(
            "the number {value} has more than 15 digits, so the sheet did not keep it exactly"
        ),
        Fault::CodeAsNumber => {
            format!("“{value}” is stored as a number; leading zeros and further digits may be lost")
        }
        Fault::NipChecksum => format!("the NIP “{value}” has a wrong check digit"),
        Fault::WrongType { expected } => {
            format!(
                "“{value}” has the wrong type; expected: {}",
                expected.join(" or ")
            )
        }
        Fault::TooLong { limit } => {
            format!("the text “{value}” has more than {limit} characters")
        }
        Fault::Blank => "the value is empty".to_owned(),
        _ => String::new(),
    }
}

fn of_shape(fault: &Fault) -> String {
    match fault {
        Fault::JsonSyntax { expected, found } => {
            let expected = json_expected(*expected, Language::English);
            match found {
                Some(found) => format!(
                    "this is not JSON: “{}” where {expected} is expected",
                    shown(&found.to_string())
                ),
                None => format!("this is not JSON: the text ends where {expected} is expected"),
            }
        }
        Fault::JsonDepth { limit } => format!("nested deeper than {limit} levels"),
        Fault::JsonKeys { limit } => format!("the object has more than {limit} keys"),
        Fault::DuplicateKey { key } => format!("the key “{}” occurs twice", shown(key)),
        Fault::UnknownKey { key, suggestion } => match suggestion {
            Some(suggestion) => {
                format!("unknown key “{}”; did you mean “{suggestion}”?", shown(key))
            }
            None => format!("unknown key “{}”", shown(key)),
        },
        Fault::Missing { keys, columns } if columns.is_empty() => {
            format!("the required value “{}” is missing", keys.join("” or “"))
        }
        Fault::Missing { columns, .. } => format!(
            "a required value is missing: column “{}”",
            columns
                .iter()
                .map(|polish| in_english(polish))
                .collect::<Vec<_>>()
                .join("” or “")
        ),
        Fault::Excluded { keys } => {
            format!("the values “{}” exclude each other", keys.join("” and “"))
        }
        Fault::TooMany { limit } => format!("the list has more than {limit} elements"),
        Fault::TooFew { limit } => format!("the list has fewer elements than {limit}"),
        Fault::Meaning { english, .. } => english.clone(),
        _ => String::new(),
    }
}

/// The English header of a column.
fn in_english(polish: &str) -> &str {
    column::by_header(polish).map_or(polish, |column| column.english)
}

fn of_file(fault: &Fault, value: &str) -> String {
    match fault {
        Fault::FormatUnknown => "it is unclear whether this is JSON, CSV or XLSX".to_owned(),
        Fault::Empty => "the file is empty".to_owned(),
        Fault::FileTooLarge { limit, actual } => {
            format!("the file has {actual} bytes, {limit} are allowed")
        }
        Fault::TooManyInvoices { limit } => format!("the file has more than {limit} invoices"),
        Fault::TooManyRows { limit } => format!("the sheet has more than {limit} rows"),
        Fault::TooManyCells { limit } => format!("the sheet has more than {limit} cells"),
        Fault::TooManyProblems { limit } => {
            format!("there are more than {limit} problems; the rest is not shown")
        }
        Fault::NotAWorkbook => "this is not an XLSX workbook".to_owned(),
        Fault::OldOrEncryptedWorkbook => {
            "the workbook is encrypted with a password or in the old XLS format".to_owned()
        }
        Fault::BrokenWorkbook { reason } => {
            format!("the workbook cannot be read: {}", shown(reason))
        }
        Fault::WorkbookTooLarge { limit } => {
            format!("the unpacked workbook has more than {limit} bytes")
        }
        Fault::SheetMissing { sheet, sheets } => format!(
            "there is no sheet “{}”; there are: {}",
            shown(sheet),
            sheets
                .iter()
                .map(|name| shown(name))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        Fault::HeaderMissing => "there is no header row with the names of the columns".to_owned(),
        Fault::MergedCells { range } => {
            format!("the cells {range} are merged; only the first of them has the value")
        }
        Fault::FormulaWithoutValue => {
            "the cell has a formula whose result is not in the file".to_owned()
        }
        Fault::ErrorCell => format!("the cell holds the error {value}"),
        Fault::NotInEncoding { encoding } => format!("the file is not text in {encoding}"),
        Fault::AmbiguousEncoding => {
            "it is unclear whether the file is in Windows-1250 or ISO-8859-2".to_owned()
        }
        Fault::DelimiterUnclear => {
            "it is unclear what separates the columns: “;”, “,” or the tab".to_owned()
        }
        Fault::QuoteUnclosed => "the quotation mark opened here is never closed".to_owned(),
        Fault::TextAfterQuote => {
            "text follows the closing quotation mark instead of the delimiter".to_owned()
        }
        Fault::MappingSyntax { reason } => {
            format!("the mapping file is not TOML: {}", reason.trim())
        }
        Fault::MappingValue { allowed } => format!(
            "“{value}” is not allowed here; allowed: {}",
            allowed.join(", ")
        ),
        Fault::MappedColumnMissing { header, suggestion } => match suggestion {
            Some(near) => format!(
                "the table has no column “{}” of the mapping file; did you mean “{}”?",
                shown(header),
                shown(near)
            ),
            None => format!(
                "the table has no column “{}” of the mapping file",
                shown(header)
            ),
        },
        Fault::UnknownColumn { header, suggestion } => match suggestion {
            Some(near) => format!("unknown column “{}”; did you mean “{near}”?", shown(header)),
            None => format!("unknown column “{}”", shown(header)),
        },
        Fault::DuplicateColumn { first } => format!("this column means the same as column {first}"),
        Fault::ColumnWithoutHeader => {
            format!("the value “{value}” stands in a column without a header")
        }
        Fault::ColumnMissing { polish, key } => format!("there is no column “{polish}” ({key})"),
        Fault::RowWithoutNumber { summary: true } => {
            "a row without an invoice number that looks like a summary".to_owned()
        }
        Fault::RowWithoutNumber { summary: false } => "the row has no invoice number".to_owned(),
        Fault::Contradiction { row, value: first } => format!(
            "“{value}” contradicts row {row} of the same invoice, which has “{}”",
            shown(first)
        ),
        Fault::DuplicateNumber { first } => {
            format!("an invoice of this number is already in the file ({first})")
        }
        _ => String::new(),
    }
}

pub(super) fn advice(fault: &Fault) -> Option<String> {
    advice_on_file(fault)
        .map(str::to_owned)
        .or_else(|| advice_on_value(fault))
}

fn advice_on_file(fault: &Fault) -> Option<&'static str> {
    Some(match fault {
        Fault::FormatUnknown => {
            "name the format, or let the file's name end in .json, .csv or .xlsx"
        }
        Fault::FileTooLarge { .. }
        | Fault::TooManyInvoices { .. }
        | Fault::TooManyRows { .. }
        | Fault::TooManyCells { .. }
        | Fault::WorkbookTooLarge { .. } => "split the data into several files",
        Fault::TooManyProblems { .. } => "mend those shown and run again",
        Fault::NotAWorkbook | Fault::BrokenWorkbook { .. } => {
            "save the file as “Excel Workbook (.xlsx)” in Excel or LibreOffice"
        }
        Fault::OldOrEncryptedWorkbook => "remove the password and save the file as .xlsx",
        Fault::SheetMissing { .. } => "correct “sheet” in the mapping file",
        Fault::HeaderMissing => {
            "the first row must name the columns; point to another one by “header_row”"
        }
        Fault::MergedCells { .. } => "unmerge the cells and write the value into every row",
        Fault::FormulaWithoutValue => {
            "open and save the file in a program that calculates, or write the value"
        }
        Fault::ErrorCell => "correct the formula or write the value",
        Fault::NotInEncoding { .. } | Fault::AmbiguousEncoding => {
            "set “encoding” in the mapping file: utf-8, windows-1250 or iso-8859-2"
        }
        Fault::DelimiterUnclear => "set “delimiter” in the mapping file",
        Fault::QuoteUnclosed | Fault::TextAfterQuote => {
            "write a quotation mark inside a value twice: \"\""
        }
        Fault::DuplicateKey { .. } => "leave one of them",
        _ => return None,
    })
}

fn advice_on_value(fault: &Fault) -> Option<String> {
    let text = match fault {
        Fault::UnknownColumn { .. } => {
            "rename the header, map it in [columns] of the mapping file, or list it in “ignore_columns”"
        }
        Fault::DuplicateColumn { .. } => {
            "remove one of the columns or list its header in “ignore_columns”"
        }
        Fault::ColumnWithoutHeader => "name the column or remove the value",
        Fault::ColumnMissing { .. } => {
            "add the column, map another in [columns], or give a constant in [invoice] of the mapping file"
        }
        Fault::RowWithoutNumber { summary: true } => {
            "remove the row, or list how it begins in “ignore_rows” of the mapping file"
        }
        Fault::RowWithoutNumber { summary: false } => {
            "write the number, or set “continue_number = true” in the mapping file"
        }
        Fault::Contradiction { .. } => "all rows of an invoice need the same values of its head",
        Fault::DuplicateNumber { .. } => "give the invoice another number",
        Fault::NotANumber => "write the number as 1234.56, without currency or unit",
        Fault::AmbiguousNumber { .. } | Fault::WrongDecimalMark { .. } => {
            "set “decimal_mark” in the mapping file: \",\" or \".\""
        }
        Fault::TooPrecise { .. } => "round the value",
        Fault::LostDigits | Fault::CodeAsNumber => {
            "format the cells as text and type the value again"
        }
        Fault::NotADate => "write the date as 2026-11-21 or 21.11.2026",
        Fault::AmbiguousDate => {
            "set “date_formats” in the mapping file, for example [\"%d/%m/%Y\"]"
        }
        Fault::NumberAsDate { .. } => "format the cell as a date",
        Fault::AmbiguousRate { .. } => {
            "write one of them, or map it in [values.vatRate] of the mapping file"
        }
        Fault::NipChecksum => "check the digits",
        Fault::NotOneOf {
            allowed,
            suggestion,
        } => {
            let list = shortened(allowed);
            return Some(match suggestion {
                Some(near) => format!("did you mean “{near}”? allowed: {list}"),
                None => format!("allowed: {list}"),
            });
        }
        _ => return None,
    };
    Some(text.to_owned())
}

fn shortened(allowed: &[String]) -> String {
    let mut list = allowed
        .iter()
        .take(20)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if allowed.len() > 20 {
        list.push_str(", …");
    }
    list
}

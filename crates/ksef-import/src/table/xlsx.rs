//! A sheet of a workbook into a table. The unpacked size is bounded before anything is parsed,
//! cells are streamed, formulas are never evaluated.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};
use zip::ZipArchive;

use crate::fault::Fault;
use crate::mapping::Mapping;
use crate::naming::fold;
use crate::node::Spot;
use crate::source::{COMPOUND_FILE, Limits};
use crate::table::{Cell, Row, Table, TableFault};

/// Reads the sheet the mapping names, or the first visible one. `found` gets its name as soon as
/// it is known, for the places of faults.
pub(crate) fn read(
    bytes: &[u8],
    mapping: &Mapping,
    limits: &Limits,
    found: &mut Option<String>,
) -> Result<Table, TableFault> {
    if bytes.starts_with(COMPOUND_FILE) {
        return Err(TableFault::of_file(Fault::OldOrEncryptedWorkbook));
    }
    bound(bytes, limits)?;
    // The reader of workbooks is not ours, and some broken ones make it panic. It works on borrowed
    // bytes and is thrown away, so that nothing half-made can be seen afterwards.
    let outcome = catch_unwind(AssertUnwindSafe(|| open(bytes, mapping, limits, found)));
    outcome.unwrap_or_else(|_| {
        Err(TableFault::of_file(Fault::BrokenWorkbook {
            reason: "the reader of workbooks gave up".to_owned(),
        }))
    })
}

fn open(
    bytes: &[u8],
    mapping: &Mapping,
    limits: &Limits,
    found: &mut Option<String>,
) -> Result<Table, TableFault> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheet = sheet(&workbook, mapping)?;
    *found = Some(sheet.clone());
    let from_1904 = workbook.has_1904_epoch();
    let merged = workbook
        .merge_cells_by_sheet_name(&sheet)
        .map_err(broken)?
        .iter()
        .map(|range| {
            (
                range.start.0.saturating_add(1),
                u16::try_from(range.start.1).unwrap_or(u16::MAX),
                range.end.0.saturating_add(1),
                u16::try_from(range.end.1).unwrap_or(u16::MAX),
            )
        })
        .collect();
    let mut table = Table {
        sheet: Some(sheet.clone()),
        rows: Vec::new(),
        merged,
    };
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
    let mut count = 0_usize;
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(broken)? {
        let Some(cell) = cell(&record.value, record.formula.is_some(), from_1904) else {
            continue;
        };
        let (row, column) = record.pos;
        let column = u16::try_from(column).map_err(|_| misordered())?;
        count = count.saturating_add(1);
        if count > limits.cells_max {
            let limit = limits.cells_max;
            return Err(TableFault::of_file(Fault::TooManyCells { limit }));
        }
        place(&mut table, row.saturating_add(1), column, cell, limits)?;
    }
    Ok(table)
}

/// Adds a cell; the schema of workbooks wants rows and cells in order.
fn place(
    table: &mut Table,
    number: u32,
    column: u16,
    cell: Cell,
    limits: &Limits,
) -> Result<(), TableFault> {
    match table.rows.last_mut() {
        Some(last) if last.number == number => {
            if last
                .cells
                .last()
                .is_some_and(|(before, _)| *before >= column)
            {
                return Err(misordered());
            }
            last.cells.push((column, cell));
        }
        Some(last) if last.number > number => return Err(misordered()),
        _ => {
            if table.rows.len() >= limits.rows_max {
                let limit = limits.rows_max;
                return Err(TableFault {
                    spot: Some(Spot::Row { row: number }),
                    fault: Fault::TooManyRows { limit },
                    value: None,
                });
            }
            table.rows.push(Row {
                number,
                cells: vec![(column, cell)],
            });
        }
    }
    Ok(())
}

/// Unpacks every part into nothing, counting: sizes that an archive declares can lie.
fn bound(bytes: &[u8], limits: &Limits) -> Result<(), TableFault> {
    let not_a_workbook = || TableFault::of_file(Fault::NotAWorkbook);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| not_a_workbook())?;
    let mut left = limits.unpacked_bytes_max;
    let mut buffer = vec![0; 64 << 10];
    if archive.len() > PARTS_MAX {
        return Err(TableFault::of_file(Fault::WorkbookTooLarge {
            limit: limits.unpacked_bytes_max,
        }));
    }
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|error| {
            TableFault::of_file(Fault::BrokenWorkbook {
                reason: error.to_string(),
            })
        })?;
        loop {
            let read = part.read(&mut buffer).map_err(|error| {
                TableFault::of_file(Fault::BrokenWorkbook {
                    reason: error.to_string(),
                })
            })?;
            if read == 0 {
                break;
            }
            left = left
                .checked_sub(u64::try_from(read).unwrap_or(u64::MAX))
                .ok_or_else(|| {
                    TableFault::of_file(Fault::WorkbookTooLarge {
                        limit: limits.unpacked_bytes_max,
                    })
                })?;
        }
    }
    Ok(())
}

/// The sheet asked for, or the first visible worksheet.
fn sheet<RS: Read + std::io::Seek>(
    workbook: &Xlsx<RS>,
    mapping: &Mapping,
) -> Result<String, TableFault> {
    let sheets: Vec<_> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .collect();
    let found = match &mapping.sheet {
        Some(wanted) => sheets
            .iter()
            .find(|sheet| sheet.name == *wanted)
            .or_else(|| {
                sheets
                    .iter()
                    .find(|sheet| fold(&sheet.name) == fold(wanted))
            }),
        None => sheets
            .iter()
            .find(|sheet| sheet.visible == SheetVisible::Visible)
            .or_else(|| sheets.first()),
    };
    found.map(|sheet| sheet.name.clone()).ok_or_else(|| {
        TableFault::of_file(Fault::SheetMissing {
            sheet: mapping.sheet.clone().unwrap_or_default(),
            sheets: sheets.iter().map(|sheet| sheet.name.clone()).collect(),
        })
    })
}

/// A cell; `None` for an empty one.
fn cell(value: &DataRef<'_>, formula: bool, from_1904: bool) -> Option<Cell> {
    let cell = match value {
        DataRef::Int(number) => match number.to_string().parse() {
            Ok(number) => Cell::Number(number),
            Err(_) => Cell::Text(number.to_string()),
        },
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Cell::Text(text.clone())
        }
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(time) if time.is_datetime() => Cell::Date {
            serial: time.as_f64(),
            from_1904,
        },
        DataRef::DateTime(time) => Cell::Number(time.as_f64()),
        DataRef::Error(error) => Cell::Error(error.to_string()),
        DataRef::Empty if formula => return Some(Cell::FormulaWithoutValue),
        DataRef::Empty => return None,
    };
    (!cell.is_blank()).then_some(cell)
}

fn broken(error: XlsxError) -> TableFault {
    let fault = match error {
        XlsxError::Password => Fault::OldOrEncryptedWorkbook,
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => Fault::NotAWorkbook,
        other => Fault::BrokenWorkbook {
            reason: other.to_string(),
        },
    };
    TableFault::of_file(fault)
}

fn misordered() -> TableFault {
    TableFault::of_file(Fault::BrokenWorkbook {
        reason: "cells out of order".to_owned(),
    })
}

/// How many parts a workbook may have.
const PARTS_MAX: usize = 10_000;

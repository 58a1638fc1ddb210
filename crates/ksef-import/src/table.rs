//! A table, whatever file it comes from: rows of cells with their places.

pub(crate) mod cell;
pub(crate) mod csv;
pub(crate) mod encoding;
pub(crate) mod grouping;
pub(crate) mod heading;
pub(crate) mod xlsx;

use crate::fault::Fault;
use crate::node::Spot;

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Table {
    /// The name of the sheet; `None` in CSV.
    pub(crate) sheet: Option<String>,
    /// The rows with at least one cell, from top to bottom.
    pub(crate) rows: Vec<Row>,
    /// Merged ranges: first row, first column, last row, last column; rows from 1, columns from 0.
    pub(crate) merged: Vec<(u32, u16, u32, u16)>,
}

/// A row: the cells that are not empty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// From 1: the row of the sheet, or the line of the file where the row begins.
    pub(crate) number: u32,
    /// Columns from 0, in order, with their cells.
    pub(crate) cells: Vec<(u16, Cell)>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Number(f64),
    Bool(bool),
    /// A day count with a date format.
    Date {
        serial: f64,
        from_1904: bool,
    },
    Error(String),
    FormulaWithoutValue,
}

/// A fault of a table with its place; `None` means the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableFault {
    pub(crate) spot: Option<Spot>,
    pub(crate) fault: Fault,
    pub(crate) value: Option<String>,
}

impl TableFault {
    pub(crate) const fn of_file(fault: Fault) -> Self {
        Self {
            spot: None,
            fault,
            value: None,
        }
    }
}

impl Cell {
    /// The cell as it is shown in messages.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Error(text) => text.clone(),
            Self::Number(number) => {
                crate::number::of_double(*number).unwrap_or_else(|_| number.to_string())
            }
            Self::Bool(true) => "TRUE".to_owned(),
            Self::Bool(false) => "FALSE".to_owned(),
            Self::Date { serial, from_1904 } => crate::date::of_serial(*serial, *from_1904)
                .map_or_else(|_| serial.to_string(), |date| date.to_string()),
            Self::FormulaWithoutValue => String::new(),
        }
    }

    /// Is there nothing to read?
    pub(crate) fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.chars().all(crate::number::is_space))
    }
}

/// The letters of a column, from 0: `A`, `Z`, `AA`.
pub(crate) fn letters(column: u16) -> String {
    let mut rest = u32::from(column).saturating_add(1);
    let mut letters = Vec::new();
    while rest > 0 {
        let digit = rest.saturating_sub(1) % 26;
        letters.push(char::from_u32(u32::from(b'A').saturating_add(digit)).unwrap_or('?'));
        rest = rest.saturating_sub(1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, text) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16383, "XFD"),
        ] {
            assert_eq!(letters(column), text);
        }
    }
}

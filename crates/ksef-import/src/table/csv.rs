//! Text with delimiters into a table: strict quoting, places of every fault.

use crate::column;
use crate::fault::Fault;
use crate::mapping::Mapping;
use crate::naming::fold;
use crate::node::Spot;
use crate::source::Limits;
use crate::table::{Cell, Row, Table, TableFault};

/// Reads a decoded file; the delimiter is the configured one or the one that makes known columns
/// of the header.
pub(crate) fn read(text: &str, mapping: &Mapping, limits: &Limits) -> Result<Table, TableFault> {
    let delimiter = match mapping.delimiter {
        Some(delimiter) => delimiter,
        None => detect(text, mapping)?,
    };
    let mut reader = Reader::new(text, delimiter);
    let mut table = Table::default();
    let mut cells = 0_usize;
    while let Some(row) = reader.row()? {
        if row.cells.is_empty() {
            continue;
        }
        cells = cells.saturating_add(row.cells.len());
        if table.rows.len() >= limits.rows_max {
            let limit = limits.rows_max;
            return Err(TableFault::of_file(Fault::TooManyRows { limit }));
        }
        if cells > limits.cells_max {
            let limit = limits.cells_max;
            return Err(TableFault::of_file(Fault::TooManyCells { limit }));
        }
        table.rows.push(row);
    }
    Ok(table)
}

/// The delimiter that splits the header row into the most known columns; when none is known, the
/// only one that splits it at all.
fn detect(text: &str, mapping: &Mapping) -> Result<char, TableFault> {
    let mut scores = Vec::new();
    let mut broken = Vec::new();
    for delimiter in [';', ',', '\t'] {
        let header = match header(text, delimiter, mapping) {
            Ok(Some(header)) => header,
            Ok(None) => return Err(TableFault::of_file(Fault::HeaderMissing)),
            // With the wrong delimiter a quoted field ends too early.
            Err(fault) => {
                broken.push(fault);
                continue;
            }
        };
        let known = header
            .cells
            .iter()
            .filter(|(_, cell)| match cell {
                Cell::Text(text) => {
                    column::by_header(text).is_some()
                        || mapping
                            .columns
                            .iter()
                            .any(|mapped| fold(&mapped.header) == fold(text))
                }
                _ => false,
            })
            .count();
        scores.push((known, header.cells.len(), delimiter));
    }
    if let (true, Some(fault)) = (scores.is_empty(), broken.into_iter().next()) {
        return Err(fault);
    }
    let best = scores.iter().map(|score| score.0).max().unwrap_or(0);
    let candidates: Vec<_> = if best > 0 {
        scores.iter().filter(|score| score.0 == best).collect()
    } else {
        scores.iter().filter(|score| score.1 > 1).collect()
    };
    match candidates.as_slice() {
        [(_, _, delimiter)] => Ok(*delimiter),
        // One known column and nothing to split: the delimiter does not matter.
        [(_, 1, delimiter), ..] if best > 0 && scores.iter().all(|score| score.1 == 1) => {
            Ok(*delimiter)
        }
        _ => Err(TableFault::of_file(Fault::DelimiterUnclear)),
    }
}

/// The header row: the one at the configured line, or the first that is not blank.
fn header(text: &str, delimiter: char, mapping: &Mapping) -> Result<Option<Row>, TableFault> {
    let mut reader = Reader::new(text, delimiter);
    loop {
        match reader.row() {
            Ok(Some(row))
                if row.cells.is_empty()
                    || mapping.header_row.is_some_and(|wanted| row.number < wanted) => {}
            Ok(found) => return Ok(found),
            Err(fault) => return Err(fault),
        }
    }
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    delimiter: char,
    line: u32,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, delimiter: char) -> Self {
        Self {
            rest: text.chars().peekable(),
            delimiter,
            line: 1,
        }
    }

    /// The next row, without its blank cells; `None` at the end.
    fn row(&mut self) -> Result<Option<Row>, TableFault> {
        if self.rest.peek().is_none() {
            return Ok(None);
        }
        let number = self.line;
        let mut row = Row {
            number,
            cells: Vec::new(),
        };
        let mut column = 0_u16;
        loop {
            let field = self.field(number, column)?;
            if !field.is_empty() {
                let cell = Cell::Text(field);
                if !cell.is_blank() {
                    row.cells.push((column, cell));
                }
            }
            match self.rest.next() {
                Some(found) if found == self.delimiter => {
                    let limit = usize::from(COLUMNS_MAX);
                    if column >= COLUMNS_MAX {
                        return Err(TableFault {
                            spot: Some(Spot::Row { row: number }),
                            fault: Fault::TooManyCells { limit },
                            value: None,
                        });
                    }
                    column = column.saturating_add(1);
                }
                Some('\r') => {
                    self.rest.next_if_eq(&'\n');
                    self.line = self.line.saturating_add(1);
                    return Ok(Some(row));
                }
                Some(_) => {
                    self.line = self.line.saturating_add(1);
                    return Ok(Some(row));
                }
                None => return Ok(Some(row)),
            }
        }
    }

    fn field(&mut self, row: u32, column: u16) -> Result<String, TableFault> {
        let fault = |fault, value: &str| {
            Err(TableFault {
                spot: Some(Spot::Cell { row, column }),
                fault,
                value: Some(value.to_owned()),
            })
        };
        let mut field = String::new();
        if self.rest.next_if_eq(&'"').is_none() {
            while let Some(found) = self
                .rest
                .next_if(|found| *found != self.delimiter && !matches!(found, '\n' | '\r'))
            {
                field.push(found);
            }
            return Ok(field);
        }
        loop {
            match self.rest.next() {
                Some('"') if self.rest.next_if_eq(&'"').is_some() => field.push('"'),
                Some('"') => break,
                Some(found) => {
                    if found == '\n' {
                        self.line = self.line.saturating_add(1);
                    }
                    field.push(found);
                }
                None => return fault(Fault::QuoteUnclosed, &field),
            }
        }
        match self.rest.peek() {
            None | Some('\n' | '\r') => Ok(field),
            Some(found) if *found == self.delimiter => Ok(field),
            Some(_) => fault(Fault::TextAfterQuote, &field),
        }
    }
}

/// The last column a row may have, from 0: as many as a sheet has.
const COLUMNS_MAX: u16 = 16_383;

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        read(text, &Mapping::default(), &Limits::default()).unwrap()
    }

    #[track_caller]
    fn fault(text: &str) -> TableFault {
        read(text, &Mapping::default(), &Limits::default()).unwrap_err()
    }

    fn texts(row: &Row) -> Vec<(u16, &str)> {
        row.cells
            .iter()
            .map(|(column, cell)| match cell {
                Cell::Text(text) => (*column, text.as_str()),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn delimiters_are_detected() {
        for delimiter in [";", ",", "\t"] {
            let text = format!("Numer faktury{delimiter}Ilość\nFV 1{delimiter}\"1,5\"\n");
            let table = table(&text);
            assert_eq!(
                texts(&table.rows[1]),
                [(0, "FV 1"), (1, "1,5")],
                "{delimiter:?}"
            );
        }
        assert_eq!(fault("a,b;c\n1,2;3\n").fault, Fault::DelimiterUnclear);
        assert_eq!(fault("a\n1\n").fault, Fault::DelimiterUnclear);
        assert_eq!(fault("\n\n").fault, Fault::HeaderMissing);
        assert_eq!(table("\"Numer\",\"a;b\"\n1,2\n").rows.len(), 2);
        assert_eq!(table("a;b\n1;2\n").rows.len(), 2);
        assert_eq!(table("Numer faktury\n1\n").rows.len(), 2);
    }

    #[test]
    fn quotes_lines_and_blank_rows() {
        let table =
            table("Numer;Nazwa;Uwagi\r\n\r\n1;\"a;\"\"b\"\"\r\nc\";\r\n;;\r\n2;x\"y; \n\n3");
        let rows: Vec<_> = table
            .rows
            .iter()
            .map(|row| (row.number, texts(row)))
            .collect();
        assert_eq!(
            rows,
            [
                (1, vec![(0, "Numer"), (1, "Nazwa"), (2, "Uwagi")]),
                (3, vec![(0, "1"), (1, "a;\"b\"\r\nc")]),
                (6, vec![(0, "2"), (1, "x\"y")]),
                (8, vec![(0, "3")]),
            ]
        );
    }

    #[test]
    fn broken_quotes_are_placed() {
        let unclosed = fault("Numer;Nazwa\n1;\"abc\n2;x\n");
        assert_eq!(unclosed.fault, Fault::QuoteUnclosed);
        assert_eq!(unclosed.spot, Some(Spot::Cell { row: 2, column: 1 }));
        let after = fault("Numer;Nazwa\n1;\"abc\"d\n");
        assert_eq!(after.fault, Fault::TextAfterQuote);
        assert_eq!(after.spot, Some(Spot::Cell { row: 2, column: 1 }));
    }

    #[test]
    fn rows_and_cells_are_bounded() {
        let limits = Limits {
            rows_max: 3,
            cells_max: 4,
            ..Limits::default()
        };
        let refused = |text: &str| read(text, &Mapping::default(), &limits).unwrap_err().fault;
        assert_eq!(
            refused("Numer;x\n1\n2\n3\n4\n"),
            Fault::TooManyRows { limit: 3 }
        );
        assert_eq!(
            refused("Numer;x\n1;1\n2;1\n"),
            Fault::TooManyCells { limit: 4 }
        );
        let wide = format!("Numer;x\n{}", ";".repeat(20_000));
        assert!(matches!(refused(&wide), Fault::TooManyCells { .. }));
    }
}

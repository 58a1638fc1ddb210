//! Rows into invoices: those with the same number belong together, wherever they stand.

use std::collections::HashMap;

use crate::column::{Column, Level};
use crate::draft::{Draft, Trouble};
use crate::fault::Fault;
use crate::mapping::Mapping;
use crate::naming::fold;
use crate::node::{Node, Spot, Value};
use crate::source::Limits;
use crate::table::heading::{Headings, NUMBER};
use crate::table::{Row, Table, TableFault, cell, letters};

/// The invoices of a table, and what belongs to none of them.
#[derive(Debug, Default)]
pub(crate) struct Grouped {
    pub(crate) drafts: Vec<Draft>,
    pub(crate) faults: Vec<TableFault>,
}

/// Groups the rows below the header by the number of the invoice. The order of the invoices is
/// that of their first rows. A value of the invoice may stand in every row or only in some; rows
/// that disagree are faults.
pub(crate) fn group(
    table: &Table,
    headings: &Headings,
    mapping: &Mapping,
    limits: &Limits,
) -> Grouped {
    let mut grouping = Grouping {
        headings,
        mapping,
        limits,
        grouped: Grouped::default(),
        by_number: HashMap::new(),
        seen: Vec::new(),
        current: None,
    };
    for row in table.rows.iter().skip(headings.row.saturating_add(1)) {
        if !grouping.row(row) {
            break;
        }
    }
    grouping.merged(table);
    grouping.grouped
}

/// Where each value of an invoice was seen first: column key → row, value, text.
type Seen = HashMap<&'static str, (u32, Value, String)>;

struct Grouping<'a> {
    headings: &'a Headings,
    mapping: &'a Mapping,
    limits: &'a Limits,
    grouped: Grouped,
    by_number: HashMap<String, usize>,
    seen: Vec<Seen>,
    current: Option<usize>,
}

impl Grouping<'_> {
    /// Takes a row; `false` when there are too many invoices.
    fn row(&mut self, row: &Row) -> bool {
        if self.is_ignored(row) {
            return true;
        }
        self.without_header(row);
        let index = match self.number(row) {
            Ok(Some(number)) => self.draft(row, number),
            Ok(None) if self.mapping.continue_number && self.current.is_some() => self.current,
            Ok(None) => {
                let summary = is_summary(row);
                self.fault(
                    Spot::Row { row: row.number },
                    Fault::RowWithoutNumber { summary },
                    None,
                );
                return true;
            }
            Err(()) => return true,
        };
        let Some(index) = index else { return false };
        self.current = Some(index);
        self.values(row, index);
        true
    }

    fn is_ignored(&self, row: &Row) -> bool {
        let first = row
            .cells
            .first()
            .map(|(_, cell)| fold(&cell.shown()))
            .unwrap_or_default();
        self.mapping
            .ignore_rows
            .iter()
            .map(|start| fold(start))
            .any(|start| !start.is_empty() && first.starts_with(&start))
    }

    fn without_header(&mut self, row: &Row) {
        for (column, cell) in &row.cells {
            if !self.headings.texts.contains_key(column) {
                let spot = Spot::Cell {
                    row: row.number,
                    column: *column,
                };
                self.fault(spot, Fault::ColumnWithoutHeader, Some(cell.shown()));
            }
        }
    }

    /// The number in the row; an error was reported when it cannot be read.
    fn number(&mut self, row: &Row) -> Result<Option<String>, ()> {
        let found = row.cells.iter().find_map(|(column, cell)| {
            let meaning = self.headings.meanings.get(column)?;
            (meaning.key == NUMBER).then_some((*column, cell, *meaning))
        });
        let Some((column, cell, meaning)) = found else {
            return Ok(None);
        };
        let spot = Spot::Cell {
            row: row.number,
            column,
        };
        match cell::read(cell, meaning, self.mapping, spot) {
            Ok(Value::Text(number)) => Ok(Some(number)),
            Ok(_) => Ok(None),
            Err(fault) => {
                self.fault(spot, fault, Some(cell.shown()));
                Err(())
            }
        }
    }

    /// The invoice of a number, made when the number is new; `None` when there are too many.
    fn draft(&mut self, row: &Row, number: String) -> Option<usize> {
        if let Some(index) = self.by_number.get(&number) {
            return Some(*index);
        }
        let limit = self.limits.invoices_max;
        if self.grouped.drafts.len() >= limit {
            let spot = Spot::Row { row: row.number };
            self.fault(spot, Fault::TooManyInvoices { limit }, None);
            return None;
        }
        let index = self.grouped.drafts.len();
        let spot = Spot::Row { row: row.number };
        self.by_number.insert(number.clone(), index);
        self.grouped.drafts.push(Draft::new(
            Node::new(spot, Value::Object(Vec::new())),
            Some(number),
        ));
        self.seen.push(Seen::new());
        Some(index)
    }

    fn values(&mut self, row: &Row, index: usize) {
        let (Some(draft), Some(seen)) =
            (self.grouped.drafts.get_mut(index), self.seen.get_mut(index))
        else {
            return;
        };
        draft.rows.push(row.number);
        let row_spot = Spot::Row { row: row.number };
        let mut line = Node::new(row_spot, Value::Object(Vec::new()));
        let position = draft
            .node
            .get("lines")
            .map_or(0, |lines| lines.elements().len());
        let mut has_line = false;
        for (column, cell) in &row.cells {
            let Some(meaning) = self.headings.meanings.get(column) else {
                continue;
            };
            let spot = Spot::Cell {
                row: row.number,
                column: *column,
            };
            has_line |= meaning.level == Level::Line;
            let value = match cell::read(cell, meaning, self.mapping, spot) {
                Ok(value) => value,
                Err(fault) => {
                    draft.failed.push(pointer(meaning, position));
                    let value = Some(cell.shown());
                    draft.troubles.push(Trouble {
                        spot: Some(spot),
                        fault,
                        value,
                        pointer: None,
                    });
                    continue;
                }
            };
            let node = Node::new(spot, value);
            if meaning.level == Level::Line {
                line.put(meaning.path, node);
            } else if let Some(trouble) = invoice_value(
                &mut draft.node,
                seen,
                meaning,
                node,
                (row.number, cell.shown()),
            ) {
                draft.troubles.push(trouble);
            }
        }
        if has_line {
            if let Some(defaults) = &self.mapping.line {
                line.fill(defaults);
            }
            draft.node.put(&format!("lines/{position}"), line);
        }
    }

    /// Merged cells below the header in columns that are read: the values of all but the first
    /// cell are missing, and whether they were meant to be the same nobody can know.
    fn merged(&mut self, table: &Table) {
        let header = table
            .rows
            .get(self.headings.row)
            .map_or(0, |row| row.number);
        for &(first_row, first_column, last_row, last_column) in &table.merged {
            let read = self
                .headings
                .meanings
                .keys()
                .any(|column| (first_column..=last_column).contains(column));
            if last_row > header && read {
                let range = format!(
                    "{}{first_row}:{}{last_row}",
                    letters(first_column),
                    letters(last_column)
                );
                let spot = Spot::Cell {
                    row: first_row,
                    column: first_column,
                };
                self.fault(spot, Fault::MergedCells { range }, None);
                for draft in &mut self.grouped.drafts {
                    draft.blocked |= draft
                        .rows
                        .iter()
                        .any(|row| (first_row..=last_row).contains(row));
                }
            }
        }
    }

    fn fault(&mut self, spot: Spot, fault: Fault, value: Option<String>) {
        self.grouped.faults.push(TableFault {
            spot: Some(spot),
            fault,
            value,
        });
    }
}

/// Puts a value of the invoice, or says that it contradicts an earlier row.
fn invoice_value(
    invoice: &mut Node,
    seen: &mut Seen,
    column: &Column,
    node: Node,
    (row, shown): (u32, String),
) -> Option<Trouble> {
    if let Some((first, value, text)) = seen.get(column.key) {
        let before = Node::new(node.spot, value.clone());
        return (before.to_json() != node.to_json()).then(|| Trouble {
            spot: Some(node.spot),
            pointer: None,
            fault: Fault::Contradiction {
                row: *first,
                value: text.clone(),
            },
            value: Some(shown),
        });
    }
    seen.insert(column.key, (row, node.value.clone(), shown));
    invoice.put(column.path, node);
    None
}

fn pointer(column: &Column, line: usize) -> String {
    match column.level {
        Level::Invoice => format!("/{}", column.path),
        Level::Line => format!("/lines/{line}/{}", column.path),
    }
}

/// Does the row begin as sums do?
fn is_summary(row: &Row) -> bool {
    row.cells.iter().any(|(_, cell)| {
        let text = fold(&cell.shown());
        SUMMARIES.iter().any(|word| text.starts_with(word))
    })
}

const SUMMARIES: [&str; 7] = [
    "razem",
    "suma",
    "ogolem",
    "podsumowanie",
    "total",
    "sum",
    "lacznie",
];

//! The header row: which column of the file is which.

use std::collections::BTreeMap;

use crate::column::{self, Column};
use crate::fault::Fault;
use crate::mapping::Mapping;
use crate::naming::{fold, nearest};
use crate::node::Spot;
use crate::table::{Row, Table, TableFault, letters};

/// The columns of a table.
#[derive(Debug, Default)]
pub(crate) struct Headings {
    /// The index of the header row among the rows.
    pub(crate) row: usize,
    /// The headers as the file has them.
    pub(crate) texts: BTreeMap<u16, String>,
    /// What they mean; ignored and unknown columns are absent.
    pub(crate) meanings: BTreeMap<u16, &'static Column>,
    /// Everything that was wrong.
    pub(crate) faults: Vec<TableFault>,
}

impl Headings {
    /// Reads the header row.
    pub(crate) fn read(table: &Table, mapping: &Mapping) -> Self {
        let mut headings = Self::default();
        let row = match mapping.header_row {
            Some(wanted) => table.rows.iter().position(|row| row.number == wanted),
            None => (!table.rows.is_empty()).then_some(0),
        };
        let Some((index, header)) = row.and_then(|index| Some((index, table.rows.get(index)?)))
        else {
            headings
                .faults
                .push(TableFault::of_file(Fault::HeaderMissing));
            return headings;
        };
        headings.row = index;
        for (column, cell) in &header.cells {
            let text = cell.shown().trim().to_owned();
            headings.texts.insert(*column, text);
        }
        headings.mapped(mapping);
        headings.known(header, mapping);
        headings.required(header, mapping);
        headings
    }

    /// The columns the mapping names.
    fn mapped(&mut self, mapping: &Mapping) {
        for mapped in &mapping.columns {
            let found = self
                .texts
                .iter()
                .find(|(_, text)| **text == mapped.header)
                .or_else(|| {
                    self.texts
                        .iter()
                        .find(|(_, text)| fold(text) == fold(&mapped.header))
                })
                .map(|(column, _)| *column);
            match (found, column::by_key(mapped.key)) {
                (Some(found), Some(column)) => {
                    self.meanings.insert(found, column);
                }
                _ => {
                    let suggestion =
                        nearest(&mapped.header, self.texts.values().map(String::as_str))
                            .map(str::to_owned);
                    self.faults.push(TableFault {
                        spot: Some(mapped.spot),
                        fault: Fault::MappedColumnMissing {
                            header: mapped.header.clone(),
                            suggestion,
                        },
                        value: None,
                    });
                }
            }
        }
    }

    /// The columns whose headers are known.
    fn known(&mut self, header: &Row, mapping: &Mapping) {
        let ignored: Vec<String> = mapping
            .ignore_columns
            .iter()
            .map(|text| fold(text))
            .collect();
        let row = header.number;
        for (&column, text) in &self.texts {
            if self.meanings.contains_key(&column) || ignored.contains(&fold(text)) {
                continue;
            }
            let spot = Some(Spot::Cell { row, column });
            let Some(meaning) = column::by_header(text) else {
                let names = column::all().flat_map(Column::names);
                self.faults.push(TableFault {
                    spot,
                    fault: Fault::UnknownColumn {
                        header: text.clone(),
                        suggestion: nearest(text, names).map(str::to_owned),
                    },
                    value: None,
                });
                continue;
            };
            let first = self
                .meanings
                .iter()
                .find(|(_, other)| other.key == meaning.key)
                .map(|(first, _)| letters(*first));
            match first {
                Some(first) => self.faults.push(TableFault {
                    spot,
                    fault: Fault::DuplicateColumn { first },
                    value: None,
                }),
                None => {
                    self.meanings.insert(column, meaning);
                }
            }
        }
    }

    /// Without a number rows cannot become invoices.
    fn required(&mut self, header: &Row, mapping: &Mapping) {
        let mapped_in_vain = mapping.columns.iter().any(|column| column.key == NUMBER);
        if mapped_in_vain || self.meanings.values().any(|column| column.key == NUMBER) {
            return;
        }
        if let Some(column) = column::by_key(NUMBER) {
            self.faults.push(TableFault {
                spot: Some(Spot::Row { row: header.number }),
                fault: Fault::ColumnMissing {
                    polish: column.polish,
                    key: column.key,
                },
                value: None,
            });
        }
    }
}

/// The key of the column that joins rows into invoices.
pub(crate) const NUMBER: &str = "number";

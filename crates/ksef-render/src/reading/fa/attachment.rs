//! The attachment of FA(3): blocks of descriptions, texts and tables.

use ksef_invoice::tree::Element;

use super::super::walk::Walk;
use crate::format;
use crate::page::{Align, Block, Cell, Column, Fact, Facts, Row, Table, Text, Tone};

/// `Zalacznik`.
pub(super) fn read(walk: &Walk, root: Element<'_>) -> Vec<Block> {
    let Some(attachment) = root.child("Zalacznik") else {
        return Vec::new();
    };
    attachment
        .children_named("BlokDanych")
        .flat_map(|block| data(walk, block))
        .collect()
}

fn data(walk: &Walk, block: Element<'_>) -> Vec<Block> {
    let title = walk
        .text(block, "ZNaglowek")
        .unwrap_or_else(|| walk.label("Zalacznik"));
    let facts = pairs(walk, block, "MetaDane", "ZKlucz", "ZWartosc");
    let mut blocks = vec![Block::Facts(Facts { title, facts })];
    if let Some(text) = block.child("Tekst") {
        blocks.push(Block::Text(Text {
            title: String::new(),
            paragraphs: text
                .children_named("Akapit")
                .filter_map(|paragraph| walk.raw(paragraph).map(str::to_owned))
                .collect(),
        }));
    }
    blocks.extend(
        block
            .children_named("Tabela")
            .map(|tabular| Block::Table(table(walk, tabular))),
    );
    blocks
}

fn pairs(walk: &Walk, parent: Element<'_>, group: &str, key: &str, value: &str) -> Vec<Fact> {
    parent
        .children_named(group)
        .map(|entry| {
            let key = walk.raw_at(entry, key).unwrap_or_default();
            let value = walk.raw_at(entry, value).unwrap_or_default();
            Fact::new(key, value)
        })
        .collect()
}

/// What a column holds (`Typ`).
fn shown(walk: &Walk, value: &str, holds: &str) -> String {
    match holds {
        "dec" | "int" => format::number(value, walk.language),
        "date" => format::date(value, walk.language),
        "datetime" => format::moment(value, walk.language),
        _ => value.to_owned(),
    }
}

fn table(walk: &Walk, element: Element<'_>) -> Table {
    let heads: Vec<_> = element
        .children_named("TNaglowek")
        .flat_map(|head| head.children_named("Kol"))
        .collect();
    let kinds: Vec<_> = heads
        .iter()
        .map(|head| head.attribute("Typ").unwrap_or("txt"))
        .collect();
    let mut columns: Vec<_> = heads
        .iter()
        .zip(&kinds)
        .map(|(head, holds)| Column {
            head: walk.raw_at(*head, "NKom").unwrap_or_default().to_owned(),
            align: if matches!(*holds, "dec" | "int") {
                Align::Right
            } else {
                Align::Left
            },
            share: 1,
        })
        .collect();
    let mut rows: Vec<_> = element
        .children_named("Wiersz")
        .map(|line| (Tone::Plain, line, "WKom"))
        .collect();
    rows.extend(
        element
            .children_named("Suma")
            .map(|line| (Tone::Sum, line, "SKom")),
    );
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(tone, line, name)| {
            let cells: Vec<_> = line
                .children_named(name)
                .enumerate()
                .map(|(index, cell)| {
                    let value = walk.raw(cell).unwrap_or_default();
                    let holds = kinds.get(index).copied().unwrap_or("txt");
                    Cell::new(shown(walk, value, holds))
                })
                .collect();
            // One cell alone in its row is a heading of the rows below it.
            let tone = if cells.len() == 1 && kinds.len() > 1 {
                Tone::Group
            } else {
                tone
            };
            Row { tone, cells }
        })
        .collect();
    // A row may have more cells than there are heads.
    let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    while columns.len() < widest {
        columns.push(Column {
            head: String::new(),
            align: Align::Left,
            share: 1,
        });
    }
    let rows = rows
        .into_iter()
        .map(|mut row| {
            if row.tone != Tone::Group {
                row.cells.resize(columns.len(), Cell::default());
            }
            row
        })
        .collect();
    Table {
        title: walk.raw_at(element, "Opis").unwrap_or_default().to_owned(),
        facts: pairs(walk, element, "TMetaDane", "TKlucz", "TWartosc"),
        columns,
        rows,
        compact: false,
    }
}

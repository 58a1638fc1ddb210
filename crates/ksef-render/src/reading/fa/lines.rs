//! The lines of the invoice and of the order.

use ksef_invoice::tree::Element;

use super::super::walk::Walk;
use crate::page::{Block, Cell, Column, Fact, Row, Table, Tone};

/// How a kind of line is laid out.
struct Layout {
    number: &'static str,
    name: &'static str,
    quantity: &'static str,
    unit: &'static str,
    /// The columns after the quantity, all numbers; those that no line has are left out.
    columns: &'static [&'static str],
    /// What stands under the name.
    details: &'static [&'static str],
    /// Marks the state before a correction.
    before: &'static str,
}

const INVOICE: Layout = Layout {
    number: "NrWierszaFa",
    name: "P_7",
    quantity: "P_8B",
    unit: "P_8A",
    columns: &[
        "P_9A", "P_9B", "P_10", "P_11", "P_12", "P_12_XII", "P_11Vat", "P_11A",
    ],
    details: &[
        "P_6A",
        "Indeks",
        "GTIN",
        "PKWiU",
        "CN",
        "PKOB",
        "GTU",
        "Procedura",
        "P_12_Zal_15",
        "KwotaAkcyzy",
        "KursWaluty",
        "UU_ID",
    ],
    before: "StanPrzed",
};

const ORDER: Layout = Layout {
    number: "NrWierszaZam",
    name: "P_7Z",
    quantity: "P_8BZ",
    unit: "P_8AZ",
    columns: &["P_9AZ", "P_11NettoZ", "P_12Z", "P_12Z_XII", "P_11VatZ"],
    details: &[
        "IndeksZ",
        "GTINZ",
        "PKWiUZ",
        "CNZ",
        "PKOBZ",
        "GTUZ",
        "ProceduraZ",
        "P_12Z_Zal_15",
        "KwotaAkcyzyZ",
        "UU_IDZ",
    ],
    before: "StanPrzedZ",
};

const FARMER: Layout = Layout {
    number: "NrWierszaFa",
    name: "P_5",
    quantity: "P_6B",
    unit: "P_6A",
    columns: &["P_7", "P_8", "P_9", "P_10", "P_11"],
    details: &[
        "P_6C",
        "P_4AA",
        "GTIN",
        "PKWiU",
        "CN",
        "KursWaluty",
        "UU_ID",
    ],
    before: "StanPrzed",
};

/// The lines of an invoice.
pub(super) fn invoice(walk: &Walk, fa: Element<'_>) -> Option<Block> {
    let title = walk.say("Pozycje", "Lines");
    table(walk, fa, "FaWiersz", &INVOICE, title).map(Block::Table)
}

/// The lines of the order of an advance invoice, with its value.
pub(super) fn order(walk: &Walk, fa: Element<'_>, currency: &str) -> Option<Block> {
    let order = fa.child("Zamowienie")?;
    let title = walk.label("Zamowienie");
    let mut value = walk.facts(order, &["WartoscZamowienia"]);
    for fact in &mut value {
        fact.value = format!("{} {currency}", fact.value);
    }
    match table(walk, order, "ZamowienieWiersz", &ORDER, &title) {
        Some(mut table) => {
            table.facts = value;
            Some(Block::Table(table))
        }
        None => Block::facts(title, value),
    }
}

/// The lines of a flat-rate farmer's invoice.
pub(super) fn farmer(walk: &Walk, fa: Element<'_>) -> Option<Block> {
    let title = walk.say("Pozycje", "Lines");
    table(walk, fa, "FakturaRRWiersz", &FARMER, title).map(Block::Table)
}

fn table(
    walk: &Walk,
    parent: Element<'_>,
    name: &str,
    layout: &Layout,
    title: &str,
) -> Option<Table> {
    let lines: Vec<_> = parent.children_named(name).collect();
    let before: Vec<_> = lines
        .iter()
        .filter(|line| is_before(**line, layout))
        .filter_map(|line| line.value_at(&[layout.number]))
        .collect();
    let mut columns = vec![
        Column::left(walk.label(layout.number), 0),
        Column::left(walk.label(layout.name), 1),
        Column::right(walk.label(layout.quantity), 0),
    ];
    columns.extend(
        layout
            .columns
            .iter()
            .map(|name| Column::right(walk.label(name), 0)),
    );
    let rows = lines
        .iter()
        .map(|line| row(walk, *line, layout, &before))
        .collect();
    Table::of(title, columns, rows)
}

fn is_before(line: Element<'_>, layout: &Layout) -> bool {
    line.value_at(&[layout.before]) == Some("1")
}

fn row(walk: &Walk, line: Element<'_>, layout: &Layout, before: &[&str]) -> Row {
    let number = walk.raw_at(line, layout.number).unwrap_or_default();
    let tone = if is_before(line, layout) {
        Tone::Before
    } else if before.contains(&number) {
        Tone::After
    } else {
        Tone::Plain
    };
    let mut details = walk.facts(line, layout.details);
    match tone {
        Tone::Before => details.insert(
            0,
            Fact::statement(walk.say("przed korektą", "before the correction")),
        ),
        Tone::After => details.insert(
            0,
            Fact::statement(walk.say("po korekcie", "after the correction")),
        ),
        Tone::Plain | Tone::Sum | Tone::Group => {}
    }
    let quantity = [
        walk.text(line, layout.quantity),
        walk.text(line, layout.unit),
    ];
    let quantity: Vec<_> = quantity.into_iter().flatten().collect();
    let mut cells = vec![
        Cell::new(number),
        Cell {
            text: walk.text(line, layout.name).unwrap_or_default(),
            facts: details,
        },
        Cell::new(quantity.join(" ")),
    ];
    cells.extend(
        layout
            .columns
            .iter()
            .map(|name| Cell::new(walk.text(line, name).unwrap_or_default())),
    );
    Row { tone, cells }
}

//! What the invoice comes to: by rate, in total, after charges and deductions.

use ksef_invoice::tree::Element;

use super::super::walk::Walk;
use crate::format;
use crate::page::{Block, Cell, Column, Row, Table, Tone, Total};

/// Net field, tax field, words of the rate.
const RATES: [(&str, &str, &str, &str); 13] = [
    (
        "P_13_1",
        "P_14_1",
        "Stawka podstawowa (23% lub 22%)",
        "Standard rate (23% or 22%)",
    ),
    (
        "P_13_2",
        "P_14_2",
        "Stawka obniżona (8% lub 7%)",
        "Reduced rate (8% or 7%)",
    ),
    ("P_13_3", "P_14_3", "Stawka obniżona 5%", "Reduced rate 5%"),
    (
        "P_13_4",
        "P_14_4",
        "Ryczałt dla taksówek (4% lub 3%)",
        "Taxi flat rate (4% or 3%)",
    ),
    (
        "P_13_5",
        "P_14_5",
        "Procedura szczególna OSS",
        "Special procedure OSS",
    ),
    ("P_13_6_1", "", "0% – kraj", "0% domestic"),
    (
        "P_13_6_2",
        "",
        "0% – dostawa wewnątrzwspólnotowa",
        "0% intra-Community supply",
    ),
    ("P_13_6_3", "", "0% – eksport", "0% export"),
    ("P_13_7", "", "Zwolnione z podatku", "Exempt"),
    (
        "P_13_8",
        "",
        "Niepodlegające – poza krajem",
        "Outside Poland",
    ),
    (
        "P_13_9",
        "",
        "Usługi z art. 100 ust. 1 pkt 4",
        "Services of art. 100(1)(4)",
    ),
    ("P_13_10", "", "Odwrotne obciążenie", "Reverse charge"),
    ("P_13_11", "", "Procedura marży", "Margin scheme"),
];

/// Net and tax by rate.
pub(super) fn taxes(walk: &Walk, fa: Element<'_>) -> Option<Block> {
    let amount = |name: &str| {
        walk.raw_at(fa, name)
            .map(|value| format::amount(value, walk.language))
    };
    let rows: Vec<_> = RATES
        .iter()
        .filter_map(|(net, tax, polish, english)| {
            let found = [
                amount(net),
                amount(tax),
                (!tax.is_empty())
                    .then(|| amount(&format!("{tax}W")))
                    .flatten(),
            ];
            if found.iter().all(Option::is_none) {
                return None;
            }
            let label = walk.say(polish, english).to_owned();
            let [net, tax, converted] = found;
            Some(Row::plain([Some(label), net, tax, converted]))
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let mut table = Table {
        title: walk
            .say("Podsumowanie stawek", "Summary by rate")
            .to_owned(),
        facts: Vec::new(),
        columns: vec![
            Column::left(walk.say("Stawka", "Rate"), 0),
            Column::right(walk.say("Netto", "Net"), 0),
            Column::right("VAT", 0),
            Column::right(walk.say("VAT w PLN", "VAT in PLN"), 0),
        ],
        rows,
        compact: true,
    };
    table.drop_empty_columns();
    Some(Block::Table(table))
}

/// The value of a flat-rate farmer's invoice and the compensation.
pub(super) fn compensation(walk: &Walk, fa: Element<'_>) -> Option<Block> {
    let rows: Vec<_> = [("P_11_1", "P_11_1W"), ("P_11_2", "P_11_2W")]
        .iter()
        .filter_map(|(name, converted)| {
            let value = walk.text(fa, name)?;
            Some(Row::plain([
                Some(walk.label(name)),
                Some(value),
                walk.text(fa, converted),
            ]))
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let mut table = Table {
        title: walk.say("Podsumowanie", "Summary").to_owned(),
        facts: Vec::new(),
        columns: vec![
            Column::left("", 0),
            Column::right(walk.say("Kwota", "Amount"), 0),
            Column::right(walk.say("W PLN", "In PLN"), 0),
        ],
        rows,
        compact: true,
    };
    table.drop_empty_columns();
    Some(Block::Table(table))
}

/// The total amount due.
pub(super) fn total(
    walk: &Walk,
    fa: Element<'_>,
    name: &str,
    currency: &str,
    more: &[&str],
) -> Block {
    let amount = walk.text(fa, name).unwrap_or_default();
    Block::Total(Total {
        label: walk.label(name),
        value: format!("{amount} {currency}"),
        facts: walk.facts(fa, more),
    })
}

/// Charges, deductions and what is left to pay (`Rozliczenie`).
pub(super) fn settlement(walk: &Walk, fa: Element<'_>) -> Option<Block> {
    let settlement = fa.child("Rozliczenie")?;
    let mut rows = Vec::new();
    for (name, sum) in [
        ("Obciazenia", "SumaObciazen"),
        ("Odliczenia", "SumaOdliczen"),
    ] {
        for entry in settlement.children_named(name) {
            let reason = walk.text(entry, "Powod").unwrap_or_default();
            rows.push(Row {
                tone: Tone::Plain,
                cells: vec![
                    Cell::new(walk.label(name)),
                    Cell::new(reason),
                    Cell::new(walk.text(entry, "Kwota").unwrap_or_default()),
                ],
            });
        }
        if let Some(amount) = walk.text(settlement, sum) {
            rows.push(sum_row(walk.label(sum), amount));
        }
    }
    for name in ["DoZaplaty", "DoRozliczenia"] {
        if let Some(amount) = walk.text(settlement, name) {
            rows.push(sum_row(walk.label(name), amount));
        }
    }
    Some(Block::Table(Table {
        title: walk.label("Rozliczenie"),
        facts: Vec::new(),
        columns: vec![
            Column::left("", 0),
            Column::left(walk.label("Powod"), 1),
            Column::right(walk.label("Kwota"), 0),
        ],
        rows,
        compact: false,
    }))
}

fn sum_row(label: String, amount: String) -> Row {
    Row {
        tone: Tone::Sum,
        cells: vec![Cell::new(label), Cell::default(), Cell::new(amount)],
    }
}

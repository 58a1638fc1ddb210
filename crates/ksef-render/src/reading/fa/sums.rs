//! What the invoice comes to: by rate, in total, after charges and deductions.

use ksef_invoice::codes;
use ksef_invoice::tree::Element;

use super::super::walk::Walk;
use crate::format;
use crate::page::{Block, Cell, Column, Row, Tone, Total};

/// Net and tax by rate.
pub(super) fn taxes(walk: &Walk, fa: Element<'_>) -> Option<Block> {
    let amount = |name: &str| {
        walk.raw_at(fa, name)
            .map(|value| format::amount(value, walk.language))
    };
    let rows: Vec<_> = codes::TAX_GROUPS
        .iter()
        .filter_map(|group| {
            let converted = group.tax.map(|tax| format!("{tax}W"));
            let found = [
                amount(group.net),
                group.tax.and_then(amount),
                converted.as_deref().and_then(amount),
            ];
            if found.iter().all(Option::is_none) {
                return None;
            }
            let label = format::capitalised(group.label().text(walk.language));
            let [net, tax, converted] = found;
            Some(Row::plain([Some(label), net, tax, converted]))
        })
        .collect();
    Block::compact_table(
        walk.say("Podsumowanie stawek", "Summary by rate"),
        vec![
            Column::left(walk.say("Stawka", "Rate"), 0),
            Column::right(walk.say("Netto", "Net"), 0),
            Column::right("VAT", 0),
            Column::right(walk.say("VAT w PLN", "VAT in PLN"), 0),
        ],
        rows,
    )
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
    Block::compact_table(
        walk.say("Podsumowanie", "Summary"),
        vec![
            Column::left("", 0),
            Column::right(walk.say("Kwota", "Amount"), 0),
            Column::right(walk.say("W PLN", "In PLN"), 0),
        ],
        rows,
    )
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
    let columns = vec![
        Column::left("", 0),
        Column::left(walk.label("Powod"), 1),
        Column::right(walk.label("Kwota"), 0),
    ];
    Block::table(walk.label("Rozliczenie"), columns, rows)
}

fn sum_row(label: String, amount: String) -> Row {
    Row {
        tone: Tone::Sum,
        cells: vec![Cell::new(label), Cell::default(), Cell::new(amount)],
    }
}

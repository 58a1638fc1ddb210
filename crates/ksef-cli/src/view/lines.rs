//! The lines of an invoice and its sums by rate.

use ksef_invoice::finding::Language;
use ksef_invoice::summary::{Line, Summary, spaced};

use super::grid::{Grid, Stand, broken};
use crate::lang::Lang;

/// The lines as a table, or one below the other where that would be too wide.
pub(super) fn items(items: &[Line], lang: Lang, language: Language, width: usize) -> Vec<String> {
    let is_gross = items.iter().any(|line| line.is_gross);
    let (price, value) = if is_gross {
        (
            lang.pick("gross price", "cena brutto"),
            lang.pick("gross", "brutto"),
        )
    } else {
        (
            lang.pick("net price", "cena netto"),
            lang.pick("net", "netto"),
        )
    };
    let mut grid = Grid::new(&[
        (lang.pick("no", "lp."), Stand::Right),
        (lang.pick("what", "nazwa"), Stand::Flexible),
        (lang.pick("quantity", "ilość"), Stand::Right),
        (lang.pick("unit", "j.m."), Stand::Left),
        (price, Stand::Right),
        (lang.pick("discount", "rabat"), Stand::Right),
        (value, Stand::Right),
        (lang.pick("rate", "stawka"), Stand::Right),
    ]);
    let amount = |text: &Option<String>, decimals| {
        text.as_deref()
            .map_or(String::new(), |text| spaced(text, decimals, language))
    };
    for line in items {
        grid.row([
            line.number.clone(),
            name(line, lang),
            amount(&line.quantity, 0),
            line.unit.clone().unwrap_or_default(),
            amount(&line.price, 2),
            amount(&line.discount, 2),
            amount(&line.value, 2),
            line.rate.as_deref().map_or(String::new(), rate),
        ]);
    }
    grid.lines(width).unwrap_or_else(|| {
        let below = |line: &Line| below(line, lang, language, width);
        items.iter().flat_map(below).collect()
    })
}

/// A line on lines of its own.
fn below(line: &Line, lang: Lang, language: Language, width: usize) -> Vec<String> {
    let title = format!("{}. {}", line.number, name(line, lang));
    let mut facts = Vec::new();
    let number = |text: &str, decimals| spaced(text, decimals, language);
    if let Some(quantity) = &line.quantity {
        let unit = line.unit.as_deref().unwrap_or_default();
        facts.push(
            format!("{} {unit}", number(quantity, 0))
                .trim_end()
                .to_owned(),
        );
    }
    if let Some(price) = &line.price {
        facts.push(format!("× {}", number(price, 2)));
    }
    if let Some(discount) = &line.discount {
        facts.push(format!("− {}", number(discount, 2)));
    }
    if let Some(value) = &line.value {
        facts.push(format!("= {}", number(value, 2)));
    }
    facts.extend(line.rate.as_deref().map(|text| format!("({})", rate(text))));
    let mut lines = broken(&title, width);
    let facts = broken(&facts.join(" "), width.saturating_sub(3));
    lines.extend(facts.into_iter().map(|fact| format!("   {fact}")));
    lines
}

fn name(line: &Line, lang: Lang) -> String {
    if line.is_before {
        let before = lang.pick("before the correction", "przed korektą");
        format!("({before}) {}", line.name)
    } else {
        line.name.clone()
    }
}

/// Net and tax by rate; nothing when the document names none.
pub(super) fn taxes(
    summary: &Summary,
    lang: Lang,
    language: Language,
    width: usize,
) -> Vec<String> {
    let mut grid = Grid::new(&[
        (lang.pick("rate", "stawka"), Stand::Flexible),
        (lang.pick("net", "netto"), Stand::Right),
        (lang.pick("tax", "VAT"), Stand::Right),
        (lang.pick("tax in PLN", "VAT w PLN"), Stand::Right),
    ]);
    let amount = |text: &str| spaced(text, 2, language);
    for row in &summary.taxes {
        grid.row([
            row.label.text(language).to_owned(),
            amount(&row.net),
            row.tax.as_deref().map_or(String::new(), amount),
            row.tax_in_pln.as_deref().map_or(String::new(), amount),
        ]);
    }
    if grid.is_empty() {
        return Vec::new();
    }
    grid.lines(width).unwrap_or_else(|| {
        let row = |row: &ksef_invoice::summary::TaxRow| {
            let tax = row.tax.as_deref().map(|tax| format!(" + {}", amount(tax)));
            let label = row.label.text(language);
            format!("{label}: {}{}", amount(&row.net), tax.unwrap_or_default())
        };
        summary.taxes.iter().map(row).collect()
    })
}

/// A rate as people write it.
fn rate(code: &str) -> String {
    let is_number = !code.is_empty()
        && code
            .chars()
            .all(|character| character.is_ascii_digit() || character == '.');
    if is_number {
        format!("{code}%")
    } else {
        code.to_owned()
    }
}

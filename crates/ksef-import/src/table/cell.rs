//! One cell into a value of the invoice, by the kind of its column.

use ksef_core::nip::Nip;

use crate::column::{Column, Kind};
use crate::date;
use crate::fault::Fault;
use crate::mapping::Mapping;
use crate::naming::{fold, nearest};
use crate::node::{Node, Spot, Value};
use crate::number;
use crate::table::Cell;

/// Reads a cell that is not blank.
pub(crate) fn read(
    cell: &Cell,
    column: &Column,
    mapping: &Mapping,
    spot: Spot,
) -> Result<Value, Fault> {
    match cell {
        Cell::Error(_) => return Err(Fault::ErrorCell),
        Cell::FormulaWithoutValue => return Err(Fault::FormulaWithoutValue),
        _ => {}
    }
    // Translations work on what is shown, whatever the cell holds.
    let shown = cell.shown();
    let translated = mapping.translate(column, &shown);
    let replaced = Cell::Text(translated.to_owned());
    let cell = if translated == shown { cell } else { &replaced };
    match column.kind {
        Kind::Text => text(cell).map(Value::Text),
        Kind::Texts => text(cell).map(|text| {
            Value::List(
                text.split('|')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(|part| Node::new(spot, Value::Text(part.to_owned())))
                    .collect(),
            )
        }),
        Kind::Code(lengths) => code(cell, lengths).map(Value::Text),
        Kind::Nip => nip(cell).map(Value::Text),
        Kind::Account => account(cell).map(Value::Text),
        Kind::Number => decimal(cell, mapping).map(Value::Text),
        Kind::Whole => {
            let plain = decimal(cell, mapping)?;
            if plain.bytes().all(|byte| byte.is_ascii_digit()) {
                Ok(Value::Number(plain))
            } else {
                Err(Fault::NotANumber)
            }
        }
        Kind::Date => day(cell, mapping).map(Value::Text),
        Kind::Rate => rate(cell).map(|rate| Value::Text(rate.to_owned())),
        Kind::Flag => flag(cell).map(Value::Bool),
        Kind::Choice(choices) => choice(cell, choices).map(|value| Value::Text(value.to_owned())),
    }
}

fn text(cell: &Cell) -> Result<String, Fault> {
    match cell {
        Cell::Text(text) => Ok(text.trim_matches(number::is_space).to_owned()),
        Cell::Number(double) => number::of_double(*double),
        other => Ok(other.shown()),
    }
}

fn decimal(cell: &Cell, mapping: &Mapping) -> Result<String, Fault> {
    match cell {
        Cell::Text(text) => number::read(text, mapping.decimal_mark),
        Cell::Number(double) => number::of_double(*double),
        _ => Err(Fault::NotANumber),
    }
}

fn day(cell: &Cell, mapping: &Mapping) -> Result<String, Fault> {
    match cell {
        Cell::Date { serial, from_1904 } => date::of_serial(*serial, *from_1904),
        Cell::Text(text) => date::read(text, &mapping.date_formats),
        Cell::Number(double) => {
            // Twenty or so days apart calendars would give; the cell's format must say it.
            let plain = number::of_double(*double).map_err(|_| Fault::NotADate)?;
            match date::read(&plain, &mapping.date_formats) {
                Ok(date) => Ok(date),
                Err(_) => Err(Fault::NumberAsDate {
                    date: date::of_serial(*double, false)
                        .ok()
                        .map(|date| date.to_string()),
                }),
            }
        }
        _ => Err(Fault::NotADate),
    }
    .map(|date| date.to_string())
}

fn nip(cell: &Cell) -> Result<String, Fault> {
    let text = text(cell)?;
    let bare: String = text
        .chars()
        .filter(|found| *found != '-' && !number::is_space(*found))
        .collect();
    let digits = match bare.get(..2) {
        Some(prefix) if prefix.eq_ignore_ascii_case("PL") => bare.get(2..).unwrap_or_default(),
        _ => bare.as_str(),
    };
    Nip::parse(digits)
        .map(|nip| nip.as_str().to_owned())
        .map_err(|_| Fault::Form {
            polish: "NIP: 10 cyfr".to_owned(),
            english: "a NIP: 10 digits".to_owned(),
        })
}

fn account(cell: &Cell) -> Result<String, Fault> {
    match cell {
        Cell::Text(text) => {
            let bare: String = text
                .chars()
                .filter(|found| *found != '-' && !number::is_space(*found))
                .collect();
            let scientific = bare.contains(['.', ',']);
            let lost = bare.len() == 25 && bare.bytes().all(|byte| byte.is_ascii_digit());
            if scientific || lost {
                return Err(Fault::Form {
                    polish: "numer rachunku (polski ma 26 cyfr)".to_owned(),
                    english: "an account number (a Polish one has 26 digits)".to_owned(),
                });
            }
            Ok(bare.to_uppercase())
        }
        _ => Err(Fault::CodeAsNumber),
    }
}

fn code(cell: &Cell, lengths: &[usize]) -> Result<String, Fault> {
    let text = text(cell)?;
    if matches!(cell, Cell::Number(_))
        && !(text.bytes().all(|byte| byte.is_ascii_digit()) && lengths.contains(&text.len()))
    {
        return Err(Fault::CodeAsNumber);
    }
    Ok(text)
}

fn flag(cell: &Cell) -> Result<bool, Fault> {
    if let Cell::Bool(value) = cell {
        return Ok(*value);
    }
    match fold(&text(cell)?).as_str() {
        "tak" | "t" | "yes" | "y" | "true" | "prawda" | "1" | "x" => Ok(true),
        "nie" | "n" | "no" | "false" | "falsz" | "0" => Ok(false),
        _ => Err(Fault::NotOneOf {
            allowed: ["tak", "nie", "yes", "no"].map(str::to_owned).to_vec(),
            suggestion: None,
        }),
    }
}

fn choice(
    cell: &Cell,
    choices: &[(&'static str, &'static [&'static str])],
) -> Result<&'static str, Fault> {
    let text = text(cell)?;
    let wanted = fold(&text);
    let found = choices.iter().find(|(value, aliases)| {
        fold(value) == wanted || aliases.iter().any(|alias| fold(alias) == wanted)
    });
    found.map(|(value, _)| *value).ok_or_else(|| {
        let names = choices
            .iter()
            .flat_map(|(value, aliases)| std::iter::once(*value).chain(aliases.iter().copied()));
        Fault::NotOneOf {
            allowed: choices
                .iter()
                .map(|(value, aliases)| match aliases.first() {
                    Some(alias) => format!("{value} ({alias})"),
                    None => (*value).to_owned(),
                })
                .collect(),
            suggestion: nearest(&text, names).map(str::to_owned),
        }
    })
}

/// A rate: `23`, `23%`, `23,00 %`, 0.23 in a cell formatted as a percentage, `zw`, `np I`, …
fn rate(cell: &Cell) -> Result<&'static str, Fault> {
    let mut text = text(cell)?;
    if let Cell::Number(_) = cell
        && let Some((_, whole)) = FRACTIONS.iter().find(|(fraction, _)| *fraction == text)
    {
        return Ok(whole);
    }
    text.retain(|found| found != '%');
    let bare = text.trim_matches(number::is_space);
    let number = match bare.split_once([',', '.']) {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => {
            whole
        }
        _ => bare,
    };
    if let Some(rate) = NUMBERS.iter().find(|rate| **rate == number) {
        return Ok(rate);
    }
    match fold(number).as_str() {
        "0" => Err(Fault::AmbiguousRate {
            options: &["0 KR", "0 WDT", "0 EX"],
        }),
        "np" | "niepodlega" => Err(Fault::AmbiguousRate {
            options: &["np I", "np II"],
        }),
        "0kr" | "0kraj" => Ok("0 KR"),
        "0wdt" | "wdt" => Ok("0 WDT"),
        "0ex" | "0eksport" | "eksport" | "ex" => Ok("0 EX"),
        "zw" | "zwolniony" | "zwolnione" | "zwolniona" => Ok("zw"),
        "oo" | "odwrotneobciazenie" => Ok("oo"),
        "npi" | "np1" => Ok("np I"),
        "npii" | "np2" => Ok("np II"),
        "margin" | "marza" => Ok("margin"),
        _ => Err(Fault::NotOneOf {
            allowed: RATES.map(str::to_owned).to_vec(),
            suggestion: None,
        }),
    }
}

/// The rates of the schema, and the margin.
pub(crate) const RATES: [&str; 15] = [
    "23", "22", "8", "7", "5", "4", "3", "0 KR", "0 WDT", "0 EX", "zw", "oo", "np I", "np II",
    "margin",
];

const NUMBERS: [&str; 7] = ["23", "22", "8", "7", "5", "4", "3"];

/// What a cell formatted as a percentage holds. None of these could be meant otherwise.
const FRACTIONS: [(&str, &str); 7] = [
    ("0.23", "23"),
    ("0.22", "22"),
    ("0.08", "8"),
    ("0.07", "7"),
    ("0.05", "5"),
    ("0.04", "4"),
    ("0.03", "3"),
];

#[cfg(test)]
mod tests;

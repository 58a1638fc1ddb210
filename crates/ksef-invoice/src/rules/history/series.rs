//! The series of a seller's invoice numbers.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::civil::Date;

use super::{Entry, Ledger};
use crate::rule::Rule;
use crate::rules::report::Report;
use crate::tree::Element;
use crate::violation::Violation;

/// The numbers of every seller, by pattern and by what counts in them.
#[derive(Debug, Clone, Default)]
pub(super) struct Series {
    /// By seller and kind: the patterns of the last numbers, the newest last.
    patterns: HashMap<(String, String), VecDeque<String>>,
    /// By seller, pattern, the place that counts and all other figures.
    counters: HashMap<Place, BTreeMap<u64, Counted>>,
}

/// A place in numbers that are the same but for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    seller: String,
    pattern: String,
    /// Which of the figures counts, from 0.
    index: usize,
    others: Vec<u64>,
}

#[derive(Debug, Clone)]
struct Counted {
    number: String,
    kind: String,
    issued: Option<Date>,
}

/// A number taken apart: `FV/2026/03/016` is `FV/#/#/#` with 2026, 3 and 16.
#[derive(Debug, PartialEq, Eq)]
struct Anatomy {
    pattern: String,
    figures: Vec<u64>,
}

impl Anatomy {
    fn of(number: &str) -> Self {
        let mut pattern = String::with_capacity(number.len());
        let mut figures = Vec::new();
        let mut rest = number;
        while let Some(next) = rest.chars().next() {
            let is_digit = next.is_ascii_digit();
            let end = rest
                .find(|other: char| other.is_ascii_digit() != is_digit)
                .unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            // More digits than a counter has are an identifier: part of the pattern's text.
            match part.parse() {
                Ok(figure) if is_digit => {
                    pattern.push('#');
                    figures.push(figure);
                }
                _ => pattern.push_str(part),
            }
            rest = after;
        }
        Self { pattern, figures }
    }

    fn places(&self, seller: &str) -> impl Iterator<Item = (Place, u64)> {
        self.figures.iter().enumerate().map(move |(index, figure)| {
            let mut others = self.figures.clone();
            others.remove(index);
            let place = Place {
                seller: seller.to_owned(),
                pattern: self.pattern.clone(),
                index,
                others,
            };
            (place, *figure)
        })
    }
}

impl Series {
    pub(super) fn add(&mut self, entry: &Entry) {
        let anatomy = Anatomy::of(entry.number());
        for (place, figure) in anatomy.places(entry.seller()) {
            let counted = Counted {
                number: entry.number().to_owned(),
                kind: entry.kind().to_owned(),
                issued: entry.issued,
            };
            self.counters
                .entry(place)
                .or_default()
                .insert(figure, counted);
        }
        let key = (entry.seller().to_owned(), entry.kind().to_owned());
        let last = self.patterns.entry(key).or_default();
        last.push_back(anatomy.pattern);
        if last.len() > PATTERNS_MAX {
            last.pop_front();
        }
    }

    /// The number before this one in its series: what it counts to, and it.
    fn previous(&self, entry: &Entry, anatomy: &Anatomy) -> Option<(u64, u64, &Counted)> {
        let mut best: Option<(usize, u64, u64, &Counted)> = None;
        let mut is_tie = false;
        for (place, figure) in anatomy.places(entry.seller()) {
            let Some(known) = self.counters.get(&place) else {
                continue;
            };
            let others = known.len() - usize::from(known.contains_key(&figure));
            let Some((before, counted)) = known.range(..figure).next_back() else {
                continue;
            };
            if others < NEIGHBOURS_MIN || is_date_part(entry.issued, figure, counted, *before) {
                continue;
            }
            match best {
                Some((most, ..)) if most > others => {}
                Some((most, ..)) if most == others => is_tie = true,
                _ => {
                    is_tie = false;
                    best = Some((others, figure, *before, counted));
                }
            }
        }
        let (_, figure, before, counted) = best.filter(|_| !is_tie)?;
        (figure - before <= GAP_MAX).then_some((figure, before, counted))
    }
}

/// The figure is the year, month or day of both invoices: it does not count them.
fn is_date_part(issued: Option<Date>, figure: u64, other: &Counted, other_figure: u64) -> bool {
    let (Some(issued), Some(other)) = (issued, other.issued) else {
        return false;
    };
    let is = |part: i16, figure: u64| u64::try_from(part) == Ok(figure);
    let parts: [fn(Date) -> i16; 4] = [
        |date| date.year(),
        |date| date.year() % 100,
        |date| i16::from(date.month()),
        |date| i16::from(date.day()),
    ];
    parts
        .iter()
        .any(|part| is(part(issued), figure) && is(part(other), other_figure))
}

/// `number-pattern`, `number-gap` and `date-before-previous`.
pub(super) fn check(root: Element<'_>, entry: &Entry, ledger: &Ledger, report: &mut Report) {
    let number = ["Fa", "FakturaRR"]
        .into_iter()
        .find_map(|body| root.child(body))
        .and_then(|body| body.child("P_2").or_else(|| body.child("P_4C")))
        .or_else(|| root.child("ID"))
        .unwrap_or(root);
    let anatomy = Anatomy::of(entry.number());
    check_pattern(number, entry, &anatomy, &ledger.series, report);
    if let Some((figure, before, previous)) = ledger.series.previous(entry, &anatomy) {
        check_gap(number, figure, before, previous, report);
        check_date(root, entry, previous, report);
    }
}

fn check_pattern(
    element: Element<'_>,
    entry: &Entry,
    anatomy: &Anatomy,
    series: &Series,
    report: &mut Report,
) {
    let key = (entry.seller().to_owned(), entry.kind().to_owned());
    let Some(last) = series.patterns.get(&key) else {
        return;
    };
    // The document may stand in the history itself.
    let same = last
        .iter()
        .filter(|known| **known == anatomy.pattern)
        .count();
    let is_itself = ledger_has(series, entry, anatomy);
    if last.len() < PATTERNS_MIN || same > usize::from(is_itself) {
        return;
    }
    let usual = last.back().map_or("", String::as_str);
    let number = entry.number();
    report.add(
        element,
        Violation::new(
            Rule::NumberPattern,
            format!("numer {number} wygląda inaczej niż ostatnie numery tego sprzedawcy ({usual}); sprawdź, czy to zamierzona nowa seria"),
            format!("number {number} looks different from this seller's last numbers ({usual}); see whether a new series is intended"),
        )
        .comparing(usual, number),
    );
}

fn ledger_has(series: &Series, entry: &Entry, anatomy: &Anatomy) -> bool {
    anatomy.places(entry.seller()).any(|(place, figure)| {
        let known = series
            .counters
            .get(&place)
            .and_then(|known| known.get(&figure));
        known.is_some_and(|counted| counted.number == entry.number())
    })
}

fn check_gap(
    element: Element<'_>,
    figure: u64,
    before: u64,
    previous: &Counted,
    report: &mut Report,
) {
    let missing = figure - before - 1;
    if missing == 0 {
        return;
    }
    let (last, number) = (&previous.number, element.value());
    report.add(
        element,
        Violation::new(
            Rule::NumberGap,
            format!("między {last} a {number} brakuje numerów: {missing}; sprawdź, czy wcześniejsze faktury zostały wystawione i wysłane"),
            format!("{missing} numbers are missing between {last} and {number}; see whether the invoices before were issued and sent"),
        )
        .comparing((before + 1).to_string(), figure.to_string()),
    );
}

fn check_date(root: Element<'_>, entry: &Entry, previous: &Counted, report: &mut Report) {
    let (Some(issued), Some(earlier)) = (entry.issued, previous.issued) else {
        return;
    };
    if issued >= earlier || previous.kind != entry.kind() {
        return;
    }
    let element = ["Fa", "FakturaRR"]
        .into_iter()
        .find_map(|body| root.child(body))
        .and_then(|body| body.child("P_1").or_else(|| body.child("P_4B")))
        .or_else(|| root.child("IssueDate"))
        .unwrap_or(root);
    let last = &previous.number;
    report.add(
        element,
        Violation::new(
            Rule::DateBeforePrevious,
            format!("data wystawienia {issued} jest wcześniejsza niż data {earlier} poprzedniego numeru, {last}; numery nadaje się w kolejności wystawiania"),
            format!("the issue date {issued} is before {earlier}, the date of the previous number, {last}; numbers follow the order of issue"),
        )
        .comparing(format!("≥ {earlier}"), issued.to_string()),
    );
}

/// How many of the last numbers say what is usual.
const PATTERNS_MAX: usize = 20;
/// How many numbers make a habit.
const PATTERNS_MIN: usize = 3;
/// How many others must differ in one figure alone to make it the counter.
const NEIGHBOURS_MIN: usize = 2;
/// A counter does not leap further: it is an identifier then.
const GAP_MAX: u64 = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_apart() {
        for (number, pattern, figures) in [
            ("FV/2026/03/016", "FV/#/#/#", vec![2026, 3, 16]),
            ("16", "#", vec![16]),
            ("ąę", "ąę", vec![]),
            ("", "", vec![]),
            ("7ż8", "#ż#", vec![7, 8]),
            ("99999999999999999999/1", "99999999999999999999/#", vec![1]),
        ] {
            let expected = Anatomy {
                pattern: pattern.to_owned(),
                figures,
            };
            assert_eq!(Anatomy::of(number), expected, "{number}");
        }
    }
}

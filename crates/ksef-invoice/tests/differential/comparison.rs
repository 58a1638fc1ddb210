//! The long run: mutants of a form, two verdicts on each.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::engine::{Judgement, judge};
use crate::forms::{Form, repository};
use crate::mutant::{Corpus, Mutant};
use crate::oracle::{Oracle, Verdict};

/// How verdicts on one document relate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    Agree,
    /// Refused by one of our rules on files, which libxml2 does not have.
    StricterOnPurpose,
    /// libxml2 is wrong; the entry of its table.
    Known(&'static str),
    Difference,
}

/// Figures of a form.
#[derive(Debug, Default)]
pub struct Report {
    pub mutants: usize,
    pub valid: usize,
    pub invalid: usize,
    pub malformed: usize,
    pub on_purpose: usize,
    pub known: BTreeMap<&'static str, usize>,
    pub differences: usize,
}

/// Compares the verdicts on the mutants `0..count` of a form and writes differences into a folder.
pub fn compare(form: Form, corpus: &Corpus, oracle: &Oracle, seed: u64, count: u64) -> Report {
    let mut report = Report::default();
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    let mut next = 0;
    while next < count {
        let end = (next + BATCH).min(count);
        let mutants: Vec<_> = (next..end).map(|n| corpus.mutant(seed, n)).collect();
        let documents: Vec<_> = mutants.iter().map(|it| it.bytes.clone()).collect();
        let verdicts = oracle.judge(&documents);
        for ((number, mutant), theirs) in (next..end).zip(&mutants).zip(&verdicts) {
            let ours = judge(form, &mutant.bytes);
            report.count(theirs);
            match relate(&ours, theirs, &mutant.bytes) {
                Relation::Agree => {}
                Relation::StricterOnPurpose => report.on_purpose += 1,
                Relation::Known(entry) => *report.known.entry(entry).or_default() += 1,
                Relation::Difference => {
                    report.differences += 1;
                    let seen = groups.entry(group(&ours, theirs)).or_default();
                    *seen += 1;
                    if *seen <= EXAMPLES_MAX && groups.len() <= GROUPS_MAX {
                        tell(form, number, mutant, &ours, theirs, oracle);
                    }
                }
            }
        }
        next = end;
    }
    for (group, count) in &groups {
        println!("  {count} × {group}");
    }
    report
}

impl Report {
    fn count(&mut self, theirs: &Verdict) {
        self.mutants += 1;
        match theirs {
            Verdict::Valid => self.valid += 1,
            Verdict::Invalid(_) => self.invalid += 1,
            Verdict::Malformed(_) => self.malformed += 1,
        }
    }
}

/// Holds the verdicts against each other.
pub fn relate(ours: &Judgement, theirs: &Verdict, bytes: &[u8]) -> Relation {
    let is_valid = *theirs == Verdict::Valid;
    if ours.is_refused != is_valid {
        Relation::Agree
    } else if ours.is_refused_on_purpose {
        Relation::StricterOnPurpose
    } else if let Some(entry) = crate::known::explanation(ours, theirs, bytes) {
        Relation::Known(entry)
    } else {
        Relation::Difference
    }
}

/// Differences of the same kind have the same text.
fn group(ours: &Judgement, theirs: &Verdict) -> String {
    let (side, message) = match theirs {
        Verdict::Valid => ("only we refuse", ours.message.clone()),
        Verdict::Invalid(message) => ("only libxml2 refuses", message.clone()),
        Verdict::Malformed(message) => ("only libxml2 cannot read", message.clone()),
    };
    let mut is_quoted = false;
    let plain: String = message
        .chars()
        .filter(|it| {
            is_quoted ^= matches!(it, '\'' | '"');
            !is_quoted && !it.is_ascii_digit()
        })
        .collect();
    let short: String = plain.chars().take(120).collect();
    format!("{side}: {short}")
}

fn tell(
    form: Form,
    number: u64,
    mutant: &Mutant,
    ours: &Judgement,
    theirs: &Verdict,
    oracle: &Oracle,
) {
    let small = minimise(form, &mutant.bytes, oracle);
    let folder = folder();
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{}-{number}.xml", form.name()));
    std::fs::write(&path, small).unwrap();
    println!("{} {number}: {}", form.name(), mutant.story);
    println!(
        "  ours:   {}",
        if ours.message.is_empty() {
            "valid"
        } else {
            &ours.message
        }
    );
    println!("  theirs: {theirs:?}");
    println!("  saved:  {}", path.display());
}

/// Where examples of differences are left.
pub fn folder() -> PathBuf {
    repository().join("target/schema-differential")
}

/// Takes away lines as long as the difference stays.
fn minimise(form: Form, bytes: &[u8], oracle: &Oracle) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = bytes
        .split_inclusive(|it| *it == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let is_refused = judge(form, bytes).is_refused;
    let mut step = lines.len() / 2;
    while step > 0 {
        let candidates: Vec<Vec<u8>> = (0..lines.len())
            .step_by(step)
            .map(|at| {
                let end = (at + step).min(lines.len());
                [&lines[..at], &lines[end..]].concat().concat()
            })
            .collect();
        let verdicts = oracle.judge(&candidates);
        let found = candidates
            .iter()
            .zip(&verdicts)
            .position(|(bytes, theirs)| {
                let ours = judge(form, bytes);
                ours.is_refused == is_refused
                    && relate(&ours, theirs, bytes) == Relation::Difference
            });
        match found {
            Some(at) => {
                let start = at * step;
                let end = (start + step).min(lines.len());
                lines.drain(start..end);
                step = step.min(lines.len().max(1));
            }
            None => step /= 2,
        }
    }
    lines.concat()
}

/// Mutants per round.
const BATCH: u64 = 2000;

/// Examples told of one kind of difference.
const EXAMPLES_MAX: usize = 1;

/// Kinds of differences of which examples are told.
const GROUPS_MAX: usize = 40;

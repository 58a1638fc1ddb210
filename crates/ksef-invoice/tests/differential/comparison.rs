//! The long run: mutants of a form, two verdicts on each.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::engine::{Judgement, judge, schema};
use crate::forms::{Form, repository};
use crate::generator::Generator;
use crate::mutant::{Corpus, Mutant};
use crate::oracle::{Oracle, Verdict};

/// How verdicts on one document relate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    Agree,
    /// Refused by one of our rules on files, which libxml2 does not have.
    StricterOnPurpose,
    /// libxml2 is wrong; the entry of its table.
    Known(String),
    Difference,
}

/// Figures of a form.
#[derive(Debug, Default)]
pub struct Report {
    pub mutants: usize,
    /// Documents made from the schema, compared as they are.
    pub generated: usize,
    /// Positions of content models that those used, and all.
    pub coverage: (usize, usize),
    pub valid: usize,
    pub invalid: usize,
    pub malformed: usize,
    pub on_purpose: usize,
    pub known: BTreeMap<String, usize>,
    pub differences: usize,
}

/// Compares the verdicts on `count` mutants of these documents and of generated ones, and on the
/// generated ones themselves; writes differences into a folder.
pub fn compare(form: Form, texts: &[String], oracle: &Oracle, seed: u64, count: u64) -> Report {
    let (namespace, root) = form.root();
    let mut generator = Generator::new(schema(form), namespace, root, seed);
    let mut comparison = Comparison {
        form,
        oracle,
        report: Report::default(),
        groups: BTreeMap::new(),
    };
    let mut next = 0;
    while next < count {
        let end = (next + BATCH).min(count);
        let generated: Vec<String> = (0..GENERATED).map(|_| generator.document()).collect();
        let asis = generated.iter().map(|text| Mutant {
            bytes: text.clone().into_bytes(),
            story: "as generated".to_owned(),
        });
        comparison.batch(&asis.collect::<Vec<_>>(), next);
        comparison.report.generated += generated.len();
        // half of the mutants are of the examples, half of what the schema gave
        let (examples, random) = (Corpus::new(texts), Corpus::new(&generated));
        let mutants: Vec<_> = (next..end)
            .map(|n| if n % 2 == 0 { &examples } else { &random }.mutant(seed, n))
            .collect();
        comparison.batch(&mutants, next);
        comparison.report.mutants += mutants.len();
        next = end;
    }
    for (group, count) in &comparison.groups {
        println!("  {count} × {group}");
    }
    comparison.report.coverage = generator.coverage();
    comparison.report
}

struct Comparison<'o> {
    form: Form,
    oracle: &'o Oracle,
    report: Report,
    /// Kinds of differences.
    groups: BTreeMap<String, usize>,
}

impl Comparison<'_> {
    fn batch(&mut self, mutants: &[Mutant], first: u64) {
        let documents: Vec<_> = mutants.iter().map(|it| it.bytes.clone()).collect();
        let verdicts = self.oracle.judge(&documents);
        for ((number, mutant), theirs) in (first..).zip(mutants).zip(&verdicts) {
            let ours = judge(self.form, &mutant.bytes);
            self.report.count(theirs);
            match relate(&ours, theirs, &mutant.bytes) {
                Relation::Agree => {}
                Relation::StricterOnPurpose => self.report.on_purpose += 1,
                Relation::Known(entry) => *self.report.known.entry(entry).or_default() += 1,
                Relation::Difference => {
                    self.report.differences += 1;
                    let seen = self.groups.entry(group(&ours, theirs)).or_default();
                    *seen += 1;
                    if *seen <= EXAMPLES_MAX && self.groups.len() <= GROUPS_MAX {
                        tell(self.form, number, mutant, &ours, theirs, self.oracle);
                    }
                }
            }
        }
    }
}

impl Report {
    fn count(&mut self, theirs: &Verdict) {
        match theirs {
            Verdict::Valid => self.valid += 1,
            Verdict::Invalid(_) => self.invalid += 1,
            Verdict::Malformed(_) => self.malformed += 1,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} mutants, {} generated: {} valid, {} invalid, {} no XML; {} stricter on purpose; \
             {} of {} places of the schema; {} differences",
            self.mutants,
            self.generated,
            self.valid,
            self.invalid,
            self.malformed,
            self.on_purpose,
            self.coverage.0,
            self.coverage.1,
            self.differences
        )?;
        for (entry, count) in &self.known {
            write!(f, "\n         {count:6} × {entry}")?;
        }
        Ok(())
    }
}

/// Holds the verdicts against each other.
pub fn relate(ours: &Judgement, theirs: &Verdict, bytes: &[u8]) -> Relation {
    let is_valid = *theirs == Verdict::Valid;
    if ours.is_refused_on_purpose && !ours.is_refused {
        Relation::StricterOnPurpose
    } else if ours.is_refused != is_valid {
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
        Verdict::Valid => ("only we refuse", ours.findings.first().cloned()),
        Verdict::Invalid(messages) => ("only libxml2 refuses", messages.first().cloned()),
        Verdict::Malformed(message) => ("only libxml2 cannot read", Some(message.clone())),
    };
    let mut is_quoted = false;
    let plain: String = message
        .unwrap_or_default()
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
    println!("  ours:   {:?}", ours.findings);
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
    for _ in 0..ROUNDS_MAX {
        if step == 0 {
            break;
        }
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

/// Rounds of making an example smaller, of which each asks libxml2.
const ROUNDS_MAX: usize = 24;

/// Mutants per round.
const BATCH: u64 = 2000;

/// Documents made from the schema per round.
const GENERATED: usize = 150;

/// Examples told of one kind of difference.
const EXAMPLES_MAX: usize = 1;

/// Kinds of differences of which examples are told.
const GROUPS_MAX: usize = 12;

//! A fixed set of mutants with libxml2's verdicts as they were recorded, for machines without it.
//!
//! `cargo xtask schema-differential --record` asks libxml2 anew.

use std::fmt::Write;
use std::path::PathBuf;

use crate::comparison::{Relation, relate};
use crate::engine::judge;
use crate::forms::{Form, repository, spec};
use crate::mutant::Corpus;
use crate::oracle::{Oracle, Verdict};

/// What is recorded about a form.
#[derive(Debug, PartialEq, Eq)]
struct Record {
    form: String,
    /// Of all mutants: the verdicts mean nothing for others.
    digest: u64,
    /// One letter for each mutant.
    verdicts: String,
}

#[test]
fn verdicts_are_those_recorded() {
    let text = std::fs::read_to_string(path()).unwrap();
    let records: Vec<_> = text.split("\n\n").filter_map(Record::parse).collect();
    assert_eq!(records.len(), Form::ALL.len());
    for (form, record) in Form::ALL.into_iter().zip(&records) {
        assert_eq!(record.form, form.name());
        let mutants = mutants(form);
        assert_eq!(
            digest(&mutants),
            record.digest,
            "other mutants of {}: record anew with cargo xtask schema-differential --record",
            record.form
        );
        assert_eq!(record.verdicts.len(), mutants.len());
        for (number, (bytes, letter)) in mutants.iter().zip(record.verdicts.chars()).enumerate() {
            let ours = judge(form, bytes);
            let is_refused = ours.is_refused || ours.is_refused_on_purpose;
            assert_eq!(
                is_refused,
                is_refusal(letter),
                "{} {number} is recorded as {letter}, but we say {:?}\n{}",
                record.form,
                ours.findings,
                String::from_utf8_lossy(bytes)
            );
        }
    }
}

#[test]
#[ignore = "asks libxml2: cargo xtask schema-differential --record"]
fn record() {
    let spec = spec().expect("the official schemas: set KSEF_SPEC_DIR");
    let mut text = String::new();
    for form in Form::ALL {
        let oracle = Oracle::new(form, &spec).expect("xmllint (Debian: libxml2-utils)");
        let mutants = mutants(form);
        let verdicts = oracle.judge(&mutants);
        let letters = mutants.iter().zip(&verdicts).map(|(bytes, theirs)| {
            let ours = judge(form, bytes);
            match relate(&ours, theirs, bytes) {
                Relation::Agree => letter_of(theirs),
                Relation::StricterOnPurpose => '#',
                Relation::Known(_) if *theirs == Verdict::Valid => 'x',
                Relation::Known(_) => 'v',
                Relation::Difference => panic!("{:?}, {theirs:?}", ours.findings),
            }
        });
        let record = Record {
            form: form.name().to_owned(),
            digest: digest(&mutants),
            verdicts: letters.collect(),
        };
        record.write(&mut text);
    }
    std::fs::write(path(), text).unwrap();
}

impl Record {
    /// A line with name and digest, then lines of verdicts.
    fn parse(section: &str) -> Option<Self> {
        let mut lines = section.trim().lines();
        let (form, digest) = lines.next()?.split_once(' ')?;
        Some(Self {
            form: form.to_owned(),
            digest: u64::from_str_radix(digest, 16).ok()?,
            verdicts: lines.collect(),
        })
    }

    fn write(&self, text: &mut String) {
        writeln!(text, "{} {:016x}", self.form, self.digest).unwrap();
        for line in self.verdicts.as_bytes().chunks(100) {
            writeln!(text, "{}", String::from_utf8_lossy(line)).unwrap();
        }
        text.push('\n');
    }
}

fn letter_of(verdict: &Verdict) -> char {
    match verdict {
        Verdict::Valid => '+',
        Verdict::Invalid(_) => '-',
        Verdict::Malformed(_) => '!',
    }
}

/// libxml2 finds `+` valid, `-` invalid and `!` no XML; our rules on files refuse `#` beyond that;
/// by the clauses of the table of its errors `v` is valid and `x` is not.
fn is_refusal(letter: char) -> bool {
    match letter {
        '+' | 'v' => false,
        '-' | '!' | '#' | 'x' => true,
        _ => panic!("no verdict: {letter}"),
    }
}

/// The set: mutants of our own documents only.
fn mutants(form: Form) -> Vec<Vec<u8>> {
    let corpus = Corpus::new(&form.examples());
    (0..COUNT)
        .map(|number| corpus.mutant(SEED, number).bytes)
        .collect()
}

/// FNV-1a over all bytes.
fn digest(documents: &[Vec<u8>]) -> u64 {
    documents
        .iter()
        .flatten()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
        })
}

fn path() -> PathBuf {
    repository().join("crates/ksef-invoice/tests/differential/verdicts.txt")
}

const SEED: u64 = 20_261_121;
const COUNT: u64 = 1500;

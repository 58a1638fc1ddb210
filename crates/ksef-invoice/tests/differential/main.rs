//! The schema validator's verdict is libxml2's.
//!
//! Good documents of every form are changed in thousands of ways that depend on a seed alone.
//! `oracle` asks libxml2 about each (`cargo xtask schema-differential`), `fixed` compares with its
//! verdicts as they were recorded.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test of documents that it made itself, with a long run for a person who watches"
)]

mod comparison;
mod engine;
mod fixed;
mod forms;
mod generator;
mod known;
mod mutant;
mod oracle;

use forms::Form;
use mutant::Corpus;

#[test]
fn documents_are_written_as_they_were_read() {
    for form in Form::ALL {
        let texts = form.examples();
        let corpus = Corpus::new(&texts);
        for (text, written) in texts.iter().zip(corpus.originals()) {
            assert_eq!(
                text.split_whitespace()
                    .collect::<String>()
                    .replace("'", "\""),
                String::from_utf8(written)
                    .unwrap()
                    .split_whitespace()
                    .collect::<String>()
                    .replace("'", "\"")
            );
        }
    }
}

#[test]
fn mutants_depend_on_the_seed_alone() {
    let corpus = Corpus::new(&Form::Fa2.examples());
    for number in 0..300 {
        let (one, two) = (corpus.mutant(7, number), corpus.mutant(7, number));
        assert_eq!(one.bytes, two.bytes, "{}", one.story);
    }
    let other = corpus.mutant(8, 1);
    assert_ne!(corpus.mutant(7, 1).bytes, other.bytes);
}

/// The long run of `cargo xtask schema-differential`; the environment says what to run.
#[test]
#[ignore = "minutes, and only with libxml2: cargo xtask schema-differential"]
fn verdicts_are_those_of_libxml2() {
    let setting = |name: &str| std::env::var(name).ok();
    let number =
        |name: &str, default: u64| setting(name).map_or(default, |text| text.parse().unwrap());
    let (count, seed) = (number("KSEF_MUTANTS", 20_000), number("KSEF_SEED", 3));
    let chosen = setting("KSEF_FORM");
    let spec = forms::spec().expect("the official schemas: set KSEF_SPEC_DIR");
    let mut differences = 0;
    let mut compared = 0;
    for form in Form::ALL {
        if chosen.as_deref().is_some_and(|name| name != form.name()) {
            continue;
        }
        let oracle = oracle::Oracle::new(form, &spec).expect("xmllint (Debian: libxml2-utils)");
        let mut texts = form.examples();
        texts.extend(form.foreign_examples(&spec));
        let report = comparison::compare(form, &texts, &oracle, seed, count);
        differences += report.differences;
        compared += report.mutants;
        println!("{:8} {report}", form.name());
    }
    assert_ne!(compared, 0, "no such form");
    let folder = comparison::folder();
    assert_eq!(differences, 0, "examples in {}", folder.display());
}

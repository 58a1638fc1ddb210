//! The fuzzer's targets on mutants of our own documents, for a few seconds.
//!
//! `KSEF_FUZZ_MUTANTS` and `KSEF_SEED` make it longer and another run; `fuzz/README.md` tells of the real fuzzer.

#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test of documents that it made itself, sharing modules with others"
)]

#[path = "../differential/forms.rs"]
mod forms;
#[path = "../differential/mutant/mod.rs"]
mod mutant;
mod targets;

use forms::Form;
use mutant::{Corpus, Random};

#[test]
fn validators_stand_any_document() {
    each_mutant(|number, bytes| {
        let schema = u8::try_from(number % 256).unwrap();
        targets::validator(&[&[schema], bytes].concat());
    });
}

#[test]
fn readers_stand_any_document() {
    each_mutant(|_, bytes| targets::reader(bytes));
}

#[test]
fn the_typed_invoice_keeps_what_it_read() {
    let corpus = Corpus::new(&Form::Fa3.examples());
    for number in 0..count() {
        let mutant = corpus.mutant(seed(), number);
        targets::typed(&mutant.bytes);
    }
}

/// Mutants of every form, some with bytes broken beyond them.
fn each_mutant(check: impl Fn(u64, &[u8])) {
    for form in Form::ALL {
        let corpus = Corpus::new(&form.examples());
        for number in 0..count() / 4 {
            let mut bytes = corpus.mutant(seed(), number).bytes;
            check(number, &bytes);
            let mut random = Random::new(!seed(), number);
            for _ in 0..random.below(12) {
                let at = random.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = u8::try_from(random.below(256)).unwrap();
                }
            }
            check(number, &bytes);
        }
    }
}

fn count() -> u64 {
    setting("KSEF_FUZZ_MUTANTS", 800)
}

fn seed() -> u64 {
    setting("KSEF_SEED", 5)
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

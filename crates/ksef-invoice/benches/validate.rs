//! Documents per second on one core: the file alone, and the file with schema and metadata.
//!
//! `cargo bench -p ksef-invoice --bench validate`. Runs over the official samples where they are
//! found (`KSEF_SPEC_DIR/../samples/fa3`), else over the repository's own examples.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a benchmark stops where it fails and says what it measures"
)]

use std::path::{Path, PathBuf};

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use ksef_invoice::check::{Rules, check, inspect};

fn main() {
    let documents = documents();
    let bytes: usize = documents.iter().map(Vec::len).sum();
    eprintln!("{} documents, {bytes} bytes", documents.len());
    divan::main();
}

/// The documents to measure with.
fn documents() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let spec = std::env::var_os("KSEF_SPEC_DIR")
        .map_or_else(|| root.join("../shared/spec"), PathBuf::from);
    let samples = spec.join("../samples/fa3");
    let folder = if samples.is_dir() {
        samples
    } else {
        root.join("examples/invoices")
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn measure(bencher: Bencher<'_, '_>, work: impl Fn(&[u8]) -> usize) {
    let documents = documents();
    let bytes: usize = documents.iter().map(Vec::len).sum();
    bencher
        .counter(ItemsCount::new(documents.len()))
        .counter(BytesCount::new(bytes))
        .bench_local(|| {
            documents
                .iter()
                .map(|document| work(black_box(document)))
                .sum::<usize>()
        });
}

/// Size, encoding, characters, well-formed XML.
#[divan::bench]
fn file(bencher: Bencher<'_, '_>) {
    measure(bencher, |document| check(document, &Rules::default()).len());
}

/// The same with everything an invoice is judged by before it is sent.
#[divan::bench]
fn inspection(bencher: Bencher<'_, '_>) {
    measure(bencher, |document| {
        inspect(document, &Rules::default()).findings.len()
    });
}

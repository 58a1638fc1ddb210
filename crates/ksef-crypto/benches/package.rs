//! Packages of 10 000 invoices of 10 KB, ready to be uploaded, beside `gzip -6` and the `zip` crate on the same files.
//!
//! `cargo bench -p ksef-crypto --bench package`. What one build holds in memory is measured on its own:
//! `/usr/bin/time -v cargo run --release -p ksef-crypto --example package -- zip 10000 10000`.
//!
//! On a shared machine the figures are noisy: run it several times and take the fastest.

#![allow(clippy::print_stderr, reason = "the sizes are part of the result")]

#[path = "../examples/invoices/mod.rs"]
mod invoices;

use std::io::{Cursor, Write as _};
use std::num::NonZeroUsize;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use flate2::Compression;
use flate2::write::GzEncoder;
use ksef_crypto::package::ArchiveForm;
use ksef_crypto::package::build::{Blueprint, BuildOptions, Builder, Discard};
use ksef_crypto::session_key::SessionKey;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const COUNT: usize = 10_000;
const BYTES: usize = 10_000;

static DATA: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let invoice = |number| (format!("{number:05}.xml"), invoices::invoice(number, BYTES));
    (0..COUNT).map(invoice).collect()
});

fn main() {
    let percent = |bytes: u64| bytes * 1_000 / (COUNT * BYTES) as u64;
    for form in [ArchiveForm::TarGz, ArchiveForm::Zip] {
        let size = build(form, 2).size();
        eprintln!(
            "{form:?}: {size} bytes, {} ‰ of the invoices",
            percent(size)
        );
    }
    let gzip = gzip().len() as u64;
    eprintln!(
        "gzip -6 of the same tape: {gzip} bytes, {} ‰",
        percent(gzip)
    );
    divan::main();
}

fn build(form: ArchiveForm, threads: usize) -> Blueprint {
    let key = SessionKey::from_parts([7; 32], [9; 16]);
    let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
    let options = BuildOptions::default()
        .with_form(form)
        .with_threads(threads);
    let mut builder = Builder::new(&key, &options, Discard);
    for (name, content) in &*DATA {
        builder.add(name, content.clone(), None).expect("built");
    }
    builder.finish().expect("built")
}

/// What one stream of zlib makes of the tape, on one core.
fn gzip() -> Vec<u8> {
    let mut tape = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::new(6)));
    for (name, content) in &*DATA {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        tape.append_data(&mut header, name, content.as_slice())
            .expect("written");
    }
    tape.into_inner()
        .and_then(GzEncoder::finish)
        .expect("written")
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn ours_tar_gz(bencher: Bencher<'_, '_>, threads: usize) {
    bencher
        .counter(BytesCount::new(COUNT * BYTES))
        .bench_local(|| build(ArchiveForm::TarGz, threads));
}

#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn ours_zip(bencher: Bencher<'_, '_>, threads: usize) {
    bencher
        .counter(BytesCount::new(COUNT * BYTES))
        .bench_local(|| build(ArchiveForm::Zip, threads));
}

/// The tape alone, without hashes and encryption.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn gzip_6_alone(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::new(COUNT * BYTES))
        .bench_local(|| gzip().len());
}

/// As clients build it: the `zip` crate into memory, then hash, encryption and hash of the whole.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn zip_crate_in_memory(bencher: Bencher<'_, '_>) {
    let key = SessionKey::from_parts([7; 32], [9; 16]);
    bencher
        .counter(BytesCount::new(COUNT * BYTES))
        .bench_local(|| {
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            for (name, content) in &*DATA {
                writer
                    .start_file(name.as_str(), SimpleFileOptions::default())
                    .and_then(|()| Ok(writer.write_all(content)?))
                    .expect("written");
            }
            let archive = writer.finish().expect("written").into_inner();
            let hash = ksef_crypto::digest::sha256(&archive);
            let sealed = key.encrypt(&archive).expect("encrypted");
            (hash, ksef_crypto::digest::sha256(&sealed))
        });
}

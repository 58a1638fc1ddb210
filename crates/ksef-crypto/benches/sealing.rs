//! Sealing 10 000 invoices of 10 KB for an interactive session, JSON bodies included.
//!
//! On a shared machine the figures are noisy: run it several times and take the fastest.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use ksef_crypto::sealing::{SendOptions, seal, seal_bodies};
use ksef_crypto::session_key::SessionKey;

const INVOICES: usize = 10_000;
const INVOICE_BYTES: usize = 10_000;

static DATA: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    (0..INVOICES)
        .map(|i| {
            let text = format!("<Faktura><P_2>FV/{i}</P_2>");
            text.into_bytes()
                .into_iter()
                .cycle()
                .take(INVOICE_BYTES)
                .collect()
        })
        .collect()
});

fn main() {
    divan::main();
}

fn key() -> SessionKey {
    SessionKey::from_parts([7; 32], [9; 16])
}

/// All invoices into JSON bodies, eight chains side by side on each thread.
#[divan::bench(args = [1, 2], sample_count = 20, sample_size = 1)]
fn bodies(bencher: Bencher<'_, '_>, threads: usize) {
    let (key, data) = (key(), &*DATA);
    let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
    bencher
        .counter(BytesCount::new(INVOICES * INVOICE_BYTES))
        .bench_local(|| seal_bodies(&key, data, &SendOptions::default(), threads));
}

/// The same one invoice after another, as a client does that sends them as they come.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn one_by_one(bencher: Bencher<'_, '_>) {
    let (key, data) = (key(), &*DATA);
    bencher
        .counter(BytesCount::new(INVOICES * INVOICE_BYTES))
        .bench_local(|| {
            data.iter()
                .map(|plain| {
                    seal(&key, plain).map(|sealed| sealed.to_body(&SendOptions::default()))
                })
                .collect::<Result<Vec<_>, _>>()
        });
}

/// The cipher alone: eight chains side by side.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn encryption_side_by_side(bencher: Bencher<'_, '_>) {
    let (key, data) = (key(), &*DATA);
    bencher
        .counter(BytesCount::new(INVOICES * INVOICE_BYTES))
        .bench_local(|| {
            data.chunks(16)
                .map(|group| key.encrypt_many(group).len())
                .sum::<usize>()
        });
}

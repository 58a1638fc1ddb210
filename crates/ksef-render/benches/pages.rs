//! Pages of invoices, on one core: `cargo bench -p ksef-render --features pdf --bench pages`.
//!
//! Each case reads the document and sets it, as `ksef invoice render` does for one file.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark stops at the first surprise"
)]

use divan::Bencher;
use divan::counter::ItemsCount;
use ksef_invoice::finding::Language;
use ksef_render::html::html;
use ksef_render::look::Look;
use ksef_render::page::CodeBox;
use ksef_render::pdf::pdf;
use ksef_render::reading::{Options, invoice};

fn main() {
    divan::main();
}

const PAGES: usize = 10;
const LINK: &str = "https://qr-test.ksef.mf.gov.pl/invoice/1234563218/01-02-2026/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok";

/// The example invoice with so many lines.
fn of_lines(lines: usize) -> Vec<u8> {
    let text = include_str!("../../../examples/invoices/01-vat.xml");
    let (before, rest) = text.split_once("<FaWiersz>").unwrap();
    let (line, _) = rest.split_once("</FaWiersz>").unwrap();
    let (_, after) = rest.rsplit_once("</FaWiersz>").unwrap();
    let lines = format!("<FaWiersz>{line}</FaWiersz>").repeat(lines);
    format!("{before}{lines}{after}").into_bytes()
}

/// As invoices leave KSeF: with code I. The number differs, so that nothing of an earlier page can be used again.
fn options(number: usize) -> Options {
    let mut options = Options::new(Language::Polish);
    let link = format!("{LINK}{number:04}");
    options.codes = vec![CodeBox::invoice(&link, None, Language::Polish).unwrap()];
    options
}

#[divan::bench(args = [3, 20, 200])]
fn as_html(bencher: Bencher<'_, '_>, lines: usize) {
    let bytes = of_lines(lines);
    let look = Look::default();
    bencher.counter(ItemsCount::new(PAGES)).bench(|| {
        (0..PAGES)
            .map(|number| html(&invoice(&bytes, &options(number)).unwrap(), &look).len())
            .sum::<usize>()
    });
}

#[divan::bench(args = [3, 20, 200], sample_count = 20)]
fn as_pdf(bencher: Bencher<'_, '_>, lines: usize) {
    let bytes = of_lines(lines);
    let look = Look::default();
    bencher.counter(ItemsCount::new(PAGES)).bench(|| {
        (0..PAGES)
            .map(|number| {
                pdf(&invoice(&bytes, &options(number)).unwrap(), &look)
                    .unwrap()
                    .len()
            })
            .sum::<usize>()
    });
}

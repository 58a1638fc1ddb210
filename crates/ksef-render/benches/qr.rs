//! A thousand QR codes as PNG.
//!
//! On a shared machine the figures are noisy: run it several times and take the fastest.

use divan::Bencher;
use divan::counter::ItemsCount;
use ksef_render::qr::{Image, Label, QrCode, QrError};

const CODES: usize = 1_000;

fn main() {
    divan::main();
}

/// Links of code I that differ in their hash.
fn links() -> Vec<String> {
    let link = |index: usize| {
        format!(
            "https://qr-test.ksef.mf.gov.pl/invoice/1234563218/01-02-2026/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2Ja{index:05}"
        )
    };
    (0..CODES).map(link).collect()
}

fn label() -> Label {
    "5265877635-20250826-0100001AF629-AF"
        .parse()
        .map_or(Label::Offline, Label::Number)
}

fn bench(
    bencher: Bencher<'_, '_>,
    image: Image,
    file: fn(&QrCode, &Image) -> Result<usize, QrError>,
) {
    let links = links();
    bencher.counter(ItemsCount::new(CODES)).bench_local(|| {
        let sizes = links
            .iter()
            .map(|link| QrCode::of_link(link.as_str()).and_then(|code| file(&code, &image)));
        sizes
            .sum::<Result<usize, QrError>>()
            .unwrap_or_else(|error| unreachable!("{error}"))
    });
}

fn png(code: &QrCode, image: &Image) -> Result<usize, QrError> {
    code.to_png(image).map(|file| file.len())
}

/// With the KSeF number under the code, 25 mm wide.
#[divan::bench]
fn png_with_label(bencher: Bencher<'_, '_>) {
    bench(bencher, Image::new(label()), png);
}

#[divan::bench]
fn png_bare(bencher: Bencher<'_, '_>) {
    bench(bencher, Image::bare(), png);
}

#[divan::bench]
fn svg_with_label(bencher: Bencher<'_, '_>) {
    bench(bencher, Image::new(label()), |code, image| {
        code.to_svg(image).map(|file| file.len())
    });
}

/// What clients commonly do, for comparison: the symbol by `qrcode`, an image of one byte per pixel in the same size, and
/// PNG with the settings of `image`. Without a label.
#[divan::bench(sample_count = 10)]
fn usual_way(bencher: Bencher<'_, '_>) {
    let links = links();
    bencher.counter(ItemsCount::new(CODES)).bench_local(|| {
        let sizes = links.iter().map(|link| usual_png(link));
        sizes
            .sum::<Option<usize>>()
            .unwrap_or_else(|| unreachable!("links fit"))
    });
}

fn usual_png(link: &str) -> Option<usize> {
    let level = qrcode::EcLevel::M;
    let code = qrcode::QrCode::with_error_correction_level(link, level).ok()?;
    let (width, module) = (code.width(), 6);
    let side = (width + 8) * module;
    let colors = code.to_colors();
    let mut pixels = vec![0xFF_u8; side * side];
    for (index, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = (index % side / module, index / side / module);
        let inside = (4..width + 4).contains(&x) && (4..width + 4).contains(&y);
        if inside && colors.get((y - 4) * width + x - 4) == Some(&qrcode::Color::Dark) {
            *pixel = 0;
        }
    }
    let side = u32::try_from(side).ok()?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::Adaptive);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(file.len())
}

/// The symbol alone, without an image.
#[divan::bench]
fn matrix(bencher: Bencher<'_, '_>) {
    bench(bencher, Image::bare(), |code, _| Ok(code.width()));
}

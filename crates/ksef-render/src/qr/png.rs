//! A code as PNG: one bit per pixel, a whole number of pixels per module, the resolution written down.

use png::{BitDepth, ColorType, Compression, Encoder, Filter, PixelDimensions, Unit};

use super::error::{QrError, QrErrorKind};
use super::image::Image;
use super::lettering::{Band, Lettering};
use super::matrix::{QUIET_ZONE, QrCode, runs};

impl QrCode {
    /// The code as a PNG file, black on white, with the quiet zone. It has about 300 dots per inch; the exact resolution
    /// is in the file, so that programs that heed it print the code in its size.
    ///
    /// # Errors
    /// [`QrErrorKind::TooSmall`]; [`QrErrorKind::Encoding`].
    pub fn to_png(&self, image: &Image) -> Result<Vec<u8>, QrError> {
        let side_um = image.side(self)?.as_um();
        let modules = u32::try_from(self.width_with_quiet_zone()).unwrap_or(u32::MAX);
        let module_px = pixels_per_module(side_um, modules);
        let side_px = modules * module_px;
        let band = image
            .label()
            .map(|label| Band::new(label, modules, module_px));
        let height = side_px + band.as_ref().map_or(0, |band| band.height);
        let mut canvas = Canvas::new(side_px, height);
        self.draw(&mut canvas, module_px as usize);
        if let Some(band) = band {
            band.draw(&mut canvas, side_px);
        }
        let per_metre = u64::from(side_px) * 1_000_000 / u64::from(side_um.max(1));
        canvas.encode(u32::try_from(per_metre).unwrap_or(u32::MAX))
    }

    /// Each row of modules once, then copied.
    fn draw(&self, canvas: &mut Canvas, module_px: usize) {
        for (row, y) in self.rows().zip(QUIET_ZONE..) {
            let top = y * module_px;
            for (x, length) in runs(row) {
                canvas.darken(top, (x + QUIET_ZONE) * module_px, length * module_px);
            }
            canvas.repeat(top, module_px);
        }
    }
}

impl Band<'_> {
    /// Draws the lines below `top`, centred.
    fn draw(&self, canvas: &mut Canvas, top: u32) {
        let lettering = Lettering::of(self.cap);
        for (line, baseline) in self.lines() {
            let width = lettering.width(line);
            let left = (canvas.width as usize).saturating_sub(width) / 2;
            let line_top = (top + baseline - self.cap) as usize;
            lettering.draw(line, |x, y, length| {
                canvas.darken(line_top + y, left + x, length);
            });
        }
    }
}

/// As many as 300 dpi give, at least three.
fn pixels_per_module(side_um: u32, modules: u32) -> u32 {
    let pixels = (side_um * DPI / modules + UM_PER_INCH / 2) / UM_PER_INCH;
    pixels.max(3)
}

/// Pixels, one bit each; a set bit is light.
#[derive(Debug)]
struct Canvas {
    width: u32,
    height: u32,
    stride: usize,
    bytes: Vec<u8>,
}

impl Canvas {
    fn new(width: u32, height: u32) -> Self {
        let stride = width.div_ceil(8) as usize;
        Self {
            width,
            height,
            stride,
            bytes: vec![0xFF; stride * height as usize],
        }
    }

    /// Darkens `length` pixels of row `y` from `x` on; what lies outside is left out.
    fn darken(&mut self, y: usize, x: usize, length: usize) {
        let end = (x + length).min(self.width as usize);
        let row = self.bytes.chunks_exact_mut(self.stride).nth(y);
        let Some(row) = row.filter(|_| x < end) else {
            return;
        };
        let (first, last) = (x / 8, (end - 1) / 8);
        // Pixels of the first byte from x on, and of the last byte up to the end.
        let head = 0xFF_u8 >> (x % 8);
        let tail = 0xFF_u8 << (7 - (end - 1) % 8);
        match row.get_mut(first..=last) {
            Some([only]) => *only &= !(head & tail),
            Some([one, between @ .., other]) => {
                *one &= !head;
                between.fill(0);
                *other &= !tail;
            }
            _ => {}
        }
    }

    /// Copies row `y` so that it stands `times` times.
    fn repeat(&mut self, y: usize, times: usize) {
        let start = y * self.stride;
        for copy in 1..times {
            let target = start + copy * self.stride;
            self.bytes.copy_within(start..start + self.stride, target);
        }
    }

    fn encode(&self, pixels_per_metre: u32) -> Result<Vec<u8>, QrError> {
        let failed = |source| QrError::caused_by(QrErrorKind::Encoding, source);
        let mut file = Vec::with_capacity(8 * 1024);
        let mut encoder = Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        encoder.set_compression(Compression::Fast);
        // A row that repeats the one above becomes zeros.
        encoder.set_filter(Filter::Up);
        encoder.set_pixel_dims(Some(PixelDimensions {
            xppu: pixels_per_metre,
            yppu: pixels_per_metre,
            unit: Unit::Meter,
        }));
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&self.bytes).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(file)
    }
}

const DPI: u32 = 300;
const UM_PER_INCH: u32 = 25_400;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr::{Label, Size};

    #[test]
    fn darkening_meets_the_pixels_asked_for_alone() {
        for (x, length) in [
            (0, 1),
            (0, 8),
            (3, 2),
            (7, 1),
            (7, 2),
            (5, 20),
            (19, 1),
            (8, 12),
            (0, 99),
            (20, 5),
            (4, 0),
        ] {
            let mut canvas = Canvas::new(20, 3);
            canvas.darken(1, x, length);
            canvas.darken(7, x, length);
            for y in 0..3 {
                for at in 0..20 {
                    let is_dark = canvas.bytes[y * 3 + at / 8] & (0x80 >> (at % 8)) == 0;
                    let expected = y == 1 && at >= x && at < x + length;
                    assert_eq!(is_dark, expected, "{x}+{length}: {at},{y}");
                }
            }
        }
    }

    #[test]
    fn what_the_file_says_of_itself() {
        let code = QrCode::of_link("https://qr.ksef.mf.gov.pl/").unwrap();
        for (image, side, height, per_metre) in [
            (Image::bare(), 198, 198, 11_811),
            (Image::new(Label::Offline), 198, 234, 11_811),
            // 33 modules of 0.758 mm; nine pixels each.
            (Image::bare().with_size(Size::from_mm(25)), 297, 297, 11_880),
            (Image::bare().with_size(Size::from_um(8250)), 99, 99, 12_000),
        ] {
            let file = code.to_png(&image).unwrap();
            let reader = png::Decoder::new(std::io::Cursor::new(&file))
                .read_info()
                .unwrap();
            let info = reader.info();
            assert_eq!((info.width, info.height), (side, height), "{image:?}");
            let dims = info.pixel_dims.unwrap();
            assert_eq!(
                (dims.xppu, dims.yppu, dims.unit),
                (per_metre, per_metre, Unit::Meter)
            );
            assert_eq!(info.bit_depth, BitDepth::One);
        }
    }
}

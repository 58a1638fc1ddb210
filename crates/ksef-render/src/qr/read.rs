//! Reading the codes of an image.

use std::io::Cursor;

use png::{ColorType, Decoder, Limits, Transformations};
use rqrr::PreparedImage;

use super::error::{QrError, QrErrorKind};

/// The texts of the QR codes in a PNG image, in no particular order; what looks like a code and cannot be read is passed
/// over. For images from a program or a scanner: a photograph may need a better reader.
///
/// # Errors
/// [`QrErrorKind::NotAnImage`], also beyond 50 million pixels.
pub fn read_png(file: &[u8]) -> Result<Vec<String>, QrError> {
    let (width, height, grey) = grey_pixels(file)?;
    let mut image = PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        grey.get(y * width + x).copied().unwrap_or(u8::MAX)
    });
    let grids = image.detect_grids();
    let texts = grids.iter().filter_map(|grid| grid.decode().ok());
    Ok(texts.map(|(_, text)| text).collect())
}

/// Width, height and a byte per pixel.
fn grey_pixels(file: &[u8]) -> Result<(usize, usize, Vec<u8>), QrError> {
    let failed = |source| QrError::caused_by(QrErrorKind::NotAnImage, source);
    let limits = Limits {
        bytes: PIXELS_MAX * BYTES_PER_PIXEL_MAX,
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), limits);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(failed)?;
    let size = reader.info().size();
    let (width, height) = (size.0 as usize, size.1 as usize);
    let bytes = reader.output_buffer_size();
    let is_small = width.checked_mul(height).is_some_and(|it| it <= PIXELS_MAX);
    let bytes = bytes.filter(|_| is_small && width > 0);
    let mut pixels = vec![0; bytes.ok_or(QrErrorKind::NotAnImage)?];
    let frame = reader.next_frame(&mut pixels).map_err(failed)?;
    let samples = match frame.color_type {
        ColorType::Grayscale | ColorType::Indexed => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
    };
    let grey = pixels.chunks_exact(samples).map(|pixel| match *pixel {
        [grey] => grey,
        [grey, alpha] => on_white(grey, alpha),
        [red, green, blue] => mean(red, green, blue),
        [red, green, blue, alpha] => on_white(mean(red, green, blue), alpha),
        _ => u8::MAX,
    });
    Ok((width, height, grey.collect()))
}

fn mean(red: u8, green: u8, blue: u8) -> u8 {
    let sum = u16::from(red) + u16::from(green) + u16::from(blue);
    u8::try_from(sum / 3).unwrap_or(u8::MAX)
}

/// A grey that lets a white ground shine through.
fn on_white(grey: u8, alpha: u8) -> u8 {
    let (grey, alpha) = (u16::from(grey), u16::from(alpha));
    u8::try_from((grey * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

/// A page of A4 at 600 dpi has 35 million.
const PIXELS_MAX: usize = 50_000_000;
const BYTES_PER_PIXEL_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use png::{BitDepth, Encoder};

    use super::*;
    use crate::qr::{Image, Label, QrCode, Size};

    #[test]
    fn our_own_images_are_read() {
        for length in [30, 104, 216, 472, 900] {
            let text: String = "https://qr.ksef.mf.gov.pl/"
                .chars()
                .cycle()
                .take(length)
                .collect();
            let code = QrCode::of_link(text.as_str()).unwrap();
            for image in [
                Image::bare(),
                Image::new(Label::Certificate),
                Image::new(Label::Offline).with_size(Size::from_mm(60)),
            ] {
                let file = code.to_png(&image).unwrap();
                assert_eq!(read_png(&file).unwrap(), [text.as_str()], "{length}");
            }
        }
    }

    /// The same code in every way in which PNG writes pixels.
    #[test]
    fn colours_and_transparency() {
        let code = QrCode::of_link("https://qr.ksef.mf.gov.pl/").unwrap();
        let side = code.width_with_quiet_zone() * 4;
        let rows: Vec<&[bool]> = code.rows().collect();
        let is_dark = |index: usize| {
            let (x, y) = (index % side / 4, index / side / 4);
            let inside = (4..side / 4 - 4).contains(&x) && (4..side / 4 - 4).contains(&y);
            inside && rows[y - 4][x - 4]
        };
        for (color, dark, light) in [
            (ColorType::Grayscale, &[20][..], &[230][..]),
            (ColorType::GrayscaleAlpha, &[0, 255], &[0, 0]),
            (ColorType::Rgb, &[0, 0, 120], &[255, 255, 200]),
            (ColorType::Rgba, &[10, 10, 10, 255], &[0, 0, 0, 0]),
        ] {
            let pixels =
                (0..side * side).flat_map(|index| if is_dark(index) { dark } else { light });
            let pixels: Vec<u8> = pixels.copied().collect();
            let mut file = Vec::new();
            let side = u32::try_from(side).unwrap();
            let mut encoder = Encoder::new(&mut file, side, side);
            encoder.set_color(color);
            encoder.set_depth(BitDepth::Eight);
            let mut writer = encoder.write_header().unwrap();
            writer.write_image_data(&pixels).unwrap();
            writer.finish().unwrap();
            assert_eq!(read_png(&file).unwrap(), [code.link()], "{color:?}");
        }
    }

    #[test]
    fn what_is_no_image_and_what_holds_no_code() {
        let code = QrCode::of_link("https://qr.ksef.mf.gov.pl/").unwrap();
        let file = code.to_png(&Image::bare()).unwrap();
        for bytes in [&b""[..], b"<svg/>", &file[..20], &file[..file.len() / 2]] {
            let error = read_png(bytes).unwrap_err();
            assert_eq!(error.kind(), QrErrorKind::NotAnImage);
        }
        let mut blank = Vec::new();
        let mut encoder = Encoder::new(&mut blank, 100, 100);
        encoder.set_color(ColorType::Grayscale);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&[255; 10_000]).unwrap();
        writer.finish().unwrap();
        assert_eq!(read_png(&blank).unwrap(), [] as [&str; 0]);
        // A header that promises more pixels than are read.
        let mut huge = Vec::new();
        let encoder = Encoder::new(&mut huge, 60_000, 60_000);
        drop(encoder.write_header().unwrap());
        assert_eq!(read_png(&huge).unwrap_err().kind(), QrErrorKind::NotAnImage);
    }
}

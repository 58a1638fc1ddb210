//! A code as SVG: shapes and selectable text, with a module as the unit.

use std::fmt::Write as _;

use super::error::QrError;
use super::image::{Image, mm};
use super::label::Label;
use super::lettering::Band;
use super::matrix::QrCode;

impl QrCode {
    /// The code as a complete SVG document with its size in millimetres, dark on a white ground, with the quiet zone.
    /// The label is text that can be selected and searched for.
    ///
    /// # Errors
    /// [`QrErrorKind::TooSmall`](super::QrErrorKind::TooSmall).
    pub fn to_svg(&self, image: &Image) -> Result<String, QrError> {
        let side_um = image.side(self)?.as_um();
        let width = self.width_with_quiet_zone();
        let modules = u32::try_from(width).unwrap_or(u32::MAX);
        let band = image.label().map(|label| Band::new(label, modules, UNIT));
        let height = modules * UNIT + band.as_ref().map_or(0, |band| band.height);
        let height_um = u64::from(side_um) * u64::from(height) / u64::from(modules * UNIT);
        let mut svg = String::with_capacity(16 * 1024);
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{}mm\" viewBox=\"0 0 {width} {high}\" role=\"img\">\n\
             <title>{title}</title>\n<desc>{link}</desc>\n\
             <path fill=\"#fff\" d=\"M0 0h{width}v{high}H0z\"/>\n\
             <path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"{path}\"/>\n",
            mm(side_um),
            mm(u32::try_from(height_um).unwrap_or(u32::MAX)),
            high = decimal(height),
            title = image.label().map_or("QR", Label::as_str),
            link = escaped(self.link()),
            path = self.path(),
        );
        if let Some(band) = band {
            write_label(&mut svg, &band, modules);
        }
        svg.push_str("</svg>\n");
        Ok(svg)
    }
}

/// The lines in one element, so that they are selected as one text.
fn write_label(svg: &mut String, band: &Band<'_>, modules: u32) {
    let middle = decimal(modules * UNIT / 2);
    // Capitals of the usual monospaced fonts have about 7/10 of the font's size.
    let size = decimal(band.cap * 10 / 7);
    let _ = write!(
        svg,
        "<text fill=\"#000\" font-family=\"'DejaVu Sans Mono','Liberation Mono','Courier New',monospace\" font-size=\"{size}\" text-anchor=\"middle\">"
    );
    for (line, baseline) in band.lines() {
        let _ = write!(
            svg,
            "<tspan x=\"{middle}\" y=\"{}\">{line}</tspan>",
            decimal(modules * UNIT + baseline)
        );
    }
    svg.push_str("</text>\n");
}

/// Hundredths of a module as a decimal number.
fn decimal(hundredths: u32) -> String {
    let text = format!("{}.{:02}", hundredths / UNIT, hundredths % UNIT);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A module in the numbers of this file.
const UNIT: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr::Size;

    #[test]
    fn a_document_with_size_text_and_link() {
        let code = QrCode::of_link("https://qr.ksef.mf.gov.pl/?a&b<").unwrap();
        let svg = code.to_svg(&Image::new(Label::Certificate)).unwrap();
        let modules = code.width_with_quiet_zone();
        assert_eq!(modules, 37);
        let (head, _) = svg.split_once('\n').unwrap();
        assert_eq!(
            head,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"18.796mm\" height=\"21.747mm\" viewBox=\"0 0 37 42.81\" role=\"img\">"
        );
        for part in [
            "<title>CERTYFIKAT</title>",
            "<desc>https://qr.ksef.mf.gov.pl/?a&amp;b&lt;</desc>",
            "<tspan x=\"18.5\" y=\"40.81\">CERTYFIKAT</tspan></text>\n</svg>\n",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
    }

    #[test]
    fn a_bare_code_is_a_square_without_text() {
        let code = QrCode::of_link("https://qr.ksef.mf.gov.pl/").unwrap();
        let svg = code
            .to_svg(&Image::bare().with_size(Size::from_um(25_500)))
            .unwrap();
        assert!(
            svg.contains("width=\"25.5mm\" height=\"25.5mm\" viewBox=\"0 0 33 33\""),
            "{svg}"
        );
        assert!(!svg.contains("<text"));
    }
}

//! The symbol: a square of dark and light modules.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

use super::error::{QrError, QrErrorKind};

/// Light modules that must surround a symbol on every side (ISO/IEC 18004, quiet zone).
pub const QUIET_ZONE: usize = 4;

/// The QR code of a link, without quiet zone and label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    link: String,
    width: usize,
    modules: Vec<bool>,
}

impl QrCode {
    /// Encodes a link, in the smallest symbol that holds it.
    ///
    /// # Errors
    /// [`QrErrorKind::LinkTooLong`] beyond 2 331 bytes; the longest link of code II has about 500.
    pub fn of_link(link: impl Into<String>) -> Result<Self, QrError> {
        let link = link.into();
        let symbol = QRBuilder::new(link.as_bytes())
            .ecl(ECL::M)
            .build()
            .map_err(|source| {
                let bytes = link.len();
                QrError::caused_by(QrErrorKind::LinkTooLong { bytes }, source.to_string())
            })?;
        let width = symbol.size;
        let modules = symbol.data.iter().take(width * width);
        let modules = modules.map(|module| module.value()).collect();
        Ok(Self {
            link,
            width,
            modules,
        })
    }

    /// The link.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.link
    }

    /// Modules of a side: 21 to 177, without the quiet zone.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Modules of a side with the quiet zone on both ends.
    #[must_use]
    pub fn width_with_quiet_zone(&self) -> usize {
        self.width + 2 * QUIET_ZONE
    }

    /// The rows from the top, each from the left; `true` is dark.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[bool]> {
        self.modules.chunks_exact(self.width)
    }

    /// The dark modules as the data of an SVG path, in modules, with the origin at the top left of the quiet zone. To be
    /// filled, without a stroke.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::with_capacity(self.modules.len() * 4);
        for (row, y) in self.rows().zip(QUIET_ZONE..) {
            for (x, length) in runs(row) {
                let x = x + QUIET_ZONE;
                // Writing to a String cannot fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
        }
        path
    }
}

/// The runs of dark modules in a row: where each begins and how long it is.
pub(super) fn runs(row: &[bool]) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = row.get(at..)?;
        let start = at + rest.iter().position(|dark| *dark)?;
        let dark = row.get(start..)?;
        let length = dark.iter().take_while(|dark| **dark).count();
        at = start + length;
        Some((start, length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://qr-test.ksef.mf.gov.pl/invoice/1234563218/01-02-2026/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok";

    #[test]
    fn symbols_of_the_links_of_ksef() {
        let code = QrCode::of_link(LINK).unwrap();
        assert_eq!((code.link(), code.width()), (LINK, 41));
        assert_eq!(code.width_with_quiet_zone(), 49);
        assert_eq!(code.rows().len(), 41);
        // The finder pattern at the top left, and the light line beside it.
        let rows: Vec<&[bool]> = code.rows().collect();
        assert_eq!(
            rows[0][..8],
            [true, true, true, true, true, true, true, false]
        );
        assert_eq!(
            rows[1][..8],
            [true, false, false, false, false, false, true, false]
        );
    }

    #[test]
    fn what_does_not_fit() {
        assert_eq!(QrCode::of_link("x".repeat(2331)).unwrap().width(), 177);
        let error = QrCode::of_link("x".repeat(2332)).unwrap_err();
        assert_eq!(error.kind(), QrErrorKind::LinkTooLong { bytes: 2332 });
    }

    #[test]
    fn runs_of_a_row() {
        let found = |row: &[bool]| runs(row).collect::<Vec<_>>();
        assert_eq!(found(&[]), []);
        assert_eq!(found(&[false, false]), []);
        assert_eq!(found(&[true, true, false, true]), [(0, 2), (3, 1)]);
        assert_eq!(found(&[false, true, true]), [(1, 2)]);
    }

    #[test]
    fn the_path_covers_the_dark_modules_once() {
        let code = QrCode::of_link(LINK).unwrap();
        let path = code.path();
        let dark: usize = code.rows().flatten().filter(|dark| **dark).count();
        let drawn: usize = path
            .split('h')
            .skip(1)
            .step_by(2)
            .map(|part| part.split('v').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(drawn, dark);
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
    }
}

//! How a code looks on paper: its size and what stands under it.

use std::fmt;

use super::error::{QrError, QrErrorKind};
use super::label::Label;
use super::matrix::QrCode;

/// A length on paper, in whole micrometres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size {
    micrometres: u32,
}

impl Size {
    /// So many millimetres, at most [`Size::MAX`].
    #[must_use]
    pub const fn from_mm(mm: u16) -> Self {
        Self::from_um(mm as u32 * 1000)
    }

    /// So many micrometres, at most [`Size::MAX`].
    #[must_use]
    pub const fn from_um(um: u32) -> Self {
        let micrometres = if um > UM_MAX { UM_MAX } else { um };
        Self { micrometres }
    }

    /// In micrometres.
    #[must_use]
    pub const fn as_um(self) -> u32 {
        self.micrometres
    }

    /// The longest: one metre.
    pub const MAX: Self = Self {
        micrometres: UM_MAX,
    };
}

/// In millimetres, with as many decimal places as it takes.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mm", mm(self.micrometres))
    }
}

/// Micrometres as a decimal number of millimetres.
pub(super) fn mm(um: u32) -> String {
    let text = format!("{}.{:03}", um / 1000, um % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How a code looks: label and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image {
    label: Option<Label>,
    size: Option<Size>,
}

impl Image {
    /// With this label under the code.
    #[must_use]
    pub const fn new(label: Label) -> Self {
        Self {
            label: Some(label),
            size: None,
        }
    }

    /// The code and its quiet zone, and nothing under it.
    #[must_use]
    pub const fn bare() -> Self {
        Self {
            label: None,
            size: None,
        }
    }

    /// With this side of the square that code and quiet zone fill; the label comes below it. Without it every module has
    /// 0.508 mm, six dots of 300 dpi: code I is then about 25 mm wide, code II 35 mm (P-256) to 47 mm (RSA).
    #[must_use]
    pub const fn with_size(mut self, size: Size) -> Self {
        self.size = Some(size);
        self
    }

    /// The label.
    #[must_use]
    pub const fn label(&self) -> Option<&Label> {
        self.label.as_ref()
    }

    /// The side of the square in which the code is drawn.
    ///
    /// # Errors
    /// [`QrErrorKind::TooSmall`] when a module would have less than 0.25 mm, which neither office printers nor the
    /// cameras of phones resolve well.
    pub fn side(&self, code: &QrCode) -> Result<Size, QrError> {
        let modules = u32::try_from(code.width_with_quiet_zone()).unwrap_or(u32::MAX);
        let Some(size) = self.size else {
            return Ok(Size::from_um(modules * MODULE_UM));
        };
        let least = Size::from_um(modules * MODULE_UM_MIN);
        if size < least {
            return Err(QrErrorKind::TooSmall { least }.into());
        }
        Ok(size)
    }
}

/// One metre.
const UM_MAX: u32 = 1_000_000;
/// Six dots of 300 dpi.
pub(super) const MODULE_UM: u32 = 508;
/// The smallest module.
const MODULE_UM_MIN: u32 = 250;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let code = QrCode::of_link("https://qr.ksef.mf.gov.pl/").unwrap();
        assert_eq!(code.width(), 25);
        let side = Image::bare().side(&code).unwrap();
        assert_eq!(side.to_string(), "16.764 mm");
        let exact = Image::bare().with_size(Size::from_um(8250));
        assert_eq!(exact.side(&code).unwrap().to_string(), "8.25 mm");
        let error = Image::bare().with_size(Size::from_mm(8)).side(&code);
        let least = Size::from_um(8250);
        assert_eq!(error.unwrap_err().kind(), QrErrorKind::TooSmall { least });
        assert_eq!(Size::from_mm(u16::MAX), Size::MAX);
        assert_eq!(Size::from_mm(30).to_string(), "30 mm");
        assert_eq!(Size::from_mm(0).to_string(), "0 mm");
    }
}

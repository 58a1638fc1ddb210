//! How the pages of a company look: its logo, its colour, the line at the foot.

use std::fmt;
use std::str::FromStr;

/// The template of a company.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Look {
    /// The colour of titles and rules.
    pub accent: Colour,
    /// The logo, above the title.
    pub logo: Option<Logo>,
    /// A line at the foot of every page; without it the title and the number stand there.
    pub footer: String,
}

/// A colour on white paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Default for Colour {
    /// A dark blue.
    fn default() -> Self {
        Self {
            red: 0x1f,
            green: 0x3a,
            blue: 0x5f,
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { red, green, blue } = self;
        write!(formatter, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Why a text is no colour of a [`Look`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColourError {
    /// It is not of the form `#1f3a5f`.
    Form,
    /// It is too light to be read on white: its contrast is below 4.5 to 1 (WCAG 2.2, 1.4.3).
    Light,
}

impl fmt::Display for ColourError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Form => "a colour is written #rrggbb, such as #1f3a5f",
            Self::Light => "the colour is too light to be read on white paper",
        })
    }
}

impl std::error::Error for ColourError {}

impl FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, ColourError> {
        let digits = text.strip_prefix('#').ok_or(ColourError::Form)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ColourError::Form);
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| ColourError::Form)?;
        let [_, red, green, blue] = value.to_be_bytes();
        let colour = Self { red, green, blue };
        if colour.is_readable() {
            Ok(colour)
        } else {
            Err(ColourError::Light)
        }
    }
}

impl Colour {
    #[expect(
        clippy::float_arithmetic,
        reason = "the definition of relative luminance; no money is counted here"
    )]
    fn is_readable(self) -> bool {
        let linear = |part: u8| {
            let share = f64::from(part) / 255.0;
            if share <= 0.040_45 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        let luminance =
            0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue);
        1.05 / (luminance + 0.05) >= 4.5
    }
}

/// A picture of a kind that browsers and the setter of PDF know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    bytes: Vec<u8>,
    format: LogoFormat,
}

/// The kinds of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// SVG.
    Svg,
}

impl LogoFormat {
    pub(crate) const fn file_name(self) -> &'static str {
        match self {
            Self::Png => "logo.png",
            Self::Jpeg => "logo.jpg",
            Self::Svg => "logo.svg",
        }
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// Why bytes are no logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoError {
    /// More than [`Logo::MAX_BYTES`].
    Large,
    /// Neither PNG, JPEG nor SVG.
    Format,
}

impl fmt::Display for LogoError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Large => "a logo has at most 1 MB: it is put into every page",
            Self::Format => "a logo is a PNG, JPEG or SVG picture",
        })
    }
}

impl std::error::Error for LogoError {}

impl Logo {
    /// The largest picture: it is put into every document.
    pub const MAX_BYTES: usize = 1_000_000;

    /// A picture by its content.
    ///
    /// # Errors
    /// [`LogoError`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, LogoError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(LogoError::Large);
        }
        let is_svg = std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg"));
        let format = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            LogoFormat::Png
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            LogoFormat::Jpeg
        } else if is_svg {
            LogoFormat::Svg
        } else {
            return Err(LogoError::Format);
        };
        Ok(Self { bytes, format })
    }

    /// The kind of picture.
    #[must_use]
    pub const fn format(&self) -> LogoFormat {
        self.format
    }

    /// The picture.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_dark_enough_to_read() {
        assert_eq!("#1f3a5f".parse(), Ok(Colour::default()));
        assert_eq!(Colour::default().to_string(), "#1f3a5f");
        assert_eq!("#ffee00".parse::<Colour>(), Err(ColourError::Light));
        for text in ["", "red", "1f3a5f", "#1f3a5", "#1f3a5g", "#1f3a5ff"] {
            assert_eq!(text.parse::<Colour>(), Err(ColourError::Form), "{text}");
        }
    }

    #[test]
    fn logos_are_known_by_content() {
        for (bytes, format) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], LogoFormat::Png),
            (b"\xff\xd8\xff\xe0", LogoFormat::Jpeg),
            (b"<?xml version='1.0'?><svg/>", LogoFormat::Svg),
        ] {
            assert_eq!(Logo::new(bytes.to_vec()).unwrap().format(), format);
        }
        assert_eq!(Logo::new(b"GIF89a".to_vec()), Err(LogoError::Format));
        assert_eq!(
            Logo::new(vec![0; Logo::MAX_BYTES + 1]),
            Err(LogoError::Large)
        );
    }
}

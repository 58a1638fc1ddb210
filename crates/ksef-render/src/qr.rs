//! QR codes (ISO/IEC 18004) of verification links: code I and code II of an invoice.
//!
//! ```
//! use ksef_render::qr::{Image, Label, QrCode};
//!
//! let link = "https://qr-test.ksef.mf.gov.pl/invoice/1234563218/01-02-2026/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok";
//! let code = QrCode::of_link(link)?;
//! let image = Image::new(Label::Offline);
//! let png = code.to_png(&image)?;
//! assert!(png.starts_with(b"\x89PNG"));
//! assert!(code.to_svg(&image)?.contains("OFFLINE"));
//! # Ok::<(), ksef_render::qr::QrError>(())
//! ```
//!
//! | who | takes |
//! |---|---|
//! | files for print and screen | [`QrCode::to_svg`], [`QrCode::to_png`], with an [`Image`] that says label and size |
//! | pages that set their own label | [`Image::bare`], or [`QrCode::path`] for the shape alone |
//! | anything else | [`QrCode::rows`] |
//! | whoever has an image and wants its links | [`read_png`] |
//!
//! The level of error correction is M (about 15 % of the codewords may be lost). A code on an invoice is printed by an
//! office printer, folded, stamped and photocopied, so L (7 %) is meagre; Q and H would make the symbol of code II with
//! an RSA signature 97 and 113 modules wide instead of 85, and what a phone cannot resolve no correction brings back.
//! Nothing is laid over the symbol, which is what H is for.

mod error;
mod image;
mod label;
mod lettering;
mod matrix;
mod png;
mod read;
mod svg;

pub use error::{QrError, QrErrorKind};
pub use image::{Image, Size};
pub use label::Label;
pub use matrix::{QUIET_ZONE, QrCode};
pub use read::read_png;

//! Images of codes, and where they go.

use std::path::PathBuf;

use ksef_render::qr::{Image, Label, QrCode, QrError, QrErrorKind, Size};

use super::Args;
use crate::commands::invoice::output;
use crate::commands::invoice::target::{self, Targets};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::validate::Source;

/// What is drawn.
pub(super) struct Drawing<'a> {
    pub(super) symbol: &'a QrCode,
    pub(super) label: Label,
    pub(super) size: Option<Size>,
}

/// A format of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Png,
    Svg,
}

impl target::Format for Format {
    const ALL: &'static [Self] = &[Self::Png, Self::Svg];

    fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }
}

impl Drawing<'_> {
    fn bytes(&self, format: Format) -> Result<Vec<u8>> {
        let mut image = Image::new(self.label);
        if let Some(size) = self.size {
            image = image.with_size(size);
        }
        let bytes = match format {
            Format::Png => self.symbol.to_png(&image),
            Format::Svg => self.symbol.to_svg(&image).map(String::into_bytes),
        };
        bytes.map_err(|error| failed(&error))
    }
}

/// Where images go.
#[derive(Debug)]
pub(super) struct Images {
    targets: Targets<Format>,
    force: bool,
}

impl Images {
    /// What the options ask for, when codes of so many invoices are drawn.
    ///
    /// # Errors
    /// As [`Targets::of`].
    pub(super) fn of(args: &Args, invoices: usize) -> Result<Self> {
        let mut asked = Vec::new();
        if args.png {
            asked.push(Format::Png);
        }
        if args.svg {
            asked.push(Format::Svg);
        }
        let is_single = invoices <= 1 && !args.offline;
        Ok(Self {
            targets: Targets::of(args.output.as_deref(), asked, is_single)?,
            force: args.force,
        })
    }

    /// Whether an image goes to stdout, so that nothing else may.
    pub(super) fn is_stdout(&self) -> bool {
        self.targets.is_stdout()
    }

    /// Writes the images of one code, `NAME-qr1.png`; gives the files. `code` is 1 or 2.
    pub(super) fn write(
        &mut self,
        context: &Context,
        source: &Source,
        code: u8,
        drawing: &Drawing<'_>,
    ) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        let stem = format!("{}-qr{code}", target::stem_of(source));
        for (format, path) in self.targets.claim(&stem)? {
            let bytes = drawing.bytes(format)?;
            if self.is_stdout() {
                context.printer.bytes(&bytes);
                continue;
            }
            if context.global.dry_run {
                let file = path.display();
                context
                    .printer
                    .note(&text!("would write {file}", "zapisano by {file}"));
                continue;
            }
            output::write_into(&path, &bytes, self.force)?;
            files.push(path);
        }
        Ok(files)
    }
}

/// Why there is no image.
pub(super) fn failed(error: &QrError) -> Error {
    match error.kind() {
        QrErrorKind::TooSmall { least } => Error::usage(text!(
            "a code of this width could not be read from paper; give --size {least} or more",
            "kodu o tej szerokości nie dałoby się odczytać z papieru; podaj --size {least} lub więcej"
        )),
        QrErrorKind::LinkTooLong { bytes } => Error::usage(text!(
            "a link of {bytes} bytes does not fit into a QR code; use a certificate with an RSA key of 2048 bits, or one on the curve P-256",
            "link o długości {bytes} B nie mieści się w kodzie QR; użyj certyfikatu z kluczem RSA 2048 bitów albo na krzywej P-256"
        )),
        _ => Error::failed(text!(
            "the image cannot be drawn; check this machine: ksef doctor",
            "nie można narysować obrazu; sprawdź komputer: ksef doctor"
        ))
        .caused_as(error),
    }
}

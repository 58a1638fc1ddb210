//! Images of codes, and where they go.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ksef_render::qr::{Image, Label, QrCode, QrError, QrErrorKind, Size};

use super::Args;
use crate::commands::invoice::output;
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

impl Format {
    const fn ending(self) -> &'static str {
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
pub(super) struct Targets {
    place: Place,
    formats: Vec<Format>,
    force: bool,
    /// Files of this run.
    taken: BTreeSet<PathBuf>,
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

impl Targets {
    /// What the options ask for, when codes of so many invoices are drawn.
    ///
    /// # Errors
    /// Several images for one file or for stdout; a name that ends like another format.
    pub(super) fn of(args: &Args, invoices: usize) -> Result<Self> {
        let by_name = args.output.as_deref().and_then(format_of);
        let formats = match (args.png, args.svg) {
            (true, true) => vec![Format::Png, Format::Svg],
            (true, false) => vec![Format::Png],
            (false, true) => vec![Format::Svg],
            (false, false) => vec![by_name.unwrap_or(Format::Png)],
        };
        let is_one = invoices <= 1 && !args.offline && formats.len() == 1;
        let place = match &args.output {
            None => Place::Folder(PathBuf::new()),
            Some(path) if path.as_os_str() == "-" => Place::Stdout,
            Some(path) if is_folder(path) => Place::Folder(path.clone()),
            Some(path) if is_one || by_name.is_some() => Place::File(path.clone()),
            Some(path) => Place::Folder(path.clone()),
        };
        if !matches!(place, Place::Folder(_)) && !is_one {
            return Err(Error::usage(text!(
                "several images do not fit into one file",
                "kilka obrazów nie zmieści się w jednym pliku"
            ))
            .hint(text!("give a folder: -o codes/", "podaj folder: -o kody/")));
        }
        if let (Some(by_name), [asked], Place::File(path)) = (by_name, &*formats, &place)
            && by_name != *asked
        {
            return Err(Error::usage(text!(
                "{path} ends like another format than the one asked for, {asked}",
                "{path} ma rozszerzenie innego formatu niż żądany {asked}",
                path = path.display(),
                asked = asked.ending()
            ))
            .hint(text!(
                "leave --png or --svg out, or rename the file",
                "pomiń --png lub --svg albo zmień nazwę pliku"
            )));
        }
        Ok(Self {
            place,
            formats,
            force: args.force,
            taken: BTreeSet::new(),
        })
    }

    /// Whether an image goes to stdout, so that nothing else may.
    pub(super) fn is_stdout(&self) -> bool {
        self.place == Place::Stdout
    }

    /// Writes the images of one code; gives the files. `code` is 1 or 2.
    pub(super) fn write(
        &mut self,
        context: &Context,
        source: &Source,
        code: u8,
        drawing: &Drawing<'_>,
    ) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for format in self.formats.clone() {
            let bytes = drawing.bytes(format)?;
            let path = match &self.place {
                Place::Stdout => {
                    context.printer.bytes(&bytes);
                    continue;
                }
                Place::File(path) => path.clone(),
                Place::Folder(folder) => folder.join(name_of(source, code, format)),
            };
            self.claim(&path)?;
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

    /// Two invoices of one name would overwrite each other's codes.
    fn claim(&mut self, path: &Path) -> Result<()> {
        if self.taken.insert(path.to_owned()) {
            return Ok(());
        }
        Err(Error::usage(text!(
            "two invoices would be drawn into {path}",
            "kody dwóch faktur trafiłyby do {path}",
            path = path.display()
        ))
        .hint(text!(
            "draw the folders one by one, each with its own -o",
            "przetwarzaj foldery po kolei, każdy z własnym -o"
        )))
    }
}

/// `NAME-qr1.png`
fn name_of(source: &Source, code: u8, format: Format) -> String {
    let stem = match source {
        Source::File(path) => path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned()),
        Source::Stdin => None,
    };
    let stem = stem.unwrap_or_else(|| "invoice".to_owned());
    format!("{stem}-qr{code}.{}", format.ending())
}

fn format_of(path: &Path) -> Option<Format> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    [Format::Png, Format::Svg]
        .into_iter()
        .find(|format| format.ending() == ending)
}

fn is_folder(path: &Path) -> bool {
    path.is_dir()
        || path
            .as_os_str()
            .to_string_lossy()
            .ends_with(std::path::MAIN_SEPARATOR)
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

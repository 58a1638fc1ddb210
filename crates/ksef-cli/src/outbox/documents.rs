//! What the buyer of an invoice issued offline is given: the document, its codes, and how it looks.

use std::io;
use std::path::{Path, PathBuf};

use ksef_render::qr::{Image, Label, QrCode, QrError};

use crate::durable::{self, Access};
use crate::making::naming::stem;
use crate::send::journal::event::{Issued, Planned};

/// An invoice that was issued.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IssuedDocument<'a> {
    /// What is known about it.
    pub(crate) planned: &'a Planned,
    /// How it was issued, with the links of its codes.
    pub(crate) issued: &'a Issued,
    /// Its exact bytes.
    pub(crate) bytes: &'a [u8],
}

/// Why a file for the buyer could not be made.
#[derive(Debug)]
pub(crate) enum DocumentFault {
    /// It cannot be written.
    Disk(PathBuf, io::Error),
    /// The code cannot be drawn.
    Code(QrError),
}

/// Makes everything that the buyer is given, into `folder`; the answer names the files. The one place where documents
/// for the buyer are made: a page of the invoice with its codes belongs here too.
///
/// Files of an earlier call are replaced by the same content.
///
/// # Errors
/// [`DocumentFault`]; files made before stay.
pub(crate) fn for_buyer(
    folder: &Path,
    document: &IssuedDocument<'_>,
) -> Result<Vec<PathBuf>, DocumentFault> {
    let name = file_stem(document);
    let mut files = vec![(folder.join(format!("{name}.xml")), document.bytes.to_vec())];
    let codes = [
        ("kod-i", &document.issued.code_i, Label::Offline),
        ("kod-ii", &document.issued.code_ii, Label::Certificate),
    ];
    for (kind, link, label) in codes {
        let Some(link) = link else { continue };
        let code = QrCode::of_link(link).map_err(DocumentFault::Code)?;
        let image = Image::new(label);
        let svg = code.to_svg(&image).map_err(DocumentFault::Code)?;
        let png = code.to_png(&image).map_err(DocumentFault::Code)?;
        files.push((folder.join(format!("{name}-{kind}.svg")), svg.into_bytes()));
        files.push((folder.join(format!("{name}-{kind}.png")), png));
    }
    durable::replace_all(&files, Access::Shared)
        .map_err(|(path, error)| DocumentFault::Disk(path, error))?;
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// The number as a file name, and enough of the hash to tell documents of one number apart.
fn file_stem(document: &IssuedDocument<'_>) -> String {
    let number = document.planned.number.as_deref().unwrap_or_default();
    let hash: String = document.planned.hash.to_hex().chars().take(8).collect();
    format!("{}-{hash}", stem(number))
}

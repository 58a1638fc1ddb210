//! What the buyer of an invoice issued offline is given: the document, its codes, and how it looks.

use std::io;
use std::path::{Path, PathBuf};

use ksef_core::offline_deadline::OfflineMode;
use ksef_invoice::finding::Language;
use ksef_render::look::Look;
use ksef_render::page::CodeBox;
use ksef_render::pdf::{PdfError, pdf};
use ksef_render::qr::{Image, Label, QrCode, QrError};
use ksef_render::reading::{self, Options, Unreadable};

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
    /// The document cannot be read to be set.
    Unreadable(Unreadable),
    /// The page cannot be set.
    Page(PdfError),
}

/// How the page of the invoice looks.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// The language of its labels.
    pub(crate) language: Language,
    /// The company's template.
    pub(crate) look: Look,
}

/// Makes everything that the buyer is given, into `folder`; the answer names the files: the document, its codes as
/// images, and its page with the codes as PDF. The one place where documents for the buyer are made.
///
/// Files of an earlier call are replaced by the same content.
///
/// # Errors
/// [`DocumentFault`]; files made before stay.
pub(crate) fn for_buyer(
    folder: &Path,
    document: &IssuedDocument<'_>,
    setting: &Setting,
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
    // A page that cannot be set keeps nobody from the document and its codes.
    let (page, fault) = match page_of(document, setting) {
        Ok(page) => (Some(page), None),
        Err(fault) => (None, Some(fault)),
    };
    files.extend(page.map(|page| (folder.join(format!("{name}.pdf")), page)));
    durable::replace_all(&files, Access::Shared)
        .map_err(|(path, error)| DocumentFault::Disk(path, error))?;
    if let Some(fault) = fault {
        return Err(fault);
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// The page of an invoice that has no number of KSeF yet, and with total failure never will.
fn page_of(document: &IssuedDocument<'_>, setting: &Setting) -> Result<Vec<u8>, DocumentFault> {
    let language = setting.language;
    let mut options = Options::new(language);
    options.digest = Some(document.planned.hash);
    if document.issued.mode != OfflineMode::TotalFailure {
        options = options.offline();
    }
    if let Some(link) = &document.issued.code_i {
        let code = CodeBox::invoice(link, None, language);
        options.codes.push(code.map_err(DocumentFault::Code)?);
    }
    if let Some(link) = &document.issued.code_ii {
        let code = CodeBox::certificate(link, language);
        options.codes.push(code.map_err(DocumentFault::Code)?);
    }
    let page = reading::invoice(document.bytes, &options).map_err(DocumentFault::Unreadable)?;
    pdf(&page, &setting.look).map_err(DocumentFault::Page)
}

/// The number as a file name, and enough of the hash to tell documents of one number apart.
fn file_stem(document: &IssuedDocument<'_>) -> String {
    let number = document.planned.number.as_deref().unwrap_or_default();
    let hash: String = document.planned.hash.to_hex().chars().take(8).collect();
    format!("{}-{hash}", stem(number))
}

//! A page as PDF/A-2a: tagged, with embedded fonts and text that can be selected and searched.
//!
//! Set by typst, a compiler of documents, from `templates/page.typ`; the page goes to it as JSON, so no text of an
//! invoice is ever read as its language.

mod world;

use std::fmt;

use serde::Serialize;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use self::world::PageWorld;
use crate::look::Look;
use crate::page::Page;

/// Sets a page; one without a day of issue ([`Page::issued`]) is a tagged PDF 1.7 that does not claim PDF/A. The same page and look give the same bytes.
///
/// # Errors
/// [`PdfError`]: the logo cannot be drawn, or the page cannot be set.
pub fn pdf(page: &Page, look: &Look) -> Result<Vec<u8>, PdfError> {
    let data = Data {
        page,
        look: LookData {
            accent: look.accent.to_string(),
            footer: &look.footer,
            logo: look.logo.as_ref().map(|logo| logo.format().file_name()),
            logo_alt: &page.author,
        },
    };
    let json = serde_json::to_vec(&data).map_err(|error| PdfError(error.to_string()))?;
    let world = PageWorld::new(json, look.logo.as_ref());
    let document = typst::compile::<PagedDocument>(&world)
        .output
        .map_err(|problems| PdfError::of(&problems))?;
    let standards = PdfStandards::new(if page.issued.is_some() {
        &[PdfStandard::A_2a]
    } else {
        &[]
    })
    .map_err(|problem| PdfError(problem.message().to_string()))?;
    let options = PdfOptions {
        standards,
        creator: typst::foundations::Smart::Custom(Some("ksef".to_owned())),
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|problems| PdfError::of(&problems));
    // What the compiler remembers of earlier pages would grow without end.
    typst::comemo::evict(KEPT);
    bytes
}

/// How many pages back the compiler remembers.
const KEPT: usize = 8;

/// What the template reads.
#[derive(Serialize)]
struct Data<'a> {
    page: &'a Page,
    look: LookData<'a>,
}

#[derive(Serialize)]
struct LookData<'a> {
    accent: String,
    footer: &'a str,
    logo: Option<&'static str>,
    logo_alt: &'a str,
}

/// Why a page could not be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfError(String);

impl PdfError {
    fn of(problems: &[typst::diag::SourceDiagnostic]) -> Self {
        let texts: Vec<_> = problems
            .iter()
            .map(|problem| problem.message.as_str())
            .collect();
        Self(texts.join("; "))
    }
}

impl fmt::Display for PdfError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the page cannot be set as PDF: {}", self.0)
    }
}

impl std::error::Error for PdfError {}

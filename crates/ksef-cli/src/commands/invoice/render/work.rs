//! One page: what is known of the invoice, its codes, and the setting itself.

use std::path::PathBuf;

use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_crypto::digest::sha256;
use ksef_invoice::finding::Language;
use ksef_render::look::Look;
use ksef_render::page::{CodeBox, Page};
use ksef_render::qr::QrError;
use ksef_render::reading::{self, Options, Unreadable};
use ksef_render::{html, pdf};

use crate::codes::{self, CodedInvoice, Journals, SignerArgs};
use crate::commands::invoice::coded::{self, Signers};
use crate::commands::invoice::{output, target};
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::send::words;

/// A format of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Pdf,
    Html,
}

impl target::Format for Format {
    const ALL: &'static [Self] = &[Self::Pdf, Self::Html];

    fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Html => "html",
        }
    }
}

/// What all pages of a run share.
pub(super) struct Order {
    pub(super) language: Language,
    pub(super) look: Look,
    pub(super) force: bool,
}

/// An invoice that is ready to be set.
pub(super) struct Item {
    /// What its files are named after.
    pub(super) stem: String,
    name: String,
    bytes: Vec<u8>,
    digest: Sha256Digest,
    kind: Kind,
    number: Option<KsefNumber>,
    code_i: Option<String>,
    code_ii: Option<String>,
    mark: Mark,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Invoice,
    Upo,
}

/// What stands across the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Nothing,
    Draft,
    Offline,
}

/// What the options say of codes and marks.
pub(super) struct Marking {
    pub(super) qr: bool,
    pub(super) no_qr: bool,
    pub(super) offline: bool,
    pub(super) no_watermark: bool,
}

/// What is the same for all invoices.
pub(super) struct Desk<'a> {
    context: &'a Context,
    connection: Connection,
    qr_base: String,
    journals: Journals,
    signers: Signers<'a>,
    marking: Marking,
}

impl<'a> Desk<'a> {
    pub(super) fn new(
        context: &'a Context,
        connection: Connection,
        signer_args: &'a SignerArgs,
        marking: Marking,
    ) -> Self {
        let journals = Journals::read(context, &connection);
        Self {
            context,
            qr_base: codes::qr_base(&connection.target.place),
            connection,
            journals,
            signers: Signers::new(signer_args),
            marking,
        }
    }

    /// Gathers what is known of an invoice, and makes its links.
    pub(super) fn prepare(
        &mut self,
        stem: String,
        name: String,
        bytes: Vec<u8>,
        given: Option<KsefNumber>,
    ) -> Result<Item> {
        let digest = sha256(&bytes);
        if reading::is_upo(&bytes) {
            return Ok(Item {
                stem,
                name,
                bytes,
                digest,
                kind: Kind::Upo,
                number: None,
                code_i: None,
                code_ii: None,
                mark: Mark::Nothing,
            });
        }
        let number = given.or_else(|| self.journals.number(&digest));
        let issued = self.journals.issued(&digest);
        let wants_code =
            number.is_some() || issued.is_some() || self.marking.offline || self.marking.qr;
        let (mut code_i, mut code_ii) = (None, None);
        if wants_code && !self.marking.no_qr {
            let invoice = CodedInvoice::read(&name, &bytes)?;
            if let Some(number) = given {
                coded::refuse_other_seller(&name, &invoice, number)?;
            }
            let kept = issued.as_ref();
            code_i = kept
                .and_then(|issued| issued.code_i.clone())
                .or_else(|| Some(invoice.code_i(&self.qr_base)));
            code_ii = kept.and_then(|issued| issued.code_ii.clone());
            if code_ii.is_none() && self.marking.offline {
                let link = self.signers.code_ii(
                    self.context,
                    &self.connection,
                    &self.qr_base,
                    &invoice,
                )?;
                code_ii = Some(link);
            }
        }
        let is_offline = issued.is_some() || self.marking.offline;
        let mark = match number {
            _ if self.marking.no_watermark => Mark::Nothing,
            Some(_) => Mark::Nothing,
            None if is_offline => Mark::Offline,
            None if self.marking.qr => Mark::Nothing,
            None => Mark::Draft,
        };
        Ok(Item {
            stem,
            name,
            bytes,
            digest,
            kind: Kind::Invoice,
            number,
            code_i,
            code_ii,
            mark,
        })
    }
}

/// What came of one invoice.
pub(super) struct Made {
    pub(super) name: String,
    pub(super) number: Option<KsefNumber>,
    pub(super) result: Result<Pages>,
}

/// The pages of one invoice.
pub(super) struct Pages {
    pub(super) files: Vec<PathBuf>,
    /// The page itself, when it goes to stdout.
    pub(super) stdout: Option<Vec<u8>>,
    pub(super) watermark: Option<String>,
}

/// Sets an invoice, and writes it.
pub(super) fn set(order: &Order, item: Item, files: &[(Format, PathBuf)], to_stdout: bool) -> Made {
    let result = set_all(order, &item, files, to_stdout);
    Made {
        name: item.name,
        number: item.number,
        result,
    }
}

fn set_all(
    order: &Order,
    item: &Item,
    files: &[(Format, PathBuf)],
    to_stdout: bool,
) -> Result<Pages> {
    let page = page(order, item)?;
    let mut pages = Pages {
        files: Vec::new(),
        stdout: None,
        watermark: page.watermark.clone(),
    };
    for (format, path) in files {
        let bytes = match format {
            Format::Html => html::html(&page, &order.look).into_bytes(),
            Format::Pdf => pdf::pdf(&page, &order.look).map_err(|error| {
                Error::failed(text!(
                    "{name} cannot be set as PDF",
                    "nie można utworzyć PDF z {name}",
                    name = item.name
                ))
                .caused_as(&error)
                .hint(text!(
                    "try it without the template's logo, or as --html",
                    "spróbuj bez logo z szablonu albo jako --html"
                ))
            })?,
        };
        if to_stdout {
            pages.stdout = Some(bytes);
        } else {
            output::write_into(path, &bytes, order.force)?;
            pages.files.push(path.clone());
        }
    }
    Ok(pages)
}

fn page(order: &Order, item: &Item) -> Result<Page> {
    let language = order.language;
    let mut options = Options::new(language);
    options.ksef_number = item.number;
    options.digest = Some(item.digest);
    options = match item.mark {
        Mark::Nothing => options,
        Mark::Draft => options.draft(),
        Mark::Offline => options.offline(),
    };
    let code = |made: Result<CodeBox, QrError>| {
        made.map_err(|error| {
            Error::failed(text!(
                "a code of {name} cannot be drawn",
                "nie można narysować kodu dla {name}",
                name = item.name
            ))
            .caused_as(&error)
        })
    };
    if let Some(link) = &item.code_i {
        let made = CodeBox::invoice(link, item.number, language);
        options.codes.push(code(made)?);
    }
    if let Some(link) = &item.code_ii {
        options
            .codes
            .push(code(CodeBox::certificate(link, language))?);
    }
    let read = match item.kind {
        Kind::Invoice => reading::invoice(&item.bytes, &options),
        Kind::Upo => reading::upo(&item.bytes, &options),
    };
    read.map_err(|unreadable| {
        let why = match &unreadable {
            Unreadable::Xml(findings) => words::findings(findings),
            _ => text!(
                "the document is not an invoice of a form that KSeF knows",
                "dokument nie jest fakturą w formularzu znanym KSeF"
            ),
        };
        Error::new(
            Exit::InvalidInvoice,
            why.prefixed(&format!("{}: ", item.name)),
        )
    })
}

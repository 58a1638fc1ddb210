//! One page: what is known of the invoice, its codes, and the setting itself.

use std::path::PathBuf;

use ksef_core::context::ContextIdentifier;
use ksef_core::ksef_number::KsefNumber;
use ksef_crypto::digest::sha256;
use ksef_invoice::finding::Language;
use ksef_render::look::Look;
use ksef_render::page::{CodeBox, Page};
use ksef_render::qr::QrError;
use ksef_render::reading::{self, Options, Unreadable};
use ksef_render::{html, pdf};

use crate::codes::{self, CodedInvoice, Signer, SignerArgs};
use crate::commands::invoice::{output, target, which};
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::send::journal;
use crate::send::journal::event::Issued;
use crate::send::ledger::{Ledger, Verdict};
use crate::send::words;
use crate::validate::Source;
use crate::validate::source::Unread;

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
    ledgers: Vec<Ledger>,
    signer_args: &'a SignerArgs,
    signers: Vec<Signer>,
    marking: Marking,
}

/// The document of a file.
pub(super) fn read(source: &Source) -> Result<Vec<u8>> {
    source.read().map_err(|unread| {
        let why = match unread {
            Unread::Unreadable(error) => words::unreadable(&error),
            Unread::TooLarge(finding) => words::findings(&[finding]),
        };
        Error::new(
            Exit::InvalidInvoice,
            why.prefixed(&format!("{}: ", source.name())),
        )
    })
}

impl<'a> Desk<'a> {
    pub(super) fn new(
        context: &'a Context,
        connection: Connection,
        signer_args: &'a SignerArgs,
        marking: Marking,
    ) -> Self {
        let ledgers = journal::look_everywhere(&context.home.journal_dir(), &connection.scope);
        Self {
            context,
            qr_base: codes::qr_base(&connection.target.place),
            connection,
            ledgers,
            signer_args,
            signers: Vec::new(),
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
        if reading::is_upo(&bytes) {
            return Ok(Item {
                stem,
                name,
                bytes,
                kind: Kind::Upo,
                number: None,
                code_i: None,
                code_ii: None,
                mark: Mark::Nothing,
            });
        }
        let (known, issued) = self.known(&bytes);
        let number = given.or(known);
        let wants_code =
            number.is_some() || issued.is_some() || self.marking.offline || self.marking.qr;
        let (mut code_i, mut code_ii) = (None, None);
        if wants_code && !self.marking.no_qr {
            let invoice = CodedInvoice::read(&name, &bytes)?;
            if let Some(number) = given {
                refuse_other_seller(&name, &invoice, number)?;
            }
            let kept = issued.as_ref();
            code_i = kept
                .and_then(|issued| issued.code_i.clone())
                .or_else(|| Some(invoice.code_i(&self.qr_base)));
            code_ii = kept.and_then(|issued| issued.code_ii.clone());
            if code_ii.is_none() && self.marking.offline {
                code_ii = Some(self.code_ii(&invoice)?);
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
            kind: Kind::Invoice,
            number,
            code_i,
            code_ii,
            mark,
        })
    }

    /// What the journals of this machine know: the number, and how it was issued offline.
    fn known(&self, bytes: &[u8]) -> (Option<KsefNumber>, Option<Issued>) {
        let digest = sha256(bytes);
        let mut number = None;
        let mut issued = None;
        for ledger in &self.ledgers {
            let invoice = ledger.invoice(&digest);
            if let Some(Verdict::Accepted(accepted)) = &invoice.verdict {
                number = Some(accepted.ksef_number);
            }
            issued = issued.or(invoice.issued);
        }
        (number, issued)
    }

    fn code_ii(&mut self, invoice: &CodedInvoice) -> Result<String> {
        let of_document = ContextIdentifier::Nip(invoice.seller);
        let who = which::who(self.context, &self.connection, Some(of_document))?;
        if !self.signers.iter().any(|signer| signer.who == who) {
            let signer = Signer::open(self.context, &self.connection, who, self.signer_args)?;
            self.signers.push(signer);
        }
        let signer = self.signers.iter().find(|signer| signer.who == who);
        match signer {
            Some(signer) => signer.code_ii(&self.qr_base, invoice),
            None => Err(Error::failed(text!(
                "the certificate was not kept; run the command again",
                "certyfikat nie został zachowany; uruchom polecenie ponownie"
            ))),
        }
    }
}

fn refuse_other_seller(name: &str, invoice: &CodedInvoice, number: KsefNumber) -> Result<()> {
    let seller = invoice.seller;
    if number.seller().is_ok_and(|of| of == seller) {
        return Ok(());
    }
    Err(Error::usage(text!(
        "the KSeF number {number} is not of {name}, whose seller is {seller}",
        "numer KSeF {number} nie należy do {name}, której sprzedawcą jest {seller}"
    ))
    .hint(text!(
        "copy the number from the UPO or from ksef invoice status",
        "skopiuj numer z UPO albo z ksef invoice status"
    )))
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
    options.digest = Some(sha256(&item.bytes));
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

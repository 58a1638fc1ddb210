//! `ksef invoice qr`

mod draw;

use std::path::PathBuf;

use jiff::civil::Date;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_render::qr::{Label, QrCode, Size};
use serde::Serialize;

use super::coded::{self, Signers};
use crate::codes::{self, CodedInvoice, Journals, SignerArgs};
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::place::Place;
use crate::send::words;
use crate::validate::Source;
use crate::validate::source;

use draw::{Drawing, Images};

/// Draw the QR codes of invoices: code I, and with --offline code II
///
/// The codes hold a hash of the file: draw them from exactly the bytes that are or will be in KSeF. Nothing is sent.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Code I stands on every invoice that leaves KSeF. Under it stands the KSeF number: the one given, or the one that the \
journal of this machine knows; otherwise OFFLINE. Code II stands beside it on invoices issued offline, and is signed \
with a KSeF certificate of type Offline.

The files are named after the invoice: NAME-qr1.png, NAME-qr2.png. A module has 0.508 mm, six dots of 300 dpi, unless \
--size says how wide a code is with its quiet zone.

Examples:
  ksef invoice qr invoice.xml
  ksef invoice qr invoice.xml --ksef-number 5265877635-20261121-0A1B2C3D4E5F-A6 -o code.svg
  ksef invoice qr outbox/ --offline --svg --size 40 -o codes/
  ksef invoice qr invoice.xml --offline --certificate offline.crt --key offline.key --password offline-key
  ksef invoice qr invoice.xml --offline --link")]
pub(crate) struct Args {
    /// Files, folders whose .xml files are taken by name, and - for stdin
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Search the folders inside folders too
    #[arg(long, short)]
    recursive: bool,

    /// Code II as well, for invoices issued offline
    #[arg(long)]
    offline: bool,

    /// The KSeF number under code I, for one invoice
    #[arg(long, value_name = "NUMBER")]
    ksef_number: Option<KsefNumber>,

    #[command(flatten)]
    signer: SignerArgs,

    /// File for one code, or folder for any number; - for stdout; without it the current folder
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Replace files with other content
    #[arg(long)]
    force: bool,

    /// As PNG, the default; with --svg both
    #[arg(long)]
    png: bool,

    /// As SVG
    #[arg(long)]
    svg: bool,

    /// Width of a code in millimetres with its quiet zone, 10 to 300
    #[arg(long, value_name = "MM", value_parser = parse_size)]
    size: Option<Size>,

    /// Print the links and draw nothing
    #[arg(long, conflicts_with_all = ["output", "force", "png", "svg", "size"])]
    link: bool,
}

/// What came of one invoice.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    file: String,
    seller_nip: Nip,
    issue_date: Date,
    invoice_hash: Sha256Digest,
    ksef_number: Option<KsefNumber>,
    codes: Vec<ShownCode>,
}

/// One code.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownCode {
    /// `I` or `II`.
    code: &'static str,
    link: String,
    label: String,
    /// Files that were written.
    files: Vec<PathBuf>,
}

/// Draws the codes.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    coded::refuse_contradictions(&args.signer, args.offline, &args.paths)?;
    let (sources, bad) = source::collect(&args.paths, args.recursive)?;
    let targets = Images::of(args, sources.len())?;
    coded::refuse_number_of_many(args.ksef_number, sources.len())?;
    let connection = Connection::open(context).await?;
    if connection.target.place == Place::EmbeddedSandbox {
        context.printer.note(&text!(
            "for the embedded sandbox: the codes lead to TEST; for others add --env or --profile",
            "dla wbudowanej piaskownicy: kody prowadzą do środowiska TEST; dla innych dodaj --env lub --profile"
        ));
    }
    let mut desk = Desk {
        context,
        args,
        qr_base: codes::qr_base(&connection.target.place),
        journals: Journals::read(context, &connection),
        connection,
        signers: Signers::new(&args.signer),
        targets,
    };
    let mut outcome = Outcome::default();
    for input in &bad {
        let name = input.path.display().to_string();
        let why = words::bad_input(&input.fault).prefixed(&format!("{name}: "));
        let error = Error::new(Exit::InvalidInvoice, why);
        outcome.add_failed(context, &name, error);
    }
    let is_only = sources.len() == 1 && bad.is_empty();
    for source in &sources {
        match desk.serve(source) {
            Ok(one) => outcome.add(context, args, &one),
            Err(Trouble::OfThis(error)) if !is_only => {
                outcome.add_failed(context, &source.name(), error);
            }
            Err(Trouble::OfThis(error) | Trouble::OfAll(error)) => return Err(error),
        }
    }
    if context.printer.is_json() && !desk.targets.is_stdout() {
        let value = serde_json::json!({"qrBase": desk.qr_base, "invoices": outcome.rows});
        context.printer.json(&value);
    }
    Ok(outcome.exit)
}

/// What came of all of them.
struct Outcome {
    exit: Exit,
    rows: Vec<serde_json::Value>,
}

impl Default for Outcome {
    fn default() -> Self {
        Self {
            exit: Exit::Done,
            rows: Vec::new(),
        }
    }
}

impl Outcome {
    fn add(&mut self, context: &Context, args: &Args, shown: &Shown) {
        if context.printer.is_json() {
            self.rows.push(serde_json::json!(shown));
        } else {
            shown.print(context, args.link);
        }
    }

    fn add_failed(&mut self, context: &Context, name: &str, error: Error) {
        self.exit = self.exit.worse(error.exit());
        self.rows.extend(coded::failed_row(context, name, &error));
    }
}

/// Why an invoice has no codes.
enum Trouble {
    /// Something about it; the others go on.
    OfThis(Error),
    /// Something about the certificate or the options: no other will have codes.
    OfAll(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::OfThis(error)
    }
}

/// What is the same for all invoices.
struct Desk<'a> {
    context: &'a Context,
    args: &'a Args,
    connection: Connection,
    qr_base: String,
    journals: Journals,
    signers: Signers<'a>,
    targets: Images,
}

impl Desk<'_> {
    /// Makes the codes of one invoice.
    fn serve(&mut self, source: &Source) -> Result<Shown, Trouble> {
        let name = source.name();
        let invoice = CodedInvoice::of_source(source)?;
        let number = self.number(&name, &invoice)?;
        let label = number.map_or(Label::Offline, Label::Number);
        let mut codes = vec![("I", invoice.code_i(&self.qr_base), label)];
        if self.args.offline {
            let link = self
                .signers
                .code_ii(self.context, &self.connection, &self.qr_base, &invoice)
                .map_err(Trouble::OfAll)?;
            codes.push(("II", link, Label::Certificate));
        }
        let mut shown = Vec::new();
        for (index, (code, link, label)) in (1..).zip(codes) {
            let mut files = Vec::new();
            if !self.args.link {
                let symbol =
                    QrCode::of_link(link.as_str()).map_err(|error| draw::failed(&error))?;
                let drawing = Drawing {
                    symbol: &symbol,
                    label,
                    size: self.args.size,
                };
                files = self.targets.write(self.context, source, index, &drawing)?;
            }
            shown.push(ShownCode {
                code,
                link,
                label: label.as_str().to_owned(),
                files,
            });
        }
        Ok(Shown {
            file: name,
            seller_nip: invoice.seller,
            issue_date: invoice.issued,
            invoice_hash: invoice.digest,
            ksef_number: number,
            codes: shown,
        })
    }

    /// The number that was given, or the one that the journal knows.
    fn number(&self, name: &str, invoice: &CodedInvoice) -> Result<Option<KsefNumber>> {
        let Some(number) = self.args.ksef_number else {
            return Ok(self.journals.number(&invoice.digest));
        };
        coded::refuse_other_seller(name, invoice, number)?;
        Ok(Some(number))
    }
}

impl Shown {
    /// The links, or the files that were written.
    fn print(&self, context: &Context, only_links: bool) {
        for code in &self.codes {
            if only_links {
                context.printer.line(&code.link);
            }
            for file in &code.files {
                context.printer.line(file.display());
            }
        }
    }
}

/// Millimetres with up to three decimal places.
fn parse_size(text: &str) -> Result<Size, String> {
    let number = text.trim().trim_end_matches("mm").trim_end();
    let (whole, part) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = (!whole.is_empty() && is_number(whole) && is_number(part) && part.len() <= 3)
        .then(|| format!("{whole}{part:0<3}").parse::<u32>().ok())
        .flatten();
    parsed
        .filter(|um| (10_000..=300_000).contains(um))
        .map(Size::from_um)
        .ok_or_else(|| "a width is 10 to 300 millimetres, for instance 30 or 27.5".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths() {
        for (text, um) in [
            ("30", 30_000),
            ("27.5", 27_500),
            ("27,125 mm", 27_125),
            ("10", 10_000),
            ("300mm", 300_000),
        ] {
            assert_eq!(parse_size(text).unwrap().as_um(), um, "{text}");
        }
        for text in [
            "", "9.999", "300.001", "-30", "30.0001", "3e1", "30cm", ".5", "x",
        ] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}

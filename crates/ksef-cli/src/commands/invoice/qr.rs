//! `ksef invoice qr`

mod draw;

use std::path::PathBuf;

use jiff::civil::Date;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_render::qr::{Label, QrCode, Size};
use serde::Serialize;

use super::which;
use crate::codes::{self, CodedInvoice, Signer, SignerArgs};
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
    #[arg(long, value_name = "NUMBER", value_parser = parse_number)]
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
    refuse_contradictions(args)?;
    let (sources, bad) = source::collect(&args.paths, args.recursive)?;
    let targets = Images::of(args, sources.len())?;
    if args.ksef_number.is_some() && sources.len() > 1 {
        return Err(Error::usage(text!(
            "--ksef-number is of one invoice, and several were given",
            "--ksef-number dotyczy jednej faktury, a podano kilka"
        ))
        .hint(text!(
            "give one file; the numbers of invoices that were sent from here are known without it",
            "podaj jeden plik; numery faktur wysłanych z tego komputera są znane bez tej opcji"
        )));
    }
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
        connection,
        signers: Vec::new(),
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
        if !context.printer.is_json() {
            context.printer.error(&error);
            return;
        }
        let mut row = context.printer.error_json(&error, context.printer.lang());
        if let Some(members) = row.as_object_mut() {
            members.insert("file".to_owned(), name.into());
        }
        self.rows.push(row);
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

fn refuse_contradictions(args: &Args) -> Result<()> {
    if args.signer.is_given() && !args.offline {
        return Err(Error::usage(text!(
            "a certificate was named, but code II was not asked for",
            "podano certyfikat, ale nie poproszono o kod II"
        ))
        .hint(text!(
            "add --offline, or leave the certificate out",
            "dodaj --offline albo pomiń certyfikat"
        )));
    }
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    if args.signer.reads_stdin() && args.paths.iter().any(is_stdin) {
        return Err(Error::usage(text!(
            "both the invoice and the password would come by stdin",
            "standardowym wejściem miałyby przyjść i faktura, i hasło"
        ))
        .hint(text!(
            "store the password (ksef secret set NAME) and name it with --password NAME",
            "zapisz hasło (ksef secret set NAZWA) i podaj je w --password NAZWA"
        )));
    }
    Ok(())
}

/// What is the same for all invoices.
struct Desk<'a> {
    context: &'a Context,
    args: &'a Args,
    connection: Connection,
    qr_base: String,
    /// One for each context; there is more than one only with test certificates.
    signers: Vec<Signer>,
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
            let link = self.code_ii(&invoice).map_err(Trouble::OfAll)?;
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
            let known = codes::number_of(self.context, &self.connection, &invoice.digest);
            return Ok(known);
        };
        let seller = invoice.seller;
        if number.seller().is_ok_and(|of| of == seller) {
            return Ok(Some(number));
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

    fn code_ii(&mut self, invoice: &CodedInvoice) -> Result<String> {
        let of_document = ContextIdentifier::Nip(invoice.seller);
        let who = which::who(self.context, &self.connection, Some(of_document))?;
        let known = self.signers.iter().position(|signer| signer.who == who);
        let at = match known {
            Some(at) => at,
            None => {
                let signer = Signer::open(self.context, &self.connection, who, &self.args.signer)?;
                self.signers.push(signer);
                self.signers.len() - 1
            }
        };
        let signer = self.signers.get(at).ok_or_else(|| {
            Error::failed(text!(
                "the certificate was not kept; run the command again",
                "certyfikat nie został zachowany; uruchom polecenie ponownie"
            ))
        })?;
        signer.code_ii(&self.qr_base, invoice)
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

fn parse_number(text: &str) -> Result<KsefNumber, String> {
    KsefNumber::parse(text).map_err(|error| error.to_string())
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

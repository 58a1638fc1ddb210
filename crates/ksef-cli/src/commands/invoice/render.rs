//! `ksef invoice render`

mod work;

use std::path::PathBuf;
use std::sync::Arc;

use ksef_core::ksef_number::KsefNumber;
use tokio::task::JoinSet;

use self::work::{Desk, Format, Item, Made, Marking, Order};
use super::coded;
use super::target::{self, Targets};
use crate::codes::{self, SignerArgs};
use crate::commands::inbox::show::Reader;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::send::words;
use crate::template;
use crate::validate::Source;
use crate::validate::source;

/// Set invoices and UPOs as PDF or HTML pages
///
/// Everything that the document says is on the page, in the words of people. A UPO among the files is set too; its
/// signature is judged by ksef upo verify. Nothing is sent.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An invoice whose KSeF number is known (given, in the journal of this machine, or from the inbox) is set with its number \
and code I. One that was issued offline from this machine, or with --offline, has codes I and II and the word OFFLINE \
across the page until it has a number. Any other is a draft and says so across the page.

Labels are in Polish unless --lang en. The company's logo, colour and foot come from template.toml in the folder of \
ksef, or from --template:
  colour = \"#1f3a5f\"
  logo = \"logo.svg\"
  footer = \"Shop sp. z o.o., ul. Polna 1, 00-001 Warszawa\"

A PDF is PDF/A-2a: tagged, with its fonts. An HTML file loads nothing from elsewhere.

Examples:
  ksef invoice render invoice.xml
  ksef invoice render --html --lang en invoice.xml -o invoice.html
  ksef invoice render 5265877635-20261121-0A1B2C3D4E5F-A6       from the inbox
  ksef invoice render sent/ -o pages/ --pdf --html
  ksef invoice render --offline --cert shop-offline invoice.xml")]
pub(crate) struct Args {
    /// Files, folders whose .xml files are taken by name, - for stdin, and KSeF numbers of invoices in the inbox
    #[arg(required = true, value_name = "INVOICE")]
    invoices: Vec<PathBuf>,

    /// Search the folders inside folders too
    #[arg(long, short)]
    recursive: bool,

    /// As PDF, the default; with --html both
    #[arg(long)]
    pdf: bool,

    /// As HTML
    #[arg(long)]
    html: bool,

    /// Code I also on an invoice without a KSeF number, with the label OFFLINE
    #[arg(long)]
    qr: bool,

    /// No codes
    #[arg(long, conflicts_with_all = ["qr", "offline"])]
    no_qr: bool,

    /// As issued offline: codes I and II
    #[arg(long)]
    offline: bool,

    #[command(flatten)]
    signer: SignerArgs,

    /// The KSeF number, for one invoice
    #[arg(long, value_name = "NUMBER")]
    ksef_number: Option<KsefNumber>,

    /// No word across the page
    #[arg(long)]
    no_watermark: bool,

    /// The company's template, instead of template.toml in the folder of ksef
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,

    /// File for one page, or folder for any number; - for stdout; without it the current folder
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Replace files with other content
    #[arg(long)]
    force: bool,
}

/// Sets the pages.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    coded::refuse_contradictions(&args.signer, args.offline, &args.invoices)?;
    let (numbers, paths) = apart(&args.invoices);
    let (sources, bad) = if paths.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        source::collect(&paths, args.recursive)?
    };
    let count = numbers.len() + sources.len();
    coded::refuse_number_of_many(args.ksef_number, count)?;
    let mut asked = Vec::new();
    if args.pdf {
        asked.push(Format::Pdf);
    }
    if args.html {
        asked.push(Format::Html);
    }
    let mut targets = Targets::of(args.output.as_deref(), asked, count <= 1)?;
    let order = Order {
        language: template::language(context),
        look: template::read(context, args.template.as_deref())?,
        force: args.force,
    };
    let connection = Connection::open(context).await?;
    let mut desk = Desk::new(
        context,
        connection,
        &args.signer,
        Marking {
            qr: args.qr,
            no_qr: args.no_qr,
            offline: args.offline,
            no_watermark: args.no_watermark,
        },
    );
    let reader = if numbers.is_empty() {
        None
    } else {
        Some(Reader::open(context).await?)
    };

    let mut outcome = Outcome::new(context, targets.is_stdout());
    for input in &bad {
        let name = input.path.display().to_string();
        let why = words::bad_input(&input.fault).prefixed(&format!("{name}: "));
        outcome.add(&name, Err(Error::new(Exit::InvalidInvoice, why)));
    }
    let order = Arc::new(order);
    let mut lane = Lane::new(Arc::clone(&order));
    let wanted = numbers
        .into_iter()
        .map(Wanted::Number)
        .chain(sources.into_iter().map(Wanted::Source));
    for (index, wanted) in wanted.enumerate() {
        let name = wanted.name();
        match prepare(&mut desk, reader.as_ref(), &wanted, args.ksef_number).await {
            Ok(item) => {
                let files = targets.claim(&item.stem)?;
                if context.global.dry_run {
                    for (_, path) in &files {
                        let file = path.display();
                        context
                            .printer
                            .note(&text!("would write {file}", "zapisano by {file}"));
                    }
                    continue;
                }
                if lane.is_full() {
                    lane.settle_one(&mut outcome).await?;
                }
                lane.start(index, item, files, targets.is_stdout());
            }
            Err(error) => {
                // What came before is told before it.
                lane.settle(&mut outcome).await?;
                if count == 1 {
                    return Err(error);
                }
                outcome.add(&name, Err(error));
            }
        }
    }
    lane.settle(&mut outcome).await?;
    Ok(outcome.finish())
}

/// The KSeF numbers and the paths among the arguments. What looks like a number and is a file is a file.
fn apart(invoices: &[PathBuf]) -> (Vec<KsefNumber>, Vec<PathBuf>) {
    let mut numbers = Vec::new();
    let mut paths = Vec::new();
    for given in invoices {
        let number = given.to_str().and_then(|text| KsefNumber::parse(text).ok());
        match number {
            Some(number) if !given.exists() => numbers.push(number),
            Some(_) | None => paths.push(given.clone()),
        }
    }
    (numbers, paths)
}

/// An invoice that was asked for.
enum Wanted {
    Number(KsefNumber),
    Source(Source),
}

impl Wanted {
    fn name(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Source(source) => source.name(),
        }
    }
}

async fn prepare(
    desk: &mut Desk<'_>,
    reader: Option<&Reader>,
    wanted: &Wanted,
    given: Option<KsefNumber>,
) -> Result<Item> {
    match (wanted, reader) {
        (Wanted::Number(number), Some(reader)) => {
            let bytes = reader.document(*number).await?;
            desk.prepare(number.to_string(), number.to_string(), bytes, Some(*number))
        }
        (Wanted::Number(number), None) => Err(Error::failed(text!(
            "the inbox was not opened for {number}",
            "nie otwarto skrzynki dla {number}"
        ))),
        (Wanted::Source(source), _) => {
            let name = source.name();
            let bytes = codes::document(source)?;
            desk.prepare(target::stem_of(source), name, bytes, given)
        }
    }
}

/// Pages that are being set, on as many threads as there are cores.
struct Lane {
    order: Arc<Order>,
    running: JoinSet<(usize, Made)>,
    width: usize,
    /// Made, and waiting for those before them.
    done: Vec<(usize, Made)>,
    next: Vec<usize>,
}

impl Lane {
    fn new(order: Arc<Order>) -> Self {
        Self {
            order,
            running: JoinSet::new(),
            width: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            done: Vec::new(),
            next: Vec::new(),
        }
    }

    fn is_full(&self) -> bool {
        self.running.len() >= self.width
    }

    fn start(&mut self, index: usize, item: Item, files: Vec<(Format, PathBuf)>, to_stdout: bool) {
        let order = Arc::clone(&self.order);
        self.next.push(index);
        self.running
            .spawn_blocking(move || (index, work::set(&order, item, &files, to_stdout)));
    }

    async fn settle_one(&mut self, outcome: &mut Outcome<'_>) -> Result<()> {
        if let Some(finished) = self.running.join_next().await {
            let finished = finished.map_err(|error| {
                Error::failed(text!(
                    "a page was not finished; run the command again",
                    "strona nie została ukończona; uruchom polecenie ponownie"
                ))
                .caused_by(error)
            })?;
            self.done.push(finished);
        }
        // In the order in which they were asked for.
        while let Some(first) = self.next.first().copied() {
            let Some(at) = self.done.iter().position(|(index, _)| *index == first) else {
                break;
            };
            let (_, made) = self.done.swap_remove(at);
            self.next.remove(0);
            outcome.add_made(made);
        }
        Ok(())
    }

    async fn settle(&mut self, outcome: &mut Outcome<'_>) -> Result<()> {
        while !self.running.is_empty() {
            self.settle_one(outcome).await?;
        }
        Ok(())
    }
}

/// What came of all of them.
struct Outcome<'a> {
    context: &'a Context,
    to_stdout: bool,
    exit: Exit,
    rows: Vec<serde_json::Value>,
}

impl<'a> Outcome<'a> {
    const fn new(context: &'a Context, to_stdout: bool) -> Self {
        Self {
            context,
            to_stdout,
            exit: Exit::Done,
            rows: Vec::new(),
        }
    }

    fn add_made(&mut self, made: Made) {
        let Made {
            name,
            number,
            result,
        } = made;
        let pages = match result {
            Ok(pages) => pages,
            Err(error) => return self.add(&name, Err(error)),
        };
        if let Some(bytes) = &pages.stdout {
            self.context.printer.bytes(bytes);
        } else if self.context.printer.is_json() {
            let row = serde_json::json!({
                "file": name,
                "ksefNumber": number,
                "pages": pages.files,
                "watermark": pages.watermark,
            });
            self.add(&name, Ok(row));
        } else {
            for file in &pages.files {
                self.context.printer.line(file.display());
            }
        }
    }

    fn add(&mut self, name: &str, result: Result<serde_json::Value>) {
        let row = match result {
            Ok(row) => Some(row),
            Err(error) => {
                self.exit = self.exit.worse(error.exit());
                coded::failed_row(self.context, name, &error)
            }
        };
        self.rows.extend(row);
    }

    fn finish(self) -> Exit {
        if self.context.printer.is_json() && !self.to_stdout {
            let value = serde_json::json!({"invoices": self.rows});
            self.context.printer.json(&value);
        }
        self.exit
    }
}

//! `ksef invoice new`: from JSON, CSV and XLSX to invoices.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use ksef_core::calendar;
use ksef_import::{Format, Limits, Mapping, Template, json_schema, template};

use crate::connect::Target;
use crate::context::Context;
use crate::durable::{self, Access};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::making::{Request, run as make, tell_problems};
use crate::send::words;
use crate::validate::RuleChoice;

/// Make invoices of a JSON, CSV or XLSX file
///
/// Writes one FA(3) document for each invoice of the source, named by its number, after validating it. VAT is computed
/// from the lines. What is wrong is told with sheet, row and column; invoices without a problem are written all the
/// same, and nothing is half written. Ends with 4 when an invoice could not be made.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The source: .json, .csv or .xlsx, or - for stdin
    #[arg(long, value_name = "FILE", required_unless_present_any = ["template", "print_schema"])]
    from: Option<PathBuf>,

    /// Mapping file: which column is what, and what is the same for all invoices
    #[arg(long, value_name = "FILE", requires = "from")]
    map: Option<PathBuf>,

    /// Where the documents go, without it a folder named like the source; with --template the file to write
    #[arg(long, short, value_name = "PATH")]
    out: Option<PathBuf>,

    /// Format of the source, when its name does not tell
    #[arg(long, value_enum, value_name = "FORMAT", requires = "from")]
    format: Option<SourceFormat>,

    /// Which rules are asked beyond the schema
    #[arg(long, value_enum, value_name = "SET", default_value_t = RuleChoice::All)]
    rules: RuleChoice,

    /// The day on which KSeF would get the invoices, in Poland; without it today
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,

    /// Replace files with other content
    #[arg(long)]
    force: bool,

    /// Write a file to start from instead
    #[arg(long, value_enum, value_name = "KIND", conflicts_with_all = ["from", "print_schema"])]
    template: Option<TemplateKind>,

    /// Print the JSON Schema of the JSON source instead
    #[arg(long, conflicts_with = "from")]
    print_schema: bool,
}

/// A format of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SourceFormat {
    Json,
    Csv,
    Xlsx,
}

/// A file to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum TemplateKind {
    /// Two invoices as JSON.
    Json,
    /// The same as CSV.
    Csv,
    /// The same as a workbook, with lists to choose from and explanations.
    Xlsx,
    /// A mapping file in which every setting is explained.
    Map,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    if args.print_schema {
        context.printer.bytes(json_schema().as_bytes());
        return Ok(Exit::Done);
    }
    if let Some(kind) = args.template {
        return write_template(context, args, kind);
    }
    let Some(from) = &args.from else {
        return Err(Error::usage(text!("--from is missing", "brak --from")));
    };
    let target = Target::resolve(context)?;
    let mapping = match &args.map {
        Some(path) => match read_mapping(context, path)? {
            Some(mapping) => Some(mapping),
            None => return Ok(Exit::Usage),
        },
        None => None,
    };
    let bytes = read(from)?;
    let request = Request {
        name: &from.display().to_string(),
        bytes: &bytes,
        format: args.format.map(Into::into),
        mapping: mapping.as_ref(),
        folder: args.out.clone().unwrap_or_else(|| folder_of(from)),
        force: args.force,
        rules: args.rules,
        today: args
            .today
            .unwrap_or_else(|| calendar::warsaw_date(context.clock.now())),
        is_production: target.place.is_production(),
    };
    make(context, &request)
}

/// A folder named like the source, in the current folder.
fn folder_of(from: &Path) -> PathBuf {
    match from.file_stem() {
        Some(stem) if from.as_os_str() != STDIN => PathBuf::from(stem),
        _ => PathBuf::from("faktury"),
    }
}

/// The mapping; `None` when it was told what is wrong with it.
fn read_mapping(context: &Context, path: &Path) -> Result<Option<Mapping>> {
    let name = path.display().to_string();
    let bytes = read(path)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        Error::usage(text!(
            "{name} is no text in UTF-8",
            "{name} nie jest tekstem w UTF-8"
        ))
        .caused_by(error)
    })?;
    match Mapping::parse(&name, &text) {
        Ok(mapping) => Ok(Some(mapping)),
        Err(problems) => {
            tell_problems(&context.printer, &problems);
            Ok(None)
        }
    }
}

/// The bytes of a source, at most one more than are read.
fn read(path: &Path) -> Result<Vec<u8>> {
    let failed = |error: io::Error| {
        let path = path.display().to_string();
        Error::new(
            Exit::InvalidInvoice,
            words::unreadable(&error).prefixed(&format!("{path}: ")),
        )
    };
    let limit = Limits::default().file_bytes_max as u64;
    let mut bytes = Vec::new();
    if path.as_os_str() == STDIN {
        let stdin = io::stdin().lock();
        stdin.take(limit + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
    }
    .map_err(failed)?;
    Ok(bytes)
}

fn write_template(context: &Context, args: &Args, kind: TemplateKind) -> Result<Exit> {
    let bytes = template(kind.into()).map_err(|error| {
        Error::failed(text!(
            "the template cannot be made",
            "nie można utworzyć szablonu"
        ))
        .caused_by(error)
    })?;
    let Some(path) = args.out.as_deref().filter(|path| path.as_os_str() != STDIN) else {
        if kind == TemplateKind::Xlsx && io::stdout().is_terminal() {
            return Err(Error::usage(text!(
                "a workbook is not for a terminal",
                "skoroszytu nie da się pokazać w terminalu"
            ))
            .hint(text!(
                "write it to a file: --out invoices.xlsx",
                "zapisz go do pliku: --out faktury.xlsx"
            )));
        }
        context.printer.bytes(&bytes);
        return Ok(Exit::Done);
    };
    let shown = path.display();
    let failed = |error: io::Error| {
        Error::failed(text!(
            "{shown} cannot be written",
            "nie można zapisać {shown}"
        ))
        .caused_by(error)
    };
    let present = durable::read_if_exists(path).map_err(failed)?;
    if present.is_some() && !args.force {
        return Err(Error::usage(text!(
            "{shown} exists; it was left alone",
            "plik {shown} już istnieje; pozostawiono go bez zmian"
        ))
        .hint(text!(
            "replace it with --force, or give another file with --out",
            "zastąp go opcją --force albo podaj inny plik w --out"
        )));
    }
    if !context.global.dry_run {
        durable::replace(path, &bytes, Access::Shared).map_err(failed)?;
    }
    let value = serde_json::json!({"file": shown.to_string()});
    context
        .printer
        .result(&value, |printer| printer.line(path.display()));
    if kind != TemplateKind::Map {
        context.printer.hint(&text!(
            "fill it in, then: ksef invoice new --from {shown}",
            "wypełnij go, a potem: ksef invoice new --from {shown}"
        ));
    }
    Ok(Exit::Done)
}

impl From<SourceFormat> for Format {
    fn from(format: SourceFormat) -> Self {
        match format {
            SourceFormat::Json => Self::Json,
            SourceFormat::Csv => Self::Csv,
            SourceFormat::Xlsx => Self::Xlsx,
        }
    }
}

impl From<TemplateKind> for Template {
    fn from(kind: TemplateKind) -> Self {
        match kind {
            TemplateKind::Json => Self::Json,
            TemplateKind::Csv => Self::Csv,
            TemplateKind::Xlsx => Self::Xlsx,
            TemplateKind::Map => Self::Mapping,
        }
    }
}

const STDIN: &str = "-";

const EXAMPLES: &str = "\
A document that differs from its file only in the moment it was made counts as unchanged, so the same command can be run
again after a correction. Check digits of NIPs are asked for unless --rules off.

Examples:
  ksef invoice new --template xlsx --out orders.xlsx
  ksef invoice new --from orders.xlsx                    writes orders/*.xml
  ksef invoice send orders
  ksef invoice new --from shop.csv --map shop.toml --out outbox/
  ksef invoice new --print-schema > invoice.schema.json";

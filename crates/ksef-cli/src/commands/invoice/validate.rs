//! `ksef invoice validate`: what KSeF would say about invoices, before it is asked.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use ksef_core::calendar;
use ksef_invoice::rules::Side;
use ksef_invoice::schema::Schema;
use ksef_invoice::schema::compile::{FileLoader, compile};

use crate::connect::Target;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::validate::past::Past;
use crate::validate::{Format, Judge, Request, RuleChoice, run as validate};

/// Judge invoices as KSeF would, and better explained, without sending them
///
/// Nothing leaves this machine. Ends with 4 when a file has an error; warnings alone do not count.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, folders whose .xml files are taken by name, and - for stdin
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Search the folders inside folders too
    #[arg(long, short)]
    recursive: bool,

    /// Which rules apply beyond the form of the document
    #[arg(long, value_enum, value_name = "SET", default_value_t = RuleChoice::All)]
    rules: RuleChoice,

    /// The day on which KSeF would get the invoices, in Poland; without it today
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,

    /// Compare with the invoices of a folder, and the files with each other: duplicates, gaps in numbers, and the like
    #[arg(long, value_name = "FOLDER")]
    history: Option<PathBuf>,

    /// The invoices were received, not issued here: look at seller, account, amount and repetition
    #[arg(long)]
    received: bool,

    /// Judge by this XML Schema instead of the official one; what it imports is looked for beside it, never on the network
    #[arg(long, value_name = "FILE.xsd")]
    schema: Option<PathBuf>,

    /// How to write the results; --json is short for --format json
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,

    /// Only a line per file
    #[arg(long)]
    summary: bool,

    /// How many findings of one file are shown to people; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: Args) -> Result<Exit> {
    let format = match (args.format, context.global.json) {
        (None | Some(Format::Json), true) => Format::Json,
        (Some(format), false) => format,
        (None, false) => Format::Human,
        (Some(_), true) => {
            return Err(Error::usage(text!(
                "--json and --format say different things",
                "--json i --format przeczą sobie"
            ))
            .hint(text!("leave one of them out", "pomiń jedną z tych opcji")));
        }
    };
    let target = Target::resolve(context)?;
    let judge = Judge {
        rules: args.rules,
        today: args
            .today
            .unwrap_or_else(|| calendar::warsaw_date(context.clock.now())),
        is_production: target.place.is_production(),
        side: if args.received {
            Side::Received
        } else {
            Side::Issued
        },
        past: Past::default(),
        schema: args.schema.as_deref().map(compiled).transpose()?,
    };
    let request = Request {
        paths: args.paths,
        recursive: args.recursive,
        history: args.history,
        format,
        summary: args.summary,
        limit: args.limit,
    };
    if let Some(folder) = request.history.as_deref().filter(|folder| !folder.is_dir()) {
        let folder = folder.display();
        return Err(Error::usage(text!(
            "--history {folder} is no folder",
            "--history {folder} nie jest folderem"
        ))
        .hint(text!(
            "give the folder of the invoices that were issued or received before",
            "podaj folder z fakturami wystawionymi lub otrzymanymi wcześniej"
        )));
    }
    validate(context, &request, judge)
}

/// A schema of the user's, and its name.
fn compiled(path: &Path) -> Result<(String, Schema)> {
    let name = path.display().to_string();
    // The Ministry publishes the forms in neighbouring folders that share their basic types.
    let folder = path.parent().unwrap_or(Path::new(""));
    let loader = FileLoader::new()
        .with_folder(Path::new(".").join(folder))
        .with_folder(Path::new(".").join(folder).join(".."));
    let schema = compile(&loader, &name).map_err(|error| {
        Error::usage(text!(
            "the schema {name} cannot be used",
            "nie można użyć schematu {name}"
        ))
        .caused_by(error)
        .hint(text!(
            "check the path; the files that it imports must lie beside it or in a neighbouring folder, under their own names",
            "sprawdź ścieżkę; pliki, które importuje, muszą leżeć obok niego albo w sąsiednim folderze, pod własnymi nazwami"
        ))
    })?;
    Ok((name, schema))
}

const EXAMPLES: &str = "\
The schema of the form is always checked. --rules ksef adds what else makes KSeF refuse an invoice; --rules all, the
default, also checks arithmetic and what the Ministry's guidance asks for. Check digits of NIPs are errors for
production (--env production, or a profile of it) and warnings elsewhere.

Examples:
  ksef invoice validate invoice.xml
  ksef invoice validate --recursive outbox/ --env production
  ksef invoice validate --format sarif outbox/ > findings.sarif
  ksef invoice validate --json outbox/ | jq -r '.files[] | select(.valid | not) | .file'
  ksef invoice validate --schema draft/schemat.xsd draft/invoice.xml
  ksef invoice validate --received --history purchases/2026 new-purchase.xml
  cat invoice.xml | ksef invoice validate -";

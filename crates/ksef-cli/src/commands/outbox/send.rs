//! `ksef outbox send`: what was issued offline, to KSeF.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ksef_crypto::digest::sha256;
use ksef_crypto::package::ArchiveForm;

use crate::connect::{Connection, Target};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::outbox::entry::{Entry, State};
use crate::send::options::{BatchArgs, WaitArgs};
use crate::send::plan::{Plan, PlanRules};
use crate::send::results::{Outcome, Results, Row};
use crate::send::run::{Request, send, would};
use crate::send::way::Packaging;

/// Send what waits
///
/// Everything that was issued offline and is not decided, declared as issued offline; what an earlier run left unknown is
/// looked up first. Nothing is lost and nothing sent twice, however often this is interrupted. Run it again until nothing
/// waits.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only these: files, numbers, or beginnings of a SHA-256; without any everything that waits
    #[arg(value_name = "INVOICE")]
    invoices: Vec<String>,

    /// Where the invoices and their UPOs are saved, named by KSeF number; without it a folder among the program's data
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    wait: WaitArgs,

    /// Send again what KSeF refused, unchanged
    #[arg(long)]
    retry_rejected: bool,

    #[command(flatten)]
    batch: BatchArgs,
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let target = Target::resolve(context)?;
    target.guard_sending()?;
    let connection = Connection::for_sending(context, target).await?;
    let outbox = super::outbox(context, &connection)?;
    let chosen: Vec<&Entry> = if args.invoices.is_empty() {
        let is_wanted = |entry: &&Entry| match entry.state() {
            State::Waiting | State::Sent => true,
            State::Rejected => args.retry_rejected,
            State::Accepted => entry.known.receipt.is_none(),
            State::Corrected | State::NeverSent | State::Cancelled => false,
        };
        outbox.entries.iter().filter(is_wanted).collect()
    } else {
        let named = args.invoices.iter().map(|named| outbox.find(named));
        named.collect::<Result<_>>()?
    };
    let request = request(args);
    let (plan, mut results) = plan(&chosen);
    if context.global.dry_run {
        would(
            context,
            request.way,
            Some(&connection.scope),
            &plan,
            &mut results,
        )?;
    } else if !plan.invoices.is_empty() {
        send(context, &connection, &request, &plan, &mut results).await?;
    } else if results.rows.is_empty() && !context.printer.is_json() {
        context
            .printer
            .note(&text!("nothing waits", "nic nie czeka"));
        return Ok(Exit::Done);
    }
    name_by_file(&chosen, &mut results);
    results.print(&context.printer);
    Ok(results.exit())
}

fn request(args: &Args) -> Request {
    Request {
        paths: Vec::new(),
        recursive: false,
        out: args.out.clone(),
        wait: args.wait.time(),
        issuing: None,
        form: None,
        rules: None,
        strict: false,
        retry_rejected: args.retry_rejected,
        way: args.batch.way(),
        packaging: Packaging {
            form: ArchiveForm::TarGz,
            is_spooled: true,
        },
        lanes: None,
    }
}

/// The plan of these invoices: each by the bytes that were kept, or by its file while that has the same.
fn plan(chosen: &[&Entry]) -> (Plan, Results) {
    let rules = PlanRules {
        offline: true,
        validation: None,
        ..PlanRules::default()
    };
    let mut results = Results::default();
    let mut by_path: HashMap<PathBuf, &Entry> = HashMap::new();
    let mut paths = Vec::new();
    for entry in chosen {
        let is_it = |path: &&Path| {
            let bytes = std::fs::read(path).ok();
            bytes.is_some_and(|bytes| sha256(&bytes) == entry.hash)
        };
        let file = Path::new(entry.file());
        match [entry.copy.as_path(), file].iter().find(|path| is_it(path)) {
            Some(path) => {
                by_path.insert((*path).to_path_buf(), entry);
                paths.push((*path).to_path_buf());
            }
            None => results.rows.push(lost(entry)),
        }
    }
    let mut plan = Plan::make(&paths, &rules);
    for invoice in &mut plan.invoices {
        if let Some(entry) = by_path.get(&invoice.path) {
            invoice.context = entry.context;
            if let Some(planned) = &entry.known.planned {
                invoice.planned = planned.clone();
            }
        }
    }
    (plan, results)
}

/// The row of an invoice whose bytes are gone.
fn lost(entry: &Entry) -> Row {
    let why = text!(
        "neither the kept copy {copy} nor the file has the bytes that were issued; restore one of them from a backup",
        "ani zachowana kopia {copy}, ani plik nie zawierają wystawionych bajtów; przywróć któryś z kopii zapasowej",
        copy = entry.copy.display()
    );
    Row {
        path: PathBuf::from(entry.file()),
        planned: entry.known.planned.clone(),
        context: Some(entry.context),
        same_as: None,
        left_over: false,
        warnings: Vec::new(),
        outcome: Outcome::Invalid(Vec::new(), why),
    }
}

/// People know their invoices by the files that they were issued from.
fn name_by_file(chosen: &[&Entry], results: &mut Results) {
    for row in &mut results.rows {
        let hash = row.planned.as_ref().map(|planned| planned.hash);
        if let Some(entry) = chosen.iter().find(|entry| Some(entry.hash) == hash) {
            row.path = PathBuf::from(entry.file());
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  ksef outbox send
  ksef outbox send FV/7/2026 --out sent/
  ksef outbox send --batch --no-wait
  ksef outbox send --retry-rejected FV/7/2026   the same bytes once more";

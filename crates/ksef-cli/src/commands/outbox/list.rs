//! `ksef outbox list`

use serde_json::Value;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::outbox::words;
use crate::printer::Table;

/// List what was issued offline, and where it stands
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only what is not in KSeF yet
    #[arg(long)]
    open: bool,
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let outbox = super::outbox(context, &connection)?;
    let outages = outbox.announcements.outages();
    let now = context.clock.now();
    let entries = outbox.entries.iter();
    let entries: Vec<_> = entries
        .filter(|entry| !args.open || entry.state().is_open())
        .collect();
    let printer = &context.printer;
    if printer.is_json() {
        let all: Vec<Value> = entries
            .iter()
            .map(|entry| entry.json(&outages, now))
            .collect();
        printer.json(&all);
        return Ok(Exit::Done);
    }
    if entries.is_empty() {
        printer.note(&text!(
            "nothing was issued offline; ksef invoice issue does that",
            "niczego nie wystawiono offline; służy do tego ksef invoice issue"
        ));
        return Ok(Exit::Done);
    }
    let lang = printer.lang();
    let headings = [
        ("number", "numer"),
        ("hash", "skrót"),
        ("issued", "wystawiona"),
        ("mode", "tryb"),
        ("state", "stan"),
        ("to be sent by", "przesłać do"),
    ];
    let mut table = Table::titled(printer, &headings);
    for entry in entries {
        let issue = entry.issue();
        let deadline = entry.deadline(&outages);
        let shown = if entry.state().is_open() {
            words::deadline(deadline.as_ref()).in_lang(lang).to_owned()
        } else {
            "-".to_owned()
        };
        table.row([
            entry.number().to_owned(),
            entry.short_hash(),
            issue.map_or_else(|| "-".to_owned(), |issue| issue.day.to_string()),
            issue.map_or_else(String::new, |issue| {
                words::mode(issue.mode).in_lang(lang).to_owned()
            }),
            words::state(entry.state()).in_lang(lang).to_owned(),
            shown,
        ]);
    }
    table.print(printer);
    Ok(Exit::Done)
}

const EXAMPLES: &str = "\
Examples:
  ksef outbox list
  ksef outbox list --open --json | jq -r '.[] | [.number, .state, .deadline.lastDay] | @tsv'";

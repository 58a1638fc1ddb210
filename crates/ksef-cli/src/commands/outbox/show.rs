//! `ksef outbox show`

use ksef_core::offline_deadline::Deadline;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::outbox::entry::{Entry, Outbox};
use crate::outbox::words;
use crate::printer::{Fields, moment};
use crate::send::ledger::Verdict;

/// Show one invoice of the outbox: codes, deadline, what KSeF said, what corrects it
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Its file, its number, or the beginning of its SHA-256
    #[arg(value_name = "INVOICE")]
    invoice: String,
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let outbox = super::outbox(context, &connection)?;
    let entry = outbox.find(&args.invoice)?;
    let outages = outbox.announcements.outages();
    let value = entry.json(&outages, context.clock.now());
    context
        .printer
        .result(&value, |_| print(context, &outbox, entry));
    Ok(Exit::Done)
}

fn print(context: &Context, outbox: &Outbox, entry: &Entry) {
    let printer = &context.printer;
    let lang = printer.lang();
    let now = context.clock.now();
    let outages = outbox.announcements.outages();
    let mut fields = Fields::new(printer);
    fields.add(("number", "numer"), entry.number());
    fields.add(("context", "kontekst"), entry.context);
    let state = words::state(entry.state());
    fields.add(("state", "stan"), state.in_lang(lang));
    if let Some(issue) = entry.issue() {
        fields.add(("mode", "tryb"), words::mode(issue.mode).in_lang(lang));
        fields.add(("date of issue", "data wystawienia"), issue.day);
    }
    if let Some(issued) = &entry.known.issued {
        fields.add(("issued", "wystawiona"), moment(issued.issued_at));
    }
    if entry.state().is_open() {
        let deadline = entry.deadline(&outages);
        let shown = words::deadline(deadline.as_ref());
        fields.add(("to be sent by", "przesłać do"), shown.in_lang(lang));
        if let Some(due) = deadline.as_ref().and_then(Deadline::due) {
            fields.more(&words::left(deadline.as_ref(), now));
            fields.more(&words::basis(&due.basis));
        }
    }
    if let Some(reason) = &entry.known.cancelled {
        fields.add(("cancelled", "anulowana"), reason);
    }
    match &entry.known.verdict {
        Some(Verdict::Accepted(accepted)) => {
            fields.add(("KSeF number", "numer KSeF"), accepted.ksef_number);
        }
        Some(Verdict::Rejected(rejected)) => {
            let told = crate::send::words::rejection(rejected);
            fields.add(("rejected", "odrzucona"), told.in_lang(lang));
        }
        None => {}
    }
    let named = |hash| {
        let other = outbox.get(&hash);
        other.map_or_else(
            || hash.to_hex(),
            |other| format!("{} ({})", other.number(), other.short_hash()),
        )
    };
    if let Some(original) = entry.known.corrects {
        fields.add(("corrects", "koryguje"), named(original));
    }
    for correction in &entry.known.corrected_by {
        fields.add(("corrected by", "skorygowana przez"), named(*correction));
    }
    fields.add(("SHA-256", "SHA-256"), entry.hash.to_hex());
    fields.add(("file", "plik"), entry.file());
    if entry.copy.exists() {
        fields.add(("kept in", "kopia"), entry.copy.display());
    }
    if let Some(issued) = &entry.known.issued {
        if let Some(link) = &issued.code_i {
            fields.add(("code I", "kod I"), link);
        }
        if let Some(link) = &issued.code_ii {
            fields.add(("code II", "kod II"), link);
        }
    }
    fields.print();
}

const EXAMPLES: &str = "\
Examples:
  ksef outbox show FV/7/2026
  ksef outbox show 3fa9c1d2       by the beginning of its SHA-256
  ksef outbox show --json invoice.xml";

//! `ksef outbox deadlines`

use jiff::{SignedDuration, Timestamp};
use ksef_core::offline_deadline::{Deadline, Outage};
use serde_json::{Value, json};

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::outbox::beacon;
use crate::outbox::entry::{Entry, State};
use crate::outbox::words;
use crate::printer::Table;
use crate::send::journal;

/// Tell until when each invoice has to be in KSeF; exit code 9 when a deadline was missed
///
/// Deadlines end with a day in Warsaw: one working day after the date of issue, one after an announced unavailability,
/// seven after an announced failure. Latarnia is asked for announcements and may be silent: then what is known here
/// counts, which is never later than the law. What the Ministry announced elsewhere is declared with "ksef outbox
/// announce".
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Warn of what is due within so many hours
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    warn: u32,

    /// Do not ask Latarnia: no network is used
    #[arg(long)]
    no_latarnia: bool,

    /// As it will be at this instant (2026-11-30T12:00:00Z) instead of now
    #[arg(long, value_name = "INSTANT")]
    at: Option<Timestamp>,
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    if !args.no_latarnia {
        let folder = context.home.journal_dir();
        let folder = journal::environment_dir(&folder, &connection.scope);
        beacon::listen(context, &connection, &folder).await;
    }
    let outbox = super::outbox(context, &connection)?;
    let outages = outbox.announcements.outages();
    let now = args.at.unwrap_or_else(|| context.clock.now());
    let open = outbox.entries.iter().filter(|it| it.state().is_open());
    let mut open: Vec<&Entry> = open.collect();
    open.sort_by_key(|entry| order(entry, &outages));
    let is_missed = open.iter().any(|entry| entry.is_missed(&outages, now));
    let exit = if is_missed {
        Exit::DeadlineMissed
    } else {
        Exit::Done
    };
    let printer = &context.printer;
    if printer.is_json() {
        let all = open.iter().map(|entry| entry.json(&outages, now));
        printer.json(&json!({
            "at": now,
            "invoices": all.collect::<Vec<Value>>(),
            "exitCode": exit.code(),
        }));
    } else {
        print(context, &open, &outages, now);
    }
    warn(context, args, &open, &outages, now);
    Ok(exit)
}

/// What ends first comes first; what is not fixed, and what nobody has to send, come last.
fn order(entry: &Entry, outages: &[Outage]) -> (Timestamp, u8) {
    match entry.deadline(outages) {
        Some(Deadline::Due(due)) => (due.ends_at(), 0),
        None => (Timestamp::MIN, 0),
        Some(Deadline::Open(_)) => (Timestamp::MAX, 1),
        Some(Deadline::NoDuty) => (Timestamp::MAX, 2),
    }
}

fn print(context: &Context, open: &[&Entry], outages: &[Outage], now: Timestamp) {
    let printer = &context.printer;
    if open.is_empty() {
        printer.note(&text!(
            "nothing waits: everything that was issued offline is in KSeF",
            "nic nie czeka: wszystko, co wystawiono offline, jest w KSeF"
        ));
        return;
    }
    let lang = printer.lang();
    let headings = [
        ("to be sent by", "przesłać do"),
        ("", ""),
        ("number", "numer"),
        ("hash", "skrót"),
        ("state", "stan"),
        ("counted from", "liczone od"),
    ];
    let mut table = Table::titled(printer, &headings);
    for entry in open {
        let deadline = entry.deadline(outages);
        let due = deadline.as_ref().and_then(Deadline::due);
        let basis = due.map(|due| words::basis(&due.basis));
        table.row([
            words::deadline(deadline.as_ref()).in_lang(lang).to_owned(),
            words::left(deadline.as_ref(), now).in_lang(lang).to_owned(),
            entry.number().to_owned(),
            entry.short_hash(),
            words::state(entry.state()).in_lang(lang).to_owned(),
            basis.map_or_else(String::new, |basis| basis.in_lang(lang).to_owned()),
        ]);
    }
    table.print(printer);
}

fn warn(context: &Context, args: &Args, open: &[&Entry], outages: &[Outage], now: Timestamp) {
    let printer = &context.printer;
    let missed = open.iter().filter(|entry| entry.is_missed(outages, now));
    let missed = missed.count();
    if missed > 0 {
        printer.warn(&text!(
            "deadlines missed: {missed}; send what waits at once: ksef outbox send",
            "przekroczone terminy: {missed}; wyślij oczekujące faktury od razu: ksef outbox send"
        ));
    }
    let margin = SignedDuration::from_hours(i64::from(args.warn));
    let is_soon = |entry: &&&Entry| {
        let deadline = entry.deadline(outages);
        let due = deadline.as_ref().and_then(Deadline::due);
        entry.state() != State::Sent
            && due.is_some_and(|due| !due.is_missed(now) && due.left(now) <= margin)
    };
    let soon = open.iter().filter(is_soon).count();
    if soon > 0 {
        printer.warn(&text!(
            "due within {hours} h: {soon}; send them: ksef outbox send",
            "termin mija w ciągu {hours} h: {soon}; wyślij je: ksef outbox send",
            hours = args.warn,
            soon = soon
        ));
    }
    if open.iter().any(|entry| entry.state() == State::Rejected) {
        printer.hint(&text!(
            "what KSeF rejected is corrected with: ksef invoice correct INVOICE --with FILE",
            "to, co KSeF odrzucił, skorygujesz przez: ksef invoice correct FAKTURA --with PLIK"
        ));
    }
}

const EXAMPLES: &str = "\
Examples:
  ksef outbox deadlines
  ksef outbox deadlines --warn 48 --quiet         for a scheduler: exit code 9 when one was missed
  ksef outbox deadlines --no-latarnia --json
  ksef outbox deadlines --at 2026-12-24T12:00:00Z";

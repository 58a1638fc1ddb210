//! `ksef outbox cancel`

use std::time::Duration;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::outbox::entry::{Entry, Outbox, State};
use crate::send::journal::JournalFault;
use crate::send::journal::event::Event;
use crate::send::opening;
use crate::send::stop::Stop;

/// Take the issuing of an invoice back that nobody got
///
/// Only for an invoice that was never handed to the buyer and that KSeF does not have: it is not sent from the outbox any
/// more, and has no deadline. An invoice that the buyer holds exists, and goes to KSeF whatever is wrong in it; a
/// correcting invoice mends it then. The file of a cancelled invoice may be issued again, or sent as an ordinary one.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Its file, its number, or the beginning of its SHA-256
    #[arg(value_name = "INVOICE")]
    invoice: String,

    /// Why, for the journal
    #[arg(long, value_name = "TEXT", value_parser = crate::args::parse_description)]
    reason: String,
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let scope = &connection.scope;
    let named = super::outbox(context, &connection)?;
    let named = named.find(&args.invoice)?;
    refuse_sent(named)?;
    let number = named.number();
    if context.global.dry_run {
        context.printer.note(&text!(
            "would cancel {number}",
            "{number} zostałaby anulowana"
        ));
        return Ok(Exit::Done);
    }
    let (_switch, stop) = Stop::new();
    let journal = opening::journal(context, scope, named.context, LOCK_WAIT, &stop).await?;
    // Another process may have sent it until the journal was ours.
    let now = Outbox::read(context, scope, Some(named.context))?;
    let now = now.get(&named.hash).unwrap_or(named);
    refuse_sent(now)?;
    journal
        .append(&[Event::IssueCancelled {
            hash: named.hash,
            reason: args.reason.clone(),
        }])
        .map_err(JournalFault::into_error)?;
    let value = serde_json::json!({ "number": number, "hash": named.hash, "state": "cancelled" });
    context.printer.result(&value, |printer| {
        printer.text(&text!("{number} is cancelled", "{number} jest anulowana"));
    });
    Ok(Exit::Done)
}

/// What KSeF has or may have cannot be taken back.
fn refuse_sent(entry: &Entry) -> Result<()> {
    let number = entry.number();
    let is_packed = entry.known.packed.is_some();
    match entry.state() {
        State::Waiting | State::Rejected | State::NeverSent if !is_packed => Ok(()),
        State::Cancelled => Err(Error::usage(text!(
            "{number} is cancelled already",
            "{number} jest już anulowana"
        ))
        .hint(text!(
            "to issue it again: ksef invoice issue",
            "ponownie wystawi ją: ksef invoice issue"
        ))),
        _ => Err(Error::usage(text!(
            "KSeF has {number}, or may have it: it cannot be cancelled",
            "KSeF ma {number} albo może ją mieć: nie można jej anulować"
        ))
        .hint(text!(
            "see what came of it with \"ksef outbox send\"; an accepted invoice is mended by a correcting one",
            "wynik pokaże „ksef outbox send”; przyjętą fakturę poprawia faktura korygująca"
        ))),
    }
}

/// How long another process may hold the journal.
const LOCK_WAIT: Duration = Duration::from_secs(300);

const EXAMPLES: &str = "\
Examples:
  ksef outbox cancel FV/7/2026 --reason \"wrong buyer, never handed over\"";

//! `ksef collective list`

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::collective::{QUERY_DAYS_MAX, QueryCollectiveIdentifiers};
use ksef_core::calendar;
use ksef_core::collective_identifier::CollectiveIdentifier;

use super::made_here;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Table, moment};

/// Arguments of `ksef collective list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Lists what was made in the context, and in the context of a NIP also the identifiers that others made of its sales. \
KSeF lists 100 days at once; without --since it is the last 100 days.

Examples:
  ksef collective list
  ksef collective list --since 2026-11-01 --invoices-min 10 --json
  ksef collective list --made elsewhere")]
pub(crate) struct Args {
    /// Only this identifier
    #[arg(long, value_name = "IDENTIFIER")]
    identifier: Option<CollectiveIdentifier>,

    /// Made on this day (in Poland) or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,

    /// Made on this day (in Poland) or earlier
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,

    /// With at least so many invoices
    #[arg(long, value_name = "N")]
    invoices_min: Option<u32>,

    /// With at most so many invoices
    #[arg(long, value_name = "N")]
    invoices_max: Option<u32>,

    /// Only identifiers made in the context, or only the others
    #[arg(long, value_enum)]
    made: Option<Made>,

    /// At most this many identifiers
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Made {
    Here,
    Elsewhere,
}

/// Lists the identifiers.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let request = request(args, context.clock.now())?;
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let (identifiers, is_more) = ksef.list(request, args.limit).await?;
    let printer = &context.printer;
    printer.result(&identifiers, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("identifier", "identyfikator"),
                ("made", "utworzony"),
                ("invoices", "faktury"),
                ("where", "gdzie"),
            ],
        );
        for known in &identifiers {
            let (en, pl) = made_here(known.created_in_current_context);
            table.row([
                known.collective_identifier_number.to_string(),
                moment(known.date_created),
                known.invoice_count.to_string(),
                printer.lang().pick(en, pl).to_owned(),
            ]);
        }
        if !identifiers.is_empty() {
            table.print(printer);
        }
    });
    if identifiers.is_empty() {
        printer.note(&text!(
            "there are no such collective identifiers",
            "nie ma takich identyfikatorów zbiorczych"
        ));
    }
    if is_more {
        printer.note(&text!(
            "there are more; see them with a larger --limit",
            "jest ich więcej; pokaże je większa wartość --limit"
        ));
    }
    Ok(Exit::Done)
}

fn request(args: &Args, now: Timestamp) -> Result<QueryCollectiveIdentifiers> {
    let window = SignedDuration::from_hours(24 * QUERY_DAYS_MAX);
    let until = match args.until {
        Some(day) => last_instant(day)?,
        // The clocks of others may be ahead of ours, and what was just made belongs to the list.
        None => match args.since {
            Some(day) => (now + AHEAD).min(first_instant(day)? + window),
            None => now + AHEAD,
        },
    };
    let since = match args.since {
        Some(day) => first_instant(day)?,
        None => until - window,
    };
    if since > until {
        return Err(Error::usage(text!(
            "--since is later than --until",
            "--since jest późniejsze niż --until"
        ))
        .hint(text!("swap the days", "zamień dni miejscami")));
    }
    if until.duration_since(since) > window {
        return Err(Error::usage(text!(
            "KSeF lists at most {QUERY_DAYS_MAX} days at once",
            "KSeF podaje listę z co najwyżej {QUERY_DAYS_MAX} dni"
        ))
        .hint(text!(
            "bring --since and --until closer together",
            "wybierz bliższe sobie --since i --until"
        )));
    }
    let mut request = QueryCollectiveIdentifiers::new(since, until)
        .with_invoice_count(args.invoices_min, args.invoices_max)
        .with_page_size(PAGE_ENTRIES);
    request.collective_identifier_number = args.identifier;
    request.created_in_current_context = args.made.map(|made| made == Made::Here);
    Ok(request)
}

fn first_instant(day: Date) -> Result<Timestamp> {
    let start = day.to_zoned(calendar::warsaw());
    start
        .map(|start| start.timestamp())
        .map_err(|error| no_day(day, error))
}

fn last_instant(day: Date) -> Result<Timestamp> {
    let next = day.tomorrow().map_err(|error| no_day(day, error))?;
    Ok(first_instant(next)? - SignedDuration::from_nanos(100))
}

fn no_day(day: Date, source: jiff::Error) -> Error {
    Error::usage(text!(
        "{day} is not a day that a list can begin or end with",
        "lista nie może zaczynać się ani kończyć dniem {day}"
    ))
    .caused_by(source)
}

const PAGE_ENTRIES: u16 = 200;
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

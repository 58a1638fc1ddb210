//! `ksef session list`

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_api::ops::sessions::{ListSessions, SessionPhase, SessionType};
use ksef_core::calendar;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Table, moment};

/// Arguments of `ksef session list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef session list
  ksef session list --status in-progress --since 2026-11-01
  ksef session list --type batch --limit 100 --json")]
pub(crate) struct Args {
    /// Kind of sessions
    #[arg(long = "type", value_enum, default_value = "online")]
    kind: Kind,

    /// Only sessions in this state; may be given several times
    #[arg(long, value_enum)]
    status: Vec<Phase>,

    /// Only sessions opened on this day (in Poland) or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,

    /// At most this many sessions
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Online,
    Batch,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Phase {
    InProgress,
    Succeeded,
    Failed,
    Cancelled,
}

/// Lists the sessions.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let request = request(args)?;
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let (sessions, is_more) = ksef.list(request, args.limit).await?;
    let printer = &context.printer;
    printer.result(&sessions, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("session", "sesja"),
                ("opened", "otwarta"),
                ("status", "status"),
                ("invoices", "faktury"),
                ("accepted", "przyjęte"),
                ("rejected", "odrzucone"),
            ],
        );
        for session in &sessions {
            let meaning: crate::lang::Text = session.session_status().meaning().into();
            table.row([
                session.reference_number.to_string(),
                moment(session.date_created),
                format!(
                    "{} {}",
                    session.status.code,
                    meaning.in_lang(printer.lang())
                ),
                session.total_invoice_count.to_string(),
                session.successful_invoice_count.to_string(),
                session.failed_invoice_count.to_string(),
            ]);
        }
        if !sessions.is_empty() {
            table.print(printer);
        }
    });
    if sessions.is_empty() {
        printer.note(&text!("there are no such sessions", "nie ma takich sesji"));
    }
    if is_more {
        printer.note(&text!(
            "there are more; see them with a larger --limit",
            "jest ich więcej; pokaże je większa wartość --limit"
        ));
    }
    Ok(Exit::Done)
}

fn request(args: &Args) -> Result<ListSessions> {
    let kind = match args.kind {
        Kind::Online => SessionType::Online,
        Kind::Batch => SessionType::Batch,
    };
    let phases = args.status.iter().map(|phase| match phase {
        Phase::InProgress => SessionPhase::InProgress,
        Phase::Succeeded => SessionPhase::Succeeded,
        Phase::Failed => SessionPhase::Failed,
        Phase::Cancelled => SessionPhase::Cancelled,
    });
    let since = args.since.map(first_instant).transpose()?;
    Ok(ListSessions::new(kind)
        .with_phases(phases)
        .with_created(since, None)
        .with_page_size(PAGE_ENTRIES))
}

fn first_instant(day: Date) -> Result<Timestamp> {
    day.to_zoned(calendar::warsaw())
        .map(|start| start.timestamp())
        .map_err(|source| {
            Error::usage(text!(
                "{day} is not a day that --since can begin with",
                "od dnia {day} nie można zacząć listy (--since)"
            ))
            .caused_by(source)
        })
}

const PAGE_ENTRIES: u16 = 100;

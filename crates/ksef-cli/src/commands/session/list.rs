//! `ksef session list`

use ksef_api::ops::sessions::{ListSessions, SessionPhase, SessionType};
use ksef_core::reference::SessionRef;

use crate::commands::invoice::filter::When;
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
  ksef session list --closed-since 2026-11-01 --closed-until 2026-11-30
  ksef session list --type batch --limit 100 --json")]
pub(crate) struct Args {
    /// Kind of sessions
    #[arg(long = "type", value_enum, default_value = "online")]
    kind: Kind,

    /// Only sessions in this state; may be given several times
    #[arg(long, value_enum)]
    status: Vec<Phase>,

    /// Only the session with this reference
    #[arg(long, value_name = "SESSION")]
    reference: Option<SessionRef>,

    /// Only sessions opened on this day (in Poland) or at this instant, or later
    #[arg(long, value_name = "DAY|INSTANT", value_parser = When::parse)]
    since: Option<When>,

    /// Only sessions opened on this day or at this instant, or earlier
    #[arg(long, value_name = "DAY|INSTANT", value_parser = When::parse)]
    until: Option<When>,

    /// Only sessions closed then or later
    #[arg(long, value_name = "DAY|INSTANT", value_parser = When::parse)]
    closed_since: Option<When>,

    /// Only sessions closed then or earlier
    #[arg(long, value_name = "DAY|INSTANT", value_parser = When::parse)]
    closed_until: Option<When>,

    /// Only sessions with their last activity then or later
    #[arg(long, value_name = "DAY|INSTANT", value_parser = When::parse)]
    active_since: Option<When>,

    /// Only sessions with their last activity then or earlier
    #[arg(long, value_name = "DAY|INSTANT", value_parser = When::parse)]
    active_until: Option<When>,

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
    let range = |from: Option<When>, to: Option<When>| {
        Ok::<_, Error>((
            from.map(When::first).transpose()?,
            to.map(When::last).transpose()?,
        ))
    };
    let opened = range(args.since, args.until)?;
    let closed = range(args.closed_since, args.closed_until)?;
    let active = range(args.active_since, args.active_until)?;
    let request = ListSessions::new(kind)
        .with_phases(phases)
        .with_created(opened.0, opened.1)
        .with_closed(closed.0, closed.1)
        .with_modified(active.0, active.1)
        .with_page_size(PAGE_ENTRIES);
    Ok(match args.reference {
        Some(reference) => request.with_reference(reference),
        None => request,
    })
}

const PAGE_ENTRIES: u16 = 100;

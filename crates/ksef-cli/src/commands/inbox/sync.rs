//! `ksef inbox sync`

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use ksef_api::ops::invoices::SubjectRole;
use ksef_core::calendar;
use ksef_sdk::mirror::{Mirror, PAUSE_MIN, ROLES, Step, Synced};
use ksef_store::inbox::Inbox;
use serde::Serialize;

use super::failure::of_mirror;
use super::place::Place;
use super::role_name;
use crate::commands::invoice::filter::{Role, When};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Printer, Table, moment};
use crate::send::stop;

/// Arguments of `ksef inbox sync`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The inbox holds every invoice of the context, byte for byte as KSeF keeps it: what it issued, what it bought, and where \
it is a third or an authorised party. Each run takes what is new since the last one, up to the instant to which KSeF calls \
its own storage complete. Invoices and that instant are kept in one step: a run may be stopped or killed at any moment, and \
the next one goes on without a gap and without a double.

KSeF allows about 20 lists and 20 packages of 10 000 invoices an hour. A first run over years may need several.

The inbox is one file below the program's data (inbox/), readable by you alone; --json names it.

Examples:
  ksef inbox sync                                 what is new, in all roles
  ksef inbox sync --role buyer --from 2026-02-01  the first time: purchases since February
  ksef inbox sync --watch                         stay, and look every quarter of an hour
  ksef inbox sync --json | jq '.roles[] | [.role, .new]'")]
pub(crate) struct Args {
    /// Only invoices on which the context is this; may be given several times
    #[arg(long, value_enum)]
    role: Vec<Role>,

    /// Where a role begins that was never synced: a day (in Poland) or instant of storing in KSeF; without it the beginning
    /// of KSeF, 1 February 2026
    #[arg(long, value_name = "DAY|INSTANT", value_parser = When::parse)]
    from: Option<When>,

    /// Stay and sync again and again, until Ctrl-C
    #[arg(long)]
    watch: bool,

    /// With --watch: how long from one sync to the next, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 15, requires = "watch",
          value_parser = clap::value_parser!(u32).range(1..=1440))]
    every: u32,

    /// Longest wait for a package of KSeF, in seconds; a later run goes on with it
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    timeout: u64,
}

/// What a sync brought.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    inbox: PathBuf,
    roles: Vec<ShownRole>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownRole {
    #[serde(serialize_with = "as_name")]
    role: SubjectRole,
    /// Invoices that were not there.
    new: u64,
    /// Whether the context can have this role at all.
    is_possible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    complete_to: Option<Timestamp>,
}

fn as_name<S: serde::Serializer>(role: &SubjectRole, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(role.as_str())
}

/// Syncs.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let place = Place::find(context).await?;
    let every = Duration::from_secs(u64::from(args.every) * 60);
    if args.watch && every < PAUSE_MIN && place.connection.control_url.is_none() {
        return Err(Error::usage(text!(
            "KSeF's limits allow a sync every 15 minutes",
            "limity KSeF pozwalają na synchronizację co 15 minut"
        ))
        .hint(text!("leave --every out", "pomiń --every")));
    }
    if context.global.dry_run {
        let path = place.path();
        let path = path.display();
        context.printer.note(&text!(
            "would bring {path} up to date",
            "zaktualizowano by {path}"
        ));
        return Ok(Exit::Done);
    }
    let _lock = place.lock()?;
    let mirror = open(context, &place, args).await?;
    let mut stopped = std::pin::pin!(stop::signal());
    loop {
        let outcome = tokio::select! {
            outcome = cycle(context, &mirror, &place, args) => outcome,
            () = &mut stopped => return Ok(interrupted(&context.printer, args)),
        };
        match outcome {
            Ok(exit) if !args.watch => return Ok(exit),
            Ok(_) => {}
            // What passes by itself is no reason to leave.
            Err(error) if args.watch && is_passing(&error) => context.printer.error(&error),
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = &mut stopped => return Ok(interrupted(&context.printer, args)),
        }
    }
}

async fn open(context: &Context, place: &Place, args: &Args) -> Result<Mirror<Inbox>> {
    let ksef = place.ksef(context)?;
    let inbox = place.open().await?;
    let packages = place.packages()?;
    let since = match args.from {
        Some(from) => from.first()?,
        None => When::Day(calendar::KSEF_START).first()?,
    };
    Ok(Mirror::new(ksef.client().clone(), inbox, packages, since)
        .with_ready_wait_max(Duration::from_secs(args.timeout)))
}

/// All roles once. A role that fails does not keep the others from being synced.
async fn cycle(
    context: &Context,
    mirror: &Mirror<Inbox>,
    place: &Place,
    args: &Args,
) -> Result<Exit> {
    let printer = &context.printer;
    let mut roles: Vec<SubjectRole> = args.role.iter().copied().map(Into::into).collect();
    let is_asked_for = !roles.is_empty();
    if !is_asked_for {
        roles = ROLES.to_vec();
    }
    let mut shown = Shown {
        inbox: place.path(),
        roles: Vec::new(),
    };
    let mut failed: Option<Error> = None;
    for role in roles {
        match sync(printer, mirror, &role).await {
            Ok(synced) => shown.roles.push(ShownRole {
                role,
                new: synced.saved.new,
                is_possible: true,
                complete_to: Some(synced.cursor.complete_to),
            }),
            Err(error) if !is_asked_for && is_impossible_role(&error) => {
                shown.roles.push(ShownRole {
                    role,
                    new: 0,
                    is_possible: false,
                    complete_to: None,
                });
            }
            Err(error) => {
                let error = of_mirror(error, &shown.inbox);
                let is_limit = error.exit() == Exit::RateLimited;
                if let Some(earlier) = failed.replace(error) {
                    printer.error(&earlier);
                }
                // The limits are those of all roles.
                if is_limit {
                    break;
                }
            }
        }
    }
    printer.result(&shown, |printer| print(printer, &shown));
    match failed {
        None => Ok(Exit::Done),
        Some(error) => Err(error.hint(text!(
            "what was received is kept; the next ksef inbox sync goes on from there",
            "odebrane faktury są zapisane; kolejne ksef inbox sync będzie kontynuować"
        ))),
    }
}

type MirrorError = ksef_sdk::mirror::MirrorError<ksef_store::StoreError>;

async fn sync(
    printer: &Printer,
    mirror: &Mirror<Inbox>,
    role: &SubjectRole,
) -> Result<Synced, MirrorError> {
    let name = role_name(role);
    let progress = printer.progress(0, &name);
    let name = name.in_lang(printer.lang());
    let report = |step: Step| {
        progress.say(&match step {
            Step::Looking { from } => text!(
                "{name}: looking from {from}",
                "{name}: szukam od {from}",
                from = moment(from)
            ),
            Step::Downloading { invoices } => {
                text!("{name}: {invoices} new", "{name}: nowych {invoices}")
            }
            Step::Packing { export } => text!(
                "{name}: KSeF is packing {export}",
                "{name}: KSeF pakuje {export}"
            ),
            Step::Fetching { invoices, bytes } => text!(
                "{name}: {invoices} invoices, {bytes} bytes",
                "{name}: faktury: {invoices}, bajty: {bytes}"
            ),
            Step::Saved { saved, cursor } => text!(
                "{name}: {new} new, complete to {to}",
                "{name}: nowych {new}, komplet do {to}",
                new = saved.new,
                to = moment(cursor.complete_to)
            ),
            _ => return,
        });
    };
    mirror.sync(role, &report).await
}

fn print(printer: &Printer, shown: &Shown) {
    let mut table = Table::titled(
        printer,
        &[
            ("role", "rola"),
            ("new", "nowe"),
            ("complete to", "komplet do"),
        ],
    );
    for role in shown.roles.iter().filter(|role| role.is_possible) {
        table.row([
            role_name(&role.role).in_lang(printer.lang()).to_owned(),
            role.new.to_string(),
            role.complete_to.map_or_else(|| "-".to_owned(), moment),
        ]);
    }
    table.print(printer);
}

fn interrupted(printer: &Printer, args: &Args) -> Exit {
    if args.watch {
        return Exit::Done;
    }
    printer.note(&text!(
        "stopped; the next ksef inbox sync goes on from here",
        "zatrzymano; kolejne ksef inbox sync będzie kontynuować"
    ));
    Exit::Pending
}

/// The kind of context cannot be this on an invoice (21181), or may not see it.
fn is_impossible_role(error: &MirrorError) -> bool {
    matches!(error, MirrorError::Ksef(error) if error.has_code(IMPOSSIBLE_ROLE))
}

fn is_passing(error: &Error) -> bool {
    matches!(
        error.exit(),
        Exit::Unavailable | Exit::RateLimited | Exit::Pending
    )
}

/// 21181: the context cannot have the role.
const IMPOSSIBLE_ROLE: i32 = 21_181;

//! `ksef auth sessions`

use ksef_api::ops::auth::{AuthSession, ListAuthSessions, TerminateAuth};
use ksef_core::reference::AuthRef;

use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Printer, Table, moment};

/// Arguments of `ksef auth sessions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
These are logins, not sessions of sending; for those see \"ksef session\".

Examples:
  ksef auth sessions
  ksef auth sessions --end 20261121-AU-1DCE3E3000-12ECB5B36E-45")]
pub(crate) struct Args {
    /// End this login instead of listing
    #[arg(long, value_name = "REFERENCE")]
    end: Option<AuthRef>,

    /// At most this many logins
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

/// Lists the logins, or ends one.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    if let Some(reference) = args.end {
        return end(context, &ksef, reference).await;
    }
    let request = ListAuthSessions::new().with_page_size(PAGE_ENTRIES);
    let (logins, is_more) = ksef.list(request, args.limit).await?;
    context
        .printer
        .result(&logins, |printer| print(printer, &logins));
    if is_more {
        context.printer.note(&text!(
            "there are more; see them with a larger --limit",
            "jest ich więcej; pokaże je większa wartość --limit"
        ));
    }
    Ok(Exit::Done)
}

fn print(printer: &Printer, logins: &[AuthSession]) {
    let mut table = Table::titled(
        printer,
        &[
            ("login", "logowanie"),
            ("since", "od"),
            ("method", "metoda"),
            ("status", "status"),
            ("renewable until", "odnawialne do"),
        ],
    );
    for login in logins {
        let star = if login.is_current { " *" } else { "" };
        let known = &login.authentication;
        let method = known.authentication_method_info.as_ref();
        table.row([
            format!("{}{star}", login.reference_number),
            moment(known.start_date),
            method.map_or_else(|| "-".to_owned(), |method| method.code.clone()),
            known.status.code.to_string(),
            known
                .refresh_token_valid_until
                .map_or_else(|| "-".to_owned(), moment),
        ]);
    }
    table.print(printer);
}

async fn end(context: &Context, ksef: &Ksef, reference: AuthRef) -> Result<Exit> {
    if context.global.dry_run {
        context.printer.note(&text!(
            "would end the login {reference}",
            "zakończono by logowanie {reference}"
        ));
        return Ok(Exit::Done);
    }
    ksef.call(&TerminateAuth::new(reference)).await?;
    context
        .printer
        .result(&serde_json::json!({ "ended": reference }), |printer| {
            printer.text(&text!(
                "ended the login {reference}",
                "zakończono logowanie {reference}"
            ));
        });
    Ok(Exit::Done)
}

const PAGE_ENTRIES: u16 = 100;

//! `ksef token list`

use ksef_api::ops::tokens::ListTokens;
use ksef_api::status::TokenStatus;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Table, moment};

/// Arguments of `ksef token list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef token list
  ksef token list --all --json")]
pub(crate) struct Args {
    /// Revoked and failed tokens too
    #[arg(long)]
    all: bool,

    /// At most this many tokens
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

/// Lists the tokens.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let mut request = ListTokens::new().with_page_size(PAGE_ENTRIES);
    if !args.all {
        request = request.with_statuses([TokenStatus::Active, TokenStatus::Pending]);
    }
    let (tokens, is_more) = ksef.list(request, args.limit).await?;
    context.printer.result(&tokens, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("token", "token"),
                ("status", "status"),
                ("generated", "utworzony"),
                ("permissions", "uprawnienia"),
                ("description", "opis"),
            ],
        );
        for token in &tokens {
            let permissions: Vec<&str> = token
                .requested_permissions
                .iter()
                .map(|permission| permission.as_str())
                .collect();
            table.row([
                token.reference_number.to_string(),
                token.status.to_string(),
                moment(token.date_created),
                permissions.join(","),
                token.description.clone(),
            ]);
        }
        if !tokens.is_empty() {
            table.print(printer);
        }
    });
    if tokens.is_empty() {
        context
            .printer
            .note(&text!("there are no such tokens", "nie ma takich tokenów"));
    }
    if is_more {
        context.printer.note(&text!(
            "there are more; see them with a larger --limit",
            "jest ich więcej; pokaże je większa wartość --limit"
        ));
    }
    Ok(Exit::Done)
}

const PAGE_ENTRIES: u16 = 100;

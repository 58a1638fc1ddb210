//! `ksef peppol list`

use futures_util::TryStreamExt as _;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Table, moment};

/// Arguments of `ksef peppol list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
No login is needed. On test environments a provider is registered by its first login as PeppolId.

Examples:
  ksef peppol list
  ksef peppol list --name access --json --env test")]
pub(crate) struct Args {
    /// Only providers whose identifier or name contains this text, in any letter case
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,

    /// At most this many providers
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

/// Lists the providers.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.anonymous(context);
    let wanted = args.name.as_ref().map(|text| text.to_lowercase());
    let fits = |text: &str| {
        wanted
            .as_ref()
            .is_none_or(|wanted| text.to_lowercase().contains(wanted))
    };
    let mut providers = Vec::new();
    let mut pages = std::pin::pin!(ksef.client().peppol_providers());
    while providers.len() <= args.limit
        && let Some(page) = pages.try_next().await?
    {
        let fitting = page
            .into_iter()
            .filter(|provider| fits(&provider.name) || fits(provider.id.as_str()));
        providers.extend(fitting);
    }
    let is_more = providers.len() > args.limit;
    providers.truncate(args.limit);
    let printer = &context.printer;
    printer.result(&providers, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("provider", "dostawca"),
                ("registered", "zarejestrowany"),
                ("name", "nazwa"),
            ],
        );
        for provider in &providers {
            table.row([
                provider.id.to_string(),
                moment(provider.date_created),
                provider.name.clone(),
            ]);
        }
        if !providers.is_empty() {
            table.print(printer);
        }
    });
    if providers.is_empty() {
        printer.note(&text!(
            "there are no such providers",
            "nie ma takich dostawców"
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

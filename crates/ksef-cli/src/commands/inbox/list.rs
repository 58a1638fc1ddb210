//! `ksef inbox list`

use futures_util::TryStreamExt as _;
use ksef_api::ops::invoices::InvoiceMetadata;
use serde::Serialize;

use super::failure::of_store;
use super::filter::FilterArgs;
use super::place::Place;
use crate::commands::invoice::filter::Role;
use crate::commands::invoice::listing;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef inbox list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Lists what is on this machine, the newest in KSeF first; KSeF is not asked.

Examples:
  ksef inbox list
  ksef inbox list --role buyer --issued-from 2026-11-01 --issued-to 2026-11-30 --csv > november.csv
  ksef inbox list --text \"lodz transport\" --min 1000
  ksef inbox list --json | jq -r '.invoices[] | [.ksefNumber, .grossAmount] | @tsv'")]
pub(crate) struct Args {
    #[command(flatten)]
    filter: FilterArgs,

    /// At most this many invoices; 100 in a table when left out, and all with --csv and --json
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,

    /// Comma-separated values instead of a table
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Debug, Serialize)]
struct Found {
    invoices: Vec<InvoiceMetadata>,
}

/// Lists.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let place = Place::find(context).await?;
    let inbox = place.existing().await?;
    let printer = &context.printer;
    let is_whole = args.csv || printer.is_json();
    let limit = args.limit.or((!is_whole).then_some(TABLE_ROWS));
    // One more than is shown tells whether there is more.
    let filter = args
        .filter
        .filter(limit.map(|limit| limit.saturating_add(1)))?;
    let failed = |error| of_store(&error, &place.path());
    let mut found = Vec::new();
    let mut summaries = std::pin::pin!(inbox.find(&filter));
    if args.csv {
        printer.bytes(listing::csv_headings().as_bytes());
    }
    let mut has_more = false;
    let mut count: u32 = 0;
    while let Some(summary) = summaries.try_next().await.map_err(failed)? {
        if limit == Some(count) {
            has_more = true;
            break;
        }
        count = count.saturating_add(1);
        if args.csv {
            printer.bytes(listing::csv_line(&summary.metadata).as_bytes());
        } else {
            found.push(summary.metadata);
        }
    }
    if !args.csv {
        let found = Found { invoices: found };
        let is_of_seller = args.filter.role == Some(Role::Seller);
        printer.result(&found, |printer| {
            if !found.invoices.is_empty() {
                listing::print_table(printer, &found.invoices, is_of_seller);
            }
        });
    }
    if count == 0 {
        printer.note(&text!("there are no such invoices", "nie ma takich faktur"));
    }
    if has_more {
        printer.note(&text!(
            "there are more; see them with a larger --limit",
            "jest ich więcej; pokaże je większa wartość --limit"
        ));
    }
    Ok(Exit::Done)
}

const TABLE_ROWS: u32 = 100;

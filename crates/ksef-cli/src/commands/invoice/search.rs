//! `ksef invoice search`

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use ksef_api::ops::invoices::{InvoiceMetadata, SortOrder};
use ksef_sdk::receiving::InvoiceSearch;
use serde::Serialize;

use super::filter::FilterArgs;
use super::listing;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::Printer;

/// Arguments of `ksef invoice search`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Looks for invoices that are in KSeF, over any span of time. An invoice can be found some seconds after it was accepted, \
when KSeF has stored it. KSeF allows about twenty requests an hour; one shows up to 250 invoices.

With --json the answer is {\"invoices\": […], \"hasMore\": …, \"permanentStorageHwmDate\": …}; amounts are exact.

Examples:
  ksef invoice search                                purchases of the last 30 days
  ksef invoice search --role seller --from 2026-11-01 --to 2026-11-30
  ksef invoice search --seller 5265877635 --min 1000 --currency EUR --newest-first --limit 20
  ksef invoice search --from 2026-02-01 --limit 100000 --csv > purchases.csv")]
pub(crate) struct Args {
    #[command(flatten)]
    filter: FilterArgs,

    /// The latest first
    #[arg(long)]
    newest_first: bool,

    /// At most this many invoices
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,

    /// Comma-separated values instead of a table
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    invoices: Vec<InvoiceMetadata>,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    permanent_storage_hwm_date: Option<Timestamp>,
}

/// Searches.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let filters = args.filter.filters(context.clock.now())?;
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let order = if args.newest_first {
        SortOrder::Descending
    } else {
        SortOrder::Ascending
    };
    // One more than is shown tells whether there is more.
    let page = args.limit.saturating_add(1).clamp(PAGE_MIN, PAGE_MAX);
    let search = InvoiceSearch::new(filters)
        .with_sort_order(order)
        .with_page_size(u16::try_from(page).unwrap_or(u16::MAX));
    let progress = context.printer.progress(0, &text!("searching", "szukam"));
    let mut found = Found {
        invoices: Vec::new(),
        has_more: false,
        permanent_storage_hwm_date: None,
    };
    let mut pages = std::pin::pin!(ksef.client().search_invoices(search));
    while let Some(page) = pages.try_next().await? {
        found.invoices.extend(page.invoices);
        let hwm = &mut found.permanent_storage_hwm_date;
        *hwm = (*hwm).max(page.permanent_storage_hwm_date);
        if found.invoices.len() > args.limit {
            found.invoices.truncate(args.limit);
            found.has_more = true;
            break;
        }
    }
    drop(progress);
    show(&context.printer, args, &found);
    Ok(Exit::Done)
}

fn show(printer: &Printer, args: &Args, found: &Found) {
    printer.result(found, |printer| {
        if args.csv {
            listing::print_csv(printer, &found.invoices);
        } else if !found.invoices.is_empty() {
            listing::print_table(printer, &found.invoices, args.filter.is_of_seller());
        }
    });
    if found.invoices.is_empty() {
        printer.note(&text!("there are no such invoices", "nie ma takich faktur"));
        if !args.filter.is_of_seller() {
            printer.hint(&text!(
                "invoices that the context issued: --role seller",
                "faktury wystawione przez ten podmiot: --role seller"
            ));
        }
    }
    if found.has_more {
        printer.note(&text!(
            "there are more; see them with a larger --limit",
            "jest ich więcej; pokaże je większa wartość --limit"
        ));
    }
}

/// What one request may give.
const PAGE_MIN: usize = 10;
const PAGE_MAX: usize = 250;

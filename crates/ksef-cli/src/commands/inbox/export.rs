//! `ksef inbox export`

use std::path::PathBuf;

use ksef_crypto::digest::sha256;
use serde::Serialize;

use super::failure::of_store;
use super::filter::FilterArgs;
use super::place::Place;
use crate::commands::invoice::{listing, output};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::Fields;

/// Arguments of `ksef inbox export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Writes KSEF-NUMBER.xml for every invoice, byte for byte as KSeF keeps it, and beside them invoices.csv, or with \
--with-json KSEF-NUMBER.json. A file with other content is never replaced without --force. KSeF is not asked.

Examples:
  ksef inbox export -o archive
  ksef inbox export --role buyer --issued-from 2026-11-01 --issued-to 2026-11-30 -o november --with-json")]
pub(crate) struct Args {
    #[command(flatten)]
    filter: FilterArgs,

    /// Folder to write into; made when it is missing
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,

    /// Beside each invoice what KSeF tells about it
    #[arg(long)]
    with_json: bool,

    /// Replace files with other content
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    folder: PathBuf,
    invoices: usize,
}

/// Exports.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let place = Place::find(context).await?;
    let inbox = place.existing().await?;
    let failed = |error| of_store(&error, &place.path());
    let numbers = inbox
        .numbers(&args.filter.filter(None)?)
        .await
        .map_err(failed)?;
    let count = numbers.len();
    let folder = args.output.display();
    if context.global.dry_run {
        context.printer.note(&text!(
            "would write {count} invoices into {folder}",
            "zapisano by {count} faktur w {folder}"
        ));
        return Ok(Exit::Done);
    }
    let total = u64::try_from(count).unwrap_or(0);
    let progress = context
        .printer
        .progress(total, &text!("writing", "zapisywanie"));
    let mut csv = listing::csv_headings();
    for number in &numbers {
        let Some(invoice) = inbox.invoice(number).await.map_err(failed)? else {
            continue;
        };
        if sha256(&invoice.xml) != invoice.hash {
            return Err(Error::failed(text!(
                "the document of {number} is damaged; it was not written",
                "dokument {number} jest uszkodzony; nie zapisano go"
            ))
            .hint(text!(
                "check the inbox: ksef inbox verify",
                "sprawdź skrzynkę: ksef inbox verify"
            )));
        }
        let path = |ending: &str| args.output.join(format!("{number}.{ending}"));
        output::write(&path("xml"), &invoice.xml, args.force)?;
        if args.with_json {
            let json = serde_json::to_vec_pretty(&invoice.summary.metadata).unwrap_or_default();
            output::write(&path("json"), &json, args.force)?;
        }
        csv.push_str(&listing::csv_line(&invoice.summary.metadata));
        progress.advance();
    }
    drop(progress);
    output::write(
        &args.output.join("invoices.csv"),
        csv.as_bytes(),
        args.force,
    )?;
    let shown = Shown {
        folder: args.output.clone(),
        invoices: count,
    };
    context.printer.result(&shown, |printer| {
        let mut fields = Fields::new(printer);
        fields.add(("invoices", "faktury"), shown.invoices);
        fields.add(("folder", "folder"), shown.folder.display());
        fields.print();
    });
    Ok(Exit::Done)
}

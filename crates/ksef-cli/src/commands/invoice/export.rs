//! `ksef invoice export`

mod record;
mod unpack;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ksef_api::ops::invoices::{CompressionType, DateRange, InvoiceFilters, InvoicePackage};
use ksef_core::reference::ExportRef;
use ksef_sdk::ErrorKind;
use ksef_sdk::receiving::{ExportOptions, RunningExport};
use serde::Serialize;

use self::record::Workshop;
use super::filter::FilterArgs;
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::durable;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Fields, Printer};

/// Arguments of `ksef invoice export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
KSeF packs the invoices that fit and encrypts the package for this command, which downloads it, checks every hash and \
unpacks it: KSEF-NUMBER.xml byte for byte as sent, and metadata-EXPORT.json. Nothing half written is left behind, and a \
file with other content is never replaced without --force.

A package holds at most 10 000 invoices, and a range at most 100 days. When there are more invoices the command says from \
where to go on; the invoice on the boundary comes twice and changes nothing. Interrupted, \
the same command goes on with the same package: until it is there, it lies in DIR/.ksef-export with its key.

Examples:
  ksef invoice export -o purchases                   purchases of the last 30 days
  ksef invoice export --role seller --from 2026-11-01 --to 2026-11-30 -o sales
  ksef invoice export --complete --from 2026-11-20T10:00:00Z -o purchases --json
  ksef invoice export --only-metadata -o lists")]
pub(crate) struct Args {
    #[command(flatten)]
    filter: FilterArgs,

    /// Folder to unpack into; made when it is missing
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,

    /// Only the metadata, without the documents
    #[arg(long)]
    only_metadata: bool,

    /// Form in which KSeF packs
    #[arg(long, value_enum, default_value = "tar-gz")]
    pack: Pack,

    /// Replace files with other content
    #[arg(long)]
    force: bool,

    /// Longest wait for the package, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    timeout: u64,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Pack {
    TarGz,
    Zip,
}

/// What came of an export.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    reference_number: ExportRef,
    folder: PathBuf,
    invoice_count: u64,
    files_written: usize,
    files_already_there: usize,
    is_truncated: bool,
    /// Where the next export has to begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    continue_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permanent_storage_hwm_date: Option<String>,
}

/// Exports.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let filters = args.filter.filters(context.clock.now())?;
    check_span(context, &filters)?;
    let folder = args.output.display();
    if context.global.dry_run {
        context.printer.note(&text!(
            "would export into {folder}",
            "wyeksportowano by do {folder}"
        ));
        return Ok(Exit::Done);
    }
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    durable::create_private_folder(&args.output)
        .map_err(|source| unwritable(&args.output, source))?;
    let failed = |source| unwritable(&args.output, source);
    let workshop = Workshop::open(&args.output).map_err(failed)?;
    let request = format!(
        "{:?} {:?} {} {}",
        args.filter,
        args.pack,
        args.only_metadata,
        connection.who(context)?
    );
    let (export, package) = match workshop.unfinished(&request).map_err(failed)? {
        Some(export) => match resumed(context, &ksef, args, &export).await? {
            Some(package) => (export, package),
            None => {
                workshop.clear().map_err(failed)?;
                fresh(context, &ksef, args, &filters, &workshop, &request).await?
            }
        },
        None => fresh(context, &ksef, args, &filters, &workshop, &request).await?,
    };
    let progress = context
        .printer
        .progress(0, &text!("downloading", "pobieranie"));
    let fetched = ksef
        .client()
        .fetch_package(&export, &package, workshop.folder())
        .await?;
    drop(progress);
    let unpacked = tokio::task::block_in_place(|| {
        unpack::unpack(&workshop, &fetched, export.reference(), args)
    });
    // It is there, or cannot be used: nothing of it is kept.
    workshop.remove();
    let unpacked = unpacked?;
    show(
        &context.printer,
        export.reference(),
        args,
        &package,
        unpacked,
    );
    Ok(Exit::Done)
}

/// Starts an export, writes it down and waits for its package.
async fn fresh(
    context: &Context,
    ksef: &Ksef,
    args: &Args,
    filters: &InvoiceFilters,
    workshop: &Workshop,
    request: &str,
) -> Result<(RunningExport, InvoicePackage)> {
    let export = start(ksef, args, filters).await?;
    workshop
        .keep(request, &export)
        .map_err(|source| unwritable(&args.output, source))?;
    let reference = export.reference();
    context.printer.note(&text!(
        "export {reference} started",
        "rozpoczęto eksport {reference}"
    ));
    let package = wait(context, ksef, args, &export).await?;
    Ok((export, package))
}

/// The package of an export that an earlier run started; `None` when there is none to be had any more.
async fn resumed(
    context: &Context,
    ksef: &Ksef,
    args: &Args,
    export: &RunningExport,
) -> Result<Option<InvoicePackage>> {
    let reference = export.reference();
    context.printer.note(&text!(
        "going on with the export {reference} of an earlier run",
        "kontynuacja eksportu {reference} z wcześniejszego uruchomienia"
    ));
    match wait(context, ksef, args, export).await {
        Ok(package) => Ok(Some(package)),
        Err(error) if matches!(error.kind(), ErrorKind::Status(_) | ErrorKind::Rejected) => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

async fn wait(
    context: &Context,
    ksef: &Ksef,
    args: &Args,
    export: &RunningExport,
) -> Result<InvoicePackage, ksef_sdk::Error> {
    let _progress = context
        .printer
        .progress(0, &text!("KSeF is packing", "KSeF pakuje faktury"));
    let mut poller = export.poller(ksef.client());
    poller.until_ready(Duration::from_secs(args.timeout)).await
}

async fn start(ksef: &Ksef, args: &Args, filters: &InvoiceFilters) -> Result<RunningExport> {
    let options = ExportOptions::default().with_compression(match args.pack {
        Pack::TarGz => CompressionType::TarGz,
        Pack::Zip => CompressionType::Zip,
    });
    let options = if args.only_metadata {
        options.with_only_metadata()
    } else {
        options
    };
    Ok(ksef.client().start_export(filters, &options).await?)
}

/// KSeF would refuse it as well, less clearly.
fn check_span(context: &Context, filters: &InvoiceFilters) -> Result<()> {
    let range = &filters.date_range;
    let to = range.to.unwrap_or_else(|| context.clock.now());
    if to.duration_since(range.from) <= DateRange::SPAN_MAX {
        return Ok(());
    }
    Err(Error::usage(text!(
        "an export covers at most 100 days",
        "eksport obejmuje najwyżej 100 dni"
    ))
    .hint(text!(
        "export piece by piece with --from and --to; ksef invoice search takes any span",
        "eksportuj częściami, używając --from i --to; ksef invoice search przyjmuje dowolny okres"
    )))
}

fn show(
    printer: &Printer,
    reference: ExportRef,
    args: &Args,
    package: &InvoicePackage,
    unpacked: unpack::Unpacked,
) {
    let instant = ksef_api::timestamp::format;
    let last = package
        .last_permanent_storage_date
        .or(package.last_invoicing_date)
        .map(instant);
    let shown = Shown {
        reference_number: reference,
        folder: args.output.clone(),
        invoice_count: package.invoice_count,
        files_written: unpacked.written,
        files_already_there: unpacked.already_there,
        is_truncated: package.is_truncated,
        continue_from: last.or_else(|| package.last_issue_date.map(|day| day.to_string())),
        permanent_storage_hwm_date: package.permanent_storage_hwm_date.map(instant),
    };
    printer.result(&shown, |printer| {
        let mut fields = Fields::new(printer);
        fields.add(("export", "eksport"), reference);
        fields.add(("invoices", "faktury"), shown.invoice_count);
        fields.add(("folder", "folder"), shown.folder.display());
        fields.add(("written", "zapisano"), shown.files_written);
        if shown.files_already_there > 0 {
            fields.add(("there already", "już były"), shown.files_already_there);
        }
        if let Some(hwm) = &shown.permanent_storage_hwm_date {
            fields.add(("complete to", "kompletne do"), hwm);
        }
        fields.print();
    });
    if let (true, Some(from)) = (shown.is_truncated, &shown.continue_from) {
        printer.warn(&text!(
            "there are more invoices; go on with --from {from}",
            "faktur jest więcej; kontynuuj z --from {from}"
        ));
    }
}

fn unwritable(path: &Path, source: io::Error) -> Error {
    Error::failed(text!(
        "{path} cannot be written",
        "nie można zapisać {path}",
        path = path.display()
    ))
    .caused_by(source)
    .hint(text!(
        "check the rights and the free space, or give another folder with --output",
        "sprawdź uprawnienia i wolne miejsce albo podaj inny folder w --output"
    ))
}

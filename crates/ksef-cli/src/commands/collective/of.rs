//! `ksef collective of`

use ksef_api::ops::collective::ListCollectiveIdentifiersOfInvoice;
use ksef_core::ksef_number::KsefNumber;

use super::made_here;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Table, moment};

/// Arguments of `ksef collective of`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef collective of 5265877635-20250826-0100001AF629-AF
  ksef collective of 5265877635-20250826-0100001AF629-AF --json")]
pub(crate) struct Args {
    /// KSeF number of the invoice
    #[arg(value_name = "KSEF_NUMBER")]
    invoice: KsefNumber,
}

/// Lists the identifiers.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let request =
        ListCollectiveIdentifiersOfInvoice::new(args.invoice).with_page_size(PAGE_ENTRIES);
    let (identifiers, _) = ksef.list(request, usize::MAX).await?;
    let printer = &context.printer;
    printer.result(&identifiers, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("identifier", "identyfikator"),
                ("made", "utworzony"),
                ("where", "gdzie"),
            ],
        );
        for known in &identifiers {
            let (en, pl) = made_here(known.created_in_current_context);
            table.row([
                known.collective_identifier_number.to_string(),
                moment(known.date_created),
                printer.lang().pick(en, pl).to_owned(),
            ]);
        }
        if !identifiers.is_empty() {
            table.print(printer);
        }
    });
    if identifiers.is_empty() {
        printer.note(&text!(
            "the invoice belongs to no collective identifier",
            "faktura nie należy do żadnego identyfikatora zbiorczego"
        ));
    }
    Ok(Exit::Done)
}

const PAGE_ENTRIES: u16 = 200;

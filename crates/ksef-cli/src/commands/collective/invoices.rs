//! `ksef collective invoices`

use ksef_api::ops::collective::{IDENTIFIERS_OF_CALL_MAX, ListInvoicesOfCollectives};
use ksef_core::collective_identifier::CollectiveIdentifier;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::Table;

/// Arguments of `ksef collective invoices`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An identifier that KSeF does not know has no invoices, which is no error. Payments and descriptions are hidden from \
contexts that neither made the identifier nor are parties of the invoice.

Examples:
  ksef collective invoices 1111111111-IZ202607-65ED02180000-E7
  ksef collective invoices 1111111111-IZ202607-65ED02180000-E7 --json")]
pub(crate) struct Args {
    /// The identifiers, as they stand in the titles of transfers
    #[arg(value_name = "IDENTIFIER", required = true)]
    identifier: Vec<CollectiveIdentifier>,

    /// At most this many invoices
    #[arg(long, value_name = "N", default_value_t = 5000)]
    limit: usize,
}

/// Lists the invoices.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let (mut invoices, mut is_more) = (Vec::new(), false);
    for identifiers in args.identifier.chunks(IDENTIFIERS_OF_CALL_MAX) {
        let request = ListInvoicesOfCollectives::new(identifiers.iter().copied())
            .with_page_size(PAGE_ENTRIES);
        let room = args.limit.saturating_sub(invoices.len());
        let (some, more) = ksef.list(request, room).await?;
        invoices.extend(some);
        is_more |= more;
    }
    let printer = &context.printer;
    printer.result(&invoices, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("identifier", "identyfikator"),
                ("invoice", "faktura"),
                ("amount", "kwota"),
                ("description", "opis"),
            ],
        );
        for invoice in &invoices {
            let amount = match &invoice.payment {
                Some(payment) => format!("{} {}", payment.amount, payment.currency),
                None if invoice.details_hidden => {
                    printer.lang().pick("hidden", "ukryta").to_owned()
                }
                None => "-".to_owned(),
            };
            table.row([
                invoice.collective_identifier_number.to_string(),
                invoice.ksef_number.to_string(),
                amount,
                invoice.description.clone().unwrap_or_default(),
            ]);
        }
        if !invoices.is_empty() {
            table.print(printer);
        }
    });
    if invoices.is_empty() {
        printer.note(&text!(
            "KSeF knows no invoices under these identifiers",
            "KSeF nie zna faktur o tych identyfikatorach zbiorczych"
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

const PAGE_ENTRIES: u16 = 500;

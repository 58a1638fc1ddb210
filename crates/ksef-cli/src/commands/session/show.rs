//! `ksef session show`

use ksef_api::ops::sessions::{GetSession, ListFailedInvoices, ListSessionInvoices};
use ksef_core::reference::SessionRef;
use serde::Serialize;

use super::Shown;
use crate::commands::invoice::ShownInvoice;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// Arguments of `ksef session show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef session show 20261121-SO-1DCE3E3000-12ECB5B36E-45
  ksef session show 20261121-SO-1DCE3E3000-12ECB5B36E-45 --failed
  ksef session show 20261121-SO-1DCE3E3000-12ECB5B36E-45 --json")]
pub(crate) struct Args {
    /// Reference of the session
    #[arg(value_name = "SESSION")]
    session: SessionRef,

    /// Only the invoices that were rejected
    #[arg(long)]
    failed: bool,
}

#[derive(Debug, Serialize)]
struct Document {
    session: Shown,
    invoices: Vec<ShownInvoice>,
}

/// Shows the session.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let session = ksef.call(&GetSession::new(args.session)).await?;
    let (invoices, _) = if args.failed {
        let request = ListFailedInvoices::new(args.session).with_page_size(PAGE_ENTRIES);
        ksef.list(request, usize::MAX).await?
    } else {
        let request = ListSessionInvoices::new(args.session).with_page_size(PAGE_ENTRIES);
        ksef.list(request, usize::MAX).await?
    };
    let document = Document {
        session: Shown::new(args.session, &session),
        invoices: invoices.into_iter().map(ShownInvoice::new).collect(),
    };
    context.printer.result(&document, |printer| {
        document.session.print(printer, &session);
        if !document.invoices.is_empty() {
            printer.line("");
            ShownInvoice::print_table(&document.invoices, printer);
        }
    });
    Ok(Exit::Done)
}

const PAGE_ENTRIES: u16 = 1000;

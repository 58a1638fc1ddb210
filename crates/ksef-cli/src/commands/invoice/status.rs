//! `ksef invoice status`

use ksef_api::ops::invoices::GetInvoice;
use ksef_api::ops::sessions::GetSessionInvoice;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::SessionRef;
use ksef_crypto::digest::sha256;

use super::ShownInvoice;
use super::which::{Named, Which};
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef invoice status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The exit code tells the status too: 0 accepted, 5 rejected, 6 not decided yet.

Examples:
  ksef invoice status invoice.xml
  ksef invoice status 5265877635-20261121-0A1B2C3D4E5F-A6
  ksef invoice status REFERENCE --session SESSION       sent from elsewhere")]
pub(crate) struct Args {
    /// The file that was sent from here, the KSeF number, or the reference of the invoice
    #[arg(value_name = "INVOICE", value_parser = Named::parse)]
    invoice: Named,

    /// Reference of the session that it was sent in
    #[arg(long, value_name = "SESSION")]
    session: Option<SessionRef>,
}

/// Asks KSeF.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let which = Which::find(context, &connection, &args.invoice, args.session)?;
    let ksef = connection.ksef_for(context, which.who)?;
    match (which.session, which.reference, which.number) {
        (Some(session), Some(reference), _) => {
            let invoice = ksef
                .call(&GetSessionInvoice::new(session, reference))
                .await?;
            let shown = ShownInvoice::new(invoice).in_session(session);
            context
                .printer
                .result(&shown, |printer| shown.print(printer));
            if let Some(hint) = shown.hint() {
                context.printer.hint(&hint);
            }
            Ok(shown.exit())
        }
        (_, _, Some(number)) => by_number(context, &ksef, &number).await,
        (None, _, None) => Err(which
            .require_session()
            .map_or_else(|error| error, no_reference)),
        (Some(session), None, None) => Err(no_reference(session)),
    }
}

/// KSeF tells no status by number, but whether it has the document.
async fn by_number(context: &Context, ksef: &Ksef, number: &KsefNumber) -> Result<Exit> {
    match ksef.call(&GetInvoice::new(*number)).await {
        Ok(document) => {
            let bytes = document.bytes;
            let shown = serde_json::json!({
                "ksefNumber": number,
                "stored": true,
                "invoiceHash": sha256(&bytes),
                "size": bytes.len(),
            });
            context.printer.result(&shown, |printer| {
                printer.text(&text!(
                    "{number} is in KSeF ({size} bytes, SHA-256 {hash})",
                    "{number} jest w KSeF ({size} B, SHA-256 {hash})",
                    size = bytes.len(),
                    hash = sha256(&bytes).to_base64()
                ));
            });
            Ok(Exit::Done)
        }
        Err(error) if error.code() == Some(NOT_STORED_YET) => {
            let shown = serde_json::json!({ "ksefNumber": number, "stored": false });
            context.printer.result(&shown, |printer| {
                printer.text(&text!(
                    "{number} is accepted but not stored yet; ask again in a moment",
                    "{number} została przyjęta, ale KSeF jeszcze jej nie zapisał; zapytaj za chwilę"
                ));
            });
            Ok(Exit::Pending)
        }
        Err(error) => Err(error),
    }
}

fn no_reference(session: SessionRef) -> Error {
    Error::usage(text!(
        "the reference of the invoice in session {session} is not known",
        "nie jest znany numer referencyjny tej faktury w sesji {session}"
    ))
    .hint(text!(
        "find it: ksef session show {session}",
        "znajdź go: ksef session show {session}"
    ))
}

/// 21165: processed, but not to be downloaded yet.
const NOT_STORED_YET: i64 = 21_165;

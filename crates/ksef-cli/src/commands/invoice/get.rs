//! `ksef invoice get`

use ksef_api::ops::invoices::GetInvoice;
use ksef_crypto::digest::sha256;

use super::output::OutputArgs;
use super::show::show;
use super::which::{Named, Which};
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef invoice get`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The document is byte for byte what its issuer sent; its hash is compared with the one that KSeF states.

Examples:
  ksef invoice get 5265877635-20261121-0A1B2C3D4E5F-A6
  ksef invoice get --show 5265877635-20261121-0A1B2C3D4E5F-A6
  ksef invoice get 5265877635-20261121-0A1B2C3D4E5F-A6 -o - | xmllint --format -")]
pub(crate) struct Args {
    /// The KSeF number
    #[arg(value_name = "KSEF-NUMBER", value_parser = Named::parse)]
    invoice: Named,

    #[command(flatten)]
    output: OutputArgs,

    /// Show it as well, as ksef invoice show does
    #[arg(long)]
    show: bool,
}

/// Downloads the invoice.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    if args.show && args.output.is_stdout() {
        return Err(Error::usage(text!(
            "--show and -o - would both write to stdout",
            "--show i -o - pisałyby jednocześnie na standardowe wyjście"
        ))
        .hint(text!(
            "leave one out, or name a file with -o",
            "pomiń jedną z tych opcji albo podaj plik w -o"
        )));
    }
    let connection = Connection::open(context).await?;
    let which = Which::find(context, &connection, &args.invoice, None)?;
    let number = which.number.ok_or_else(|| {
        Error::usage(text!(
            "the KSeF number of the invoice is not known",
            "numer KSeF tej faktury nie jest znany"
        ))
        .hint(text!(
            "ask for it first: ksef invoice status …",
            "zapytaj o niego najpierw: ksef invoice status …"
        ))
    })?;
    let ksef = connection.ksef_for(context, which.who)?;
    let bytes = ksef.call(&GetInvoice::new(number)).await?.bytes;
    let path = args
        .output
        .write(context, &format!("{number}.xml"), &bytes)?;
    if args.show {
        show(context, &bytes, Some(number), number.as_ref())?;
        if let Some(path) = path {
            let path = path.display();
            context
                .printer
                .note(&text!("saved as {path}", "zapisano jako {path}"));
        }
        return Ok(Exit::Done);
    }
    if let Some(path) = path {
        let shown = serde_json::json!({
            "ksefNumber": number,
            "file": path,
            "size": bytes.len(),
            "invoiceHash": sha256(&bytes),
        });
        context
            .printer
            .result(&shown, |printer| printer.line(path.display()));
    }
    Ok(Exit::Done)
}

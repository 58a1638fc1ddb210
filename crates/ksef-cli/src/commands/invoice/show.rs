//! `ksef invoice show`

use std::path::PathBuf;

use ksef_api::ops::invoices::GetInvoice;
use ksef_core::ksef_number::KsefNumber;
use ksef_invoice::finding::Finding;
use ksef_invoice::summary::Summary;

use super::which::{Named, Which};
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::send::words;
use crate::validate::Source;
use crate::validate::source::Unread;
use crate::view::{Sheet, json};

/// Show an invoice as a person reads it
///
/// A file of any form that KSeF knows, or a KSeF number: then the document is fetched. What is shown is what the
/// document says; ksef invoice validate judges it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef invoice show invoice.xml
  ksef invoice show 5265877635-20261121-0A1B2C3D4E5F-A6
  ksef invoice show --json invoice.xml | jq -r .total")]
pub(crate) struct Args {
    /// A file, - for stdin, or a KSeF number
    #[arg(value_name = "INVOICE")]
    invoice: String,
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    match KsefNumber::parse(&args.invoice) {
        Ok(number) => {
            let bytes = fetch(context, number).await?;
            show(context, &bytes, Some(number), &args.invoice)?;
        }
        Err(_) => {
            let source = match args.invoice.as_str() {
                "-" => Source::Stdin,
                path => Source::File(PathBuf::from(path)),
            };
            let bytes = source.read().map_err(|unread| match unread {
                Unread::Unreadable(error) => bad(&args.invoice, &words::unreadable(&error)),
                Unread::TooLarge(finding) => refused(&args.invoice, &[finding]),
            })?;
            show(context, &bytes, None, &args.invoice)?;
        }
    }
    Ok(Exit::Done)
}

async fn fetch(context: &Context, number: KsefNumber) -> Result<Vec<u8>> {
    let connection = Connection::open(context).await?;
    let which = Which::find(context, &connection, &Named::Number(number), None)?;
    let ksef = connection.ksef_for(context, which.who)?;
    Ok(ksef.call(&GetInvoice::new(number)).await?.bytes.to_vec())
}

/// Prints an invoice.
///
/// # Errors
/// It is no XML, or no form that KSeF knows.
pub(crate) fn show(
    context: &Context,
    bytes: &[u8],
    number: Option<KsefNumber>,
    name: &str,
) -> Result<()> {
    let summary = Summary::read(bytes).map_err(|findings| refused(name, &findings))?;
    if summary.form.is_none() {
        return Err(bad(
            name,
            &text!(
                "the document is not an invoice of a form that KSeF knows",
                "dokument nie jest fakturą w formularzu znanym KSeF"
            ),
        ));
    }
    let number = number.map(|number| number.to_string());
    let mut value = json(&summary);
    if let Some(members) = value.as_object_mut() {
        members.insert("ksefNumber".into(), number.clone().into());
    }
    context.printer.result(&value, |printer| {
        Sheet::new(printer, &summary).print(number.as_deref());
    });
    Ok(())
}

fn bad(name: &str, why: &Text) -> Error {
    Error::new(Exit::InvalidInvoice, why.prefixed(&format!("{name}: ")))
}

fn refused(name: &str, findings: &[Finding]) -> Error {
    bad(name, &words::findings(findings))
}

//! `ksef inbox show`

use ksef_core::ksef_number::KsefNumber;

use super::failure::of_store;
use super::place::Place;
use crate::commands::invoice::show;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef inbox show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef inbox show 5265877635-20261121-0A1B2C3D4E5F-A6
  ksef inbox show --xml 5265877635-20261121-0A1B2C3D4E5F-A6 > invoice.xml")]
pub(crate) struct Args {
    /// The KSeF number
    #[arg(value_name = "NUMBER")]
    number: KsefNumber,

    /// The document itself, byte for byte
    #[arg(long, conflicts_with = "json")]
    xml: bool,
}

/// Shows.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let place = Place::find(context).await?;
    let inbox = place.existing().await?;
    let number = args.number;
    let found = inbox
        .invoice(&number)
        .await
        .map_err(|error| of_store(&error, &place.path()))?;
    let Some(invoice) = found else {
        return Err(Error::usage(text!(
            "the invoice {number} is not in the inbox",
            "faktury {number} nie ma w skrzynce"
        ))
        .hint(text!(
            "bring the inbox up to date: ksef inbox sync; or ask KSeF: ksef invoice get {number}",
            "zaktualizuj skrzynkę: ksef inbox sync; albo zapytaj KSeF: ksef invoice get {number}"
        )));
    };
    if args.xml {
        context.printer.bytes(&invoice.xml);
    } else {
        show::show(context, &invoice.xml, Some(number), number.as_ref())?;
    }
    Ok(Exit::Done)
}

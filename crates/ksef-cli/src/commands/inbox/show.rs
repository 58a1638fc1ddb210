//! `ksef inbox show`

use ksef_core::ksef_number::KsefNumber;

use ksef_store::inbox::Inbox;

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

/// Reads invoices of the inbox.
pub(crate) struct Reader {
    place: Place,
    inbox: Inbox,
}

impl Reader {
    /// Of the inbox of the context; there has to be one.
    pub(crate) async fn open(context: &Context) -> Result<Self> {
        let place = Place::find(context).await?;
        let inbox = place.existing().await?;
        Ok(Self { place, inbox })
    }

    /// The document of this number, byte for byte.
    ///
    /// # Errors
    /// The inbox lacks it or cannot be read.
    pub(crate) async fn document(&self, number: KsefNumber) -> Result<Vec<u8>> {
        let found = self
            .inbox
            .invoice(&number)
            .await
            .map_err(|error| of_store(&error, &self.place.path()))?;
        let invoice = found.ok_or_else(|| {
            Error::usage(text!(
                "the invoice {number} is not in the inbox",
                "faktury {number} nie ma w skrzynce"
            ))
            .hint(text!(
                "bring the inbox up to date: ksef inbox sync; or ask KSeF: ksef invoice get {number}",
                "zaktualizuj skrzynkę: ksef inbox sync; albo zapytaj KSeF: ksef invoice get {number}"
            ))
        })?;
        Ok(invoice.xml.into())
    }
}

/// Shows.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let number = args.number;
    let xml = Reader::open(context).await?.document(number).await?;
    if args.xml {
        context.printer.bytes(&xml);
    } else {
        show::show(context, &xml, Some(number), number.as_ref())?;
    }
    Ok(Exit::Done)
}

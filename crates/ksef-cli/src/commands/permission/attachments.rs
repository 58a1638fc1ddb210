//! `ksef permission attachments`

use ksef_api::ops::permissions::{AttachmentConsent, GetAttachmentConsent};

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::printer::moment;

/// Arguments of `ksef permission attachments`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The consent is given and withdrawn in e-Urzad Skarbowy; on test environments with \"ksef testdata attachment\". Only \
batch sessions take invoices with attachments.

Examples:
  ksef permission attachments
  ksef permission attachments --context 5265877635 --json")]
pub(crate) struct Args {}

/// Shows the consent.
pub(crate) async fn run(context: &Context, _: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let consent = ksef.call(&GetAttachmentConsent).await?;
    context
        .printer
        .result(&consent, |printer| printer.text(&words(&consent)));
    Ok(Exit::Done)
}

fn words(consent: &AttachmentConsent) -> Text {
    match (consent.is_attachment_allowed, consent.revoked_date) {
        (true, None) => text!(
            "invoices with attachments are allowed",
            "faktury z załącznikami są dozwolone"
        ),
        (true, Some(end)) => text!(
            "invoices with attachments are allowed until {end}",
            "faktury z załącznikami są dozwolone do {end}",
            end = moment(end)
        ),
        (false, Some(end)) => text!(
            "invoices with attachments are not allowed since {end}",
            "faktury z załącznikami nie są dozwolone od {end}",
            end = moment(end)
        ),
        (false, None) => text!(
            "invoices with attachments are not allowed",
            "faktury z załącznikami nie są dozwolone"
        ),
    }
}

//! `ksef inbox`: the mirror of the invoices of a context.

pub(crate) mod export;
pub(crate) mod failure;
pub(crate) mod filter;
pub(crate) mod list;
pub(crate) mod place;
pub(crate) mod show;
pub(crate) mod sync;
pub(crate) mod verify;

use ksef_api::ops::invoices::SubjectRole;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::{Text, text};

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Bring the inbox up to date with KSeF
    Sync(sync::Args),
    /// List invoices of the inbox
    List(list::Args),
    /// Show an invoice of the inbox as a person reads it
    Show(show::Args),
    /// Write invoices of the inbox to files
    Export(export::Args),
    /// Check the inbox: every document, and that none is missing
    Verify(verify::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Sync(args) => sync::run(context, &args).await,
        Command::List(args) => list::run(context, &args).await,
        Command::Show(args) => show::run(context, &args).await,
        Command::Export(args) => export::run(context, &args).await,
        Command::Verify(args) => verify::run(context, &args).await,
    }
}

/// A role in words.
fn role_name(role: &SubjectRole) -> Text {
    match role {
        SubjectRole::Seller => text!("seller", "sprzedawca"),
        SubjectRole::Buyer => text!("buyer", "nabywca"),
        SubjectRole::ThirdParty => text!("third party", "podmiot trzeci"),
        SubjectRole::Authorised => text!("authorised party", "podmiot upoważniony"),
        other => Text::verbatim(other.as_str()),
    }
}

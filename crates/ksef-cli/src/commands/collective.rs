//! `ksef collective`

pub(crate) mod create;
pub(crate) mod invoices;
pub(crate) mod list;
pub(crate) mod of;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make one number under which several invoices of a seller are paid
    Create(create::Args),
    /// List the collective identifiers of the context, newest first
    List(list::Args),
    /// List the invoices of collective identifiers
    Invoices(invoices::Args),
    /// List the collective identifiers of an invoice
    Of(of::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Create(args) => create::run(context, &args).await,
        Command::List(args) => list::run(context, &args).await,
        Command::Invoices(args) => invoices::run(context, &args).await,
        Command::Of(args) => of::run(context, &args).await,
    }
}

/// Whether an identifier was made in the context, for people.
fn made_here(here: bool) -> (&'static str, &'static str) {
    if here {
        ("here", "tutaj")
    } else {
        ("elsewhere", "gdzie indziej")
    }
}

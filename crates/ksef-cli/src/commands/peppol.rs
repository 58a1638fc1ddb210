//! `ksef peppol`

pub(crate) mod list;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the Peppol service providers registered in KSeF, newest first
    List(list::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::List(args) => list::run(context, &args).await,
    }
}

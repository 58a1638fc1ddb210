//! `ksef limit`

pub(crate) mod show;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show every limit in force: requests, sessions, collective identifiers, certificates
    Show(show::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Show(args) => show::run(context, &args).await,
    }
}

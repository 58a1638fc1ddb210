//! `ksef token`

pub(crate) mod generate;
pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod show;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Generate a KSeF token and put it into the secret store
    Generate(generate::Args),
    /// List the KSeF tokens of the context
    List(list::Args),
    /// Show one KSeF token, without its secret
    Show(show::Args),
    /// Revoke a KSeF token
    Revoke(revoke::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Generate(args) => generate::run(context, &args).await,
        Command::List(args) => list::run(context, &args).await,
        Command::Show(args) => show::run(context, &args).await,
        Command::Revoke(args) => revoke::run(context, &args).await,
    }
}

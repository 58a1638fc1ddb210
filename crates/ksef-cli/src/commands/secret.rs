//! `ksef secret`

pub(crate) mod list;
pub(crate) mod passphrase;
pub(crate) mod rm;
pub(crate) mod set;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Store a secret, read from stdin or typed unseen
    Set(set::Args),
    /// List the names of the secrets
    List(list::Args),
    /// Remove a secret
    Rm(rm::Args),
    /// Protect the store by a passphrase, or by a key file again
    Passphrase(passphrase::Args),
}

/// Runs a command of the group.
pub(crate) fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Set(args) => set::run(context, &args),
        Command::List(args) => list::run(context, &args),
        Command::Rm(args) => rm::run(context, &args),
        Command::Passphrase(args) => passphrase::run(context, &args),
    }
}

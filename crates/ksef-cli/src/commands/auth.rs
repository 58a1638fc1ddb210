//! `ksef auth`

pub(crate) mod login;
pub(crate) mod logout;
mod pending;
pub(crate) mod sessions;
pub(crate) mod sign;
pub(crate) mod status;
pub(crate) mod submit;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Log in now and keep the tokens; other commands log in by themselves when they must
    Login(login::Args),
    /// Show which logins are kept, and until when they are valid
    Status(status::Args),
    /// End the login at KSeF and forget its tokens
    Logout(logout::Args),
    /// List the logins that KSeF knows in this context, or end one of them
    Sessions(sessions::Args),
    /// Write the document to be signed elsewhere, or sign it with the profile's certificate
    Sign(sign::Args),
    /// Log in with a document that was signed elsewhere
    Submit(submit::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Login(args) => login::run(context, &args).await,
        Command::Status(args) => status::run(context, &args).await,
        Command::Logout(args) => logout::run(context, &args).await,
        Command::Sessions(args) => sessions::run(context, &args).await,
        Command::Sign(args) => sign::run(context, &args).await,
        Command::Submit(args) => submit::run(context, &args).await,
    }
}

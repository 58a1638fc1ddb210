//! `ksef permission`

pub(crate) mod attachments;
pub(crate) mod check;
pub(crate) mod grant;
pub(crate) mod list;
mod outcome;
pub(crate) mod revoke;
pub(crate) mod status;
mod subject;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Grant permissions
    #[command(subcommand)]
    Grant(grant::Command),
    /// List permissions and roles
    #[command(subcommand)]
    List(list::Command),
    /// Withdraw permissions
    Revoke(revoke::Args),
    /// Say what this login may do, what is missing, and who could grant it
    Check(check::Args),
    /// Show how granting or withdrawing goes on
    Status(status::Args),
    /// Show whether the context may send invoices with attachments
    Attachments(attachments::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Grant(command) => grant::run(context, command).await,
        Command::List(command) => list::run(context, command).await,
        Command::Revoke(args) => revoke::run(context, &args).await,
        Command::Check(args) => check::run(context, &args).await,
        Command::Status(args) => status::run(context, &args).await,
        Command::Attachments(args) => attachments::run(context, &args).await,
    }
}

/// Reads a name of an enumeration, of which `known` are all.
fn parse_name<T>(
    text: &str,
    known: &[&str],
    from_name: impl Fn(&str) -> T,
    is_known: impl Fn(&T) -> bool,
) -> Result<T, String> {
    let value = from_name(text);
    if is_known(&value) {
        return Ok(value);
    }
    Err(format!("no such name; known are {}", known.join(", ")))
}

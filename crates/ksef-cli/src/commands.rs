//! The commands: one folder per group, one file per verb.
//!
//! Each verb has its `Args` and a `run` that gets the [`Context`] and returns how the process ends.

pub(crate) mod auth;
pub(crate) mod cert;
pub(crate) mod collective;
pub(crate) mod completions;
pub(crate) mod doctor;
pub(crate) mod help_markdown;
pub(crate) mod inbox;
pub(crate) mod init;
pub(crate) mod invoice;
pub(crate) mod limit;
pub(crate) mod outbox;
pub(crate) mod peppol;
pub(crate) mod permission;
pub(crate) mod profile;
pub(crate) mod raw;
pub(crate) mod sandbox;
pub(crate) mod secret;
pub(crate) mod session;
pub(crate) mod status;
pub(crate) mod testdata;
pub(crate) mod token;
pub(crate) mod upo;

use crate::args::Command;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// Runs a command.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Auth(command) => auth::run(context, command).await,
        Command::Session(command) => session::run(context, command).await,
        Command::Invoice(command) => invoice::run(context, command).await,
        Command::Upo(command) => upo::run(context, command).await,
        Command::Inbox(command) => inbox::run(context, command).await,
        Command::Outbox(command) => outbox::run(context, command).await,
        Command::Token(command) => token::run(context, command).await,
        Command::Cert(command) => cert::run(context, command).await,
        Command::Collective(command) => collective::run(context, command).await,
        Command::Limit(command) => limit::run(context, command).await,
        Command::Peppol(command) => peppol::run(context, command).await,
        Command::Permission(command) => permission::run(context, *command).await,
        Command::Testdata(command) => testdata::run(context, command).await,
        Command::Init(args) => init::run(context, &args),
        Command::Status(args) => status::run(context, &args).await,
        Command::Doctor(args) => doctor::run(context, &args).await,
        Command::Sandbox(args) => sandbox::run(context, &args).await,
        Command::Raw(args) => raw::run(context, &args).await,
        Command::Profile(command) => profile::run(context, command),
        Command::Secret(command) => secret::run(context, command),
        Command::Completions(args) => completions::run(context, &args),
        Command::HelpMarkdown(args) => help_markdown::run(context, &args),
    }
}

//! `ksef testdata`: what registers, paper forms and the Ministry do on the real environments.

pub(crate) mod attachment;
pub(crate) mod certificate;
pub(crate) mod context_block;
pub(crate) mod limit;
pub(crate) mod permission;
pub(crate) mod person;
pub(crate) mod rate;
pub(crate) mod subject;

use ksef_api::request::Request;
use serde_json::Value;

use crate::connect::{Connection, Ksef, Target};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::{Text, text};

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// VAT groups, local government units, enforcement authorities
    #[command(subcommand)]
    Subject(subject::Command),
    /// Sole traders and bailiffs
    #[command(subcommand)]
    Person(person::Command),
    /// Permissions as the paper form ZAW-FA grants them
    #[command(subcommand)]
    Permission(permission::Command),
    /// The consent to invoices with attachments
    #[command(subcommand)]
    Attachment(attachment::Command),
    /// KSeF certificates that end early
    #[command(subcommand)]
    Certificate(certificate::Command),
    /// Contexts in which nobody can log in
    #[command(subcommand)]
    Context(context_block::Command),
    /// Limits of sessions, collective identifiers and certificates
    #[command(subcommand)]
    Limit(limit::Command),
    /// Limits of requests
    #[command(subcommand)]
    Rate(rate::Command),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    refuse_without_testdata(context)?;
    match command {
        Command::Subject(command) => subject::run(context, command).await,
        Command::Person(command) => person::run(context, command).await,
        Command::Permission(command) => permission::run(context, command).await,
        Command::Attachment(command) => attachment::run(context, command).await,
        Command::Certificate(command) => certificate::run(context, command).await,
        Command::Context(command) => context_block::run(context, command).await,
        Command::Limit(command) => limit::run(context, command).await,
        Command::Rate(command) => rate::run(context, command).await,
    }
}

/// Demo and production have real taxpayers; nothing is sent there.
fn refuse_without_testdata(context: &Context) -> Result<()> {
    let place = Target::resolve(context)?.place;
    if place.kind().is_for_tests() {
        return Ok(());
    }
    Err(Error::usage(text!(
        "there is no test data on {place}: its taxpayers are real",
        "środowisko {place} nie ma danych testowych: podatnicy są tam prawdziwi"
    ))
    .hint(text!(
        "use --env test, --env sandbox, or the address of a sandbox (--url)",
        "użyj --env test, --env sandbox albo adresu piaskownicy (--url)"
    )))
}

/// One change of the test data.
struct Change<R> {
    /// What is called.
    request: R,
    /// The result for programs.
    result: Value,
    /// What a dry run says.
    would: Text,
    /// What is said when it is done.
    done: Text,
}

impl<R: Request<Answer = ()> + Sync> Change<R> {
    /// Makes the change without a login.
    async fn make(self, context: &Context) -> Result<Exit> {
        let connection = Connection::open(context).await?;
        self.make_at(context, &connection.anonymous(context)).await
    }

    /// Makes the change with the login of `ksef`.
    async fn make_at(self, context: &Context, ksef: &Ksef) -> Result<Exit> {
        if context.global.dry_run {
            context.printer.note(&self.would);
            return Ok(Exit::Done);
        }
        ksef.call(&self.request).await?;
        context
            .printer
            .result(&self.result, |printer| printer.text(&self.done));
        Ok(Exit::Done)
    }
}

/// The description of whatever nobody described.
const DESCRIPTION: &str = "made by ksef testdata";

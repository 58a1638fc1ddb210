//! `ksef permission grant`

pub(crate) mod authorization;
pub(crate) mod entity;
pub(crate) mod eu_admin;
pub(crate) mod eu_representative;
pub(crate) mod indirect;
pub(crate) mod person;
pub(crate) mod subunit;

use ksef_api::ops::permissions::StartedPermissionOperation;
use ksef_api::request::Request;

use super::outcome::{Waiting, Work};
use crate::args::parse_description;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Let a person work in the context
    Person(person::Args),
    /// Let an entity handle the invoices of the context
    Entity(entity::Args),
    /// Let an entity issue invoices in the name of the context
    Authorization(authorization::Args),
    /// Let a person handle the invoices of the context's clients
    Indirect(indirect::Args),
    /// Make somebody the administrator of a subordinate unit
    Subunit(subunit::Args),
    /// Make somebody the administrator of an EU entity
    EuAdmin(eu_admin::Args),
    /// Let a representative of an EU entity handle its invoices
    EuRepresentative(eu_representative::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Person(args) => person::run(context, &args).await,
        Command::Entity(args) => entity::run(context, &args).await,
        Command::Authorization(args) => authorization::run(context, &args).await,
        Command::Indirect(args) => indirect::run(context, &args).await,
        Command::Subunit(args) => subunit::run(context, &args).await,
        Command::EuAdmin(args) => eu_admin::run(context, &args).await,
        Command::EuRepresentative(args) => eu_representative::run(context, &args).await,
    }
}

/// What every grant has.
#[derive(Debug, clap::Args)]
struct Granting {
    /// What it is for, 5 to 256 characters; it shows in all lists
    #[arg(long, value_parser = parse_description)]
    description: String,

    #[command(flatten)]
    waiting: Waiting,
}

impl Granting {
    /// Grants `what` to `whom`.
    async fn grant<R>(&self, context: &Context, request: &R, whom: &str, what: &str) -> Result<Exit>
    where
        R: Request<Answer = StartedPermissionOperation> + Sync,
    {
        let connection = Connection::open(context).await?;
        let ksef = connection.ksef(context)?;
        let who = connection.who(context)?;
        let work = Work {
            request,
            would: text!(
                "would grant {whom} in the context {who}: {what}",
                "nadano by {whom} w kontekście {who}: {what}"
            ),
            done: text!(
                "granted {whom} in the context {who}: {what}",
                "nadano {whom} w kontekście {who}: {what}"
            ),
        };
        if let Some(result) = work.perform(context, &ksef, self.waiting).await? {
            context.printer.result(&result, |_| {});
        }
        Ok(Exit::Done)
    }
}

/// Names for a message.
fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}

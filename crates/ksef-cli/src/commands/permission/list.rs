//! `ksef permission list`

pub(crate) mod authorizations;
pub(crate) mod entities;
pub(crate) mod eu;
pub(crate) mod personal;
pub(crate) mod persons;
pub(crate) mod roles;
pub(crate) mod subunits;

use std::fmt::Display;

use ksef_api::ops::permissions::{PermissionState, SubjectEntityDetails, SubjectPersonDetails};
use ksef_api::page::PagedByOffset;
use serde::Serialize;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::Table;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// What this login was granted in the context
    Personal(personal::Args),
    /// What persons and entities may do in the context, or what was granted in it
    Persons(persons::Args),
    /// Administrators of subordinate units
    Subunits(subunits::Args),
    /// Permissions to handle invoices that the context received from other entities
    Entities(entities::Args),
    /// Authorisations to issue invoices in the name of others, granted or received
    Authorizations(authorizations::Args),
    /// Administrators and representatives of EU entities
    Eu(eu::Args),
    /// Roles of the entity
    Roles(roles::Args),
    /// Members of the VAT group or units of the local government
    SubordinateRoles(roles::SubordinateArgs),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Personal(args) => personal::run(context, &args).await,
        Command::Persons(args) => persons::run(context, &args).await,
        Command::Subunits(args) => subunits::run(context, &args).await,
        Command::Entities(args) => entities::run(context, &args).await,
        Command::Authorizations(args) => authorizations::run(context, &args).await,
        Command::Eu(args) => eu::run(context, &args).await,
        Command::Roles(args) => roles::run(context, &args).await,
        Command::SubordinateRoles(args) => roles::run_subordinate(context, &args).await,
    }
}

/// How much of a list is shown.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Extent {
    /// At most this many entries
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

/// A heading in both languages.
type Heading = (&'static str, &'static str);

impl Extent {
    /// Reads a list and shows it: whole as JSON, as a table for people.
    async fn show<R, const COLUMNS: usize>(
        self,
        context: &Context,
        request: R,
        headings: [Heading; COLUMNS],
        row: impl Fn(&R::Item) -> [String; COLUMNS],
    ) -> Result<Exit>
    where
        R: PagedByOffset + Clone + Sync,
        R::Item: Serialize,
    {
        let connection = Connection::open(context).await?;
        let ksef = connection.ksef(context)?;
        let (entries, is_more) = ksef.list_by_offset(request, self.limit).await?;
        let printer = &context.printer;
        printer.result(&entries, |printer| {
            if !entries.is_empty() {
                let mut table = Table::titled(printer, &headings);
                for entry in &entries {
                    table.row(row(entry));
                }
                table.print(printer);
            }
        });
        if entries.is_empty() {
            printer.note(&text!("there is nothing", "niczego nie ma"));
        }
        if is_more {
            printer.note(&text!(
                "there are more; see them with a larger --limit",
                "jest ich więcej; pokaże je większa wartość --limit"
            ));
        }
        Ok(Exit::Done)
    }
}

/// The name of whoever received a permission.
fn name(person: Option<&SubjectPersonDetails>, entity: Option<&SubjectEntityDetails>) -> String {
    match (person, entity) {
        (Some(person), _) => format!("{} {}", person.first_name, person.last_name),
        (None, Some(entity)) => entity.full_name.clone(),
        (None, None) => "-".to_owned(),
    }
}

fn or_dash(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// Whether a permission works.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum State {
    Active,
    Inactive,
}

impl From<State> for PermissionState {
    fn from(state: State) -> Self {
        match state {
            State::Active => Self::Active,
            State::Inactive => Self::Inactive,
        }
    }
}

const ID: Heading = ("id", "identyfikator");
const PERMISSION: Heading = ("permission", "uprawnienie");
const WHO: Heading = ("who", "kto");
const NAME: Heading = ("name", "nazwa");
const STATE: Heading = ("state", "stan");
const SINCE: Heading = ("since", "od");
const DESCRIPTION: Heading = ("description", "opis");
/// The most that these lists give at once.
const PAGE_ENTRIES: u16 = 100;

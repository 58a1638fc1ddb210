//! `ksef testdata subject`

use jiff::Timestamp;
use ksef_api::ops::testdata::{CreateSubject, RemoveSubject, SubjectKind};
use ksef_core::nip::Nip;
use serde_json::json;

use super::{Change, DESCRIPTION};
use crate::args::parse_description;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Create an entity of a special kind, with its units
    Create(CreateArgs),
    /// Remove an entity with its relations and roles
    Remove(RemoveArgs),
}

/// Arguments of `ksef testdata subject create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An ordinary taxpayer need not be created: on test environments whoever logs in with a NIP owns it.

Examples:
  ksef testdata subject create 5265877635 --kind vat-group --unit 7762811692 --unit 1234563218=Branch
  ksef testdata subject create 5265877635 --kind enforcement-authority --env test")]
pub(crate) struct CreateArgs {
    /// NIP of the entity
    nip: Nip,

    /// What it is
    #[arg(long, value_enum)]
    kind: Kind,

    /// A member of the VAT group or a unit of the local government, as NIP or NIP=DESCRIPTION; may be given several
    /// times
    #[arg(long, value_name = "NIP[=DESCRIPTION]", value_parser = parse_unit)]
    unit: Vec<(Nip, String)>,

    /// What it is for, 5 to 256 characters
    #[arg(long, default_value = DESCRIPTION, value_parser = parse_description)]
    description: String,

    /// Since when it exists, instead of now; later than before when it is created again
    #[arg(long, value_name = "INSTANT")]
    created: Option<Timestamp>,
}

/// Arguments of `ksef testdata subject remove`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata subject remove 5265877635")]
pub(crate) struct RemoveArgs {
    /// NIP of the entity
    nip: Nip,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    VatGroup,
    LocalGovernment,
    EnforcementAuthority,
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Create(args) => create(context, &args).await,
        Command::Remove(args) => remove(context, &args).await,
    }
}

async fn create(context: &Context, args: &CreateArgs) -> Result<Exit> {
    let kind = match args.kind {
        Kind::VatGroup => SubjectKind::VatGroup,
        Kind::LocalGovernment => SubjectKind::Jst,
        Kind::EnforcementAuthority => SubjectKind::EnforcementAuthority,
    };
    let mut request = CreateSubject::new(args.nip, kind, &args.description);
    for (nip, description) in &args.unit {
        request = request.with_subunit(*nip, description);
    }
    request.created_date = args.created;
    let (nip, kind, units) = (args.nip, &request.subject_type, args.unit.len());
    Change {
        result: json!({ "created": nip, "kind": kind, "units": units }),
        would: text!(
            "would create {nip} as {kind} with {units} units",
            "utworzono by {nip} jako {kind}; liczba jednostek: {units}"
        ),
        done: text!(
            "created {nip} as {kind} with {units} units",
            "utworzono {nip} jako {kind}; liczba jednostek: {units}"
        ),
        request: request.clone(),
    }
    .make(context)
    .await
}

async fn remove(context: &Context, args: &RemoveArgs) -> Result<Exit> {
    let nip = args.nip;
    Change {
        request: RemoveSubject::new(nip),
        result: json!({ "removed": nip }),
        would: text!("would remove the entity {nip}", "usunięto by podmiot {nip}"),
        done: text!("removed the entity {nip}", "usunięto podmiot {nip}"),
    }
    .make(context)
    .await
}

fn parse_unit(text: &str) -> Result<(Nip, String), String> {
    let (nip, description) = text.split_once('=').unwrap_or((text, DESCRIPTION));
    let nip = Nip::parse(nip).map_err(|error| error.to_string())?;
    Ok((nip, parse_description(description)?))
}

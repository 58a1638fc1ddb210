//! `ksef testdata person`

use jiff::Timestamp;
use ksef_api::ops::testdata::{CreatePerson, RemovePerson};
use ksef_core::nip::Nip;
use ksef_core::pesel::Pesel;
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
    /// Create a sole trader or a bailiff: a NIP that belongs to a PESEL
    Create(CreateArgs),
    /// Remove a person with all permissions
    Remove(RemoveArgs),
}

/// Arguments of `ksef testdata person create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Whoever logs in with the PESEL then owns the NIP. A bailiff may carry out enforcement operations too; the login of a \
dead person ends with status 470.

Examples:
  ksef testdata person create 7762811692 --pesel 15062788702
  ksef testdata person create 7762811692 --pesel 15062788702 --bailiff --env test")]
pub(crate) struct CreateArgs {
    /// NIP of the business
    nip: Nip,

    /// PESEL of the person
    #[arg(long)]
    pesel: Pesel,

    /// The person is a bailiff
    #[arg(long)]
    bailiff: bool,

    /// The person is dead
    #[arg(long)]
    deceased: bool,

    /// What it is for, 5 to 256 characters
    #[arg(long, default_value = DESCRIPTION, value_parser = parse_description)]
    description: String,

    /// Since when it exists, instead of now; later than before when it is created again
    #[arg(long, value_name = "INSTANT")]
    created: Option<Timestamp>,
}

/// Arguments of `ksef testdata person remove`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata person remove 7762811692")]
pub(crate) struct RemoveArgs {
    /// NIP of the business
    nip: Nip,
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Create(args) => create(context, &args).await,
        Command::Remove(args) => remove(context, &args).await,
    }
}

async fn create(context: &Context, args: &CreateArgs) -> Result<Exit> {
    let (nip, pesel) = (args.nip, args.pesel);
    let mut request = CreatePerson::new(nip, pesel, &args.description);
    request.is_bailiff = args.bailiff;
    request.is_deceased = args.deceased;
    request.created_date = args.created;
    Change {
        result: json!({
            "created": nip, "pesel": pesel, "bailiff": args.bailiff, "deceased": args.deceased,
        }),
        would: text!(
            "would create the person with NIP {nip} and PESEL {pesel}",
            "utworzono by osobę o NIP {nip} i PESEL {pesel}"
        ),
        done: text!(
            "created the person with NIP {nip} and PESEL {pesel}",
            "utworzono osobę o NIP {nip} i PESEL {pesel}"
        ),
        request,
    }
    .make(context)
    .await
}

async fn remove(context: &Context, args: &RemoveArgs) -> Result<Exit> {
    let nip = args.nip;
    Change {
        request: RemovePerson::new(nip),
        result: json!({ "removed": nip }),
        would: text!("would remove the person {nip}", "usunięto by osobę {nip}"),
        done: text!("removed the person {nip}", "usunięto osobę {nip}"),
    }
    .make(context)
    .await
}

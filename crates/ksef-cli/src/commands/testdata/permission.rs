//! `ksef testdata permission`

use ksef_api::ops::testdata::{
    GrantTestPermissions, RevokeTestPermissions, TestPermission, TestPermissionType,
};
use ksef_core::context::SubjectIdentifier;
use ksef_core::nip::Nip;
use serde_json::json;

use super::{Change, DESCRIPTION};
use crate::args::{parse_description, parse_subject};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Grant somebody permissions in the context of a NIP
    Grant(GrantArgs),
    /// Withdraw everything that was granted somebody this way
    Revoke(RevokeArgs),
}

/// Arguments of `ksef testdata permission grant`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nobody need be logged in: it is what the tax office does with the form ZAW-FA. Permissions that somebody grants from \
within KSeF are another thing.

Examples:
  ksef testdata permission grant 5265877635 --to 15062788702 --permission InvoiceRead --permission InvoiceWrite
  ksef testdata permission grant 5265877635 --to Nip:7762811692 --permission SubunitManage --env test")]
pub(crate) struct GrantArgs {
    /// NIP in whose context the permissions hold
    nip: Nip,

    /// Who receives them: a NIP, a PESEL, the fingerprint of a certificate, or Type:value
    #[arg(long, value_name = "WHO", value_parser = parse_subject)]
    to: SubjectIdentifier,

    /// A permission; may be given several times
    #[arg(long, value_name = "PERMISSION", required = true, value_parser = parse_permission)]
    permission: Vec<TestPermissionType>,

    /// What they are for, 5 to 256 characters
    #[arg(long, default_value = DESCRIPTION, value_parser = parse_description)]
    description: String,
}

/// Arguments of `ksef testdata permission revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata permission revoke 5265877635 --from 15062788702")]
pub(crate) struct RevokeArgs {
    /// NIP in whose context the permissions hold
    nip: Nip,

    /// Who loses them: a NIP, a PESEL, the fingerprint of a certificate, or Type:value
    #[arg(long, value_name = "WHO", value_parser = parse_subject)]
    from: SubjectIdentifier,
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Grant(args) => grant(context, &args).await,
        Command::Revoke(args) => revoke(context, &args).await,
    }
}

async fn grant(context: &Context, args: &GrantArgs) -> Result<Exit> {
    let (nip, who) = (args.nip, args.to);
    let names: Vec<&str> = args.permission.iter().map(|known| known.as_str()).collect();
    let names = names.join(", ");
    let permissions = args
        .permission
        .iter()
        .map(|permission| TestPermission::new(permission.clone(), &args.description));
    Change {
        request: GrantTestPermissions::new(nip, who, permissions),
        result: json!({ "granted": args.permission, "context": nip, "to": who }),
        would: text!(
            "would grant {who} in the context of {nip}: {names}",
            "nadano by {who} w kontekście {nip}: {names}"
        ),
        done: text!(
            "granted {who} in the context of {nip}: {names}",
            "nadano {who} w kontekście {nip}: {names}"
        ),
    }
    .make(context)
    .await
}

async fn revoke(context: &Context, args: &RevokeArgs) -> Result<Exit> {
    let (nip, who) = (args.nip, args.from);
    Change {
        request: RevokeTestPermissions::new(nip, who),
        result: json!({ "revokedFrom": who, "context": nip }),
        would: text!(
            "would withdraw all permissions of test data that {who} has in the context of {nip}",
            "odebrano by {who} wszystkie uprawnienia testowe w kontekście {nip}"
        ),
        done: text!(
            "withdrew all permissions of test data that {who} had in the context of {nip}",
            "odebrano {who} wszystkie uprawnienia testowe w kontekście {nip}"
        ),
    }
    .make(context)
    .await
}

fn parse_permission(text: &str) -> Result<TestPermissionType, String> {
    let permission = TestPermissionType::from_name(text);
    if permission.is_known() {
        return Ok(permission);
    }
    Err(format!(
        "no such permission; known are {}",
        TestPermissionType::KNOWN.join(", ")
    ))
}

//! `ksef permission grant entity`

use clap::ArgGroup;
use ksef_api::ops::permissions::{EntityPermission, EntityPermissionType, GrantEntityPermissions};
use ksef_core::nip::Nip;

use super::super::parse_name;
use super::super::subject::parse_text;
use super::{Granting, names};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// Arguments of `ksef permission grant entity`.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["permission", "delegable"]))]
#[command(after_help = "\
It takes CredentialsManage. What is delegable the entity may pass on to its own people: ksef permission grant indirect.

Examples:
  ksef permission grant entity 7762811692 --name \"Biuro Rachunkowe\" --delegable InvoiceRead --permission InvoiceWrite --description \"Accounting office\"")]
pub(crate) struct Args {
    /// NIP of the entity that receives them
    #[arg(value_name = "NIP")]
    nip: Nip,

    /// Full name of the entity, 5 to 90 characters
    #[arg(long, value_parser = parse_entity_name)]
    name: String,

    /// A permission that stays with the entity: InvoiceRead, InvoiceWrite or CollectiveIdentifierManage; may be given
    /// several times
    #[arg(long, value_name = "PERMISSION", value_parser = parse_permission)]
    permission: Vec<EntityPermissionType>,

    /// A permission that the entity may pass on; may be given several times
    #[arg(long, value_name = "PERMISSION", value_parser = parse_permission)]
    delegable: Vec<EntityPermissionType>,

    #[command(flatten)]
    granting: Granting,
}

/// Grants the permissions.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let kept = args.permission.iter().cloned().map(EntityPermission::new);
    let passed_on = args
        .delegable
        .iter()
        .cloned()
        .map(EntityPermission::delegable);
    let permissions: Vec<_> = kept.chain(passed_on).collect();
    let what = names(
        permissions
            .iter()
            .map(|permission| permission.kind.as_str()),
    );
    let request = GrantEntityPermissions::new(
        args.nip,
        &args.name,
        permissions,
        &args.granting.description,
    );
    let whom = format!("{} ({})", args.nip, args.name);
    args.granting.grant(context, &request, &whom, &what).await
}

fn parse_permission(text: &str) -> Result<EntityPermissionType, String> {
    parse_name(
        text,
        EntityPermissionType::KNOWN,
        EntityPermissionType::from_name,
        EntityPermissionType::is_known,
    )
}

/// The name of an entity that receives permissions.
pub(super) fn parse_entity_name(text: &str) -> Result<String, String> {
    parse_text(text, "the name of an entity", 5, 90)
}

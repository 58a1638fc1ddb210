//! `ksef permission grant indirect`

use clap::ArgGroup;
use ksef_api::ops::permissions::{
    GrantIndirectPermissions, IndirectPermissionType, PermissionTarget,
};
use ksef_core::context::ContextIdentifier;

use super::super::parse_name;
use super::super::subject::PersonArgs;
use super::{Granting, names};
use crate::args::parse_context;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// Arguments of `ksef permission grant indirect`.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("whose").required(true).args(["client", "all_clients"]))]
#[command(after_help = "\
It takes CredentialsManage in the context of the intermediary. The person may do with a client what the client made \
delegable and you grant, both; until the client did, the permission is inactive.

Examples:
  ksef permission grant indirect 15062788702 --first-name Anna --last-name Nowak --client 7762811692 --permission InvoiceRead --description \"Looks after this client\"
  ksef permission grant indirect 15062788702 --first-name Anna --last-name Nowak --all-clients --permission InvoiceRead --description \"Looks after all clients\"")]
pub(crate) struct Args {
    #[command(flatten)]
    person: PersonArgs,

    /// The client: a NIP, or the internal identifier of one of its units
    #[arg(long, value_name = "WHO", value_parser = parse_target)]
    client: Option<PermissionTarget>,

    /// Every client, also those to come
    #[arg(long)]
    all_clients: bool,

    /// A permission: InvoiceRead, InvoiceWrite or CollectiveIdentifierManage; may be given several times
    #[arg(long, value_name = "PERMISSION", required = true, value_parser = parse_permission)]
    permission: Vec<IndirectPermissionType>,

    #[command(flatten)]
    granting: Granting,
}

/// Grants the permissions.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let target = args.client.unwrap_or(PermissionTarget::AllPartners);
    let request = GrantIndirectPermissions::new(
        args.person.subject()?,
        target,
        args.permission.clone(),
        &args.granting.description,
    );
    let what = names(args.permission.iter().map(IndirectPermissionType::as_str));
    let what = format!("{what} ({target})");
    let whom = args.person.who().to_string();
    args.granting.grant(context, &request, &whom, &what).await
}

fn parse_permission(text: &str) -> Result<IndirectPermissionType, String> {
    parse_name(
        text,
        IndirectPermissionType::KNOWN,
        IndirectPermissionType::from_name,
        IndirectPermissionType::is_known,
    )
}

/// A client: a NIP or an internal identifier.
pub(in super::super) fn parse_target(text: &str) -> Result<PermissionTarget, String> {
    if text.eq_ignore_ascii_case("AllPartners") {
        return Ok(PermissionTarget::AllPartners);
    }
    match parse_context(text)? {
        ContextIdentifier::Nip(nip) => Ok(PermissionTarget::Nip(nip)),
        ContextIdentifier::InternalId(id) => Ok(PermissionTarget::InternalId(id)),
        other => Err(format!(
            "a client is a NIP or an internal identifier, not {}",
            other.kind()
        )),
    }
}

//! `ksef permission list personal`

use ksef_api::ops::permissions::{
    PermissionTarget, PersonalPermissionScope, QueryPersonalPermissions,
};
use ksef_core::context::ContextIdentifier;

use super::super::grant::indirect::parse_target;
use super::super::parse_name;
use super::{DESCRIPTION, Extent, ID, PAGE_ENTRIES, PERMISSION, SINCE, STATE, State, or_dash};
use crate::args::parse_context;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::printer::moment;

/// Arguments of `ksef permission list personal`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What the owner may do as such is not in the list: ksef permission check.

Examples:
  ksef permission list personal
  ksef permission list personal --state active --permission InvoiceRead --json")]
pub(crate) struct Args {
    /// Only what was granted in this context: a NIP or an internal identifier
    #[arg(long, value_name = "WHO", value_parser = parse_context)]
    granted_in: Option<ContextIdentifier>,

    /// Only what is for this target: a NIP, an internal identifier, or AllPartners
    #[arg(long, value_name = "WHO", value_parser = parse_target)]
    target: Option<PermissionTarget>,

    /// Only this permission; may be given several times
    #[arg(long, value_name = "PERMISSION", value_parser = parse_permission)]
    permission: Vec<PersonalPermissionScope>,

    /// Only what works, or only what does not
    #[arg(long, value_enum)]
    state: Option<State>,

    #[command(flatten)]
    extent: Extent,
}

/// Lists the permissions.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let mut query = QueryPersonalPermissions::new()
        .with_permissions(args.permission.clone())
        .with_page_size(PAGE_ENTRIES);
    query.context_identifier = args.granted_in;
    query.target_identifier = args.target;
    query.permission_state = args.state.map(Into::into);
    let headings = [
        ID,
        PERMISSION,
        STATE,
        ("granted in", "nadane w"),
        ("target", "dla"),
        SINCE,
        DESCRIPTION,
    ];
    args.extent
        .show(context, query, headings, |item| {
            [
                item.id.to_string(),
                item.permission_scope.to_string(),
                item.permission_state.to_string(),
                or_dash(item.context_identifier.as_ref()),
                or_dash(item.target_identifier.as_ref()),
                moment(item.start_date),
                item.description.clone(),
            ]
        })
        .await
}

fn parse_permission(text: &str) -> Result<PersonalPermissionScope, String> {
    parse_name(
        text,
        PersonalPermissionScope::KNOWN,
        PersonalPermissionScope::from_name,
        PersonalPermissionScope::is_known,
    )
}

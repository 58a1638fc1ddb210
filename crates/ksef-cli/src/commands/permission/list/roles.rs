//! `ksef permission list roles` and `ksef permission list subordinate-roles`

use ksef_api::ops::permissions::{QueryEntityRoles, QuerySubordinateRoles};
use ksef_core::nip::Nip;

use super::{DESCRIPTION, Extent, PAGE_ENTRIES, SINCE, or_dash};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::printer::moment;

/// Arguments of `ksef permission list roles`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes CredentialsManage or CredentialsRead. Roles come from the registers of the tax office.

Examples:
  ksef permission list roles")]
pub(crate) struct Args {
    #[command(flatten)]
    extent: Extent,
}

/// Arguments of `ksef permission list subordinate-roles`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes CredentialsManage, CredentialsRead or SubunitManage.

Examples:
  ksef permission list subordinate-roles
  ksef permission list subordinate-roles --entity 7762811692")]
pub(crate) struct SubordinateArgs {
    /// Only this member or unit
    #[arg(long, value_name = "NIP")]
    entity: Option<Nip>,

    #[command(flatten)]
    extent: Extent,
}

/// Lists the roles.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let query = QueryEntityRoles::new().with_page_size(PAGE_ENTRIES);
    let headings = [
        ("role", "rola"),
        ("of", "podmiot nadrzędny"),
        SINCE,
        DESCRIPTION,
    ];
    args.extent
        .show(context, query, headings, |item| {
            [
                item.role.to_string(),
                or_dash(item.parent_entity_identifier.as_ref()),
                moment(item.start_date),
                item.description.clone(),
            ]
        })
        .await
}

/// Lists the subordinate entities.
pub(crate) async fn run_subordinate(context: &Context, args: &SubordinateArgs) -> Result<Exit> {
    let mut query = QuerySubordinateRoles::new().with_page_size(PAGE_ENTRIES);
    if let Some(entity) = args.entity {
        query = query.with_entity(entity);
    }
    let headings = [("entity", "podmiot"), ("role", "rola"), SINCE, DESCRIPTION];
    args.extent
        .show(context, query, headings, |item| {
            [
                item.subordinate_entity_identifier.to_string(),
                item.role.to_string(),
                moment(item.start_date),
                item.description.clone(),
            ]
        })
        .await
}

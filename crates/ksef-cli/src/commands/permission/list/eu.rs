//! `ksef permission list eu`

use ksef_api::ops::permissions::{EuPermissionScope, QueryEuEntityPermissions};

use super::super::parse_name;
use super::{DESCRIPTION, Extent, ID, NAME, PAGE_ENTRIES, PERMISSION, SINCE, name};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::printer::moment;

/// Arguments of `ksef permission list eu`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes CredentialsManage, CredentialsRead or VatUeManage. In the context of a taxpayer it shows the administrators, in \
a compound context everybody.

Examples:
  ksef permission list eu
  ksef permission list eu --vat-number DE123456789 --permission VatUeManage
  ksef permission list eu --context NipVatUe:5265877635-DE123456789")]
pub(crate) struct Args {
    /// Only the EU entity of this VAT number, with its country prefix
    #[arg(long, value_name = "NUMBER")]
    vat_number: Option<String>,

    /// Only fingerprints that contain these digits
    #[arg(long, value_name = "DIGITS")]
    fingerprint: Option<String>,

    /// Only this permission; may be given several times
    #[arg(long, value_name = "PERMISSION", value_parser = parse_permission)]
    permission: Vec<EuPermissionScope>,

    #[command(flatten)]
    extent: Extent,
}

/// Lists the permissions.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let mut query = QueryEuEntityPermissions::new()
        .with_permissions(args.permission.clone())
        .with_page_size(PAGE_ENTRIES);
    query.vat_ue_identifier.clone_from(&args.vat_number);
    query
        .authorized_fingerprint_identifier
        .clone_from(&args.fingerprint);
    let headings = [
        ID,
        ("vat number", "numer vat"),
        ("eu entity", "podmiot unijny"),
        NAME,
        PERMISSION,
        SINCE,
        ("fingerprint", "odcisk palca"),
        DESCRIPTION,
    ];
    args.extent
        .show(context, query, headings, |item| {
            [
                item.id.to_string(),
                item.vat_ue_identifier.clone(),
                item.eu_entity_name.clone(),
                name(
                    item.subject_person_details.as_ref(),
                    item.subject_entity_details.as_ref(),
                ),
                item.permission_scope.to_string(),
                moment(item.start_date),
                item.authorized_fingerprint_identifier.clone(),
                item.description.clone(),
            ]
        })
        .await
}

fn parse_permission(text: &str) -> Result<EuPermissionScope, String> {
    parse_name(
        text,
        EuPermissionScope::KNOWN,
        EuPermissionScope::from_name,
        EuPermissionScope::is_known,
    )
}

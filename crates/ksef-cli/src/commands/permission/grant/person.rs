//! `ksef permission grant person`

use ksef_api::ops::permissions::{GrantPersonPermissions, PersonPermissionType};

use super::super::parse_name;
use super::super::subject::PersonArgs;
use super::{Granting, names};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// Arguments of `ksef permission grant person`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes CredentialsManage. The person has the permissions from the next login, or the next access token, on.

Examples:
  ksef permission grant person 15062788702 --first-name Anna --last-name Nowak --permission InvoiceRead --permission InvoiceWrite --description \"Accounting\"
  ksef permission grant person Nip:7762811692 --first-name Jan --last-name Nowak --permission CredentialsManage --description \"Administrator\"
  ksef permission grant person CEB3643BAC2C111ADDE971BDA5A80163441867D65389FC0BC0DFF8B4C1CD4E59 --first-name Max --last-name Muster --birth-date 1990-02-01 --document DE:passport:XX1234567 --permission InvoiceRead --description \"Auditor\"")]
pub(crate) struct Args {
    #[command(flatten)]
    person: PersonArgs,

    /// A permission; may be given several times
    #[arg(long, value_name = "PERMISSION", required = true, value_parser = parse_permission)]
    permission: Vec<PersonPermissionType>,

    #[command(flatten)]
    granting: Granting,
}

/// Grants the permissions.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let request = GrantPersonPermissions::new(
        args.person.subject()?,
        args.permission.clone(),
        &args.granting.description,
    );
    let what = names(args.permission.iter().map(PersonPermissionType::as_str));
    let whom = args.person.who().to_string();
    args.granting.grant(context, &request, &whom, &what).await
}

fn parse_permission(text: &str) -> Result<PersonPermissionType, String> {
    parse_name(
        text,
        PersonPermissionType::KNOWN,
        PersonPermissionType::from_name,
        PersonPermissionType::is_known,
    )
}

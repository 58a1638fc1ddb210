//! `ksef permission grant eu-representative`

use ksef_api::ops::permissions::{EuPermissionType, GrantEuRepresentation};

use super::super::parse_name;
use super::super::subject::EuSubjectArgs;
use super::{Granting, names};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// Arguments of `ksef permission grant eu-representative`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes VatUeManage in the compound context of the EU entity: its administrator has it, the taxpayer has not.

Examples:
  ksef permission grant eu-representative CEB3643BAC2C111ADDE971BDA5A80163441867D65389FC0BC0DFF8B4C1CD4E59 --first-name Max --last-name Muster --birth-date 1990-02-01 --document DE:passport:XX1234567 --permission InvoiceWrite --description \"Representative\" --context NipVatUe:5265877635-DE123456789")]
pub(crate) struct Args {
    #[command(flatten)]
    subject: EuSubjectArgs,

    /// A permission: InvoiceRead or InvoiceWrite; may be given several times
    #[arg(long, value_name = "PERMISSION", required = true, value_parser = parse_permission)]
    permission: Vec<EuPermissionType>,

    #[command(flatten)]
    granting: Granting,
}

/// Grants the permissions.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let request = GrantEuRepresentation::new(
        args.subject.subject()?,
        args.permission.clone(),
        &args.granting.description,
    );
    let whom = format!("Fingerprint:{}", args.subject.fingerprint());
    let what = names(args.permission.iter().map(EuPermissionType::as_str));
    args.granting.grant(context, &request, &whom, &what).await
}

fn parse_permission(text: &str) -> Result<EuPermissionType, String> {
    parse_name(
        text,
        EuPermissionType::KNOWN,
        EuPermissionType::from_name,
        EuPermissionType::is_known,
    )
}

//! `ksef permission grant subunit`

use clap::ArgGroup;
use ksef_api::ops::permissions::GrantSubunitAdministration;
use ksef_core::internal_id::InternalId;
use ksef_core::nip::Nip;

use super::super::subject::{PersonArgs, parse_text};
use super::Granting;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef permission grant subunit`.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("which").required(true).args(["unit", "member"]))]
#[command(after_help = "\
It takes SubunitManage. The administrator receives CredentialsManage in the context of the unit, and grants itself and \
others the rest there.

Examples:
  ksef permission grant subunit 15062788702 --first-name Anna --last-name Nowak --unit 5265877635-12346 --unit-name \"Branch in Gdansk\" --description \"Head of the branch\"
  ksef permission grant subunit 15062788702 --first-name Anna --last-name Nowak --member 7762811692 --description \"Head of the member\"")]
pub(crate) struct Args {
    #[command(flatten)]
    person: PersonArgs,

    /// A unit inside the taxpayer: NIP, a hyphen and 5 digits, the last of them a check digit; it comes into being with
    /// its first administrator
    #[arg(long, value_name = "ID", value_parser = parse_unit, requires = "unit_name")]
    unit: Option<InternalId>,

    /// Name of the unit, 5 to 256 characters
    #[arg(long, value_name = "NAME", value_parser = parse_unit_name)]
    unit_name: Option<String>,

    /// A member of the VAT group, or a unit of the local government, that the context is
    #[arg(long, value_name = "NIP")]
    member: Option<Nip>,

    #[command(flatten)]
    granting: Granting,
}

/// Grants the administration.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let subject = args.person.subject()?;
    let description = &args.granting.description;
    let mut request = match (args.unit, args.member) {
        (Some(unit), _) => {
            let name = args.unit_name.as_deref().unwrap_or_default();
            GrantSubunitAdministration::of_unit(subject, unit, name, description)
        }
        (None, Some(member)) => GrantSubunitAdministration::of_member(subject, member, description),
        (None, None) => {
            return Err(Error::usage(text!(
                "say which unit: --unit or --member",
                "podaj jednostkę: --unit albo --member"
            )));
        }
    };
    if let Some(name) = &args.unit_name {
        request = request.with_unit_name(name);
    }
    let what = format!("CredentialsManage ({})", request.context_identifier);
    let whom = args.person.who().to_string();
    args.granting.grant(context, &request, &whom, &what).await
}

fn parse_unit(text: &str) -> Result<InternalId, String> {
    let unit = InternalId::parse(text).map_err(|error| error.to_string())?;
    if unit.has_valid_checksum() {
        return Ok(unit);
    }
    let stem = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    let fitting = (0..10).find_map(|digit| {
        let text = format!("{stem}{digit}");
        let unit = InternalId::parse(&text).ok()?;
        unit.has_valid_checksum().then_some(text)
    });
    Err(match fitting {
        Some(fitting) => format!("the check digit is wrong: {fitting} would be right"),
        None => "the check digit is wrong".to_owned(),
    })
}

fn parse_unit_name(text: &str) -> Result<String, String> {
    parse_text(text, "the name of a unit", 5, 256)
}

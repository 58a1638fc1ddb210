//! `ksef permission grant eu-admin`

use ksef_api::ops::permissions::{EuEntity, GrantEuAdministration};
use ksef_core::context::ContextIdentifier;
use ksef_core::vat_ue::NipVatUe;

use super::super::subject::{EuSubjectArgs, parse_text};
use super::Granting;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef permission grant eu-admin`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes CredentialsManage in the context of the taxpayer. The administrator logs in with --context \
NipVatUe:NIP-VATNUMBER and grants representatives there.

Examples:
  ksef permission grant eu-admin CEB3643BAC2C111ADDE971BDA5A80163441867D65389FC0BC0DFF8B4C1CD4E59 --subject-name \"Beispiel Verwaltung GmbH\" --subject-address \"Hamburg\" --vat-number DE123456789 --entity-name \"Beispiel GmbH\" --entity-address \"Unter den Linden 1, Berlin\" --description \"Self-billing in Germany\"")]
pub(crate) struct Args {
    #[command(flatten)]
    subject: EuSubjectArgs,

    /// VAT number of the EU entity with its country prefix
    #[arg(long, value_name = "NUMBER")]
    vat_number: String,

    /// Full name of the EU entity, at most 100 characters
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    entity_name: String,

    /// Address of the EU entity, at most 512 characters
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    entity_address: String,

    #[command(flatten)]
    granting: Granting,
}

/// Grants the administration.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let who = Connection::open(context).await?.who(context)?;
    let ContextIdentifier::Nip(nip) = who else {
        return Err(Error::usage(text!(
            "an EU entity belongs to a taxpayer, and {who} is none",
            "podmiot unijny należy do podatnika, a {who} nim nie jest"
        ))
        .hint(text!(
            "use the NIP of the taxpayer: --context NIP",
            "użyj NIP podatnika: --context NIP"
        )));
    };
    let compound = NipVatUe::parse(&format!("{nip}-{}", args.vat_number)).map_err(|source| {
        Error::usage(text!(
            "{number} is not an EU VAT number",
            "{number} nie jest numerem VAT UE",
            number = args.vat_number
        ))
        .caused_by(source)
        .hint(text!(
            "give it as its country writes it, with the prefix, for instance DE123456789",
            "podaj go w postaci używanej w danym kraju, z prefiksem, np. DE123456789"
        ))
    })?;
    let request = GrantEuAdministration::new(
        args.subject.subject()?,
        compound,
        EuEntity::new(&args.entity_name, &args.entity_address),
        &args.granting.description,
    );
    let whom = format!("Fingerprint:{}", args.subject.fingerprint());
    let what = format!("VatUeManage, InvoiceWrite, InvoiceRead, Introspection ({compound})");
    args.granting.grant(context, &request, &whom, &what).await
}

fn parse_name(text: &str) -> Result<String, String> {
    parse_text(text, "the name of an EU entity", 1, 100)
}

fn parse_address(text: &str) -> Result<String, String> {
    parse_text(text, "an address", 1, 512)
}

//! `ksef permission list authorizations`

use ksef_api::ops::permissions::{AuthorizationType, QueryAuthorizations};
use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;

use super::super::parse_name;
use super::{DESCRIPTION, Extent, ID, NAME, PAGE_ENTRIES, SINCE, name};
use crate::args::parse_context;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::printer::moment;

/// Arguments of `ksef permission list authorizations`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes CredentialsManage, CredentialsRead or PefInvoiceWrite.

Examples:
  ksef permission list authorizations
  ksef permission list authorizations --to 7762811692 --authorization SelfInvoicing
  ksef permission list authorizations --received --from 7762811692")]
pub(crate) struct Args {
    /// What the context received, instead of what it granted
    #[arg(long)]
    received: bool,

    /// Only what this entity received: a NIP or the identifier of a Peppol provider
    #[arg(long, value_name = "WHO", value_parser = parse_context, conflicts_with = "received")]
    to: Option<ContextIdentifier>,

    /// Only what this entity granted
    #[arg(long, value_name = "NIP", requires = "received")]
    from: Option<Nip>,

    /// Only this authorisation: SelfInvoicing, RRInvoicing, TaxRepresentative or PefInvoicing; may be given several times
    #[arg(long, value_name = "AUTHORIZATION", value_parser = parse_authorization)]
    authorization: Vec<AuthorizationType>,

    #[command(flatten)]
    extent: Extent,
}

/// Lists the authorisations.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let query = if args.received {
        QueryAuthorizations::received(args.from)
    } else {
        QueryAuthorizations::granted(args.to)
    };
    let query = query
        .with_authorizations(args.authorization.clone())
        .with_page_size(PAGE_ENTRIES);
    let headings = [
        ID,
        ("seller", "sprzedawca"),
        ("issuer", "wystawca"),
        NAME,
        ("authorisation", "upoważnienie"),
        SINCE,
        DESCRIPTION,
    ];
    args.extent
        .show(context, query, headings, |item| {
            [
                item.id.to_string(),
                item.authorizing_entity_identifier.to_string(),
                item.authorized_entity_identifier.to_string(),
                name(None, item.subject_entity_details.as_ref()),
                item.authorization_scope.to_string(),
                moment(item.start_date),
                item.description.clone(),
            ]
        })
        .await
}

fn parse_authorization(text: &str) -> Result<AuthorizationType, String> {
    parse_name(
        text,
        AuthorizationType::KNOWN,
        AuthorizationType::from_name,
        AuthorizationType::is_known,
    )
}

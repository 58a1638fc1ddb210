//! `ksef permission grant authorization`

use clap::ValueEnum;
use ksef_api::ops::permissions::{GrantAuthorization, TaxpayerAuthorization};
use ksef_core::context::ContextIdentifier;

use super::Granting;
use super::entity::parse_entity_name;
use crate::args::parse_context;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef permission grant authorization`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes CredentialsManage. It counts when an invoice is verified: at once, also in sessions that are open.

Examples:
  ksef permission grant authorization 7762811692 --name \"Nabywca sp. z o.o.\" --to self-invoicing --description \"Self-billing agreement\"
  ksef permission grant authorization PPL123456 --name \"Peppol provider\" --description \"Peppol invoices\"")]
pub(crate) struct Args {
    /// Who is authorised: the NIP of a taxpayer, or the identifier of a Peppol provider
    #[arg(value_name = "WHO", value_parser = parse_context)]
    who: ContextIdentifier,

    /// Full name of the entity, 5 to 90 characters
    #[arg(long, value_parser = parse_entity_name)]
    name: String,

    /// To what; a taxpayer needs it, a Peppol provider is authorised to Peppol documents
    #[arg(long, value_enum)]
    to: Option<Authorization>,

    #[command(flatten)]
    granting: Granting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Authorization {
    /// Issuing in the seller's name by the buyer
    SelfInvoicing,
    /// Issuing FA_RR in the farmer's name by the buyer
    RrInvoicing,
    /// Issuing by a tax representative
    TaxRepresentative,
    /// Issuing Peppol documents by a provider
    PefInvoicing,
}

impl Authorization {
    /// The same, when it is one that taxpayers receive.
    const fn of_taxpayer(self) -> Option<TaxpayerAuthorization> {
        match self {
            Self::SelfInvoicing => Some(TaxpayerAuthorization::SelfInvoicing),
            Self::RrInvoicing => Some(TaxpayerAuthorization::RrInvoicing),
            Self::TaxRepresentative => Some(TaxpayerAuthorization::TaxRepresentative),
            Self::PefInvoicing => None,
        }
    }
}

/// Authorises the entity.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let (name, description) = (&args.name, &args.granting.description);
    let request = match (args.who, args.to.map(Authorization::of_taxpayer)) {
        (ContextIdentifier::Nip(nip), Some(Some(authorization))) => {
            GrantAuthorization::to_taxpayer(nip, name, authorization, description)
        }
        (ContextIdentifier::PeppolId(id), None | Some(None)) => {
            GrantAuthorization::to_peppol_provider(id, name, description)
        }
        (who, _) => return Err(unfit(&who)),
    };
    let whom = format!("{} ({name})", args.who);
    let what = request.permission.as_str().to_owned();
    args.granting.grant(context, &request, &whom, &what).await
}

fn unfit(who: &ContextIdentifier) -> Error {
    match who {
        ContextIdentifier::Nip(_) => Error::usage(text!(
            "say to what {who} is authorised",
            "podaj, do czego upoważniasz {who}"
        ))
        .hint(text!(
            "add --to self-invoicing, rr-invoicing or tax-representative; pef-invoicing is for Peppol providers",
            "dodaj --to self-invoicing, rr-invoicing albo tax-representative; pef-invoicing jest dla dostawców Peppol"
        )),
        ContextIdentifier::PeppolId(_) => Error::usage(text!(
            "a Peppol provider is authorised to pef-invoicing only",
            "dostawca Peppol może otrzymać tylko pef-invoicing"
        ))
        .hint(text!("leave --to out", "pomiń --to")),
        _ => Error::usage(text!(
            "{who} cannot be authorised",
            "nie można upoważnić {who}"
        ))
        .hint(text!(
            "give the NIP of a taxpayer or the identifier of a Peppol provider",
            "podaj NIP podatnika albo identyfikator dostawcy Peppol"
        )),
    }
}

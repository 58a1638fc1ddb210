//! `ksef permission revoke`

use ksef_api::ops::permissions::{RevokeAuthorization, RevokePermission};
use ksef_core::permission_id::PermissionId;

use super::outcome::{Waiting, Work};
use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::{Text, text};

/// Arguments of `ksef permission revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Identifiers are in the lists: ksef permission list. Authorisations of entities (self-billing and so on) are a list of \
their own and need --authorization. Access tokens that were issued before keep working until they end, minutes later.

Examples:
  ksef permission revoke 0c9a72e8-f344-457f-9c16-7c640eb60242
  ksef permission revoke --authorization 5f0a4f1b-9a53-44fb-8cf2-7d2b0f7f1d11")]
pub(crate) struct Args {
    /// Identifier of a permission; several are withdrawn one after another
    #[arg(value_name = "ID", required = true)]
    id: Vec<PermissionId>,

    /// They are authorisations of entities
    #[arg(long)]
    authorization: bool,

    #[command(flatten)]
    waiting: Waiting,
}

/// Withdraws the permissions.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let mut results = Vec::new();
    for id in &args.id {
        let (would, done) = words(id, args.authorization);
        let performed = if args.authorization {
            let request = &RevokeAuthorization::new(*id);
            let work = Work {
                request,
                would,
                done,
            };
            work.perform(context, &ksef, args.waiting).await
        } else {
            let request = &RevokePermission::new(*id);
            let work = Work {
                request,
                would,
                done,
            };
            work.perform(context, &ksef, args.waiting).await
        };
        let performed = performed.map_err(|error| {
            error.hint(text!(
                "{id} was to be withdrawn; {count} before it were: see ksef permission list",
                "nie odebrano {id}; odebrano wcześniejsze ({count}): zobacz ksef permission list",
                count = results.len()
            ))
        })?;
        if let Some(mut result) = performed {
            result["id"] = serde_json::json!(id);
            results.push(result);
        }
    }
    if !context.global.dry_run {
        context.printer.result(&results, |_| {});
    }
    Ok(Exit::Done)
}

fn words(id: &PermissionId, is_authorization: bool) -> (Text, Text) {
    if is_authorization {
        (
            text!(
                "would withdraw the authorisation {id}",
                "odebrano by upoważnienie {id}"
            ),
            text!(
                "withdrew the authorisation {id}",
                "odebrano upoważnienie {id}"
            ),
        )
    } else {
        (
            text!(
                "would withdraw the permission {id}",
                "odebrano by uprawnienie {id}"
            ),
            text!("withdrew the permission {id}", "odebrano uprawnienie {id}"),
        )
    }
}

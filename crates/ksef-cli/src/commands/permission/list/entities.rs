//! `ksef permission list entities`

use ksef_api::ops::permissions::QueryEntityPermissions;
use ksef_core::context::ContextIdentifier;

use super::{DESCRIPTION, Extent, ID, PAGE_ENTRIES, PERMISSION, SINCE};
use crate::args::parse_context;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::moment;

/// Arguments of `ksef permission list entities`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes CredentialsManage or CredentialsRead. What the context granted itself is elsewhere: ksef permission list \
persons --granted.

Examples:
  ksef permission list entities
  ksef permission list entities --from 7762811692")]
pub(crate) struct Args {
    /// Only what this entity granted: a NIP or an internal identifier
    #[arg(long, value_name = "WHO", value_parser = parse_context)]
    from: Option<ContextIdentifier>,

    #[command(flatten)]
    extent: Extent,
}

/// Lists the permissions.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let mut query = QueryEntityPermissions::new().with_page_size(PAGE_ENTRIES);
    query.context_identifier = args.from;
    let headings = [
        ID,
        ("from", "od kogo"),
        PERMISSION,
        ("delegable", "można przekazać"),
        SINCE,
        DESCRIPTION,
    ];
    let lang = context.printer.lang();
    args.extent
        .show(context, query, headings, |item| {
            let delegable = if item.can_delegate {
                text!("yes", "tak")
            } else {
                text!("no", "nie")
            };
            [
                item.id.to_string(),
                item.context_identifier.to_string(),
                item.permission_scope.to_string(),
                delegable.in_lang(lang).to_owned(),
                moment(item.start_date),
                item.description.clone(),
            ]
        })
        .await
}

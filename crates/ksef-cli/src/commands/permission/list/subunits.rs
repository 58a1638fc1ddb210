//! `ksef permission list subunits`

use ksef_api::ops::permissions::QuerySubunitPermissions;
use ksef_core::context::ContextIdentifier;

use super::{DESCRIPTION, Extent, ID, NAME, PAGE_ENTRIES, SINCE, WHO, name, or_dash};
use crate::args::parse_context;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::printer::moment;

/// Arguments of `ksef permission list subunits`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes CredentialsManage, CredentialsRead or SubunitManage. What the administrators granted inside their units is not \
in the list.

Examples:
  ksef permission list subunits
  ksef permission list subunits --unit 5265877635-12346")]
pub(crate) struct Args {
    /// Only those of this unit: a NIP or an internal identifier
    #[arg(long, value_name = "WHO", value_parser = parse_context)]
    unit: Option<ContextIdentifier>,

    #[command(flatten)]
    extent: Extent,
}

/// Lists the administrators.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let mut query = QuerySubunitPermissions::new().with_page_size(PAGE_ENTRIES);
    query.subunit_identifier = args.unit;
    let headings = [
        ID,
        WHO,
        NAME,
        ("unit", "jednostka"),
        ("unit's name", "nazwa jednostki"),
        SINCE,
        DESCRIPTION,
    ];
    args.extent
        .show(context, query, headings, |item| {
            [
                item.id.to_string(),
                item.authorized_identifier.to_string(),
                name(item.subject_person_details.as_ref(), None),
                item.subunit_identifier.to_string(),
                or_dash(item.subunit_name.as_ref()),
                moment(item.start_date),
                item.description.clone(),
            ]
        })
        .await
}

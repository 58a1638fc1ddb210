//! `ksef permission list persons`

use ksef_api::ops::permissions::{
    PermissionAuthor, PermissionTarget, PersonPermissionType, PersonQueryType,
    QueryPersonPermissions,
};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};

use super::super::grant::indirect::parse_target;
use super::super::parse_name;
use super::{
    DESCRIPTION, Extent, ID, NAME, PAGE_ENTRIES, PERMISSION, SINCE, STATE, State, WHO, name,
    or_dash,
};
use crate::args::{parse_context, parse_subject};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::printer::moment;

/// Arguments of `ksef permission list persons`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes CredentialsManage, CredentialsRead or SubunitManage. The owner of the context is in no list.

Examples:
  ksef permission list persons
  ksef permission list persons --granted --state inactive
  ksef permission list persons --author System --json")]
pub(crate) struct Args {
    /// What was granted in the context, for itself, its units and its clients, instead of what holds in it
    #[arg(long)]
    granted: bool,

    /// Only what this author granted: a NIP, a PESEL, a fingerprint, Type:value, or System for the paper form
    #[arg(long, value_name = "WHO", value_parser = parse_author)]
    author: Option<PermissionAuthor>,

    /// Only what this subject received: a NIP, a PESEL, a fingerprint, or Type:value
    #[arg(long, value_name = "WHO", value_parser = parse_subject)]
    to: Option<SubjectIdentifier>,

    /// Only what works in this context: a NIP or an internal identifier
    #[arg(long = "in", value_name = "WHO", value_parser = parse_context)]
    works_in: Option<ContextIdentifier>,

    /// Only what is for this target: a NIP, an internal identifier, or AllPartners
    #[arg(long, value_name = "WHO", value_parser = parse_target)]
    target: Option<PermissionTarget>,

    /// Only this permission; may be given several times
    #[arg(long, value_name = "PERMISSION", value_parser = parse_permission)]
    permission: Vec<PersonPermissionType>,

    /// Only what works, or only what does not
    #[arg(long, value_enum)]
    state: Option<State>,

    #[command(flatten)]
    extent: Extent,
}

/// Lists the permissions.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let query_type = if args.granted {
        PersonQueryType::GrantedInCurrentContext
    } else {
        PersonQueryType::InCurrentContext
    };
    let mut query = QueryPersonPermissions::new(query_type)
        .with_permissions(args.permission.clone())
        .with_page_size(PAGE_ENTRIES);
    query.author_identifier = args.author;
    query.authorized_identifier = args.to;
    query.context_identifier = args.works_in;
    query.target_identifier = args.target;
    query.permission_state = args.state.map(Into::into);
    let headings = [
        ID,
        WHO,
        NAME,
        PERMISSION,
        STATE,
        ("in or for", "w lub dla"),
        ("author", "autor"),
        SINCE,
        DESCRIPTION,
    ];
    args.extent
        .show(context, query, headings, |item| {
            let place = item.target_identifier.as_ref().map(ToString::to_string);
            let unit = item.context_identifier.as_ref().map(ToString::to_string);
            [
                item.id.to_string(),
                item.authorized_identifier.to_string(),
                name(
                    item.subject_person_details.as_ref(),
                    item.subject_entity_details.as_ref(),
                ),
                item.permission_scope.to_string(),
                item.permission_state.to_string(),
                or_dash(place.or(unit)),
                item.author_identifier.to_string(),
                moment(item.start_date),
                item.description.clone(),
            ]
        })
        .await
}

fn parse_author(text: &str) -> Result<PermissionAuthor, String> {
    match PermissionAuthor::from_parts(text, None) {
        Some(author) => Ok(author),
        None => parse_subject(text).map(PermissionAuthor::Subject),
    }
}

fn parse_permission(text: &str) -> Result<PersonPermissionType, String> {
    parse_name(
        text,
        PersonPermissionType::KNOWN,
        PersonPermissionType::from_name,
        PersonPermissionType::is_known,
    )
}

//! Administrators of subordinate units.

use ksef_api::identifier::Identifier;
use ksef_api::ops::permissions::{
    PermissionAuthor, SubunitPermission, SubunitPermissionScope, SubunitPermissions,
};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};

use super::super::filters::{self, Page};
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::world::permissions::grant::{Grant, Purpose};

pub(in super::super) fn subunits(call: &Call) -> Result<Reply, Failure> {
    let here = call.caller()?.context;
    let body = filters::body(call)?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let unit = filters::context(
        &fields,
        &mut violations,
        "subunitIdentifier",
        &["InternalId", "Nip"],
    );
    let page = Page::of(call, &mut violations);
    violations.done()?;
    let answer = call.app.world.read(|state| {
        let fits = |grant: &&Grant| {
            matches!(grant.purpose, Purpose::Subunit { .. })
                && grant.granted_in == here
                && unit.is_none_or(|unit| grant.works_in() == Some(unit))
        };
        let list: Vec<_> = state.permissions.grants().filter(fits).collect();
        let (grants, has_more) = page.cut(list, |grant| (grant.started, grant.id));
        SubunitPermissions {
            permissions: grants.into_iter().map(on_the_wire).collect(),
            has_more,
        }
    });
    Reply::json(call, &answer)
}

fn on_the_wire(grant: &Grant) -> SubunitPermission {
    let (unit, name) = match &grant.purpose {
        Purpose::Subunit { unit, name } => (*unit, name.clone()),
        _ => (grant.granted_in, None),
    };
    SubunitPermission {
        id: grant.id,
        authorized_identifier: grant.authorized.into(),
        subunit_identifier: Identifier::<ContextIdentifier>::from(unit),
        author_identifier: author(grant).into(),
        permission_scope: SubunitPermissionScope::from_name(grant.scope.as_str()),
        description: grant.description.clone(),
        subject_person_details: grant.person.clone(),
        subunit_name: name,
        start_date: grant.started,
    }
}

/// Who granted it; the paper form grants no administration of units.
pub(super) fn author(grant: &Grant) -> SubjectIdentifier {
    match grant.author {
        PermissionAuthor::Subject(author) => author,
        PermissionAuthor::System => grant.authorized,
    }
}

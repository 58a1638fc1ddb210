//! What persons and entities may do in the context, and what was granted in it.

use ksef_api::ops::permissions::{
    PermissionAuthor, PersonPermission, PersonPermissionType, PersonPermissions, PersonQueryType,
};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};

use super::super::filters::{self, Page};
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::world::permissions::grant::{Grant, Purpose};
use crate::world::state::State;

pub(in super::super) fn persons(call: &Call) -> Result<Reply, Failure> {
    let here = call.caller()?.context;
    let body = filters::body(call)?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let query_type = fields.choice(&mut violations, "queryType", |name| {
        Some(PersonQueryType::from_name(name)).filter(PersonQueryType::is_known)
    });
    let author = author(&fields, &mut violations);
    let authorized = fields.value("authorizedIdentifier").and_then(|_| {
        fields.identifier(
            &mut violations,
            "authorizedIdentifier",
            &["Nip", "Pesel", "Fingerprint"],
            SubjectIdentifier::from_parts,
        )
    });
    let context = filters::context(
        &fields,
        &mut violations,
        "contextIdentifier",
        &["Nip", "InternalId"],
    );
    let target = filters::target(&fields, &mut violations);
    let scopes = filters::scopes(&fields, &mut violations, PersonPermissionType::KNOWN);
    let wanted_state = filters::state(&fields, &mut violations);
    let page = Page::of(call, &mut violations);
    let (Some(query_type), true) = (query_type, violations.is_empty()) else {
        return Err(violations.refuse());
    };
    let answer = call.app.world.read(|state| {
        let fits = |grant: &&Grant| {
            is_listed(grant, &here, &query_type)
                && author.is_none_or(|author| grant.author == author)
                && authorized.is_none_or(|authorized| grant.authorized == authorized)
                && context
                    .is_none_or(|context| grant.works_in().unwrap_or(grant.granted_in) == context)
                && target.is_none_or(|target| filters::is_for(grant, target))
                && filters::names(&scopes, &grant.scope)
                && wanted_state
                    .as_ref()
                    .is_none_or(|wanted| state.state_of(grant, &here) == *wanted)
        };
        let list: Vec<_> = state.permissions.grants().filter(fits).collect();
        let (grants, has_more) = page.cut(list, |grant| (grant.started, grant.id));
        let permissions = grants
            .into_iter()
            .map(|grant| on_the_wire(state, grant, &here))
            .collect();
        PersonPermissions {
            permissions,
            has_more,
        }
    });
    Reply::json(call, &answer)
}

fn is_listed(grant: &Grant, here: &ContextIdentifier, query_type: &PersonQueryType) -> bool {
    let is_of_eu = matches!(
        grant.purpose,
        Purpose::EuAdministration(_) | Purpose::EuRepresentation
    );
    let granted_here = grant.granted_in == *here;
    let is_listed = match query_type {
        PersonQueryType::GrantedInCurrentContext => granted_here,
        _ => match grant.works_in() {
            Some(context) => context == *here,
            None => granted_here,
        },
    };
    is_listed && !is_of_eu
}

fn author(fields: &Fields<'_>, violations: &mut Violations) -> Option<PermissionAuthor> {
    let fields = fields.optional_object(violations, "authorIdentifier")?;
    let kind = fields.choice(violations, "type", |name| {
        ["Nip", "Pesel", "Fingerprint", "System"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(name))
    })?;
    if kind == "System" {
        return Some(PermissionAuthor::System);
    }
    fields.parsed(violations, "value", |value| {
        PermissionAuthor::from_parts(kind, Some(value)).ok_or(())
    })
}

fn on_the_wire(state: &State, grant: &Grant, here: &ContextIdentifier) -> PersonPermission {
    let unit = match grant.purpose {
        Purpose::Subunit { unit, .. } => Some(unit.into()),
        _ => None,
    };
    PersonPermission {
        id: grant.id,
        authorized_identifier: grant.authorized.into(),
        context_identifier: unit,
        target_identifier: grant.target().map(Into::into),
        author_identifier: grant.author.into(),
        permission_scope: PersonPermissionType::from_name(grant.scope.as_str()),
        description: grant.description.clone(),
        subject_person_details: grant.person.clone(),
        subject_entity_details: grant.entity.clone(),
        permission_state: state.state_of(grant, here),
        start_date: grant.started,
        can_delegate: grant.can_delegate,
    }
}

//! What the caller may do.

use ksef_api::operation::Permission;
use ksef_api::ops::permissions::{
    OwnerPermission, PersonalPermission, PersonalPermissionScope, PersonalPermissions,
};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};

use super::super::filters::{self, Page};
use crate::call::{Call, Reply};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::world::permissions::grant::{Grant, Purpose};
use crate::world::state::State;

pub(in super::super) fn personal(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let body = filters::body(call)?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let granted_in = filters::context(
        &fields,
        &mut violations,
        "contextIdentifier",
        &["Nip", "InternalId"],
    );
    let target = filters::target(&fields, &mut violations);
    let scopes = filters::scopes(&fields, &mut violations, PersonalPermissionScope::KNOWN);
    let wanted_state = filters::state(&fields, &mut violations);
    let page = Page::of(call, &mut violations);
    violations.done()?;
    let answer = call.app.world.read(|state| {
        let is_owner = state
            .permissions_of(&caller.context, &caller.subject)
            .is_owner();
        let mut list = Vec::new();
        for identity in state.subjects.identities_of(&caller.subject) {
            let mine = state.permissions.grants_to(&identity);
            list.extend(mine.filter(|grant| is_listed(grant, caller, is_owner)));
        }
        list.retain(|grant| {
            let at = context_of(grant);
            granted_in.is_none_or(|wanted| at == wanted)
                && target.is_none_or(|wanted| filters::is_for(grant, wanted))
                && filters::names(&scopes, &grant.scope)
                && wanted_state
                    .as_ref()
                    .is_none_or(|wanted| state.state_of(grant, &caller.context) == *wanted)
        });
        let (grants, has_more) = page.cut(list, |grant| (grant.started, grant.id));
        let permissions = grants
            .into_iter()
            .map(|grant| on_the_wire(state, grant, caller))
            .collect();
        PersonalPermissions {
            permissions,
            owner_permissions: if is_owner {
                of_owner(state, caller)
            } else {
                Vec::new()
            },
            has_more,
        }
    });
    Reply::json(call, &answer)
}

/// What works in the context, what the caller received from it for its clients or has in it from an intermediary, and
/// what the entity received, when the caller is its owner.
fn is_listed(grant: &Grant, caller: &Caller, is_owner: bool) -> bool {
    let here = caller.context;
    match grant.purpose {
        Purpose::Indirect(target) => {
            grant.granted_in == here || target.context().is_none_or(|target| target == here)
        }
        Purpose::Entity => {
            let is_of_entity = matches!(
                (here, grant.authorized),
                (ContextIdentifier::Nip(here), SubjectIdentifier::Nip(nip)) if here == nip
            );
            grant.granted_in == here || (is_owner && is_of_entity)
        }
        _ => grant.works_in() == Some(here),
    }
}

/// The context that an entry names: where the permission works; with indirect ones, where they were granted.
fn context_of(grant: &Grant) -> ContextIdentifier {
    grant.works_in().unwrap_or(grant.granted_in)
}

fn on_the_wire(state: &State, grant: &Grant, caller: &Caller) -> PersonalPermission {
    let is_mine = grant.authorized == caller.subject;
    let context = context_of(grant);
    // Compound contexts have no form in this list.
    let is_nameable = matches!(
        context,
        ContextIdentifier::Nip(_) | ContextIdentifier::InternalId(_)
    );
    PersonalPermission {
        id: grant.id,
        context_identifier: is_nameable.then(|| context.into()),
        authorized_identifier: (!is_mine).then(|| grant.authorized.into()),
        target_identifier: grant.target().map(Into::into),
        permission_scope: PersonalPermissionScope::from_name(grant.scope.as_str()),
        description: grant.description.clone(),
        subject_person_details: grant.person.clone(),
        subject_entity_details: grant.entity.clone(),
        permission_state: state.state_of(grant, &caller.context),
        start_date: grant.started,
        can_delegate: grant.can_delegate,
    }
}

/// What the owner may do as such: everything that the bearer carries, enforcement only where the entity enforces.
fn of_owner(state: &State, caller: &Caller) -> Vec<OwnerPermission> {
    let enforces = caller
        .context
        .nip()
        .is_some_and(|nip| state.subjects.enforces(&nip));
    OwnerPermission::KNOWN
        .iter()
        .filter_map(|name| Permission::from_name(name))
        .filter(|permission| enforces || *permission != Permission::EnforcementOperations)
        .filter(|permission| caller.permissions.has(*permission))
        .map(|permission| OwnerPermission::from_name(permission.as_str()))
        .collect()
}

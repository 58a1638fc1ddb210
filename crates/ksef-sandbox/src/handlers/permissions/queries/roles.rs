//! Roles of the entity and of those below it.

use ksef_api::ops::permissions::{
    EntityRole, EntityRoles, SubordinateEntityRole, SubordinateEntityRoles,
};
use ksef_core::context::ContextIdentifier;

use super::super::filters::{self, Page};
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};

pub(in super::super) fn entity_roles(call: &Call) -> Result<Reply, Failure> {
    let here = call.caller()?.context;
    let mut violations = Violations::default();
    let page = Page::of(call, &mut violations);
    violations.done()?;
    let list = match here {
        ContextIdentifier::Nip(nip) => call.app.world.read(|state| state.subjects.roles_of(&nip)),
        _ => Vec::new(),
    };
    let (roles, has_more) = page.cut(list, |role| {
        (role.started, (role.role.clone(), role.parent))
    });
    let roles = roles.into_iter().map(|role| EntityRole {
        parent_entity_identifier: role.parent.map(|nip| ContextIdentifier::Nip(nip).into()),
        role: role.role,
        description: role.description,
        start_date: role.started,
    });
    Reply::json(
        call,
        &EntityRoles {
            roles: roles.collect(),
            has_more,
        },
    )
}

pub(in super::super) fn subordinate_roles(call: &Call) -> Result<Reply, Failure> {
    let here = call.caller()?.context;
    let body = filters::body(call)?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let wanted = filters::context(
        &fields,
        &mut violations,
        "subordinateEntityIdentifier",
        &["Nip"],
    );
    let page = Page::of(call, &mut violations);
    violations.done()?;
    let mut list = match here {
        ContextIdentifier::Nip(nip) => call
            .app
            .world
            .read(|state| state.subjects.subordinates_of(&nip)),
        _ => Vec::new(),
    };
    list.retain(|unit| wanted.is_none_or(|wanted| wanted == ContextIdentifier::Nip(unit.nip)));
    let (units, has_more) = page.cut(list, |unit| (unit.started, unit.nip));
    let roles = units.into_iter().map(|unit| SubordinateEntityRole {
        subordinate_entity_identifier: ContextIdentifier::Nip(unit.nip).into(),
        role: unit.role,
        description: unit.description,
        start_date: unit.started,
    });
    Reply::json(
        call,
        &SubordinateEntityRoles {
            roles: roles.collect(),
            has_more,
        },
    )
}

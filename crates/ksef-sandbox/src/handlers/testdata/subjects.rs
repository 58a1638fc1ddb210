//! Entities, persons, permissions, consents and blocked contexts.

use jiff::civil::Date;
use ksef_api::operation::{Permission, testdata as operation};
use ksef_api::ops::permissions::PermissionAuthor;
use ksef_api::ops::testdata::TestPermissionType;
use ksef_core::calendar::warsaw_date;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::nip::Nip;
use ksef_core::pesel::Pesel;

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::router::Routes;
use crate::world::permissions::{
    self,
    grant::{Grant, Purpose},
};
use crate::world::subjects::{AlreadyExists, Entity, EntityKind, Person, Subunit};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&operation::CREATE_SUBJECT, create_subject)
        .with(&operation::REMOVE_SUBJECT, remove_subject)
        .with(&operation::CREATE_PERSON, create_person)
        .with(&operation::REMOVE_PERSON, remove_person)
        .with(&operation::GRANT_PERMISSIONS, grant_permissions)
        .with(&operation::REVOKE_PERMISSIONS, revoke_permissions)
        .with(&operation::GRANT_ATTACHMENT, grant_attachment)
        .with(&operation::REVOKE_ATTACHMENT, revoke_attachment)
        .with(&operation::BLOCK_CONTEXT, block_context)
        .with(&operation::UNBLOCK_CONTEXT, unblock_context)
}

fn create_subject(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let nip = fields.parsed(&mut violations, "subjectNip", Nip::parse);
    let kind = fields.choice(&mut violations, "subjectType", EntityKind::from_name);
    let description = description(&fields, &mut violations);
    let mut subunits = Vec::new();
    for unit in fields.objects(&mut violations, "subunits") {
        let nip = unit.parsed(&mut violations, "subjectNip", Nip::parse);
        let description = self::description(&unit, &mut violations);
        if let (Some(nip), Some(description)) = (nip, description) {
            subunits.push(Subunit { nip, description });
        }
    }
    let created = fields
        .optional_instant(&mut violations, "createdDate")
        .unwrap_or(call.now);
    let (Some(nip), Some(kind), Some(description), true) =
        (nip, kind, description, violations.is_empty())
    else {
        return Err(violations.refuse());
    };
    let entity = Entity {
        nip,
        kind,
        description,
        subunits,
        created,
        removed: false,
    };
    let added = call
        .app
        .world
        .write(|state, changes| state.subjects.add_entity(changes, entity));
    created_or_refused(call, added)
}

fn remove_subject(call: &Call) -> Result<Reply, Failure> {
    let nip = only_nip(call, "subjectNip")?;
    call.app
        .world
        .write(|state, changes| state.subjects.remove_entity(changes, &nip));
    Ok(Reply::empty(call))
}

fn create_person(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let nip = fields.parsed(&mut violations, "nip", Nip::parse);
    let pesel = fields.parsed(&mut violations, "pesel", Pesel::parse);
    let is_bailiff = fields.boolean(&mut violations, "isBailiff");
    let description = description(&fields, &mut violations);
    let is_deceased = fields
        .optional_boolean(&mut violations, "isDeceased")
        .unwrap_or(false);
    let created = fields
        .optional_instant(&mut violations, "createdDate")
        .unwrap_or(call.now);
    let (Some(nip), Some(pesel), Some(is_bailiff), Some(description), true) =
        (nip, pesel, is_bailiff, description, violations.is_empty())
    else {
        return Err(violations.refuse());
    };
    let person = Person {
        nip,
        pesel,
        is_bailiff,
        is_deceased,
        description,
        created,
        removed: false,
    };
    let added = call
        .app
        .world
        .write(|state, changes| state.subjects.add_person(changes, person));
    created_or_refused(call, added)
}

fn remove_person(call: &Call) -> Result<Reply, Failure> {
    let nip = only_nip(call, "nip")?;
    call.app.world.write(|state, changes| {
        let known_as = state.subjects.remove_person(changes, &nip);
        for subject in known_as.into_iter().flatten() {
            state.permissions.remove_all_of(changes, &subject);
        }
    });
    Ok(Reply::empty(call))
}

fn grant_permissions(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let (context, authorized) = grant_parties(&fields, &mut violations);
    let mut wanted = Vec::new();
    let listed = fields.objects(&mut violations, "permissions");
    if listed.is_empty() {
        violations.missing("permissions");
    }
    for permission in listed {
        let name = permission.choice(&mut violations, "permissionType", grantable);
        let description = description(&permission, &mut violations);
        if let (Some(name), Some(description)) = (name, description) {
            wanted.push((name, description));
        }
    }
    let (Some(context), Some(authorized), true) = (context, authorized, violations.is_empty())
    else {
        return Err(violations.refuse());
    };
    let grants = wanted.into_iter().map(|(scope, description)| Grant {
        id: permissions::new_id(),
        granted_in: context,
        authorized,
        purpose: Purpose::Person,
        scope,
        can_delegate: false,
        author: PermissionAuthor::System,
        description,
        person: None,
        entity: None,
        started: call.now,
    });
    call.app.world.write(|state, changes| {
        for grant in grants {
            state.permissions.add(changes, grant);
        }
    });
    Ok(Reply::empty(call))
}

fn revoke_permissions(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let (Some(context), Some(authorized)) = grant_parties(&fields, &mut violations) else {
        return Err(violations.refuse());
    };
    call.app.world.write(|state, changes| {
        state
            .permissions
            .remove_of_system(changes, &context, &authorized)
    });
    Ok(Reply::empty(call))
}

fn grant_attachment(call: &Call) -> Result<Reply, Failure> {
    let nip = only_nip(call, "nip")?;
    call.app
        .world
        .write(|state, changes| state.subjects.set_attachment_consent(changes, nip, None));
    Ok(Reply::empty(call))
}

fn revoke_attachment(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let nip = fields.parsed(&mut violations, "nip", Nip::parse);
    let ends = fields.value("expectedEndDate").is_some().then(|| {
        // Some clients send a date with a time.
        let day = |text: &str| text.get(..10).and_then(|day| day.parse::<Date>().ok());
        fields.choice(&mut violations, "expectedEndDate", day)
    });
    let (Some(nip), true) = (nip, violations.is_empty()) else {
        return Err(violations.refuse());
    };
    let ends = ends.flatten().unwrap_or_else(|| warsaw_date(call.now));
    call.app.world.write(|state, changes| {
        if state.subjects.attachment_consent(&nip).is_some() {
            state
                .subjects
                .set_attachment_consent(changes, nip, Some(ends));
        }
    });
    Ok(Reply::empty(call))
}

fn block_context(call: &Call) -> Result<Reply, Failure> {
    set_blocked(call, true)
}

fn unblock_context(call: &Call) -> Result<Reply, Failure> {
    set_blocked(call, false)
}

fn set_blocked(call: &Call, blocked: bool) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let kinds = &["Nip", "InternalId", "NipVatUe", "PeppolId"];
    let context = fields.identifier(
        &mut violations,
        "contextIdentifier",
        kinds,
        ContextIdentifier::from_parts,
    );
    let Some(context) = context else {
        return Err(violations.refuse());
    };
    call.app
        .world
        .write(|state, changes| state.subjects.set_blocked(changes, context, blocked));
    Ok(Reply::empty(call))
}

fn created_or_refused(call: &Call, added: Result<(), AlreadyExists>) -> Result<Reply, Failure> {
    added.map_err(|AlreadyExists| Failure::coded(30001))?;
    Ok(Reply::empty(call))
}

fn only_nip(call: &Call, name: &str) -> Result<Nip, Failure> {
    let body = call.json_object()?;
    let mut violations = Violations::default();
    let nip = Fields::of(&body).parsed(&mut violations, name, Nip::parse);
    nip.ok_or_else(|| violations.refuse())
}

fn description(fields: &Fields<'_>, violations: &mut Violations) -> Option<String> {
    fields
        .text_within(violations, "description", 5..=256)
        .map(str::to_owned)
}

fn grant_parties(
    fields: &Fields<'_>,
    violations: &mut Violations,
) -> (Option<ContextIdentifier>, Option<SubjectIdentifier>) {
    let context = fields.identifier(
        violations,
        "contextIdentifier",
        &["Nip"],
        ContextIdentifier::from_parts,
    );
    let kinds = &["Nip", "Pesel", "Fingerprint"];
    let authorized = fields.identifier(
        violations,
        "authorizedIdentifier",
        kinds,
        SubjectIdentifier::from_parts,
    );
    (context, authorized)
}

/// The permission of this name, in any letter case, that this form can grant.
fn grantable(name: &str) -> Option<Permission> {
    Permission::from_name(name).filter(|known| TestPermissionType::KNOWN.contains(&known.as_str()))
}

//! Granting: requests are read and checked at once, what they ask for is judged when its turn comes.

use jiff::Timestamp;
use ksef_api::operation::Permission;
use ksef_api::ops::permissions::{
    EntityPermissionType, EuEntity, EuPermissionType, IndirectPermissionType, PermissionTarget,
    PersonPermissionType, SubjectEntityDetails,
};
use ksef_api::problem::ForbiddenReason;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::vat_ue::NipVatUe;
use serde_json::Value;

use super::filters::target;
use super::operations::start;
use super::subject::{self, Details, Subject};
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::world::permissions::authorisations::{Authorisation, AuthorisationRecord};
use crate::world::permissions::grant::{EuEntityRecord, Grant, Purpose};
use crate::world::permissions::new_id;
use crate::world::permissions::operation::Work;

pub(super) fn to_person(call: &Call) -> Result<Reply, Failure> {
    to_one(
        call,
        subject::person,
        PersonPermissionType::KNOWN,
        Purpose::Person,
    )
}

/// Scopes for somebody, in a context that needs no more words.
fn to_one(
    call: &Call,
    subject: fn(&Fields<'_>, &mut Violations) -> Option<Subject>,
    known: &'static [&'static str],
    purpose: Purpose,
) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let subject = subject(&fields, &mut violations);
    let scopes = scopes(&fields, &mut violations, known);
    let description = description(&fields, &mut violations);
    let (Some(subject), Some(description), true) = (subject, description, violations.is_empty())
    else {
        return Err(violations.refuse());
    };
    let wish = Wish {
        subject,
        purpose,
        description,
    };
    start(call, wish.grants(call, &scopes, None)?)
}

pub(super) fn to_entity(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let identifier = fields.identifier(
        &mut violations,
        "subjectIdentifier",
        &["Nip"],
        SubjectIdentifier::from_parts,
    );
    let scopes = entity_scopes(&fields, &mut violations);
    let description = description(&fields, &mut violations);
    let name = subject::entity_name(&fields, &mut violations);
    let (Some(identifier), Some(description), Some(name), true) =
        (identifier, description, name, violations.is_empty())
    else {
        return Err(violations.refuse());
    };
    let wish = Wish {
        subject: Subject {
            identifier,
            details: Details::Entity(name),
        },
        purpose: Purpose::Entity,
        description,
    };
    start(call, wish.grants(call, &scopes, None)?)
}

pub(super) fn authorization(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let grantee = fields.identifier(
        &mut violations,
        "subjectIdentifier",
        &["Nip", "PeppolId"],
        ContextIdentifier::from_parts,
    );
    let authorisation = fields.choice(&mut violations, "permission", Authorisation::from_name);
    let description = description(&fields, &mut violations);
    let name = subject::entity_name(&fields, &mut violations);
    let (Some(grantee), Some(authorisation), Some(description), Some(name), true) = (
        grantee,
        authorisation,
        description,
        name,
        violations.is_empty(),
    ) else {
        return Err(violations.refuse());
    };
    let Some(seller) = caller.context.nip() else {
        let kind = Value::from(caller.context.kind());
        return Err(Failure::forbidden(
            ForbiddenReason::ContextTypeNotAllowed,
            [("contextIdentifierType", kind)],
        ));
    };
    let SubjectEntityDetails { full_name, .. } = name;
    let record = AuthorisationRecord {
        id: new_id(),
        seller,
        grantee,
        authorisation,
        author: caller.subject.into(),
        description,
        full_name: Some(full_name),
        started: call.now,
    };
    start(call, Work::Authorise(Box::new(record)))
}

pub(super) fn indirect(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let subject = subject::person(&fields, &mut violations);
    let target = match fields.value("targetIdentifier") {
        None => Some(PermissionTarget::AllPartners),
        Some(_) => target(&fields, &mut violations),
    };
    let scopes = scopes(&fields, &mut violations, IndirectPermissionType::KNOWN);
    let description = description(&fields, &mut violations);
    let (Some(subject), Some(target), Some(description), true) =
        (subject, target, description, violations.is_empty())
    else {
        return Err(violations.refuse());
    };
    let wish = Wish {
        subject,
        purpose: Purpose::Indirect(target),
        description,
    };
    start(call, wish.grants(call, &scopes, None)?)
}

pub(super) fn subunit(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let subject = subject::person(&fields, &mut violations);
    let unit = fields.identifier(
        &mut violations,
        "contextIdentifier",
        &["InternalId", "Nip"],
        ContextIdentifier::from_parts,
    );
    if let Some(ContextIdentifier::InternalId(id)) = unit
        && !id.has_valid_checksum()
    {
        violations.add("'contextIdentifier.value' has an incorrect check digit.");
    }
    let description = description(&fields, &mut violations);
    let needs_name = matches!(unit, Some(ContextIdentifier::InternalId(_)));
    let name = (needs_name || fields.value("subunitName").is_some())
        .then(|| fields.text_within(&mut violations, "subunitName", 5..=256));
    let (Some(subject), Some(unit), Some(description), true) =
        (subject, unit, description, violations.is_empty())
    else {
        return Err(violations.refuse());
    };
    let wish = Wish {
        subject,
        purpose: Purpose::Subunit {
            unit,
            name: name.flatten().map(str::to_owned),
        },
        description,
    };
    let scopes = [Scope::plain(Permission::CredentialsManage)];
    start(call, wish.grants(call, &scopes, None)?)
}

pub(super) fn eu_administration(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let subject = subject::by_fingerprint(&fields, &mut violations);
    let context = fields.identifier(
        &mut violations,
        "contextIdentifier",
        &["NipVatUe"],
        |_, value| NipVatUe::parse(value),
    );
    let description = description(&fields, &mut violations);
    let name = fields.text_within(&mut violations, "euEntityName", 5..=256);
    let details = eu_entity(&fields, &mut violations);
    let (Some(subject), Some(context), Some(description), Some(name), Some(details), true) = (
        subject,
        context,
        description,
        name,
        details,
        violations.is_empty(),
    ) else {
        return Err(violations.refuse());
    };
    let wish = Wish {
        subject,
        purpose: Purpose::EuAdministration(context),
        description,
    };
    let eu_entity = EuEntityRecord {
        context,
        name: name.to_owned(),
        details,
    };
    let scopes = EU_ADMINISTRATION.map(Scope::plain);
    start(call, wish.grants(call, &scopes, Some(eu_entity))?)
}

pub(super) fn eu_representation(call: &Call) -> Result<Reply, Failure> {
    to_one(
        call,
        subject::by_fingerprint,
        EuPermissionType::KNOWN,
        Purpose::EuRepresentation,
    )
}

/// What is wished for, whatever its scopes.
struct Wish {
    subject: Subject,
    purpose: Purpose,
    description: String,
}

impl Wish {
    /// One permission for each scope.
    fn grants(
        self,
        call: &Call,
        scopes: &[Scope],
        eu_entity: Option<EuEntityRecord>,
    ) -> Result<Work, Failure> {
        let caller = call.caller()?;
        let (person, entity) = match self.subject.details {
            Details::Person(person) => (Some(person), None),
            Details::Entity(entity) => (None, Some(entity)),
        };
        let grant = |scope: &Scope| Grant {
            id: new_id(),
            granted_in: caller.context,
            authorized: self.subject.identifier,
            purpose: self.purpose.clone(),
            scope: scope.permission,
            can_delegate: scope.can_delegate,
            author: caller.subject.into(),
            description: self.description.clone(),
            person: person.clone(),
            entity: entity.clone(),
            started: Timestamp::UNIX_EPOCH,
        };
        Ok(Work::Grant {
            grants: scopes.iter().map(grant).collect(),
            eu_entity,
        })
    }
}

/// A permission that is wished for.
#[derive(Debug, Clone, Copy)]
struct Scope {
    permission: Permission,
    can_delegate: bool,
}

impl Scope {
    const fn plain(permission: Permission) -> Self {
        Self {
            permission,
            can_delegate: false,
        }
    }
}

/// The permissions of a list of names, of which `known` are allowed, each once.
fn scopes(fields: &Fields<'_>, violations: &mut Violations, known: &[&str]) -> Vec<Scope> {
    let names = fields.texts(violations, PERMISSIONS);
    let mut scopes = Scopes::default();
    for (index, name) in names.iter().enumerate() {
        match permission_of(name, known) {
            Some(permission) => scopes.add(Scope::plain(permission)),
            None => violations.unreadable(format!("{PERMISSIONS}[{index}]")),
        }
    }
    scopes.done(fields, violations)
}

/// The permissions of a list of objects.
fn entity_scopes(fields: &Fields<'_>, violations: &mut Violations) -> Vec<Scope> {
    let mut scopes = Scopes::default();
    for item in fields.objects(violations, PERMISSIONS) {
        let permission = item.choice(violations, "type", |name| {
            permission_of(name, EntityPermissionType::KNOWN)
        });
        let can_delegate = item
            .optional_boolean(violations, "canDelegate")
            .unwrap_or(false);
        if let Some(permission) = permission {
            scopes.add(Scope {
                permission,
                can_delegate,
            });
        }
    }
    scopes.done(fields, violations)
}

#[derive(Debug, Default)]
struct Scopes {
    list: Vec<Scope>,
    has_repeated: bool,
}

impl Scopes {
    fn add(&mut self, scope: Scope) {
        let is_known = |known: &Scope| known.permission == scope.permission;
        if self.list.iter().any(is_known) {
            self.has_repeated = true;
        } else {
            self.list.push(scope);
        }
    }

    fn done(self, fields: &Fields<'_>, violations: &mut Violations) -> Vec<Scope> {
        let is_empty_list = fields
            .value(PERMISSIONS)
            .is_none_or(|value| value.as_array().is_some_and(Vec::is_empty));
        if is_empty_list {
            violations.missing(fields.path(PERMISSIONS));
        }
        if self.has_repeated {
            violations.add(format!("'{PERMISSIONS}' must contain unique values."));
        }
        self.list
    }
}

fn permission_of(name: &str, known: &[&str]) -> Option<Permission> {
    Permission::from_name(name).filter(|permission| known.contains(&permission.as_str()))
}

fn eu_entity(fields: &Fields<'_>, violations: &mut Violations) -> Option<EuEntity> {
    let details = fields.object(violations, "euEntityDetails")?;
    let full_name = details.text_within(violations, "fullName", 1..=100);
    let address = details.text_within(violations, "address", 1..=512);
    Some(EuEntity::new(full_name?, address?))
}

fn description(fields: &Fields<'_>, violations: &mut Violations) -> Option<String> {
    fields
        .text_within(violations, "description", 5..=256)
        .map(str::to_owned)
}

const PERMISSIONS: &str = "permissions";
/// What the administrator of an EU entity may do.
const EU_ADMINISTRATION: [Permission; 4] = [
    Permission::VatUeManage,
    Permission::InvoiceWrite,
    Permission::InvoiceRead,
    Permission::Introspection,
];

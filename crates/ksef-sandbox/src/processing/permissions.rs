//! Granting and withdrawing: judged by what holds when the turn comes, and done.
//!
//! Which status a refusal has is not documented beyond its text; the reading here is the closest one:
//!
//! | status | when |
//! |---|---|
//! | 410 | the unit, the EU entity or the permission does not belong to the context |
//! | 420 | the author has lost the right to grant, or holds another one than the permission asks for |
//! | 430 | the context lacks the role (bailiff, enforcement authority, VAT group, local government), or is of another type |
//! | 440 | somebody would grant to themselves |
//! | 450 | a Peppol provider or a taxpayer would receive what is for the other |

use jiff::Timestamp;
use ksef_api::operation::Permission;
use ksef_api::status::PermissionOperationStatus;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::reference::PermissionRef;

use crate::app::App;
use crate::world::permissions::authorisations::{Authorisation, AuthorisationRecord};
use crate::world::permissions::grant::{Grant, Purpose};
use crate::world::permissions::operation::{Operation, Work};
use crate::world::record::{Changes, Record as _};
use crate::world::state::State;

/// Does an operation whose turn has come.
pub(super) fn process(app: &App, reference: &PermissionRef) {
    let now = app.now();
    app.world
        .write(|state, changes| perform(state, changes, reference, now));
}

/// Does an operation, well or badly; nothing happens when it was done before.
pub(crate) fn perform(
    state: &mut State,
    changes: &mut Changes,
    reference: &PermissionRef,
    now: Timestamp,
) {
    let Some(operation) = state.permissions.operation(reference).cloned() else {
        return;
    };
    let Some(work) = operation.work.clone() else {
        return;
    };
    let status = match judge(state, &operation, &work) {
        Ok(()) => {
            apply(state, changes, work, now);
            PermissionOperationStatus::Succeeded
        }
        Err(status) => status,
    };
    state
        .permissions
        .update_operation(changes, reference, |operation| {
            operation.work = None;
            operation.status = status.to_info();
        });
}

type Verdict = Result<(), PermissionOperationStatus>;

fn judge(state: &State, operation: &Operation, work: &Work) -> Verdict {
    let rights = state.permissions_of(&operation.context, &operation.subject);
    let required = operation.api().map_or(&[][..], |api| api.permissions);
    check(
        rights.has_any_of(required),
        PermissionOperationStatus::MissingPermission,
    )?;
    match work {
        Work::Grant { grants, .. } => grants.iter().try_for_each(|grant| may_grant(state, grant)),
        Work::Authorise(record) => may_authorise(operation, record),
        Work::Revoke(id) => {
            let grant = state.permissions.grant(id);
            let grant = grant.ok_or(PermissionOperationStatus::UnrelatedIdentifiers)?;
            let needed = needed_to_revoke(grant, &operation.context)
                .ok_or(PermissionOperationStatus::UnrelatedIdentifiers)?;
            check(
                rights.has(needed),
                PermissionOperationStatus::MissingPermission,
            )
        }
        Work::Unauthorise(id) => {
            let record = state.permissions.authorisation(id);
            let is_own = record
                .is_some_and(|record| ContextIdentifier::Nip(record.seller) == operation.context);
            check(is_own, PermissionOperationStatus::UnrelatedIdentifiers)
        }
    }
}

fn check(holds: bool, otherwise: PermissionOperationStatus) -> Verdict {
    if holds { Ok(()) } else { Err(otherwise) }
}

fn may_grant(state: &State, grant: &Grant) -> Verdict {
    use PermissionOperationStatus::{ForbiddenRelation, UnrelatedIdentifiers, WrongRole};
    let subjects = &state.subjects;
    let own = match grant.granted_in {
        ContextIdentifier::Nip(nip) => Some(nip),
        _ => None,
    };
    match &grant.purpose {
        Purpose::Person => {
            let nip = grant.granted_in.nip();
            let is_enforcing = nip.is_some_and(|nip| subjects.enforces(&nip));
            let needs_role = grant.scope == Permission::EnforcementOperations;
            check(!needs_role || is_enforcing, WrongRole)
        }
        Purpose::Entity => {
            let is_own = own.map(SubjectIdentifier::Nip) == Some(grant.authorized);
            check(!is_own, ForbiddenRelation)
        }
        Purpose::Indirect(target) => {
            // Entities receive permissions by NIP, so nobody else can be an intermediary.
            check(own.is_some(), WrongRole)?;
            check(
                target.context() != Some(grant.granted_in),
                ForbiddenRelation,
            )
        }
        Purpose::Subunit { unit, .. } => {
            let parent = own.ok_or(WrongRole)?;
            match unit {
                ContextIdentifier::Nip(unit) => {
                    check(subjects.is_parent(&parent), WrongRole)?;
                    check(subjects.is_unit_of(unit, &parent), UnrelatedIdentifiers)
                }
                other => check(other.nip() == own, UnrelatedIdentifiers),
            }
        }
        Purpose::EuAdministration(context) => {
            let parent = own.ok_or(WrongRole)?;
            check(context.nip().ok() == Some(parent), UnrelatedIdentifiers)
        }
        Purpose::EuRepresentation => {
            let is_compound = matches!(grant.granted_in, ContextIdentifier::NipVatUe(_));
            check(is_compound, WrongRole)
        }
    }
}

fn may_authorise(operation: &Operation, record: &AuthorisationRecord) -> Verdict {
    use PermissionOperationStatus::{ForbiddenIdentifier, ForbiddenRelation, WrongRole};
    let seller = ContextIdentifier::Nip(record.seller);
    check(operation.context == seller, WrongRole)?;
    check(record.grantee != seller, ForbiddenRelation)?;
    let is_for_peppol = record.authorisation == Authorisation::PefInvoicing;
    let is_peppol = matches!(record.grantee, ContextIdentifier::PeppolId(_));
    check(is_for_peppol == is_peppol, ForbiddenIdentifier)
}

/// The permission with which a login in `context` may withdraw this one; `None` when it is none of the context's.
fn needed_to_revoke(grant: &Grant, context: &ContextIdentifier) -> Option<Permission> {
    let is_author = grant.granted_in == *context;
    let works_here = grant.works_in() == Some(*context);
    match grant.purpose {
        Purpose::Person | Purpose::Entity | Purpose::Indirect(_) => {
            is_author.then_some(Permission::CredentialsManage)
        }
        Purpose::Subunit { .. } if is_author => Some(Permission::SubunitManage),
        Purpose::Subunit { .. } => works_here.then_some(Permission::CredentialsManage),
        Purpose::EuAdministration(_) if is_author => Some(Permission::CredentialsManage),
        Purpose::EuAdministration(_) | Purpose::EuRepresentation => {
            works_here.then_some(Permission::VatUeManage)
        }
    }
}

fn apply(state: &mut State, changes: &mut Changes, work: Work, now: Timestamp) {
    let permissions = &mut state.permissions;
    match work {
        Work::Grant { grants, eu_entity } => {
            if let Some(eu_entity) = eu_entity {
                permissions.set_eu_entity(changes, eu_entity);
            }
            for grant in grants {
                let started = now;
                permissions.add(changes, Grant { started, ..grant });
            }
        }
        Work::Authorise(record) => {
            let started = now;
            permissions.authorise(changes, AuthorisationRecord { started, ..*record });
        }
        Work::Revoke(id) => permissions.remove(changes, &id),
        Work::Unauthorise(id) => {
            if let Some(key) = permissions.authorisation(&id).map(AuthorisationRecord::key) {
                permissions.unauthorise(changes, &key);
            }
        }
    }
}

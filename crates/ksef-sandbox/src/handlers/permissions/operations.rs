//! Operations: started, withdrawing, and how they go on.

use ksef_api::ops::permissions::{PermissionOperation, StartedPermissionOperation};
use ksef_api::problem::Problem;
use ksef_api::status::PermissionOperationStatus;
use ksef_core::permission_id::PermissionId;
use ksef_core::reference::PermissionRef;

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::processing::{Task, perform_permission};
use crate::random;
use crate::world::permissions::is_past_retention;
use crate::world::permissions::operation::{Operation, Work};

/// Takes an operation up; it is done after the latency.
pub(super) fn start(call: &Call, work: Work) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let (date, high, low) = random::reference_parts(call.now);
    let reference = PermissionRef::generate(date, high, low);
    let operation = Operation {
        reference,
        call: call.operation.id.to_owned(),
        context: caller.context,
        subject: caller.subject,
        started: call.now,
        work: Some(work),
        status: PermissionOperationStatus::Accepted.to_info(),
    };
    let is_done_at_once = call.app.latency().permission.is_zero();
    call.app.world.write(|state, changes| {
        state.permissions.begin(changes, operation);
        if is_done_at_once {
            perform_permission(state, changes, &reference, call.now);
        }
    });
    if !is_done_at_once {
        call.app.schedule(Task::PerformPermission(reference));
    }
    let started = StartedPermissionOperation {
        reference_number: reference,
    };
    Reply::json(call, &started)
}

pub(super) fn revoke(call: &Call) -> Result<Reply, Failure> {
    let id: PermissionId = call.path("permissionId")?;
    start(call, Work::Revoke(id))
}

pub(super) fn revoke_authorization(call: &Call) -> Result<Reply, Failure> {
    let id: PermissionId = call.path("permissionId")?;
    start(call, Work::Unauthorise(id))
}

pub(super) fn status(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let reference: PermissionRef = call.path("referenceNumber")?;
    let answer = call.app.world.read(|state| {
        let operation = state
            .permissions
            .operation(&reference)
            .filter(|operation| operation.context == caller.context);
        // The contract names no code of its own for this.
        let operation = operation.ok_or_else(|| {
            Failure::invalid(vec![format!(
                "Operacja o numerze referencyjnym {reference} nie została znaleziona."
            )])
        })?;
        if is_past_retention(operation, call.now) {
            return Err(Problem::gone().into());
        }
        Ok::<_, Failure>(PermissionOperation {
            status: operation.status.clone(),
        })
    });
    Reply::json(call, &answer?)
}

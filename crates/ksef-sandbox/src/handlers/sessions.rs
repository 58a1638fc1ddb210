//! Sessions, online and batch: opening, sending, closing, statuses, lists.

mod batch;
mod list;
mod open;
mod send;
mod status;

use ksef_api::operation::{Permission, sessions as operation};
use ksef_core::reference::{SessionKind, SessionRef};

use crate::call::{Call, Reply};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::processing::{self, Closing, Task};
use crate::router::Routes;
use crate::world::sessions::SessionRecord;
use crate::world::state::State;

/// The operations of this module.
pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&operation::OPEN_ONLINE, open::open)
        .with(&operation::SEND_INVOICE, send::send)
        .with(&operation::CLOSE_ONLINE, close)
        .with(&operation::OPEN_BATCH, batch::open)
        .with(&operation::CLOSE_BATCH, batch::close)
        .with(&operation::LIST, list::list)
        .with(&operation::STATUS, status::session)
        .with(&operation::INVOICES, status::invoices)
        .with(&operation::FAILED_INVOICES, status::failed_invoices)
        .with(&operation::INVOICE_STATUS, status::invoice)
}

fn close(call: &Call) -> Result<Reply, Failure> {
    let reference: SessionRef = call.path("referenceNumber")?;
    let caller = call.caller()?;
    processing::close_overdue(&call.app, call.now);
    let closing = call.app.world.write(|state, changes| {
        let session = usable(state, caller, &reference, SessionKind::Online)?;
        if !session.is_open() {
            let detail = format!("Status sesji {} uniemożliwia jej zamknięcie.", session.code);
            return Err(Failure::detailed(21180, detail));
        }
        Ok(processing::close(state, changes, &reference, call.now))
    })?;
    if closing == Some(Closing::Ready) {
        call.app.schedule(Task::FinishSession(reference));
    }
    Ok(Reply::empty(call))
}

/// The session, when the caller may send into it and close it: its opener (also with another token) or the owner of
/// the context.
///
/// # Errors
/// 21173 in the words of sending and closing; 403.
fn usable<'a>(
    state: &'a State,
    caller: &Caller,
    reference: &SessionRef,
    kind: SessionKind,
) -> Result<&'a SessionRecord, Failure> {
    let participle = match kind {
        SessionKind::Batch => "znaleziona",
        _ => "odnaleziona",
    };
    let session = found(state, reference, participle)?;
    if session.kind() != kind {
        // There is no session of this kind.
        return Err(not_found(reference, participle));
    }
    if is_own(state, caller, session) {
        Ok(session)
    } else {
        Err(Failure::not_yours())
    }
}

/// The session, when the caller may read it: its opener, the owner of the context, or who may look into all sessions
/// of the context.
///
/// # Errors
/// 21173 in the words of reading; 403.
pub(super) fn readable<'a>(
    state: &'a State,
    caller: &Caller,
    reference: &SessionRef,
) -> Result<&'a SessionRecord, Failure> {
    let session = found(state, reference, "znaleziona")?;
    let may_read =
        is_own(state, caller, session) || (session.context == caller.context && sees_all(caller));
    if may_read {
        Ok(session)
    } else {
        Err(Failure::not_yours())
    }
}

/// Whether the caller may look into every session of the context.
fn sees_all(caller: &Caller) -> bool {
    caller
        .permissions
        .has_any_of(&[Permission::Introspection, Permission::EnforcementOperations])
}

fn found<'a>(
    state: &'a State,
    reference: &SessionRef,
    participle: &str,
) -> Result<&'a SessionRecord, Failure> {
    state
        .sessions
        .get(reference)
        .ok_or_else(|| not_found(reference, participle))
}

fn not_found(reference: &SessionRef, participle: &str) -> Failure {
    let detail = format!("Sesja o numerze referencyjnym {reference} nie została {participle}.");
    Failure::detailed(21173, detail)
}

fn is_own(state: &State, caller: &Caller, session: &SessionRecord) -> bool {
    session.context == caller.context
        && (state
            .subjects
            .are_the_same(&session.opener, &caller.subject)
            || caller.permissions.is_owner()
            || state
                .permissions_of(&caller.context, &caller.subject)
                .is_owner())
}

//! Sessions of authentication: the list, and ending them.

use ksef_api::operation::auth as operation;
use ksef_api::ops::auth::{AuthSession, AuthSessions};
use ksef_core::reference::AuthRef;

use super::{SUCCEEDED, login, not_found};
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::Violations;
use crate::page::Pages;
use crate::world::logins::{Login, REFRESH_TOKEN_LIFETIME};

/// The active authentications of the caller in the context, newest first.
pub(super) fn list(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let mut violations = Violations::default();
    let page_size = call.query.page_size(&mut violations, 10..=100);
    violations.done()?;
    let machine_now = call.app.clock.machine_now();
    let is_active = |login: &Login| {
        login.status(machine_now).code == SUCCEEDED
            && (login.is_active(call.now)
                || (!login.redeemed
                    && call.now.duration_since(login.started) < REFRESH_TOKEN_LIFETIME))
    };
    let answer = call.app.world.read(|state| {
        let own = state.logins.of_context(&caller.context).filter(|login| {
            is_active(login) && state.subjects.are_the_same(&caller.subject, &login.subject)
        });
        let mut own: Vec<_> = own.collect();
        own.sort_by_key(|login| std::cmp::Reverse((login.started, login.reference)));
        let pages = Pages {
            links: state.links(),
            scope: operation::LIST_SESSIONS.id,
            size: page_size,
        };
        let (page, continuation_token) =
            pages.cut(call.continuation(), own.into_iter(), |login| {
                (login.started, login.reference)
            })?;
        let items = page.into_iter().map(|login| AuthSession {
            reference_number: login.reference,
            is_current: login.reference == caller.login,
            authentication: login::on_the_wire(login, machine_now),
        });
        Ok::<_, Failure>(AuthSessions {
            continuation_token,
            items: items.collect(),
        })
    });
    Reply::json(call, &answer?)
}

/// Ends the authentication that the bearer comes from.
pub(super) fn terminate_current(call: &Call) -> Result<Reply, Failure> {
    end(call, call.caller()?.login)
}

/// Ends an authentication of the caller.
pub(super) fn terminate(call: &Call) -> Result<Reply, Failure> {
    end(call, call.path("referenceNumber")?)
}

fn end(call: &Call, reference: AuthRef) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    call.app.world.write(|state, changes| {
        let login = state
            .logins
            .get(&reference)
            .ok_or_else(|| not_found(reference.as_str()))?;
        let is_own = login.context == caller.context
            && state.subjects.are_the_same(&caller.subject, &login.subject);
        if !is_own {
            return Err(Failure::not_yours());
        }
        state
            .logins
            .update(changes, &reference, |login| login.revoked = true);
        Ok(())
    })?;
    Ok(Reply::empty(call))
}

//! Signing in: challenge, signature or KSeF token, status, tokens, sessions of authentication.

mod ksef_token;
mod login;
mod sessions;
mod shortcut;
mod signature;
mod token_request;

use ksef_api::operation::auth as operation;
use ksef_api::ops::auth::{IssuedChallenge, RefreshedAccess, TokenPair};
use ksef_core::reference::{AuthRef, Challenge};

use crate::call::{Call, Reply};
use crate::caller::BearerKind;
use crate::failure::Failure;
use crate::random;
use crate::router::Routes;
use crate::world::logins::{ACCESS_TOKEN_LIFETIME, Login, REFRESH_TOKEN_LIFETIME};
use crate::world::state::State;

pub(crate) use shortcut::sign_in;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&operation::CHALLENGE, challenge)
        .with(&operation::XADES_SIGNATURE, signature::submit)
        .with(&operation::KSEF_TOKEN, ksef_token::submit)
        .with(&operation::STATUS, status)
        .with(&operation::REDEEM, redeem)
        .with(&operation::REFRESH, refresh)
        .with(&operation::LIST_SESSIONS, sessions::list)
        .with(&operation::TERMINATE_CURRENT, sessions::terminate_current)
        .with(&operation::TERMINATE, sessions::terminate)
}

fn challenge(call: &Call) -> Result<Reply, Failure> {
    let (date, high, low) = random::reference_parts(call.now);
    let challenge = Challenge::generate(date, high, low);
    call.app
        .world
        .write(|state, changes| state.logins.challenge(changes, challenge, call.now));
    let issued = IssuedChallenge {
        challenge,
        timestamp: call.now,
        timestamp_ms: Some(call.now.as_millisecond()),
        client_ip: Some(call.client_ip.to_string()),
    };
    Reply::json(call, &issued)
}

fn status(call: &Call) -> Result<Reply, Failure> {
    let asked = call.path_text("referenceNumber");
    let caller = call.caller()?;
    let machine_now = call.app.clock.machine_now();
    let answer = call.app.world.read(|state| {
        let login = state
            .logins
            .get(&caller.login)
            .filter(|login| login.reference.as_str() == asked)?;
        Some(login::on_the_wire(login, machine_now))
    });
    Reply::json(call, &answer.ok_or_else(|| not_found(asked))?)
}

fn redeem(call: &Call) -> Result<Reply, Failure> {
    let reference = call.caller()?.login;
    let machine_now = call.app.clock.machine_now();
    let pair = call.app.world.write(|state, changes| {
        let login = state
            .logins
            .get(&reference)
            .ok_or_else(|| not_found(reference.as_str()))?;
        if login.redeemed && !login.revoked {
            return Err(Failure::detailed(
                21301,
                format!("Tokeny dla operacji uwierzytelniania {reference} zostały już pobrane."),
            ));
        }
        check_state(state, login, machine_now, |code| {
            format!("Status uwierzytelniania ({code}) nie pozwala na pobranie tokenów.")
        })?;
        let issue = |kind, lifetime| login::issue(state, login, kind, call.now, lifetime);
        let pair = TokenPair {
            access_token: issue(BearerKind::Access, ACCESS_TOKEN_LIFETIME),
            refresh_token: issue(BearerKind::Refresh, REFRESH_TOKEN_LIFETIME),
        };
        state.logins.update(changes, &reference, |login| {
            login.redeemed = true;
            login.refresh_valid_until = Some(pair.refresh_token.valid_until);
        });
        Ok(pair)
    })?;
    Reply::json(call, &pair)
}

fn refresh(call: &Call) -> Result<Reply, Failure> {
    let reference = call.caller()?.login;
    let machine_now = call.app.clock.machine_now();
    let refreshed = call.app.world.write(|state, changes| {
        let login = state
            .logins
            .get(&reference)
            .ok_or_else(|| not_found(reference.as_str()))?;
        check_state(state, login, machine_now, |code| {
            format!(
                "Status uwierzytelnienia ({code}) nie pozwala na odświeżenie tokenu dostępowego."
            )
        })?;
        let access_token = login::issue(
            state,
            login,
            BearerKind::Access,
            call.now,
            ACCESS_TOKEN_LIFETIME,
        );
        state.logins.update(changes, &reference, |login| {
            login.refreshed = Some(call.now)
        });
        Ok::<_, Failure>(RefreshedAccess { access_token })
    })?;
    Reply::json(call, &refreshed)
}

/// May tokens be issued now? What was true when the authentication ended may not be true any more.
fn check_state(
    state: &State,
    login: &Login,
    machine_now: jiff::Timestamp,
    detail: impl Fn(i32) -> String,
) -> Result<(), Failure> {
    let status = login.status(machine_now);
    if status.code == DECEASED || state.subjects.is_deceased(&login.subject) {
        return Err(Failure::coded(21308));
    }
    if status.code != SUCCEEDED {
        return Err(Failure::detailed(21301, detail(status.code)));
    }
    if login
        .method
        .ksef_token()
        .is_some_and(|token| state.tokens.is_revoked(&token))
    {
        return Err(Failure::detailed(21301, "Token KSeF został unieważniony."));
    }
    if login::permissions(state, login).is_empty() {
        return Err(Failure::detailed(21301, detail(NO_PERMISSIONS)));
    }
    Ok(())
}

fn not_found(reference: &str) -> Failure {
    Failure::detailed(
        21304,
        format!(
            "Operacja uwierzytelniania o numerze referencyjnym {reference} nie została znaleziona."
        ),
    )
}

/// A new reference of an authentication.
fn new_reference(call: &Call) -> AuthRef {
    let (date, high, low) = random::reference_parts(call.now);
    AuthRef::generate(date, high, low)
}

const SUCCEEDED: i32 = 200;
const NO_PERMISSIONS: i32 = 415;
const DECEASED: i32 = 470;

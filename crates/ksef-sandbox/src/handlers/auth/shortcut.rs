//! Signing in without a proof, which only the control API offers: for tests in languages without XAdES.

use ksef_api::ops::auth::{StartedAuth, TokenPair};
use ksef_api::ops::certificates::EnrollmentData;
use ksef_api::status::AuthStatus;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::reference::AuthRef;
use ksef_crypto::digest::sha256;

use super::login;
use crate::app::App;
use crate::caller::BearerKind;
use crate::ip_policy::IpPolicy;
use crate::random;
use crate::world::logins::{
    ACCESS_TOKEN_LIFETIME, Login, Method, OPERATION_TOKEN_LIFETIME, REFRESH_TOKEN_LIFETIME,
    SignatureKind,
};

/// The bearers of `subject` in `context`, as if it had signed; `None` when it may do nothing there.
pub(crate) fn sign_in(
    app: &App,
    context: ContextIdentifier,
    subject: SubjectIdentifier,
) -> Option<(StartedAuth, TokenPair)> {
    let (now, machine_now) = (app.now(), app.clock.machine_now());
    let (date, high, low) = random::reference_parts(now);
    let reference = AuthRef::generate(date, high, low);
    let kind = match subject {
        SubjectIdentifier::Nip(_) => SignatureKind::Seal,
        _ => SignatureKind::Person,
    };
    let login = Login {
        reference,
        context,
        subject,
        method: Method::Signature {
            document: sha256(reference.as_str().as_bytes()),
            kind,
        },
        ip_policy: IpPolicy::default(),
        started: now,
        holder: Some(holder(subject)),
        certificate: None,
        ready: machine_now,
        outcome: AuthStatus::from_code(super::SUCCEEDED).to_info(),
        redeemed: true,
        refreshed: None,
        refresh_valid_until: None,
        revoked: false,
    };
    app.world.write(|state, changes| {
        if login::permissions(state, &login).is_empty() {
            return None;
        }
        let issue = |kind, lifetime| login::issue(state, &login, kind, now, lifetime);
        let started = StartedAuth {
            reference_number: reference,
            authentication_token: issue(BearerKind::Operation, OPERATION_TOKEN_LIFETIME),
        };
        let pair = TokenPair {
            access_token: issue(BearerKind::Access, ACCESS_TOKEN_LIFETIME),
            refresh_token: issue(BearerKind::Refresh, REFRESH_TOKEN_LIFETIME),
        };
        let login = Login {
            refresh_valid_until: Some(pair.refresh_token.valid_until),
            ..login
        };
        state.logins.insert(changes, login);
        Some((started, pair))
    })
}

/// What a certificate of the subject would say: a seal of a NIP, a person for everybody else.
fn holder(subject: SubjectIdentifier) -> EnrollmentData {
    let value = subject.value();
    let is_seal = matches!(subject, SubjectIdentifier::Nip(_));
    let serial_number = match subject {
        SubjectIdentifier::Pesel(pesel) => Some(format!("PNOPL-{pesel}")),
        _ => None,
    };
    EnrollmentData {
        common_name: format!("Test {value}"),
        country_name: "PL".to_owned(),
        given_name: (!is_seal).then(|| "Test".to_owned()),
        surname: (!is_seal).then(|| value.to_owned()),
        serial_number,
        unique_identifier: None,
        organization_name: is_seal.then(|| format!("Test {value}")),
        organization_identifier: is_seal.then(|| format!("VATPL-{value}")),
    }
}

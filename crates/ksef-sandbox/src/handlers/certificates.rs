//! KSeF certificates: limits, applications, certificates, revocation.
//!
//! A certificate belongs to whoever is signed in: the identifier that the login was made with, and the one linked to it
//! as NIP and PESEL of one person. The context does not matter.

mod enroll;
mod list;

use ksef_api::operation::certificates as operation;
use ksef_api::ops::certificates::{CertificateLimit, CertificateLimits};
use ksef_api::problem::ForbiddenReason;
use ksef_api::status::CertificateStatus;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::context::SubjectIdentifier;
use serde_json::Value;

use crate::call::{Call, Reply};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::router::Routes;
use crate::world::certificates::CertificateRecord;
use crate::world::state::State;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&operation::LIMITS, limits)
        .with(&operation::ENROLLMENT_DATA, enroll::data)
        .with(&operation::ENROLL, enroll::enroll)
        .with(&operation::ENROLLMENT_STATUS, enroll::status)
        .with(&operation::RETRIEVE, list::retrieve)
        .with(&operation::QUERY, list::query)
        .with(&operation::REVOKE, revoke)
}

fn limits(call: &Call) -> Result<Reply, Failure> {
    let subject = call.caller()?.subject;
    let machine_now = call.app.clock.machine_now();
    let limits = call.app.world.read(|state| {
        let limits = Limits::of(state, &subject);
        let applications = state.certificates.counted_enrollments(&subject, call.now);
        let held = state
            .certificates
            .held(&subject, call.now, Some(machine_now));
        let enrollment = limit(limits.applications, applications);
        let certificate = limit(limits.certificates, held);
        CertificateLimits {
            can_request: enrollment.remaining > 0 && certificate.remaining > 0,
            enrollment,
            certificate,
        }
    });
    Reply::json(call, &limits)
}

fn limit(limit: usize, taken: usize) -> CertificateLimit {
    let number = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    CertificateLimit {
        remaining: number(limit.saturating_sub(taken)),
        limit: number(limit),
    }
}

/// How many applications and certificates a subject may have.
#[derive(Debug, Clone, Copy)]
struct Limits {
    applications: usize,
    certificates: usize,
}

impl Limits {
    fn of(state: &State, subject: &SubjectIdentifier) -> Self {
        let limits = state.limits.subject(subject);
        let number = |number: Option<u32>| {
            number.map_or(usize::MAX, |number| {
                usize::try_from(number).unwrap_or(usize::MAX)
            })
        };
        Self {
            applications: number(limits.enrollment.and_then(|it| it.max_enrollments)),
            certificates: number(limits.certificate.and_then(|it| it.max_certificates)),
        }
    }
}

fn revoke(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    refuse_token(caller)?;
    let serial = call.path_text("certificateSerialNumber");
    check_reason(call)?;
    let machine_now = call.app.clock.machine_now();
    let done = call.app.done_after(call.app.latency().certificate);
    call.app.world.write(|state, changes| {
        let record = own(state, caller, serial, machine_now)?;
        if record.status(call.now, machine_now) != CertificateStatus::Active {
            return Err(Failure::coded(25009));
        }
        let serial = record.serial;
        state
            .certificates
            .update(changes, &serial, |record| record.revoked_from = Some(done));
        Ok(())
    })?;
    Ok(Reply::empty(call))
}

/// The reason is read and judged; nothing shows it again.
fn check_reason(call: &Call) -> Result<(), Failure> {
    if call.body.is_empty() {
        return Ok(());
    }
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    if fields.value("revocationReason").is_some() {
        fields.choice(&mut violations, "revocationReason", |name| {
            ["Unspecified", "Superseded", "KeyCompromise"]
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(name))
        });
    }
    violations.done()
}

/// A certificate of the caller's, which is there.
///
/// A serial number of another form is not a mistake of its own but an unknown one: the pattern in the contract is there
/// for information (facts 06 §7).
///
/// # Errors
/// 25008, also for what belongs to somebody else.
pub(super) fn own<'a>(
    state: &'a State,
    caller: &Caller,
    serial: &str,
    machine_now: jiff::Timestamp,
) -> Result<&'a CertificateRecord, Failure> {
    CertificateSerial::parse(serial)
        .ok()
        .and_then(|serial| state.certificates.get(&serial, machine_now))
        .filter(|record| {
            state
                .subjects
                .are_the_same(&caller.subject, &record.subject)
        })
        .ok_or_else(|| Failure::coded(25008))
}

/// A KSeF token does not revoke certificates. The contract names no code for it, so the reason of the 403 has to do
/// (unverified).
fn refuse_token(caller: &Caller) -> Result<(), Failure> {
    if caller.ksef_token.is_none() {
        return Ok(());
    }
    Err(Failure::forbidden(
        ForbiddenReason::AuthMethodNotAllowed,
        [("authenticationMethodCategory", Value::from("Token"))],
    ))
}

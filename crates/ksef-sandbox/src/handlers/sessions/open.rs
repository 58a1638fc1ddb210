//! `POST /sessions/online`.

use jiff::SignedDuration;
use jiff::civil::Date;
use ksef_api::ops::sessions::OpenedOnlineSession;
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;

use crate::call::{Call, Reply};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::handlers::encryption;
use crate::processing::Task;
use crate::random;
use crate::world::keys::KeyUsage;
use crate::world::logins::Method;
use crate::world::sessions::{NewSession, Proof, SessionRecord};
use crate::world::state::State;

pub(super) fn open(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let fields = Fields::of(&body);
    let mut violations = Violations::default();
    let form = form_code(&fields, &mut violations);
    let encryption = encryption::read(&fields, &mut violations);
    check_features(call, &mut violations);
    violations.done()?;
    let (Some(form), Some(encryption)) = (form, encryption) else {
        return Err(Failure::status(500, "a violation was not reported"));
    };
    let caller = call.caller()?;
    let opened = call.app.world.write(|state, changes| {
        let usage = KeyUsage::SymmetricKeyEncryption;
        state
            .keys
            .usable(usage, encryption.public_key.as_ref(), call.now)?;
        let opened = OpenedOnlineSession {
            reference_number: fresh_reference(state, call, SessionRef::generate),
            valid_until: call.now.checked_add(LIFETIME).unwrap_or(call.now),
        };
        let session = SessionRecord::open(NewSession {
            reference: opened.reference_number,
            context: caller.context,
            opener: caller.subject,
            proof: proof(state, caller)?,
            form,
            created: call.now,
            valid_until: opened.valid_until,
            iv: encryption.iv,
            wrapped_key: encryption.wrapped_key,
            public_key: encryption.public_key,
            has_key_fault: call.has_session_key_fault,
            verifies_identifiers: call.has_feature("subject-identifier-validation"),
            batch: None,
        });
        state.sessions.insert(changes, session);
        Ok::<_, Failure>(opened)
    })?;
    call.app.schedule(Task::UnwrapKey(opened.reference_number));
    Reply::json(call, &opened)
}

/// The version of the UPO that was asked for has to be one that is made.
pub(super) fn check_features(call: &Call, violations: &mut Violations) {
    if call.has_feature("upo-v4-2") {
        violations.add("UPO w wersji 4-2 nie jest już wystawiane; dostępna jest wersja 4-3.");
    }
}

/// One of the forms that sessions take.
pub(super) fn form_code(fields: &Fields<'_>, violations: &mut Violations) -> Option<FormCode> {
    let form = fields.object(violations, "formCode")?;
    let system_code = form.text(violations, "systemCode");
    let schema_version = form.text(violations, "schemaVersion");
    let value = form.text(violations, "value");
    let form = FormCode::from_parts(system_code?, schema_version?, value?);
    if matches!(form, FormCode::Other(_)) {
        violations.add(FORM_NOT_SUPPORTED);
        return None;
    }
    Some(form)
}

/// How the caller had signed in.
pub(super) fn proof(state: &State, caller: &Caller) -> Result<Proof, Failure> {
    let login = state
        .logins
        .get(&caller.login)
        .ok_or_else(Failure::unauthorized)?;
    match login.method {
        Method::Signature { document, .. } => Ok(Proof::Document(document)),
        Method::Token(Some(token)) => Ok(Proof::Token(token)),
        Method::Token(None) => Err(Failure::unauthorized()),
    }
}

pub(super) fn fresh_reference(
    state: &State,
    call: &Call,
    generate: fn(Date, u64, u64) -> SessionRef,
) -> SessionRef {
    loop {
        let (date, high, low) = random::reference_parts(call.now);
        let reference = generate(date, high, low);
        if !state.sessions.contains(&reference) {
            return reference;
        }
    }
}

/// Detail of the refusal of a form that the session does not take.
pub(super) const FORM_NOT_SUPPORTED: &str = "Wskazany kod formularza nie jest wspierany.";
/// How long a session lives.
pub(super) const LIFETIME: SignedDuration = SignedDuration::from_hours(12);

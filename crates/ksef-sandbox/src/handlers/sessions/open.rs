//! `POST /sessions/online`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use ksef_api::ops::sessions::OpenedOnlineSession;
use ksef_core::form_code::FormCode;
use ksef_core::key_id::KeyId;
use ksef_core::reference::SessionRef;

use crate::call::{Call, Reply};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
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
    let encryption = encryption(&fields, &mut violations);
    if call.has_feature("upo-v4-2") {
        violations.add("UPO w wersji 4-2 nie jest już wystawiane; dostępna jest wersja 4-3.");
    }
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
            reference_number: fresh_reference(state, call),
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
        });
        state.sessions.insert(changes, session);
        Ok::<_, Failure>(opened)
    })?;
    call.app.schedule(Task::UnwrapKey(opened.reference_number));
    Reply::json(call, &opened)
}

/// One of the forms that online sessions take.
fn form_code(fields: &Fields<'_>, violations: &mut Violations) -> Option<FormCode> {
    let form = fields.object(violations, "formCode")?;
    let system_code = form.text(violations, "systemCode");
    let schema_version = form.text(violations, "schemaVersion");
    let value = form.text(violations, "value");
    let form = FormCode::from_parts(system_code?, schema_version?, value?);
    if matches!(form, FormCode::Other(_)) {
        violations.add("Wskazany kod formularza nie jest wspierany.");
        return None;
    }
    Some(form)
}

struct Encryption {
    wrapped_key: Vec<u8>,
    iv: [u8; 16],
    public_key: Option<KeyId>,
}

fn encryption(fields: &Fields<'_>, violations: &mut Violations) -> Option<Encryption> {
    let fields = fields.object(violations, "encryption")?;
    let wrapped_key = base64(&fields, violations, "encryptedSymmetricKey");
    let iv = base64(&fields, violations, "initializationVector").and_then(|bytes| {
        let iv = <[u8; 16]>::try_from(bytes.as_slice());
        if iv.is_err() {
            let found = bytes.len();
            violations.add(format!(
                "'encryption.initializationVector' must be 16 bytes in length. You entered {found} bytes."
            ));
        }
        iv.ok()
    });
    let public_key = fields.optional_parsed(violations, "publicKeyId", KeyId::parse);
    Some(Encryption {
        wrapped_key: wrapped_key?,
        iv: iv?,
        public_key,
    })
}

fn base64(fields: &Fields<'_>, violations: &mut Violations, name: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(fields.text(violations, name)?);
    if bytes.is_err() {
        violations.unreadable(fields.path(name));
    }
    bytes.ok()
}

/// How the caller had signed in.
fn proof(state: &State, caller: &Caller) -> Result<Proof, Failure> {
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

fn fresh_reference(state: &State, call: &Call) -> SessionRef {
    loop {
        let (date, high, low) = random::reference_parts(call.now);
        let reference = SessionRef::generate(date, high, low);
        if !state.sessions.contains(&reference) {
            return reference;
        }
    }
}

/// How long a session lives.
const LIFETIME: SignedDuration = SignedDuration::from_hours(12);

//! Applying for a certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::certificates::{
    EnrollCertificate, EnrolledCertificate, Enrollment, EnrollmentData,
};
use ksef_api::problem::Problem;
use ksef_api::status::{EnrollmentStatus, StatusInfo};
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::context::SubjectIdentifier;
use ksef_core::reference::EnrollmentRef;
use ksef_crypto::authority::KsefCertificateKind;
use ksef_crypto::certificate::Certificate;
use ksef_crypto::csr::{CertificateRequest, RequestSubject};
use ksef_crypto::error::ErrorKind;
use ksef_crypto::self_signed::Validity;
use ksef_crypto::signature::KeyAlgorithm;

use super::Limits;
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::random;
use crate::world::certificates::{
    CertificateRecord, ENROLLMENT_KEPT_FOR, EnrollmentRecord, NewCertificate, Purpose,
};
use crate::world::state::State;

pub(super) fn data(call: &Call) -> Result<Reply, Failure> {
    Reply::json(call, &holder(call)?.ok_or_else(|| Failure::coded(25001))?)
}

/// What the certificate of the caller's login says of its holder; `None` after a login without one.
fn holder(call: &Call) -> Result<Option<EnrollmentData>, Failure> {
    let login = call.caller()?.login;
    Ok(call
        .app
        .world
        .read(|state| state.logins.get(&login)?.holder.clone()))
}

/// What is applied for.
struct Wish {
    name: String,
    purpose: Purpose,
    csr: Vec<u8>,
    valid_from: Option<Timestamp>,
}

pub(super) fn enroll(call: &Call) -> Result<Reply, Failure> {
    let subject = call.caller()?.subject;
    let holder = holder(call)?.ok_or_else(|| Failure::coded(25002))?;
    let wish = read_wish(call)?;
    let request = judge(&wish.csr, holder)?;
    // Checked before the certificate is made, and again when it is put into the world.
    call.app
        .world
        .read(|state| check_limits(call, state, &subject))?;
    let certificate = issue(call, &wish, &request)?;
    let (date, high, low) = random::reference_parts(call.now);
    let mut enrollment = EnrollmentRecord {
        reference: EnrollmentRef::generate(date, high, low),
        subject,
        requested: call.now,
        ready: call.app.done_after(call.app.latency().certificate),
        outcome: EnrollmentStatus::Issued.to_info(),
        serial: None,
    };
    let answer = EnrolledCertificate {
        reference_number: enrollment.reference,
        timestamp: call.now,
    };
    call.app.world.write(|state, changes| {
        check_limits(call, state, &subject)?;
        match refusal(call, state, &certificate, &subject) {
            Some(refusal) => enrollment.outcome = refusal,
            None => {
                let serial = serial_of(&certificate)?;
                enrollment.serial = Some(serial);
                let record = CertificateRecord::new(NewCertificate {
                    certificate: &certificate,
                    serial,
                    name: wish.name,
                    purpose: wish.purpose,
                    subject,
                    requested: call.now,
                    ready: enrollment.ready,
                });
                state.certificates.issue(changes, record);
            }
        }
        state.certificates.enroll(changes, enrollment);
        Ok::<_, Failure>(())
    })?;
    Reply::json(call, &answer)
}

fn read_wish(call: &Call) -> Result<Wish, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let name = fields.text_within(&mut violations, "certificateName", 5..=100);
    if name.is_some_and(|name| !EnrollCertificate::is_name(name)) {
        violations.malformed("certificateName");
    }
    let purpose = fields.choice(&mut violations, "certificateType", Purpose::from_name);
    let csr = fields.parsed(&mut violations, "csr", |text| STANDARD.decode(text.trim()));
    let valid_from = fields.optional_instant(&mut violations, "validFrom");
    if valid_from.is_some_and(|instant| !VALID_FROM.contains(&instant.as_second())) {
        violations.malformed("validFrom");
    }
    match (name, purpose, csr) {
        (Some(name), Some(purpose), Some(csr)) if violations.is_empty() => Ok(Wish {
            name: name.to_owned(),
            purpose,
            csr,
            valid_from,
        }),
        _ => Err(violations.refuse()),
    }
}

/// The CSR, when it is in order. Which of several mistakes the real server tells first is not known.
fn judge(der: &[u8], holder: EnrollmentData) -> Result<CertificateRequest, Failure> {
    let request = CertificateRequest::from_der(der).map_err(|_| Failure::coded(25004))?;
    match request.key_algorithm() {
        Ok(KeyAlgorithm::Rsa { bits: 2048 } | KeyAlgorithm::EcP256) => {}
        _ => return Err(Failure::coded(25010)),
    }
    request.verify_signature().map_err(|error| {
        Failure::coded(match error.kind() {
            ErrorKind::UnsupportedSignature { .. } => 25011,
            _ => 25004,
        })
    })?;
    if request.matches(&subject_of(holder)) {
        Ok(request)
    } else {
        Err(Failure::coded(25003))
    }
}

fn subject_of(holder: EnrollmentData) -> RequestSubject {
    RequestSubject {
        common_name: holder.common_name,
        surname: holder.surname,
        given_name: holder.given_name,
        organization: holder.organization_name,
        organization_identifier: holder.organization_identifier,
        country: holder.country_name,
        serial_number: holder.serial_number,
        unique_identifier: holder.unique_identifier,
    }
}

fn check_limits(call: &Call, state: &State, subject: &SubjectIdentifier) -> Result<(), Failure> {
    let limits = Limits::of(state, subject);
    let applications = state.certificates.counted_enrollments(subject, call.now);
    if applications >= limits.applications {
        return Err(Failure::coded(25006));
    }
    let machine_now = call.app.clock.machine_now();
    let held = state
        .certificates
        .held(subject, call.now, Some(machine_now));
    if held >= limits.certificates {
        return Err(Failure::coded(25007));
    }
    Ok(())
}

/// Why an application that was taken is refused later.
fn refusal(
    call: &Call,
    state: &State,
    certificate: &Certificate,
    subject: &SubjectIdentifier,
) -> Option<StatusInfo> {
    let refusal = |detail: &str| Some(EnrollmentStatus::Rejected.to_info().with_detail(detail));
    let is_same = |other: &SubjectIdentifier| state.subjects.are_the_same(subject, other);
    if state
        .certificates
        .is_key_of_another(&certificate.public_key_id(), is_same)
    {
        return refusal("Klucz publiczny został już certyfikowany przez inny podmiot.");
    }
    // Others that were applied for in the meantime count too, although they are not there yet.
    let held = state.certificates.held(subject, call.now, None);
    if held >= Limits::of(state, subject).certificates {
        return refusal("Osiągnięto dopuszczalny limit posiadanych certyfikatów.");
    }
    None
}

/// Makes the certificate, under no lock.
fn issue(call: &Call, wish: &Wish, request: &CertificateRequest) -> Result<Certificate, Failure> {
    let authority = call.app.world.read(|state| state.keys.authority().cloned());
    let authority =
        authority.ok_or_else(|| Failure::status(500, "The world has no authority yet."))?;
    let kind = match wish.purpose {
        Purpose::Authentication => KsefCertificateKind::Authentication,
        Purpose::Offline => KsefCertificateKind::Offline,
    };
    let begin = wish.valid_from.unwrap_or(call.now);
    // Certificates count in whole seconds.
    let begin = Timestamp::from_second(begin.as_second()).unwrap_or(begin);
    let validity = Validity {
        not_before: begin,
        not_after: two_years_after(begin),
    };
    let failed = |error: ksef_crypto::error::Error| {
        tracing::error!(%error, "a certificate cannot be made");
        Failure::status(500, "The certificate cannot be made.")
    };
    loop {
        let made = authority.certify_request(request, kind, validity);
        let certificate = made.map_err(failed)?;
        let serial = serial_of(&certificate)?;
        let is_taken = |state: &State| state.certificates.contains(&serial);
        if !call.app.world.read(is_taken) {
            return Ok(certificate);
        }
    }
}

/// Two years by the calendar, as in the examples of the contract.
fn two_years_after(instant: Timestamp) -> Timestamp {
    let utc = instant.to_zoned(jiff::tz::TimeZone::UTC);
    utc.checked_add(jiff::Span::new().years(2)).map_or_else(
        |_| instant.saturating_add(TWO_YEARS).unwrap_or(instant),
        |end| end.timestamp(),
    )
}

fn serial_of(certificate: &Certificate) -> Result<CertificateSerial, Failure> {
    CertificateSerial::parse(&certificate.serial_hex())
        .map_err(|_| Failure::status(500, "The certificate has an odd serial number."))
}

pub(super) fn status(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let reference: EnrollmentRef = call.path("referenceNumber")?;
    let machine_now = call.app.clock.machine_now();
    let enrollment = call.app.world.read(|state| {
        let record = state.certificates.enrollment(&reference)?;
        let is_own = state
            .subjects
            .are_the_same(&caller.subject, &record.subject);
        is_own.then(|| record.clone())
    });
    let enrollment = enrollment.ok_or_else(|| Failure::coded(25005))?;
    if call.now.duration_since(enrollment.requested) >= ENROLLMENT_KEPT_FOR {
        return Err(Problem::gone().into());
    }
    let serial = enrollment
        .serial
        .filter(|_| enrollment.is_decided(machine_now));
    let answer = Enrollment {
        request_date: enrollment.requested,
        status: enrollment.status(machine_now),
        certificate_serial_number: serial,
    };
    Reply::json(call, &answer)
}

/// Instants in seconds at which a certificate may begin: from 1970 up to the year 9000, which X.509 can write.
const VALID_FROM: std::ops::Range<i64> = 0..221_845_392_000;
const TWO_YEARS: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

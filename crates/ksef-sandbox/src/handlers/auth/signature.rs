//! Signing in with a signed document.

use ksef_api::ops::certificates::EnrollmentData;
use ksef_api::problem::ApiError;
use ksef_api::status::{AuthStatus, CertificateStatus, StatusInfo};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_crypto::certificate::{Certificate, DistinguishedName, SubjectKind};
use ksef_crypto::digest::sha256;
use ksef_crypto::xades::{self, Verified, VerifyOptions, XadesError, XadesErrorKind};

use super::login::{self, Attempt, SignerCertificate};
use super::token_request::{SubjectType, TokenRequest};
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::Violations;
use crate::world::certificates::{CertificateRecord, Purpose};
use crate::world::logins::{Method, SignatureKind};
use crate::world::state::State;
use crate::world::subjects::PeppolProvider;

/// Who signed, by the rules for the certificate and what the document asks for.
#[derive(Debug)]
struct Signer {
    subject: SubjectIdentifier,
    kind: SignatureKind,
}

/// Takes a signed `AuthTokenRequest`. The document is judged at once, trust in the certificate and rights later.
pub(super) fn submit(call: &Call) -> Result<Reply, Failure> {
    let mut violations = Violations::default();
    let verify_chain = call
        .query
        .boolean(&mut violations, "verifyCertificateChain", false);
    violations.done()?;
    call.check_media_type("xml")?;
    if call.body.is_empty() {
        return Err(Failure::coded(21001));
    }
    let verified =
        xades::verify(&call.body, &VerifyOptions::default()).map_err(|error| refused(&error))?;
    let request = TokenRequest::parse(verified.document()).map_err(|errors| {
        let mut error = ApiError::of_code(21401);
        error.details = errors;
        Failure::errors(vec![error])
    })?;
    let certificate = verified.signer();
    let record = call
        .app
        .world
        .read(|state| state.certificates.record_of(certificate).cloned());
    let signer = identify(certificate, record.as_ref(), &request)?;
    let refusal = record
        .as_ref()
        .and_then(|record| out_of_use(call, record))
        .or_else(|| distrust(call, &verified, verify_chain));
    let document = sha256(&call.body);
    let started = call.app.world.write(|state, changes| {
        check_context(state, &request.context, &signer, certificate)?;
        let challenge = state
            .logins
            .use_challenge(changes, &request.challenge, call.now);
        if challenge.is_none() {
            return Err(Failure::coded(21111));
        }
        if let (ContextIdentifier::PeppolId(id), None) = (request.context, &refusal) {
            let name = certificate
                .subject()
                .organization()
                .unwrap_or_default()
                .to_owned();
            let provider = PeppolProvider {
                id,
                name,
                registered: call.now,
            };
            state.subjects.register_peppol(changes, provider);
        }
        let attempt = Attempt {
            context: request.context,
            subject: signer.subject,
            method: Method::Signature {
                document,
                kind: signer.kind,
            },
            ip_policy: request.ip_policy.clone(),
            signer: Some(SignerCertificate {
                holder: holder(certificate.subject()),
                serial: record.as_ref().map(|record| record.serial),
            }),
            refusal,
        };
        Ok(login::begin(call, state, changes, attempt))
    })?;
    Reply::json(call, &started)
}

/// The refusal of a document whose signature does not verify.
fn refused(error: &XadesError) -> Failure {
    let code = match error.kind() {
        XadesErrorKind::NotXml => 21001,
        kind => i32::from(kind.ksef_code()),
    };
    Failure::detailed(code, error.to_string())
}

/// Who signed: what the certificate carries, or the certificate itself. A KSeF certificate speaks for whom it was issued
/// to, in whatever way the document asks (unverified for `certificateFingerprint`).
fn identify(
    certificate: &Certificate,
    record: Option<&CertificateRecord>,
    request: &TokenRequest,
) -> Result<Signer, Failure> {
    let identity = certificate.subject_identity();
    // Who is known by the fingerprint needs no attributes: foreign certificates often lack a serial number (unverified).
    if !identity.missing.is_empty() && request.subject_type == SubjectType::Subject {
        let detail = format!(
            "W certyfikacie brakuje atrybutów: {}.",
            identity.missing.join(", ")
        );
        return Err(Failure::detailed(21115, detail));
    }
    let kind = match identity.kind {
        SubjectKind::PeppolProvider => SignatureKind::Peppol,
        SubjectKind::Seal => SignatureKind::Seal,
        _ => SignatureKind::Person,
    };
    if let Some(record) = record {
        let subject = record.subject;
        return Ok(Signer { subject, kind });
    }
    let by_fingerprint = SubjectIdentifier::Fingerprint(certificate.fingerprint());
    let subject = match (request.subject_type, kind) {
        (SubjectType::Fingerprint, _) | (_, SignatureKind::Peppol) => by_fingerprint,
        (SubjectType::Subject, _) => identity.identifier.ok_or_else(|| {
            Failure::detailed(
                21115,
                "Certyfikat nie zawiera rozpoznawanego identyfikatora NIP ani PESEL.",
            )
        })?,
    };
    Ok(Signer { subject, kind })
}

/// May this kind of subject sign in to this type of context at all?
fn check_context(
    state: &State,
    context: &ContextIdentifier,
    signer: &Signer,
    certificate: &Certificate,
) -> Result<(), Failure> {
    let fits = match context {
        ContextIdentifier::Nip(_) | ContextIdentifier::InternalId(_) => {
            signer.kind != SignatureKind::Peppol
        }
        ContextIdentifier::PeppolId(id) => {
            signer.kind == SignatureKind::Peppol
                && certificate.subject_identity().peppol_id == Some(*id)
        }
        // Only whom the Polish side has made an administrator is known in such a context.
        ContextIdentifier::NipVatUe(_) => {
            matches!(signer.subject, SubjectIdentifier::Fingerprint(_))
                && !state.permissions_of(context, &signer.subject).is_empty()
        }
    };
    if fits {
        Ok(())
    } else {
        Err(Failure::coded(21117))
    }
}

/// Why a KSeF certificate cannot sign in, as the status tells it later.
///
/// That one of type `Offline` is refused in this way is not documented (unverified).
fn out_of_use(call: &Call, record: &CertificateRecord) -> Option<StatusInfo> {
    let status = record.status(call.now, call.app.clock.machine_now());
    let detail = match status {
        _ if record.purpose == Purpose::Offline => "Niepoprawny certyfikat",
        CertificateStatus::Blocked if record.revoked_from.is_none() => "Certyfikat zawieszony",
        CertificateStatus::Blocked | CertificateStatus::Revoked => "Certyfikat odwołany",
        CertificateStatus::Expired => "Nieważny certyfikat",
        _ => return None,
    };
    Some(AuthStatus::InvalidCertificate.to_info().with_detail(detail))
}

/// The holder of a certificate, in the attributes that an application for another one has to carry. Several given names
/// become one text (unverified).
fn holder(subject: &DistinguishedName) -> EnrollmentData {
    let text = |value: Option<&str>| value.map(str::to_owned);
    let given_names: Vec<&str> = subject
        .attributes()
        .iter()
        .filter(|attribute| attribute.oid == GIVEN_NAME)
        .map(|attribute| attribute.value.as_str())
        .collect();
    EnrollmentData {
        common_name: subject.common_name().unwrap_or_default().to_owned(),
        country_name: subject.country().unwrap_or(POLAND).to_owned(),
        given_name: (!given_names.is_empty()).then(|| given_names.join(" ")),
        surname: text(subject.surname()),
        serial_number: text(subject.serial_number()),
        unique_identifier: text(subject.unique_identifier()),
        organization_name: text(subject.organization()),
        organization_identifier: text(subject.organization_identifier()),
    }
}

/// Why the certificate is not trusted, as the status tells it later.
fn distrust(call: &Call, verified: &Verified, verify_chain: bool) -> Option<StatusInfo> {
    let refusal = |detail: &str| Some(AuthStatus::from_code(460).to_info().with_detail(detail));
    if !verified.signer().is_valid_at(call.now) {
        return refusal("Nieważny certyfikat");
    }
    if !verify_chain {
        return None;
    }
    let authority = call.app.world.read(|state| {
        state
            .keys
            .authority()
            .map(|authority| authority.certificate().clone())
    });
    if authority.is_some_and(|authority| verified.is_issued_by(&authority)) {
        None
    } else if verified.is_self_signed() {
        refusal("Niezaufany łańcuch certyfikatów")
    } else {
        refusal("Błąd weryfikacji łańcucha certyfikatów")
    }
}

const GIVEN_NAME: &str = "2.5.4.42";
const POLAND: &str = "PL";

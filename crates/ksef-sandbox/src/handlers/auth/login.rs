//! What all ways of signing in share: outcome, rights, bearers, and how an authentication looks on the wire.

use jiff::{SignedDuration, Timestamp};
use ksef_api::operation::Permission;
use ksef_api::ops::auth::{
    Authentication, AuthenticationMethod, AuthenticationMethodCategory, AuthenticationMethodInfo,
    BearerToken, StartedAuth,
};
use ksef_api::ops::certificates::EnrollmentData;
use ksef_api::status::{AuthStatus, StatusInfo};
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};

use super::new_reference;
use crate::call::Call;
use crate::caller::{BearerKind, Caller, PermissionSet};
use crate::ip_policy::IpPolicy;
use crate::world::logins::{Login, Method, OPERATION_TOKEN_LIFETIME, SignatureKind};
use crate::world::record::Changes;
use crate::world::state::State;

/// What somebody signs in with.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) context: ContextIdentifier,
    pub(super) subject: SubjectIdentifier,
    pub(super) method: Method,
    pub(super) ip_policy: IpPolicy,
    /// The certificate that signed, when one did.
    pub(super) signer: Option<SignerCertificate>,
    /// Why the proof itself is refused, when it is.
    pub(super) refusal: Option<StatusInfo>,
}

/// What a login remembers of the certificate that signed.
#[derive(Debug, Clone)]
pub(super) struct SignerCertificate {
    /// Its holder, whom another certificate may be applied for.
    pub(super) holder: EnrollmentData,
    /// Its serial number, when it is a KSeF certificate.
    pub(super) serial: Option<CertificateSerial>,
}

/// Starts an authentication whose outcome shows after the latency.
pub(super) fn begin(
    call: &Call,
    state: &mut State,
    changes: &mut Changes,
    attempt: Attempt,
) -> StartedAuth {
    let Attempt {
        context,
        subject,
        method,
        ip_policy,
        signer,
        refusal,
    } = attempt;
    let (holder, certificate) =
        signer.map_or((None, None), |signer| (Some(signer.holder), signer.serial));
    let mut login = Login {
        reference: new_reference(call),
        context,
        subject,
        method,
        ip_policy,
        holder,
        certificate,
        started: call.now,
        ready: call.app.done_after(call.app.latency().authentication),
        outcome: AuthStatus::from_code(200).to_info(),
        redeemed: false,
        refreshed: None,
        refresh_valid_until: None,
        revoked: false,
    };
    let refusal = refusal.or_else(|| refuse(state, &login));
    if let Some(refusal) = refusal {
        login.outcome = refusal;
    }
    let started = StartedAuth {
        reference_number: login.reference,
        authentication_token: issue(
            state,
            &login,
            BearerKind::Operation,
            call.now,
            OPERATION_TOKEN_LIFETIME,
        ),
    };
    if let Some(serial) = login
        .certificate
        .filter(|_| login.outcome.code == SUCCEEDED)
    {
        state
            .certificates
            .update(changes, &serial, |record| record.used = Some(call.now));
    }
    state.logins.insert(changes, login);
    started
}

/// Why a right proof does not sign in.
fn refuse(state: &State, login: &Login) -> Option<StatusInfo> {
    let refusal =
        |code, detail: &str| Some(AuthStatus::from_code(code).to_info().with_detail(detail));
    if state.subjects.is_blocked(&login.context) {
        return refusal(
            480,
            "Podejrzenie incydentu bezpieczeństwa. Skontaktuj się z Ministerstwem Finansów przez formularz zgłoszeniowy.",
        );
    }
    if state.subjects.is_deceased(&login.subject) {
        return refusal(
            470,
            "Próba wykorzystania metod autoryzacyjnych osoby zmarłej",
        );
    }
    if permissions(state, login).is_empty() {
        return refusal(415, "Brak przypisanych uprawnień");
    }
    None
}

/// What the subject of an authentication may do now; with a KSeF token only what the token names as well.
pub(super) fn permissions(state: &State, login: &Login) -> PermissionSet {
    let own = state.permissions_of(&login.context, &login.subject);
    match &login.method {
        Method::Signature {
            kind: SignatureKind::Peppol,
            ..
        } => PermissionSet::of([Permission::PefInvoiceWrite]),
        Method::Signature { .. } => own,
        Method::Token(token) => {
            let token = token.and_then(|token| state.tokens.get(&token));
            token.map_or_else(PermissionSet::default, |token| {
                own.limited_to(&token.wanted())
            })
        }
    }
}

/// A bearer of an authentication with the permissions of now.
pub(super) fn issue(
    state: &State,
    login: &Login,
    kind: BearerKind,
    now: Timestamp,
    lifetime: SignedDuration,
) -> BearerToken {
    let caller = Caller {
        kind,
        context: login.context,
        subject: login.subject,
        login: login.reference,
        ksef_token: None,
        permissions: permissions(state, login),
        ip_policy: login.ip_policy.clone(),
    };
    state
        .signer()
        .issue(&caller, method(login).as_str(), now, lifetime)
}

/// An authentication as its status and the list show it.
pub(super) fn on_the_wire(login: &Login, machine_now: Timestamp) -> Authentication {
    Authentication {
        start_date: login.started,
        authentication_method: Some(method(login)),
        authentication_method_info: Some(method_info(login)),
        status: login.status(machine_now),
        is_token_redeemed: Some(login.redeemed),
        last_token_refresh_date: login.refreshed,
        refresh_token_valid_until: login.refresh_valid_until,
    }
}

fn method(login: &Login) -> AuthenticationMethod {
    if login.certificate.is_some() {
        return AuthenticationMethod::InternalCertificate;
    }
    match &login.method {
        Method::Token(_) => AuthenticationMethod::Token,
        Method::Signature {
            kind: SignatureKind::Person,
            ..
        } => AuthenticationMethod::QualifiedSignature,
        Method::Signature {
            kind: SignatureKind::Seal,
            ..
        } => AuthenticationMethod::QualifiedSeal,
        Method::Signature {
            kind: SignatureKind::Peppol,
            ..
        } => AuthenticationMethod::PeppolSignature,
    }
}

fn method_info(login: &Login) -> AuthenticationMethodInfo {
    let (category, code, display_name) = match &login.method {
        Method::Token(_) => (
            AuthenticationMethodCategory::Token,
            "token.ksef",
            "Token KSeF",
        ),
        Method::Signature { .. } if login.certificate.is_some() => (
            AuthenticationMethodCategory::XadesSignature,
            "xades.ksef-certificate",
            "Certyfikat KSeF",
        ),
        Method::Signature { kind, .. } => {
            let (code, name) = match kind {
                SignatureKind::Person => ("xades.qualified-signature", "Podpis kwalifikowany"),
                SignatureKind::Seal => ("xades.qualified-seal", "Pieczęć kwalifikowana"),
                SignatureKind::Peppol => ("xades.peppol-signature", "Podpis dostawcy usług Peppol"),
            };
            (AuthenticationMethodCategory::XadesSignature, code, name)
        }
    };
    AuthenticationMethodInfo {
        category,
        code: code.to_owned(),
        display_name: display_name.to_owned(),
    }
}

const SUCCEEDED: i32 = 200;

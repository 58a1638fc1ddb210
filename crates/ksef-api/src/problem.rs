//! Refusals: every error body that the API, its gateway and the firewall in front of it send.
//!
//! Reading never fails: what cannot be understood still has its HTTP status. The same type writes the bodies for a
//! server, in the deprecated form ([`Problem::to_legacy_json`]) and as a problem document
//! ([`Problem::to_problem_json`]).

pub mod catalogue;
mod encode;
mod firewall;
mod read;
mod retry_after;
#[cfg(test)]
mod tests;

use std::fmt;

use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::open_enum::open_enum;

pub use firewall::Firewall;
pub(crate) use firewall::is_html;
pub use retry_after::RetryAfter;

/// A refused call: HTTP status 4xx or 5xx, or a page of the firewall.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// What kind of refusal it is.
    pub kind: ProblemKind,
    /// Coded errors; empty unless the server named some, which it does for 400.
    pub errors: Vec<ApiError>,
    /// Explanation in Polish.
    pub detail: Option<String>,
    /// Path of the request as the server saw it.
    pub instance: Option<String>,
    /// Identifier of the request for a report to the Ministry: 32 hexadecimal digits.
    pub trace_id: Option<String>,
    /// When the server answered.
    pub timestamp: Option<Timestamp>,
    /// `Retry-After`, as sent with 429 and sometimes with 503.
    pub retry_after: Option<RetryAfter>,
}

/// Kinds of refusals.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// 400: the request, or the state of what it addresses, does not allow the operation; see the coded errors.
    BadRequest,
    /// 401: the bearer is missing, expired or of the wrong kind.
    Unauthorized,
    /// 403: the caller may not do this.
    Forbidden(Forbidden),
    /// 404: nothing under this address.
    NotFound,
    /// 410: the operation is past its retention.
    Gone,
    /// 429: a request limit was exceeded.
    TooManyRequests,
    /// The web application firewall in front of the API answered instead of it.
    Firewall(Firewall),
    /// 5xx: the server or its gateway failed.
    Server,
    /// Any other status.
    Other,
}

/// Why a call was forbidden.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forbidden {
    /// The reason; some answers have none.
    pub reason: Option<ForbiddenReason>,
    /// What the server says about the reason; its members depend on the reason.
    pub security: Map<String, Value>,
}

impl Forbidden {
    /// Permissions of which any one would do (`missing-permissions`).
    #[must_use]
    pub fn required_permissions(&self) -> Vec<&str> {
        self.names("requiredAnyOfPermissions")
    }

    /// Permissions that the caller has (`missing-permissions`).
    #[must_use]
    pub fn present_permissions(&self) -> Vec<&str> {
        self.names("presentPermissions")
    }

    /// A text of the security part, for example `clientIp` or `incidentId`.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.security.get(name).and_then(Value::as_str)
    }

    fn names(&self, name: &str) -> Vec<&str> {
        match self.security.get(name) {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

open_enum! {
    /// Reason code of a 403.
    pub enum ForbiddenReason {
        /// None of the required permissions is there.
        MissingPermissions = "missing-permissions",
        /// The client address is outside the policy of the authentication.
        IpNotAllowed = "ip-not-allowed",
        /// The resource belongs to somebody else.
        InsufficientResourceAccess = "insufficient-resource-access",
        /// The operation is closed to this way of signing in.
        AuthMethodNotAllowed = "auth-method-not-allowed",
        /// Blocked by the security service; see `incidentId`.
        SecurityServiceBlocked = "security-service-blocked",
        /// The operation is closed to this type of context.
        ContextTypeNotAllowed = "context-type-not-allowed",
    }
}

/// One coded error of a 400.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Exception code, see [`catalogue`].
    pub code: i32,
    /// Description in Polish.
    pub description: String,
    /// Details, Polish or English.
    pub details: Vec<String>,
}

impl ApiError {
    /// An error with the catalogue's description of the code.
    #[must_use]
    pub fn of_code(code: i32) -> Self {
        let description = catalogue::find(code)
            .map_or("Nieznany błąd.", |entry| entry.description)
            .to_owned();
        Self {
            code,
            description,
            details: Vec::new(),
        }
    }

    /// With one more detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.description)?;
        if !self.details.is_empty() {
            write!(f, " ({})", self.details.join("; "))?;
        }
        Ok(())
    }
}

impl Problem {
    /// Reads a refusal from what a transport received. Never fails.
    #[must_use]
    pub fn decode(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        read::problem(status, headers, body)
    }

    /// A refusal of this status that says nothing else.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        Self {
            status,
            kind: ProblemKind::of_status(status),
            errors: Vec::new(),
            detail: None,
            instance: None,
            trace_id: None,
            timestamp: None,
            retry_after: None,
        }
    }

    /// A 400 with these errors.
    #[must_use]
    pub fn bad_request(errors: Vec<ApiError>) -> Self {
        Self {
            errors,
            detail: Some("Żądanie jest nieprawidłowe.".to_owned()),
            ..Self::of_status(400)
        }
    }

    /// A 401.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self {
            detail: Some("Wymagane jest uwierzytelnienie.".to_owned()),
            ..Self::of_status(401)
        }
    }

    /// A 403 for this reason.
    #[must_use]
    pub fn forbidden(reason: ForbiddenReason, security: Map<String, Value>) -> Self {
        let detail = match reason {
            ForbiddenReason::MissingPermissions => {
                "Brak wymaganych uprawnień do wykonania operacji w bieżącym kontekście."
            }
            ForbiddenReason::IpNotAllowed => "Adres IP klienta nie jest dozwolony.",
            ForbiddenReason::InsufficientResourceAccess => "Brak dostępu do zasobu.",
            ForbiddenReason::AuthMethodNotAllowed => {
                "Operacja nie jest dostępna dla użytej metody uwierzytelnienia."
            }
            ForbiddenReason::ContextTypeNotAllowed => {
                "Operacja nie jest dostępna dla bieżącego typu kontekstu."
            }
            _ => "Dostęp zabroniony.",
        };
        Self {
            kind: ProblemKind::Forbidden(Forbidden {
                reason: Some(reason),
                security,
            }),
            detail: Some(detail.to_owned()),
            ..Self::of_status(403)
        }
    }

    /// A 410.
    #[must_use]
    pub fn gone() -> Self {
        let detail = "Operacja wygasła i nie jest już dostępna.".to_owned();
        Self {
            detail: Some(detail),
            ..Self::of_status(410)
        }
    }

    /// A 429 that may be repeated after `seconds`.
    #[must_use]
    pub fn too_many_requests(detail: impl Into<String>, seconds: u64) -> Self {
        Self {
            detail: Some(detail.into()),
            retry_after: Some(RetryAfter::Seconds(seconds)),
            ..Self::of_status(429)
        }
    }

    /// Whether one of the errors has this code.
    #[must_use]
    pub fn has_code(&self, code: i32) -> bool {
        self.errors.iter().any(|error| error.code == code)
    }

    /// The reason of a 403, when it is one that names it.
    #[must_use]
    pub const fn forbidden_reason(&self) -> Option<&ForbiddenReason> {
        match &self.kind {
            ProblemKind::Forbidden(forbidden) => forbidden.reason.as_ref(),
            _ => None,
        }
    }
}

impl ProblemKind {
    /// The kind that the HTTP status alone tells.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden(Forbidden::default()),
            404 => Self::NotFound,
            410 => Self::Gone,
            429 => Self::TooManyRequests,
            500..=599 => Self::Server,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ProblemKind::Firewall(firewall) => {
                write!(
                    f,
                    "http {}: blocked by the firewall in front of the api",
                    self.status
                )?;
                if let Some(incident) = &firewall.incident_id {
                    write!(f, ", incident {incident}")?;
                }
                return Ok(());
            }
            ProblemKind::Forbidden(Forbidden {
                reason: Some(reason),
                ..
            }) => {
                write!(f, "http {} {reason}", self.status)?;
            }
            _ => write!(f, "http {}", self.status)?,
        }
        if self.errors.is_empty()
            && let Some(detail) = &self.detail
        {
            write!(f, ": {detail}")?;
        }
        for (index, error) in self.errors.iter().enumerate() {
            write!(f, "{} {error}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

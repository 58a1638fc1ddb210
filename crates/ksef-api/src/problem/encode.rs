//! Writing of error bodies, for servers.

use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::{ApiError, Problem, ProblemKind, RetryAfter};
use crate::request::wants_problem_details;
use crate::timestamp;

impl Problem {
    /// Media type and body for a client that sent these request headers.
    ///
    /// 400 and 429 are problem documents only on request; every other status always is one.
    #[must_use]
    pub fn to_body(&self, request_headers: &HeaderMap) -> (&'static str, Vec<u8>) {
        let legacy = matches!(
            self.kind,
            ProblemKind::BadRequest | ProblemKind::TooManyRequests
        ) && !wants_problem_details(request_headers);
        if legacy {
            ("application/json", self.to_legacy_json())
        } else {
            ("application/problem+json", self.to_problem_json())
        }
    }

    /// The deprecated body: `ExceptionResponse`, or `TooManyRequestsResponse` for a 429.
    #[must_use]
    pub fn to_legacy_json(&self) -> Vec<u8> {
        let document = if matches!(self.kind, ProblemKind::TooManyRequests) {
            let details: Vec<_> = self.detail.iter().collect();
            json!({"status": {
                "code": self.status,
                "description": title(self.status),
                "details": details,
            }})
        } else {
            let list: Vec<_> = self.errors.iter().map(legacy_error).collect();
            json!({"exception": {
                "exceptionDetailList": list,
                "serviceCode": self.trace_id.as_ref().map(|id| format!("00-{id}-0000000000000000-00")),
                "serviceName": "Undefined",
                "timestamp": self.timestamp.map(timestamp::format),
            }})
        };
        document.to_string().into_bytes()
    }

    /// The problem document of the status (`…ProblemDetails`).
    #[must_use]
    pub fn to_problem_json(&self) -> Vec<u8> {
        let mut document = Map::new();
        document.insert("title".to_owned(), title(self.status).into());
        document.insert("status".to_owned(), self.status.into());
        document.insert(
            "detail".to_owned(),
            self.detail.clone().unwrap_or_default().into(),
        );
        if let Some(instance) = &self.instance {
            document.insert("instance".to_owned(), instance.clone().into());
        }
        if let ProblemKind::Forbidden(forbidden) = &self.kind {
            let reason = forbidden
                .reason
                .as_ref()
                .map(super::ForbiddenReason::as_str);
            document.insert("reasonCode".to_owned(), reason.into());
            if !forbidden.security.is_empty() {
                document.insert("security".to_owned(), forbidden.security.clone().into());
            }
        }
        if matches!(self.kind, ProblemKind::BadRequest) || !self.errors.is_empty() {
            let errors: Vec<Value> = self.errors.iter().map(modern_error).collect();
            document.insert("errors".to_owned(), errors.into());
        }
        if let Some(timestamp) = self.timestamp {
            document.insert("timestamp".to_owned(), timestamp::format(timestamp).into());
        }
        if let Some(trace_id) = &self.trace_id {
            document.insert("traceId".to_owned(), trace_id.clone().into());
        }
        Value::Object(document).to_string().into_bytes()
    }

    /// The value of `Retry-After` in seconds, at least 1, when there is one.
    #[must_use]
    pub fn retry_after_header(&self, now: jiff::Timestamp) -> Option<String> {
        let delay = match self.retry_after? {
            RetryAfter::Seconds(seconds) => seconds,
            at @ RetryAfter::At(_) => {
                let delay = at.delay_from(now);
                delay
                    .as_secs()
                    .saturating_add(u64::from(delay.subsec_nanos() > 0))
            }
        };
        Some(delay.max(1).to_string())
    }
}

fn legacy_error(error: &ApiError) -> Value {
    json!({
        "exceptionCode": error.code,
        "exceptionDescription": error.description,
        "details": error.details,
    })
}

fn modern_error(error: &ApiError) -> Value {
    let mut entry = Map::new();
    entry.insert("code".to_owned(), error.code.into());
    entry.insert("description".to_owned(), error.description.clone().into());
    if !error.details.is_empty() {
        entry.insert("details".to_owned(), error.details.clone().into());
    }
    Value::Object(entry)
}

fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        413 => "Payload Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Error",
    }
}

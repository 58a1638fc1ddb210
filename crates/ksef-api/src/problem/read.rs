//! Reading of error bodies, lenient towards everything but their shape.

use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use super::{ApiError, Forbidden, ForbiddenReason, Problem, ProblemKind, RetryAfter, firewall};
use crate::timestamp;

/// Errors and details that are kept of one body.
const ENTRIES_MAX: usize = 1_000;

pub(super) fn problem(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Problem {
    let mut problem = Problem::of_status(status.as_u16());
    problem.retry_after = RetryAfter::from_headers(headers);

    let document = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    // A real refusal names its reason; only without one may the words of a firewall decide.
    if !is_of_the_api(&document)
        && let Some(firewall) = firewall::recognise(problem.status, headers, body)
    {
        problem.kind = ProblemKind::Firewall(firewall);
        return problem;
    }
    read_document(&mut problem, &document);
    read_legacy(&mut problem, &document);
    problem
}

/// Whether a document has a member that only the API itself writes.
fn is_of_the_api(document: &Map<String, Value>) -> bool {
    ["exception", "errors", "traceId", "reasonCode", "instance"]
        .iter()
        .any(|name| document.get(*name).is_some_and(|value| !value.is_null()))
}

fn read_document(problem: &mut Problem, document: &Map<String, Value>) {
    problem.detail = text(document, "detail");
    problem.instance = text(document, "instance");
    problem.trace_id = text(document, "traceId");
    problem.timestamp = instant(document, "timestamp");
    problem.errors = entries(document.get("errors"))
        .filter_map(|entry| error(entry, "code", "description"))
        .collect();
    if let ProblemKind::Forbidden(forbidden) = &mut problem.kind {
        *forbidden = Forbidden {
            reason: text(document, "reasonCode").map(|name| ForbiddenReason::from_name(&name)),
            security: match document.get("security") {
                Some(Value::Object(security)) => security.clone(),
                _ => Map::new(),
            },
        };
    }
}

/// The deprecated shapes: `{"exception": …}`, and `{"status": {code, description, details}}` of a 429.
fn read_legacy(problem: &mut Problem, document: &Map<String, Value>) {
    if let Some(Value::Object(exception)) = document.get("exception") {
        problem.timestamp = instant(exception, "timestamp");
        problem.trace_id = text(exception, "serviceCode").map(|code| trace_id(&code));
        problem.errors.extend(
            entries(exception.get("exceptionDetailList"))
                .filter_map(|entry| error(entry, "exceptionCode", "exceptionDescription")),
        );
    }
    if let Some(Value::Object(status)) = document.get("status") {
        let details = details(status.get("details"));
        problem.detail = (!details.is_empty())
            .then(|| details.join(" "))
            .or_else(|| text(status, "description"));
    }
}

/// The middle part of a W3C `traceparent`, or the text itself when it has another form.
fn trace_id(service_code: &str) -> String {
    let mut parts = service_code.split('-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("00"), Some(trace), Some(_)) if trace.len() == 32 => trace.to_owned(),
        _ => service_code.to_owned(),
    }
}

fn error(entry: &Value, code: &str, description: &str) -> Option<ApiError> {
    let entry = entry.as_object()?;
    let code = match entry.get(code)? {
        Value::Number(number) => i32::try_from(number.as_i64()?).ok()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Some(ApiError {
        code,
        description: text(entry, description).unwrap_or_default(),
        details: details(entry.get("details")),
    })
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .take(ENTRIES_MAX)
}

fn details(value: Option<&Value>) -> Vec<String> {
    entries(value)
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn text(document: &Map<String, Value>, name: &str) -> Option<String> {
    document
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
}

fn instant(document: &Map<String, Value>, name: &str) -> Option<jiff::Timestamp> {
    document
        .get(name)
        .and_then(Value::as_str)
        .and_then(|text| timestamp::parse(text).ok())
}

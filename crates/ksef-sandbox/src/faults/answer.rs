//! The answers that faults give instead of the server's own.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use ksef_api::problem::{ApiError, Problem};
use ksef_core::reference::SessionRef;

use super::Action;
use crate::random;

/// Marks a response that must never be sent: the listener cuts the connection instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DropConnection;

/// A response that the listener turns into a cut connection.
pub(crate) fn dropped() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(DropConnection);
    response
}

/// The answer of an action that replaces the work; `None` for actions that let the work be done.
pub(crate) fn answer(
    action: &Action,
    request_headers: &HeaderMap,
    path: &str,
    now: Timestamp,
) -> Option<Response> {
    let answer = match action {
        Action::Delay(_)
        | Action::Late(_)
        | Action::DropAfter
        | Action::SessionKey
        | Action::LosePart
        | Action::CutUpload
        | Action::CutDownload
        | Action::Corrupt
        | Action::WrongHash
        | Action::NeverFinish => return None,
        Action::DropBefore => dropped(),
        Action::Throttle(seconds) => {
            let detail =
                format!("Przekroczono limit żądań. Spróbuj ponownie po {seconds} sekundach.");
            problem(
                Problem::too_many_requests(detail, *seconds),
                request_headers,
                path,
                now,
            )
        }
        Action::Refuse(code) => problem(refusal(*code, path), request_headers, path, now),
        Action::Fail(status) => {
            let failure = Problem {
                detail: Some("Błąd serwera.".to_owned()),
                ..Problem::of_status(*status)
            };
            problem(failure, request_headers, path, now)
        }
        Action::FailHtml(status) => page(*status, &gateway_page(*status)),
        Action::Firewall => page(403, FIREWALL_PAGE),
        Action::FirewallJson => typed(403, "application/json", FIREWALL_JSON.as_bytes().to_vec()),
    };
    Some(answer)
}

/// A refusal with a code of the catalogue, in the words of the contract where the path tells what they name.
fn refusal(code: i32, path: &str) -> Problem {
    let error = ApiError::of_code(code);
    let session = path
        .split('/')
        .find_map(|segment| SessionRef::parse(segment).ok());
    let error = match (code, session) {
        (21184, Some(session)) => error.with_detail(format!(
            "Trwają prace serwisowe i sesja {session} jest tymczasowo niedostępna. Spróbuj ponownie później lub otwórz \
             nową sesję, aby wysłać kolejne faktury."
        )),
        _ => error,
    };
    Problem::bad_request(vec![error])
}

fn problem(problem: Problem, request_headers: &HeaderMap, path: &str, now: Timestamp) -> Response {
    let problem = Problem {
        instance: Some(path.to_owned()),
        timestamp: Some(now),
        trace_id: Some(random::hex::<16>()),
        ..problem
    };
    let (media_type, body) = problem.to_body(request_headers);
    let mut response = typed(problem.status, media_type, body);
    let retry_after = problem
        .retry_after_header(now)
        .and_then(|text| HeaderValue::try_from(text).ok());
    if let Some(value) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

fn page(status: u16, text: &str) -> Response {
    typed(status, "text/html; charset=utf-8", text.as_bytes().to_vec())
}

fn typed(status: u16, media_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn gateway_page(status: u16) -> String {
    let title = StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Server Error");
    format!(
        "<html>\n<head><title>{status} {title}</title></head>\n<body>\n\
         <center><h1>{status} {title}</h1></center>\n</body>\n</html>\n"
    )
}

const FIREWALL_PAGE: &str = "<html><head><title>Request Rejected</title></head><body>\
    The requested URL was rejected. Please consult with your administrator.<br><br>\
    Your support ID is: 4711004711004711</body></html>\n";

const FIREWALL_JSON: &str = "{\"message\":\"Request blocked\",\"incidentId\":\"4711004711004711\"}";

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(action: &Action) -> Response {
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        answer(action, &HeaderMap::new(), "/v2/sessions", now).unwrap()
    }

    #[test]
    fn statuses_and_media_types() {
        for (action, status, media_type) in [
            (Action::Throttle(30), 429, "application/json"),
            (Action::Refuse(21470), 400, "application/json"),
            (Action::Fail(503), 503, "application/problem+json"),
            (Action::FailHtml(502), 502, "text/html; charset=utf-8"),
            (Action::Firewall, 403, "text/html; charset=utf-8"),
            (Action::FirewallJson, 403, "application/json"),
        ] {
            let response = answered(&action);
            assert_eq!(response.status().as_u16(), status, "{action:?}");
            assert_eq!(
                response.headers()[header::CONTENT_TYPE],
                media_type,
                "{action:?}"
            );
        }
        assert_eq!(
            answered(&Action::Throttle(30)).headers()[header::RETRY_AFTER],
            "30"
        );
        assert!(
            answered(&Action::DropBefore)
                .extensions()
                .get::<DropConnection>()
                .is_some()
        );
    }

    #[test]
    fn service_work_names_the_session() {
        let session = "20250925-SO-2F67776000-97273B191A-65";
        let problem = refusal(21184, &format!("/v2/sessions/online/{session}/invoices"));
        assert!(
            problem.errors[0].details[0].contains(session),
            "{problem:?}"
        );
        assert!(
            refusal(21470, "/v2/sessions/online").errors[0]
                .details
                .is_empty()
        );
    }

    #[test]
    fn actions_that_let_the_work_be_done_answer_nothing() {
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        for action in [Action::DropAfter, Action::SessionKey] {
            assert!(answer(&action, &HeaderMap::new(), "/", now).is_none());
        }
    }
}

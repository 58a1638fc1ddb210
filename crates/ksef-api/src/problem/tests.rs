use super::*;
use http::HeaderValue;
use http::header::{CONTENT_TYPE, RETRY_AFTER};

fn decode(status: u16, content_type: &str, body: &str) -> Problem {
    let mut headers = HeaderMap::new();
    if !content_type.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap());
    }
    Problem::decode(
        StatusCode::from_u16(status).unwrap(),
        &headers,
        body.as_bytes(),
    )
}

#[test]
fn bad_request_in_the_deprecated_shape() {
    let problem = decode(
        400,
        "application/json; charset=utf-8",
        r#"{"exception":{"exceptionDetailList":[
            {"exceptionCode":21173,"exceptionDescription":"Brak sesji.","details":["Sesja X nie została znaleziona."]},
            {"exceptionCode":21405,"exceptionDescription":null,"details":null}],
            "referenceNumber":"5d0f4a6e-0000-4000-8000-000000000000",
            "serviceCode":"00-0123456789abcdef0123456789abcdef-0123456789abcdef-00",
            "serviceCtx":"srv","serviceName":"Undefined","timestamp":"2026-10-11T12:23:56.0154302"}}"#,
    );
    assert_eq!(problem.kind, ProblemKind::BadRequest);
    assert_eq!(problem.errors.len(), 2);
    assert!(problem.has_code(21173) && problem.has_code(21405) && !problem.has_code(21001));
    assert_eq!(
        problem.trace_id.as_deref(),
        Some("0123456789abcdef0123456789abcdef")
    );
    assert_eq!(
        problem.timestamp,
        Some("2026-10-11T12:23:56.0154302Z".parse().unwrap())
    );
    assert_eq!(
        problem.to_string(),
        "http 400: 21173 Brak sesji. (Sesja X nie została znaleziona.); 21405 "
    );
}

#[test]
fn bad_request_as_problem_document() {
    let problem = decode(
        400,
        "application/problem+json",
        r#"{"title":"Bad Request","status":400,"instance":"/v2/sessions/online","detail":"Żądanie jest nieprawidłowe.",
            "errors":[{"code":21470,"description":"Klucz","details":null},{"code":"21405","description":"Walidacja"},{"nonsense":1},7],
            "timestamp":"2026-10-11T12:23:56.0154302+00:00","traceId":"0123456789abcdef0123456789abcdef","new":true}"#,
    );
    assert_eq!(
        problem
            .errors
            .iter()
            .map(|error| error.code)
            .collect::<Vec<_>>(),
        [21470, 21405]
    );
    assert_eq!(problem.instance.as_deref(), Some("/v2/sessions/online"));
}

#[test]
fn unauthorized_with_any_label_or_none() {
    for (content_type, body) in [
        (
            "application/problem+json",
            r#"{"title":"Unauthorized","status":401,"detail":"Wymagane jest uwierzytelnienie.","timestamp":"2026-10-11T12:23:56Z"}"#,
        ),
        (
            "application/json",
            r#"{"title":"Unauthorized","status":401,"detail":"Wymagane jest uwierzytelnienie."}"#,
        ),
        ("", ""),
        ("text/plain", "Unauthorized"),
    ] {
        assert_eq!(
            decode(401, content_type, body).kind,
            ProblemKind::Unauthorized,
            "{body}"
        );
    }
}

#[test]
fn forbidden_with_and_without_reason() {
    let problem = decode(
        403,
        "application/problem+json",
        r#"{"title":"Forbidden","status":403,"detail":"Brak.","reasonCode":"missing-permissions",
            "security":{"requiredAnyOfPermissions":["InvoiceRead","InvoiceWrite",3],"presentPermissions":["CredentialsRead"]}}"#,
    );
    assert_eq!(
        problem.forbidden_reason(),
        Some(&ForbiddenReason::MissingPermissions)
    );
    let ProblemKind::Forbidden(forbidden) = &problem.kind else {
        panic!("{problem:?}")
    };
    assert_eq!(
        forbidden.required_permissions(),
        ["InvoiceRead", "InvoiceWrite"]
    );
    assert_eq!(forbidden.present_permissions(), ["CredentialsRead"]);

    let blocked = decode(
        403,
        "application/json",
        r#"{"reasonCode":"security-service-blocked","detail":"Request blocked.","security":{"incidentId":"42","clientIp":"1.2.3.4"}}"#,
    );
    let ProblemKind::Forbidden(forbidden) = &blocked.kind else {
        panic!("{blocked:?}")
    };
    assert_eq!(forbidden.text("incidentId"), Some("42"));

    for body in [
        "",
        "null",
        "[]",
        r#"{"title":"Forbidden","status":403,"reasonCode":null,"detail":null,"security":null}"#,
    ] {
        let problem = decode(403, "application/problem+json", body);
        assert_eq!(
            problem.kind,
            ProblemKind::Forbidden(Forbidden::default()),
            "{body}"
        );
    }
    let open = decode(
        403,
        "application/problem+json",
        r#"{"reasonCode":"moon-phase"}"#,
    );
    assert_eq!(
        open.forbidden_reason(),
        Some(&ForbiddenReason::Other("moon-phase".to_owned()))
    );
}

#[test]
fn throttled_in_both_shapes() {
    let legacy = r#"{"status":{"code":429,"description":"Too Many Requests","details":["Przekroczono limit 20 żądań na minutę."]}}"#;
    let modern = r#"{"title":"Too Many Requests","status":429,"instance":"/v2/x","detail":"Przekroczono limit 20 żądań na minutę.","timestamp":"2026-10-11T12:23:56Z","traceId":"a"}"#;
    for body in [legacy, modern] {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static("30"));
        let problem = Problem::decode(StatusCode::TOO_MANY_REQUESTS, &headers, body.as_bytes());
        assert_eq!(problem.kind, ProblemKind::TooManyRequests);
        assert_eq!(
            problem.detail.as_deref(),
            Some("Przekroczono limit 20 żądań na minutę.")
        );
        assert_eq!(problem.retry_after, Some(RetryAfter::Seconds(30)));
    }
    assert_eq!(decode(429, "", "").kind, ProblemKind::TooManyRequests);
}

#[test]
fn gone_and_faults() {
    assert_eq!(
        decode(410, "application/problem+json", r#"{"status":410}"#).kind,
        ProblemKind::Gone
    );
    assert_eq!(
        decode(500, "application/json", "{}").kind,
        ProblemKind::Server
    );
    assert_eq!(decode(404, "", "").kind, ProblemKind::NotFound);
    assert_eq!(decode(418, "", "").kind, ProblemKind::Other);
    let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    assert_eq!(decode(502, "text/html", page).kind, ProblemKind::Server);
}

#[test]
fn pages_of_the_firewall() {
    let incident = |status, content_type, body: &str| match decode(status, content_type, body).kind
    {
        ProblemKind::Firewall(firewall) => firewall.incident_id,
        other => panic!("{other:?} for {body}"),
    };
    assert_eq!(
        incident(
            403,
            "text/html",
            "<html><body>Request Rejected. Your support ID is: <b>1234567890123</b></body></html>"
        ),
        Some("1234567890123".to_owned())
    );
    assert_eq!(
        incident(
            403,
            "application/json",
            r#"{"message":"Request blocked","incidentId":"ab12-cd34"}"#
        ),
        Some("ab12-cd34".to_owned())
    );
    assert_eq!(
        incident(403, "", "<!DOCTYPE html><title>Access denied</title>"),
        None
    );
    assert_eq!(
        incident(
            503,
            "text/html",
            "<html>Request blocked. Event ID: 7f-99</html>"
        ),
        Some("7f-99".to_owned())
    );
}

#[test]
fn both_written_shapes_read_back() {
    let mut problem = Problem::bad_request(vec![
        ApiError::of_code(21405)
            .with_detail("'pageSize' must be between 10 and 250. You entered 5."),
        ApiError::of_code(21470),
    ]);
    problem.trace_id = Some("0123456789abcdef0123456789abcdef".to_owned());
    problem.timestamp = Some("2026-11-21T08:00:00Z".parse().unwrap());
    let modern = Problem::decode(
        StatusCode::BAD_REQUEST,
        &HeaderMap::new(),
        &problem.to_problem_json(),
    );
    assert_eq!(modern, problem);
    let legacy = Problem::decode(
        StatusCode::BAD_REQUEST,
        &HeaderMap::new(),
        &problem.to_legacy_json(),
    );
    assert_eq!(legacy.errors, problem.errors);
    assert_eq!(legacy.trace_id, problem.trace_id);

    let throttled = Problem::too_many_requests("Przekroczono limit 20 żądań na minutę.", 30);
    for body in [throttled.to_problem_json(), throttled.to_legacy_json()] {
        let read = Problem::decode(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new(), &body);
        assert_eq!(read.detail, throttled.detail);
    }
}

#[test]
fn the_shape_follows_the_request() {
    let mut asked = HeaderMap::new();
    asked.insert(
        "x-error-format",
        HeaderValue::from_static("Problem-Details"),
    );
    let plain = HeaderMap::new();
    let bad = Problem::bad_request(Vec::new());
    assert_eq!(bad.to_body(&plain).0, "application/json");
    assert_eq!(bad.to_body(&asked).0, "application/problem+json");
    assert_eq!(
        Problem::unauthorized().to_body(&plain).0,
        "application/problem+json"
    );
    assert_eq!(
        Problem::gone().to_body(&plain).0,
        "application/problem+json"
    );
}

#[test]
fn retry_after_is_at_least_one_second() {
    let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
    let header = |retry_after| {
        Problem {
            retry_after,
            ..Problem::of_status(429)
        }
        .retry_after_header(now)
    };
    assert_eq!(header(Some(RetryAfter::Seconds(0))).as_deref(), Some("1"));
    assert_eq!(
        header(Some(RetryAfter::At(
            "2026-11-21T08:00:09.5Z".parse().unwrap()
        )))
        .as_deref(),
        Some("10")
    );
    assert_eq!(header(None), None);
}

proptest::proptest! {
    #[test]
    fn reading_never_fails(status in 400_u16..600, body: Vec<u8>, html: bool) {
        let mut headers = HeaderMap::new();
        if html {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        }
        let problem = Problem::decode(StatusCode::from_u16(status).unwrap(), &headers, &body);
        proptest::prop_assert_eq!(problem.status, status);
        let _ = problem.to_string();
        let _ = problem.to_legacy_json();
        let _ = problem.to_problem_json();
    }

    #[test]
    fn pages_with_any_text_are_read(text in ".{0,200}") {
        let body = format!("<html>{text} support id {text}");
        let problem = Problem::decode(StatusCode::FORBIDDEN, &HeaderMap::new(), body.as_bytes());
        proptest::prop_assert!(matches!(problem.kind, ProblemKind::Firewall(_)));
    }
}

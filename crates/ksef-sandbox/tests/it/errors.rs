//! Refusals in both forms, and what clients may send in odd shapes.

use serde_json::json;

use crate::support::{NIP, World};

const MODERN: (&str, &str) = ("x-error-format", "problem-details");

#[tokio::test]
async fn the_deprecated_form_is_the_default() {
    let world = World::start().await;
    let answer = world
        .raw("POST", "/testdata/subject", None, &[], "{}")
        .await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (400, "application/json")
    );
    let exception = &answer.json()["exception"];
    assert_eq!(exception["serviceName"], "Undefined");
    assert_eq!(
        exception["exceptionDetailList"],
        json!([{
            "exceptionCode": 21405,
            "exceptionDescription": "Błąd walidacji danych wejściowych.",
            "details": [
                "'subjectNip' must not be empty.",
                "'subjectType' must not be empty.",
                "'description' must not be empty."
            ]
        }])
    );
}

#[tokio::test]
async fn problem_documents_come_on_request() {
    let world = World::start().await;
    let answer = world
        .raw("POST", "/testdata/subject", None, &[MODERN], "{}")
        .await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (400, "application/problem+json")
    );
    let body = answer.json();
    assert_eq!(body["title"], "Bad Request");
    assert_eq!(body["status"], 400);
    assert_eq!(body["instance"], "/v2/testdata/subject");
    assert_eq!(body["detail"], "Żądanie jest nieprawidłowe.");
    assert_eq!(body["errors"][0]["code"], 21405);
    assert_eq!(body["traceId"].as_str().unwrap().len(), 32);
    assert_eq!(body["timestamp"], "2026-11-21T08:00:00.1234560+00:00");
}

#[tokio::test]
async fn an_address_that_is_no_text_is_refused_in_either_form() {
    let world = World::start().await;
    for (headers, media_type, code) in [
        (
            &[][..],
            "application/json",
            "/exception/exceptionDetailList/0/exceptionCode",
        ),
        (&[MODERN][..], "application/problem+json", "/errors/0/code"),
    ] {
        let answer = world.raw("GET", "/sessions/%FF", None, headers, "").await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (400, media_type)
        );
        assert_eq!(answer.json().pointer(code), Some(&json!(21405)));
    }
    let url = world
        .sandbox
        .base_url()
        .replace("/v2", "/storage/01/%FF/x/y");
    let link = crate::support::client().get(url).send().await.unwrap();
    assert_eq!(link.status().as_u16(), 403, "never signed");
}

#[tokio::test]
async fn bodies_that_cannot_be_read() {
    let world = World::start().await;
    for body in [
        "{",
        "[]",
        "\"x\"",
        "null",
        "{\"subjectNip\": 5}",
        "{\"subjectNip\": \"5265877635\", \"subjectType\": \"Sky\", \"description\": \"xxxxx\"}",
    ] {
        let answer = world
            .raw(
                "POST",
                "/testdata/subject",
                None,
                &[MODERN],
                body.to_owned(),
            )
            .await;
        assert_eq!(
            (answer.status, answer.json()["errors"][0]["code"].as_i64()),
            (400, Some(21001)),
            "{body}"
        );
        assert_eq!(
            answer.json()["errors"][0]["description"],
            "Nieczytelna treść."
        );
    }
}

#[tokio::test]
async fn a_byte_order_mark_odd_letter_case_and_unknown_fields_are_taken() {
    let world = World::start().await;
    let body = format!(
        "\u{FEFF}{{\"SUBJECTNIP\": \"{NIP}\", \"subjectType\": \"vatgroup\", \"description\": \"a group\", \"subunits\": null, \"x\": 1}}"
    );
    let answer = world
        .raw("POST", "/testdata/subject", None, &[], body)
        .await;
    assert_eq!((answer.status, answer.body.len()), (200, 0), "{answer:?}");
}

#[tokio::test]
async fn unknown_addresses_and_wrong_methods() {
    let world = World::start().await;
    for (method, path, status) in [
        ("GET", "/nothing", 404),
        ("GET", "/auth/challenge", 405),
        ("DELETE", "/tokens", 405),
    ] {
        let answer = world.raw(method, path, None, &[], "").await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, "application/problem+json"),
            "{path}"
        );
        assert_eq!(answer.json()["status"], status);
    }
    let outside = world.sandbox.base_url().replace("/v2", "/");
    let answer = crate::support::client().get(outside).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 404);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let world = World::start().await;
    let answer = world
        .raw(
            "POST",
            "/auth/xades-signature",
            None,
            &[],
            vec![b' '; 2_000_001],
        )
        .await;
    assert_eq!(answer.status, 413, "{answer:?}");
}

#[tokio::test]
async fn a_test_warning_comes_back() {
    let world = World::start().await;
    let headers = [("x-test-system-warning", "[xml-002]: Niedozwolony znak")];
    let answer = world
        .raw("POST", "/auth/challenge", None, &headers, "")
        .await;
    assert_eq!(
        (answer.status, answer.header("x-system-warning")),
        (200, "[xml-002]: Niedozwolony znak")
    );
    let answer = world.raw("POST", "/auth/challenge", None, &[], "").await;
    assert!(!answer.headers.contains_key("x-system-warning"));
}

#[tokio::test]
async fn a_body_under_another_label_is_refused() {
    let world = World::start().await;
    let body =
        json!({"subjectNip": NIP, "subjectType": "VatGroup", "description": "grupa"}).to_string();
    for (label, expected) in [
        ("application/x-www-form-urlencoded", 415),
        ("text/plain", 415),
        ("application/xml", 415),
        ("application/json", 200),
        ("application/json; charset=utf-8", 400),
        ("application/merge-patch+json", 400),
        ("Application/JSON", 400),
    ] {
        let headers = [("content-type", label)];
        let answer = world
            .raw("POST", "/testdata/subject", None, &headers, body.clone())
            .await;
        // The subject is there from the first time on.
        assert_eq!(answer.status, expected, "{label}");
    }
    let headers = [("content-type", "application/json")];
    let answer = world
        .raw("POST", "/auth/xades-signature", None, &headers, "<a/>")
        .await;
    assert_eq!(answer.status, 415);
}

#[tokio::test]
async fn no_body_is_an_empty_one() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let path = "/testdata/limits/subject/certificate";
    let bearer = Some(owner.token.expose());
    assert_eq!(world.raw("POST", path, bearer, &[], "").await.status, 200);
    let answer = world
        .raw("POST", "/testdata/subject", None, &[MODERN], " \n")
        .await;
    assert_eq!(
        answer.json()["errors"][0]["details"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

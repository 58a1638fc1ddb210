//! Calls as HTTP requests.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use ksef_api::decode::{DecodeErrorKind, META_HASH, downloaded};
use ksef_api::operation::{self, ALL, Auth, Method, Operation, Replay};
use ksef_api::ops::auth::{GetChallenge, ListAuthSessions, SubmitXades};
use ksef_api::ops::invoices::GetInvoice;
use ksef_api::ops::sessions::{
    EncryptionInfo, SendInvoice, SendInvoiceBody, SessionPhase, SessionType,
};
use ksef_api::ops::sessions::{GetSession, InvoiceContent, ListSessions, OpenOnlineSession};
use ksef_api::page::{ContinuationToken, Paged};
use ksef_api::problem::ProblemKind;
use ksef_api::request::{EncodeErrorKind, RawRequest, Request, to_http};
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::key_id::KeyId;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::SessionRef;

const BASE: &str = "https://api-test.ksef.mf.gov.pl/v2";

fn session() -> SessionRef {
    SessionRef::parse("20261121-SO-2C3E6C8000-B675CF5D68-07").unwrap()
}

#[test]
fn every_request_asks_for_problem_documents() {
    let http = to_http(&GetChallenge, BASE).unwrap();
    assert_eq!(http.method(), http::Method::POST);
    assert_eq!(
        http.uri(),
        "https://api-test.ksef.mf.gov.pl/v2/auth/challenge"
    );
    assert_eq!(http.headers()["x-error-format"], "problem-details");
    assert_eq!(http.headers()["accept"], "application/json");
    assert!(!http.headers().contains_key("content-type"));
    assert!(http.body().is_empty());
}

#[test]
fn base_addresses_may_end_with_a_slash_and_have_a_path() {
    for base in [
        "http://127.0.0.1:8080/some/v2",
        "http://127.0.0.1:8080/some/v2/",
    ] {
        let http = to_http(&GetSession::new(session()), base).unwrap();
        assert_eq!(
            http.uri(),
            "http://127.0.0.1:8080/some/v2/sessions/20261121-SO-2C3E6C8000-B675CF5D68-07"
        );
    }
    let error = to_http(&GetChallenge, "http://no host").unwrap_err();
    assert_eq!(error.kind(), EncodeErrorKind::Target);
}

#[test]
fn signed_documents_travel_as_they_are() {
    let call = SubmitXades::new(Bytes::from_static(b"<a/>"))
        .with_verify_certificate_chain(true)
        .with_enforced_compliance();
    let http = to_http(&call, BASE).unwrap();
    assert_eq!(http.uri().query(), Some("verifyCertificateChain=true"));
    assert_eq!(http.headers()["content-type"], "application/xml");
    assert_eq!(http.headers()["x-ksef-feature"], "enforce-xades-compliance");
    assert_eq!(http.body().as_ref(), b"<a/>");
}

#[test]
fn features_and_pages_travel_in_headers() {
    let key = KeyId::parse("QIoAK/Yc3s27Z4t3SZY4Mhp8JNLH7Vl4N3lNlJAEig8=").unwrap();
    let call = OpenOnlineSession::new(
        FormCode::Fa3,
        EncryptionInfo::new(vec![1, 2, 3], [9; 16], key),
    )
    .with_feature("upo-v4-3");
    let http = to_http(&call, BASE).unwrap();
    assert_eq!(http.headers()["x-ksef-feature"], "upo-v4-3");
    assert_eq!(
        std::str::from_utf8(http.body()).unwrap(),
        r#"{"formCode":{"systemCode":"FA (3)","schemaVersion":"1-0E","value":"FA"},"encryption":{"encryptedSymmetricKey":"AQID","initializationVector":"CQkJCQkJCQkJCQkJCQkJCQ==","publicKeyId":"QIoAK/Yc3s27Z4t3SZY4Mhp8JNLH7Vl4N3lNlJAEig8="}}"#
    );

    let page = ListAuthSessions::new()
        .with_page_size(50)
        .with_continuation(ContinuationToken::new("abc=").unwrap());
    let http = to_http(&page, BASE).unwrap();
    assert_eq!(http.headers()["x-continuation-token"], "abc=");
    assert_eq!(http.uri().query(), Some("pageSize=50"));

    let unsendable =
        ListAuthSessions::new().with_continuation(ContinuationToken::new("line\nbreak").unwrap());
    assert_eq!(
        to_http(&unsendable, BASE).unwrap_err().kind(),
        EncodeErrorKind::Header
    );
    assert_eq!(ContinuationToken::new(" "), None);
}

#[test]
fn filters_repeat_names_and_escape_instants() {
    let call = ListSessions::new(SessionType::Online)
        .with_created(Some("2026-11-21T08:00:00Z".parse().unwrap()), None)
        .with_phases([SessionPhase::Failed, SessionPhase::Cancelled]);
    let http = to_http(&call, BASE).unwrap();
    assert_eq!(
        http.uri().query(),
        Some(
            "sessionType=Online&dateCreatedFrom=2026-11-21T08%3A00%3A00.0000000%2B00%3A00\
             &statuses=Failed&statuses=Cancelled"
        )
    );
}

#[test]
fn invoices_are_written_in_one_pass_and_read_back() {
    let plain = Sha256Digest::from_bytes([1; 32]);
    let cipher = Sha256Digest::from_bytes([2; 32]);
    let ciphertext = vec![0xfb_u8; 48];
    let of_bytes = SendInvoiceBody::new(
        (plain, 40),
        (cipher, 48),
        InvoiceContent::from_ciphertext(ciphertext.clone()),
    );
    let text = serde_json::to_value(&of_bytes).unwrap()["encryptedInvoiceContent"].clone();
    let of_text = SendInvoiceBody::new(
        (plain, 40),
        (cipher, 48),
        InvoiceContent::from_base64(text.as_str().unwrap()).unwrap(),
    );
    assert_eq!(of_bytes.to_json(), of_text.to_json());

    let corrected = of_bytes.clone().with_corrected_invoice(plain);
    for body in [of_bytes, of_text, corrected] {
        let json = body.to_json();
        let written: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(written, serde_json::to_value(&body).unwrap());
        let read: SendInvoiceBody = serde_json::from_slice(&json).unwrap();
        assert_eq!(read, body);
        assert_eq!(
            read.encrypted_invoice_content.ciphertext().unwrap(),
            ciphertext
        );
        let http = to_http(&SendInvoice::new(session(), body), BASE).unwrap();
        assert_eq!(http.body(), &json);
    }
    for foreign in ["AA\"A", "AA\\A", "AA\nA", "ĄĄ", "AA A"] {
        assert!(InvoiceContent::from_base64(foreign).is_none(), "{foreign}");
    }
    assert_eq!(
        InvoiceContent::from_base64("AAA").unwrap().ciphertext(),
        None
    );
}

#[test]
fn downloads_are_compared_with_their_hash() {
    const EMPTY: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let call = GetInvoice::new(KsefNumber::parse("5265877635-20250626-010080DD2B5E-26").unwrap());
    let http = to_http(&call, BASE).unwrap();
    assert_eq!(http.headers()["accept"], "application/xml");

    let decode = |hash: Option<&'static str>, body: &'static str| {
        let mut headers = HeaderMap::new();
        if let Some(hash) = hash {
            headers.insert(META_HASH, HeaderValue::from_static(hash));
        }
        call.decode(
            StatusCode::OK,
            &headers,
            Bytes::from_static(body.as_bytes()),
        )
    };
    assert_eq!(decode(None, "<a/>").unwrap().meta_hash, None);
    assert_eq!(
        decode(Some(EMPTY), "")
            .unwrap()
            .meta_hash
            .unwrap()
            .to_base64(),
        EMPTY
    );
    assert_eq!(
        decode(Some(EMPTY), "<a/>").unwrap_err().kind(),
        DecodeErrorKind::HashMismatch
    );
    assert_eq!(
        decode(Some("nonsense"), "<a/>").unwrap_err().kind(),
        DecodeErrorKind::MalformedHash
    );
    let firewall = decode(None, "<html>Request Rejected</html>").unwrap_err();
    assert!(matches!(
        firewall.problem().unwrap().kind,
        ProblemKind::Firewall(_)
    ));
}

#[test]
fn answers_of_other_statuses_are_told_apart() {
    let decode = |status: u16, body: &'static str| {
        GetChallenge
            .decode(
                StatusCode::from_u16(status).unwrap(),
                &HeaderMap::new(),
                Bytes::from_static(body.as_bytes()),
            )
            .unwrap_err()
    };
    assert_eq!(decode(302, "").kind(), DecodeErrorKind::UnexpectedStatus);
    assert_eq!(decode(200, "{}").kind(), DecodeErrorKind::MalformedBody);
    assert_eq!(decode(200, "").kind(), DecodeErrorKind::MalformedBody);
    assert_eq!(
        decode(400, "").into_problem().unwrap().kind,
        ProblemKind::BadRequest
    );
    assert!(std::error::Error::source(&decode(200, "{")).is_some());
}

#[test]
fn fixed_segments_win_over_parameters() {
    for (method, path, id) in [
        (
            "GET",
            "/sessions/X/invoices/failed",
            "sessions.failed_invoices",
        ),
        (
            "get",
            "/sessions/X/invoices/Y?a=b",
            "sessions.invoice_status",
        ),
        ("GET", "/auth/sessions", "auth.list_sessions"),
        (
            "GET",
            "/auth/20261121-AU-2DFC46C000-3AC6D5877F-D4",
            "auth.status",
        ),
        ("DELETE", "/auth/sessions/current", "auth.terminate_current"),
        ("DELETE", "/auth/sessions/X", "auth.terminate"),
        ("POST", "/sessions/online/X/close", "sessions.close_online"),
    ] {
        assert_eq!(
            Operation::route(method, path).map(|found| found.id),
            Some(id),
            "{path}"
        );
    }
    for (method, path) in [
        ("PUT", "/tokens"),
        ("GET", "/nothing"),
        ("GET", "/sessions/X/upo/"),
        ("GET", ""),
    ] {
        assert_eq!(Operation::route(method, path), None, "{path}");
    }
}

#[test]
fn the_table_of_operations_is_consistent() {
    assert_eq!(ALL.len(), 83);
    for operation in ALL.iter().copied() {
        assert_eq!(Operation::by_id(operation.id), Some(operation));
        assert!(operation.path.starts_with('/') && operation.id.contains('.'));
        if operation.method == Method::Get {
            assert_eq!(operation.replay, Replay::Safe, "{operation}");
        }
        if operation.auth == Auth::None {
            assert!(operation.permissions.is_empty(), "{operation}");
        }
    }
    let never: Vec<_> = ALL
        .iter()
        .filter(|known| known.replay == Replay::Never)
        .collect();
    assert_eq!(never, [&&operation::auth::REDEEM]);
    assert_eq!(operation::sessions::SEND_INVOICE.replay, Replay::Reconcile);
    assert_eq!(operation::sessions::CLOSE_ONLINE.replay, Replay::Safe);
}

#[test]
fn operations_without_types_can_be_called_raw() {
    let call = RawRequest::new(&operation::peppol::QUERY, "/peppol/query")
        .with_query("pageSize", "10")
        .with_query("pageOffset", "0");
    let http = to_http(&call, BASE).unwrap();
    assert_eq!(
        http.uri().path_and_query().unwrap(),
        "/v2/peppol/query?pageSize=10&pageOffset=0"
    );
    let answer = call
        .decode(StatusCode::OK, &HeaderMap::new(), Bytes::from_static(b"x"))
        .unwrap();
    assert_eq!(answer.as_ref(), b"x");
}

proptest::proptest! {
    #[test]
    fn decoding_never_panics(status in 100_u16..1000, body: Vec<u8>, hash in ".{0,60}") {
        let status = StatusCode::from_u16(status).unwrap();
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(&hash) {
            headers.insert(META_HASH, value);
        }
        let body = Bytes::from(body);
        let _ = GetChallenge.decode(status, &headers, body.clone());
        let _ = ListSessions::new(SessionType::Batch).decode(status, &headers, body.clone());
        let _ = GetSession::new(session()).decode(status, &headers, body.clone());
        if let Err(error) = downloaded(status, &headers, body) {
            let _ = error.to_string();
        }
    }

    #[test]
    fn json_like_answers_never_panic(body in r#"[\[\]{}":,a-z0-9null]{0,80}"#) {
        let call = ListAuthSessions::new();
        let _ = call.decode(StatusCode::OK, &HeaderMap::new(), Bytes::from(body));
    }

    #[test]
    fn paths_keep_their_shape(values in proptest::collection::vec(".{1,20}", 2)) {
        let values: Vec<_> = values.iter().map(String::as_str).collect();
        let template = operation::sessions::INVOICE_STATUS.path;
        let path = ksef_api::fill_path(template, &values);
        proptest::prop_assert_eq!(path.matches('/').count(), template.matches('/').count());
        let uri: http::Uri = format!("http://localhost{path}").parse().unwrap();
        proptest::prop_assert_eq!(uri.path(), path);
    }
}

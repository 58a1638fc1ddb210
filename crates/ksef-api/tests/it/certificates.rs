//! Certificates: calls, bodies and answers.

use ksef_api::identifier::Identifier;
use ksef_api::ops::certificates::{
    CertificateInfo, CertificateLimits, CertificateType, Certificates, EnrollCertificate,
    EnrolledCertificate, Enrollment, EnrollmentData, QueryCertificates, RetrieveCertificates,
    RetrievedCertificates, RevocationReason, RevokeCertificate, RevokeCertificateBody,
};
use ksef_api::ops::testdata::ShortenCertificate;
use ksef_api::page::PagedByOffset as _;
use ksef_api::request::{Request, to_http};
use ksef_api::status::{CertificateStatus, EnrollmentStatus, StatusClass};
use ksef_core::certificate_serial::CertificateSerial;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const BASE: &str = "http://127.0.0.1:1/v2";
const SERIAL: &str = "0321C82DA41B4362";

fn serial() -> CertificateSerial {
    CertificateSerial::parse(SERIAL).unwrap()
}

/// Path with query, and body of a call.
fn sent<R: Request>(request: &R) -> (String, Value) {
    let http = to_http(request, BASE).unwrap();
    let path = http.uri().path_and_query().unwrap().to_string();
    let body = if http.body().is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(http.body()).unwrap()
    };
    (path, body)
}

/// Reads the JSON, and checks that it is written back unchanged.
fn golden<T: Serialize + DeserializeOwned>(json: Value) -> T {
    let value: T = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&value).unwrap(), json);
    value
}

#[test]
fn calls() {
    let wish = EnrollCertificate::new("Faktury 2026", CertificateType::Offline, vec![0, 255]);
    let (path, body) = sent(&wish);
    assert_eq!(path, "/v2/certificates/enrollments");
    let expected = json!({
        "certificateName": "Faktury 2026", "certificateType": "Offline", "csr": "AP8=",
    });
    assert_eq!(body, expected);
    let later = wish.with_valid_from("2026-12-01T00:00:00Z".parse().unwrap());
    assert_eq!(
        sent(&later).1["validFrom"],
        "2026-12-01T00:00:00.0000000+00:00"
    );

    let all = QueryCertificates::new();
    assert_eq!(sent(&all), ("/v2/certificates/query".to_owned(), json!({})));
    let narrow = all
        .with_serial(serial())
        .with_name("Fakt")
        .with_type(CertificateType::Authentication)
        .with_status(CertificateStatus::Active)
        .with_expires_after("2027-01-01T00:00:00Z".parse().unwrap())
        .with_page_size(50)
        .with_page_offset(3);
    let (path, body) = sent(&narrow);
    assert_eq!(path, "/v2/certificates/query?pageSize=50&pageOffset=3");
    let expected = json!({
        "certificateSerialNumber": SERIAL, "name": "Fakt", "type": "Authentication", "status": "Active",
        "expiresAfter": "2027-01-01T00:00:00.0000000+00:00",
    });
    assert_eq!(body, expected);

    let (path, body) = sent(&RetrieveCertificates::new([serial()]));
    assert_eq!(path, "/v2/certificates/retrieve");
    assert_eq!(body, json!({"certificateSerialNumbers": [SERIAL]}));

    let revoke = RevokeCertificate::new(serial());
    let expected = format!("/v2/certificates/{SERIAL}/revoke");
    assert_eq!(sent(&revoke), (expected, json!({})));
    let revoke = revoke.with_reason(RevocationReason::KeyCompromise);
    assert_eq!(
        sent(&revoke).1,
        json!({"revocationReason": "KeyCompromise"})
    );

    let shorten = ShortenCertificate::new(serial(), "2026-12-01T00:00:00Z".parse().unwrap());
    let (path, body) = sent(&shorten);
    assert_eq!(path, format!("/v2/testdata/certificates/{SERIAL}"));
    assert_eq!(
        body,
        json!({"validTo": "2026-12-01T00:00:00.0000000+00:00"})
    );
}

#[test]
fn answers() {
    let limits: CertificateLimits = golden(json!({
        "canRequest": true,
        "enrollment": {"remaining": 11, "limit": 12},
        "certificate": {"remaining": 6, "limit": 6},
    }));
    assert_eq!(limits.enrollment.remaining, 11);
    let data: EnrollmentData = golden(json!({
        "commonName": "Anna Nowak", "countryName": "PL", "givenName": "Anna", "surname": "Nowak",
        "serialNumber": "PNOPL-15062788702",
    }));
    assert_eq!(data.organization_name, None);
    golden::<EnrolledCertificate>(json!({
        "referenceNumber": "20261121-ER-1B6C9EB000-4B15D3AEB9-89",
        "timestamp": "2026-11-21T08:00:00.0000000+00:00",
    }));
    let pending: Enrollment = golden(json!({
        "requestDate": "2026-11-21T08:00:00.0000000+00:00",
        "status": {"code": 100, "description": "Wniosek przyjęty do realizacji"},
    }));
    assert_eq!(pending.enrollment_status(), EnrollmentStatus::Accepted);
    let done: Enrollment = golden(json!({
        "requestDate": "2026-11-21T08:00:00.0000000+00:00",
        "status": {"code": 200, "description": "Wniosek obsłużony (certyfikat wygenerowany)"},
        "certificateSerialNumber": SERIAL,
    }));
    assert_eq!(done.certificate_serial_number, Some(serial()));
    assert_eq!(done.enrollment_status().class(), StatusClass::Done);
    golden::<RetrievedCertificates>(json!({"certificates": [{
        "certificate": "AAEC", "certificateName": "Faktury 2026",
        "certificateSerialNumber": SERIAL, "certificateType": "Offline",
    }]}));
    let listed: Certificates = golden(json!({"certificates": [{
        "certificateSerialNumber": SERIAL, "name": "Faktury 2026", "type": "Offline",
        "commonName": "Anna Nowak", "status": "Blocked",
        "subjectIdentifier": {"type": "Pesel", "value": "15062788702"},
        "validFrom": "2026-11-21T08:00:00.0000000+00:00",
        "validTo": "2028-11-21T08:00:00.0000000+00:00",
        "lastUseDate": "2026-11-22T08:00:00.0000000+00:00",
        "requestDate": "2026-11-21T07:59:00.0000000+00:00",
    }], "hasMore": true}));
    assert_eq!(listed.certificates[0].status, CertificateStatus::Blocked);
}

#[test]
fn answers_may_hold_what_this_version_does_not_know() {
    let listed: CertificateInfo = serde_json::from_value(json!({
        "certificateSerialNumber": "0321c82da41b4362ff", "name": "x", "type": "Seal",
        "commonName": "x", "status": "Suspended",
        "subjectIdentifier": {"type": "Krs", "value": "0000123456"},
        "validFrom": "2026-11-21T08:00:00Z", "validTo": "9999-12-31T23:59:59Z",
        "lastUseDate": null, "requestDate": "2026-11-21T08:00:00Z", "colour": "red",
    }))
    .unwrap();
    assert_eq!(
        listed.certificate_serial_number.as_str(),
        "0321C82DA41B4362FF"
    );
    assert_eq!(
        listed.certificate_type,
        CertificateType::Other("Seal".into())
    );
    assert!(!listed.status.is_known());
    assert!(matches!(
        listed.subject_identifier,
        Identifier::Other { .. }
    ));
    let read: RevokeCertificateBody =
        serde_json::from_value(json!({"revocationReason": null, "x": 1})).unwrap();
    assert_eq!(read, RevokeCertificateBody::default());
    let empty: QueryCertificates =
        serde_json::from_value(json!({"name": null, "type": "offline"})).unwrap();
    assert_eq!(empty.certificate_type, Some(CertificateType::Offline));
}

#[test]
fn names_of_certificates() {
    for name in ["ERP-1", "Faktury 2026", "Zażółć_gęślą", &"x".repeat(100)] {
        assert!(EnrollCertificate::is_name(name), "{name}");
    }
    for name in ["", "abcd", "a.b.c", "Straße", &"x".repeat(101), "tab\tbed"] {
        assert!(!EnrollCertificate::is_name(name), "{name}");
    }
}

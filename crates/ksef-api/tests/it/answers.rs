//! Answers in both directions.

use ksef_api::identifier::Identifier;
use ksef_api::operation::{RateGroup, RateLimit};
use ksef_api::ops::auth::{
    AuthSessions, Authentication, AuthenticationMethod, AuthenticationMethodCategory,
    IssuedChallenge, ListAuthSessions, RefreshedAccess, StartedAuth, TokenPair,
};
use ksef_api::ops::keys::{PublicKeyCertificate, PublicKeyUsage};
use ksef_api::ops::limits::{ContextLimits, RateLimits, SubjectLimits};
use ksef_api::ops::sessions::{
    InvoiceStatusInfo, OpenedOnlineSession, SentInvoice, Session, SessionInvoice, SessionInvoices,
    Sessions,
};
use ksef_api::ops::tokens::{GeneratedToken, Token, Tokens};
use ksef_api::page::Paged;
use ksef_api::status::{AuthStatus, InvoiceStatus, SessionStatus, StatusClass, TokenStatus};
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::SessionRef;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const DIGEST: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=";
const SECRET: &str = "eyJ.very.secret";

/// Reads the JSON, checks that it is written back unchanged, and that no secret shows in `Debug`.
fn golden<T: Serialize + DeserializeOwned + std::fmt::Debug>(json: Value) -> T {
    let value: T = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&value).unwrap(), json);
    assert!(!format!("{value:?}").contains(SECRET));
    value
}

#[test]
fn signing_in() {
    let challenge: IssuedChallenge = golden(json!({
        "challenge": "20261121-CR-0123456789-ABCDEF0123-4A",
        "timestamp": "2026-11-21T08:00:00.1239999+00:00",
        "timestampMs": 1_795_248_000_123_i64,
        "clientIp": "192.0.2.7",
    }));
    assert_eq!(challenge.milliseconds(), 1_795_248_000_123);
    let of_older_server = IssuedChallenge {
        timestamp_ms: None,
        ..challenge
    };
    assert_eq!(of_older_server.milliseconds(), 1_795_248_000_123);

    let bearer = json!({"token": SECRET, "validUntil": "2026-11-21T08:45:00.0000000+00:00"});
    let started: StartedAuth = golden(json!({
        "referenceNumber": "20261121-AU-0123456789-ABCDEF0123-4A",
        "authenticationToken": bearer,
    }));
    assert_eq!(started.authentication_token.token.expose(), SECRET);
    golden::<TokenPair>(json!({"accessToken": bearer, "refreshToken": bearer}));
    golden::<RefreshedAccess>(json!({"accessToken": bearer}));
}

#[test]
fn authentications() {
    let running: Authentication = golden(json!({
        "startDate": "2026-11-21T08:00:00.0000000+00:00",
        "status": {"code": 100, "description": "Uwierzytelnianie w toku"},
    }));
    assert_eq!(running.auth_status(), AuthStatus::InProgress);

    let page: AuthSessions = golden(json!({
        "continuationToken": "next",
        "items": [{
            "referenceNumber": "20261121-AU-0123456789-ABCDEF0123-4A",
            "isCurrent": true,
            "startDate": "2026-11-21T08:00:00.0000000+00:00",
            "authenticationMethod": "QualifiedSeal",
            "authenticationMethodInfo": {"category": "Telepathy", "code": "x.y", "displayName": "Z"},
            "status": {"code": 450, "description": "…", "details": ["Token unieważniony"]},
            "isTokenRedeemed": true,
            "lastTokenRefreshDate": "2026-11-21T08:10:00.0000000+00:00",
            "refreshTokenValidUntil": "2026-11-28T08:00:00.0000000+00:00",
        }],
    }));
    let (items, next) = ListAuthSessions::split(page);
    assert_eq!(next.unwrap().as_str(), "next");
    let item = items[0].authentication.clone();
    assert_eq!(item.auth_status(), AuthStatus::InvalidToken);
    assert_eq!(
        item.authentication_method,
        Some(AuthenticationMethod::QualifiedSeal)
    );
    let category = item.authentication_method_info.unwrap().category;
    assert_eq!(
        category,
        AuthenticationMethodCategory::Other("Telepathy".to_owned())
    );
    assert!(!category.is_known());
    assert_eq!(
        AuthenticationMethodCategory::from_name("OTHER"),
        AuthenticationMethodCategory::OtherMethod
    );
}

#[test]
fn the_end_of_a_list_has_three_forms() {
    for json in [
        json!({"items": []}),
        json!({"items": [], "continuationToken": null}),
        json!({"items": [], "continuationToken": ""}),
    ] {
        let page: AuthSessions = serde_json::from_value(json).unwrap();
        assert_eq!(page.continuation_token, None);
    }
}

#[test]
fn public_keys() {
    let keys: Vec<PublicKeyCertificate> = golden(json!([{
        "certificate": "MIIB",
        "certificateId": DIGEST,
        "publicKeyId": DIGEST,
        "validFrom": "2026-01-01T00:00:00.0000000+00:00",
        "validTo": "2027-01-01T00:00:00.0000000+00:00",
        "usage": ["SymmetricKeyEncryption", "TeaBrewing"],
    }]));
    let serves = |usage, now: &str| keys[0].serves(&usage, now.parse().unwrap());
    assert!(serves(
        PublicKeyUsage::SymmetricKeyEncryption,
        "2026-11-21T00:00:00Z"
    ));
    assert!(serves(
        PublicKeyUsage::SymmetricKeyEncryption,
        "2026-01-01T00:00:00Z"
    ));
    assert!(!serves(
        PublicKeyUsage::SymmetricKeyEncryption,
        "2027-01-01T00:00:00Z"
    ));
    assert!(!serves(
        PublicKeyUsage::KsefTokenEncryption,
        "2026-11-21T00:00:00Z"
    ));
}

#[test]
fn sessions() {
    golden::<OpenedOnlineSession>(json!({
        "referenceNumber": "20261121-SO-0123456789-ABCDEF0123-4A",
        "validUntil": "2026-11-21T20:00:00.0000000+00:00",
    }));
    golden::<SentInvoice>(json!({"referenceNumber": "20261121-EE-0123456789-ABCDEF0123-4A"}));
    let session: Session = golden(json!({
        "status": {"code": 200, "description": "Sesja interaktywna przetworzona pomyślnie"},
        "dateCreated": "2026-11-21T08:00:00.0000000+00:00",
        "dateUpdated": "2026-11-21T08:01:00.0000000+00:00",
        "validUntil": "2026-11-21T20:00:00.0000000+00:00",
        "upo": {"pages": [{
            "referenceNumber": "20261121-EU-0123456789-ABCDEF0123-4A",
            "downloadUrl": format!("https://storage.example/upo?sig={SECRET}"),
            "downloadUrlExpirationDate": "2026-11-24T08:01:00.0000000+00:00",
        }]},
        "invoiceCount": 2, "successfulInvoiceCount": 1, "failedInvoiceCount": 1,
    }));
    assert_eq!(session.session_status(), SessionStatus::Processed);
    assert_eq!(session.upo_pages().len(), 1);

    let open: Session = serde_json::from_value(json!({
        "status": {"code": 100, "description": "Sesja interaktywna otwarta", "details": null},
        "dateCreated": "2026-11-21T08:00:00+00:00",
        "dateUpdated": "2026-11-21T09:00:00+01:00",
        "upo": null, "validUntil": null, "invoiceCount": null, "failedInvoiceCount": null,
    }))
    .unwrap();
    assert!(open.session_status().accepts_invoices() && open.upo_pages().is_empty());
    assert_eq!(open.date_created, open.date_updated);

    let page: Sessions = golden(json!({"sessions": [{
        "referenceNumber": "20261121-SO-0123456789-ABCDEF0123-4A",
        "status": {"code": 440, "description": "Sesja anulowana", "details": ["Nie przesłano faktur"]},
        "dateCreated": "2026-11-21T08:00:00.0000000+00:00",
        "dateUpdated": "2026-11-21T08:00:00.0000000+00:00",
        "totalInvoiceCount": 0, "successfulInvoiceCount": 0, "failedInvoiceCount": 0,
    }]}));
    assert_eq!(page.sessions[0].session_status(), SessionStatus::Cancelled);
}

#[test]
fn invoices_of_a_session() {
    let page: SessionInvoices = golden(json!({"invoices": [{
        "ordinalNumber": 1,
        "invoiceNumber": "FV/1",
        "ksefNumber": "5265877635-20250626-010080DD2B5E-26",
        "referenceNumber": "20261121-EE-0123456789-ABCDEF0123-4A",
        "invoiceHash": DIGEST,
        "invoiceFileName": "a.xml",
        "acquisitionDate": "2026-11-21T08:00:02.0000000+00:00",
        "invoicingDate": "2026-11-21T08:00:01.0000000+00:00",
        "permanentStorageDate": "2026-11-21T08:00:04.0000000+00:00",
        "upoDownloadUrl": format!("https://storage.example/upo?sig={SECRET}"),
        "upoDownloadUrlExpirationDate": "2026-11-24T08:00:02.0000000+00:00",
        "invoicingMode": "Offline",
        "status": {"code": 200, "description": "Sukces"},
    }]}));
    assert_eq!(page.invoices[0].invoice_status().class(), StatusClass::Done);
}

#[test]
fn duplicates_name_the_invoice_that_came_first() {
    let session = SessionRef::parse("20261121-SO-0123456789-ABCDEF0123-4A").unwrap();
    let number = KsefNumber::parse("5265877635-20250626-010080DD2B5E-26").unwrap();
    let status = InvoiceStatusInfo::of(InvoiceStatus::Duplicate)
        .with_detail("Duplikat faktury.")
        .with_original(session, &number);
    let invoice: SessionInvoice = golden(json!({
        "ordinalNumber": 2,
        "referenceNumber": "20261121-EE-0123456789-ABCDEF0123-4A",
        "invoiceHash": DIGEST,
        "invoicingDate": "2026-11-21T08:00:01.0000000+00:00",
        "status": {
            "code": 440, "description": "Duplikat faktury", "details": ["Duplikat faktury."],
            "extensions": {
                "originalKsefNumber": "5265877635-20250626-010080DD2B5E-26",
                "originalSessionReferenceNumber": "20261121-SO-0123456789-ABCDEF0123-4A",
            },
        },
    }));
    assert_eq!(invoice.status, status);
    assert_eq!(invoice.invoice_status(), InvoiceStatus::Duplicate);
    assert_eq!(status.original_ksef_number(), Some(number));
    assert_eq!(status.original_session_reference_number(), Some(session));

    let odd: InvoiceStatusInfo = serde_json::from_value(json!({
        "code": 440, "description": "x", "details": null,
        "extensions": {"originalKsefNumber": null, "originalSessionReferenceNumber": "?", "new": {"n": 1}},
    }))
    .unwrap();
    assert_eq!(odd.extensions["new"].as_deref(), Some("{\"n\":1}"));
    assert_eq!(
        (
            odd.original_ksef_number(),
            odd.original_session_reference_number()
        ),
        (None, None)
    );
    let none: InvoiceStatusInfo =
        serde_json::from_value(json!({"code": 1, "description": "x", "extensions": null})).unwrap();
    assert!(none.extensions.is_empty());
}

#[test]
fn one_unusual_entry_does_not_spoil_a_list() {
    let list: SessionInvoices = serde_json::from_value(json!({"invoices": [{
        "ordinalNumber": 1,
        "referenceNumber": "a1b2c3d4-e5f6-4789-ab12-cd34ef567890",
        "invoiceHash": DIGEST,
        "invoicingDate": "2026-11-21T08:00:01+00:00",
        "upoDownloadUrlExpirationDate": "9999-12-31T23:59:59.9999999+00:00",
        "invoicingMode": "Later",
        "status": {"code": 999, "description": "x", "extensions": {"retries": 3}},
    }]}))
    .unwrap();
    let invoice = &list.invoices[0];
    assert_eq!(
        invoice.reference_number.as_str(),
        "a1b2c3d4-e5f6-4789-ab12-cd34ef567890"
    );
    assert_eq!(invoice.status.extensions["retries"].as_deref(), Some("3"));
}

#[test]
fn tokens() {
    let generated: GeneratedToken = golden(json!({
        "referenceNumber": "20261121-EC-0123456789-ABCDEF0123-4A",
        "token": SECRET,
    }));
    assert_eq!(generated.token.expose(), SECRET);
    let token = json!({
        "referenceNumber": "20261121-EC-0123456789-ABCDEF0123-4A",
        "authorIdentifier": {"type": "Pesel", "value": "90010112345"},
        "contextIdentifier": {"type": "Martian", "value": "M-1"},
        "description": "księgowość",
        "requestedPermissions": ["InvoiceRead"],
        "dateCreated": "2026-11-21T08:00:00.0000000+00:00",
        "lastUseDate": "2026-11-21T09:00:00.0000000+00:00",
        "status": "Failed",
        "statusDetails": ["…"],
    });
    let read: Token = golden(token.clone());
    assert!(read.author_identifier.known().is_some());
    assert!(
        matches!(&read.context_identifier, Identifier::Other { kind, .. } if kind == "Martian")
    );
    assert_eq!(read.context_identifier.to_string(), "Martian:M-1");
    assert_eq!(read.status, TokenStatus::Failed);
    golden::<Tokens>(json!({"continuationToken": "next", "tokens": [token]}));
}

#[test]
fn limits() {
    let limits = RateLimits::from_groups(|group| group.production().times(10));
    let json = serde_json::to_value(limits).unwrap();
    assert_eq!(
        json["sessionMisc"],
        json!({"perSecond": 100, "perMinute": 1200, "perHour": 12_000})
    );
    assert_eq!(
        json["anonymous"],
        json!({"perSecond": 600, "perMinute": -1, "perHour": -1})
    );
    assert_eq!(
        json["global"],
        json!({"perSecond": -1, "perMinute": -1, "perHour": -1})
    );
    let read: RateLimits = golden(json);
    assert_eq!(
        read.limit(RateGroup::InvoiceSend),
        RateLimit::new(100, 300, 1_800)
    );

    let old: RateLimits = serde_json::from_value(json!({"other": null})).unwrap();
    assert_eq!(
        old.limit(RateGroup::OnlineSessionClose),
        RateLimit::new(20, 60, 240)
    );

    let session =
        json!({"maxInvoiceSizeInMB": 2, "maxInvoiceWithAttachmentSizeInMB": 4, "maxInvoices": 9});
    let context: ContextLimits = golden(json!({
        "onlineSession": session, "batchSession": session, "collectiveIdentifier": {"maxInvoices": 7},
    }));
    assert_eq!(context.online_session.invoice_bytes_max(), 2_000_000);
    assert_eq!(
        context.online_session.invoice_with_attachment_bytes_max(),
        4_000_000
    );
    let old: ContextLimits =
        serde_json::from_value(json!({"onlineSession": session, "batchSession": session})).unwrap();
    assert_eq!(old.collective_identifier.max_invoices, 500);

    golden::<SubjectLimits>(
        json!({"enrollment": {"maxEnrollments": 12}, "certificate": {"maxCertificates": 6}}),
    );
    golden::<SubjectLimits>(json!({}));
}

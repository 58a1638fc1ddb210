//! Request limits and the limits that a test can change.

use jiff::SignedDuration;
use ksef_api::ops::auth::{GetChallenge, ListAuthSessions};
use ksef_api::ops::limits::{GetContextLimits, GetRateLimits, GetSubjectLimits};
use ksef_api::ops::testdata::{
    ResetRateLimits, ResetSessionLimits, ResetSubjectLimits, SetProductionRateLimits,
    SetSessionLimits, SetSubjectLimits,
};
use ksef_api::ops::tokens::ListTokens;
use ksef_api::problem::RetryAfter;
use ksef_sandbox::LimitProfile;
use serde_json::{Value, json};

use crate::sending::control;
use crate::support::{NIP, OTHER_NIP, World};

async fn with_limits(profile: LimitProfile) -> World {
    World::start_with(|builder| builder.limits(profile)).await
}

/// The groups that must be named, with small limits for `other`.
fn override_body(per_second: i64, per_minute: i64, per_hour: i64) -> Value {
    let values =
        |second, minute, hour| json!({"perSecond": second, "perMinute": minute, "perHour": hour});
    let names = [
        "onlineSession",
        "batchSession",
        "invoiceSend",
        "invoiceStatus",
        "sessionList",
        "sessionInvoiceList",
        "sessionMisc",
        "invoiceMetadata",
        "invoiceExport",
        "invoiceDownload",
    ];
    let mut groups = serde_json::Map::new();
    for name in names {
        groups.insert(name.to_owned(), values(5, 10, 20));
    }
    groups.insert("other".to_owned(), values(per_second, per_minute, per_hour));
    json!({"rateLimits": groups})
}

#[tokio::test]
async fn production_limits_hold_in_rolling_windows() {
    let world = with_limits(LimitProfile::Production).await;
    let owner = world.owner(NIP).await;
    let ask = async || {
        world
            .call(&ListTokens::new(), Some(&owner.access_token))
            .await
    };
    for _ in 0..10 {
        ask().await.unwrap();
    }
    let refused = ask().await.unwrap_err();
    assert_eq!(refused.status, 429);
    assert_eq!(refused.retry_after, Some(RetryAfter::Seconds(1)));
    assert_eq!(
        refused.detail.as_deref(),
        Some("Przekroczono limit 10 żądań na sekundę. Spróbuj ponownie po 1 sekundach.")
    );
    // Another operation of the group, another address and another context count for themselves.
    world
        .ask(&ListAuthSessions::new(), &owner.access_token)
        .await;
    world
        .call_from(&ListTokens::new(), Some(&owner.access_token), "203.0.113.7")
        .await
        .unwrap();
    let stranger = world.owner(OTHER_NIP).await;
    world.ask(&ListTokens::new(), &stranger.access_token).await;
    world.advance(SignedDuration::from_secs(1));
    for _ in 0..10 {
        ask().await.unwrap();
    }
    world.advance(SignedDuration::from_secs(2));
    for _ in 0..10 {
        ask().await.unwrap();
    }
    world.advance(SignedDuration::from_secs(2));
    let refused = ask().await.unwrap_err();
    // Thirty in a minute; the second violation waits twice as long as the window needs.
    assert_eq!(refused.retry_after, Some(RetryAfter::Seconds(110)));
    assert!(refused.detail.unwrap().contains("30 żądań na minutę"));
    world.advance(SignedDuration::from_secs(110));
    ask().await.unwrap();
}

#[tokio::test]
async fn both_forms_of_a_refusal_carry_retry_after() {
    let world = with_limits(LimitProfile::Production).await;
    let owner = world.owner(NIP).await;
    let bearer = Some(owner.access_token.token.expose());
    for _ in 0..10 {
        assert_eq!(
            world
                .raw("GET", "/limits/context", bearer, &[], "")
                .await
                .status,
            200
        );
    }
    let legacy = world.raw("GET", "/limits/context", bearer, &[], "").await;
    assert_eq!((legacy.status, legacy.header("retry-after")), (429, "1"));
    assert_eq!(legacy.header("content-type"), "application/json");
    let status = &legacy.json()["status"];
    assert_eq!(
        (status["code"].as_i64(), status["description"].as_str()),
        (Some(429), Some("Too Many Requests"))
    );
    let modern = world
        .raw(
            "GET",
            "/limits/context",
            bearer,
            &[("x-error-format", "problem-details")],
            "",
        )
        .await;
    assert_eq!(
        (
            modern.header("retry-after"),
            modern.json()["title"].as_str()
        ),
        ("1", Some("Too Many Requests"))
    );
}

#[tokio::test]
async fn signing_in_is_limited_by_address() {
    let world = with_limits(LimitProfile::Production).await;
    for _ in 0..60 {
        world.call(&GetChallenge, None).await.unwrap();
    }
    assert_eq!(
        world.call(&GetChallenge, None).await.unwrap_err().status,
        429
    );
    world
        .call_from(&GetChallenge, None, "203.0.113.7")
        .await
        .unwrap();
}

#[tokio::test]
async fn the_default_profile_is_ten_times_production_and_off_is_off() {
    for (profile, per_second, per_hour) in [
        (LimitProfile::Test, 100, 1200),
        (LimitProfile::Production, 10, 120),
        (LimitProfile::Off, -1, -1),
    ] {
        let world = with_limits(profile).await;
        let owner = world.owner(NIP).await;
        let limits = world.ask(&GetRateLimits, &owner.access_token).await;
        let other = limits.other.unwrap();
        assert_eq!((other.per_second, other.per_hour), (per_second, per_hour));
        let answer = world
            .get("/rate-limits", owner.access_token.token.expose())
            .await
            .json();
        for group in [
            "collectiveIdentifier",
            "anonymous",
            "global",
            "onlineSessionClose",
            "batchSessionClose",
        ] {
            assert!(answer[group]["perMinute"].is_i64(), "{group}: {answer}");
        }
    }
}

#[tokio::test]
async fn request_limits_of_a_context_can_be_changed_and_restored() {
    let world = with_limits(LimitProfile::Test).await;
    let owner = world.owner(NIP).await;
    let bearer = Some(owner.access_token.token.expose());
    let answer = world
        .json(
            "POST",
            "/testdata/rate-limits",
            bearer,
            override_body(1, 2, 3),
        )
        .await;
    assert_eq!((answer.status, answer.body.len()), (200, 0), "{answer:?}");
    let limits = world.ask(&GetRateLimits, &owner.access_token).await;
    assert_eq!(limits.other.unwrap().per_minute, 2);
    for (unnamed, usual) in [
        (limits.collective_identifier, 1200),
        (limits.invoice_export_status, 600),
    ] {
        assert_eq!(unnamed.unwrap().per_minute, usual, "not named, not changed");
    }
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..5 {
        match world
            .call(&ListTokens::new(), Some(&owner.access_token))
            .await
        {
            Ok(_) => answered += 1,
            Err(problem) if problem.status == 429 => refused += 1,
            Err(problem) => panic!("{problem}"),
        }
    }
    assert_eq!((answered, refused), (1, 4));
    let stranger = world.owner(OTHER_NIP).await;
    for _ in 0..5 {
        world.ask(&ListTokens::new(), &stranger.access_token).await;
    }
    world
        .ask(&SetProductionRateLimits, &owner.access_token)
        .await;
    let limits = world.ask(&GetRateLimits, &owner.access_token).await;
    assert_eq!(limits.other.unwrap().per_hour, 120);
    world.ask(&ResetRateLimits, &owner.access_token).await;
    let limits = world.ask(&GetRateLimits, &owner.access_token).await;
    assert_eq!(limits.other.unwrap().per_hour, 1200);
}

#[tokio::test]
async fn wrong_request_limits_are_all_named() {
    let world = with_limits(LimitProfile::Off).await;
    let owner = world.owner(NIP).await;
    let bearer = Some(owner.access_token.token.expose());
    let body = json!({"rateLimits": {
        "onlineSession": {"perSecond": 0, "perMinute": 1, "perHour": 11_111_111}, "other": null
    }});
    let answer = world
        .json("POST", "/testdata/rate-limits", bearer, body)
        .await;
    let errors = answer.json()["errors"].clone();
    assert_eq!((answer.status, errors.as_array().unwrap().len()), (400, 1));
    let details: Vec<_> = errors[0]["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect();
    assert_eq!(details.len(), 2 + 10, "{details:?}");
    assert!(details.contains(
        &"'rateLimits.onlineSession.perSecond' must be between 1 and 100. You entered 0."
    ));
    assert!(details.contains(
        &"'rateLimits.onlineSession.perHour' must be between 1 and 1200. You entered 11111111."
    ));
    assert!(details.contains(&"'rateLimits.other' must not be empty."));
    let left_out = |name| !details.iter().any(|text| text.contains(name));
    assert!(left_out("invoiceExportStatus") && left_out("collectiveIdentifier"));
}

#[tokio::test]
async fn limits_of_sessions_and_certificates() {
    let world = with_limits(LimitProfile::Off).await;
    let owner = world.owner(NIP).await;
    let bearer = Some(&owner.access_token);
    let defaults = world.call(&GetContextLimits, bearer).await.unwrap();
    let online = defaults.online_session;
    assert_eq!(
        (
            online.max_invoice_size_in_mb,
            online.max_invoice_with_attachment_size_in_mb,
            online.max_invoices
        ),
        (1, 3, 10_000)
    );
    assert_eq!(defaults.collective_identifier.max_invoices, 500);
    let mut wanted = defaults;
    wanted.online_session.max_invoices = 5;
    world
        .call(&SetSessionLimits::new(wanted), bearer)
        .await
        .unwrap();
    assert_eq!(world.call(&GetContextLimits, bearer).await.unwrap(), wanted);
    world.call(&ResetSessionLimits, bearer).await.unwrap();
    assert_eq!(
        world.call(&GetContextLimits, bearer).await.unwrap(),
        defaults
    );

    let body = json!({
        "onlineSession": {"maxInvoiceSizeInMB": 6, "maxInvoiceWithAttachmentSizeInMB": 11, "maxInvoices": 100_001},
        "batchSession": {"maxInvoiceSizeInMB": 1, "maxInvoiceWithAttachmentSizeInMB": 1, "maxInvoices": 1}
    });
    let token = Some(owner.access_token.token.expose());
    let answer = world
        .json("POST", "/testdata/limits/context/session", token, body)
        .await;
    assert_eq!(
        answer.json()["errors"][0]["details"],
        json!([
            "'onlineSession.maxInvoiceSizeInMB' must be between 0 and 5. You entered 6.",
            "'onlineSession.maxInvoiceWithAttachmentSizeInMB' must be between 0 and 10. You entered 11.",
            "'onlineSession.maxInvoices' must be between 0 and 100000. You entered 100001."
        ])
    );

    let certificates = async || {
        let limits = world.call(&GetSubjectLimits, bearer).await.unwrap();
        (
            limits.enrollment.unwrap().max_enrollments,
            limits.certificate.unwrap().max_certificates,
        )
    };
    assert_eq!(certificates().await, (Some(300), Some(100)));
    world
        .call(&SetSubjectLimits::new().with_certificates_max(7), bearer)
        .await
        .unwrap();
    assert_eq!(certificates().await, (Some(300), Some(7)));
    world.call(&ResetSubjectLimits, bearer).await.unwrap();
    assert_eq!(certificates().await, (Some(300), Some(100)));
}

#[tokio::test]
async fn waiting_helps_in_a_frozen_world_too() {
    let world = with_limits(LimitProfile::Production).await;
    let owner = world.owner(NIP).await;
    control(&world, "POST", "clock/freeze", json!({})).await;
    let ask = async || {
        world
            .call(&ListTokens::new(), Some(&owner.access_token))
            .await
    };
    for _ in 0..10 {
        ask().await.unwrap();
    }
    assert_eq!(ask().await.unwrap_err().status, 429);
    world.advance(SignedDuration::from_secs(1));
    ask().await.unwrap();
}

//! Signing in with a KSeF token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use ksef_api::ops::auth::{BearerToken, GetChallenge, SubmitKsefToken, TokenPair};
use ksef_api::ops::keys::{GetPublicKeys, PublicKeyUsage};
use ksef_api::ops::tokens::{
    GenerateToken, GeneratedToken, GetToken, RevokeToken, TokenPermission,
};
use ksef_api::status::TokenStatus;
use ksef_core::context::ContextIdentifier;
use ksef_core::key_id::KeyId;
use ksef_core::reference::Challenge;
use ksef_crypto::certificate::Certificate;
use ksef_crypto::rsa_oaep::PublicKey;
use ksef_sandbox::Latency;
use serde_json::json;
use std::time::Duration;

use crate::sending::control;
use crate::support::{NIP, OTHER_NIP, World};

async fn generate(
    world: &World,
    bearer: &BearerToken,
    permissions: &[TokenPermission],
) -> GeneratedToken {
    let request = GenerateToken::new(permissions.to_vec(), "for the tests");
    world.call(&request, Some(bearer)).await.unwrap()
}

async fn owner_with_token(world: &World) -> (TokenPair, GeneratedToken) {
    let owner = world.owner(NIP).await;
    let token = generate(world, &owner.access_token, &[TokenPermission::InvoiceRead]).await;
    (owner, token)
}

/// Sends any plaintext under the right key and returns code and detail of the outcome.
async fn outcome_of(
    world: &World,
    plain: impl FnOnce(&str) -> Vec<u8>,
    context: &str,
) -> (i32, String) {
    let issued = world.call(&GetChallenge, None).await.unwrap();
    let key = world.public_key(PublicKeyUsage::KsefTokenEncryption).await;
    let public = PublicKey::from_certificate_der(&key.certificate).unwrap();
    let wrapped = public
        .wrap(&plain(&issued.milliseconds().to_string()))
        .unwrap();
    let request = SubmitKsefToken::new(
        issued.challenge,
        context.parse().unwrap(),
        wrapped,
        key.public_key_id,
    );
    let started = world.call(&request, None).await.unwrap();
    let status = world.auth_status(&started).await;
    (
        status.code,
        status.details.first().cloned().unwrap_or_default(),
    )
}

#[tokio::test]
async fn a_token_signs_in_with_what_it_names_and_its_author_has() {
    let world = World::start().await;
    let (_, token) = owner_with_token(&world).await;
    let context = format!("Nip:{NIP}");
    let started = world
        .submit_token(token.token.expose(), &context)
        .await
        .unwrap();
    assert_eq!(world.auth_status(&started).await.code, 200);
    let pair = world.redeem(&started).await.unwrap();
    let refused = world
        .get(
            "/permissions/attachments/status",
            pair.access_token.token.expose(),
        )
        .await;
    assert_ne!(refused.status, 200);
    let shown = world
        .call(
            &GetToken::new(token.reference_number),
            Some(&pair.access_token),
        )
        .await
        .unwrap();
    assert_eq!(
        shown.last_use_date.map(|date| date.as_millisecond()),
        Some(world.now().as_millisecond())
    );
    // Invoices cannot be sent with InvoiceRead.
    let answer = world
        .json(
            "POST",
            "/sessions/online",
            Some(pair.access_token.token.expose()),
            json!({}),
        )
        .await;
    let body = answer.json();
    assert_eq!(
        (answer.status, body["reasonCode"].as_str()),
        (403, Some("missing-permissions"))
    );
    assert_eq!(
        body["security"]["presentPermissions"],
        json!(["InvoiceRead"])
    );
    assert_eq!(
        body["security"]["requiredAnyOfPermissions"],
        json!(["InvoiceWrite", "PefInvoiceWrite", "EnforcementOperations"])
    );
}

#[tokio::test]
async fn the_form_of_a_token() {
    let world = World::start().await;
    let (_, token) = owner_with_token(&world).await;
    let parts: Vec<_> = token.token.expose().split('|').collect();
    let [reference, context, secret] = parts.as_slice() else {
        panic!("three parts")
    };
    assert_eq!(*reference, token.reference_number.as_str());
    assert_eq!(*context, format!("nip-{NIP}"));
    assert!(
        secret.len() == 64
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    );
    assert!(token.token.expose().len() <= 160);
}

#[tokio::test]
async fn each_wrong_token_has_its_detail() {
    let world = World::start().await;
    let (owner, token) = owner_with_token(&world).await;
    let context = format!("Nip:{NIP}");
    let secret = token.token.expose().to_owned();
    let with_time = |text: String| move |time: &str| format!("{text}|{time}").into_bytes();
    assert_eq!(
        outcome_of(&world, with_time(secret.clone()), &context)
            .await
            .0,
        200
    );
    let invalid = (450, "Nieprawidłowy token".to_owned());
    assert_eq!(
        outcome_of(&world, with_time("x".to_owned()), &context).await,
        invalid
    );
    let changed = format!("{}0", secret.get(..secret.len() - 1).unwrap());
    if changed != secret {
        assert_eq!(
            outcome_of(&world, with_time(changed), &context).await,
            invalid
        );
    }
    assert_eq!(
        outcome_of(&world, |_| b"no bar".to_vec(), &context).await,
        invalid
    );
    let wrong_time = (450, "Nieprawidłowy czas tokena".to_owned());
    let late = secret.clone();
    assert_eq!(
        outcome_of(&world, move |_| format!("{late}|1").into_bytes(), &context).await,
        wrong_time
    );
    let none = secret.clone();
    assert_eq!(
        outcome_of(&world, move |_| format!("{none}|x").into_bytes(), &context).await,
        wrong_time
    );
    assert_eq!(
        outcome_of(&world, |_| vec![0xFF, 0xFE], &context).await,
        (450, "Nieprawidłowe kodowanie tokena".to_owned())
    );
    let (code, detail) = outcome_of(
        &world,
        with_time(secret.clone()),
        &format!("Nip:{OTHER_NIP}"),
    )
    .await;
    assert_eq!(
        (
            code,
            detail.starts_with("Token nie może być użyty w kontekście")
        ),
        (450, true)
    );
    world
        .call(
            &RevokeToken::new(token.reference_number),
            Some(&owner.access_token),
        )
        .await
        .unwrap();
    assert_eq!(
        outcome_of(&world, with_time(secret), &context).await,
        (450, "Token unieważniony".to_owned())
    );
}

#[tokio::test]
async fn a_token_signs_in_right_after_it_was_generated() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    let a_second = json!({"authenticationMs": 1000, "tokenMs": 1000});
    control(&world, "PUT", "latency", a_second).await;
    let token = generate(&world, &owner.access_token, &[TokenPermission::InvoiceRead]).await;
    let shown = GetToken::new(token.reference_number);
    let shown = world.ask(&shown, &owner.access_token).await;
    assert_eq!(shown.status, TokenStatus::Pending);
    let started = world
        .submit_token(token.token.expose(), &format!("Nip:{NIP}"))
        .await
        .unwrap();
    assert_eq!(world.auth_status(&started).await.code, 100);
    world.advance(SignedDuration::from_secs(1));
    assert_eq!(world.auth_status(&started).await.code, 200);
    world.redeem(&started).await.unwrap();
}

#[tokio::test]
async fn a_token_that_is_not_active_yet() {
    let latency = Latency {
        token: Duration::from_secs(5),
        ..Latency::NONE
    };
    let world = World::start_with(|builder| builder.latency(latency)).await;
    let (owner, token) = owner_with_token(&world).await;
    let show = async || {
        world
            .call(
                &GetToken::new(token.reference_number),
                Some(&owner.access_token),
            )
            .await
            .unwrap()
    };
    assert_eq!(show().await.status, TokenStatus::Pending);
    let started = world
        .submit_token(token.token.expose(), &format!("Nip:{NIP}"))
        .await
        .unwrap();
    assert_eq!(
        world.auth_status(&started).await.details,
        ["Token nieaktywny"]
    );
    world.advance(SignedDuration::from_secs(5));
    assert_eq!(show().await.status, TokenStatus::Active);
    world
        .call(
            &RevokeToken::new(token.reference_number),
            Some(&owner.access_token),
        )
        .await
        .unwrap();
    assert_eq!(show().await.status, TokenStatus::Revoking);
    world.advance(SignedDuration::from_secs(5));
    assert_eq!(show().await.status, TokenStatus::Revoked);
}

#[tokio::test]
async fn a_ciphertext_of_another_key_shows_in_the_status() {
    let world = World::start().await;
    let issued = world.call(&GetChallenge, None).await.unwrap();
    let wrong = world
        .public_key(PublicKeyUsage::SymmetricKeyEncryption)
        .await;
    let right = world.public_key(PublicKeyUsage::KsefTokenEncryption).await;
    let public = PublicKey::from_certificate_der(&wrong.certificate).unwrap();
    let wrapped = public.wrap(b"x|1").unwrap();
    let context: ContextIdentifier = format!("Nip:{NIP}").parse().unwrap();
    let request = SubmitKsefToken::new(
        issued.challenge,
        context,
        wrapped.clone(),
        right.public_key_id,
    );
    let started = world.call(&request, None).await.unwrap();
    assert_eq!(
        world.auth_status(&started).await.details,
        ["Nieprawidłowe szyfrowanie tokena"]
    );

    // A key of another usage, and one that nobody has.
    let issued = world.call(&GetChallenge, None).await.unwrap();
    let invented = KeyId::from_digest(&ksef_crypto::digest::sha256(b"x"));
    for id in [wrong.public_key_id, invented] {
        let request = SubmitKsefToken::new(issued.challenge, context, wrapped.clone(), id);
        let refused = world.call(&request, None).await.unwrap_err();
        assert!(refused.has_code(21470), "{refused}");
        assert_eq!(
            refused.errors[0].details,
            [format!("Klucz o identyfikatorze {id} nie jest wspierany.")]
        );
    }
}

#[tokio::test]
async fn the_key_need_not_be_named_and_null_counts_as_missing() {
    let world = World::start().await;
    let (_, token) = owner_with_token(&world).await;
    let issued = world.call(&GetChallenge, None).await.unwrap();
    let key = world.public_key(PublicKeyUsage::KsefTokenEncryption).await;
    let public = PublicKey::from_certificate_der(&key.certificate).unwrap();
    let plain = format!("{}|{}", token.token.expose(), issued.milliseconds());
    let body = json!({
        "challenge": issued.challenge,
        "contextIdentifier": {"type": "nip", "value": NIP, "somethingNew": 1},
        "encryptedToken": STANDARD.encode(public.wrap(plain.as_bytes()).unwrap()),
        "publicKeyId": null,
        "authorizationPolicy": {"allowedIps": {"ip4Addresses": null, "ip4Ranges": ["127.0.0.1-127.0.0.2"], "ip4Masks": []}},
        "unknown": true,
    });
    let answer = world.json("POST", "/auth/ksef-token", None, body).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let started: ksef_api::ops::auth::StartedAuth = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(world.auth_status(&started).await.code, 200);
}

#[tokio::test]
async fn bodies_that_are_refused_at_once() {
    let world = World::start().await;
    let unknown = Challenge::generate(jiff::civil::date(2026, 11, 21), 1, 2);
    let body = json!({
        "challenge": unknown, "contextIdentifier": {"type": "Nip", "value": NIP}, "encryptedToken": "AAAA"
    });
    let answer = world.json("POST", "/auth/ksef-token", None, body).await;
    assert_eq!(answer.json()["errors"][0]["code"], 21111, "{answer:?}");
    let body = json!({
        "challenge": "x", "contextIdentifier": {"type": "Nip", "value": "1"},
        "authorizationPolicy": {"allowedIps": {"ip4Addresses": vec!["10.0.0.1"; 11], "ip4Masks": ["10.0.0.0/40"]}}
    });
    let answer = world.json("POST", "/auth/ksef-token", None, body).await;
    assert_eq!(
        answer.json()["errors"],
        json!([{"code": 21405, "description": "Błąd walidacji danych wejściowych.", "details": [
            "'challenge' is not in the correct format.",
            "'contextIdentifier.value' is not in the correct format.",
            "'encryptedToken' must not be empty.",
            "'authorizationPolicy.allowedIps.ip4Addresses' must contain at most 10 items. You entered 11.",
            "'authorizationPolicy.allowedIps.ip4Masks[0]' is not in the correct format.",
        ]}])
    );
}

#[tokio::test]
async fn rotated_keys_stand_beside_the_old_ones_until_those_are_withdrawn() {
    let world = World::start().await;
    let (_, token) = owner_with_token(&world).await;
    let usage = PublicKeyUsage::KsefTokenEncryption;
    let old = world.public_key(usage.clone()).await;
    control(
        &world,
        "POST",
        "keys/rotate",
        json!({"usages": ["KsefTokenEncryption"]}),
    )
    .await;
    let listed = world.call(&GetPublicKeys, None).await.unwrap();
    let mut serving: Vec<_> = listed
        .iter()
        .filter(|key| key.serves(&usage, world.now()))
        .collect();
    serving.sort_by_key(|key| key.valid_from);
    assert_eq!(serving.len(), 2);
    assert_eq!(serving[0], &old, "the newer one has the later beginning");
    for key in &listed {
        let certificate = Certificate::from_der(&key.certificate).unwrap();
        assert_eq!(certificate.public_key_id(), key.public_key_id);
        assert_eq!(certificate.certificate_id(), key.certificate_id);
        assert_eq!(certificate.not_after(), key.valid_to);
    }
    let sign_in = async || {
        let issued = world.call(&GetChallenge, None).await.unwrap();
        let public = PublicKey::from_certificate_der(&old.certificate).unwrap();
        let plain = format!("{}|{}", token.token.expose(), issued.milliseconds());
        let wrapped = public.wrap(plain.as_bytes()).unwrap();
        let context = format!("Nip:{NIP}").parse().unwrap();
        let request = SubmitKsefToken::new(issued.challenge, context, wrapped, old.public_key_id);
        world.call(&request, None).await
    };
    let started = sign_in().await.unwrap();
    assert_eq!(world.auth_status(&started).await.code, 200);
    control(&world, "POST", "keys/rotate", json!({"withdraw": true})).await;
    assert!(sign_in().await.unwrap_err().has_code(21470));
    let listed = world.call(&GetPublicKeys, None).await.unwrap();
    assert!(listed.len() == 2 && !listed.contains(&old));
}

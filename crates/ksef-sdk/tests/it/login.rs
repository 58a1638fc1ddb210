//! Signing in, in every way and with everything that goes wrong.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ksef_core::clock::ManualClock;
use ksef_core::ksef_token::KsefToken;
use ksef_sdk::ErrorKind;
use ksef_sdk::api::status::StatusInfo;
use ksef_sdk::auth::{AuthSigner, AuthTokenRequest, Credentials, LoginOptions, SigningError};
use ksef_sdk::tokens::{BoxFuture, StoredTokens};

use crate::server::{Act, JSON, Server, context, now, seal};

fn ksef_token() -> Credentials {
    let text = format!(
        "20251010-EC-1DCE3E3000-12ECB5B36E-45|nip-5265877635|{}",
        "ab".repeat(32)
    );
    Credentials::KsefToken(KsefToken::parse(&text).unwrap())
}

#[tokio::test]
async fn a_ksef_token_signs_in_and_survives_a_change_of_keys() {
    let server = Server::start().await;
    let client = server.builder().credentials(ksef_token()).build().unwrap();
    client.authenticate().await.unwrap();
    assert_eq!(server.count("keys.public_key_certificates"), 1);
    assert!(client.login_reference().is_some());

    server.world().key = 1;
    client.logout().await.unwrap();
    client.authenticate().await.unwrap();
    assert_eq!(server.count("keys.public_key_certificates"), 2);
    assert_eq!(
        server.count("auth.ksef_token"),
        3,
        "refused once with 21470"
    );

    server.script("auth.ksef_token", vec![Act::Refuse(21_470); 5]);
    client.logout().await.unwrap();
    let error = client.authenticate().await.unwrap_err();
    assert!(error.has_code(21_470));
    assert_eq!(
        server.count("auth.ksef_token"),
        5,
        "one retry with fresh keys and no more"
    );
}

#[tokio::test]
async fn lost_steps_start_the_login_anew() {
    for (step, act) in [
        ("auth.redeem", Act::WorkThenDrop),
        ("auth.redeem", Act::WorkThen(502, JSON, "{}".into())),
        ("auth.redeem", Act::Truncate),
        ("auth.xades_signature", Act::WorkThenDrop),
        ("auth.xades_signature", Act::Drop),
    ] {
        let server = Server::start().await;
        server.script(step, [act.clone()]);
        server.client().authenticate().await.unwrap();
        assert_eq!(server.count("auth.challenge"), 2, "{step} {act:?}");
        assert_eq!(server.count(step), 2, "{step} {act:?}");
    }
    let server = Server::start().await;
    server.script("auth.redeem", vec![Act::WorkThenDrop; 9]);
    let error = server.client().authenticate().await.unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::Unreachable,
        "a lost login does no harm"
    );
    assert!(error.is_retryable());
    assert_eq!(server.count("auth.redeem"), 3, "not for ever");
}

#[tokio::test]
async fn the_status_is_awaited() {
    let server = Server::start().await;
    server.script("auth.status", [Act::Refuse(21_304)]);
    server.world().login_statuses = vec![
        StatusInfo::new(100, "Uwierzytelnianie w toku"),
        StatusInfo::new(100, "Uwierzytelnianie w toku"),
        StatusInfo::new(200, "Uwierzytelnianie zakończone sukcesem"),
    ];
    server.client().authenticate().await.unwrap();
    assert_eq!(
        server.count("auth.status"),
        4,
        "21304 right after the start is tolerated"
    );

    let server = Server::start().await;
    server.world().login_statuses = vec![StatusInfo::new(100, "Uwierzytelnianie w toku")];
    let options = LoginOptions::default().with_wait_max(Duration::from_millis(300));
    let client = server
        .builder()
        .credentials(seal())
        .login(options)
        .build()
        .unwrap();
    let error = client.authenticate().await.unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::Pending {
            resource: "authentication",
            code: Some(100)
        }
    );
}

#[tokio::test]
async fn refusals_are_explained_and_interruptions_repeated() {
    let server = Server::start().await;
    server.world().login_statuses = vec![
        StatusInfo::new(
            450,
            "Uwierzytelnianie zakończone niepowodzeniem z powodu błędnego tokenu",
        )
        .with_detail("Token unieważniony"),
    ];
    let error = server.client().authenticate().await.unwrap_err();
    assert_eq!(error.code(), Some(450));
    assert_eq!(
        error.failed_status().unwrap().details,
        ["Token unieważniony"]
    );
    assert_eq!(server.count("auth.challenge"), 1);

    let server = Server::start().await;
    server.world().login_statuses = vec![
        StatusInfo::new(550, "Operacja została anulowana przez system"),
        StatusInfo::new(200, "Uwierzytelnianie zakończone sukcesem"),
    ];
    server.client().authenticate().await.unwrap();
    assert_eq!(server.count("auth.challenge"), 2);
}

#[tokio::test]
async fn a_wrong_clock_does_no_harm() {
    for hours in [-30, -1, 1, 30] {
        let server = Server::start().await;
        let clock = Arc::new(ManualClock::new(now() + SignedDuration::from_hours(hours)));
        let builder = server
            .builder()
            .credentials(seal())
            .clock(Arc::clone(&clock) as _);
        let client = builder.build().unwrap();
        for _ in 0..3 {
            client.authenticate().await.unwrap();
        }
        assert_eq!(server.count("auth.redeem"), 1, "{hours} h");
        clock.advance(SignedDuration::from_mins(13));
        client.authenticate().await.unwrap();
        clock.advance(SignedDuration::from_mins(16));
        client.authenticate().await.unwrap();
        assert!(server.count("auth.refresh") >= 1, "{hours} h");
        assert_eq!(server.count("auth.redeem"), 1, "{hours} h");
    }
}

#[derive(Debug)]
struct Elsewhere {
    refuses: bool,
}

impl AuthSigner for Elsewhere {
    fn name(&self) -> String {
        "card".into()
    }

    fn sign<'a>(
        &'a self,
        document: &'a [u8],
        signing_time: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<u8>, SigningError>> {
        Box::pin(async move {
            if self.refuses {
                return Err(SigningError::new("no card in the reader"));
            }
            assert!(signing_time <= now());
            let Credentials::Certificate(identity) = seal() else {
                unreachable!()
            };
            ksef_crypto::xades::sign_enveloped(document, &identity, signing_time)
                .map_err(|error| SigningError::new("signing failed").with_source(error))
        })
    }
}

#[tokio::test]
async fn somebody_else_signs() {
    let server = Server::start().await;
    let signer = |refuses| Credentials::External(Arc::new(Elsewhere { refuses }));
    let client = server.builder().credentials(signer(false)).build().unwrap();
    client.authenticate().await.unwrap();

    let client = server.builder().credentials(signer(true)).build().unwrap();
    let error = client.authenticate().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Crypto);
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "no card in the reader"
    );
}

#[tokio::test]
async fn a_document_signed_elsewhere_is_submitted() {
    let server = Server::start().await;
    let credentials = Credentials::Tokens("firma".into());
    let client = server.builder().credentials(credentials).build().unwrap();
    let error = client.authenticate().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unauthorised);

    let challenge = client.challenge().await.unwrap().value;
    let document = AuthTokenRequest::new(challenge.challenge, context()).to_xml();
    let Credentials::Certificate(identity) = seal() else {
        unreachable!()
    };
    let signed =
        ksef_crypto::xades::sign_enveloped(document.as_bytes(), &identity, challenge.timestamp);
    client.submit_signed(signed.unwrap()).await.unwrap();
    client.authenticate().await.unwrap();
    assert_eq!(server.count("auth.redeem"), 1);
}

#[tokio::test]
async fn seeded_tokens_are_used_first() {
    let server = Server::start().await;
    let token = |text: &str, minutes| ksef_sdk::api::ops::auth::BearerToken {
        token: ksef_core::secret::SecretText::new(text),
        valid_until: now() + SignedDuration::from_mins(minutes),
    };
    let seed = StoredTokens::new(
        Some(token("access-7", 10)),
        Some(token("refresh-token", 60)),
    );
    let client = server
        .builder()
        .credentials(seal())
        .seed_tokens(seed)
        .build()
        .unwrap();
    assert_eq!(client.authenticate().await.unwrap().expose(), "access-7");
    assert_eq!(server.state.seen.lock().unwrap().len(), 0);

    let old = StoredTokens::new(
        Some(token("access-7", -1)),
        Some(token("refresh-token", 60)),
    );
    let client = server
        .builder()
        .credentials(seal())
        .seed_tokens(old)
        .build()
        .unwrap();
    client.authenticate().await.unwrap();
    assert_eq!(
        (server.count("auth.refresh"), server.count("auth.redeem")),
        (1, 0)
    );
}

#[tokio::test]
async fn a_logout_ends_the_login_whatever_happens_meanwhile() {
    // The access token is not accepted any more, its login lives.
    let server = Server::start().await;
    let client = server.client();
    client.authenticate().await.unwrap();
    server.script(
        "auth.terminate_current",
        [Act::Answer(401, JSON, "{}".into())],
    );
    client.logout().await.unwrap();
    let seen = server.seen("auth.terminate_current");
    assert_eq!(seen.len(), 2);
    assert_eq!(
        seen[1].authorization.as_deref(),
        Some("Bearer refresh-token")
    );

    // The first answer was lost and the login is over: that is what was wanted.
    for code in [21_301, 21_304] {
        client.authenticate().await.unwrap();
        server.script(
            "auth.terminate_current",
            [Act::WorkThenDrop, Act::Refuse(code), Act::Refuse(code)],
        );
        client.logout().await.unwrap();
    }

    // A login that is under way is not wanted any more, and does not stay behind at KSeF.
    let server = Server::start().await;
    let client = server.client();
    server.script("auth.redeem", [Act::Wait(Duration::from_millis(300))]);
    let waiting = {
        let client = client.clone();
        tokio::spawn(async move { client.authenticate().await.map(drop) })
    };
    while server.count("auth.redeem") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    client.logout().await.unwrap();
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Cancelled);
    assert_eq!(server.count("auth.terminate_current"), 1);
    assert!(client.login_reference().is_none());
}

#[tokio::test]
async fn a_page_of_the_firewall_does_not_start_the_login_anew() {
    let server = Server::start().await;
    let page = "<html><body>Request Rejected. Your support ID is: 4711471147</body></html>";
    let page = Act::Answer(200, crate::server::HTML, page.into());
    server.script("auth.xades_signature", [page]);
    let error = server.client().authenticate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Firewall { .. }));
    assert!(!error.is_outcome_unknown(), "a lost login does no harm");
    assert_eq!(server.count("auth.challenge"), 1);
}

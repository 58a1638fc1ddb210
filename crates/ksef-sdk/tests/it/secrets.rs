//! Nothing that is shown holds a token, a key, a password or a presigned link.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use ksef_core::form_code::FormCode;
use ksef_core::ksef_token::KsefToken;
use ksef_core::secret::SecretText;
use ksef_sdk::Error;
use ksef_sdk::auth::Credentials;
use ksef_sdk::journal::NoJournal;
use ksef_sdk::session::{InvoiceBytes, Keeper, OpenSession, SessionPoller};

use crate::server::{Act, JSON, Server, quick, unjudged};

const SECRETS: [&str; 7] = [
    "access-",
    "refresh-token",
    "operation-token",
    "presigned-secret",
    "abababab",
    "Bearer a",
    "sig=",
];

fn check(what: &str, shown: &str) {
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{what} shows {secret}: {shown}");
    }
}

fn check_error(what: &str, error: &Error) {
    check(what, &format!("{error}\n{error:?}\n{error:#?}"));
    let mut cause = error.source();
    while let Some(error) = cause {
        check(what, &format!("{error}\n{error:?}"));
        cause = error.source();
    }
}

#[tokio::test]
async fn values_are_silent() {
    let server = Server::start().await;
    let text = format!(
        "20251010-EC-1DCE3E3000-12ECB5B36E-45|nip-5265877635|{}",
        "ab".repeat(32)
    );
    let credentials = Credentials::KsefToken(KsefToken::parse(&text).unwrap());
    let builder = server
        .builder()
        .credentials(credentials.clone())
        .retry(quick());
    check("builder", &format!("{builder:?}"));
    let client = builder.build().unwrap();
    let bearer = client.authenticate().await.unwrap();
    check("bearer", &format!("{bearer:?} {:?}", bearer.header()));
    check("credentials", &format!("{credentials:?}"));
    let session = OpenSession::open(&client, FormCode::Fa3).await.unwrap();
    check("session", &format!("{session:?}"));
    let keeper = Keeper::new(client.clone(), Arc::new(NoJournal));
    keeper
        .send(&InvoiceBytes::new("<a/>"), &unjudged())
        .await
        .unwrap();
    check(
        "keeper",
        &format!("{keeper:?} {client:?} {:?}", client.tokens()),
    );
    let poller = SessionPoller::new(&client, session.reference());
    check("poller", &format!("{poller:?}"));
    for (_, closed) in keeper.close_all(Duration::from_secs(5)).await {
        check("closed session", &format!("{:?}", closed.unwrap()));
    }
}

#[tokio::test]
async fn errors_are_silent() {
    let echo = |status| {
        let body = r#"{"detail":"GET /storage/upo?sig=presigned-secret","instance":"/storage/upo?sig=presigned-secret"}"#;
        Act::Answer(status, JSON, body.to_owned())
    };
    let server = Server::start().await;
    let client = server.client();
    client.authenticate().await.unwrap();
    let link = SecretText::new("/storage/upo?sig=presigned-secret");
    for act in [echo(403), echo(400), echo(404), echo(302), echo(401)] {
        server.script("storage", [act.clone()]);
        check_error("storage", &client.download(&link).await.unwrap_err());
    }
    server.script("storage", vec![Act::Drop; 5]);
    check_error("dropped link", &client.download(&link).await.unwrap_err());
    for link in [
        "http://storage.example/x?sig=presigned-secret",
        "ftp://127.0.0.1/x?sig=presigned-secret",
        "not a link?sig=presigned-secret",
    ] {
        check_error(
            link,
            &client.download(&SecretText::new(link)).await.unwrap_err(),
        );
    }
    for act in [
        Act::Drop,
        Act::Truncate,
        Act::Answer(401, JSON, "{}".into()),
        Act::Refuse(21_301),
    ] {
        server.script("auth.redeem", vec![act; 3]);
        client.logout().await.unwrap();
        check_error("redeem", &client.authenticate().await.unwrap_err());
    }
    let broken = r#"{"accessToken":{"token":"access-7\n","validUntil":"2030-01-01T00:00:00Z"},
        "refreshToken":{"token":"refresh-token","validUntil":"2030-01-01T00:00:00Z"}}"#;
    server.script(
        "auth.redeem",
        [Act::Answer(200, "application/json", broken.into())],
    );
    check_error(
        "a token no header carries",
        &client.authenticate().await.unwrap_err(),
    );
    let halved = r#"{"accessToken":{"token":"access-7"},"refreshToken":"refresh-token"}"#;
    server.script(
        "auth.redeem",
        vec![Act::Answer(200, "application/json", halved.into()); 3],
    );
    check_error(
        "a malformed answer",
        &client.authenticate().await.unwrap_err(),
    );
}

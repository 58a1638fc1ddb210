//! A world on disk outlives its process.

use jiff::SignedDuration;
use ksef_api::ops::auth::{GetChallenge, ListAuthSessions, RefreshAccess};
use ksef_api::ops::keys::GetPublicKeys;
use ksef_api::ops::tokens::{GenerateToken, ListTokens, TokenPermission};
use ksef_sandbox::{ErrorKind, Sandbox};

use serde_json::json;

use crate::sending::{Sending, control};
use crate::support::{NIP, World};

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    let id = world.sandbox.world_id();
    let owner = world.owner(NIP).await;
    let wish = GenerateToken::new([TokenPermission::InvoiceRead], "outlives");
    let token = world.ask(&wish, &owner.access_token).await;
    let keys = world.call(&GetPublicKeys, None).await.unwrap();
    let document = world.token_request(&format!("Nip:{NIP}")).await;
    world.sandbox.shutdown().await;

    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    assert_eq!(world.sandbox.world_id(), id);
    assert_eq!(world.call(&GetPublicKeys, None).await.unwrap(), keys);
    let sessions = world
        .ask(&ListAuthSessions::new(), &owner.access_token)
        .await;
    assert!(sessions.items[0].is_current);
    world.ask(&RefreshAccess, &owner.refresh_token).await;
    let tokens = world.ask(&ListTokens::new(), &owner.access_token).await;
    assert_eq!(tokens.tokens[0].reference_number, token.reference_number);
    let started = world
        .submit_token(token.token.expose(), &format!("Nip:{NIP}"))
        .await
        .unwrap();
    assert_eq!(world.auth_status(&started).await.code, 200);
    // Also a challenge that nobody has used.
    let signed =
        ksef_crypto::xades::sign_enveloped(document.as_bytes(), &world.seal(NIP), world.now())
            .unwrap();
    world.submit(signed).await.unwrap();
    world.sandbox.shutdown().await;
}

#[tokio::test]
async fn a_sandbox_that_is_dropped_has_lost_nothing_that_it_answered() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    let owner = world.owner(NIP).await;
    let wish = GenerateToken::new([TokenPermission::InvoiceRead], "outlives");
    world.ask(&wish, &owner.access_token).await;
    drop(world);
    // The listener and the store end in the background.
    let deadline = std::time::Duration::from_secs(10);
    let world = tokio::time::timeout(deadline, async {
        loop {
            let attempt = Sandbox::builder().data_dir(directory.path()).start().await;
            match attempt {
                Ok(sandbox) => {
                    sandbox.shutdown().await;
                    break World::start_with(|builder| builder.data_dir(directory.path())).await;
                }
                Err(error) if error.kind() == ErrorKind::DataInUse => {
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                Err(error) => panic!("{error}"),
            }
        }
    });
    let world = world.await.unwrap();
    let tokens = world.ask(&ListTokens::new(), &owner.access_token).await;
    assert_eq!(tokens.tokens[0].description, "outlives");
}

#[tokio::test]
async fn a_directory_has_one_user_and_a_port_one_listener() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    let refused = Sandbox::builder()
        .data_dir(directory.path())
        .start()
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::DataInUse, "{refused}");
    assert!(
        refused.to_string().contains("in use by another process"),
        "{refused}"
    );
    let refused = Sandbox::builder()
        .bind(world.sandbox.address())
        .start()
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Bind, "{refused}");
}

#[tokio::test]
async fn worlds_differ() {
    let (one, other) = (World::start().await, World::start().await);
    assert_ne!(one.sandbox.world_id(), other.sandbox.world_id());
    let owner = one.owner(NIP).await;
    let refused = other
        .call(&ListTokens::new(), Some(&owner.access_token))
        .await
        .unwrap_err();
    assert_eq!(refused.status, 401, "a token of another world");
    one.advance(SignedDuration::from_secs(1));
}

#[tokio::test]
async fn numbers_go_on_over_resets_and_restarts() {
    let directory = tempfile::tempdir().unwrap();
    let mut last = None;
    for _ in 0..3 {
        let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
        let access = world.owner(NIP).await.access_token;
        let session = Sending::open(&world, &access).await;
        let accepted = session.issue(&world, &access, "FV/1").await;
        assert!(accepted.ksef_number > last, "{:?}", accepted.status);
        last = accepted.ksef_number;
        control(&world, "POST", "reset", json!({})).await;
        world.sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn a_sandbox_is_an_environment_for_clients() {
    let world = World::start().await;
    let environment = world.sandbox.environment().unwrap();
    assert_eq!(environment.api_base(), world.sandbox.base_url());
    assert!(world.sandbox.base_url().ends_with("/v2"));
    assert!(world.sandbox.control_url().ends_with("/_sandbox/"));
    assert!(world.sandbox.control_url().starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn the_clock_of_the_world_goes_on_where_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let start = || World::start_with(|builder| builder.data_dir(directory.path()));
    let world = start().await;
    let tomorrow = world.now() + SignedDuration::from_hours(24);
    control(&world, "POST", "clock/advance", json!({"by": "24h"})).await;
    let issued = world.call(&GetChallenge, None).await.unwrap();
    assert_eq!(issued.timestamp.as_second(), tomorrow.as_second());
    world.sandbox.shutdown().await;
    let world = start().await;
    let issued = world.call(&GetChallenge, None).await.unwrap();
    assert_eq!(issued.timestamp.as_second(), tomorrow.as_second());
    world.sandbox.shutdown().await;
}

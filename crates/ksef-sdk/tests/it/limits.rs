//! Request limits of the server, kept by waiting.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ksef_sdk::api::operation::{RateGroup, RateLimit};
use ksef_sdk::api::ops::limits::RateLimits;
use ksef_sdk::api::ops::testdata::RateLimitsOverride;
use ksef_sdk::api::ops::tokens::ListTokens;
use ksef_sdk::limiter::LimiterOptions;
use ksef_sdk::{Client, ErrorKind};

use tokio::time::Instant;

use crate::server::{Act, Server, context, seal};

/// Everything else unlimited, each other operation so many times in a second.
fn others(per_second: u32) -> RateLimits {
    RateLimits::from_groups(|group| RateLimit {
        per_second: (group == RateGroup::Other).then_some(per_second),
        ..RateLimit::OFF
    })
}

async fn list(client: &Client, times: usize) -> Duration {
    let began = Instant::now();
    for _ in 0..times {
        client.call(&ListTokens::new()).await.unwrap();
    }
    began.elapsed()
}

#[tokio::test]
async fn what_the_server_allows_is_asked_once_and_kept() {
    let server = Server::start().await;
    server.world().limits = Some(others(2));
    let client = server.client();
    assert!(list(&client, 2).await < Duration::from_secs(1));
    let waited = list(&client, 1).await;
    assert!(waited >= Duration::from_millis(900), "{waited:?}");
    assert_eq!(server.count("limits.rate_limits"), 1);
    assert_eq!(server.count("tokens.list"), 3);
    let other = client.for_context("Nip:7762811692".parse().unwrap());
    assert!(list(&other, 1).await < Duration::from_millis(900));
    assert_eq!(
        server.count("limits.rate_limits"),
        2,
        "once for each context"
    );
}

#[tokio::test]
async fn a_429_holds_for_the_calls_after_it_too() {
    let server = Server::start().await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let options = LimiterOptions::new()
        .with_notice(move |wait| heard.lock().unwrap().push(wait.operation.id));
    let client = server.builder().credentials(seal()).limiter(options);
    let client = client.build().unwrap();
    list(&client, 1).await;
    server.script("tokens.list", [Act::Throttle("30")]);
    // More than the patience of the retries.
    let error = client.call(&ListTokens::new()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    let next = tokio::time::timeout(Duration::from_millis(500), list(&client, 1));
    assert!(next.await.is_err(), "it waits");
    assert_eq!(server.count("tokens.list"), 2, "nothing was sent");
    assert_eq!(*told.lock().unwrap(), ["tokens.list"]);
    // Other operations go on.
    client.rate_limits().await.unwrap();
}

#[tokio::test]
async fn a_short_429_is_waited_for_and_the_call_made_again() {
    let server = Server::start().await;
    let client = server.client();
    server.script("tokens.list", [Act::Throttle("1")]);
    let waited = list(&client, 1).await;
    assert!(waited >= Duration::from_secs(1), "{waited:?}");
    assert_eq!(server.count("tokens.list"), 2);
}

#[tokio::test]
async fn a_wait_that_is_too_long_ends_the_call_unsent() {
    let server = Server::start().await;
    let options = LimiterOptions::new().with_wait_max(Duration::from_secs(5));
    let client = server.builder().credentials(seal()).limiter(options);
    let client = client.build().unwrap();
    server.script("tokens.list", [Act::Throttle("30")]);
    client.call(&ListTokens::new()).await.unwrap_err();
    let error = client.call(&ListTokens::new()).await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Throttled { .. }),
        "{error:?}"
    );
    let left = error.retry_after().unwrap();
    assert!((25..=30).contains(&left.as_secs()), "{left:?}");
    assert_eq!(server.count("tokens.list"), 1);
}

#[tokio::test]
async fn changed_limits_are_asked_for_again() {
    let server = Server::start().await;
    server.world().limits = Some(others(1));
    let client = server.client();
    list(&client, 1).await;
    server.world().limits = Some(others(100));
    let changed = RateLimitsOverride::of(&others(100));
    client.set_rate_limits(changed).await.unwrap();
    assert!(list(&client, 3).await < Duration::from_millis(900));
    assert_eq!(server.count("limits.rate_limits"), 2);
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let server = Server::start().await;
    server.world().limits = Some(others(1));
    let client = server.builder().credentials(seal()).without_limiter();
    let client = client.build().unwrap();
    assert!(list(&client, 5).await < Duration::from_millis(900));
    assert_eq!(server.count("limits.rate_limits"), 0);
    assert_eq!(client.context(), Some(&context()));
}

#[tokio::test]
async fn a_server_that_does_not_tell_is_treated_as_production() {
    let server = Server::start().await;
    server.script("limits.rate_limits", [Act::Drop, Act::Drop]);
    let client = server.client();
    assert!(list(&client, 10).await < Duration::from_secs(1));
    let waited = list(&client, 1).await;
    assert!(
        waited > Duration::from_millis(100),
        "ten in a second: {waited:?}"
    );
}

//! Two worlds of one seed, whose clocks stand still, answer the same requests with the same bytes.

use std::time::Duration;

use ksef_api::ops::keys::GetPublicKeys;
use ksef_api::ops::sessions::{GetUpoByInvoice, ListSessionInvoices, ListSessions, SessionType};
use ksef_api::ops::tokens::{GenerateToken, ListTokens, TokenPermission};
use ksef_sandbox::Builder;
use serde_json::json;

use crate::sending::{Sending, control, invoice};
use crate::support::{Answer, Exchange, NIP, OTHER_NIP, PUBLIC_ORIGIN, World};

fn seeded(seed: u64) -> impl FnOnce(Builder) -> Builder {
    move |builder| builder.seed(seed).public_url(PUBLIC_ORIGIN)
}

/// A day in KSeF: signing in with a signature and with a token, invoices good and bad, a UPO, refusals, test data.
async fn day(world: &World) {
    let owner = world.owner(NIP).await.access_token;
    world.call(&GetPublicKeys, None).await.unwrap();
    let permissions = [TokenPermission::InvoiceRead, TokenPermission::InvoiceWrite];
    let token = world
        .ask(&GenerateToken::new(permissions, "Sprzedaż"), &owner)
        .await;
    world.ask(&ListTokens::new(), &owner).await;
    let context = format!("Nip:{NIP}");
    let started = world
        .submit_token(token.token.expose(), &context)
        .await
        .unwrap();
    assert_eq!(world.auth_status(&started).await.code, 200);
    let access = world.redeem(&started).await.unwrap().access_token;

    let session = Sending::open(world, &access).await;
    for number in ["FV/1", "FV/2", "FV/1"] {
        session.issue(world, &access, number).await;
    }
    session.outcome(world, &access, "<a/>").await;
    session
        .outcome(world, &access, &invoice(OTHER_NIP, "FV/3"))
        .await;
    let list = world
        .ask(&ListSessionInvoices::new(session.reference), &access)
        .await;
    let accepted = list
        .invoices
        .iter()
        .find(|row| row.status.code == 200)
        .unwrap();
    world
        .ask(
            &GetUpoByInvoice::new(session.reference, accepted.reference_number),
            &access,
        )
        .await;
    session.close(world, &access).await.unwrap();
    session.becomes(world, &access, 200).await;
    world
        .ask(&ListSessions::new(SessionType::Online), &access)
        .await;

    let subject =
        json!({"subjectNip": OTHER_NIP, "subjectType": "VatGroup", "description": "grupa"});
    for _ in 0..2 {
        world
            .json("POST", "/testdata/subject", None, subject.clone())
            .await;
    }
    world
        .json("POST", "/testdata/subject", None, json!({"subjectNip": 5}))
        .await;
    world.get("/tokens", "nobody").await;
    world.get("/sessions/nothing", access.token.expose()).await;
}

/// The same requests in a world of the same seed.
async fn repeat(world: &World, tape: &[Exchange]) {
    for (index, exchange) in tape.iter().enumerate() {
        // Of a row of equal questions only the last one had the answer that was waited for.
        if tape
            .get(index + 1)
            .is_some_and(|next| next.asks_the_same(exchange))
        {
            continue;
        }
        let mut answer = world.again(exchange).await;
        let mut tries = 0;
        while exchange.method == "GET" && shown(&answer) != shown(&exchange.answer) && tries < 250 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            answer = world.again(exchange).await;
            tries += 1;
        }
        let (method, path) = (&exchange.method, &exchange.path);
        assert_eq!(shown(&answer), shown(&exchange.answer), "{method} {path}");
        assert_eq!(answer.body, exchange.answer.body, "{method} {path}");
    }
}

/// Status, headers and the text of an answer; without the date, which the listener writes by the machine's clock.
fn shown(answer: &Answer) -> (u16, Vec<String>, String) {
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default()))
        .collect();
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    (answer.status, headers, text)
}

#[tokio::test]
async fn two_runs_of_the_same_requests_give_the_same_bytes() {
    let first = World::start_with(seeded(7)).await;
    day(&first).await;
    let tape = first.tape();
    assert!(tape.len() > 30, "{}", tape.len());
    let second = World::start_with(seeded(7)).await;
    assert_eq!(first.sandbox.world_id(), second.sandbox.world_id());
    repeat(&second, &tape).await;

    let rotated = |world| async move { control(world, "POST", "keys/rotate", json!({})).await };
    assert_eq!(rotated(&first).await, rotated(&second).await);
    let reset = |world| async move { control(world, "POST", "reset", json!({})).await };
    assert_eq!(reset(&first).await, reset(&second).await);
    first.clear_tape();
    first.call(&GetPublicKeys, None).await.unwrap();
    repeat(&second, &first.tape()).await;
}

#[tokio::test]
async fn another_seed_gives_another_world() {
    let (first, second) = (
        World::start_with(seeded(7)).await,
        World::start_with(seeded(8)).await,
    );
    assert_ne!(first.sandbox.world_id(), second.sandbox.world_id());
    let keys = |world: World| async move { world.call(&GetPublicKeys, None).await.unwrap() };
    let (first, second) = (keys(first).await, keys(second).await);
    assert_ne!(first[0].public_key_id, second[0].public_key_id);
}

#[tokio::test]
async fn what_a_seed_gave_does_not_come_again_when_the_world_goes_on() {
    let run = |folders: [std::path::PathBuf; 2]| async move {
        let mut seen = Vec::new();
        for folder in folders {
            let world = World::start_with(|builder| seeded(7)(builder).data_dir(folder)).await;
            let owner = world.owner(NIP).await.access_token;
            let session = Sending::open(&world, &owner).await;
            seen.push((world.sandbox.world_id(), session.reference));
            world.sandbox.shutdown().await;
        }
        seen
    };
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let twice = |folder: &tempfile::TempDir| [folder.path().to_owned(), folder.path().to_owned()];
    let seen = run(twice(&one)).await;
    assert_eq!(seen[0].0, seen[1].0);
    assert_ne!(seen[0].1, seen[1].1);
    assert_eq!(run(twice(&other)).await, seen);
}

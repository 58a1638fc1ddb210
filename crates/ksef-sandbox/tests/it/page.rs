//! The page that shows the sandbox at work, and signing in without a proof.

use serde_json::{Value, json};

use crate::sending::{Sending, control, desk, try_control};
use crate::support::{NIP, OTHER_NIP, PESEL, World, client};

async fn live(world: &World, after: u64) -> Value {
    control(world, "GET", &format!("live?after={after}"), Value::Null).await
}

#[tokio::test]
async fn a_browser_gets_a_page_that_asks_nobody_else() {
    let world = World::start().await;
    let request = client()
        .get(world.sandbox.control_url())
        .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(answer.text().await.unwrap().contains("/_sandbox/live"));
    // A page of elsewhere gets nothing.
    let request = client()
        .get(format!("{}live", world.sandbox.control_url()))
        .header("origin", "https://elsewhere.example");
    assert_eq!(request.send().await.unwrap().status().as_u16(), 403);
}

#[tokio::test]
async fn it_shows_contexts_sessions_invoices_and_requests() {
    let (world, access, session) = desk().await;
    session.issue(&world, &access, "FV/1").await;
    session.outcome(&world, &access, "<a/>").await;
    world.get("/sessions/nothing", access.token.expose()).await;
    world.get("/tokens", "nobody").await;
    world.raw("GET", "/nowhere?sig=secret", None, &[], "").await;
    let shown = live(&world, 0).await;
    let context = &shown["contexts"][0];
    assert_eq!(context["context"]["value"], NIP);
    assert_eq!(
        (
            &context["invoices"],
            &context["accepted"],
            &context["rejected"],
            &context["openSessions"]
        ),
        (&json!(2), &json!(1), &json!(1), &json!(1))
    );
    assert_eq!(
        shown["sessions"][0]["reference"],
        session.reference.as_str()
    );
    assert_eq!(shown["invoices"].as_array().unwrap().len(), 2);
    let requests = shown["requests"].as_array().unwrap();
    let told = |path: &str| {
        let found = requests.iter().find(|row| row["path"] == path);
        let row = found.unwrap_or_else(|| panic!("{path}: {requests:#?}"));
        (
            row["operation"].clone(),
            row["context"]["value"].clone(),
            row["status"].clone(),
            row["reasons"].clone(),
        )
    };
    assert_eq!(
        told("/v2/sessions/nothing"),
        (
            json!("sessions.status"),
            json!(NIP),
            json!(400),
            json!(["21405"])
        )
    );
    assert_eq!(
        told("/v2/tokens"),
        (json!("tokens.list"), Value::Null, json!(401), json!([]))
    );
    // Queries hold the signatures of links; they are not kept.
    assert_eq!(
        told("/v2/nowhere"),
        (Value::Null, Value::Null, json!(404), json!([]))
    );
    let last = shown["lastRequest"].as_u64().unwrap();
    assert_eq!(live(&world, last).await["requests"], json!([]));
    world.get("/tokens", "nobody").await;
    assert_eq!(
        live(&world, last).await["requests"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_test_signs_in_without_a_proof() {
    let world = World::start().await;
    let owner = json!({"context": {"type": "Nip", "value": OTHER_NIP}});
    let signed_in = control(&world, "POST", "login", owner).await;
    let access = serde_json::from_value(signed_in["accessToken"].clone()).unwrap();
    let session = Sending::open(&world, &access).await;
    session.close(&world, &access).await.unwrap();
    let stranger = json!({
        "context": {"type": "Nip", "value": OTHER_NIP}, "subject": {"type": "Pesel", "value": PESEL}
    });
    let (status, answer) = try_control(&world, "POST", "login", stranger).await;
    assert_eq!(status, 400, "{answer}");
    let (status, _) = try_control(&world, "POST", "login", json!({})).await;
    assert_eq!(status, 400);
}

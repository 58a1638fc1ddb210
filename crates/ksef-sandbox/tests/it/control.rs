//! The control API.

use ksef_api::ops::sessions::GetSession;
use serde_json::json;

use crate::sending::{Sending, code, control, desk, invoice, try_control};
use crate::support::{NIP, World, client};

#[tokio::test]
async fn it_tells_what_this_sandbox_is() {
    let (world, access, session) = desk().await;
    session.issue(&world, &access, "FV/1").await;
    session.outcome(&world, &access, "<a/>").await;
    let about = control(&world, "GET", "", json!({})).await;
    assert_eq!(about["worldId"], world.sandbox.world_id().to_string());
    assert_eq!(about["baseUrl"], world.sandbox.base_url());
    assert_eq!(about["limits"]["profile"], "off");
    assert_eq!(about["latency"]["invoiceMs"], 0);
    assert_eq!(about["clock"]["mode"], "running");
    let counts = &about["counts"];
    assert_eq!(
        (
            &counts["sessions"],
            &counts["invoices"],
            &counts["acceptedInvoices"]
        ),
        (&json!(1), &json!(2), &json!(1))
    );
    let without_slash = world.sandbox.control_url().trim_end_matches('/').to_owned();
    assert_eq!(
        client()
            .get(without_slash)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        200
    );
    let (status, answer) = try_control(&world, "GET", "nothing", json!({})).await;
    assert_eq!((status, answer["error"].is_string()), (404, true));
}

#[tokio::test]
async fn the_clock_is_moved() {
    let world = World::start().await;
    let now = |answer: &serde_json::Value| answer["now"].as_str().unwrap().to_owned();
    let frozen = control(
        &world,
        "POST",
        "clock/freeze",
        json!({"at": "2027-01-31T10:00:00Z"}),
    )
    .await;
    assert_eq!(
        (now(&frozen).as_str(), frozen["mode"].as_str()),
        ("2027-01-31T10:00:00Z", Some("frozen"))
    );
    let later = control(&world, "POST", "clock/advance", json!({"by": "12h 1m"})).await;
    assert_eq!(now(&later), "2027-01-31T22:01:00Z");
    let back = control(&world, "POST", "clock/advance", json!({"by": -60})).await;
    assert_eq!(now(&back), "2027-01-31T22:00:00Z");
    let set = control(
        &world,
        "POST",
        "clock/set",
        json!({"to": "2026-12-24T00:00:00Z"}),
    )
    .await;
    assert_eq!(
        (now(&set).as_str(), set["mode"].as_str()),
        ("2026-12-24T00:00:00Z", Some("frozen"))
    );
    let running = control(&world, "POST", "clock/unfreeze", json!({})).await;
    assert_eq!(running["mode"], "running");
    world.advance(jiff::SignedDuration::from_secs(5));
    let resumed = control(&world, "GET", "clock", json!({})).await;
    assert!(
        now(&resumed).starts_with("2026-12-24T00:00:05"),
        "{resumed}"
    );
    for (path, body) in [
        ("clock/advance", json!({"by": "soon"})),
        ("clock/advance", json!({})),
        ("clock/set", json!({"to": "tomorrow"})),
        ("clock/freeze", json!([])),
        ("clock/freeze", json!({"at": "2020-05-01T00:00:00Z"})),
        ("clock/set", json!({"to": "2019-12-31T00:00:00Z"})),
        ("clock/advance", json!({"by": 99_999_999_999_999_i64})),
        ("clock/advance", json!({"by": i64::MAX})),
    ] {
        assert_eq!(
            try_control(&world, "POST", path, body).await.0,
            400,
            "{path}"
        );
    }
}

#[tokio::test]
async fn processing_goes_on_while_the_clock_stands() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    control(&world, "POST", "clock/freeze", json!({})).await;
    control(
        &world,
        "PUT",
        "latency",
        json!({"invoiceMs": 50, "sessionMs": 50, "storageMs": 50}),
    )
    .await;
    let session = Sending::open(&world, &access).await;
    let sent = session.send(&world, &access, &invoice(NIP, "FV/1")).await;
    session.close(&world, &access).await.unwrap();
    world.advance(jiff::SignedDuration::from_secs(1));
    session.settled(&world, &access, sent).await;
    world.advance(jiff::SignedDuration::from_secs(1));
    let stored = session.becomes_stored(&world, &access, sent).await;
    assert!(stored.permanent_storage_date > stored.acquisition_date);
    session.becomes(&world, &access, 200).await;
}

#[tokio::test]
async fn a_reset_begins_another_world() {
    let (world, access, session) = desk().await;
    let first = session.issue(&world, &access, "FV/1").await;
    let before = world.sandbox.world_id();
    let answer = control(&world, "POST", "reset", json!({})).await;
    assert_ne!(world.sandbox.world_id(), before);
    assert_eq!(answer["worldId"], world.sandbox.world_id().to_string());
    assert_eq!(
        world
            .refused(&GetSession::new(session.reference), &access)
            .await
            .status,
        401
    );
    let access = world.owner(NIP).await.access_token;
    let missing = world
        .refused(&GetSession::new(session.reference), &access)
        .await;
    assert_eq!(code(&missing).0, 21173);
    let session = Sending::open(&world, &access).await;
    let again = session.issue(&world, &access, "FV/1").await;
    assert!(
        again.ksef_number.unwrap() > first.ksef_number.unwrap(),
        "a number was given in two worlds"
    );
}

#[tokio::test]
async fn it_shows_sessions_invoices_and_tokens() {
    let (world, access, session) = desk().await;
    let accepted = session.issue(&world, &access, "FV/1").await;
    session.outcome(&world, &access, "<a/>").await;
    let sessions = control(&world, "GET", "sessions", json!({})).await;
    assert_eq!(
        sessions["sessions"][0]["referenceNumber"],
        session.reference.to_string()
    );
    let shown = control(
        &world,
        "GET",
        &format!("sessions/{}", session.reference),
        json!({}),
    )
    .await;
    assert_eq!(shown["invoices"].as_array().unwrap().len(), 2);
    assert_eq!(shown["invoices"][1]["status"]["code"], 430 + 20);
    assert_eq!(
        try_control(&world, "GET", "sessions/none", json!({}))
            .await
            .0,
        404
    );
    let list = control(&world, "GET", "accepted", json!({})).await;
    assert_eq!(
        list["invoices"][0]["acceptance"]["ksefNumber"],
        accepted.ksef_number.unwrap().to_string()
    );
    let body = json!({"permissions": ["InvoiceRead"], "description": "for the test"});
    let made = world
        .json("POST", "/tokens", Some(access.token.expose()), body)
        .await
        .json();
    let tokens = control(&world, "GET", "tokens", json!({})).await;
    assert_eq!(
        tokens["tokens"][0]["referenceNumber"],
        made["referenceNumber"]
    );
    let secret = made["token"].as_str().unwrap();
    let secret = secret.rsplit('|').next().unwrap();
    assert!(!tokens.to_string().contains(secret));
}

#[tokio::test]
async fn limits_are_switched() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let listing = async || {
        world
            .get("/sessions?sessionType=Online", access.token.expose())
            .await
            .status
    };
    for _ in 0..12 {
        assert_eq!(listing().await, 200);
    }
    control(&world, "PUT", "limits", json!({"profile": "production"})).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(listing().await);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    control(&world, "PUT", "limits", json!({"profile": "off"})).await;
    assert_eq!(listing().await, 200);
    assert_eq!(
        try_control(&world, "PUT", "limits", json!({"profile": "none"}))
            .await
            .0,
        400
    );
    assert_eq!(
        try_control(&world, "PUT", "latency", json!({"invoice": 1}))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn only_the_loopback_address_may_use_it() {
    let world = World::start_with(|builder| builder.bind(([0, 0, 0, 0], 0).into())).await;
    let port = world.sandbox.address().port();
    let local = client()
        .get(format!("http://127.0.0.1:{port}/_sandbox/"))
        .send()
        .await
        .unwrap();
    assert_eq!(local.status().as_u16(), 200);
    for header in ["host", "origin"] {
        let request = client().get(format!("http://127.0.0.1:{port}/_sandbox/"));
        let foreign = request
            .header(header, "http://example.com")
            .send()
            .await
            .unwrap();
        assert_eq!(foreign.status().as_u16(), 403, "{header}");
    }
    // A UDP socket that is connected, which sends nothing, tells the machine's own address.
    let probe = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    let outside = probe
        .connect("192.0.2.1:9")
        .and_then(|()| probe.local_addr());
    match outside {
        Ok(address) if !address.ip().is_loopback() => {
            let url = format!("http://{}:{port}/_sandbox/", address.ip());
            assert_eq!(
                client().get(url).send().await.unwrap().status().as_u16(),
                403
            );
        }
        _ => eprintln!("skipped: this machine has the loopback address only"),
    }
}

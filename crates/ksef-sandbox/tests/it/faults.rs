//! Scripted faults, played for real.

use std::time::{Duration, Instant};

use ksef_api::ops::sessions::{GetSession, ListSessionInvoices};
use ksef_crypto::digest::sha256;
use ksef_sandbox::faults::Fault;
use serde_json::json;

use crate::sending::{Sending, code, control, desk, invoice, try_control};
use crate::support::{NIP, OTHER_NIP, World, client};

fn script(world: &World, text: &str) {
    world.sandbox.add_fault(Fault::parse(text).unwrap());
}

/// Sends over a fresh connection; `None` when it was cut.
async fn raw_send(world: &World, access: &str, session: &Sending, xml: &str) -> Option<u16> {
    let url = format!(
        "{}/sessions/online/{}/invoices",
        world.sandbox.base_url(),
        session.reference
    );
    let body = session.body(xml.as_bytes()).to_json();
    let answer = client()
        .post(url)
        .bearer_auth(access)
        .body(body)
        .send()
        .await;
    answer.ok().map(|answer| answer.status().as_u16())
}

#[tokio::test]
async fn a_lost_answer_leaves_the_work_done() {
    let (world, access, session) = desk().await;
    script(&world, "invoice-send:drop-after*1");
    let bearer = access.token.expose();
    assert_eq!(
        raw_send(&world, bearer, &session, &invoice(NIP, "FV/1")).await,
        None
    );
    assert_eq!(
        raw_send(&world, bearer, &session, &invoice(NIP, "FV/2")).await,
        Some(202)
    );
    let list = world
        .ask(&ListSessionInvoices::new(session.reference), &access)
        .await;
    assert_eq!(list.invoices.len(), 2);
    assert_eq!(
        list.invoices[0].invoice_hash,
        sha256(invoice(NIP, "FV/1").as_bytes())
    );
    let first = session
        .settled(&world, &access, list.invoices[0].reference_number)
        .await;
    assert_eq!(first.status.code, 200);
}

#[tokio::test]
async fn a_cut_connection_before_the_work_leaves_nothing() {
    let (world, access, session) = desk().await;
    script(&world, "sessions.send_invoice:drop-before*1");
    let bearer = access.token.expose();
    assert_eq!(
        raw_send(&world, bearer, &session, &invoice(NIP, "FV/1")).await,
        None
    );
    assert_eq!(session.status(&world, &access).await.invoice_count, None);
    assert_eq!(
        raw_send(&world, bearer, &session, &invoice(NIP, "FV/1")).await,
        Some(202)
    );
}

#[tokio::test]
async fn closing_whose_answer_is_lost_has_closed() {
    let (world, access, session) = desk().await;
    session.issue(&world, &access, "FV/1").await;
    script(&world, "online-session-close:drop-after*1");
    let url = format!(
        "{}/sessions/online/{}/close",
        world.sandbox.base_url(),
        session.reference
    );
    assert!(
        client()
            .post(url)
            .bearer_auth(access.token.expose())
            .send()
            .await
            .is_err()
    );
    let again = session.close(&world, &access).await.unwrap_err();
    assert_eq!(code(&again).0, 21180);
    session.becomes(&world, &access, 200).await;
}

#[tokio::test]
async fn statuses_pages_and_waits() {
    let (world, access, session) = desk().await;
    let path = format!("/sessions/{}", session.reference);
    let bearer = access.token.expose();
    for (fault, status, media_type) in [
        ("session-misc:429=7*1", 429, "application/json"),
        ("session-misc:500*1", 500, "application/problem+json"),
        (
            "GET /sessions/*:502-html*1",
            502,
            "text/html; charset=utf-8",
        ),
        ("/v2/sessions/*:503-html*1", 503, "text/html; charset=utf-8"),
        ("sessions.status:waf*1", 403, "text/html; charset=utf-8"),
        ("*:waf-json*1", 403, "application/json"),
    ] {
        script(&world, fault);
        // A firewall knows no contract, so the answer is not held against it.
        let url = format!("{}{path}", world.sandbox.base_url());
        let answer = client().get(url).bearer_auth(bearer).send().await.unwrap();
        let header = |name| {
            answer
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap())
        };
        assert_eq!(
            (answer.status().as_u16(), header("content-type")),
            (status, Some(media_type)),
            "{fault}"
        );
        assert_eq!(header("retry-after"), (status == 429).then_some("7"));
        assert_eq!(
            world.get(&path, bearer).await.status,
            200,
            "{fault} hits once"
        );
    }
    script(&world, "sessions.status:delay=150ms*1");
    let start = clock();
    assert_eq!(world.get(&path, bearer).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[expect(clippy::disallowed_methods, reason = "the test measures a real delay")]
fn clock() -> Instant {
    Instant::now()
}

#[tokio::test]
async fn a_fault_for_one_context_spares_the_others() {
    let world = World::start().await;
    let mine = world.owner(NIP).await.access_token;
    let other = world.owner(OTHER_NIP).await.access_token;
    script(&world, &format!("session-list:503@Nip:{OTHER_NIP}"));
    let list = "/sessions?sessionType=Online";
    assert_eq!(world.get(list, mine.token.expose()).await.status, 200);
    assert_eq!(world.get(list, other.token.expose()).await.status, 503);
    world.sandbox.clear_faults();
    assert_eq!(world.get(list, other.token.expose()).await.status, 200);
}

#[tokio::test]
async fn keys_and_sessions_fail_on_demand() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    script(&world, "online-session:session-415*1");
    let session = Sending::open(&world, &access).await;
    session.becomes(&world, &access, 415).await;
    let session = Sending::open(&world, &access).await;
    script(&world, "invoice-send:session-unavailable*1");
    let body = || session.body(invoice(NIP, "FV/1").as_bytes());
    assert_eq!(
        code(&session.submit(&world, &access, body()).await.unwrap_err()).0,
        21184
    );
    session.submit(&world, &access, body()).await.unwrap();
    script(&world, "invoice-send:session-415*1");
    let refused = session.submit(&world, &access, body()).await.unwrap_err();
    assert_eq!(
        code(&refused),
        (
            21180,
            "Status sesji (415) uniemożliwia wysyłkę faktur.".to_owned()
        )
    );
    assert_eq!(session.status(&world, &access).await.status.code, 415);
    script(&world, "online-session:stale-key*1");
    let refused = world
        .json(
            "POST",
            "/sessions/online",
            Some(access.token.expose()),
            json!({}),
        )
        .await;
    assert_eq!(refused.json()["errors"][0]["code"], 21470);
}

#[tokio::test]
async fn links_can_fail_too() {
    let (world, access, session) = desk().await;
    let accepted = session.issue(&world, &access, "FV/1").await;
    let link = accepted.upo_download_url.unwrap();
    script(&world, "/storage/*:503*1");
    assert_eq!(
        client()
            .get(link.expose())
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        503
    );
    script(&world, "/storage/*:drop-after*1");
    assert!(client().get(link.expose()).send().await.is_err());
    assert_eq!(
        client()
            .get(link.expose())
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        200
    );
}

#[tokio::test]
async fn closing_goes_on_when_the_client_gives_up_waiting() {
    let (world, access, session) = desk().await;
    session.issue(&world, &access, "FV/1").await;
    script(&world, "online-session-close:late=60s*1");
    let url = format!(
        "{}/sessions/online/{}/close",
        world.sandbox.base_url(),
        session.reference
    );
    let bearer = access.token.expose();
    let patience = Duration::from_millis(300);
    let closing = client().post(url).bearer_auth(bearer).timeout(patience);
    assert!(closing.send().await.unwrap_err().is_timeout());
    session.becomes(&world, &access, 200).await;
}

#[tokio::test]
async fn a_download_breaks_in_the_middle_or_arrives_changed() {
    let (world, access, session) = desk().await;
    let accepted = session.issue(&world, &access, "FV/1").await;
    let link = accepted.upo_download_url.unwrap();
    let whole = client().get(link.expose()).send().await.unwrap();
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    let whole = whole.bytes().await.unwrap();
    let half = whole.len() / 2;

    script(&world, "GET /storage/*:cut-download*1");
    let mut cut = client().get(link.expose()).send().await.unwrap();
    let mut came = Vec::new();
    let broken = loop {
        match cut.chunk().await {
            Ok(Some(piece)) => came.extend_from_slice(&piece),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && came == whole[..half], "{} of {half}", came.len());
    let range = format!("bytes={half}-");
    let rest = client().get(link.expose()).header("Range", range);
    let rest = rest.send().await.unwrap();
    assert_eq!(rest.status().as_u16(), 206);
    let expected = format!("bytes {half}-{}/{}", whole.len() - 1, whole.len());
    assert_eq!(rest.headers()["content-range"], *expected);
    came.extend_from_slice(&rest.bytes().await.unwrap());
    assert!(came == whole);
    let behind = format!("bytes={}-", whole.len());
    let behind = client().get(link.expose()).header("Range", behind);
    assert_eq!(behind.send().await.unwrap().status().as_u16(), 416);

    script(&world, "GET /storage/*:corrupt*1");
    let changed = client().get(link.expose()).send().await.unwrap();
    let changed = changed.bytes().await.unwrap();
    let differing = changed
        .iter()
        .zip(&whole)
        .filter(|(one, other)| one != other);
    assert_eq!((changed.len(), differing.count()), (whole.len(), 1));
}

#[tokio::test]
async fn the_control_api_scripts_them() {
    let (world, access, session) = desk().await;
    let added = control(
        &world,
        "POST",
        "faults",
        json!({"faults": ["sessions.status:500*1", "*:delay=1ms"]}),
    )
    .await;
    assert_eq!(added["ids"], json!([1, 2]));
    let failed = world
        .refused(&GetSession::new(session.reference), &access)
        .await;
    assert_eq!(failed.status, 500);
    let listed = control(&world, "GET", "faults", json!({})).await;
    assert_eq!(listed["faults"][0]["hits"], 1);
    assert_eq!(listed["faults"][0]["remaining"], 0);
    control(&world, "DELETE", "faults/1", json!({})).await;
    assert_eq!(
        try_control(&world, "DELETE", "faults/1", json!({})).await.0,
        404
    );
    let left = control(&world, "DELETE", "faults", json!({})).await;
    assert_eq!(left["faults"], json!([]));
    let (status, answer) =
        try_control(&world, "POST", "faults", json!({"fault": "nowhere:500"})).await;
    assert_eq!(status, 400);
    assert!(
        answer["error"]
            .as_str()
            .unwrap()
            .starts_with("target \"nowhere\""),
        "{answer}"
    );
    let (status, _) = try_control(&world, "POST", "faults", json!({"fault": 5})).await;
    assert_eq!(status, 400);
}

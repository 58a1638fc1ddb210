//! Thousands of sessions of many contexts at once.

use std::sync::Arc;
use std::time::Duration;

use ksef_api::ops::auth::BearerToken;
use ksef_api::ops::sessions::{
    CloseOnlineSession, GetSession, ListSessions, OpenOnlineSession, SessionType,
};
use ksef_api::page::Paged as _;
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use ksef_crypto::session_key::SessionKey;
use serde_json::{Value, json};

use crate::sending::{Sending, control, encryption, invoice};
use crate::support::World;

const CONTEXTS: usize = 50;
const SESSIONS_OF_EACH: usize = 60;
/// Generous: it takes a few seconds alone on two cores.
const TIME_MAX: Duration = Duration::from_secs(120);

/// The NIP with these first nine digits; `None` when none has them.
fn nip(start: usize) -> Option<String> {
    let digits = format!("{start:09}");
    let weights = [6, 5, 7, 2, 3, 4, 5, 6, 7];
    let sum: u32 = digits
        .bytes()
        .zip(weights)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    (sum % 11 < 10).then(|| format!("{digits}{}", sum % 11))
}

async fn owner(world: &World, nip: &str) -> BearerToken {
    let context = json!({"context": {"type": "Nip", "value": nip}});
    let signed_in = control(world, "POST", "login", context).await;
    serde_json::from_value(signed_in["accessToken"].clone()).unwrap()
}

/// Opens the sessions of one context, sends into the first, and closes every other one.
async fn work(world: Arc<World>, nip: String) -> (String, BearerToken, Vec<SessionRef>) {
    let access = owner(&world, &nip).await;
    let key = SessionKey::generate().unwrap();
    let request = OpenOnlineSession::new(FormCode::Fa3, encryption(&world, &key).await);
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS_OF_EACH {
        sessions.push(world.ask(&request, &access).await.reference_number);
    }
    let first = Sending {
        reference: sessions[0],
        key,
    };
    let outcome = first.outcome(&world, &access, &invoice(&nip, "FV/1")).await;
    assert_eq!(outcome.status.code, 200, "{:?}", outcome.status);
    for session in sessions.iter().step_by(2) {
        world.ask(&CloseOnlineSession::new(*session), &access).await;
    }
    (nip, access, sessions)
}

/// Every session that the list of a context shows, page by page.
async fn listed(world: &World, access: &BearerToken) -> Vec<SessionRef> {
    let mut request = ListSessions::new(SessionType::Online).with_page_size(25);
    let mut listed = Vec::new();
    loop {
        let answer = world.ask(&request, access).await;
        let (page, next) = ListSessions::split(answer);
        listed.extend(page.iter().map(|session| session.reference_number));
        match next {
            Some(next) => request = request.with_continuation(next),
            None => return listed,
        }
    }
}

async fn crowd() {
    let world = Arc::new(World::start().await);
    let nips = (526_500_001..)
        .step_by(7_919)
        .filter_map(nip)
        .take(CONTEXTS);
    let working: Vec<_> = nips
        .map(|nip| tokio::spawn(work(Arc::clone(&world), nip)))
        .collect();
    let mut all = Vec::new();
    for context in working {
        let (nip, access, mut sessions) = context.await.unwrap();
        let mut listed = listed(&world, &access).await;
        listed.sort_unstable();
        all.extend_from_slice(&sessions);
        sessions.sort_unstable();
        assert_eq!(listed, sessions, "{nip}");
        let open = world.ask(&GetSession::new(sessions[1]), &access).await;
        assert_eq!(open.status.code, 100, "{nip}");
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), CONTEXTS * SESSIONS_OF_EACH);
    let live = control(&world, "GET", "live", Value::Null).await;
    assert_eq!(live["sandbox"]["counts"]["sessions"], all.len());
    assert_eq!(live["contexts"].as_array().unwrap().len(), CONTEXTS);
    assert_eq!(live["sessions"].as_array().unwrap().len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thousands_of_sessions_of_many_contexts() {
    tokio::time::timeout(TIME_MAX, crowd()).await.unwrap();
}

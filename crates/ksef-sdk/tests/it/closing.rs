//! The end of sessions and their UPO.

use std::sync::Arc;
use std::time::Duration;

use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use ksef_sdk::api::status::SessionStatus;
use ksef_sdk::session::{InvoiceBytes, Keeper, OpenSession, SendOptions, SessionPoller};
use ksef_sdk::{ErrorKind, journal::NoJournal};

use crate::journal::Memory;
use crate::server::{Act, JSON, Server, UPO, unjudged};

const WAIT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn closing_hands_over_the_upo() {
    let server = Server::start().await;
    let journal = Arc::new(Memory::default());
    let keeper = Keeper::new(server.client(), Arc::clone(&journal) as _);
    let sent = keeper
        .send(&InvoiceBytes::new("<a/>"), &unjudged())
        .await
        .unwrap();
    let closed = keeper.close(sent.session, WAIT).await.unwrap();
    assert!(closed.is_processed());
    assert_eq!(closed.upo.len(), 1);
    assert_eq!(closed.upo[0].bytes, UPO);
    assert_eq!(
        server.seen("storage")[0].authorization,
        None,
        "a presigned link takes no bearer"
    );
    assert_eq!(journal.names()[4..], ["closing", "closed"]);
    assert!(keeper.sessions().await.is_empty());

    let next = keeper
        .send(&InvoiceBytes::new("<b/>"), &unjudged())
        .await
        .unwrap();
    assert_ne!(next.session, sent.session);
}

#[tokio::test]
async fn all_sessions_are_closed() {
    let server = Server::start().await;
    let keeper = Keeper::new(server.client(), Arc::new(NoJournal));
    for form in [FormCode::Fa3, FormCode::Fa2] {
        keeper
            .send(
                &InvoiceBytes::new("<a/>"),
                &SendOptions::new(form).without_validation(),
            )
            .await
            .unwrap();
    }
    let closed = keeper.close_all(WAIT).await;
    assert_eq!(closed.len(), 2);
    assert!(
        closed
            .iter()
            .all(|(_, outcome)| outcome.as_ref().unwrap().is_processed())
    );
    assert!(keeper.close_all(WAIT).await.is_empty());
}

#[tokio::test]
async fn lost_answers_to_closing() {
    for act in [
        Act::WorkThenDrop,
        Act::WorkThen(500, JSON, "{}".into()),
        Act::Drop,
        Act::Refuse(21_180),
        Act::Refuse(21_173),
    ] {
        let server = Server::start().await;
        let keeper = Keeper::new(server.client(), Arc::new(NoJournal));
        let sent = keeper
            .send(&InvoiceBytes::new("<a/>"), &unjudged())
            .await
            .unwrap();
        server.script("sessions.close_online", [act.clone()]);
        keeper
            .close_only(sent.session)
            .await
            .unwrap_or_else(|error| panic!("{act:?}: {error}"));
    }
    // All answers lost, and the work done: the status tells.
    let server = Server::start().await;
    let keeper = Keeper::new(server.client(), Arc::new(NoJournal));
    let sent = keeper
        .send(&InvoiceBytes::new("<a/>"), &unjudged())
        .await
        .unwrap();
    server.script("sessions.close_online", vec![Act::WorkThenDrop; 5]);
    keeper.close_only(sent.session).await.unwrap();

    // Not closed: it can be tried again.
    let sent = keeper
        .send(&InvoiceBytes::new("<b/>"), &unjudged())
        .await
        .unwrap();
    server.script("sessions.close_online", vec![Act::Drop; 5]);
    let error = keeper.close_only(sent.session).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unreachable);
    assert_eq!(keeper.sessions().await, [sent.session]);
    assert!(
        keeper
            .close(sent.session, WAIT)
            .await
            .unwrap()
            .is_processed()
    );
}

#[tokio::test]
async fn empty_failed_and_unfinished_sessions() {
    let server = Server::start().await;
    let client = server.client();
    let empty = OpenSession::open(&client, FormCode::Fa3)
        .await
        .unwrap()
        .reference();
    client.close_session(empty).await.unwrap();
    let closed = SessionPoller::new(&client, empty)
        .until_final(WAIT)
        .await
        .unwrap();
    assert_eq!(closed.status.status.code, 440);
    assert!(!closed.is_processed() && closed.upo.is_empty());

    let slow = OpenSession::open(&client, FormCode::Fa3)
        .await
        .unwrap()
        .reference();
    server.world().sessions.get_mut(&slow).unwrap().status = SessionStatus::from_code(170);
    let poller = SessionPoller::new(&client, slow);
    let error = poller
        .until_final(Duration::from_millis(200))
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::Pending {
            resource: "session",
            code: Some(170)
        }
    );
    assert!(error.is_retryable());

    let unknown = SessionRef::generate(jiff::civil::date(2026, 1, 1), 1, 1);
    assert!(client.session(unknown).await.unwrap_err().has_code(21_173));
}

#[tokio::test]
async fn a_upo_that_was_changed_on_the_way_is_not_taken() {
    let server = Server::start().await;
    let keeper = Keeper::new(server.client(), Arc::new(NoJournal));
    let sent = keeper
        .send(&InvoiceBytes::new("<a/>"), &unjudged())
        .await
        .unwrap();
    server.world().upo_hash_is_wrong = true;
    let closed = keeper.close(sent.session, WAIT).await.unwrap();
    assert_eq!(closed.upo[0].bytes, UPO);
    assert_eq!(server.count("sessions.upo"), 1, "the API gave it instead");

    let link = ksef_core::secret::SecretText::new("/storage/upo?sig=x");
    let error = keeper.client().download(&link).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Protocol);
}

#[tokio::test]
async fn closing_that_is_abandoned_can_be_done_again() {
    let server = Server::start().await;
    let journal = Arc::new(Memory::default());
    let keeper = Keeper::new(server.client(), Arc::clone(&journal) as _);
    let sent = keeper
        .send(&InvoiceBytes::new("<a/>"), &unjudged())
        .await
        .unwrap();
    server.script("sessions.close_online", [Act::Wait(Duration::from_secs(3))]);
    let closing = keeper.close_only(sent.session);
    assert!(
        tokio::time::timeout(Duration::from_millis(50), closing)
            .await
            .is_err()
    );
    assert_eq!(keeper.sessions().await, [sent.session]);

    *journal.failing.lock().unwrap() = vec!["closing"];
    let error = keeper.close_only(sent.session).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Journal);
    journal.failing.lock().unwrap().clear();
    let next = keeper
        .send(&InvoiceBytes::new("<b/>"), &unjudged())
        .await
        .unwrap();
    assert_ne!(
        next.session, sent.session,
        "nothing goes into a session that is being closed"
    );
    assert_eq!(keeper.close_all(WAIT).await.len(), 2);
    assert!(keeper.sessions().await.is_empty());
}

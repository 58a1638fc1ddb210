//! The keeper: which session, how often, and what the journal says.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use ksef_core::clock::ManualClock;
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use ksef_sdk::api::status::SessionStatus;
use ksef_sdk::journal::Entry;
use ksef_sdk::session::{InvoiceBytes, Keeper, KeeperOptions, SendOptions};
use ksef_sdk::{Client, ErrorKind};

use crate::journal::Memory;
use crate::server::{Act, HTML, JSON, Server, now, seal, unjudged};

fn invoice(number: usize) -> InvoiceBytes {
    InvoiceBytes::new(format!("<Faktura>{number}</Faktura>").into_bytes())
}

fn keeper(client: &Client) -> (Keeper, Arc<Memory>) {
    let journal = Arc::new(Memory::default());
    (
        Keeper::new(client.clone(), Arc::clone(&journal) as _),
        journal,
    )
}

#[tokio::test]
async fn one_session_serves_many_senders() {
    let server = Server::start().await;
    let (keeper, journal) = keeper(&server.client());
    let senders: Vec<_> = (0..40)
        .map(|number| {
            let keeper = keeper.clone();
            tokio::spawn(async move { keeper.send(&invoice(number), &unjudged()).await })
        })
        .collect();
    for (number, sender) in senders.into_iter().enumerate() {
        assert_eq!(sender.await.unwrap().unwrap().hash, invoice(number).hash());
    }
    assert_eq!(server.count("sessions.open_online"), 1);
    assert_eq!(server.invoices().len(), 40);
    let names = journal.names();
    assert_eq!(names[..3], ["opening", "opened", "sending"]);
    assert_eq!(names.iter().filter(|name| **name == "sent").count(), 40);

    keeper
        .send(
            &invoice(99),
            &SendOptions::new(FormCode::FaRr1).without_validation(),
        )
        .await
        .unwrap();
    assert_eq!(
        server.count("sessions.open_online"),
        2,
        "another form, another session"
    );
    assert_eq!(keeper.sessions().await.len(), 2);
}

#[tokio::test]
async fn lost_answers_are_looked_up() {
    for act in [
        Act::WorkThenDrop,
        Act::Truncate,
        Act::WorkThen(500, JSON, "{}".into()),
        Act::WorkThen(502, HTML, "<html>Bad Gateway</html>".into()),
        Act::WorkThen(202, "application/json", "{}".into()),
        Act::WorkThen(200, HTML, "<html>Support ID: 123456</html>".into()),
    ] {
        let server = Server::start().await;
        let (keeper, journal) = keeper(&server.client());
        server.script("sessions.send_invoice", [act.clone()]);
        let sent = keeper.send(&invoice(1), &unjudged()).await.unwrap();
        assert_eq!(server.invoices(), [sent.hash], "{act:?}");
        assert_eq!(server.count("sessions.send_invoice"), 1, "{act:?}");
        assert_eq!(
            journal.names(),
            ["opening", "opened", "sending", "sent"],
            "{act:?}"
        );
    }
}

#[tokio::test]
async fn what_did_not_arrive_is_sent_again() {
    let server = Server::start().await;
    let (keeper, journal) = keeper(&server.client());
    for number in 0..25 {
        keeper.send(&invoice(number), &unjudged()).await.unwrap();
    }
    server.script(
        "sessions.send_invoice",
        [Act::Drop, Act::Answer(500, JSON, "{}".into())],
    );
    let sent = keeper.send(&invoice(77), &unjudged()).await.unwrap();
    assert_eq!(server.count("sessions.send_invoice"), 28);
    assert_eq!(
        server.count("sessions.invoices"),
        6,
        "the whole list of three pages, twice"
    );
    assert_eq!(
        server
            .invoices()
            .iter()
            .filter(|hash| **hash == sent.hash)
            .count(),
        1
    );
    assert_eq!(journal.names().last(), Some(&"sent"));
}

#[tokio::test]
async fn an_outcome_that_nobody_can_tell_stays_unknown() {
    let server = Server::start().await;
    let (keeper, journal) = keeper(&server.client());
    server.script("sessions.send_invoice", [Act::WorkThenDrop]);
    server.script("sessions.invoices", vec![Act::Drop; 5]);
    let error = keeper.send(&invoice(1), &unjudged()).await.unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(journal.names(), ["opening", "opened", "sending"]);

    // The next attempt looks it up first.
    let sent = keeper.send(&invoice(1), &unjudged()).await.unwrap();
    assert_eq!(server.invoices(), [sent.hash]);
    assert_eq!(journal.names().last(), Some(&"sent"));

    // So does another process that read the journal.
    let entries = journal.entries();
    let Some(Entry::InvoiceSending { session, hash, .. }) = entries.get(2) else {
        panic!()
    };
    let (second, _) = self::keeper(&server.client());
    second.recall(*hash, *session);
    second.send(&invoice(1), &unjudged()).await.unwrap();
    assert_eq!(server.invoices().len(), 1);
    assert_eq!(server.count("sessions.open_online"), 1);

    // A session that KSeF does not know holds nothing.
    let other = SessionRef::generate(jiff::civil::date(2026, 1, 1), 1, 1);
    second.recall(invoice(2).hash(), other);
    second.send(&invoice(2), &unjudged()).await.unwrap();
    assert_eq!(server.invoices().len(), 2);
}

#[tokio::test]
async fn a_sender_who_leaves_is_looked_up() {
    let server = Server::start().await;
    let (keeper, journal) = keeper(&server.client());
    keeper.send(&invoice(0), &unjudged()).await.unwrap();
    server.script(
        "sessions.send_invoice",
        [Act::Wait(Duration::from_millis(200))],
    );
    let (document, options) = (invoice(1), unjudged());
    let impatient = keeper.send(&document, &options);
    assert!(
        tokio::time::timeout(Duration::from_millis(50), impatient)
            .await
            .is_err()
    );
    assert_eq!(journal.names().last(), Some(&"sending"));
    keeper.send(&invoice(1), &options).await.unwrap();
    assert_eq!(server.count("sessions.invoices"), 1);
    // Nothing is locked: the session can be closed and another one opened.
    let session = keeper.sessions().await[0];
    keeper.close(session, Duration::from_secs(5)).await.unwrap();
    keeper.send(&invoice(2), &options).await.unwrap();
}

#[tokio::test]
async fn refusals_of_the_session_lead_to_another_one_once() {
    for code in [21_155, 21_173, 21_180, 21_184] {
        let server = Server::start().await;
        let (keeper, journal) = keeper(&server.client());
        let first = keeper.send(&invoice(0), &unjudged()).await.unwrap();
        server.script("sessions.send_invoice", [Act::Refuse(code)]);
        let second = keeper.send(&invoice(1), &unjudged()).await.unwrap();
        assert_ne!(first.session, second.session, "{code}");
        let third = keeper.send(&invoice(2), &unjudged()).await.unwrap();
        assert_eq!(second.session, third.session, "{code}");
        let refused = journal.entries().iter().any(|entry| {
            matches!(entry, Entry::InvoiceNotSent { code: Some(found), .. } if i64::from(*found) == i64::from(code))
        });
        assert!(refused, "{code}");
        let open = keeper.sessions().await;
        let is_over = code == 21_173;
        assert_eq!(
            open.contains(&first.session),
            !is_over,
            "{code}: still to be closed?"
        );

        server.script("sessions.send_invoice", vec![Act::Refuse(code); 5]);
        let before = server.count("sessions.send_invoice");
        let error = keeper.send(&invoice(3), &unjudged()).await.unwrap_err();
        assert!(error.has_code(code) && error.is_certainly_not_done());
        assert_eq!(
            server.count("sessions.send_invoice"),
            before + 2,
            "{code}: no loop"
        );
    }
}

#[tokio::test]
async fn a_session_whose_key_failed_is_replaced_with_fresh_keys() {
    let server = Server::start().await;
    let (keeper, _) = keeper(&server.client());
    let first = keeper.send(&invoice(0), &unjudged()).await.unwrap();
    {
        let mut world = server.world();
        world.key = 1;
        world.sessions.get_mut(&first.session).unwrap().status = SessionStatus::from_code(415);
    }
    let second = keeper.send(&invoice(1), &unjudged()).await.unwrap();
    assert_ne!(first.session, second.session);
    assert_eq!(server.count("keys.public_key_certificates"), 2);
    assert_eq!(
        server.count("sessions.open_online"),
        2,
        "the fresh key was right at once"
    );
}

#[tokio::test]
async fn a_withdrawn_key_is_replaced_once() {
    let server = Server::start().await;
    let client = server.client();
    client.public_keys().await.unwrap();
    server.world().key = 1;
    let (keeper, _) = keeper(&client);
    keeper.send(&invoice(0), &unjudged()).await.unwrap();
    assert_eq!(server.count("sessions.open_online"), 2);
    assert_eq!(server.count("keys.public_key_certificates"), 2);

    server.script("sessions.open_online", vec![Act::Refuse(21_470); 5]);
    let other = SendOptions::new(FormCode::Pef3).without_validation();
    let error = keeper.send(&invoice(1), &other).await.unwrap_err();
    assert!(error.has_code(21_470));
    assert_eq!(server.count("sessions.open_online"), 4);
}

#[tokio::test]
async fn sessions_are_replaced_before_they_end() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::new(now()));
    let builder = server
        .builder()
        .credentials(seal())
        .clock(Arc::clone(&clock) as _);
    let client = builder.build().unwrap();
    let journal = Arc::new(Memory::default());
    let options = KeeperOptions::default().with_margin(Duration::from_secs(3_600));
    let keeper = Keeper::with_options(client, journal, options);
    let send = async |number| keeper.send(&invoice(number), &unjudged()).await;
    let first = send(0).await.unwrap().session;
    clock.advance(SignedDuration::from_mins(11 * 60 - 2));
    assert_eq!(send(1).await.unwrap().session, first);
    clock.advance(SignedDuration::from_mins(3));
    let second = send(2).await.unwrap().session;
    assert_ne!(second, first);
    assert_eq!(
        keeper.sessions().await.len(),
        2,
        "the first one is still to be closed"
    );

    server.world().session_life = Some(SignedDuration::from_mins(4));
    clock.advance(SignedDuration::from_hours(12));
    let third = send(3).await.unwrap().session;
    assert_eq!(
        send(4).await.unwrap().session,
        third,
        "a margin longer than the life is cut"
    );
}

#[tokio::test]
async fn nothing_leaves_without_its_intent() {
    let server = Server::start().await;
    let (keeper, journal) = keeper(&server.client());
    *journal.failing.lock().unwrap() = vec!["opening"];
    let error = keeper.send(&invoice(0), &unjudged()).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Journal);
    assert_eq!(server.count("sessions.open_online"), 0);

    *journal.failing.lock().unwrap() = vec!["opened"];
    let error = keeper.send(&invoice(0), &unjudged()).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Journal);
    assert_eq!(
        server.count("sessions.send_invoice"),
        0,
        "not into a session nobody remembers"
    );

    *journal.failing.lock().unwrap() = vec!["sending"];
    let error = keeper.send(&invoice(0), &unjudged()).await.unwrap_err();
    assert!(error.is_certainly_not_done());
    assert_eq!(server.count("sessions.send_invoice"), 0);

    // What was sent was sent, even if that cannot be written down.
    *journal.failing.lock().unwrap() = vec!["sent"];
    let sent = keeper.send(&invoice(0), &unjudged()).await.unwrap();
    assert!(!sent.is_journalled, "and the caller learns that");
    assert_eq!(server.invoices().len(), 1);
    journal.failing.lock().unwrap().clear();
    let sent = keeper.send(&invoice(1), &unjudged()).await.unwrap();
    assert!(sent.is_journalled);
}

#[tokio::test]
async fn refused_invoices_are_noted() {
    let server = Server::start().await;
    let (keeper, journal) = keeper(&server.client());
    server.script("sessions.send_invoice", [Act::Refuse(21_405)]);
    let error = keeper.send(&invoice(0), &unjudged()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (&ErrorKind::Rejected, Some(21_405))
    );
    assert!(matches!(
        journal.entries().last(),
        Some(Entry::InvoiceNotSent {
            code: Some(21_405),
            ..
        })
    ));
    assert_eq!(server.count("sessions.open_online"), 1);
}

#[tokio::test]
async fn lost_openings_are_repeated_and_no_invoice_is_in_doubt() {
    let server = Server::start().await;
    let (keeper, journal) = keeper(&server.client());
    server.script("sessions.open_online", [Act::WorkThenDrop, Act::Drop]);
    keeper.send(&invoice(0), &unjudged()).await.unwrap();
    assert_eq!(server.count("sessions.open_online"), 3);
    assert_eq!(journal.names(), ["opening", "opened", "sending", "sent"]);

    server.script("sessions.open_online", vec![Act::WorkThenDrop; 3]);
    let other = SendOptions::new(FormCode::Pef3).without_validation();
    let error = keeper.send(&invoice(1), &other).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unreachable);
    assert!(error.is_certainly_not_done() && error.is_retryable());
    assert_eq!(journal.names().last(), Some(&"opening"));
}

#[tokio::test]
async fn a_login_that_fails_in_mid_send_leaves_nothing_in_doubt() {
    let server = Server::start().await;
    let (keeper, journal) = keeper(&server.client());
    keeper.send(&invoice(0), &unjudged()).await.unwrap();
    {
        let mut world = server.world();
        world.oldest_access = 10_000;
        world.refuses_refresh = true;
    }
    server.script("auth.redeem", vec![Act::WorkThenDrop; 3]);
    let error = keeper.send(&invoice(1), &unjudged()).await.unwrap_err();
    assert!(error.is_certainly_not_done(), "{error}");
    assert_eq!(server.count("sessions.invoices"), 0);
    assert!(matches!(
        journal.entries().last(),
        Some(Entry::InvoiceNotSent { code: None, .. })
    ));
}

//! Sends whose outcome is in doubt: nothing is called undone that was done, and nothing old is taken for new.

use std::sync::Arc;
use std::time::Duration;

use ksef_core::form_code::FormCode;
use ksef_sdk::Client;
use ksef_sdk::api::ops::sessions::InvoiceStatusInfo;
use ksef_sdk::api::status::InvoiceStatus;
use ksef_sdk::journal::Entry;
use ksef_sdk::limiter::LimiterOptions;
use ksef_sdk::session::{InvoiceBytes, Keeper, OpenSession, SendOptions};

use crate::journal::Memory;
use crate::server::{Act, HTML, Server, seal, unjudged};

fn invoice(number: usize) -> InvoiceBytes {
    InvoiceBytes::new(format!("<Faktura>{number}</Faktura>").into_bytes())
}

fn keeper(client: &Client) -> (Keeper, Arc<Memory>) {
    let journal = Arc::new(Memory::default());
    let kept = Arc::clone(&journal) as _;
    (Keeper::new(client.clone(), kept), journal)
}

/// A server on which one session is open and has one invoice.
async fn started() -> (Server, Keeper, Arc<Memory>) {
    let server = Server::start().await;
    let (keeper, journal) = keeper(&server.client());
    let options = unjudged();
    keeper.send(&invoice(0), &options).await.unwrap();
    (server, keeper, journal)
}

fn copies(server: &Server, invoice: &InvoiceBytes) -> usize {
    let all = server.invoices();
    all.iter().filter(|hash| **hash == invoice.hash()).count()
}

#[tokio::test]
async fn a_refusal_of_the_second_attempt_says_nothing_of_the_first() {
    // The first copy arrives after the look-up and before the repeat is refused: 21166 says just that.
    let (server, keeper, journal) = started().await;
    let document = invoice(1);
    server.script(
        "sessions.send_invoice",
        [
            Act::DropThenWork(Duration::from_millis(600)),
            Act::Refuse(21_166),
        ],
    );
    let sent = keeper.send(&document, &unjudged()).await.unwrap();
    assert_eq!(sent.hash, document.hash());
    assert_eq!(copies(&server, &document), 1);
    assert_eq!(journal.names().last(), Some(&"sent"));

    // It arrives after everything: nobody may call it undone.
    let (server, keeper, journal) = started().await;
    server.script(
        "sessions.send_invoice",
        [
            Act::DropThenWork(Duration::from_millis(2_500)),
            Act::Refuse(21_405),
        ],
    );
    let error = keeper.send(&document, &unjudged()).await;
    let error = error.unwrap_err();
    assert!(
        error.is_outcome_unknown() && !error.is_certainly_not_done(),
        "{error}"
    );
    assert_eq!(error.code(), Some(21_405), "what was answered is kept");
    assert_eq!(journal.names().last(), Some(&"sending"));
    tokio::time::sleep(Duration::from_secs(3)).await;
    let sent = keeper.send(&document, &unjudged()).await;
    sent.unwrap();
    assert_eq!(copies(&server, &document), 1, "it was found");
}

#[tokio::test]
async fn a_doubt_about_one_session_outlives_its_replacement() {
    for code in [21_180, 21_184] {
        let (server, keeper, journal) = started().await;
        let document = invoice(1);
        server.script(
            "sessions.send_invoice",
            [
                Act::DropThenWork(Duration::from_millis(2_500)),
                Act::Refuse(code),
                Act::Refuse(21_405),
            ],
        );
        let error = keeper.send(&document, &unjudged()).await;
        let error = error.unwrap_err();
        assert!(error.is_outcome_unknown(), "{code}: {error}");
        assert_eq!(server.count("sessions.open_online"), 2);
        let first = journal
            .entries()
            .iter()
            .find_map(|entry| match entry {
                Entry::SessionOpened { session, .. } => Some(*session),
                _ => None,
            })
            .unwrap();
        let is_closed = journal.entries().iter().any(|entry| {
            matches!(entry, Entry::InvoiceNotSent { session, hash, .. }
                if *session == first && *hash == document.hash())
        });
        assert!(!is_closed, "the doubt stays in the journal");

        tokio::time::sleep(Duration::from_secs(3)).await;
        let sent = keeper.send(&document, &unjudged()).await;
        assert_eq!(sent.unwrap().session, first);
        assert_eq!(copies(&server, &document), 1, "{code}");
    }
}

#[tokio::test]
async fn an_old_copy_is_not_taken_for_the_new_one() {
    let server = Server::start().await;
    let (keeper, _) = keeper(&server.client());
    let (document, options) = (invoice(1), unjudged());
    let refused = keeper.send(&document, &options).await.unwrap();
    server.world().invoice_status = Some(InvoiceStatusInfo::of(InvoiceStatus::NotPermitted));
    // Its owner mends what was wrong and sends it again; the request never arrives.
    server.script("sessions.send_invoice", [Act::Drop]);
    let again = keeper.send(&document, &options).await.unwrap();
    assert_ne!(again.invoice, refused.invoice);
    assert_eq!(copies(&server, &document), 2);
}

#[tokio::test]
async fn one_invoice_sent_by_many_at_once_is_sent_once() {
    let (server, keeper, _) = started().await;
    let document = invoice(1);
    server.script(
        "sessions.send_invoice",
        [Act::Wait(Duration::from_millis(100))],
    );
    let senders: Vec<_> = (0..8)
        .map(|_| {
            let (keeper, document) = (keeper.clone(), document.clone());
            tokio::spawn(async move { keeper.send(&document, &unjudged()).await })
        })
        .collect();
    let mut names = Vec::new();
    for sender in senders {
        names.push(sender.await.unwrap().unwrap().invoice);
    }
    names.dedup();
    assert_eq!(names.len(), 1);
    assert_eq!(copies(&server, &document), 1);

    // Whoever goes away in the middle leaves the doubt to the next.
    let other = invoice(2);
    server.script(
        "sessions.send_invoice",
        [Act::Wait(Duration::from_millis(200))],
    );
    let options = unjudged();
    let leader = keeper.send(&other, &options);
    let leader = tokio::time::timeout(Duration::from_millis(60), leader);
    let follower = keeper.send(&other, &options);
    let (leader, follower) = tokio::join!(leader, follower);
    assert!(leader.is_err());
    follower.unwrap();
    assert!(server.count("sessions.invoices") >= 1, "it was looked up");
}

#[tokio::test]
async fn every_session_in_doubt_is_looked_at() {
    let (server, keeper, _) = started().await;
    let document = invoice(1);
    let sent = keeper.send(&document, &unjudged()).await.unwrap();
    let client = server.client();
    let (next, _) = self::keeper(&client);
    next.recall(document.hash(), sent.session);
    let empty = OpenSession::open(&client, FormCode::Fa3).await.unwrap();
    next.recall(document.hash(), empty.reference());
    let found = next.send(&document, &unjudged()).await.unwrap();
    assert_eq!(found.invoice, sent.invoice);
    assert_eq!(copies(&server, &document), 1);
}

#[tokio::test]
async fn a_page_of_the_firewall_is_not_answered_by_more_sends() {
    let (server, keeper, _) = started().await;
    let page = "<html><body>Request Rejected. Your support ID is: 4711471147</body></html>";
    let before = server.count("sessions.send_invoice");
    server.script(
        "sessions.send_invoice",
        vec![Act::Answer(200, HTML, page.into()); 3],
    );
    let error = keeper.send(&invoice(1), &unjudged()).await;
    assert!(error.unwrap_err().is_outcome_unknown());
    assert_eq!(server.count("sessions.send_invoice"), before + 1);
}

#[tokio::test]
async fn a_look_up_that_must_wait_says_how_long() {
    let server = Server::start().await;
    let patience = LimiterOptions::new().with_wait_max(Duration::from_secs(5));
    let client = server.builder().credentials(seal()).limiter(patience);
    let (keeper, _) = keeper(&client.build().unwrap());
    keeper.send(&invoice(0), &unjudged()).await.unwrap();
    server.script("sessions.send_invoice", [Act::WorkThenDrop]);
    server.script("sessions.invoices", [Act::Throttle("600")]);
    let error = keeper.send(&invoice(1), &unjudged()).await;
    let error = error.unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    // What KSeF asked for holds for the next look-up, which therefore is not made.
    let lookups = server.count("sessions.invoices");
    let error = keeper.send(&invoice(1), &unjudged()).await;
    let error = error.unwrap_err();
    assert!(error.is_outcome_unknown());
    let left = error.retry_after().unwrap();
    assert!((590..=600).contains(&left.as_secs()), "{left:?}");
    assert_eq!(server.count("sessions.invoices"), lookups);
}

#[tokio::test]
async fn a_server_that_asks_for_a_pause_gets_it_before_the_repeat() {
    let (server, keeper, _) = started().await;
    server.script("sessions.send_invoice", [Act::Unavailable("2")]);
    let began = tokio::time::Instant::now();
    let document = invoice(1);
    let sent = keeper.send(&document, &unjudged()).await;
    sent.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert_eq!(copies(&server, &document), 1);

    let (sends, lookups) = (
        server.count("sessions.send_invoice"),
        server.count("sessions.invoices"),
    );
    server.script("sessions.send_invoice", [Act::Unavailable("600")]);
    let error = keeper.send(&invoice(2), &unjudged()).await;
    let error = error.unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    assert_eq!(server.count("sessions.send_invoice"), sends + 1);
    assert_eq!(server.count("sessions.invoices"), lookups, "left alone");

    server.script("sessions.open_online", [Act::Unavailable("600")]);
    let other = SendOptions::new(FormCode::Pef3).without_validation();
    let error = keeper.send(&invoice(3), &other).await.unwrap_err();
    assert!(error.is_certainly_not_done());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    assert_eq!(server.count("sessions.open_online"), 2);
}

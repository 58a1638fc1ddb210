//! The same with everything that goes wrong on the way: nothing lost, nothing twice.

use std::sync::Arc;

use futures_util::TryStreamExt;
use ksef_sdk::journal::NoJournal;
use ksef_sdk::session::{
    DuplicateVerdict, InvoiceBytes, Keeper, SendOptions, resolve_duplicate, wait_invoice,
};

use crate::{WAIT, client, fault, invoice, sandbox, seal};

/// Sends an invoice and makes sure that it ends in KSeF.
async fn delivered(keeper: &Keeper, document: &InvoiceBytes) {
    let client = keeper.client();
    let sent = keeper
        .send(document, &SendOptions::default())
        .await
        .unwrap();
    let verdict = wait_invoice(client, sent.session, sent.invoice, WAIT)
        .await
        .unwrap();
    if verdict.ksef_number.is_none() {
        let verdict = resolve_duplicate(client, &verdict.status, document.hash(), WAIT).await;
        assert!(matches!(verdict.unwrap(), DuplicateVerdict::Mine(_)));
    }
}

#[tokio::test]
async fn faults_on_the_way() {
    for faults in [
        &["sessions.send_invoice:drop-after*2"][..],
        &["sessions.send_invoice:drop-before*2"],
        &[
            "sessions.send_invoice:502-html*1",
            "sessions.send_invoice:500*1",
        ],
        &["sessions.send_invoice:session-unavailable*1"],
        &["sessions.send_invoice:429=1*1"],
        &["sessions.send_invoice:session-415*1"],
        &["sessions.open_online:stale-key*1"],
        &["auth.redeem:drop-after*1", "auth.status:503-html*2"],
        &["sessions.close_online:drop-after*1", "GET /storage/*:500*9"],
    ] {
        let sandbox = sandbox().await;
        for text in faults {
            fault(&sandbox, text);
        }
        let client = client(&sandbox, seal());
        let keeper = Keeper::new(client.clone(), Arc::new(NoJournal));
        for number in ["FV/1", "FV/2", "FV/3"] {
            delivered(&keeper, &invoice(number)).await;
        }
        let mut accepted = 0;
        for session in keeper.sessions().await {
            let all: Vec<_> = client.session_invoices(session).try_concat().await.unwrap();
            accepted += all
                .iter()
                .filter(|found| found.ksef_number.is_some())
                .count();
        }
        assert_eq!(accepted, 3, "{faults:?}");
        for (session, closed) in keeper.close_all(WAIT).await {
            let closed = closed.unwrap_or_else(|error| panic!("{faults:?} {session}: {error}"));
            assert_eq!(closed.upo.is_empty(), !closed.is_processed(), "{faults:?}");
        }
        sandbox.shutdown().await;
    }
}

//! Everything that a seller does, in order.

use std::sync::Arc;

use futures_util::TryStreamExt;
use jiff::SignedDuration;
use ksef_core::clock::{Clock, ManualClock, SystemClock};
use ksef_core::pesel::Pesel;
use ksef_core::secret::SecretText;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::self_signed::{Validity, person_with_pesel};
use ksef_sandbox::{Latency, LimitProfile, Sandbox};
use ksef_sdk::api::ops::sessions::{ListSessions, SessionType};
use ksef_sdk::api::ops::testdata::CreatePerson;
use ksef_sdk::api::ops::tokens::{ListTokens, TokenPermission};
use ksef_sdk::api::status::{InvoiceStatus, TokenStatus};
use ksef_sdk::auth::Credentials;
use ksef_sdk::journal::NoJournal;
use ksef_sdk::session::{
    DuplicateVerdict, Keeper, SendOptions, Sent, resolve_duplicate, wait_invoice, wait_invoices,
};
use ksef_sdk::{Client, ErrorKind};

use crate::{WAIT, client, context, invoice, invoice_for, sandbox, seal, seller};

#[tokio::test]
async fn from_a_certificate_to_the_upo() {
    let sandbox = sandbox().await;
    let owner = client(&sandbox, seal());
    let permissions = [TokenPermission::InvoiceWrite, TokenPermission::InvoiceRead];
    let token = owner
        .generate_ksef_token(permissions, "token do wysyłki")
        .await
        .unwrap();
    owner
        .wait_for_ksef_token(token.reference, WAIT)
        .await
        .unwrap();

    let sender = owner.with_login(context(), Credentials::KsefToken(token.token));
    let keeper = Keeper::new(sender.clone(), Arc::new(NoJournal));
    let mut sent = Vec::new();
    for number in ["FV/1", "FV/2", "FV/3"] {
        sent.push(
            keeper
                .send(&invoice(number), &SendOptions::default())
                .await
                .unwrap(),
        );
    }
    let session = sent[0].session;
    let names: Vec<_> = sent.iter().map(|sent| sent.invoice).collect();
    let verdicts = wait_invoices(&sender, session, &names, WAIT).await.unwrap();
    assert_eq!(verdicts.len(), 3);
    for (
        verdict,
        Sent {
            invoice: name,
            hash,
            ..
        },
    ) in verdicts.iter().zip(&sent)
    {
        assert_eq!(
            verdict.invoice_status(),
            InvoiceStatus::Accepted,
            "{verdict:?}"
        );
        let number = verdict.ksef_number.unwrap();
        let stored = sender.invoice(number, WAIT).await.unwrap();
        assert_eq!(ksef_crypto::digest::sha256(&stored.bytes), *hash);
        let by_name = sender.upo_of_invoice(session, *name).await.unwrap();
        let by_number = sender.upo_of_ksef_number(session, number).await.unwrap();
        let fresh = sender.session_invoice(session, *name).await.unwrap();
        let by_link = sender
            .download(&fresh.upo_download_url.unwrap())
            .await
            .unwrap();
        assert!(by_name.meta_hash.is_some());
        assert_eq!(
            (&by_name.bytes, &by_name.bytes),
            (&by_number.bytes, &by_link.bytes)
        );
        assert!(String::from_utf8_lossy(&by_name.bytes).contains(number.as_str()));
    }

    let closed = keeper.close(session, WAIT).await.unwrap();
    assert!(closed.is_processed());
    assert_eq!(closed.status.successful_invoice_count, Some(3));
    assert_eq!(closed.upo.len(), 1);
    let by_api = sender
        .upo_of_session(session, closed.upo[0].reference)
        .await
        .unwrap();
    assert_eq!(by_api.bytes, closed.upo[0].bytes);
    let list: Vec<_> = sender
        .sessions(ListSessions::new(SessionType::Online))
        .try_concat()
        .await
        .unwrap();
    assert_eq!(list[0].reference_number, session);
    let failed: Vec<_> = sender.failed_invoices(session).try_concat().await.unwrap();
    assert!(failed.is_empty());

    owner.revoke_ksef_token(token.reference).await.unwrap();
    let revoked = owner
        .wait_for_revocation(token.reference, WAIT)
        .await
        .unwrap();
    assert_eq!(revoked.status, TokenStatus::Revoked);
    let all: Vec<_> = owner
        .ksef_tokens(ListTokens::new())
        .try_concat()
        .await
        .unwrap();
    assert_eq!(all.len(), 1);
    sender.logout().await.unwrap();
    let error = sender.authenticate().await.unwrap_err();
    assert_eq!(error.code(), Some(450), "{error}");
    assert!(!owner.logins().await.unwrap().is_empty());
    sandbox.shutdown().await;
}

#[tokio::test]
async fn duplicates_are_mine_or_theirs() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, seal());
    let keeper = Keeper::new(client.clone(), Arc::new(NoJournal));
    let verdict = async |document: &ksef_sdk::session::InvoiceBytes| {
        let sent = keeper
            .send(document, &SendOptions::default())
            .await
            .unwrap();
        wait_invoice(&client, sent.session, sent.invoice, WAIT)
            .await
            .unwrap()
    };
    let first = invoice("FV/7");
    let number = verdict(&first).await.ksef_number.unwrap();
    let again = verdict(&first).await;
    assert_eq!(again.invoice_status(), InvoiceStatus::Duplicate);
    let resolved = resolve_duplicate(&client, &again.status, first.hash(), WAIT)
        .await
        .unwrap();
    assert_eq!(resolved, DuplicateVerdict::Mine(number));

    let other = invoice_for("FV/7", "246.00");
    let refused = verdict(&other).await;
    let resolved = resolve_duplicate(&client, &refused.status, other.hash(), WAIT)
        .await
        .unwrap();
    assert_eq!(resolved, DuplicateVerdict::Conflict(number));
    let session = keeper.sessions().await[0];
    let failed: Vec<_> = client.failed_invoices(session).try_concat().await.unwrap();
    assert_eq!(failed.len(), 2);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_sole_trader_of_the_test_data() {
    let sandbox = sandbox().await;
    let pesel = Pesel::parse("88102341294").unwrap();
    let from = SystemClock.now() - SignedDuration::from_hours(1);
    let validity = Validity::days(from, 30);
    let identity = person_with_pesel("Anna", "Nowak", &pesel, KeyKind::Rsa2048, validity).unwrap();
    let client = client(&sandbox, Credentials::certificate(identity));
    let error = client.authenticate().await.unwrap_err();
    assert_eq!(error.code(), Some(415), "no permission yet: {error}");
    client
        .create_test_person(&CreatePerson::new(seller(), pesel, "działalność"))
        .await
        .unwrap();
    client.authenticate().await.unwrap();
    client.remove_test_person(seller()).await.unwrap();
    sandbox.shutdown().await;
}

#[tokio::test]
async fn tokens_end_and_come_back() {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let builder = Sandbox::builder()
        .limits(LimitProfile::Off)
        .latency(Latency::NONE);
    let sandbox = builder
        .clock(Arc::clone(&clock) as _)
        .start()
        .await
        .unwrap();
    // The client goes by its own clock, which stands still: only refusals tell it that its tokens have ended.
    let behind = Arc::new(ManualClock::new(clock.now()));
    let client = Client::builder(sandbox.environment().unwrap())
        .credentials(seal())
        .context(context())
        .clock(behind)
        .build()
        .unwrap();
    client.logins().await.unwrap();
    let first = client.login_reference().unwrap();
    clock.advance(SignedDuration::from_hours(1));
    client.logins().await.unwrap();
    assert_eq!(client.login_reference().unwrap(), first, "refreshed");
    clock.advance(SignedDuration::from_hours(24 * 9));
    client.logins().await.unwrap();
    assert_ne!(client.login_reference().unwrap(), first, "signed in anew");

    let second = client.login_reference().unwrap();
    client.terminate_login(second).await.unwrap();
    client.logout().await.unwrap();
    client.authenticate().await.unwrap();
    let link = SecretText::new("/storage/nothing");
    let error = client.download(&link).await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Forbidden),
        "{error}"
    );
    sandbox.shutdown().await;
}

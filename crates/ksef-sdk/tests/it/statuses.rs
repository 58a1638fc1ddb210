//! Verdicts on invoices.

use std::time::Duration;

use bytes::Bytes;
use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_core::reference::SessionRef;
use ksef_sdk::ErrorKind;
use ksef_sdk::api::ops::sessions::InvoiceStatusInfo;
use ksef_sdk::api::status::InvoiceStatus;
use ksef_sdk::session::{
    DuplicateVerdict, InvoiceBytes, InvoicePoller, OpenSession, resolve_duplicate, wait_invoice,
    wait_invoices,
};

use crate::server::{Act, Server, unjudged};

const WAIT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn verdicts_are_awaited() {
    let server = Server::start().await;
    let client = server.client();
    let session = OpenSession::open(&client, FormCode::Fa3).await.unwrap();
    let mut references = Vec::new();
    for number in 0..12 {
        let invoice = InvoiceBytes::new(format!("<a>{number}</a>"));
        let sent = session.send(&client, &invoice, &unjudged()).await.unwrap();
        references.push(sent.invoice);
    }
    server.world().polls_before_final = 2;
    let invoice = wait_invoice(&client, session.reference(), references[0], WAIT)
        .await
        .unwrap();
    assert_eq!(invoice.invoice_status(), InvoiceStatus::Accepted);
    assert_eq!(server.count("sessions.invoice_status"), 3);

    let mut poller = InvoicePoller::new(&client, session.reference(), references[1]);
    assert!(poller.poll().await.unwrap().is_none());
    let error = poller
        .until_final(Duration::from_millis(1))
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::Pending {
            resource: "invoice",
            code: Some(150)
        }
    );

    let all = wait_invoices(&client, session.reference(), &references[..11], WAIT)
        .await
        .unwrap();
    assert_eq!(all.len(), 11);
    assert!(all.iter().all(|invoice| invoice.status.code == 200));

    server.world().invoice_status = Some(InvoiceStatusInfo::of(InvoiceStatus::Processing));
    let wait = Duration::from_millis(100);
    let all = wait_invoices(&client, session.reference(), &references, wait)
        .await
        .unwrap();
    assert_eq!(all.len(), 12);
    assert!(
        all.iter().all(|invoice| invoice.status.code == 150),
        "as far as they are"
    );
}

#[tokio::test]
async fn duplicates_are_told_apart() {
    let server = Server::start().await;
    let client = server.client();
    let seller = Nip::parse("5265877635").unwrap();
    let number = KsefNumber::generate(seller, jiff::civil::date(2026, 11, 21), 1);
    let session = SessionRef::generate(jiff::civil::date(2026, 11, 21), 1, 1);
    let status = InvoiceStatusInfo::of(InvoiceStatus::Duplicate).with_original(session, &number);
    let mine = InvoiceBytes::new("<mine/>");
    let resolve = async |status: &InvoiceStatusInfo| {
        resolve_duplicate(&client, status, mine.hash(), WAIT).await
    };

    assert_eq!(
        resolve(&status).await.unwrap(),
        DuplicateVerdict::Unknown(Some(number))
    );
    server
        .world()
        .stored
        .insert(number, Bytes::from_static(b"<theirs/>"));
    assert_eq!(
        resolve(&status).await.unwrap(),
        DuplicateVerdict::Conflict(number)
    );
    server.world().stored.insert(number, mine.bytes().clone());
    server.script(
        "invoices.download",
        [Act::Refuse(21_165), Act::Refuse(21_165)],
    );
    assert_eq!(
        resolve(&status).await.unwrap(),
        DuplicateVerdict::Mine(number)
    );
    let nameless = InvoiceStatusInfo::of(InvoiceStatus::Duplicate);
    assert_eq!(
        resolve(&nameless).await.unwrap(),
        DuplicateVerdict::Unknown(None)
    );

    server.script("invoices.download", vec![Act::Drop; 5]);
    assert_eq!(
        resolve(&status).await.unwrap_err().kind(),
        &ErrorKind::Unreachable
    );
    let wait = Duration::from_millis(100);
    server.script("invoices.download", vec![Act::Refuse(21_165); 2]);
    assert!(
        client
            .invoice(number, wait)
            .await
            .unwrap_err()
            .has_code(21_165)
    );
}

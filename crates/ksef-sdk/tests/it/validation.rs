//! Invoices that KSeF would refuse do not leave.

use std::sync::Arc;

use ksef_core::form_code::FormCode;
use ksef_invoice::rule::Rule;
use ksef_sdk::ErrorKind;
use ksef_sdk::journal::NoJournal;
use ksef_sdk::session::{InvoiceBytes, Keeper, OpenSession, SendOptions};

use crate::journal::Memory;
use crate::server::{Server, unjudged};

const INVOICE: &str = include_str!("../../../../examples/invoices/01-vat.xml");
const ATTACHMENT: &str = "<Zalacznik><BlokDanych><MetaDane><ZKlucz>a</ZKlucz><ZWartosc>b</ZWartosc></MetaDane></BlokDanych></Zalacznik></Faktura>";

fn bytes(text: impl Into<String>) -> InvoiceBytes {
    InvoiceBytes::new(text.into())
}

#[tokio::test]
async fn what_ksef_would_refuse_causes_no_request() {
    let server = Server::start().await;
    let journal = Arc::new(Memory::default());
    let keeper = Keeper::new(server.client(), Arc::clone(&journal) as _);
    let attached = INVOICE.replace("</Faktura>", ATTACHMENT);
    let cases = [
        (INVOICE.replace("<P_15>", "<P_15>x"), Rule::SchemaValue),
        ("no xml".to_owned(), Rule::XmlNotWellFormed),
        (String::new(), Rule::FileEmpty),
        (attached, Rule::AttachmentOnline),
    ];
    for (text, rule) in cases {
        let error = keeper
            .send(&bytes(text), &SendOptions::default())
            .await
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::InvalidInvoice { .. }),
            "{error}"
        );
        assert_eq!(error.findings()[0].rule(), rule);
        assert!(error.is_certainly_not_done() && !error.is_retryable());
        assert!(error.to_string().contains(rule.id()), "{error}");
    }
    let other = SendOptions::new(FormCode::FaRr1);
    let error = keeper.send(&bytes(INVOICE), &other).await.unwrap_err();
    assert_eq!(error.findings()[0].rule(), Rule::FormNotOfSession);
    assert_eq!(
        server.state.seen.lock().unwrap().len(),
        0,
        "not even a login"
    );
    assert!(journal.names().is_empty());

    keeper
        .send(&bytes(INVOICE), &SendOptions::default())
        .await
        .unwrap();
    keeper.send(&bytes("no xml"), &unjudged()).await.unwrap();
    assert_eq!(server.invoices().len(), 2);
}

#[tokio::test]
async fn a_plain_session_looks_too() {
    let server = Server::start().await;
    let client = server.client();
    let session = OpenSession::open(&client, FormCode::Fa3).await.unwrap();
    let bad = bytes(INVOICE.replace("<P_15>", "<P_15>x"));
    let error = session
        .send(&client, &bad, &SendOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.findings().len(), 1);
    assert_eq!(server.invoices().len(), 0);
    session.send(&client, &bad, &unjudged()).await.unwrap();
    assert_eq!(server.invoices().len(), 1);
}

#[tokio::test]
async fn a_technical_correction_may_have_an_attachment() {
    let server = Server::start().await;
    let keeper = Keeper::new(server.client(), Arc::new(NoJournal));
    let attached = bytes(INVOICE.replace("</Faktura>", ATTACHMENT));
    let corrected = bytes(INVOICE).hash();
    let options = SendOptions::default().with_corrected_invoice(corrected);
    keeper.send(&attached, &options).await.unwrap();
    assert_eq!(server.invoices().len(), 1);
}

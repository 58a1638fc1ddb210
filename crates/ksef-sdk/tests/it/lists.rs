//! Peppol providers and collective identifiers, page by page.

use futures_util::TryStreamExt as _;
use ksef_sdk::api::ops::collective::{CollectiveInvoice, CreateCollectiveIdentifier};
use serde_json::{Value, json};

use crate::server::{Act, Server};

fn answer(value: &Value) -> Act {
    Act::Answer(200, "application/json", value.to_string())
}

fn providers(ids: &[&str], has_more: bool) -> Act {
    let provider = |id: &&str| json!({"id": id, "name": id, "dateCreated": "2026-11-21T08:00:00Z"});
    let providers: Vec<_> = ids.iter().map(provider).collect();
    answer(&json!({"peppolProviders": providers, "hasMore": has_more}))
}

#[tokio::test]
async fn a_provider_that_moves_to_the_next_page_is_named_once() {
    let server = Server::start().await;
    let pages = [
        providers(&["PPL000003", "PPL000002"], true),
        // Another one was registered meanwhile, so the last of the page before comes again.
        providers(&["PPL000002", "PPL000001"], false),
    ];
    server.script("peppol.query", pages);
    let client = server.builder().build().unwrap();
    let pages: Vec<_> = client.peppol_providers().try_collect().await.unwrap();
    let ids: Vec<_> = pages
        .iter()
        .flatten()
        .map(|provider| provider.id.to_string())
        .collect();
    assert_eq!(ids, ["PPL000003", "PPL000002", "PPL000001"]);
    assert_eq!(server.count("peppol.query"), 2);
    assert_eq!(server.seen("peppol.query")[0].authorization, None);
}

#[tokio::test]
async fn the_identifiers_of_an_invoice_follow_the_continuation() {
    let server = Server::start().await;
    let client = server.client();
    let identifier = "1111111111-IZ202607-65ED02180000-E7";
    let page = |next: Option<&str>| {
        answer(&json!({
            "continuationToken": next,
            "collectiveIdentifiers": [{
                "collectiveIdentifierNumber": identifier,
                "createdInCurrentContext": true,
                "dateCreated": "2026-07-10T12:00:00+02:00",
            }],
        }))
    };
    server.script(
        "collective.by_ksef_number",
        [page(Some("more")), page(None)],
    );
    let number = "5265877635-20250826-0100001AF629-AF".parse().unwrap();
    let pages: Vec<_> = client
        .collective_identifiers_of(number)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(pages.len(), 2);
    assert_eq!(
        pages[0][0].collective_identifier_number.as_str(),
        identifier
    );
}

#[tokio::test]
async fn a_second_identifier_is_never_made_by_a_repeat() {
    let server = Server::start().await;
    let client = server.client();
    server.script("collective.create", [Act::Drop]);
    let number = "5265877635-20250826-0100001AF629-AF".parse().unwrap();
    let request = CreateCollectiveIdentifier::new([CollectiveInvoice::new(number)]);
    let error = client
        .create_collective_identifier(&request)
        .await
        .unwrap_err();
    assert!(error.is_outcome_unknown(), "{error:?}");
    assert_eq!(server.count("collective.create"), 1);
    server.script("collective.create", [Act::Refuse(71_001)]);
    let error = client
        .create_collective_identifier(&request)
        .await
        .unwrap_err();
    assert!(error.has_code(71_001), "{error:?}");
}

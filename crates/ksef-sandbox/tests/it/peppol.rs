//! Peppol providers: the list, and what a provider may do.

use jiff::SignedDuration;
use ksef_api::ops::auth::TokenPair;
use ksef_api::ops::collective::ListCollectiveIdentifiersOfInvoice;
use ksef_api::ops::peppol::{ListPeppolProviders, PeppolProvider};
use ksef_api::ops::tokens::{GenerateToken, TokenPermission};
use ksef_api::page::PagedByOffset as _;
use ksef_core::form_code::FormCode;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::self_signed;

use crate::sending::{Sending, code};
use crate::support::World;

async fn sign_in(world: &World, number: usize) -> TokenPair {
    let id = format!("PPL{number:06}").parse().unwrap();
    let name = format!("Provider {number}");
    let identity = self_signed::peppol_provider(&name, &id, KeyKind::EcP256, world.validity());
    let context = format!("PeppolId:{id}");
    world.tokens_of(&identity.unwrap(), &context).await
}

async fn page(world: &World, page: u32, size: u16) -> (Vec<PeppolProvider>, bool) {
    let request = ListPeppolProviders::new()
        .with_page_size(size)
        .with_page_offset(page);
    let answer = world.call(&request, None).await.unwrap();
    (answer.peppol_providers, answer.has_more)
}

#[tokio::test]
async fn the_list_is_paged_newest_first_and_then_by_identifier() {
    let world = World::start().await;
    for number in 0..12 {
        if number == 6 {
            world.advance(SignedDuration::from_secs(1));
        }
        sign_in(&world, number).await;
    }
    let (first, has_more) = page(&world, 0, 10).await;
    let (second, ends) = page(&world, 1, 10).await;
    assert!(has_more && !ends);
    let numbers: Vec<_> = first
        .iter()
        .chain(&second)
        .map(|provider| provider.name.clone())
        .collect();
    let expected: Vec<_> = (6..12)
        .chain(0..6)
        .map(|number| format!("Provider {number}"))
        .collect();
    assert_eq!(numbers, expected);
    assert_eq!(page(&world, 2, 10).await, (Vec::new(), false));
    let defaults = world.call(&ListPeppolProviders::new(), None).await.unwrap();
    assert_eq!(defaults.peppol_providers, first);
}

#[tokio::test]
async fn pages_out_of_bounds_are_refused() {
    let world = World::start().await;
    for (query, expected) in [
        ("pageSize=9", 21405),
        ("pageSize=101", 21405),
        ("pageOffset=-1", 21405),
        ("pageOffset=first", 21001),
    ] {
        let path = format!("/peppol/query?{query}");
        let headers = [("x-error-format", "problem-details")];
        let answer = world.raw("GET", &path, None, &headers, "").await;
        assert_eq!(answer.json()["errors"][0]["code"], expected, "{query}");
    }
}

#[tokio::test]
async fn a_provider_may_send_peppol_documents_and_nothing_else() {
    let world = World::start().await;
    let pair = sign_in(&world, 1).await;
    let access = &pair.access_token;
    Sending::open_for(&world, access, FormCode::Pef3).await;
    let number = "5265877635-20250826-0100001AF629-AF".parse().unwrap();
    let problem = world
        .refused(&ListCollectiveIdentifiersOfInvoice::new(number), access)
        .await;
    assert_eq!(problem.status, 403, "it has no right to read");
    let wish = GenerateToken::new([TokenPermission::InvoiceRead], "for the tests");
    assert_eq!(code(&world.refused(&wish, access).await).0, 26002);
}

//! KSeF tokens: who may generate, see and revoke them.

use jiff::SignedDuration;
use ksef_api::ops::auth::{BearerToken, TokenPair};
use ksef_api::ops::testdata::{
    CreatePerson, GrantTestPermissions, TestPermission, TestPermissionType,
};
use ksef_api::ops::tokens::{
    GenerateToken, GeneratedToken, GetToken, ListTokens, RevokeToken, TokenPermission,
};
use ksef_api::page::Paged as _;
use ksef_api::status::TokenStatus;
use serde_json::json;

use crate::support::{NIP, OTHER_NIP, PESEL, World};

async fn generate(
    world: &World,
    bearer: &BearerToken,
    permission: TokenPermission,
    description: &str,
) -> GeneratedToken {
    world
        .call(&GenerateToken::new([permission], description), Some(bearer))
        .await
        .unwrap()
}

async fn sign_in_with(world: &World, token: &GeneratedToken) -> TokenPair {
    let started = world
        .submit_token(token.token.expose(), &format!("Nip:{NIP}"))
        .await
        .unwrap();
    world.redeem(&started).await.unwrap()
}

/// A person with these permissions in the context of `NIP`.
async fn employee(world: &World, permissions: &[TestPermissionType]) -> TokenPair {
    let permissions = permissions
        .iter()
        .map(|known| TestPermission::new(known.clone(), "granted for a test"));
    let subject = format!("Pesel:{PESEL}").parse().unwrap();
    let grant = GrantTestPermissions::new(
        NIP.parse().unwrap(),
        subject,
        permissions.collect::<Vec<_>>(),
    );
    world.call(&grant, None).await.unwrap();
    world
        .tokens_of(&world.person(PESEL), &format!("Nip:{NIP}"))
        .await
}

#[tokio::test]
async fn nobody_gives_a_token_more_than_they_have() {
    let world = World::start().await;
    let employee = employee(&world, &[TestPermissionType::InvoiceRead]).await;
    let wish = GenerateToken::new(
        [TokenPermission::InvoiceRead, TokenPermission::InvoiceWrite],
        "too much",
    );
    let refused = world.refused(&wish, &employee.access_token).await;
    assert_eq!(refused.errors[0].code, 26001);
    assert!(
        refused.errors[0].details[0].contains("InvoiceWrite"),
        "{refused}"
    );
    assert!(
        !refused.errors[0].details[0].contains("InvoiceRead"),
        "{refused}"
    );
    generate(
        &world,
        &employee.access_token,
        TokenPermission::InvoiceRead,
        "just right",
    )
    .await;
}

#[tokio::test]
async fn peppol_contexts_have_no_tokens() {
    let world = World::start().await;
    let id = "PPL123456".parse().unwrap();
    let provider = ksef_crypto::self_signed::peppol_provider(
        "Dostawca",
        &id,
        ksef_crypto::certificate::KeyKind::EcP256,
        world.validity(),
    );
    let pair = world
        .tokens_of(&provider.unwrap(), "PeppolId:PPL123456")
        .await;
    let wish = GenerateToken::new([TokenPermission::InvoiceRead], "for the tests");
    assert!(
        world
            .refused(&wish, &pair.access_token)
            .await
            .has_code(26002)
    );
}

#[tokio::test]
async fn wishes_that_are_refused() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    let bearer = Some(owner.access_token.token.expose());
    let answer = world
        .json(
            "POST",
            "/tokens",
            bearer,
            json!({"permissions": [], "description": "abc"}),
        )
        .await;
    assert_eq!(
        answer.json()["errors"][0]["details"],
        json!([
            "'permissions' must not be empty.",
            "'description' must be between 5 and 256 characters. You entered 3 characters."
        ])
    );
    for permissions in [
        json!(["VatUeManage"]),
        json!(["Nonsense"]),
        json!("InvoiceRead"),
    ] {
        let body = json!({"permissions": permissions, "description": "for the tests"});
        assert_eq!(
            world.json("POST", "/tokens", bearer, body).await.json()["errors"][0]["code"],
            21001
        );
    }
    let body = json!({"permissions": ["invoiceread"], "description": "any letter case"});
    assert_eq!(
        world.json("POST", "/tokens", bearer, body).await.status,
        202
    );
}

#[tokio::test]
async fn who_sees_which_tokens() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    let stranger = world.owner(OTHER_NIP).await;
    let of_owner = generate(
        &world,
        &owner.access_token,
        TokenPermission::InvoiceWrite,
        "of the owner",
    )
    .await;
    let reader = employee(&world, &[TestPermissionType::InvoiceRead]).await;
    let of_reader = generate(
        &world,
        &reader.access_token,
        TokenPermission::InvoiceRead,
        "of the reader",
    )
    .await;
    let second = generate(
        &world,
        &reader.access_token,
        TokenPermission::InvoiceRead,
        "another of the reader",
    )
    .await;
    let by_token = sign_in_with(&world, &of_reader).await;
    let seen = async |pair: &TokenPair| {
        let listed = world.ask(&ListTokens::new(), &pair.access_token).await;
        let mut seen: Vec<_> = listed
            .tokens
            .iter()
            .map(|token| token.reference_number)
            .collect();
        seen.sort_unstable();
        seen
    };
    let sorted = |tokens: &[&GeneratedToken]| {
        let mut references: Vec<_> = tokens.iter().map(|token| token.reference_number).collect();
        references.sort_unstable();
        references
    };
    assert_eq!(
        seen(&owner).await,
        sorted(&[&of_owner, &of_reader, &second])
    );
    assert_eq!(seen(&reader).await, sorted(&[&of_reader, &second]));
    assert_eq!(seen(&by_token).await, sorted(&[&of_reader]));
    assert_eq!(seen(&stranger).await, []);
    let show = GetToken::new(of_owner.reference_number);
    for pair in [&reader, &by_token, &stranger] {
        assert_eq!(world.refused(&show, &pair.access_token).await.status, 403);
    }
    let shown = world.ask(&show, &owner.access_token).await;
    assert_eq!(shown.author_identifier.to_string(), format!("Nip:{NIP}"));
    assert_eq!(shown.requested_permissions, [TokenPermission::InvoiceWrite]);
    assert_eq!(
        (shown.status, shown.last_use_date),
        (TokenStatus::Active, None)
    );
}

#[tokio::test]
async fn the_author_is_known_by_either_identifier() {
    let world = World::start().await;
    let person = CreatePerson::new(
        OTHER_NIP.parse().unwrap(),
        PESEL.parse().unwrap(),
        "sole trader",
    );
    world.call(&person, None).await.unwrap();
    let context = format!("Nip:{OTHER_NIP}");
    let by_pesel = world.tokens_of(&world.person(PESEL), &context).await;
    let token = generate(
        &world,
        &by_pesel.access_token,
        TokenPermission::InvoiceRead,
        "of the person",
    )
    .await;
    let by_nip = world.tokens_of(&world.seal(OTHER_NIP), &context).await;
    world
        .call(
            &RevokeToken::new(token.reference_number),
            Some(&by_nip.access_token),
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn who_revokes_which_tokens() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    let reader = employee(
        &world,
        &[
            TestPermissionType::InvoiceRead,
            TestPermissionType::CredentialsRead,
        ],
    )
    .await;
    let of_owner = generate(
        &world,
        &owner.access_token,
        TokenPermission::InvoiceWrite,
        "of the owner",
    )
    .await;
    let first = generate(
        &world,
        &reader.access_token,
        TokenPermission::InvoiceRead,
        "first of the reader",
    )
    .await;
    let second = generate(
        &world,
        &reader.access_token,
        TokenPermission::InvoiceRead,
        "second of the reader",
    )
    .await;
    let by_token = sign_in_with(&world, &first).await;
    let revoke = async |pair: &TokenPair, token: &GeneratedToken| {
        world
            .call(
                &RevokeToken::new(token.reference_number),
                Some(&pair.access_token),
            )
            .await
    };
    // Reading is not managing, and a token revokes only itself.
    assert_eq!(revoke(&reader, &of_owner).await.unwrap_err().status, 403);
    assert_eq!(revoke(&by_token, &second).await.unwrap_err().status, 403);
    revoke(&by_token, &first).await.unwrap();
    revoke(&by_token, &first).await.unwrap();
    revoke(&reader, &second).await.unwrap();
    revoke(&owner, &of_owner).await.unwrap();
    let stranger = world.owner(OTHER_NIP).await;
    assert_eq!(revoke(&stranger, &of_owner).await.unwrap_err().status, 403);
    let listed = world.ask(&ListTokens::new(), &owner.access_token).await;
    assert!(
        listed
            .tokens
            .iter()
            .all(|token| token.status == TokenStatus::Revoked)
    );
}

#[tokio::test]
async fn filters_and_pages() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    let bearer = Some(&owner.access_token);
    let mut generated = Vec::new();
    for index in 0..12 {
        world.advance(SignedDuration::from_secs(1));
        let description = format!("Token Ź number {index}");
        generated.push(
            generate(
                &world,
                &owner.access_token,
                TokenPermission::InvoiceRead,
                &description,
            )
            .await,
        );
    }
    world
        .call(&RevokeToken::new(generated[3].reference_number), bearer)
        .await
        .unwrap();
    let first = world.call(&ListTokens::new(), bearer).await.unwrap();
    assert_eq!(first.tokens.len(), 10);
    assert_eq!(
        first.tokens[0].reference_number,
        generated[11].reference_number
    );
    let next = ListTokens::new().with_continuation(first.continuation_token.unwrap());
    let second = world.call(&next, bearer).await.unwrap();
    assert_eq!((second.tokens.len(), second.continuation_token), (2, None));
    let find = async |request: ListTokens| {
        let listed = world
            .call(&request.with_page_size(100), bearer)
            .await
            .unwrap();
        listed.tokens.len()
    };
    assert_eq!(
        find(ListTokens::new().with_description("ź NUMBER 1")).await,
        3
    );
    assert_eq!(
        find(ListTokens::new().with_statuses([TokenStatus::Revoked])).await,
        1
    );
    assert_eq!(
        find(ListTokens::new().with_statuses([TokenStatus::Revoked, TokenStatus::Active])).await,
        12
    );
    assert_eq!(find(ListTokens::new().with_author("2658")).await, 12);
    assert_eq!(find(ListTokens::new().with_author("9999")).await, 0);
    let short = world
        .call(&ListTokens::new().with_description("ab"), bearer)
        .await
        .unwrap_err();
    assert!(short.has_code(21405), "{short}");
    let bearer = owner.access_token.token.expose();
    assert_eq!(
        world.get("/tokens?status=nonsense", bearer).await.status,
        400
    );
    let by_kind = world
        .get("/tokens?authorIdentifierType=pesel", bearer)
        .await
        .json();
    assert_eq!(by_kind["tokens"], json!([]));
}

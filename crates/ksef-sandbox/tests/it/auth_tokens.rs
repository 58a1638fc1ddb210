//! Access and refresh tokens, and the sessions they belong to.

use jiff::SignedDuration;
use ksef_api::ops::auth::{
    ListAuthSessions, RefreshAccess, TerminateAuth, TerminateCurrentAuth, TokenPair,
};
use ksef_api::ops::testdata::{CreatePerson, RemovePerson};
use ksef_api::ops::tokens::{GenerateToken, RevokeToken, TokenPermission};
use ksef_api::page::Paged as _;
use ksef_api::problem::Problem;

use crate::support::{NIP, OTHER_NIP, PESEL, World};

async fn refresh(world: &World, pair: &TokenPair) -> Result<(), Problem> {
    world
        .call(&RefreshAccess, Some(&pair.refresh_token))
        .await
        .map(|_| ())
}

#[tokio::test]
async fn access_tokens_end_and_refresh_tokens_make_new_ones() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    let listed = ListAuthSessions::new();
    world.ask(&listed, &owner.access_token).await;
    world.advance(SignedDuration::from_mins(15));
    assert_eq!(
        world.refused(&listed, &owner.access_token).await.status,
        401
    );
    let mut bearers = vec![owner.access_token.token.expose().to_owned()];
    for _ in 0..2 {
        let refreshed = world.ask(&RefreshAccess, &owner.refresh_token).await;
        world.ask(&listed, &refreshed.access_token).await;
        bearers.push(refreshed.access_token.token.expose().to_owned());
    }
    bearers.sort_unstable();
    bearers.dedup();
    assert_eq!(bearers.len(), 3, "two of one instant differ too");
    assert_eq!(
        world
            .refused(&RefreshAccess, &owner.access_token)
            .await
            .status,
        401
    );
    assert_eq!(
        world.refused(&listed, &owner.refresh_token).await.status,
        401
    );
    world.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(refresh(&world, &owner).await.unwrap_err().status, 401);
}

#[tokio::test]
async fn a_revoked_session_refuses_to_refresh_and_its_access_lives_on() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    world.ask(&TerminateCurrentAuth, &owner.refresh_token).await;
    let refused = refresh(&world, &owner).await.unwrap_err();
    assert_eq!(refused.errors[0].code, 21301);
    assert_eq!(
        refused.errors[0].details,
        ["Status uwierzytelnienia (425) nie pozwala na odświeżenie tokenu dostępowego."]
    );
    let sessions = world
        .ask(&ListAuthSessions::new(), &owner.access_token)
        .await;
    assert_eq!(sessions.items, [], "it is not active any more");
    world.advance(SignedDuration::from_mins(15));
    let refused = world
        .refused(&ListAuthSessions::new(), &owner.access_token)
        .await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn revoking_by_reference_is_for_ones_own_sessions() {
    let world = World::start().await;
    let (first, second) = (world.owner(NIP).await, world.owner(NIP).await);
    let stranger = world.owner(OTHER_NIP).await;
    let sessions = world
        .ask(&ListAuthSessions::new(), &first.access_token)
        .await;
    let other = sessions
        .items
        .iter()
        .find(|session| !session.is_current)
        .unwrap();
    let end = TerminateAuth::new(other.reference_number);
    let refused = world.refused(&end, &stranger.access_token).await;
    assert_eq!(
        refused.forbidden_reason().unwrap().as_str(),
        "insufficient-resource-access"
    );
    world.ask(&end, &first.access_token).await;
    assert!(refresh(&world, &second).await.unwrap_err().has_code(21301));
    refresh(&world, &first).await.unwrap();
    let invented = TerminateAuth::new("20260101-AU-0000000000-0000000000-00".parse().unwrap());
    assert!(
        world
            .refused(&invented, &first.access_token)
            .await
            .has_code(21304)
    );
}

#[tokio::test]
async fn the_list_is_paged_newest_first() {
    let world = World::start().await;
    let seal = world.seal(NIP);
    for _ in 0..12 {
        world.advance(SignedDuration::from_secs(1));
        world.tokens_of(&seal, &format!("Nip:{NIP}")).await;
    }
    world.owner(OTHER_NIP).await;
    world.advance(SignedDuration::from_secs(1));
    let last = world.tokens_of(&seal, &format!("Nip:{NIP}")).await;
    let first_page = world
        .ask(&ListAuthSessions::new(), &last.access_token)
        .await;
    assert_eq!(first_page.items.len(), 10);
    assert!(first_page.items[0].is_current && !first_page.items[1].is_current);
    assert!(
        first_page
            .items
            .is_sorted_by_key(|item| std::cmp::Reverse(item.authentication.start_date))
    );
    // What comes in between shifts nothing.
    world.advance(SignedDuration::from_secs(1));
    world.owner(NIP).await;
    let request =
        ListAuthSessions::new().with_continuation(first_page.continuation_token.clone().unwrap());
    let second_page = world.ask(&request, &last.access_token).await;
    assert_eq!(
        (second_page.items.len(), second_page.continuation_token),
        (3, None)
    );
    assert!(
        second_page
            .items
            .iter()
            .all(|item| !first_page.items.contains(item))
    );
    let bearer = last.access_token.token.expose();
    let headers = [
        ("x-continuation-token", "nonsense"),
        ("x-error-format", "problem-details"),
    ];
    let refused = world
        .raw("GET", "/auth/sessions", Some(bearer), &headers, "")
        .await;
    assert_eq!(refused.json()["errors"][0]["code"], 21418);
    let refused = world
        .raw(
            "GET",
            "/auth/sessions?pageSize=5",
            Some(bearer),
            &headers[1..],
            "",
        )
        .await;
    assert_eq!(
        refused.json()["errors"][0]["details"][0],
        "'pageSize' must be between 10 and 100. You entered 5."
    );
}

#[tokio::test]
async fn refreshing_follows_what_the_subject_may_do_now() {
    let world = World::start().await;
    let person = CreatePerson::new(
        OTHER_NIP.parse().unwrap(),
        PESEL.parse().unwrap(),
        "sole trader",
    );
    world.call(&person, None).await.unwrap();
    let pair = world
        .tokens_of(&world.person(PESEL), &format!("Nip:{OTHER_NIP}"))
        .await;
    world
        .call(&RemovePerson::new(OTHER_NIP.parse().unwrap()), None)
        .await
        .unwrap();
    // The access token keeps what it says until it ends.
    world
        .ask(&ListAuthSessions::new(), &pair.access_token)
        .await;
    let refused = refresh(&world, &pair).await.unwrap_err();
    assert_eq!(
        refused.errors[0].details,
        ["Status uwierzytelnienia (415) nie pozwala na odświeżenie tokenu dostępowego."]
    );
}

#[tokio::test]
async fn a_revoked_ksef_token_ends_its_sessions() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    let request = GenerateToken::new([TokenPermission::InvoiceRead], "for the tests");
    let token = world.ask(&request, &owner.access_token).await;
    let context = format!("Nip:{NIP}");
    let started = world
        .submit_token(token.token.expose(), &context)
        .await
        .unwrap();
    let pending = world
        .submit_token(token.token.expose(), &context)
        .await
        .unwrap();
    let pair = world.redeem(&started).await.unwrap();
    refresh(&world, &pair).await.unwrap();
    world
        .call(
            &RevokeToken::new(token.reference_number),
            Some(&owner.access_token),
        )
        .await
        .unwrap();
    for refused in [
        refresh(&world, &pair).await.unwrap_err(),
        world.redeem(&pending).await.unwrap_err(),
    ] {
        assert_eq!(
            refused.errors[0].details,
            ["Token KSeF został unieważniony."]
        );
    }
}

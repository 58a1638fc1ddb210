//! The lists: pages, filters, and who may look.

use jiff::SignedDuration;
use ksef_api::ops::permissions::{
    GrantPersonPermissions, OwnerPermission, PermissionAuthor, PermissionState, PermissionTarget,
    PersonPermissionType, PersonQueryType, PersonalPermissionScope, QueryPersonPermissions,
    QueryPersonalPermissions,
};
use ksef_api::ops::testdata::{GrantTestPermissions, TestPermission, TestPermissionType};
use ksef_api::page::PagedByOffset as _;
use ksef_core::context::SubjectIdentifier;
use serde_json::{Value, json};

use super::{done, employee, person, person_by_nip, personal, persons, required, scopes};
use crate::support::{NIP, OTHER_NIP, PESEL, World};

/// Each has a permission of its own, granted a second after the one before.
async fn many(world: &World, count: usize) -> ksef_api::ops::auth::BearerToken {
    let mut owner = world.owner(NIP).await.access_token;
    for number in 0..count {
        if number % 100 == 0 {
            owner = world.owner(NIP).await.access_token;
        }
        let pesel = format!("900101{number:05}");
        let grant = GrantPersonPermissions::new(
            person(&pesel),
            [PersonPermissionType::InvoiceRead],
            format!("number {number}"),
        );
        done(world, &grant, &owner).await;
        world.advance(SignedDuration::from_secs(1));
    }
    owner
}

#[tokio::test]
async fn pages_follow_each_other_to_the_end() {
    let world = World::start().await;
    let owner = many(&world, 25).await;
    let query = QueryPersonPermissions::new(PersonQueryType::InCurrentContext);
    let mut found = Vec::new();
    for (index, size, has_more) in [(0, 10, true), (1, 10, true), (2, 5, false), (3, 0, false)] {
        let (items, more) = QueryPersonPermissions::split(
            world
                .ask(&query.clone().with_page_offset(index), &owner)
                .await,
        );
        assert_eq!((items.len(), more), (size, has_more), "page {index}");
        found.extend(items.into_iter().map(|item| item.description));
    }
    let newest_first: Vec<_> = (0..25)
        .rev()
        .map(|number| format!("number {number}"))
        .collect();
    assert_eq!(found, newest_first);
    let (all, more) =
        QueryPersonPermissions::split(world.ask(&query.with_page_size(100), &owner).await);
    assert_eq!((all.len(), more), (25, false));
}

#[tokio::test]
async fn the_size_of_pages_is_not_checked_and_their_index_is() {
    let world = World::start().await;
    let owner = many(&world, 11).await;
    let bearer = Some(owner.token.expose());
    let ask = async |query: &str| {
        let path = format!("/permissions/query/persons/grants?{query}");
        let body = json!({"queryType": "PermissionsInCurrentContext"});
        world.json("POST", &path, bearer, body).await
    };
    let count =
        |answer: crate::support::Answer| answer.json()["permissions"].as_array().unwrap().len();
    assert_eq!(count(ask("pageSize=0").await), 10);
    assert_eq!(count(ask("pageSize=-5").await), 10);
    assert_eq!(count(ask("pageSize=3").await), 3);
    assert_eq!(count(ask("pageSize=1000").await), 11);
    let refused = ask("pageOffset=-1").await.json();
    assert_eq!(refused["errors"][0]["code"], 21405);
    let refused = ask("pageSize=ten").await.json();
    assert_eq!(refused["errors"][0]["code"], 21001);
}

#[tokio::test]
async fn a_body_may_be_missing_where_nothing_in_it_is_required() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let bearer = Some(owner.token.expose());
    for path in [
        "personal/grants",
        "subunits/grants",
        "entities/grants",
        "subordinate-entities/roles",
        "eu-entities/grants",
    ] {
        let path = format!("/permissions/query/{path}");
        let answer = world.raw("POST", &path, bearer, &[], "").await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        let answer = world.json("POST", &path, bearer, json!({})).await;
        assert_eq!(answer.json()["hasMore"], false);
    }
    for path in ["persons/grants", "authorizations/grants"] {
        let path = format!("/permissions/query/{path}");
        let answer = world.json("POST", &path, bearer, json!({})).await;
        assert_eq!(
            answer.json()["errors"][0]["details"],
            json!(["'queryType' must not be empty."])
        );
        let answer = world
            .json("POST", &path, bearer, json!({"queryType": "Everything"}))
            .await;
        assert_eq!(answer.json()["errors"][0]["code"], 21001);
    }
}

#[tokio::test]
async fn the_paper_form_has_the_system_as_its_author() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let authorized = SubjectIdentifier::Pesel(PESEL.parse().unwrap());
    let form = GrantTestPermissions::new(
        NIP.parse().unwrap(),
        authorized,
        [TestPermission::new(
            TestPermissionType::CredentialsManage,
            "ZAW-FA",
        )],
    );
    world.call(&form, None).await.unwrap();
    let grant = GrantPersonPermissions::new(
        person_by_nip(OTHER_NIP),
        [PersonPermissionType::InvoiceRead],
        "by the owner",
    );
    done(&world, &grant, &owner).await;
    let query = || QueryPersonPermissions::new(PersonQueryType::InCurrentContext);
    let of_system = query().with_author(PermissionAuthor::System);
    let list = world.ask(&of_system, &owner).await.permissions;
    assert_eq!(scopes(&list), ["CredentialsManage"]);
    assert_eq!(list[0].subject_person_details, None);
    let raw = world
        .json(
            "POST",
            "/permissions/query/persons/grants",
            Some(owner.token.expose()),
            json!({"queryType": "permissionsincurrentcontext", "authorIdentifier": {"type": "system"}}),
        )
        .await
        .json();
    let author = &raw["permissions"][0]["authorIdentifier"];
    assert_eq!(author["type"], "System");
    assert_eq!(author.get("value"), None::<&Value>);
    let of_owner = query().with_author(SubjectIdentifier::Nip(NIP.parse().unwrap()).into());
    let list = world.ask(&of_owner, &owner).await.permissions;
    assert_eq!(scopes(&list), ["InvoiceRead"]);
    let to_pesel = query().with_authorized(authorized);
    let list = world.ask(&to_pesel, &owner).await.permissions;
    assert_eq!(scopes(&list), ["CredentialsManage"]);
    let manage = query().with_permissions([PersonPermissionType::InvoiceRead]);
    let list = world.ask(&manage, &owner).await.permissions;
    assert_eq!(scopes(&list), ["InvoiceRead"]);
}

#[tokio::test]
async fn direct_permissions_are_for_the_context_itself() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let employee = employee(&world, &owner, [PersonPermissionType::InvoiceRead])
        .await
        .access_token;
    // As in the Ministry's own tests: context and target both name the context.
    let own = PermissionTarget::Nip(NIP.parse().unwrap());
    let here: ksef_core::context::ContextIdentifier = format!("Nip:{NIP}").parse().unwrap();
    let mine = QueryPersonalPermissions::new()
        .with_context(here)
        .with_target(own)
        .with_state(PermissionState::Active);
    let list = world.ask(&mine, &employee).await.permissions;
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].authorized_identifier, None, "it is the caller");
    assert_eq!(list[0].target_identifier, None);
    let elsewhere = QueryPersonalPermissions::new()
        .with_target(PermissionTarget::Nip(OTHER_NIP.parse().unwrap()));
    assert_eq!(world.ask(&elsewhere, &employee).await.permissions, []);
    let other_scope =
        QueryPersonalPermissions::new().with_permissions([PersonalPermissionScope::VatUeManage]);
    assert_eq!(world.ask(&other_scope, &employee).await.permissions, []);
    let theirs = QueryPersonPermissions::new(PersonQueryType::GrantedInCurrentContext)
        .with_context(here)
        .with_target(own)
        .with_state(PermissionState::Active);
    assert_eq!(world.ask(&theirs, &owner).await.permissions.len(), 1);
}

#[tokio::test]
async fn owners_are_told_what_they_are() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let mine = personal(&world, &owner).await;
    assert_eq!(mine.permissions, [], "the owner is in no list");
    assert_eq!(mine.owner_permissions.len(), 7);
    assert!(
        !mine
            .owner_permissions
            .contains(&OwnerPermission::EnforcementOperations)
    );
    let all = persons(&world, &owner, PersonQueryType::InCurrentContext).await;
    assert_eq!(all, []);
    // A KSeF token shows what it carries.
    let wish = ksef_api::ops::tokens::GenerateToken::new(
        [ksef_api::ops::tokens::TokenPermission::InvoiceRead],
        "reading only",
    );
    let token = world.ask(&wish, &owner).await;
    let started = world
        .submit_token(token.token.expose(), &format!("Nip:{NIP}"))
        .await
        .unwrap();
    let limited = world.redeem(&started).await.unwrap().access_token;
    assert_eq!(
        personal(&world, &limited).await.owner_permissions,
        [OwnerPermission::InvoiceRead]
    );
}

#[tokio::test]
async fn looking_needs_a_right_except_at_oneself() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let reader = employee(&world, &owner, [PersonPermissionType::InvoiceRead])
        .await
        .access_token;
    let bearer = Some(reader.token.expose());
    assert_eq!(personal(&world, &reader).await.permissions.len(), 1);
    let cases = [
        (
            "persons/grants",
            json!({"queryType": "PermissionsInCurrentContext"}),
            vec!["CredentialsManage", "CredentialsRead", "SubunitManage"],
        ),
        (
            "subunits/grants",
            json!({}),
            vec!["CredentialsManage", "CredentialsRead", "SubunitManage"],
        ),
        (
            "entities/grants",
            json!({}),
            vec!["CredentialsManage", "CredentialsRead"],
        ),
        (
            "subordinate-entities/roles",
            json!({}),
            vec!["CredentialsManage", "CredentialsRead", "SubunitManage"],
        ),
        (
            "authorizations/grants",
            json!({"queryType": "Granted"}),
            vec!["CredentialsManage", "CredentialsRead", "PefInvoiceWrite"],
        ),
        (
            "eu-entities/grants",
            json!({}),
            vec!["CredentialsManage", "CredentialsRead", "VatUeManage"],
        ),
    ];
    for (path, body, permissions) in cases {
        let path = format!("/permissions/query/{path}");
        let answer = world.json("POST", &path, bearer, body).await;
        assert_eq!(answer.status, 403, "{path}");
        let security = &answer.json()["security"];
        assert_eq!(
            security["requiredAnyOfPermissions"],
            json!(permissions),
            "{path}"
        );
        assert_eq!(security["presentPermissions"], json!(["InvoiceRead"]));
    }
    let refused = world
        .refused(
            &ksef_api::ops::permissions::QueryEntityRoles::new(),
            &reader,
        )
        .await;
    assert_eq!(required(&refused), ["CredentialsManage", "CredentialsRead"]);
    let refused = world
        .refused(&ksef_api::ops::permissions::GetAttachmentConsent, &reader)
        .await;
    assert_eq!(required(&refused), ["CredentialsManage", "CredentialsRead"]);
}

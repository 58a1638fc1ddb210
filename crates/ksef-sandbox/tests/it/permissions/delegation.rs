//! Indirect permissions: what a client passes on to an intermediary, and the intermediary to its people.

use ksef_api::ops::permissions::{
    EntityPermission, EntityPermissionType, IndirectPermissionType, PermissionState,
    PermissionTarget, PersonPermissionType, PersonQueryType, QueryEntityPermissions,
    QueryPersonPermissions, QueryPersonalPermissions, RevokePermission,
};
use serde_json::json;

use super::{
    done, employee, hand_over, indirectly, outcome, person_by_nip, personal, persons, required,
    scopes, sign_in_status, withdraw_all,
};
use crate::permissions::THIRD_NIP;
use crate::support::{NIP, OTHER_NIP, PESEL, World};

/// The client of the office.
const CLIENT: &str = OTHER_NIP;
const OFFICE: &str = NIP;

fn client() -> PermissionTarget {
    PermissionTarget::Nip(CLIENT.parse().unwrap())
}

#[tokio::test]
async fn a_person_may_do_what_both_passed_on() {
    let world = World::start().await;
    let office = world.owner(OFFICE).await.access_token;
    let owner = world.owner(CLIENT).await.access_token;
    let context = format!("Nip:{CLIENT}");
    let both = [
        IndirectPermissionType::InvoiceRead,
        IndirectPermissionType::InvoiceWrite,
    ];
    done(&world, &indirectly(client(), both), &office).await;
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &context).await,
        415,
        "the client passed nothing on"
    );
    hand_over(
        &world,
        &owner,
        OFFICE,
        [
            EntityPermission::delegable(EntityPermissionType::InvoiceRead),
            EntityPermission::new(EntityPermissionType::InvoiceWrite),
        ],
    )
    .await;
    let pair = world.tokens_of(&world.person(PESEL), &context).await;
    let mine = personal(&world, &pair.access_token).await.permissions;
    let state = |scope: &str| {
        let item = mine
            .iter()
            .find(|item| item.permission_scope.as_str() == scope);
        item.unwrap().permission_state.clone()
    };
    assert_eq!(state("InvoiceRead"), PermissionState::Active);
    assert_eq!(state("InvoiceWrite"), PermissionState::Inactive);
    // Withdrawing what the client passed on ends what the person had.
    withdraw_all(&world, &owner).await;
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &context).await,
        415
    );
}

#[tokio::test]
async fn a_grant_without_delegation_sleeps_until_it_is_there() {
    let world = World::start().await;
    let owner = world.owner(CLIENT).await.access_token;
    // As in the Ministry's own test: the intermediary was given the right to manage, and nothing on invoices.
    let manage = ksef_api::ops::permissions::GrantPersonPermissions::new(
        person_by_nip(OFFICE),
        [PersonPermissionType::CredentialsManage],
        "manages permissions",
    );
    done(&world, &manage, &owner).await;
    let office = world.owner(OFFICE).await.access_token;
    let read = [IndirectPermissionType::InvoiceRead];
    done(&world, &indirectly(client(), read), &office).await;
    let granted = QueryPersonPermissions::new(PersonQueryType::GrantedInCurrentContext);
    let inactive = granted.clone().with_state(PermissionState::Inactive);
    let active = granted.with_state(PermissionState::Active);
    let list = world.ask(&inactive, &office).await.permissions;
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].target_identifier, Some(client().into()));
    assert_eq!(world.ask(&active, &office).await.permissions, []);
    hand_over(
        &world,
        &owner,
        OFFICE,
        [EntityPermission::delegable(
            EntityPermissionType::InvoiceRead,
        )],
    )
    .await;
    assert_eq!(world.ask(&inactive, &office).await.permissions, []);
    assert_eq!(world.ask(&active, &office).await.permissions.len(), 1);
    done(&world, &RevokePermission::new(list[0].id), &office).await;
    assert_eq!(world.ask(&active, &office).await.permissions, []);
}

#[tokio::test]
async fn a_general_grant_opens_every_client_and_nothing_else() {
    let world = World::start().await;
    let office = world.owner(OFFICE).await.access_token;
    let read = [IndirectPermissionType::InvoiceRead];
    let general = indirectly(PermissionTarget::AllPartners, read);
    done(&world, &general, &office).await;
    for nip in [CLIENT, THIRD_NIP] {
        let context = format!("Nip:{nip}");
        assert_eq!(
            sign_in_status(&world, &world.person(PESEL), &context).await,
            415
        );
        let owner = world.owner(nip).await.access_token;
        let delegable = [EntityPermission::delegable(
            EntityPermissionType::InvoiceRead,
        )];
        hand_over(&world, &owner, OFFICE, delegable).await;
        assert_eq!(
            sign_in_status(&world, &world.person(PESEL), &context).await,
            200
        );
    }
    let at_home = format!("Nip:{OFFICE}");
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &at_home).await,
        415
    );
    // One client withdraws; the others stay.
    let owner = world.owner(CLIENT).await.access_token;
    withdraw_all(&world, &owner).await;
    let context = |nip: &str| format!("Nip:{nip}");
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &context(CLIENT)).await,
        415
    );
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &context(THIRD_NIP)).await,
        200
    );
}

#[tokio::test]
async fn an_absent_target_means_all_partners() {
    let world = World::start().await;
    let office = world.owner(OFFICE).await.access_token;
    for target in [json!(null), json!({"type": "allpartners", "value": null})] {
        let body = json!({
            "subjectIdentifier": {"type": "Pesel", "value": PESEL},
            "targetIdentifier": target,
            "permissions": ["InvoiceRead"],
            "description": "all clients",
            "subjectDetails": {
                "subjectDetailsType": "PersonByIdentifier",
                "personById": {"firstName": "Anna", "lastName": "Nowak"},
            },
        });
        let bearer = Some(office.token.expose());
        let answer = world
            .json("POST", "/permissions/indirect/grants", bearer, body)
            .await;
        assert_eq!(answer.status, 202, "{answer:?}");
    }
    let list = persons(&world, &office, PersonQueryType::InCurrentContext).await;
    assert_eq!(list.len(), 1, "the second is the same");
    assert_eq!(
        list[0].target_identifier,
        Some(PermissionTarget::AllPartners.into())
    );
    assert_eq!(list[0].permission_state, PermissionState::Inactive);
}

#[tokio::test]
async fn a_unit_of_a_client_can_be_the_target() {
    let world = World::start().await;
    let office = world.owner(OFFICE).await.access_token;
    let owner = world.owner(CLIENT).await.access_token;
    let unit = "InternalId:7762811692-12347";
    let target = PermissionTarget::InternalId("7762811692-12347".parse().unwrap());
    let read = [IndirectPermissionType::InvoiceRead];
    done(&world, &indirectly(target, read), &office).await;
    let administration = ksef_api::ops::permissions::GrantSubunitAdministration::of_unit(
        person_by_nip(CLIENT),
        "7762811692-12347".parse().unwrap(),
        "Oddział w Gdańsku",
        "a branch",
    );
    done(&world, &administration, &owner).await;
    let in_unit = world
        .tokens_of(&world.seal(CLIENT), unit)
        .await
        .access_token;
    let delegable = [EntityPermission::delegable(
        EntityPermissionType::InvoiceRead,
    )];
    hand_over(&world, &in_unit, OFFICE, delegable).await;
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), unit).await,
        200
    );
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &format!("Nip:{CLIENT}")).await,
        415,
        "the unit is not the client"
    );
    let from_unit = indirectly(client(), [IndirectPermissionType::InvoiceRead]);
    assert_eq!(
        outcome(&world, &from_unit, &in_unit).await.code,
        430,
        "nobody can pass anything on to a unit"
    );
}

#[tokio::test]
async fn indirect_grants_that_are_refused() {
    let world = World::start().await;
    let office = world.owner(OFFICE).await.access_token;
    let read = [IndirectPermissionType::InvoiceRead];
    let itself = PermissionTarget::Nip(OFFICE.parse().unwrap());
    let status = outcome(&world, &indirectly(itself, read.clone()), &office).await;
    assert_eq!(status.code, 440);
    let employee = employee(&world, &office, [PersonPermissionType::InvoiceRead]).await;
    let refused = world
        .refused(&indirectly(client(), read), &employee.access_token)
        .await;
    assert_eq!(required(&refused), ["CredentialsManage"]);
    let body = json!({
        "subjectIdentifier": {"type": "Pesel", "value": PESEL},
        "targetIdentifier": {"type": "Nip"},
        "permissions": ["InvoiceRead"],
        "description": "no value",
        "subjectDetails": {
            "subjectDetailsType": "PersonByIdentifier",
            "personById": {"firstName": "Anna", "lastName": "Nowak"},
        },
    });
    let bearer = Some(office.token.expose());
    let answer = world
        .json("POST", "/permissions/indirect/grants", bearer, body)
        .await;
    assert_eq!(
        answer.json()["errors"][0]["details"],
        json!(["'targetIdentifier.value' must not be empty."])
    );
}

#[tokio::test]
async fn the_intermediary_sees_what_it_received_and_the_client_what_it_gave() {
    let world = World::start().await;
    let office = world.owner(OFFICE).await.access_token;
    let owner = world.owner(CLIENT).await.access_token;
    hand_over(
        &world,
        &owner,
        OFFICE,
        [
            EntityPermission::delegable(EntityPermissionType::InvoiceRead),
            EntityPermission::new(EntityPermissionType::InvoiceWrite),
        ],
    )
    .await;
    let received = world.ask(&QueryEntityPermissions::new(), &office).await;
    let from = "Nip:7762811692".parse::<ksef_core::context::ContextIdentifier>();
    let from = from.unwrap();
    assert_eq!(received.permissions.len(), 2);
    assert!(
        received
            .permissions
            .iter()
            .all(|item| item.context_identifier == from.into())
    );
    assert_eq!(
        received
            .permissions
            .iter()
            .filter(|item| item.can_delegate)
            .count(),
        1
    );
    let nobody = QueryEntityPermissions::new().with_context("Nip:1234563218".parse().unwrap());
    assert_eq!(world.ask(&nobody, &office).await.permissions, []);
    assert_eq!(
        world
            .ask(&QueryEntityPermissions::new(), &owner)
            .await
            .permissions,
        []
    );
    // The owner of the office has them among its own, also those that it may not pass on.
    let mine = personal(&world, &office).await;
    assert_eq!(mine.permissions.len(), 2);
    let from_client = QueryPersonalPermissions::new().with_context(from);
    assert_eq!(world.ask(&from_client, &office).await.permissions.len(), 2);
    let gave = persons(&world, &owner, PersonQueryType::GrantedInCurrentContext).await;
    assert_eq!(scopes(&gave), ["InvoiceRead", "InvoiceWrite"]);
}

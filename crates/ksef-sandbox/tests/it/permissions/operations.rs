//! Operations: how they go on, what survives, and what is not kept.

use std::time::Duration;

use jiff::SignedDuration;
use ksef_api::ops::permissions::{
    GetPermissionOperation, GrantPersonPermissions, PersonPermissionType, PersonQueryType,
    RevokeAuthorization, RevokePermission,
};
use ksef_core::permission_id::PermissionId;
use ksef_sandbox::Latency;
use serde_json::json;

use super::{done, employee, outcome, person, person_by_nip, persons, withdraw_all};
use crate::permissions::OTHER_PESEL;
use crate::support::{NIP, OTHER_NIP, PESEL, World};

fn grant() -> GrantPersonPermissions {
    GrantPersonPermissions::new(
        person(PESEL),
        [PersonPermissionType::InvoiceRead],
        "for the tests",
    )
}

#[tokio::test]
async fn an_operation_is_pending_until_its_latency_has_passed() {
    let slow = Latency {
        permission: Duration::from_secs(5),
        ..Latency::NONE
    };
    let world = World::start_with(|builder| builder.latency(slow)).await;
    let owner = world.owner(NIP).await.access_token;
    let started = world.ask(&grant(), &owner).await;
    let query = GetPermissionOperation::new(started.reference_number);
    let first = world.ask(&query, &owner).await.status;
    assert_eq!(
        (first.code, first.description.as_str()),
        (100, "Operacja przyjęta do realizacji")
    );
    let list = persons(&world, &owner, PersonQueryType::InCurrentContext).await;
    assert_eq!(list, []);
    world.advance(SignedDuration::from_secs(5));
    for _ in 0..100 {
        if world.ask(&query, &owner).await.status.code != 100 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let last = world.ask(&query, &owner).await.status;
    assert_eq!(
        (last.code, last.description.as_str(), last.details.len()),
        (200, "Operacja zakończona sukcesem", 0)
    );
    let list = persons(&world, &owner, PersonQueryType::InCurrentContext).await;
    assert_eq!(list.len(), 1);
}

#[tokio::test]
async fn what_was_taken_up_is_done_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let never = Latency {
        permission: Duration::from_secs(3600),
        ..Latency::NONE
    };
    let world =
        World::start_with(|builder| builder.data_dir(directory.path()).latency(never)).await;
    let owner = world.owner(NIP).await.access_token;
    let started = world.ask(&grant(), &owner).await;
    let query = GetPermissionOperation::new(started.reference_number);
    assert_eq!(world.ask(&query, &owner).await.status.code, 100);
    world.sandbox.shutdown().await;

    let world =
        World::start_with(|builder| builder.data_dir(directory.path()).latency(Latency::NONE))
            .await;
    for _ in 0..100 {
        if world.ask(&query, &owner).await.status.code != 100 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(world.ask(&query, &owner).await.status.code, 200);
    let list = persons(&world, &owner, PersonQueryType::InCurrentContext).await;
    assert_eq!(list.len(), 1);
    world.sandbox.shutdown().await;

    // And what was done is still there.
    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    let again = persons(&world, &owner, PersonQueryType::InCurrentContext).await;
    assert_eq!(again, list);
    let context = format!("Nip:{NIP}");
    world.tokens_of(&world.person(PESEL), &context).await;
}

#[tokio::test]
async fn statuses_are_kept_for_thirty_days() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let started = world.ask(&grant(), &owner).await;
    let query = GetPermissionOperation::new(started.reference_number);
    world.advance(SignedDuration::from_hours(30 * 24 - 1));
    let owner = world.owner(NIP).await.access_token;
    assert_eq!(world.ask(&query, &owner).await.status.code, 200);
    world.advance(SignedDuration::from_hours(1));
    let owner = world.owner(NIP).await.access_token;
    assert_eq!(world.refused(&query, &owner).await.status, 410);
}

#[tokio::test]
async fn operations_of_others_are_unknown() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let started = world.ask(&grant(), &owner).await;
    let other = world.owner(OTHER_NIP).await.access_token;
    let query = GetPermissionOperation::new(started.reference_number);
    let refused = world.refused(&query, &other).await;
    assert!(refused.has_code(21405), "{refused}");
    // Anybody who works in the context may ask.
    let context = format!("Nip:{NIP}");
    let employee = world.tokens_of(&world.person(PESEL), &context).await;
    assert_eq!(
        world.ask(&query, &employee.access_token).await.status.code,
        200
    );
    let answer = world
        .get("/permissions/operations/nonsense", owner.token.expose())
        .await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn who_lost_the_right_meanwhile_grants_nothing() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let manager = employee(&world, &owner, [PersonPermissionType::CredentialsManage]).await;
    withdraw_all(&world, &owner).await;
    let wish = GrantPersonPermissions::new(
        person(OTHER_PESEL),
        [PersonPermissionType::InvoiceRead],
        "too late",
    );
    // The access token still opens the operation; what it asks for is judged by what holds now.
    let status = outcome(&world, &wish, &manager.access_token).await;
    assert_eq!(
        (status.code, status.description.as_str()),
        (
            420,
            "Użyte poświadczenia nie mają uprawnień do wykonania tej operacji"
        )
    );
}

#[tokio::test]
async fn only_what_is_there_and_ones_own_can_be_withdrawn() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let other = world.owner(OTHER_NIP).await.access_token;
    done(&world, &grant(), &owner).await;
    let id = persons(&world, &owner, PersonQueryType::InCurrentContext).await[0].id;
    let revoke = RevokePermission::new(id);
    assert_eq!(outcome(&world, &revoke, &other).await.code, 410);
    done(&world, &revoke, &owner).await;
    assert_eq!(
        outcome(&world, &revoke, &owner).await.code,
        410,
        "it is gone"
    );
    let unknown = PermissionId::parse("00000000-0000-0000-0000-000000000000").unwrap();
    let unknown = RevokeAuthorization::new(unknown);
    assert_eq!(outcome(&world, &unknown, &owner).await.code, 410);
    for path in [
        "/permissions/common/grants/x",
        "/permissions/authorizations/grants/x",
    ] {
        let answer = world
            .json("DELETE", path, Some(owner.token.expose()), json!(null))
            .await;
        assert_eq!(answer.json()["errors"][0]["code"], 21405, "{path}");
    }
    let reader = GrantPersonPermissions::new(
        person_by_nip(OTHER_NIP),
        [PersonPermissionType::CredentialsRead],
        "may look only",
    );
    done(&world, &reader, &owner).await;
    let reader = world
        .tokens_of(&world.seal(OTHER_NIP), &format!("Nip:{NIP}"))
        .await
        .access_token;
    assert_eq!(world.refused(&revoke, &reader).await.status, 403);
}

//! The status service, and how it is scripted.

use jiff::SignedDuration;
use ksef_api::latarnia::{Message, MessageType, SystemState, SystemStatus};
use serde_json::{Value, json};

use crate::sending::{control, try_control};
use crate::support::{World, client};

async fn get(world: &World, path: &str) -> Value {
    let environment = world.sandbox.environment().unwrap();
    let url = format!("{}{path}", environment.beacon_base().unwrap());
    let response = client().get(url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

async fn status(world: &World) -> SystemStatus {
    serde_json::from_value(get(world, "/status").await).unwrap()
}

async fn messages(world: &World) -> Vec<Message> {
    serde_json::from_value(get(world, "/messages").await).unwrap()
}

#[tokio::test]
async fn a_system_that_works_has_nothing_to_say() {
    let world = World::start().await;
    assert_eq!(
        get(&world, "/status").await,
        json!({"status": "AVAILABLE", "messages": null})
    );
    assert_eq!(get(&world, "/messages").await, json!([]));
}

#[tokio::test]
async fn maintenance_is_announced_begins_and_ends() {
    let world = World::start().await;
    let (start, end) = (
        world.now() + SignedDuration::from_hours(1),
        world.now() + SignedDuration::from_hours(3),
    );
    let body = json!({"start": start, "end": end, "title": "Przerwa"});
    control(&world, "POST", "latarnia/maintenance", body).await;
    assert_eq!(status(&world).await.status, SystemState::Available);
    let announced = messages(&world).await;
    assert_eq!(announced[0].kind, MessageType::MaintenanceAnnouncement);
    assert_eq!(
        (announced[0].title.as_str(), announced[0].version),
        ("Przerwa", 1)
    );
    world.advance(SignedDuration::from_hours(1));
    let now = status(&world).await;
    assert_eq!(now.status, SystemState::Maintenance);
    assert_eq!(now.messages, announced);

    // It takes longer than was announced.
    let longer = end + SignedDuration::from_hours(1);
    let path = format!("latarnia/messages/{}", announced[0].id);
    control(&world, "POST", &path, json!({"end": longer})).await;
    let revised = messages(&world).await;
    assert_eq!(revised.len(), 1, "the newest version alone");
    assert_eq!((revised[0].version, revised[0].end), (2, Some(longer)));
    assert_eq!(revised[0].published, world.now());
    world.advance(SignedDuration::from_mins(150));
    assert_eq!(status(&world).await.status, SystemState::Maintenance);
    world.advance(SignedDuration::from_mins(30));
    assert_eq!(status(&world).await.status, SystemState::Available);
    assert_eq!(messages(&world).await.len(), 1, "the past stays listed");
}

#[tokio::test]
async fn failures_begin_and_end_and_the_worst_counts() {
    let world = World::start().await;
    control(&world, "POST", "latarnia/maintenance", json!({})).await;
    control(&world, "POST", "latarnia/failure", json!({})).await;
    assert_eq!(status(&world).await.status, SystemState::Failure);
    control(&world, "POST", "latarnia/failure", json!({"total": true})).await;
    let worst = status(&world).await;
    assert_eq!(
        (worst.status, worst.messages.len()),
        (SystemState::TotalFailure, 3)
    );
    world.advance(SignedDuration::from_mins(5));
    control(&world, "POST", "latarnia/failure/end", json!({})).await;
    assert_eq!(
        status(&world).await.status,
        SystemState::Failure,
        "the last one ended"
    );
    control(
        &world,
        "POST",
        "latarnia/failure/end",
        json!({"eventId": 2}),
    )
    .await;
    assert_eq!(status(&world).await.status, SystemState::Maintenance);
    let all = messages(&world).await;
    let ended = all.iter().find(|message| message.event_id == 2).unwrap();
    assert_eq!(ended.kind, MessageType::FailureEnd);
    assert_eq!(ended.end, Some(world.now()));
    assert!(ended.start < world.now());
    control(&world, "DELETE", "latarnia", json!({})).await;
    assert_eq!(status(&world).await.status, SystemState::Available);
    assert_eq!(messages(&world).await, []);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let world = World::start().await;
    let backwards = json!({"start": "2026-11-21T08:00:00Z", "end": "2026-11-21T07:00:00Z"});
    for (path, body, expected) in [
        ("latarnia/maintenance", backwards, 400),
        ("latarnia/maintenance", json!({"start": "soon"}), 400),
        (
            "latarnia/failure",
            json!({"end": "2026-11-21T07:00:00Z"}),
            400,
        ),
        ("latarnia/failure/end", json!({}), 404),
        ("latarnia/failure/end", json!({"eventId": 9}), 404),
        ("latarnia/messages/none", json!({}), 404),
    ] {
        let (found, answer) = try_control(&world, "POST", path, body).await;
        assert_eq!(found, expected, "{path}: {answer}");
    }
    control(&world, "POST", "latarnia/failure", json!({})).await;
    control(
        &world,
        "POST",
        "latarnia/failure/end",
        json!({"eventId": 1}),
    )
    .await;
    let again = try_control(
        &world,
        "POST",
        "latarnia/failure/end",
        json!({"eventId": 1}),
    )
    .await;
    assert_eq!(again.0, 400);
}

#[tokio::test]
async fn it_outlives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    control(
        &world,
        "POST",
        "latarnia/failure",
        json!({"text": "Nie działa."}),
    )
    .await;
    let before = messages(&world).await;
    world.sandbox.shutdown().await;
    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    assert_eq!(messages(&world).await, before);
    assert_eq!(status(&world).await.status, SystemState::Failure);
}

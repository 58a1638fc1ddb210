//! What the status service says: maintenance, failures and their ends, corrections.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use jiff::Timestamp;
use ksef_api::latarnia::{Message, MessageCategory, MessageType};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Refusal, body, perform};
use crate::app::{App, SharedApp};
use crate::random;

/// What every message may say; what is left out has a default.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Words {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    title: Option<String>,
    text: Option<String>,
    #[serde(default)]
    total: bool,
    event_id: Option<i64>,
}

pub(super) fn show(app: &App) -> Value {
    let now = app.now();
    app.world.read(|state| {
        let status = state.latarnia.status(now).status;
        json!({"status": status, "messages": state.latarnia.messages()})
    })
}

pub(super) fn clear(app: &App, _: &[u8]) -> Outcome {
    app.world
        .write(|state, changes| state.latarnia.clear(changes));
    Ok(show(app))
}

pub(super) fn announce_maintenance(app: &App, bytes: &[u8]) -> Outcome {
    let words: Words = body(bytes)?;
    let now = app.now();
    let start = words.start.unwrap_or(now);
    check_order(start, words.end)?;
    app.world.write(|state, changes| {
        let message = Message {
            id: random::hex::<8>(),
            event_id: state.latarnia.next_event(),
            category: MessageCategory::Maintenance,
            kind: MessageType::MaintenanceAnnouncement,
            title: words.title.unwrap_or_else(|| "Prace serwisowe".to_owned()),
            text: words
                .text
                .unwrap_or_else(|| "Zaplanowano prace serwisowe KSeF.".to_owned()),
            start,
            end: words.end,
            version: 1,
            published: now,
        };
        state.latarnia.publish(changes, message);
    });
    Ok(show(app))
}

pub(super) fn begin_failure(app: &App, bytes: &[u8]) -> Outcome {
    let words: Words = body(bytes)?;
    let now = app.now();
    if words.end.is_some() {
        let error = "the end of a failure is told by POST /_sandbox/latarnia/failure/end";
        return Err(Refusal::bad(error));
    }
    let (category, title, text) = if words.total {
        (
            MessageCategory::TotalFailure,
            "Awaria całkowita",
            "Trwa awaria całkowita KSeF.",
        )
    } else {
        (MessageCategory::Failure, "Awaria", "Trwa awaria KSeF.")
    };
    app.world.write(|state, changes| {
        let message = Message {
            id: random::hex::<8>(),
            event_id: state.latarnia.next_event(),
            category,
            kind: MessageType::FailureStart,
            title: words.title.unwrap_or_else(|| title.to_owned()),
            text: words.text.unwrap_or_else(|| text.to_owned()),
            start: words.start.unwrap_or(now),
            end: None,
            version: 1,
            published: now,
        };
        state.latarnia.publish(changes, message);
    });
    Ok(show(app))
}

pub(super) fn end_failure(app: &App, bytes: &[u8]) -> Outcome {
    let words: Words = body(bytes)?;
    let now = app.now();
    let end = words.end.unwrap_or(now);
    app.world.write(|state, changes| {
        let failure = match words.event_id {
            Some(event) if state.latarnia.has_end(event) => {
                return Err(Refusal::bad(format!("the failure {event} has ended")));
            }
            Some(event) => state.latarnia.failure(event),
            None => state.latarnia.open_failure(),
        };
        let failure = failure.ok_or_else(|| Refusal::missing("there is no such failure"))?;
        check_order(failure.start, Some(end))?;
        let message = Message {
            id: random::hex::<8>(),
            kind: MessageType::FailureEnd,
            title: words
                .title
                .unwrap_or_else(|| "Zakończenie awarii".to_owned()),
            text: words
                .text
                .unwrap_or_else(|| "Awaria KSeF została usunięta.".to_owned()),
            end: Some(end),
            version: 1,
            published: now,
            ..failure.clone()
        };
        state.latarnia.publish(changes, message);
        Ok(())
    })?;
    Ok(show(app))
}

/// Publishes a new version of a message.
pub(super) async fn revise(
    State(app): State<SharedApp>,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Response {
    perform(app, move |app| {
        let words: Words = body(&bytes)?;
        let now = app.now();
        app.world.write(|state, changes| {
            let known = state.latarnia.get(&id);
            let known =
                known.ok_or_else(|| Refusal::missing(format!("there is no message {id}")))?;
            let mut message = known.clone();
            message.start = words.start.unwrap_or(message.start);
            message.end = words.end.or(message.end);
            check_order(message.start, message.end)?;
            message.title = words.title.unwrap_or(message.title);
            message.text = words.text.unwrap_or(message.text);
            message.version += 1;
            message.published = now;
            state.latarnia.publish(changes, message);
            Ok(())
        })?;
        Ok(show(app))
    })
    .await
}

fn check_order(start: Timestamp, end: Option<Timestamp>) -> Result<(), Refusal> {
    if end.is_some_and(|end| end < start) {
        return Err(Refusal::bad(format!(
            "the end must not be before the start, {start}"
        )));
    }
    Ok(())
}

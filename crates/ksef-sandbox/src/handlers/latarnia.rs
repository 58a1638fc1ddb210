//! The status service: what the Ministry has at an address of its own stands here below `/latarnia`.
//!
//! It knows no logins and no limits, and its clock is that of the world. What it says is scripted through the control
//! API; it does not keep the API from answering, for that there are [faults](crate::faults).

use axum::Router;
use axum::body::Body;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use ksef_api::latarnia::{MESSAGES_PATH, STATUS_PATH};
use serde_json::json;

use crate::app::SharedApp;

/// Path of the service below the origin.
pub(crate) const BASE_PATH: &str = "/latarnia";

/// The addresses of the service.
pub(crate) fn router() -> Router<SharedApp> {
    Router::new()
        .route(&format!("{BASE_PATH}{STATUS_PATH}"), get(status))
        .route(&format!("{BASE_PATH}{MESSAGES_PATH}"), get(messages))
}

async fn status(Shared(app): Shared<SharedApp>) -> Response {
    let now = app.now();
    let status = app.world.read(|state| state.latarnia.status(now));
    let messages = match status.messages.as_slice() {
        [] => json!(null),
        messages => json!(messages),
    };
    answer(&json!({"status": status.status, "messages": messages}))
}

async fn messages(Shared(app): Shared<SharedApp>) -> Response {
    let messages = app.world.read(|state| json!(state.latarnia.messages()));
    answer(&messages)
}

fn answer(value: &serde_json::Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

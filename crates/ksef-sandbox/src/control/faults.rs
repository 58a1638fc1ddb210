//! Scripted faults.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Refusal, body, perform};
use crate::app::{App, SharedApp};
use crate::faults::Fault;

pub(super) fn list(app: &App) -> Value {
    json!({"faults": app.faults.list()})
}

pub(super) fn add(app: &App, bytes: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Add {
        One { fault: String },
        Many { faults: Vec<String> },
    }
    let texts = match body(bytes) {
        Ok(Add::One { fault }) => vec![fault],
        Ok(Add::Many { faults }) => faults,
        Err(_) => {
            let expected =
                "expected {\"fault\": \"TARGET:ACTION\"} or {\"faults\": [\"TARGET:ACTION\", …]}";
            return Err(Refusal::bad(expected));
        }
    };
    let parsed: Result<Vec<_>, _> = texts.iter().map(|text| Fault::parse(text)).collect();
    // All or none, so that a typing error does not leave half of a script behind.
    let faults = parsed.map_err(|error| Refusal::bad(error.to_string()))?;
    let ids: Vec<_> = faults
        .into_iter()
        .map(|fault| app.faults.add(fault))
        .collect();
    Ok(json!({"ids": ids, "faults": app.faults.list()}))
}

pub(super) fn clear(app: &App, _: &[u8]) -> Outcome {
    app.faults.clear();
    Ok(list(app))
}

pub(super) async fn remove(State(app): State<SharedApp>, Path(id): Path<String>) -> Response {
    perform(app, move |app| {
        let removed = id.parse().is_ok_and(|id| app.faults.remove(id));
        if removed {
            Ok(list(app))
        } else {
            Err(Refusal::missing(format!("there is no fault {id}")))
        }
    })
    .await
}

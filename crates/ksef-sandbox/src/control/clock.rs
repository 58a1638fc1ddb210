//! The clock of the world.

use jiff::{SignedDuration, Timestamp};
use ksef_core::clock::Clock as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Refusal, body};
use crate::app::App;
use crate::clock::ClockSetting;

pub(super) fn show(app: &App) -> Value {
    let mode = match app.clock.setting() {
        ClockSetting::Running { .. } => "running",
        ClockSetting::Frozen { .. } => "frozen",
    };
    json!({"now": app.clock.now(), "machineNow": app.clock.machine_now(), "mode": mode})
}

pub(super) fn freeze(app: &App, bytes: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    struct Freeze {
        at: Option<Timestamp>,
    }
    let Freeze { at } = body(bytes)?;
    app.set_clock(app.clock.frozen(at));
    Ok(show(app))
}

pub(super) fn advance(app: &App, bytes: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    struct Advance {
        by: By,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum By {
        Seconds(i64),
        Text(String),
    }
    let Advance { by } = body(bytes)?;
    let by = match by {
        By::Seconds(seconds) => SignedDuration::from_secs(seconds),
        By::Text(text) => text.parse().map_err(|_| {
            Refusal::bad(format!(
                "\"{text}\" is no duration; write 90s, 12h 5m, PT12H or seconds"
            ))
        })?,
    };
    app.set_clock(app.clock.advanced(by));
    Ok(show(app))
}

pub(super) fn set(app: &App, bytes: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    struct Set {
        to: Timestamp,
    }
    let Set { to } = body(bytes)?;
    app.set_clock(app.clock.advanced(to.duration_since(app.clock.now())));
    Ok(show(app))
}

pub(super) fn unfreeze(app: &App, _: &[u8]) -> Outcome {
    app.set_clock(app.clock.resumed());
    Ok(show(app))
}

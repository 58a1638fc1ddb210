//! The clock of the world.

use jiff::{SignedDuration, Timestamp};
use ksef_core::clock::Clock as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Refusal, body};
use crate::app::App;
use crate::clock::{ClockSetting, SandboxClock};

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
    change(app, |clock| Some(clock.frozen(at)))
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
    change(app, |clock| clock.advanced(by))
}

pub(super) fn set(app: &App, bytes: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    struct Set {
        to: Timestamp,
    }
    let Set { to } = body(bytes)?;
    change(app, |clock| clock.advanced(to.duration_since(clock.now())))
}

pub(super) fn unfreeze(app: &App, _: &[u8]) -> Outcome {
    change(app, |clock| Some(clock.resumed()))
}

fn change(app: &App, change: impl FnOnce(&SandboxClock) -> Option<ClockSetting>) -> Outcome {
    if app.change_clock(change) {
        Ok(show(app))
    } else {
        let range = "the clock can stand between 2021-10-01 and 2999-12-31";
        Err(Refusal::bad(range))
    }
}

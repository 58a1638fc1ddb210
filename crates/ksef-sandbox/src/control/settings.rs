//! Reset, keys, latencies, limits.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Refusal, body};
use crate::app::App;
use crate::builder::{Latency, LimitProfile};
use crate::world::keys::KeyUsage;

pub(super) fn reset(app: &App, _: &[u8]) -> Outcome {
    app.reset().map_err(Refusal::failed)?;
    app.faults.clear();
    Ok(json!({"worldId": app.world.read(|state| state.world_id())}))
}

pub(super) fn rotate_keys(app: &App, bytes: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    struct Rotate {
        usages: Option<Vec<KeyUsage>>,
        #[serde(default)]
        withdraw: bool,
    }
    let Rotate { usages, withdraw } = body(bytes)?;
    let usages = usages.unwrap_or_else(|| KeyUsage::ALL.to_vec());
    app.rotate_keys(&usages, withdraw)
        .map_err(Refusal::failed)?;
    let published = app.world.read(|state| state.keys.published(app.now()));
    let ids: Vec<_> = published.iter().map(|key| key.public_key_id).collect();
    Ok(json!({"publicKeyIds": ids}))
}

pub(super) fn latency(app: &App) -> Value {
    let latency = app.latency();
    let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    json!({
        "authenticationMs": milliseconds(latency.authentication),
        "tokenMs": milliseconds(latency.token),
        "certificateMs": milliseconds(latency.certificate),
        "permissionMs": milliseconds(latency.permission),
        "invoiceMs": milliseconds(latency.invoice),
        "sessionMs": milliseconds(latency.session),
        "storageMs": milliseconds(latency.storage),
        "exportMs": milliseconds(latency.export),
        "hwmMs": milliseconds(latency.hwm),
    })
}

pub(super) fn set_latency(app: &App, bytes: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Change {
        authentication_ms: Option<u64>,
        token_ms: Option<u64>,
        certificate_ms: Option<u64>,
        permission_ms: Option<u64>,
        invoice_ms: Option<u64>,
        session_ms: Option<u64>,
        storage_ms: Option<u64>,
        export_ms: Option<u64>,
        hwm_ms: Option<u64>,
    }
    let change: Change = body(bytes)?;
    let now = app.latency();
    let or = |new: Option<u64>, old: Duration| new.map_or(old, Duration::from_millis);
    app.set_latency(Latency {
        authentication: or(change.authentication_ms, now.authentication),
        token: or(change.token_ms, now.token),
        certificate: or(change.certificate_ms, now.certificate),
        permission: or(change.permission_ms, now.permission),
        invoice: or(change.invoice_ms, now.invoice),
        session: or(change.session_ms, now.session),
        storage: or(change.storage_ms, now.storage),
        export: or(change.export_ms, now.export),
        hwm: or(change.hwm_ms, now.hwm),
    });
    Ok(latency(app))
}

pub(super) fn limits(app: &App) -> Value {
    let profile = match app.limit_profile() {
        LimitProfile::Off => "off",
        LimitProfile::Test => "test",
        LimitProfile::Production => "production",
    };
    json!({"profile": profile})
}

pub(super) fn set_limits(app: &App, bytes: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    struct Change {
        profile: String,
    }
    let Change { profile } = body(bytes)?;
    let profile = match profile.to_ascii_lowercase().as_str() {
        "off" => LimitProfile::Off,
        "test" => LimitProfile::Test,
        "production" => LimitProfile::Production,
        _ => {
            let error =
                format!("there is no profile \"{profile}\"; there are off, test, production");
            return Err(Refusal::bad(error));
        }
    };
    app.set_limit_profile(profile);
    Ok(limits(app))
}

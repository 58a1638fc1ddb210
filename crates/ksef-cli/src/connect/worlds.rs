//! Which world was last behind an address of this machine: what was issued while its sandbox is down belongs to it.

use std::collections::BTreeMap;

use ksef_core::environment::{Environment, EnvironmentKind};

use crate::durable::{self, Access};
use crate::home::Home;
use crate::plain_http;

/// Remembers the world behind an address. That it cannot be written is no reason to stop: it is asked again next time.
pub(super) fn remember(home: &Home, environment: &Environment, world: &str) {
    let mut known = read(home);
    let base = environment.api_base().to_owned();
    if known.insert(base, world.to_owned()).as_deref() == Some(world) {
        return;
    }
    let bytes = serde_json::to_vec_pretty(&known).unwrap_or_default();
    if let Err(error) = durable::replace(&home.worlds_file(), &bytes, Access::Private) {
        tracing::warn!(%error, "the worlds of sandboxes cannot be written down");
    }
}

/// The world that was last behind an address of this machine.
pub(super) fn last_behind(home: &Home, environment: &Environment) -> Option<String> {
    let base = environment.api_base();
    let is_near = base
        .parse()
        .is_ok_and(|address| plain_http::is_this_machine(&address));
    if environment.kind() != EnvironmentKind::Custom || !is_near {
        return None;
    }
    read(home).remove(base)
}

fn read(home: &Home) -> BTreeMap<String, String> {
    let bytes = std::fs::read(home.worlds_file()).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

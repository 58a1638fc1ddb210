//! Bars for packages.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ksef_sdk::session::PartProgress;

use crate::printer::Progress;

/// Shows how much of a package was uploaded.
pub(super) fn uploaded(bar: Progress) -> Arc<dyn Fn(PartProgress) + Send + Sync> {
    let sent: Mutex<HashMap<u32, u64>> = Mutex::default();
    Arc::new(move |part| {
        let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.insert(part.ordinal_number, part.sent);
        bar.set(sent.values().sum());
    })
}

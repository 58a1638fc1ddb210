//! How sessions are kept.

use std::time::Duration;

/// How sessions are kept.
#[derive(Debug, Clone)]
pub struct KeeperOptions {
    pub(super) margin: Duration,
    pub(super) features: Vec<String>,
}

impl Default for KeeperOptions {
    /// A session is replaced ten minutes before its end.
    fn default() -> Self {
        Self {
            margin: Duration::from_secs(600),
            features: Vec::new(),
        }
    }
}

impl KeeperOptions {
    /// How long before its end a session is replaced.
    #[must_use]
    pub fn with_margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// A feature flag for the opening of sessions, for example `upo-v4-3`.
    #[must_use]
    pub fn with_feature(mut self, flag: impl Into<String>) -> Self {
        self.features.push(flag.into());
        self
    }
}

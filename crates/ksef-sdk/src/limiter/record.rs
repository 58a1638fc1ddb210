//! What a limiter remembers of a context, and where it is kept between runs.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use jiff::Timestamp;
use ksef_api::operation::{RateGroup, RateLimit};
use ksef_api::ops::limits::RateLimits;
use ksef_core::context::ContextIdentifier;
use serde::{Deserialize, Serialize};

use super::windows::Counter;

/// What is remembered of a context: its limits, and which requests have left within the last hour.
///
/// To a store it is a value that serialises; it holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitRecord {
    /// What `GET /rate-limits` said.
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<RateLimits>,
    /// When it said that.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<Timestamp>,
    /// By group, or by operation within groups that count so.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    counters: BTreeMap<String, Counter>,
}

/// Keeps the records of contexts between runs, and for several processes that share it.
///
/// A store that fails does not stop the work: the failure is logged, and the limiter goes on by what it remembers.
///
/// A store belongs to one environment: its keys do not name any. Its methods block their caller for as long as a small
/// file is read and written.
pub trait LimitStore: fmt::Debug + Send + Sync {
    /// Runs `change` on the record of a context (an empty one when there is none) and keeps what it left, while no other
    /// thread or process does the same with it. `change` is run at most once.
    ///
    /// # Errors
    /// Whatever keeps the store from reading or writing.
    fn update(
        &self,
        context: &ContextIdentifier,
        change: &mut dyn FnMut(&mut LimitRecord),
    ) -> io::Result<()>;
}

impl LimitRecord {
    /// The limit of a group: as the server said, before that as in production.
    pub(super) fn limit(&self, group: RateGroup) -> RateLimit {
        self.limits
            .as_ref()
            .map_or_else(|| group.production(), |limits| limits.limit(group))
    }

    /// The limit of all requests together.
    pub(super) fn global(&self) -> RateLimit {
        let global = self.limits.as_ref().and_then(|limits| limits.global);
        global.map_or(RateLimit::OFF, RateLimit::from)
    }

    /// When the server said what the limits are.
    pub(super) fn asked(&self) -> Option<Timestamp> {
        self.limits.and(self.asked)
    }

    /// Takes over what the server said.
    pub(super) fn set_limits(&mut self, limits: RateLimits, now: Timestamp) {
        self.limits = Some(limits);
        self.asked = Some(now);
    }

    /// Makes the limits count as old: they still hold until others are known.
    pub(super) fn doubt_limits(&mut self) {
        self.asked = self.asked.map(|_| Timestamp::UNIX_EPOCH);
    }

    /// Forgets the limits, and with them what was sent: a server that is told others counts anew.
    pub(super) fn forget_limits(&mut self) {
        *self = Self::default();
    }

    pub(super) fn counter(&self, name: &str) -> Option<&Counter> {
        self.counters.get(name)
    }

    pub(super) fn counter_mut(&mut self, name: &str) -> &mut Counter {
        if !self.counters.contains_key(name) {
            self.counters.insert(name.to_owned(), Counter::default());
        }
        self.counters.entry(name.to_owned()).or_default()
    }

    /// Whether nothing depends on it any more.
    pub(super) fn is_idle(&self, now: i64) -> bool {
        self.counters.values().all(|counter| counter.is_idle(now))
    }

    /// Drops the counters that nothing depends on.
    pub(super) fn forget(&mut self, now: i64) {
        self.counters.retain(|_, counter| !counter.is_idle(now));
    }
}

//! What the status service says.

use jiff::Timestamp;
use ksef_api::latarnia::{Message, MessageCategory, MessageType, SystemState, SystemStatus};
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::store::{Loader, StoreError};

/// The newest version of a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct MessageRecord(pub(crate) Message);

impl Record for MessageRecord {
    const TABLE: &'static str = "latarnia";
    type Key = String;

    fn key(&self) -> String {
        self.0.id.clone()
    }
}

/// All messages.
#[derive(Debug, Default)]
pub(crate) struct Latarnia {
    rows: Collection<MessageRecord>,
}

impl Latarnia {
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            rows: Collection::load(loader)?,
        })
    }

    /// The published messages, the newest first; of each its newest version (unverified: the service may list older ones
    /// too).
    pub(crate) fn messages(&self) -> Vec<&Message> {
        let mut messages: Vec<_> = self.rows.values().map(|row| &row.0).collect();
        messages.sort_unstable_by_key(|message| {
            std::cmp::Reverse((message.published, message.event_id))
        });
        messages
    }

    /// How the system is at an instant: the worst of the events that have begun and not ended, with their messages.
    pub(crate) fn status(&self, now: Timestamp) -> SystemStatus {
        let active: Vec<&Message> = self
            .messages()
            .into_iter()
            .filter(|message| self.is_active(message, now))
            .collect();
        let has = |category| active.iter().any(|message| message.category == category);
        let status = if has(MessageCategory::TotalFailure) {
            SystemState::TotalFailure
        } else if has(MessageCategory::Failure) {
            SystemState::Failure
        } else if has(MessageCategory::Maintenance) {
            SystemState::Maintenance
        } else {
            SystemState::Available
        };
        SystemStatus {
            status,
            messages: active.into_iter().cloned().collect(),
        }
    }

    fn is_active(&self, message: &Message, now: Timestamp) -> bool {
        let lasts = |end: Option<Timestamp>| end.is_none_or(|end| now < end);
        let ending = self.rows.values().find(|row| {
            row.0.event_id == message.event_id && row.0.kind == MessageType::FailureEnd
        });
        message.kind != MessageType::FailureEnd
            && message.start <= now
            && lasts(message.end)
            && lasts(ending.and_then(|row| row.0.end))
    }

    /// The last failure without an end.
    pub(crate) fn open_failure(&self) -> Option<&Message> {
        let failures = self.rows.values().map(|row| &row.0).filter(|message| {
            message.kind == MessageType::FailureStart && !self.has_end(message.event_id)
        });
        failures.max_by_key(|message| message.event_id)
    }

    /// Whether the end of an event was told.
    pub(crate) fn has_end(&self, event: i64) -> bool {
        self.rows
            .values()
            .any(|row| row.0.event_id == event && row.0.kind == MessageType::FailureEnd)
    }

    /// The message that opened an event.
    pub(crate) fn failure(&self, event: i64) -> Option<&Message> {
        self.rows
            .values()
            .map(|row| &row.0)
            .find(|known| known.event_id == event && known.kind == MessageType::FailureStart)
    }

    /// The number of the next event.
    pub(crate) fn next_event(&self) -> i64 {
        let last = self.rows.values().map(|row| row.0.event_id).max();
        last.unwrap_or(0).saturating_add(1)
    }

    /// The message with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Message> {
        self.rows.get(&id.to_owned()).map(|row| &row.0)
    }

    /// Publishes a message, in place of its older version.
    pub(crate) fn publish(&mut self, changes: &mut Changes, message: Message) {
        self.rows.insert(changes, MessageRecord(message));
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self, changes: &mut Changes) {
        self.rows.remove_where(changes, |_| true);
    }
}

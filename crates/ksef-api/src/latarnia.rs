//! Latarnia, the public service that tells how KSeF is: maintenance, failures, total failures.
//!
//! It is another server with another contract, without logins and limits: `GET /status` and `GET /messages` below an
//! address of its own ([`Environment::beacon_base`](ksef_core::environment::Environment::beacon_base)). What it says
//! decides which offline mode the law allows; whether KSeF can be reached is better asked of KSeF itself.
//!
//! Source: `spec/facts/12-environments.md`; the contract is not published with that of the API.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::{timestamp, wire};

/// Path of the state of the system, below the address of the service.
pub const STATUS_PATH: &str = "/status";
/// Path of the published messages, below the address of the service.
pub const MESSAGES_PATH: &str = "/messages";

/// How the system is (`GET /status`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemStatus {
    /// The state.
    pub status: SystemState,
    /// What is said about it; nothing while everything works.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub messages: Vec<Message>,
}

open_enum! {
    /// State of the system.
    pub enum SystemState {
        /// It works.
        Available = "AVAILABLE",
        /// It is down as announced.
        Maintenance = "MAINTENANCE",
        /// It failed.
        Failure = "FAILURE",
        /// It failed so badly that the authorities announced it.
        TotalFailure = "TOTAL_FAILURE",
    }
}

/// A published message; a correction has the same id and a higher version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its identifier.
    pub id: String,
    /// The event that it speaks of: the start and the end of a failure have one.
    pub event_id: i64,
    /// Category of the event.
    pub category: MessageCategory,
    /// What it announces.
    #[serde(rename = "type")]
    pub kind: MessageType,
    /// Title, in Polish.
    pub title: String,
    /// Text, in Polish.
    pub text: String,
    /// When the event begins; of an end, when it began.
    #[serde(with = "timestamp::wire")]
    pub start: Timestamp,
    /// When the event ends, when that is known.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub end: Option<Timestamp>,
    /// Version of the message, from 1.
    pub version: i64,
    /// When it was published.
    #[serde(with = "timestamp::wire")]
    pub published: Timestamp,
}

open_enum! {
    /// Category of an event.
    pub enum MessageCategory {
        /// A failure.
        Failure = "FAILURE",
        /// A total failure.
        TotalFailure = "TOTAL_FAILURE",
        /// Maintenance.
        Maintenance = "MAINTENANCE",
    }
}

open_enum! {
    /// What a message announces.
    pub enum MessageType {
        /// A failure has begun.
        FailureStart = "FAILURE_START",
        /// A failure has ended.
        FailureEnd = "FAILURE_END",
        /// Maintenance will be.
        MaintenanceAnnouncement = "MAINTENANCE_ANNOUNCEMENT",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_says_is_read_and_written() {
        let said = r#"{"status":"FAILURE","messages":[{"id":"m-1","eventId":7,"category":"FAILURE",
            "type":"FAILURE_START","title":"Awaria","text":"Trwa awaria.","start":"2026-11-21T08:00:00Z",
            "version":2,"published":"2026-11-21T08:05:00+01:00","more":true}]}"#;
        let read: SystemStatus = serde_json::from_str(said).unwrap();
        let message = &read.messages[0];
        assert_eq!(read.status, SystemState::Failure);
        assert_eq!(message.kind, MessageType::FailureStart);
        assert_eq!(
            (message.event_id, message.version, message.end),
            (7, 2, None)
        );
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(
            serde_json::from_str::<SystemStatus>(&written).unwrap(),
            read
        );
    }

    #[test]
    fn nothing_to_say_and_news_are_read_too() {
        for said in [
            r#"{"status":"AVAILABLE"}"#,
            r#"{"status":"AVAILABLE","messages":null}"#,
            r#"{"status":"AVAILABLE","messages":[]}"#,
        ] {
            let read: SystemStatus = serde_json::from_str(said).unwrap();
            assert_eq!(
                (read.status, read.messages.len()),
                (SystemState::Available, 0)
            );
        }
        let read: SystemStatus = serde_json::from_str(r#"{"status":"DEGRADED"}"#).unwrap();
        assert_eq!(read.status, SystemState::Other("DEGRADED".into()));
    }
}

//! The list of sessions.

use http::HeaderName;
use jiff::Timestamp;
use ksef_core::reference::SessionRef;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::operation::sessions as operation;
use crate::ops::{answers, calls};
use crate::page::{self, ContinuationToken, Paged};
use crate::request::Request;
use crate::status::{SessionStatus, StatusInfo};
use crate::timestamp;

/// Lists sessions, newest first.
#[derive(Clone, Debug)]
pub struct ListSessions {
    session_type: SessionType,
    reference: Option<SessionRef>,
    instants: Vec<(&'static str, Timestamp)>,
    phases: Vec<SessionPhase>,
    page_size: Option<u16>,
    continuation: Option<ContinuationToken>,
}

impl ListSessions {
    /// Of this type.
    #[must_use]
    pub const fn new(session_type: SessionType) -> Self {
        Self {
            session_type,
            reference: None,
            instants: Vec::new(),
            phases: Vec::new(),
            page_size: None,
            continuation: None,
        }
    }

    /// Only the session with this reference.
    #[must_use]
    pub const fn with_reference(mut self, reference: SessionRef) -> Self {
        self.reference = Some(reference);
        self
    }

    /// Only sessions opened in this range; a missing end is open.
    #[must_use]
    pub fn with_created(self, from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        self.with_range("dateCreatedFrom", from, "dateCreatedTo", to)
    }

    /// Only sessions closed in this range; a missing end is open.
    #[must_use]
    pub fn with_closed(self, from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        self.with_range("dateClosedFrom", from, "dateClosedTo", to)
    }

    /// Only sessions with their last activity in this range; a missing end is open.
    #[must_use]
    pub fn with_modified(self, from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        self.with_range("dateModifiedFrom", from, "dateModifiedTo", to)
    }

    /// Only sessions in one of these phases.
    #[must_use]
    pub fn with_phases(mut self, phases: impl IntoIterator<Item = SessionPhase>) -> Self {
        self.phases.extend(phases);
        self
    }

    /// With pages of this many entries, 10 to 1000; the server's default is 10.
    #[must_use]
    pub const fn with_page_size(mut self, entries: u16) -> Self {
        self.page_size = Some(entries);
        self
    }

    fn with_range(
        mut self,
        from_name: &'static str,
        from: Option<Timestamp>,
        to_name: &'static str,
        to: Option<Timestamp>,
    ) -> Self {
        self.instants
            .extend(from.map(|instant| (from_name, instant)));
        self.instants.extend(to.map(|instant| (to_name, instant)));
        self
    }
}

impl Request for ListSessions {
    calls!(operation::LIST);
    answers!(json Sessions);

    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![("sessionType", self.session_type.as_str().to_owned())];
        query.extend(
            self.reference
                .map(|of| ("referenceNumber", of.as_str().to_owned())),
        );
        query.extend(
            self.instants
                .iter()
                .map(|(name, at)| (*name, timestamp::format(*at))),
        );
        query.extend(
            self.phases
                .iter()
                .map(|phase| ("statuses", phase.as_str().to_owned())),
        );
        query.extend(self.page_size.map(|size| ("pageSize", size.to_string())));
        query
    }

    fn headers(&self) -> Vec<(HeaderName, String)> {
        page::headers(self.continuation.as_ref())
    }
}

impl Paged for ListSessions {
    type Item = SessionSummary;

    fn with_continuation(mut self, token: ContinuationToken) -> Self {
        self.continuation = Some(token);
        self
    }

    fn split(answer: Sessions) -> (Vec<SessionSummary>, Option<ContinuationToken>) {
        (answer.sessions, answer.continuation_token)
    }
}

open_enum! {
    /// Type of a session.
    pub enum SessionType {
        /// Invoices one by one.
        Online = "Online",
        /// A package of invoices.
        Batch = "Batch",
    }
}

open_enum! {
    /// Coarse status by which sessions are filtered (`CommonSessionStatus`).
    pub enum SessionPhase {
        /// Open or being processed.
        InProgress = "InProgress",
        /// Processed; single invoices may still have been rejected.
        Succeeded = "Succeeded",
        /// Opening or closing failed.
        Failed = "Failed",
        /// Nothing was sent, or not in time.
        Cancelled = "Cancelled",
    }
}

/// A page of sessions (`SessionsQueryResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sessions {
    /// Token of the next page.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "page::optional"
    )]
    pub continuation_token: Option<ContinuationToken>,
    /// The sessions.
    pub sessions: Vec<SessionSummary>,
}

/// One session of a list (`SessionsQueryResponseItem`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionSummary {
    /// Its reference.
    pub reference_number: SessionRef,
    /// Status, see [`Self::session_status`].
    pub status: StatusInfo,
    /// When it was opened.
    #[serde(with = "timestamp::wire")]
    pub date_created: Timestamp,
    /// Last activity.
    #[serde(with = "timestamp::wire")]
    pub date_updated: Timestamp,
    /// When the server closes it by itself.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub valid_until: Option<Timestamp>,
    /// Invoices received, rejected ones included.
    pub total_invoice_count: u32,
    /// Invoices with a KSeF number.
    pub successful_invoice_count: u32,
    /// Invoices rejected.
    pub failed_invoice_count: u32,
}

impl SessionSummary {
    /// The typed status.
    #[must_use]
    pub const fn session_status(&self) -> SessionStatus {
        SessionStatus::from_code(self.status.code)
    }
}

//! Status of one session.

use jiff::Timestamp;
use ksef_core::reference::{SessionRef, UpoRef};
use ksef_core::secret::SecretText;
use serde::{Deserialize, Serialize};

use crate::operation::sessions as operation;
use crate::ops::{answers, calls};
use crate::request::Request;
use crate::status::{SessionStatus, StatusInfo};
use crate::{timestamp, wire};

/// Status of a session, with fresh links to its UPO once it is processed.
#[derive(Clone, Copy, Debug)]
pub struct GetSession {
    session: SessionRef,
}

impl GetSession {
    /// Of this session.
    #[must_use]
    pub const fn new(session: SessionRef) -> Self {
        Self { session }
    }
}

impl Request for GetSession {
    calls!(operation::STATUS, path: |this| [this.session.as_str()]);
    answers!(json Session);
}

/// What is known about a session (`SessionStatusResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
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
    /// The UPO, once the session is processed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upo: Option<UpoLinks>,
    /// Invoices received; missing while there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_count: Option<u32>,
    /// Invoices with a KSeF number; missing while there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successful_invoice_count: Option<u32>,
    /// Invoices rejected; missing while there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_invoice_count: Option<u32>,
}

impl Session {
    /// The typed status.
    #[must_use]
    pub const fn session_status(&self) -> SessionStatus {
        SessionStatus::from_code(self.status.code)
    }

    /// The pages of the UPO; empty until the session is processed.
    #[must_use]
    pub fn upo_pages(&self) -> &[UpoPage] {
        self.upo.as_ref().map_or(&[], |upo| upo.pages.as_slice())
    }
}

/// The UPO of a session (`UpoResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpoLinks {
    /// Its pages, each for at most 10 000 invoices.
    pub pages: Vec<UpoPage>,
}

/// A page of the UPO of a session (`UpoPageResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpoPage {
    /// Its reference.
    pub reference_number: UpoRef,
    /// Presigned address, to be read without a bearer. A secret: who has it can read the document.
    #[serde(with = "wire::secret")]
    pub download_url: SecretText,
    /// When the address ends.
    #[serde(with = "timestamp::wire")]
    pub download_url_expiration_date: Timestamp,
}

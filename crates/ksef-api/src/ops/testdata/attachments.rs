//! Consents to invoices with attachments on the test environment.

use jiff::civil::Date;
use ksef_core::nip::Nip;
use serde::{Deserialize, Serialize};

use crate::operation::testdata as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::request::Request;

/// Lets an entity send invoices with attachments (`AttachmentPermissionGrantRequest`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantTestAttachments {
    /// NIP of the entity.
    pub nip: Nip,
}

impl GrantTestAttachments {
    /// To the entity with this NIP.
    #[must_use]
    pub const fn new(nip: Nip) -> Self {
        Self { nip }
    }
}

impl Request for GrantTestAttachments {
    calls!(operation::GRANT_ATTACHMENT);
    answers!(empty);
    is_its_body!();
}

/// Withdraws that consent, at once or from a day on (`AttachmentPermissionRevokeRequest`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevokeTestAttachments {
    /// NIP of the entity.
    pub nip: Nip,
    /// First day without the consent, in Poland; today unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_end_date: Option<Date>,
}

impl RevokeTestAttachments {
    /// From the entity with this NIP, at once.
    #[must_use]
    pub const fn new(nip: Nip) -> Self {
        Self {
            nip,
            expected_end_date: None,
        }
    }

    /// Not at once, but from this day on.
    #[must_use]
    pub const fn with_expected_end_date(mut self, day: Date) -> Self {
        self.expected_end_date = Some(day);
        self
    }
}

impl Request for RevokeTestAttachments {
    calls!(operation::REVOKE_ATTACHMENT);
    answers!(empty);
    is_its_body!();
}

//! The consent to send invoices with attachments.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::operation::permissions as operation;
use crate::ops::{answers, calls};
use crate::request::Request;
use crate::{timestamp, wire};

/// Whether the context may send invoices with attachments. Needs `CredentialsManage` or `CredentialsRead`.
#[derive(Clone, Copy, Debug)]
pub struct GetAttachmentConsent;

impl Request for GetAttachmentConsent {
    calls!(operation::ATTACHMENT_STATUS);
    answers!(json AttachmentConsent);
}

/// The consent to send invoices with attachments (`CheckAttachmentPermissionStatusResponse`); it is given and withdrawn
/// in e-Urząd Skarbowy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentConsent {
    /// Whether attachments are allowed now.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub is_attachment_allowed: bool,
    /// When the consent ends or ended; `None` when it has no end, or was never given.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub revoked_date: Option<Timestamp>,
}

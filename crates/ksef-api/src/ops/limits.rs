//! Limits in force: requests, sessions, certificates.
//!
//! Source: tag "Limity i ograniczenia" of the contract 2.9.0.

use serde::{Deserialize, Serialize};

use crate::operation::{RateGroup, RateLimit, limits as operation};
use crate::ops::{answers, calls};
use crate::request::Request;
use crate::wire;

/// Request limits of the context.
#[derive(Clone, Copy, Debug, Default)]
pub struct GetRateLimits;

impl Request for GetRateLimits {
    calls!(operation::RATE_LIMITS);
    answers!(json RateLimits);
}

/// Limits of one group as written on the wire; -1 switches a window off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateValues {
    /// Requests in a second.
    pub per_second: i32,
    /// Requests in a minute.
    pub per_minute: i32,
    /// Requests in an hour.
    pub per_hour: i32,
}

impl From<RateLimit> for RateValues {
    fn from(limit: RateLimit) -> Self {
        let wire =
            |value: Option<u32>| value.map_or(-1, |value| i32::try_from(value).unwrap_or(i32::MAX));
        Self {
            per_second: wire(limit.per_second),
            per_minute: wire(limit.per_minute),
            per_hour: wire(limit.per_hour),
        }
    }
}

impl From<RateValues> for RateLimit {
    fn from(values: RateValues) -> Self {
        Self {
            per_second: u32::try_from(values.per_second).ok(),
            per_minute: u32::try_from(values.per_minute).ok(),
            per_hour: u32::try_from(values.per_hour).ok(),
        }
    }
}

/// Request limits by group (`EffectiveApiRateLimits`).
///
/// Groups that a server does not name yet are missing; see [`Self::limit`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RateLimits {
    /// Opening online sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_session: Option<RateValues>,
    /// Closing online sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_session_close: Option<RateValues>,
    /// Opening batch sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_session: Option<RateValues>,
    /// Closing batch sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_session_close: Option<RateValues>,
    /// Sending invoices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_send: Option<RateValues>,
    /// Status of one invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_status: Option<RateValues>,
    /// List of sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_list: Option<RateValues>,
    /// Invoices of a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_invoice_list: Option<RateValues>,
    /// Status of a session, UPO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_misc: Option<RateValues>,
    /// Metadata query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_metadata: Option<RateValues>,
    /// Starting exports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_export: Option<RateValues>,
    /// Status of exports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_export_status: Option<RateValues>,
    /// Downloads by KSeF number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_download: Option<RateValues>,
    /// Collective identifiers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collective_identifier: Option<RateValues>,
    /// Each other operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<RateValues>,
    /// Each public operation, per client address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anonymous: Option<RateValues>,
    /// All operations together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global: Option<RateValues>,
}

impl RateLimits {
    /// The same function of the group for every group, no limit on all together.
    #[must_use]
    pub fn from_groups(limit_of: impl Fn(RateGroup) -> RateLimit) -> Self {
        let mut limits = Self {
            global: Some(RateLimit::OFF.into()),
            ..Self::default()
        };
        for group in RateGroup::ALL.iter().copied() {
            *limits.slot(group) = Some(limit_of(group).into());
        }
        limits
    }

    /// The limits of a group; those of production when the server does not name it.
    #[must_use]
    pub fn limit(&self, group: RateGroup) -> RateLimit {
        let mut copy = *self;
        copy.slot(group)
            .map_or_else(|| group.production(), RateLimit::from)
    }

    const fn slot(&mut self, group: RateGroup) -> &mut Option<RateValues> {
        match group {
            RateGroup::OnlineSession => &mut self.online_session,
            RateGroup::OnlineSessionClose => &mut self.online_session_close,
            RateGroup::BatchSession => &mut self.batch_session,
            RateGroup::BatchSessionClose => &mut self.batch_session_close,
            RateGroup::InvoiceSend => &mut self.invoice_send,
            RateGroup::InvoiceStatus => &mut self.invoice_status,
            RateGroup::SessionList => &mut self.session_list,
            RateGroup::SessionInvoiceList => &mut self.session_invoice_list,
            RateGroup::SessionMisc => &mut self.session_misc,
            RateGroup::InvoiceMetadata => &mut self.invoice_metadata,
            RateGroup::InvoiceExport => &mut self.invoice_export,
            RateGroup::InvoiceExportStatus => &mut self.invoice_export_status,
            RateGroup::InvoiceDownload => &mut self.invoice_download,
            RateGroup::CollectiveIdentifier => &mut self.collective_identifier,
            RateGroup::Other => &mut self.other,
            RateGroup::Anonymous => &mut self.anonymous,
        }
    }
}

/// Limits of sessions and collective identifiers of the context.
#[derive(Clone, Copy, Debug, Default)]
pub struct GetContextLimits;

impl Request for GetContextLimits {
    calls!(operation::CONTEXT);
    answers!(json ContextLimits);
}

/// Limits of the context (`EffectiveContextLimits`); the default is what every context has that got no others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextLimits {
    /// Of an online session.
    pub online_session: SessionLimits,
    /// Of a batch session.
    pub batch_session: SessionLimits,
    /// Of collective identifiers; servers before 2.7.1 leave it out.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub collective_identifier: CollectiveIdentifierLimits,
}

/// Limits of a session; one megabyte is 1 000 000 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionLimits {
    /// Size of an invoice without attachment, in megabytes.
    #[serde(rename = "maxInvoiceSizeInMB")]
    pub max_invoice_size_in_mb: u32,
    /// Size of an invoice with attachment, in megabytes.
    #[serde(rename = "maxInvoiceWithAttachmentSizeInMB")]
    pub max_invoice_with_attachment_size_in_mb: u32,
    /// Invoices in a session.
    pub max_invoices: u32,
}

/// Bytes of a megabyte in the limits of KSeF.
const MEGABYTE: u64 = 1_000_000;

impl SessionLimits {
    /// Largest invoice without attachment, in bytes.
    #[must_use]
    pub fn invoice_bytes_max(&self) -> u64 {
        u64::from(self.max_invoice_size_in_mb) * MEGABYTE
    }

    /// Largest invoice with attachment, in bytes.
    #[must_use]
    pub fn invoice_with_attachment_bytes_max(&self) -> u64 {
        u64::from(self.max_invoice_with_attachment_size_in_mb) * MEGABYTE
    }
}

impl Default for SessionLimits {
    /// The limits of every context that has no others.
    fn default() -> Self {
        Self {
            max_invoice_size_in_mb: 1,
            max_invoice_with_attachment_size_in_mb: 3,
            max_invoices: 10_000,
        }
    }
}

/// Limits of collective identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectiveIdentifierLimits {
    /// Invoices of one identifier, 2 to 5000.
    pub max_invoices: u32,
}

impl Default for CollectiveIdentifierLimits {
    /// The limits of every context that has no others.
    fn default() -> Self {
        Self { max_invoices: 500 }
    }
}

/// Limits of certificates of the authenticated subject.
#[derive(Clone, Copy, Debug, Default)]
pub struct GetSubjectLimits;

impl Request for GetSubjectLimits {
    calls!(operation::SUBJECT);
    answers!(json SubjectLimits);
}

/// Limits of the subject (`EffectiveSubjectLimits`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectLimits {
    /// Of certificate requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrollment: Option<EnrollmentLimits>,
    /// Of certificates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateLimits>,
}

/// Limit of certificate requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrollmentLimits {
    /// Requests that may be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_enrollments: Option<u32>,
}

/// Limit of certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateLimits {
    /// Certificates that may be held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_certificates: Option<u32>,
}

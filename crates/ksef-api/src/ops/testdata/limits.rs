//! Overrides of limits on the test environment.

use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::operation::{RateGroup, RateLimit, testdata as operation};
use crate::ops::limits::{
    CertificateLimits, CollectiveIdentifierLimits, ContextLimits, EnrollmentLimits, RateLimits,
    RateValues, SessionLimits,
};
use crate::ops::{answers, calls, is_its_body};
use crate::request::Request;
use crate::wire;

/// Overrides the limits of the context (`SetSessionLimitsRequest`).
///
/// Sizes up to 5 MB, with attachment up to 10 MB; invoices of a session up to 100 000, of an identifier 2 to 5000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetSessionLimits {
    /// Of an online session.
    pub online_session: SessionLimits,
    /// Of a batch session.
    pub batch_session: SessionLimits,
    /// Of collective identifiers; clients before 2.7.1 leave it out.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub collective_identifier: CollectiveIdentifierLimits,
}

impl SetSessionLimits {
    /// To these limits.
    #[must_use]
    pub const fn new(limits: ContextLimits) -> Self {
        Self {
            online_session: limits.online_session,
            batch_session: limits.batch_session,
            collective_identifier: limits.collective_identifier,
        }
    }
}

impl Request for SetSessionLimits {
    calls!(operation::SET_SESSION_LIMITS);
    answers!(empty);
    is_its_body!();
}

/// Restores the limits of sessions of the context.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResetSessionLimits;

impl Request for ResetSessionLimits {
    calls!(operation::RESET_SESSION_LIMITS);
    answers!(empty);
}

/// Overrides the limits of certificates of the subject (`SetSubjectLimitsRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetSubjectLimits {
    /// Type of the subject's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_identifier_type: Option<SubjectLimitsType>,
    /// Of certificate requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrollment: Option<EnrollmentLimits>,
    /// Of certificates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateLimits>,
}

impl SetSubjectLimits {
    /// Without any override yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For subjects with this type of identifier.
    #[must_use]
    pub fn with_subject_identifier_type(mut self, kind: SubjectLimitsType) -> Self {
        self.subject_identifier_type = Some(kind);
        self
    }

    /// At most this many certificate requests.
    #[must_use]
    pub const fn with_enrollments_max(mut self, requests: u32) -> Self {
        self.enrollment = Some(EnrollmentLimits {
            max_enrollments: Some(requests),
        });
        self
    }

    /// At most this many certificates.
    #[must_use]
    pub const fn with_certificates_max(mut self, certificates: u32) -> Self {
        self.certificate = Some(CertificateLimits {
            max_certificates: Some(certificates),
        });
        self
    }
}

impl Request for SetSubjectLimits {
    calls!(operation::SET_SUBJECT_LIMITS);
    answers!(empty);
    is_its_body!();
}

open_enum! {
    /// Type of a subject's identifier (`SubjectIdentifierType`).
    pub enum SubjectLimitsType {
        /// NIP.
        Nip = "Nip",
        /// PESEL.
        Pesel = "Pesel",
        /// Fingerprint of a certificate.
        Fingerprint = "Fingerprint",
    }
}

/// Restores the limits of certificates of the subject.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResetSubjectLimits;

impl Request for ResetSubjectLimits {
    calls!(operation::RESET_SUBJECT_LIMITS);
    answers!(empty);
}

/// Overrides the request limits of the context (`SetRateLimitsRequest`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetRateLimits {
    /// The limits.
    pub rate_limits: RateLimitsOverride,
}

impl SetRateLimits {
    /// To these limits.
    #[must_use]
    pub const fn new(limits: RateLimitsOverride) -> Self {
        Self {
            rate_limits: limits,
        }
    }
}

impl Request for SetRateLimits {
    calls!(operation::SET_RATE_LIMITS);
    answers!(empty);
    is_its_body!();
}

/// Request limits that can be overridden (`ApiRateLimitsOverride`); closing and public operations have no override.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLimitsOverride {
    /// Opening online sessions.
    pub online_session: RateValues,
    /// Opening batch sessions.
    pub batch_session: RateValues,
    /// Sending invoices.
    pub invoice_send: RateValues,
    /// Status of one invoice.
    pub invoice_status: RateValues,
    /// List of sessions.
    pub session_list: RateValues,
    /// Invoices of a session.
    pub session_invoice_list: RateValues,
    /// Status of a session, UPO.
    pub session_misc: RateValues,
    /// Metadata query.
    pub invoice_metadata: RateValues,
    /// Starting exports.
    pub invoice_export: RateValues,
    /// Status of exports; the contract requires it, the live TEST does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_export_status: Option<RateValues>,
    /// Downloads by KSeF number.
    pub invoice_download: RateValues,
    /// Collective identifiers; clients before 2.7 leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collective_identifier: Option<RateValues>,
    /// Each other operation.
    pub other: RateValues,
}

impl RateLimitsOverride {
    /// The limits in force as an override, to change some of them. What is off or not named gets the limits of
    /// production: an override cannot switch a window off.
    #[must_use]
    pub fn of(limits: &RateLimits) -> Self {
        let values = |group: RateGroup| {
            let (now, usual) = (limits.limit(group), group.production());
            RateValues::from(RateLimit {
                per_second: now.per_second.or(usual.per_second),
                per_minute: now.per_minute.or(usual.per_minute),
                per_hour: now.per_hour.or(usual.per_hour),
            })
        };
        Self {
            online_session: values(RateGroup::OnlineSession),
            batch_session: values(RateGroup::BatchSession),
            invoice_send: values(RateGroup::InvoiceSend),
            invoice_status: values(RateGroup::InvoiceStatus),
            session_list: values(RateGroup::SessionList),
            session_invoice_list: values(RateGroup::SessionInvoiceList),
            session_misc: values(RateGroup::SessionMisc),
            invoice_metadata: values(RateGroup::InvoiceMetadata),
            invoice_export: values(RateGroup::InvoiceExport),
            invoice_export_status: Some(values(RateGroup::InvoiceExportStatus)),
            invoice_download: values(RateGroup::InvoiceDownload),
            collective_identifier: Some(values(RateGroup::CollectiveIdentifier)),
            other: values(RateGroup::Other),
        }
    }

    /// With other limits of one group; `None` when the group has no override: closing sessions, public operations.
    #[must_use]
    pub const fn with_group(mut self, group: RateGroup, values: RateValues) -> Option<Self> {
        match group {
            RateGroup::OnlineSession => self.online_session = values,
            RateGroup::BatchSession => self.batch_session = values,
            RateGroup::InvoiceSend => self.invoice_send = values,
            RateGroup::InvoiceStatus => self.invoice_status = values,
            RateGroup::SessionList => self.session_list = values,
            RateGroup::SessionInvoiceList => self.session_invoice_list = values,
            RateGroup::SessionMisc => self.session_misc = values,
            RateGroup::InvoiceMetadata => self.invoice_metadata = values,
            RateGroup::InvoiceExport => self.invoice_export = values,
            RateGroup::InvoiceExportStatus => self.invoice_export_status = Some(values),
            RateGroup::InvoiceDownload => self.invoice_download = values,
            RateGroup::CollectiveIdentifier => self.collective_identifier = Some(values),
            RateGroup::Other => self.other = values,
            RateGroup::OnlineSessionClose | RateGroup::BatchSessionClose | RateGroup::Anonymous => {
                return None;
            }
        }
        Some(self)
    }

    /// The limits in force after the override: its groups changed, the others as in `limits`.
    #[must_use]
    pub const fn apply_to(&self, mut limits: RateLimits) -> RateLimits {
        limits.online_session = Some(self.online_session);
        limits.batch_session = Some(self.batch_session);
        limits.invoice_send = Some(self.invoice_send);
        limits.invoice_status = Some(self.invoice_status);
        limits.session_list = Some(self.session_list);
        limits.session_invoice_list = Some(self.session_invoice_list);
        limits.session_misc = Some(self.session_misc);
        limits.invoice_metadata = Some(self.invoice_metadata);
        limits.invoice_export = Some(self.invoice_export);
        if self.invoice_export_status.is_some() {
            limits.invoice_export_status = self.invoice_export_status;
        }
        limits.invoice_download = Some(self.invoice_download);
        if self.collective_identifier.is_some() {
            limits.collective_identifier = self.collective_identifier;
        }
        limits.other = Some(self.other);
        limits
    }
}

/// Restores the request limits of the environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResetRateLimits;

impl Request for ResetRateLimits {
    calls!(operation::RESET_RATE_LIMITS);
    answers!(empty);
}

/// Applies the request limits of production.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetProductionRateLimits;

impl Request for SetProductionRateLimits {
    calls!(operation::SET_PRODUCTION_RATE_LIMITS);
    answers!(empty);
}

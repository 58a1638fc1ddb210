//! Rate-limit groups and the limits of production.

use std::fmt;

/// A group of operations that share request limits.
///
/// The server counts per pair of context and client address in windows of the last second, minute and hour. Within
/// [`Other`](Self::Other) and [`Anonymous`](Self::Anonymous) every operation has a counter of its own.
/// Source: `x-rate-limits` and the schema `EffectiveApiRateLimits` of the contract 2.9.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RateGroup {
    /// Opening an online session.
    OnlineSession,
    /// Closing an online session.
    OnlineSessionClose,
    /// Opening a batch session.
    BatchSession,
    /// Closing a batch session.
    BatchSessionClose,
    /// Sending an invoice in an online session.
    InvoiceSend,
    /// Status of one invoice of a session.
    InvoiceStatus,
    /// List of sessions.
    SessionList,
    /// Invoices and failed invoices of a session.
    SessionInvoiceList,
    /// Status of a session and the UPO downloads.
    SessionMisc,
    /// Metadata query.
    InvoiceMetadata,
    /// Starting an export.
    InvoiceExport,
    /// Status of an export.
    InvoiceExportStatus,
    /// Download of an invoice by KSeF number.
    InvoiceDownload,
    /// Collective identifiers.
    CollectiveIdentifier,
    /// Every other operation behind a bearer; each has its own counter.
    Other,
    /// Operations open to everybody, and those of signing in; counted per client address.
    Anonymous,
}

impl RateGroup {
    /// All groups, in the order of `GET /rate-limits`.
    pub const ALL: &'static [Self] = &[
        Self::OnlineSession,
        Self::OnlineSessionClose,
        Self::BatchSession,
        Self::BatchSessionClose,
        Self::InvoiceSend,
        Self::InvoiceStatus,
        Self::SessionList,
        Self::SessionInvoiceList,
        Self::SessionMisc,
        Self::InvoiceMetadata,
        Self::InvoiceExport,
        Self::InvoiceExportStatus,
        Self::InvoiceDownload,
        Self::CollectiveIdentifier,
        Self::Other,
        Self::Anonymous,
    ];

    /// The property name in `GET /rate-limits`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnlineSession => "onlineSession",
            Self::OnlineSessionClose => "onlineSessionClose",
            Self::BatchSession => "batchSession",
            Self::BatchSessionClose => "batchSessionClose",
            Self::InvoiceSend => "invoiceSend",
            Self::InvoiceStatus => "invoiceStatus",
            Self::SessionList => "sessionList",
            Self::SessionInvoiceList => "sessionInvoiceList",
            Self::SessionMisc => "sessionMisc",
            Self::InvoiceMetadata => "invoiceMetadata",
            Self::InvoiceExport => "invoiceExport",
            Self::InvoiceExportStatus => "invoiceExportStatus",
            Self::InvoiceDownload => "invoiceDownload",
            Self::CollectiveIdentifier => "collectiveIdentifier",
            Self::Other => "other",
            Self::Anonymous => "anonymous",
        }
    }

    /// Limits of production, as `x-rate-limits` of the contract names them.
    #[must_use]
    pub const fn production(self) -> RateLimit {
        match self {
            Self::OnlineSession | Self::Other => RateLimit::new(10, 30, 120),
            Self::OnlineSessionClose => RateLimit::new(20, 60, 240),
            Self::BatchSession => RateLimit::new(10, 20, 60),
            Self::BatchSessionClose => RateLimit::new(20, 40, 120),
            Self::InvoiceSend => RateLimit::new(10, 30, 180),
            Self::InvoiceStatus => RateLimit::new(30, 120, 1_200),
            Self::SessionList => RateLimit::new(5, 10, 60),
            Self::SessionInvoiceList => RateLimit::new(10, 20, 200),
            Self::SessionMisc => RateLimit::new(10, 120, 1_200),
            Self::InvoiceMetadata | Self::InvoiceExport => RateLimit::new(8, 16, 20),
            Self::InvoiceExportStatus => RateLimit::new(10, 60, 600),
            Self::InvoiceDownload => RateLimit::new(8, 16, 64),
            Self::CollectiveIdentifier => RateLimit::new(20, 120, 240),
            Self::Anonymous => RateLimit {
                per_second: Some(60),
                per_minute: None,
                per_hour: None,
            },
        }
    }

    /// Whether each operation of the group has a counter of its own instead of a shared one.
    #[must_use]
    pub const fn counts_per_operation(self) -> bool {
        matches!(self, Self::Other | Self::Anonymous)
    }
}

impl fmt::Display for RateGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Requests allowed in the last second, minute and hour; `None` means no limit for that window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateLimit {
    /// Requests in any window of one second.
    pub per_second: Option<u32>,
    /// Requests in any window of one minute.
    pub per_minute: Option<u32>,
    /// Requests in any window of one hour.
    pub per_hour: Option<u32>,
}

impl RateLimit {
    /// No limit at all.
    pub const OFF: Self = Self {
        per_second: None,
        per_minute: None,
        per_hour: None,
    };

    /// All three windows limited.
    #[must_use]
    pub const fn new(per_second: u32, per_minute: u32, per_hour: u32) -> Self {
        Self {
            per_second: Some(per_second),
            per_minute: Some(per_minute),
            per_hour: Some(per_hour),
        }
    }

    /// The same windows, each allowing `factor` times as much.
    #[must_use]
    pub fn times(self, factor: u32) -> Self {
        let scale = |limit: Option<u32>| limit.map(|value| value.saturating_mul(factor));
        Self {
            per_second: scale(self.per_second),
            per_minute: scale(self.per_minute),
            per_hour: scale(self.per_hour),
        }
    }
}

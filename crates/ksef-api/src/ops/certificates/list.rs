//! The list of certificates.

use jiff::Timestamp;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::context::SubjectIdentifier;
use serde::{Deserialize, Serialize};

use super::CertificateType;
use crate::identifier::Identifier;
use crate::operation::certificates as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::page::PagedByOffset;
use crate::request::Request;
use crate::status::CertificateStatus;
use crate::timestamp;

/// Lists the certificates of whoever is signed in, those applied for last first (`QueryCertificatesRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryCertificates {
    /// Only the one with this serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_serial_number: Option<CertificateSerial>,
    /// Only those whose name contains this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Only those of this type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub certificate_type: Option<CertificateType>,
    /// Only those in this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<CertificateStatus>,
    /// Only those that end after this instant.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub expires_after: Option<Timestamp>,
    #[serde(skip)]
    page_size: Option<u16>,
    #[serde(skip)]
    page_offset: Option<u32>,
}

impl QueryCertificates {
    /// All certificates.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only the one with this serial number.
    #[must_use]
    pub const fn with_serial(mut self, serial: CertificateSerial) -> Self {
        self.certificate_serial_number = Some(serial);
        self
    }

    /// Only those whose name contains this text.
    #[must_use]
    pub fn with_name(mut self, part: impl Into<String>) -> Self {
        self.name = Some(part.into());
        self
    }

    /// Only those of this type.
    #[must_use]
    pub fn with_type(mut self, certificate_type: CertificateType) -> Self {
        self.certificate_type = Some(certificate_type);
        self
    }

    /// Only those in this status.
    #[must_use]
    pub fn with_status(mut self, status: CertificateStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Only those that end after this instant.
    #[must_use]
    pub const fn with_expires_after(mut self, instant: Timestamp) -> Self {
        self.expires_after = Some(instant);
        self
    }

    /// With pages of this many entries, 10 to 50; the server's default is 10.
    #[must_use]
    pub const fn with_page_size(mut self, entries: u16) -> Self {
        self.page_size = Some(entries);
        self
    }
}

impl Request for QueryCertificates {
    calls!(operation::QUERY);
    answers!(json Certificates);
    is_its_body!();

    fn query(&self) -> Vec<(&'static str, String)> {
        let size = self.page_size.map(|size| ("pageSize", size.to_string()));
        let offset = self
            .page_offset
            .map(|offset| ("pageOffset", offset.to_string()));
        size.into_iter().chain(offset).collect()
    }
}

impl PagedByOffset for QueryCertificates {
    type Item = CertificateInfo;

    fn with_page_offset(mut self, page: u32) -> Self {
        self.page_offset = Some(page);
        self
    }

    fn split(answer: Certificates) -> (Vec<CertificateInfo>, bool) {
        (answer.certificates, answer.has_more)
    }
}

/// A page of certificates (`QueryCertificatesResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Certificates {
    /// The certificates.
    pub certificates: Vec<CertificateInfo>,
    /// Whether there are more pages.
    pub has_more: bool,
}

/// What is known about a certificate (`CertificateListItem`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateInfo {
    /// Its serial number.
    pub certificate_serial_number: CertificateSerial,
    /// Its name, as applied for.
    pub name: String,
    /// What it is for.
    #[serde(rename = "type")]
    pub certificate_type: CertificateType,
    /// Whose it is, by name.
    pub common_name: String,
    /// Status.
    pub status: CertificateStatus,
    /// Whose it is.
    pub subject_identifier: Identifier<SubjectIdentifier>,
    /// Beginning of its validity.
    #[serde(with = "timestamp::wire")]
    pub valid_from: Timestamp,
    /// End of its validity.
    #[serde(with = "timestamp::wire")]
    pub valid_to: Timestamp,
    /// When it was used last.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub last_use_date: Option<Timestamp>,
    /// When it was applied for.
    #[serde(with = "timestamp::wire")]
    pub request_date: Timestamp,
}

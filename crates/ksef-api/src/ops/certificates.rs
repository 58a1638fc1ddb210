//! KSeF certificates: limits, applications, certificates, revocation.
//!
//! A certificate belongs to whoever is signed in, not to a context, and carries no permissions.
//!
//! Source: tag "Certyfikaty" of the contract 2.9.0.

mod enrollment;
mod list;

use bytes::Bytes;
use ksef_core::certificate_serial::CertificateSerial;
use serde::{Deserialize, Serialize};

pub use self::enrollment::{
    EnrollCertificate, EnrolledCertificate, Enrollment, EnrollmentData, GetEnrollment,
    GetEnrollmentData,
};
pub use self::list::{CertificateInfo, Certificates, QueryCertificates};

use crate::open_enum::open_enum;
use crate::operation::certificates as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::request::{Body, EncodeError, Request};
use crate::wire;

open_enum! {
    /// What a certificate is for (`KsefCertificateType`); each has exactly one type.
    pub enum CertificateType {
        /// Signing in; it cannot sign code II.
        Authentication = "Authentication",
        /// Signing code II of invoices issued offline; it cannot sign in.
        Offline = "Offline",
    }
}

open_enum! {
    /// Why a certificate is revoked (`CertificateRevocationReason`).
    pub enum RevocationReason {
        /// Nothing in particular.
        Unspecified = "Unspecified",
        /// Another certificate takes its place.
        Superseded = "Superseded",
        /// Its private key is in wrong hands.
        KeyCompromise = "KeyCompromise",
    }
}

/// Reads how many certificates and applications are left.
#[derive(Clone, Copy, Debug, Default)]
pub struct GetCertificateLimits;

impl Request for GetCertificateLimits {
    calls!(operation::LIMITS);
    answers!(json CertificateLimits);
}

/// How many certificates and applications the subject has left (`CertificateLimitsResponse`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateLimits {
    /// Whether another certificate can be applied for.
    pub can_request: bool,
    /// Applications.
    pub enrollment: CertificateLimit,
    /// Active certificates; revoking one makes room.
    pub certificate: CertificateLimit,
}

/// One limit (`CertificateLimit`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateLimit {
    /// How many are left.
    pub remaining: i32,
    /// How many there can be.
    pub limit: i32,
}

/// Fetches certificates by their serial numbers (`RetrieveCertificatesRequest`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetrieveCertificates {
    /// Serial numbers, 1 to 10.
    pub certificate_serial_numbers: Vec<CertificateSerial>,
}

impl RetrieveCertificates {
    /// The most that one call fetches.
    pub const SERIALS_MAX: usize = 10;

    /// With these serial numbers, 1 to 10.
    #[must_use]
    pub fn new(serials: impl IntoIterator<Item = CertificateSerial>) -> Self {
        Self {
            certificate_serial_numbers: serials.into_iter().collect(),
        }
    }
}

impl Request for RetrieveCertificates {
    calls!(operation::RETRIEVE);
    answers!(json RetrievedCertificates);
    is_its_body!();
}

/// The certificates that were found (`RetrieveCertificatesResponse`); unknown serial numbers may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetrievedCertificates {
    /// The certificates.
    pub certificates: Vec<RetrievedCertificate>,
}

/// One certificate (`RetrieveCertificatesListItem`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetrievedCertificate {
    /// The certificate, DER.
    #[serde(with = "wire::base64")]
    pub certificate: Bytes,
    /// Its name, as applied for.
    pub certificate_name: String,
    /// Its serial number.
    pub certificate_serial_number: CertificateSerial,
    /// What it is for.
    pub certificate_type: CertificateType,
}

/// Revokes a certificate; it cannot be undone.
///
/// Not with a login by a KSeF token. Only certificates of one's own identifier, or of the one linked to it as NIP and
/// PESEL of one person. 25008 when there is no such certificate, 25009 when it is out of use already.
#[derive(Clone, Debug)]
pub struct RevokeCertificate {
    serial: CertificateSerial,
    body: RevokeCertificateBody,
}

impl RevokeCertificate {
    /// With this serial number, without a reason.
    #[must_use]
    pub const fn new(serial: CertificateSerial) -> Self {
        let body = RevokeCertificateBody {
            revocation_reason: None,
        };
        Self { serial, body }
    }

    /// With a reason.
    #[must_use]
    pub fn with_reason(mut self, reason: RevocationReason) -> Self {
        self.body.revocation_reason = Some(reason);
        self
    }
}

impl Request for RevokeCertificate {
    calls!(operation::REVOKE, path: |this| [this.serial.as_str()]);
    answers!(empty);

    fn body(&self) -> Result<Body, EncodeError> {
        Body::json(&self.body)
    }
}

/// Body of [`RevokeCertificate`] (`RevokeCertificateRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevokeCertificateBody {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_reason: Option<RevocationReason>,
}

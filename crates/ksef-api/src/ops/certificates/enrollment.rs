//! Applying for a certificate.

use bytes::Bytes;
use jiff::Timestamp;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::reference::EnrollmentRef;
use serde::{Deserialize, Serialize};

use super::CertificateType;
use crate::operation::certificates as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::request::Request;
use crate::status::{EnrollmentStatus, StatusInfo};
use crate::{timestamp, wire};

/// Reads the subject that an application has to carry. 25001 for a login by a KSeF token.
#[derive(Clone, Copy, Debug, Default)]
pub struct GetEnrollmentData;

impl Request for GetEnrollmentData {
    calls!(operation::ENROLLMENT_DATA);
    answers!(json EnrollmentData);
}

/// The subject of an application (`CertificateEnrollmentDataResponse`): what the certificate that was used to sign in
/// says of its holder. The CSR carries exactly these attributes, and no others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrollmentData {
    /// `commonName`, 2.5.4.3.
    pub common_name: String,
    /// `countryName`, 2.5.4.6, ISO 3166.
    pub country_name: String,
    /// `givenName`, 2.5.4.42: of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// `surname`, 2.5.4.4: of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surname: Option<String>,
    /// `serialNumber`, 2.5.4.5: of a person, such as `PNOPL-` and the PESEL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// `uniqueIdentifier`, 2.5.4.45.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_identifier: Option<String>,
    /// `organizationName`, 2.5.4.10: of a seal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_name: Option<String>,
    /// `organizationIdentifier`, 2.5.4.97: of a seal, such as `VATPL-` and the NIP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_identifier: Option<String>,
}

/// Applies for a certificate (`EnrollCertificateRequest`).
///
/// Not with a login by a KSeF token (25002). The server counts applications: one whose answer was lost may have been
/// taken, so look for the certificate by its name before applying again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrollCertificate {
    /// Name of the certificate: 5 to 100 letters (Polish ones too), digits, spaces, `_` and `-`.
    pub certificate_name: String,
    /// What it is for.
    pub certificate_type: CertificateType,
    /// The CSR: PKCS#10, DER.
    #[serde(with = "wire::base64")]
    pub csr: Bytes,
    /// Beginning of its validity; the moment of issuing when missing.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub valid_from: Option<Timestamp>,
}

impl EnrollCertificate {
    /// With this name, type and CSR in DER.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        certificate_type: CertificateType,
        csr: impl Into<Bytes>,
    ) -> Self {
        Self {
            certificate_name: name.into(),
            certificate_type,
            csr: csr.into(),
            valid_from: None,
        }
    }

    /// Valid from this instant on.
    #[must_use]
    pub const fn with_valid_from(mut self, instant: Timestamp) -> Self {
        self.valid_from = Some(instant);
        self
    }

    /// Whether the server takes this as the name of a certificate: 5 to 100 characters of
    /// `^[a-zA-Z0-9_\-\ ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]+$`.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        let is_allowed = |character: char| {
            character.is_ascii_alphanumeric()
                || matches!(character, '_' | '-' | ' ')
                || POLISH_LETTERS.contains(character)
        };
        (5..=100).contains(&text.chars().count()) && text.chars().all(is_allowed)
    }
}

const POLISH_LETTERS: &str = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ";

impl Request for EnrollCertificate {
    calls!(operation::ENROLL);
    answers!(json EnrolledCertificate);
    is_its_body!();
}

/// An application that was taken (`EnrollCertificateResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolledCertificate {
    /// Its reference.
    pub reference_number: EnrollmentRef,
    /// When it was taken.
    #[serde(with = "timestamp::wire")]
    pub timestamp: Timestamp,
}

/// Reads how an application is doing. Available for 30 days, then 410; 25005 when there is none.
#[derive(Clone, Copy, Debug)]
pub struct GetEnrollment {
    reference: EnrollmentRef,
}

impl GetEnrollment {
    /// With this reference.
    #[must_use]
    pub const fn new(reference: EnrollmentRef) -> Self {
        Self { reference }
    }
}

impl Request for GetEnrollment {
    calls!(operation::ENROLLMENT_STATUS, path: |this| [this.reference.as_str()]);
    answers!(json Enrollment);
}

/// How an application is doing (`CertificateEnrollmentStatusResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Enrollment {
    /// When it was taken.
    #[serde(with = "timestamp::wire")]
    pub request_date: Timestamp,
    /// Status.
    pub status: StatusInfo,
    /// The certificate, once it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_serial_number: Option<CertificateSerial>,
}

impl Enrollment {
    /// The typed status.
    #[must_use]
    pub const fn enrollment_status(&self) -> EnrollmentStatus {
        EnrollmentStatus::from_code(self.status.code)
    }
}

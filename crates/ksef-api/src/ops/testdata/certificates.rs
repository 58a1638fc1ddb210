//! Certificates that end early.

use jiff::Timestamp;
use ksef_core::certificate_serial::CertificateSerial;
use serde::{Deserialize, Serialize};

use crate::operation::testdata as operation;
use crate::ops::{answers, calls};
use crate::request::{Body, EncodeError, Request};
use crate::timestamp;

/// Brings the end of validity of one's own KSeF certificate forward.
///
/// KSeF's record changes; the certificate itself, once issued, does not. An end later than the present one is refused
/// as 25008.
#[derive(Clone, Debug)]
pub struct ShortenCertificate {
    serial: CertificateSerial,
    body: ShortenCertificateBody,
}

impl ShortenCertificate {
    /// The certificate with this serial number is valid until this instant.
    #[must_use]
    pub const fn new(serial: CertificateSerial, valid_to: Timestamp) -> Self {
        Self {
            serial,
            body: ShortenCertificateBody { valid_to },
        }
    }
}

impl Request for ShortenCertificate {
    calls!(operation::SHORTEN_CERTIFICATE, path: |this| [this.serial.as_str()]);
    answers!(empty);

    fn body(&self) -> Result<Body, EncodeError> {
        Body::json(&self.body)
    }
}

/// Body of [`ShortenCertificate`] (`TestDataUpdateCertificateRequest`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShortenCertificateBody {
    /// The new end of validity, not later than the present one.
    #[serde(with = "timestamp::wire")]
    pub valid_to: Timestamp,
}

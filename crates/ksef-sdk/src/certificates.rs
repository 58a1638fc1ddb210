//! Applying for a KSeF certificate: from nothing to a certificate with its key, in steps that survive being killed.
//!
//! [`Client::request_certificate`](crate::Client::request_certificate) makes a key, applies, waits and fetches the certificate. An [`Application`] says how
//! far that has come; an [`ApplicationKeeper`] writes it down before and after each step that changes something at
//! KSeF, beginning with the key, without which a certificate is worth nothing. A program that died in between gives
//! what it kept to [`Client::continue_application`](crate::Client::continue_application).
//!
//! KSeF counts applications, and a subject may only have so many certificates. So an application whose answer was lost
//! is never simply repeated: the certificate is looked for by its name and key, and the application is made again
//! only when KSeF shows neither the certificate nor a counted application.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use ksef_sdk::api::ops::certificates::CertificateType;
//! use ksef_sdk::auth::Credentials;
//! use ksef_sdk::certificates::{Application, ApplicationKeeper, CertificateWish, KeeperError};
//!
//! /// Keeps the application in a private file.
//! #[derive(Debug)]
//! struct File(std::path::PathBuf);
//!
//! impl ApplicationKeeper for File {
//!     fn keep(&self, application: &Application) -> Result<(), KeeperError> {
//!         let text = application.to_json();
//!         std::fs::write(&self.0, text.as_bytes())
//!             .map_err(|error| KeeperError::new("application not written").with_source(error))
//!     }
//! }
//!
//! # async fn f(client: ksef_sdk::Client) -> Result<(), ksef_sdk::Error> {
//! let wish = CertificateWish::new("ERP-2026", CertificateType::Authentication);
//! let keeper = File("application.json".into());
//! let issued = client.request_certificate(&wish, &keeper, Duration::from_secs(120)).await?;
//! // A client that logs in with it:
//! let credentials = Credentials::certificate(issued.identity);
//! # Ok(())
//! # }
//! ```

mod application;
mod request;

use jiff::Timestamp;
use ksef_api::ops::certificates::{CertificateType, EnrollmentData};
use ksef_core::certificate_serial::CertificateSerial;
use ksef_crypto::certificate::{Identity, KeyKind};
use ksef_crypto::csr::RequestSubject;

pub use crate::journal::JournalError as KeeperError;
pub use application::{Application, ApplicationKeeper, NoKeeper, Progress};

/// The certificate that is wanted.
#[derive(Debug, Clone)]
pub struct CertificateWish {
    pub(crate) name: String,
    pub(crate) certificate_type: CertificateType,
    pub(crate) key: KeyKind,
    pub(crate) valid_from: Option<Timestamp>,
}

impl CertificateWish {
    /// A certificate of this name and type, for a fresh P-256 key, which is what KSeF recommends.
    ///
    /// A name has 5 to 100 letters, digits, spaces, `_` and `-`. Choose one that no other certificate of the subject
    /// has: a lost answer is looked up by it.
    #[must_use]
    pub fn new(name: impl Into<String>, certificate_type: CertificateType) -> Self {
        Self {
            name: name.into(),
            certificate_type,
            key: KeyKind::EcP256,
            valid_from: None,
        }
    }

    /// For a fresh RSA key of 2048 bits.
    #[must_use]
    pub fn with_rsa_key(mut self) -> Self {
        self.key = KeyKind::Rsa2048;
        self
    }

    /// Valid from this instant on instead of from when it is issued.
    #[must_use]
    pub fn with_valid_from(mut self, instant: Timestamp) -> Self {
        self.valid_from = Some(instant);
        self
    }
}

/// A certificate that was issued, with its key.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct IssuedCertificate {
    /// The certificate and its key.
    pub identity: Identity,
    /// Its serial number.
    pub serial: CertificateSerial,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub certificate_type: CertificateType,
}

/// The subject of a CSR from what KSeF gives for it.
#[must_use]
pub fn request_subject(data: EnrollmentData) -> RequestSubject {
    RequestSubject {
        common_name: data.common_name,
        surname: data.surname,
        given_name: data.given_name,
        organization: data.organization_name,
        organization_identifier: data.organization_identifier,
        country: data.country_name,
        serial_number: data.serial_number,
        unique_identifier: data.unique_identifier,
    }
}

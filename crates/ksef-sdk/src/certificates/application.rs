//! How far an application for a certificate has come.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ksef_api::ops::certificates::CertificateType;
use ksef_api::status::StatusInfo;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::reference::EnrollmentRef;
use ksef_crypto::certificate::PrivateKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{CertificateWish, KeeperError};
use crate::error::Error;

/// Where an application is kept. What [`ApplicationKeeper::keep`] returned without an error survives a crash of the
/// process, in the place of what was kept before.
///
/// The application holds the private key: keep it where nobody else can read it.
pub trait ApplicationKeeper: fmt::Debug + Send + Sync {
    /// Writes the application down; durable when it returns.
    ///
    /// # Errors
    /// It may not have been kept. Nothing leaves for KSeF then.
    fn keep(&self, application: &Application) -> Result<(), KeeperError>;
}

/// Keeps nothing: for tests, and for callers who keep the key elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoKeeper;

impl ApplicationKeeper for NoKeeper {
    fn keep(&self, _: &Application) -> Result<(), KeeperError> {
        Ok(())
    }
}

/// An application for a certificate, with the key that the certificate is for. `Debug` does not show the key.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Application {
    /// Name of the certificate.
    pub name: String,
    /// What it is for.
    pub certificate_type: CertificateType,
    /// Its key.
    pub key: PrivateKey,
    /// Beginning of its validity, when one was asked for.
    pub valid_from: Option<Timestamp>,
    /// How far it has come.
    pub progress: Progress,
}

/// How far an application has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "step",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum Progress {
    /// The key is made; KSeF knows nothing of it.
    Prepared,
    /// The application is about to leave. When nothing follows, KSeF may have taken it.
    Applying {
        /// When.
        since: Timestamp,
        /// How many applications KSeF allowed before.
        remaining: i32,
    },
    /// KSeF took the application.
    Applied {
        /// Its reference.
        reference: EnrollmentRef,
    },
    /// The certificate was issued.
    Issued {
        /// Its serial number.
        serial: CertificateSerial,
    },
    /// KSeF refused the application.
    Refused {
        /// Why.
        status: StatusInfo,
    },
}

impl Application {
    /// Makes a key for the certificate that is wanted. Nothing leaves for KSeF.
    ///
    /// # Errors
    /// [`ErrorKind::Crypto`](crate::ErrorKind::Crypto), when no key can be made.
    pub fn prepare(wish: &CertificateWish) -> Result<Self, Error> {
        Ok(Self {
            name: wish.name.clone(),
            certificate_type: wish.certificate_type.clone(),
            key: PrivateKey::generate(wish.key)?,
            valid_from: wish.valid_from,
            progress: Progress::Prepared,
        })
    }

    /// The application with its key, unencrypted, as JSON.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<String> {
        let key = Zeroizing::new(STANDARD.encode(self.key.pkcs8_der()));
        let stored = Stored {
            name: self.name.clone(),
            certificate_type: self.certificate_type.clone(),
            key,
            valid_from: self.valid_from,
            progress: self.progress.clone(),
        };
        // Strings, numbers and instants always have a JSON form.
        Zeroizing::new(serde_json::to_string(&stored).unwrap_or_default())
    }

    /// Reads what [`Application::to_json`] wrote.
    ///
    /// # Errors
    /// [`KeeperError`], when it is something else. The error does not quote the text, which holds a key.
    pub fn from_json(text: &str) -> Result<Self, KeeperError> {
        let damaged = || KeeperError::new("this is no application for a certificate");
        let stored: Stored = serde_json::from_str(text).map_err(|_| damaged())?;
        let der = STANDARD
            .decode(stored.key.as_bytes())
            .map(Zeroizing::new)
            .map_err(|_| damaged())?;
        let key = PrivateKey::from_der(&der).map_err(|error| damaged().with_source(error))?;
        Ok(Self {
            name: stored.name,
            certificate_type: stored.certificate_type,
            key,
            valid_from: stored.valid_from,
            progress: stored.progress,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    name: String,
    certificate_type: CertificateType,
    #[serde(with = "wiped")]
    key: Zeroizing<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_from: Option<Timestamp>,
    progress: Progress,
}

/// A text that is wiped from memory.
mod wiped {
    use serde::{Deserialize, Deserializer, Serializer};
    use zeroize::Zeroizing;

    pub(super) fn serialize<S: Serializer>(
        text: &Zeroizing<String>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Zeroizing<String>, D::Error> {
        String::deserialize(deserializer).map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_read_again_and_debug_shows_no_key() {
        for wish in [
            CertificateWish::new("ERP-2026", CertificateType::Offline),
            CertificateWish::new("ERP-2026", CertificateType::Authentication).with_rsa_key(),
        ] {
            let mut application = Application::prepare(&wish).unwrap();
            application.progress = Progress::Applying {
                since: "2026-11-21T08:00:00Z".parse().unwrap(),
                remaining: 7,
            };
            let text = application.to_json();
            let again = Application::from_json(&text).unwrap();
            assert_eq!(again.key.pkcs8_der(), application.key.pkcs8_der());
            assert_eq!(again.progress, application.progress);
            assert_eq!(again.certificate_type, application.certificate_type);
            let shown = format!("{application:?}");
            let key = STANDARD.encode(application.key.pkcs8_der());
            let start: String = key.chars().take(40).collect();
            assert!(!shown.contains(&start), "{shown}");
        }
        for text in ["", "{}", "nonsense"] {
            let error = Application::from_json(text).unwrap_err();
            assert!(!error.to_string().contains("nonsense"));
        }
    }
}

//! Public keys of the Ministry.
//!
//! Source: tag "Certyfikaty klucza publicznego" of the contract 2.9.0.

use bytes::Bytes;
use jiff::Timestamp;
use ksef_core::key_id::KeyId;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::operation::keys as operation;
use crate::ops::{answers, calls};
use crate::request::Request;
use crate::{timestamp, wire};

/// Reads the certificates with the public keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct GetPublicKeys;

impl Request for GetPublicKeys {
    calls!(operation::PUBLIC_KEY_CERTIFICATES);
    answers!(json Vec<PublicKeyCertificate>);
}

/// A certificate with a public key (`PublicKeyCertificate`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyCertificate {
    /// The certificate, DER.
    #[serde(with = "wire::base64")]
    pub certificate: Bytes,
    /// SHA-256 of the certificate.
    pub certificate_id: KeyId,
    /// SHA-256 of the public key (its `SubjectPublicKeyInfo`); sent along with what the key encrypted.
    pub public_key_id: KeyId,
    /// Beginning of validity.
    #[serde(with = "timestamp::wire")]
    pub valid_from: Timestamp,
    /// End of validity.
    #[serde(with = "timestamp::wire")]
    pub valid_to: Timestamp,
    /// What the key may encrypt.
    pub usage: Vec<PublicKeyUsage>,
}

impl PublicKeyCertificate {
    /// Whether the key may encrypt this at `now`.
    #[must_use]
    pub fn serves(&self, usage: &PublicKeyUsage, now: Timestamp) -> bool {
        self.usage.contains(usage) && self.valid_from <= now && now < self.valid_to
    }
}

open_enum! {
    /// What a public key may encrypt.
    pub enum PublicKeyUsage {
        /// KSeF tokens when signing in.
        KsefTokenEncryption = "KsefTokenEncryption",
        /// Symmetric keys of sessions and exports.
        SymmetricKeyEncryption = "SymmetricKeyEncryption",
    }
}

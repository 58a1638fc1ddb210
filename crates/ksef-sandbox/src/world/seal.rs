//! The seal with which the world signs its UPO: a certificate of its own authority.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ksef_crypto::authority::Authority;
use ksef_crypto::certificate::{Certificate, Identity, PrivateKey};
use ksef_crypto::self_signed::{Subject, Validity};
use ksef_crypto::xades::{self, XadesError};
use serde::{Deserialize, Serialize};

use super::record::Record;

/// The seal, as stored.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SealRecord {
    certificate: String,
    pkcs8: String,
}

impl Record for SealRecord {
    const TABLE: &'static str = "seal";
    type Key = &'static str;

    fn key(&self) -> &'static str {
        "upo"
    }
}

/// The seal, ready to sign. RSA-2048, as the Ministry's.
#[derive(Debug)]
pub(crate) struct Seal {
    identity: Identity,
}

impl Seal {
    /// A seal with this key, certified by `authority` and valid from `begin` on.
    ///
    /// # Errors
    /// A certificate that cannot be made.
    pub(crate) fn issue(
        authority: &Authority,
        key: PrivateKey,
        begin: Timestamp,
    ) -> Result<Self, ksef_crypto::error::Error> {
        let validity = Validity::days(begin, super::keys::VALIDITY_DAYS);
        let subject = Subject::service("Ministerstwo Finansów", "KSeF sandbox UPO seal");
        let certificate = authority.certify_signing(&subject, key.spki_der(), validity)?;
        let chain = vec![authority.certificate().clone()];
        Ok(Self {
            identity: Identity::new(certificate, chain, key)?,
        })
    }

    /// A stored seal under the authority that certified it.
    ///
    /// # Errors
    /// What is wrong with the record.
    pub(crate) fn open(record: &SealRecord, authority: Option<&Authority>) -> Result<Self, String> {
        let bytes = |text: &str| STANDARD.decode(text).map_err(|error| error.to_string());
        let certificate = Certificate::from_der(&bytes(&record.certificate)?)
            .map_err(|error| error.to_string())?;
        let key =
            PrivateKey::from_der(&bytes(&record.pkcs8)?).map_err(|error| error.to_string())?;
        let chain = authority
            .map(|authority| authority.certificate().clone())
            .into_iter()
            .collect();
        let identity = Identity::new(certificate, chain, key).map_err(|error| error.to_string())?;
        Ok(Self { identity })
    }

    /// The stored form.
    pub(crate) fn record(&self) -> SealRecord {
        SealRecord {
            certificate: STANDARD.encode(self.identity.certificate().der()),
            pkcs8: STANDARD.encode(self.identity.key().pkcs8_der()),
        }
    }

    /// Signs a document with an enveloped signature.
    ///
    /// # Errors
    /// A document that cannot be read, which ours always can.
    pub(crate) fn sign(&self, xml: &[u8], signing_time: Timestamp) -> Result<Vec<u8>, XadesError> {
        xades::sign_enveloped(xml, &self.identity, signing_time)
    }
}

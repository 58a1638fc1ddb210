//! Wrapping of session keys and KSeF tokens: RSAES-OAEP with SHA-256 and MGF1-SHA-256, no label.
//!
//! KSeF publishes the public keys as certificates (facts 01 §14); [`PublicKey::key_id`] is their
//! `publicKeyId`. The private half exists for local servers that play KSeF's part.

use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
    PrivateDecryptingKey, PublicEncryptingKey,
};
use ksef_core::key_id::KeyId;
use zeroize::Zeroizing;

use crate::certificate::Certificate;
use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result};

/// A public RSA key of at least 2048 bits that wraps keys and tokens.
pub struct PublicKey {
    key: OaepPublicEncryptingKey,
    key_id: KeyId,
    spki: Vec<u8>,
}

impl PublicKey {
    /// The key of a DER certificate, as `GET /security/public-key-certificates` lists it.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedCertificate`], [`ErrorKind::UnsupportedKey`].
    pub fn from_certificate_der(der: &[u8]) -> Result<Self> {
        Self::from_certificate(&Certificate::from_der(der)?)
    }

    /// The key of a certificate.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedKey`] unless it is RSA of 2048 to 8192 bits.
    pub fn from_certificate(certificate: &Certificate) -> Result<Self> {
        Self::from_spki_der(certificate.spki_der())
    }

    /// The key in a DER SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedKey`] unless it is RSA of 2048 to 8192 bits.
    pub fn from_spki_der(spki: &[u8]) -> Result<Self> {
        let rejected = |source: Box<dyn std::error::Error + Send + Sync>| {
            Error::with_source(
                ErrorKind::UnsupportedKey {
                    found: "not an RSA key of 2048 to 8192 bits".into(),
                },
                source,
            )
        };
        let key = PublicEncryptingKey::from_der(spki).map_err(|error| rejected(error.into()))?;
        let key = OaepPublicEncryptingKey::new(key).map_err(|error| rejected(error.into()))?;
        Ok(Self {
            key,
            key_id: KeyId::from_digest(&sha256(spki)),
            spki: spki.to_vec(),
        })
    }

    /// `publicKeyId`: Base64 of the SHA-256 of the SubjectPublicKeyInfo.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The DER SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The longest text that this key wraps, in bytes: 190 for RSA-2048.
    #[must_use]
    pub fn plaintext_bytes_max(&self) -> usize {
        self.key.max_plaintext_size(&OAEP_SHA256_MGF1SHA256)
    }

    /// Wraps `plain`; two calls never give the same result.
    ///
    /// # Errors
    /// [`ErrorKind::PlaintextTooLong`], [`ErrorKind::Module`].
    pub fn wrap(&self, plain: &[u8]) -> Result<Vec<u8>> {
        let max = self.plaintext_bytes_max();
        if plain.len() > max {
            return Err(ErrorKind::PlaintextTooLong {
                bytes: plain.len(),
                max,
            }
            .into());
        }
        let mut out = vec![0; self.key.ciphertext_size()];
        let written = self
            .key
            .encrypt(&OAEP_SHA256_MGF1SHA256, plain, &mut out, None)
            .map_err(|error| Error::with_source(ErrorKind::Module, error))?
            .len();
        out.truncate(written);
        Ok(out)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("key_id", &self.key_id.as_str())
            .field("bits", &self.key.key_size_bits())
            .finish_non_exhaustive()
    }
}

/// The private half, for servers that play KSeF's part.
pub struct PrivateKey {
    key: OaepPrivateDecryptingKey,
    pkcs8: Zeroizing<Vec<u8>>,
    key_id: KeyId,
}

/// Sizes of generated keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bits {
    /// 2048 bits.
    Rsa2048,
    /// 3072 bits.
    Rsa3072,
    /// 4096 bits, as KSeF's published keys.
    Rsa4096,
}

impl PrivateKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`ErrorKind::RandomUnavailable`].
    pub fn generate(bits: Bits) -> Result<Self> {
        let size = match bits {
            Bits::Rsa2048 => KeySize::Rsa2048,
            Bits::Rsa3072 => KeySize::Rsa3072,
            Bits::Rsa4096 => KeySize::Rsa4096,
        };
        Self::new(PrivateDecryptingKey::generate(size).map_err(|_| ErrorKind::RandomUnavailable)?)
    }

    /// The key in an unencrypted DER PKCS#8.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedKey`] unless it is RSA of 2048 to 8192 bits.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self> {
        Self::new(
            PrivateDecryptingKey::from_pkcs8(der)
                .map_err(|error| Error::with_source(ErrorKind::MalformedKey, error))?,
        )
    }

    fn new(key: PrivateDecryptingKey) -> Result<Self> {
        let failed = |error| Error::with_source(ErrorKind::MalformedKey, error);
        let pkcs8 = Zeroizing::new(key.as_der().map_err(failed)?.as_ref().to_vec());
        let spki = key.public_key().as_der().map_err(failed)?;
        let key_id = KeyId::from_digest(&sha256(spki.as_ref()));
        Ok(Self {
            key: OaepPrivateDecryptingKey::new(key).map_err(failed)?,
            pkcs8,
            key_id,
        })
    }

    /// The unencrypted DER PKCS#8, for storage in a protected place.
    #[must_use]
    pub fn pkcs8_der(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedKey`] when the cryptographic module cannot export it.
    pub fn public_key(&self) -> Result<PublicKey> {
        let key = PrivateDecryptingKey::from_pkcs8(&self.pkcs8)
            .map_err(|error| Error::with_source(ErrorKind::MalformedKey, error))?;
        let spki = key
            .public_key()
            .as_der()
            .map_err(|error| Error::with_source(ErrorKind::MalformedKey, error))?;
        PublicKey::from_spki_der(spki.as_ref())
    }

    /// `publicKeyId` of the public half.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// Unwraps what [`PublicKey::wrap`] made.
    ///
    /// # Errors
    /// [`ErrorKind::Unwrap`]: wrapped for another key, or damaged.
    pub fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(vec![0; self.key.min_output_size()]);
        let written = self
            .key
            .decrypt(&OAEP_SHA256_MGF1SHA256, wrapped, &mut out, None)
            .map_err(|_| ErrorKind::Unwrap)?
            .len();
        out.truncate(written);
        Ok(out)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("key_id", &self.key_id.as_str())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static KEY: LazyLock<PrivateKey> =
        LazyLock::new(|| PrivateKey::generate(Bits::Rsa2048).unwrap());

    #[test]
    fn limits_and_wrong_keys() {
        let public = KEY.public_key().unwrap();
        assert_eq!(public.plaintext_bytes_max(), 190);
        assert_eq!(public.key_id(), KEY.key_id());
        assert_eq!(public.key_id().as_str().len(), 44);
        assert_eq!(
            public.wrap(&[0; 191]).unwrap_err().kind(),
            &ErrorKind::PlaintextTooLong {
                bytes: 191,
                max: 190
            }
        );
        let wrapped = public.wrap(b"secret").unwrap();
        assert_eq!(wrapped.len(), 256);
        let other = PrivateKey::generate(Bits::Rsa2048).unwrap();
        assert_eq!(
            other.unwrap(&wrapped).unwrap_err().kind(),
            &ErrorKind::Unwrap
        );
        for damaged in [&wrapped[1..], &[0; 256], &[]] {
            assert_eq!(KEY.unwrap(damaged).unwrap_err().kind(), &ErrorKind::Unwrap);
        }
        assert!(matches!(
            PublicKey::from_spki_der(b"nonsense").unwrap_err().kind(),
            ErrorKind::UnsupportedKey { .. }
        ));
    }

    #[test]
    fn a_key_survives_storage() {
        let again = PrivateKey::from_pkcs8(KEY.pkcs8_der()).unwrap();
        assert_eq!(again.key_id(), KEY.key_id());
        let wrapped = KEY.public_key().unwrap().wrap(b"secret").unwrap();
        assert_eq!(again.unwrap(&wrapped).unwrap().as_slice(), b"secret");
        assert!(!format!("{again:?}").contains("pkcs8"));
    }

    #[test]
    fn openssl_unwraps_what_we_wrap() {
        use std::process::Command;
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("skipped: openssl is not installed");
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let (key, text) = (dir.path().join("key.der"), dir.path().join("text"));
        std::fs::write(&key, KEY.pkcs8_der()).unwrap();
        std::fs::write(&text, KEY.public_key().unwrap().wrap(b"token|123").unwrap()).unwrap();
        let out = Command::new("openssl")
            .args(["pkeyutl", "-decrypt", "-keyform", "DER"])
            .args([
                "-pkeyopt",
                "rsa_padding_mode:oaep",
                "-pkeyopt",
                "rsa_oaep_md:sha256",
            ])
            .args(["-pkeyopt", "rsa_mgf1_md:sha256", "-inkey"])
            .arg(&key)
            .arg("-in")
            .arg(&text)
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
        assert_eq!(out.stdout, b"token|123");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn round_trip(plain in prop::collection::vec(any::<u8>(), 0..=190)) {
            let wrapped = KEY.public_key().unwrap().wrap(&plain).unwrap();
            let unwrapped = KEY.unwrap(&wrapped).unwrap();
            prop_assert_eq!(unwrapped.as_slice(), plain.as_slice());
        }
    }
}

//! Private keys for signing.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self as lc, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair, RsaKeyPair};
use ksef_core::key_id::KeyId;
use pkcs8::der::ErrorKind as DerErrorKind;
use pkcs8::pkcs5::pbes2;
use zeroize::Zeroizing;

use super::pem;
use crate::asn1;
use crate::digest::sha256;
use crate::error::{Error, ErrorKind, Result};
use crate::signature::{self, KeyAlgorithm, SignatureScheme};
use crate::signing_key::document_scheme;

/// A private key for signing: RSA from 2048 bits, P-256, P-384 or P-521. Cheap to clone.
///
/// `Debug` shows the kind only; the PKCS#8 bytes are zeroized when the last clone is dropped.
#[derive(Clone)]
pub struct PrivateKey {
    inner: Arc<Inner>,
}

struct Inner {
    pair: Pair,
    algorithm: KeyAlgorithm,
    pkcs8: Zeroizing<Vec<u8>>,
    spki: Vec<u8>,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

/// Kinds of keys that can be generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// RSA with 2048 bits.
    Rsa2048,
    /// Elliptic curve P-256: the fastest to sign with.
    EcP256,
    /// Elliptic curve P-384.
    EcP384,
}

impl PrivateKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`ErrorKind::RandomUnavailable`].
    pub fn generate(kind: KeyKind) -> Result<Self> {
        let ec = |curve: &'static EcdsaSigningAlgorithm| {
            EcdsaKeyPair::generate(curve)
                .map(Pair::Ec)
                .map_err(|_| ErrorKind::RandomUnavailable)
        };
        Self::new(match kind {
            KeyKind::Rsa2048 => Pair::Rsa(
                RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| ErrorKind::RandomUnavailable)?,
            ),
            KeyKind::EcP256 => ec(&lc::ECDSA_P256_SHA256_FIXED_SIGNING)?,
            KeyKind::EcP384 => ec(&lc::ECDSA_P384_SHA384_FIXED_SIGNING)?,
        })
    }

    /// Reads the only private key of a PEM text, or a DER key: PKCS#8 (plain, or encrypted by
    /// PBES2), SEC 1 or PKCS#1.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordRequired`], [`ErrorKind::WrongPassword`],
    /// [`ErrorKind::UnsupportedEncryption`], [`ErrorKind::NoPrivateKey`],
    /// [`ErrorKind::SeveralPrivateKeys`], [`ErrorKind::MalformedKey`],
    /// [`ErrorKind::UnsupportedKey`].
    pub fn from_bytes(bytes: &[u8], password: Option<&str>) -> Result<Self> {
        if !pem::is_pem(bytes) {
            return match asn1::single(bytes)
                .and_then(|e| e.inside().next())
                .map(|e| e.tag)
            {
                // EncryptedPrivateKeyInfo begins with an algorithm, the others with a version.
                Some(asn1::SEQUENCE) => Self::from_encrypted(bytes, password),
                _ => Self::from_der(bytes),
            };
        }
        let blocks = pem::blocks(bytes).map_err(|_| ErrorKind::MalformedKey)?;
        let keys: Vec<_> = blocks
            .iter()
            .filter(|block| block.label.ends_with("PRIVATE KEY"))
            .collect();
        let block = match keys[..] {
            [] => return Err(ErrorKind::NoPrivateKey.into()),
            [block] => block,
            _ => return Err(ErrorKind::SeveralPrivateKeys { found: keys.len() }.into()),
        };
        if let Some(scheme) = &block.traditional_encryption {
            let scheme = format!("OpenSSL's traditional {scheme}");
            return Err(ErrorKind::UnsupportedEncryption { scheme }.into());
        }
        if block.label == "ENCRYPTED PRIVATE KEY" {
            return Self::from_encrypted(&block.bytes, password);
        }
        Self::from_der(&block.bytes)
    }

    /// Reads an unencrypted DER key: PKCS#8, SEC 1 or PKCS#1.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedKey`], [`ErrorKind::UnsupportedKey`].
    pub fn from_der(der: &[u8]) -> Result<Self> {
        if asn1::single(der).is_none_or(|element| element.tag != asn1::SEQUENCE) {
            return Err(ErrorKind::MalformedKey.into());
        }
        if let Ok(pair) = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)) {
            return Self::new(Pair::Rsa(pair));
        }
        for curve in [
            &lc::ECDSA_P256_SHA256_FIXED_SIGNING,
            &lc::ECDSA_P384_SHA384_FIXED_SIGNING,
            &lc::ECDSA_P521_SHA512_FIXED_SIGNING,
        ] {
            if let Ok(pair) = EcdsaKeyPair::from_private_key_der(curve, der) {
                return Self::new(Pair::Ec(pair));
            }
        }
        Err(unsupported_pkcs8(der).into())
    }

    fn from_encrypted(der: &[u8], password: Option<&str>) -> Result<Self> {
        let unsupported = |scheme: String| Error::new(ErrorKind::UnsupportedEncryption { scheme });
        let scheme = asn1::single(der)
            .and_then(|info| info.inside().next())
            .and_then(|algorithm| algorithm.inside().next())
            .and_then(|oid| oid.oid())
            .ok_or(ErrorKind::MalformedKey)?;
        if scheme != PBES2 {
            let name = OLD_SCHEMES
                .iter()
                .find(|(oid, _)| *oid == scheme)
                .map(|(_, name)| *name);
            return Err(unsupported(name.map_or(scheme, str::to_owned)));
        }
        let info = pkcs8::EncryptedPrivateKeyInfoRef::try_from(der).map_err(|error| {
            if let pkcs8::Error::Asn1(inner) = &error
                && let DerErrorKind::OidUnknown { oid } = inner.kind()
            {
                return unsupported(oid.to_string());
            }
            Error::with_source(ErrorKind::MalformedKey, error)
        })?;
        let password = password.ok_or(ErrorKind::PasswordRequired)?;
        let plain = info.decrypt(password).map_err(|error| match error {
            pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::UnsupportedAlgorithm {
                oid,
            }) => unsupported(oid.to_string()),
            pkcs8::Error::EncryptedPrivateKey(
                pkcs8::pkcs5::Error::AlgorithmParametersInvalid { oid },
            ) => unsupported(format!("{oid} with invalid parameters")),
            // One wrong password in 256 leaves a plausible padding and no DER.
            error => Error::with_source(ErrorKind::WrongPassword, error),
        })?;
        Self::from_der(plain.as_bytes())
    }

    fn new(pair: Pair) -> Result<Self> {
        let failed = |error| Error::with_source(ErrorKind::MalformedKey, error);
        let (pkcs8, spki) = match &pair {
            Pair::Rsa(pair) => {
                let pkcs8 = pair.as_der().map_err(failed)?;
                let spki = pair.public_key().as_der().map_err(failed)?;
                (
                    Zeroizing::new(pkcs8.as_ref().to_vec()),
                    spki.as_ref().to_vec(),
                )
            }
            Pair::Ec(pair) => {
                let pkcs8 = pair.to_pkcs8v1().map_err(failed)?;
                let spki = pair.public_key().as_der().map_err(failed)?;
                (
                    Zeroizing::new(pkcs8.as_ref().to_vec()),
                    spki.as_ref().to_vec(),
                )
            }
        };
        let algorithm = KeyAlgorithm::of_spki(&spki)?;
        Ok(Self {
            inner: Arc::new(Inner {
                pair,
                algorithm,
                pkcs8,
                spki,
            }),
        })
    }

    /// The kind of the key.
    #[must_use]
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.inner.algorithm
    }

    /// The unencrypted DER PKCS#8, for storage in a protected place.
    #[must_use]
    pub fn pkcs8_der(&self) -> &[u8] {
        &self.inner.pkcs8
    }

    /// The unencrypted PKCS#8 as PEM text, for storage in a protected place.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        Zeroizing::new(pem::encode("PRIVATE KEY", self.pkcs8_der()))
    }

    /// The PKCS#8 encrypted with a password, as PEM text: PBES2 with AES-256-CBC, and PBKDF2 with
    /// HMAC-SHA-256 in 600 000 rounds. OpenSSL, Java and .NET read it.
    ///
    /// # Errors
    /// [`ErrorKind::RandomUnavailable`], [`ErrorKind::Module`].
    pub fn to_encrypted_pem(&self, password: &str) -> Result<Zeroizing<String>> {
        let failed = |error: pkcs8::Error| Error::with_source(ErrorKind::Module, error);
        let (mut salt, mut iv) = ([0; 16], [0; 16]);
        for bytes in [&mut salt, &mut iv] {
            aws_lc_rs::rand::fill(bytes).map_err(|_| ErrorKind::RandomUnavailable)?;
        }
        let parameters =
            pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(PBKDF2_ROUNDS, &salt, iv)
                .map_err(|error| failed(error.into()))?;
        let info = pkcs8::PrivateKeyInfoRef::try_from(self.pkcs8_der());
        let encrypted = info
            .map_err(failed)?
            .encrypt_with_params(parameters, password)
            .map_err(failed)?;
        let text = pem::encode("ENCRYPTED PRIVATE KEY", encrypted.as_bytes());
        Ok(Zeroizing::new(text))
    }

    /// `publicKeyId`: Base64 of the SHA-256 of the SubjectPublicKeyInfo.
    #[must_use]
    pub fn public_key_id(&self) -> KeyId {
        KeyId::from_digest(&sha256(self.spki_der()))
    }

    /// The DER SubjectPublicKeyInfo of the public half.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.inner.spki
    }

    /// The scheme in which this key signs XML: RSA with SHA-256, P-256 with SHA-256, P-384 with
    /// SHA-384, P-521 with SHA-512.
    #[must_use]
    pub fn scheme(&self) -> SignatureScheme {
        document_scheme(self.inner.algorithm)
    }

    /// Signs `message` in [`PrivateKey::scheme`]; ECDSA values are R and S side by side.
    ///
    /// # Errors
    /// [`ErrorKind::Signing`].
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let random = SystemRandom::new();
        let failed = |error| Error::with_source(ErrorKind::Signing, error);
        match &self.inner.pair {
            Pair::Rsa(pair) => {
                let mut out = vec![0; pair.public_modulus_len()];
                pair.sign(&lc::RSA_PKCS1_SHA256, &random, message, &mut out)
                    .map_err(failed)?;
                Ok(out)
            }
            Pair::Ec(pair) => Ok(pair
                .sign(&random, message)
                .map_err(failed)?
                .as_ref()
                .to_vec()),
        }
    }

    /// Signs `message` with RSASSA-PSS (SHA-256, salt of 32 bytes).
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedSignature`] unless the key is RSA; [`ErrorKind::Signing`].
    pub fn sign_pss_sha256(&self, message: &[u8]) -> Result<Vec<u8>> {
        let Pair::Rsa(pair) = &self.inner.pair else {
            let algorithm = format!("RSASSA-PSS with {:?}", self.algorithm());
            return Err(ErrorKind::UnsupportedSignature { algorithm }.into());
        };
        let mut out = vec![0; pair.public_modulus_len()];
        pair.sign(&lc::RSA_PSS_SHA256, &SystemRandom::new(), message, &mut out)
            .map_err(|error| Error::with_source(ErrorKind::Signing, error))?;
        Ok(out)
    }

    /// Whether this is the key of that SubjectPublicKeyInfo. Only the key bits are compared, as
    /// algorithm parameters may be written in more than one way.
    #[must_use]
    pub fn belongs_to(&self, spki: &[u8]) -> bool {
        key_bits(spki).is_some_and(|bits| Some(bits) == key_bits(&self.inner.spki))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({:?}, redacted)", self.algorithm())
    }
}

fn key_bits(spki: &[u8]) -> Option<&[u8]> {
    asn1::single(spki)?.inside().nth(1)?.bits()
}

/// Why no pair could be made of a DER key: a kind that is not carried, or no key at all.
fn unsupported_pkcs8(der: &[u8]) -> ErrorKind {
    let oid = asn1::single(der)
        .and_then(|key| key.inside().nth(1))
        .filter(|algorithm| algorithm.tag == asn1::SEQUENCE)
        .and_then(|algorithm| algorithm.inside().next())
        .and_then(|oid| oid.oid());
    match oid {
        Some(oid) if oid == signature::RSA => ErrorKind::UnsupportedKey {
            found: "RSA that is damaged or not of 2048 to 8192 bits".into(),
        },
        Some(found) => ErrorKind::UnsupportedKey { found },
        None => ErrorKind::MalformedKey,
    }
}

/// What OWASP recommends for PBKDF2 with SHA-256.
const PBKDF2_ROUNDS: u32 = 600_000;
const PBES2: &str = "1.2.840.113549.1.5.13";

/// Schemes that old tools still write by default.
const OLD_SCHEMES: [(&str, &str); 7] = [
    ("1.2.840.113549.1.12.1.5", "PBE-SHA1-RC2-128"),
    ("1.2.840.113549.1.5.6", "PBE-MD5-RC2"),
    ("1.2.840.113549.1.12.1.3", "PBE-SHA1-3DES"),
    ("1.2.840.113549.1.12.1.6", "PBE-SHA1-RC2-40"),
    ("1.2.840.113549.1.12.1.1", "PBE-SHA1-RC4-128"),
    ("1.2.840.113549.1.5.3", "PBE-MD5-DES"),
    ("1.2.840.113549.1.5.10", "PBE-SHA1-DES"),
];

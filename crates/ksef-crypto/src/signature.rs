//! Hashes, signature schemes and public keys, as X.509 and XML signatures need them.
//!
//! # What the cryptographic module carries
//!
//! | scheme | hashes |
//! |---|---|
//! | RSASSA-PKCS1-v1_5, 2048 to 8192 bits | SHA-1, SHA-256, SHA-384, SHA-512 |
//! | RSASSA-PSS, salt as long as the hash | SHA-256, SHA-384, SHA-512 |
//! | ECDSA P-256 | SHA-1, SHA-256, SHA-384, SHA-512 |
//! | ECDSA P-384 | SHA-256, SHA-384, SHA-512, SHA3-384 |
//! | ECDSA P-521 | SHA-1, SHA-256, SHA-384, SHA-512, SHA3-512 |
//!
//! Everything else is refused as [`ErrorKind::UnsupportedSignature`].

use aws_lc_rs::digest as hashing;
use aws_lc_rs::signature::{self as lc, UnparsedPublicKey, VerificationAlgorithm};

use crate::asn1::{self, Elements};
use crate::error::{ErrorKind, Result};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashAlgorithm {
    /// SHA-1, accepted by KSeF in old signatures only.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA3-256.
    Sha3_256,
    /// SHA3-384.
    Sha3_384,
    /// SHA3-512.
    Sha3_512,
}

impl HashAlgorithm {
    /// The digest of `bytes`.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        hashing::digest(self.algorithm(), bytes).as_ref().to_vec()
    }

    fn algorithm(self) -> &'static hashing::Algorithm {
        match self {
            Self::Sha1 => &hashing::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &hashing::SHA256,
            Self::Sha384 => &hashing::SHA384,
            Self::Sha512 => &hashing::SHA512,
            Self::Sha3_256 => &hashing::SHA3_256,
            Self::Sha3_384 => &hashing::SHA3_384,
            Self::Sha3_512 => &hashing::SHA3_512,
        }
    }
}

/// How a signature is made and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(HashAlgorithm),
    /// RSASSA-PSS with MGF1 of the same hash and a salt of the same length.
    RsaPss(HashAlgorithm),
    /// ECDSA, written as R and S side by side, as XML and JOSE do.
    EcdsaFixed(HashAlgorithm),
    /// ECDSA, written as a DER sequence, as X.509 does.
    EcdsaDer(HashAlgorithm),
}

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// RSA with a modulus of this many bits.
    Rsa {
        /// Length of the modulus.
        bits: usize,
    },
    /// Elliptic curve P-256.
    EcP256,
    /// Elliptic curve P-384.
    EcP384,
    /// Elliptic curve P-521.
    EcP521,
}

impl KeyAlgorithm {
    /// The kind of key in a DER SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedKey`] for anything but RSA and the three NIST curves.
    pub fn of_spki(spki: &[u8]) -> Result<Self> {
        let found = |name: &str| ErrorKind::UnsupportedKey {
            found: name.to_owned(),
        };
        let mut fields = asn1::single(spki)
            .ok_or_else(|| found("malformed public key"))?
            .inside();
        let mut algorithm = fields
            .expect(asn1::SEQUENCE)
            .ok_or_else(|| found("malformed public key"))?
            .inside();
        let name = algorithm
            .next()
            .and_then(|oid| oid.oid())
            .unwrap_or_default();
        match name.as_str() {
            RSA => {
                let bits = fields
                    .next()
                    .and_then(|bits| bits.bits())
                    .and_then(modulus_bits);
                Ok(Self::Rsa {
                    bits: bits.ok_or_else(|| found("malformed RSA key"))?,
                })
            }
            EC => {
                let curve = algorithm
                    .next()
                    .and_then(|oid| oid.oid())
                    .unwrap_or_default();
                match curve.as_str() {
                    P256 => Ok(Self::EcP256),
                    P384 => Ok(Self::EcP384),
                    P521 => Ok(Self::EcP521),
                    other => Err(found(&format!("elliptic curve {other}")).into()),
                }
            }
            other => Err(found(other).into()),
        }
    }

    /// Bytes of one coordinate of the curve; `None` for RSA.
    pub(crate) fn field_bytes(self) -> Option<usize> {
        match self {
            Self::Rsa { .. } => None,
            Self::EcP256 => Some(32),
            Self::EcP384 => Some(48),
            Self::EcP521 => Some(66),
        }
    }
}

/// Verifies `signature` over `message` with the public key in `spki` (DER SubjectPublicKeyInfo).
///
/// # Errors
/// [`ErrorKind::SignatureMismatch`], [`ErrorKind::UnsupportedSignature`],
/// [`ErrorKind::UnsupportedKey`] (RSA below 2048 or above 8192 bits, other curves).
pub fn verify(
    spki: &[u8],
    scheme: SignatureScheme,
    message: &[u8],
    signature: &[u8],
) -> Result<()> {
    let key = KeyAlgorithm::of_spki(spki)?;
    if let KeyAlgorithm::Rsa { bits } = key
        && !(RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits)
    {
        return Err(ErrorKind::UnsupportedKey {
            found: format!("RSA of {bits} bits"),
        }
        .into());
    }
    let algorithm = verification(key, scheme).ok_or_else(|| ErrorKind::UnsupportedSignature {
        algorithm: format!("{scheme:?} with {key:?}"),
    })?;
    let der;
    let signature = match (scheme, key.field_bytes()) {
        (SignatureScheme::EcdsaFixed(_), Some(bytes)) => {
            der = fixed_to_der(signature, bytes).ok_or(ErrorKind::SignatureMismatch)?;
            &der[..]
        }
        _ => signature,
    };
    UnparsedPublicKey::new(algorithm, spki)
        .verify(message, signature)
        .map_err(|_| ErrorKind::SignatureMismatch.into())
}

fn verification(
    key: KeyAlgorithm,
    scheme: SignatureScheme,
) -> Option<&'static dyn VerificationAlgorithm> {
    use HashAlgorithm::{Sha1, Sha3_384, Sha3_512, Sha256, Sha384, Sha512};
    use KeyAlgorithm::{EcP256, EcP384, EcP521, Rsa};
    use SignatureScheme::{EcdsaDer, EcdsaFixed, RsaPkcs1, RsaPss};
    // R and S side by side are rewritten as DER, because only that form is carried for all hashes.
    Some(match (key, scheme) {
        (Rsa { .. }, RsaPkcs1(Sha1)) => &lc::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (Rsa { .. }, RsaPkcs1(Sha256)) => &lc::RSA_PKCS1_2048_8192_SHA256,
        (Rsa { .. }, RsaPkcs1(Sha384)) => &lc::RSA_PKCS1_2048_8192_SHA384,
        (Rsa { .. }, RsaPkcs1(Sha512)) => &lc::RSA_PKCS1_2048_8192_SHA512,
        (Rsa { .. }, RsaPss(Sha256)) => &lc::RSA_PSS_2048_8192_SHA256,
        (Rsa { .. }, RsaPss(Sha384)) => &lc::RSA_PSS_2048_8192_SHA384,
        (Rsa { .. }, RsaPss(Sha512)) => &lc::RSA_PSS_2048_8192_SHA512,
        (EcP256, EcdsaFixed(Sha1) | EcdsaDer(Sha1)) => &lc::ECDSA_P256_SHA1_ASN1,
        (EcP256, EcdsaFixed(Sha256) | EcdsaDer(Sha256)) => &lc::ECDSA_P256_SHA256_ASN1,
        (EcP256, EcdsaFixed(Sha384) | EcdsaDer(Sha384)) => &lc::ECDSA_P256_SHA384_ASN1,
        (EcP256, EcdsaFixed(Sha512) | EcdsaDer(Sha512)) => &lc::ECDSA_P256_SHA512_ASN1,
        (EcP384, EcdsaFixed(Sha256) | EcdsaDer(Sha256)) => &lc::ECDSA_P384_SHA256_ASN1,
        (EcP384, EcdsaFixed(Sha384) | EcdsaDer(Sha384)) => &lc::ECDSA_P384_SHA384_ASN1,
        (EcP384, EcdsaFixed(Sha512) | EcdsaDer(Sha512)) => &lc::ECDSA_P384_SHA512_ASN1,
        (EcP384, EcdsaFixed(Sha3_384) | EcdsaDer(Sha3_384)) => &lc::ECDSA_P384_SHA3_384_ASN1,
        (EcP521, EcdsaFixed(Sha1) | EcdsaDer(Sha1)) => &lc::ECDSA_P521_SHA1_ASN1,
        (EcP521, EcdsaFixed(Sha256) | EcdsaDer(Sha256)) => &lc::ECDSA_P521_SHA256_ASN1,
        (EcP521, EcdsaFixed(Sha384) | EcdsaDer(Sha384)) => &lc::ECDSA_P521_SHA384_ASN1,
        (EcP521, EcdsaFixed(Sha512) | EcdsaDer(Sha512)) => &lc::ECDSA_P521_SHA512_ASN1,
        (EcP521, EcdsaFixed(Sha3_512) | EcdsaDer(Sha3_512)) => &lc::ECDSA_P521_SHA3_512_ASN1,
        _ => return None,
    })
}

/// R‖S as SEQUENCE { INTEGER R, INTEGER S }. Both must have the full width of the curve.
fn fixed_to_der(signature: &[u8], field_bytes: usize) -> Option<Vec<u8>> {
    if signature.len() != field_bytes * 2 {
        return None;
    }
    let (r, s) = signature.split_at(field_bytes);
    let content = [asn1::encode_unsigned(r), asn1::encode_unsigned(s)].concat();
    Some(asn1::encode(asn1::SEQUENCE, &content))
}

/// The scheme that an AlgorithmIdentifier names. Parameters of ECDSA are ignored: they must be
/// absent, but NULL is met.
pub(crate) fn scheme_of(algorithm: &[u8]) -> Result<SignatureScheme> {
    use HashAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    let mut parts = asn1::single(algorithm)
        .ok_or_else(|| ErrorKind::UnsupportedSignature {
            algorithm: "malformed".to_owned(),
        })?
        .inside();
    let oid = parts.next().and_then(|oid| oid.oid()).unwrap_or_default();
    Ok(match oid.as_str() {
        "1.2.840.113549.1.1.5" => SignatureScheme::RsaPkcs1(Sha1),
        "1.2.840.113549.1.1.11" => SignatureScheme::RsaPkcs1(Sha256),
        "1.2.840.113549.1.1.12" => SignatureScheme::RsaPkcs1(Sha384),
        "1.2.840.113549.1.1.13" => SignatureScheme::RsaPkcs1(Sha512),
        "1.2.840.113549.1.1.10" => SignatureScheme::RsaPss(pss_hash(parts)?),
        "1.2.840.10045.4.1" => SignatureScheme::EcdsaDer(Sha1),
        "1.2.840.10045.4.3.2" => SignatureScheme::EcdsaDer(Sha256),
        "1.2.840.10045.4.3.3" => SignatureScheme::EcdsaDer(Sha384),
        "1.2.840.10045.4.3.4" => SignatureScheme::EcdsaDer(Sha512),
        _ => return Err(ErrorKind::UnsupportedSignature { algorithm: oid }.into()),
    })
}

/// `hashAlgorithm [0]` of RSASSA-PSS-params.
fn pss_hash(mut parameters: Elements<'_>) -> Result<HashAlgorithm> {
    let hash = parameters
        .next()
        .and_then(|parameters| parameters.inside().expect(PSS_HASH))
        .and_then(|tagged| tagged.inside().next())
        .and_then(|algorithm| algorithm.inside().next())
        .and_then(|oid| oid.oid());
    match hash.as_deref() {
        Some("2.16.840.1.101.3.4.2.1") => Ok(HashAlgorithm::Sha256),
        Some("2.16.840.1.101.3.4.2.2") => Ok(HashAlgorithm::Sha384),
        Some("2.16.840.1.101.3.4.2.3") => Ok(HashAlgorithm::Sha512),
        other => {
            let algorithm = format!("RSASSA-PSS with hash {}", other.unwrap_or("SHA-1"));
            Err(ErrorKind::UnsupportedSignature { algorithm }.into())
        }
    }
}

fn modulus_bits(key: &[u8]) -> Option<usize> {
    let modulus = asn1::single(key)?.inside().next()?.integer()?;
    let first = modulus.first()?;
    Some(modulus.len() * 8 - usize::try_from(first.leading_zeros()).ok()?)
}

/// The smallest RSA modulus that KSeF accepts (facts 01 §4).
pub const RSA_BITS_MIN: usize = 2048;
/// The largest RSA modulus that is verified here: larger ones only cost time.
pub const RSA_BITS_MAX: usize = 8192;

const PSS_HASH: u8 = 0xa0;
pub(crate) const RSA: &str = "1.2.840.113549.1.1.1";
const EC: &str = "1.2.840.10045.2.1";
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";
const P521: &str = "1.3.132.0.35";

//! What signs: a key in memory, or one that never leaves its token.

use std::fmt;

use crate::certificate::PrivateKey;
use crate::error::{ErrorKind, Result};
use crate::signature::{HashAlgorithm, KeyAlgorithm, SignatureScheme};

/// A private key that can be asked for signatures.
///
/// [`PrivateKey`] holds it in memory; `pkcs11::TokenIdentity` asks a token.
pub trait SigningKey: fmt::Debug + Send + Sync {
    /// The kind of the key.
    fn algorithm(&self) -> KeyAlgorithm;

    /// The signature of `message`, which is hashed by the scheme. ECDSA values are R and S side by
    /// side.
    ///
    /// Every key knows the scheme of [`document_scheme`], and RSA also RSASSA-PSS with SHA-256 and a
    /// salt of 32 bytes.
    ///
    /// # Errors
    /// [`ErrorKind::UnsupportedSignature`] for another scheme, [`ErrorKind::Signing`], and for a token
    /// whatever it reports.
    fn sign_in(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>>;
}

impl SigningKey for PrivateKey {
    fn algorithm(&self) -> KeyAlgorithm {
        Self::algorithm(self)
    }

    fn sign_in(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>> {
        if scheme == self.scheme() {
            return self.sign(message);
        }
        if scheme == SignatureScheme::RsaPss(HashAlgorithm::Sha256) {
            return self.sign_pss_sha256(message);
        }
        let algorithm = format!("{scheme:?} with {:?}", self.algorithm());
        Err(ErrorKind::UnsupportedSignature { algorithm }.into())
    }
}

/// The scheme in which a key of this kind signs documents: RSA with SHA-256, P-256 with SHA-256,
/// P-384 with SHA-384, P-521 with SHA-512.
#[must_use]
pub const fn document_scheme(algorithm: KeyAlgorithm) -> SignatureScheme {
    match algorithm {
        KeyAlgorithm::Rsa { .. } => SignatureScheme::RsaPkcs1(HashAlgorithm::Sha256),
        KeyAlgorithm::EcP256 => SignatureScheme::EcdsaFixed(HashAlgorithm::Sha256),
        KeyAlgorithm::EcP384 => SignatureScheme::EcdsaFixed(HashAlgorithm::Sha384),
        KeyAlgorithm::EcP521 => SignatureScheme::EcdsaFixed(HashAlgorithm::Sha512),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::KeyKind;
    use crate::signature::verify;

    #[test]
    fn keys_sign_in_their_schemes_and_refuse_others() {
        for kind in [KeyKind::Rsa2048, KeyKind::EcP256, KeyKind::EcP384] {
            let key = PrivateKey::generate(kind).unwrap();
            let pss = SignatureScheme::RsaPss(HashAlgorithm::Sha256);
            for scheme in [document_scheme(key.algorithm()), pss] {
                match key.sign_in(scheme, b"text") {
                    Ok(value) => verify(key.spki_der(), scheme, b"text", &value).unwrap(),
                    Err(error) => {
                        assert!(kind != KeyKind::Rsa2048 && scheme == pss, "{error}");
                        let kind = error.kind();
                        assert!(matches!(kind, ErrorKind::UnsupportedSignature { .. }));
                    }
                }
            }
            let other = SignatureScheme::EcdsaDer(HashAlgorithm::Sha256);
            assert!(key.sign_in(other, b"text").is_err());
        }
    }
}

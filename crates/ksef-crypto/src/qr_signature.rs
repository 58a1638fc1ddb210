//! The signature of code II: over the text of
//! [`CertificateLink`](ksef_core::verification_link::CertificateLink), in Base64url without padding.
//!
//! | key | signature |
//! |---|---|
//! | RSA of 2048 bits or more | RSASSA-PSS, SHA-256, MGF1 with SHA-256, salt of 32 bytes |
//! | P-256 | ECDSA with SHA-256; made as R and S side by side (64 bytes), read as that or as DER |
//!
//! Source: facts 08 §6.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{ErrorKind, Result};
use crate::signature::{self, HashAlgorithm, KeyAlgorithm, SignatureScheme};
use crate::signing_key::SigningKey;

/// Signs a text with the key of a certificate of type `Offline`, in memory or on a token.
///
/// # Errors
/// [`ErrorKind::UnsupportedKey`] for anything but RSA and P-256; [`ErrorKind::Signing`].
pub fn sign(key: &(impl SigningKey + ?Sized), text: &str) -> Result<String> {
    let hash = HashAlgorithm::Sha256;
    let scheme = match key.algorithm() {
        KeyAlgorithm::Rsa { .. } => SignatureScheme::RsaPss(hash),
        KeyAlgorithm::EcP256 => SignatureScheme::EcdsaFixed(hash),
        other => return Err(unsupported(other)),
    };
    let signature = key.sign_in(scheme, text.as_bytes())?;
    Ok(URL_SAFE_NO_PAD.encode(signature))
}

/// Checks the signature of a text with the public key in `spki` (DER SubjectPublicKeyInfo).
///
/// # Errors
/// [`ErrorKind::SignatureMismatch`], also for what is no Base64url; [`ErrorKind::UnsupportedKey`].
pub fn verify(spki: &[u8], text: &str, signature: &str) -> Result<()> {
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| ErrorKind::SignatureMismatch)?;
    let hash = HashAlgorithm::Sha256;
    let scheme = match KeyAlgorithm::of_spki(spki)? {
        KeyAlgorithm::Rsa { .. } => SignatureScheme::RsaPss(hash),
        KeyAlgorithm::EcP256 if signature.len() == FIXED_BYTES => SignatureScheme::EcdsaFixed(hash),
        KeyAlgorithm::EcP256 => SignatureScheme::EcdsaDer(hash),
        other => return Err(unsupported(other)),
    };
    signature::verify(spki, scheme, text.as_bytes(), &signature)
}

fn unsupported(key: KeyAlgorithm) -> crate::error::Error {
    let found = format!("{key:?}");
    ErrorKind::UnsupportedKey { found }.into()
}

/// R and S of P-256 side by side.
const FIXED_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1;
    use crate::certificate::{KeyKind, PrivateKey};

    const TEXT: &str = "qr-test.ksef.mf.gov.pl/certificate/Nip/1234563218/1234563218/01F20A5D352AE590/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok";
    const FIXED: &str =
        "MY9XuSqJXVM6VbrV_k4Vcxqrx854St4Kfruq2i1bzl3Qe5MLH0AOo-fOk2ypffVgi8X_3X4xT_r7qwtUmUTqvg";
    const X: &str = "dbdd0e842a517d225c9329d38f5de56d26cf296f484e69ba5f5d7bcaa47da9e6";
    const Y: &str = "ea15818bc174aae79386f57d2516987b866daadaf846085084306b0d272926bf";
    const DER: &str = "30450220318f57b92a895d533a55bad5fe4e15731aabc7ce784ade0a7ebbaada2d5bce5d022100d07b930b1f400ea3e7ce936ca97df5608bc5ffdd7e314ffafbab0b549944eabe";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|index| u8::from_str_radix(&hex[index * 2..index * 2 + 2], 16).unwrap())
            .collect()
    }

    /// The public key of the known vector.
    fn spki() -> Vec<u8> {
        let point = [&[0, 4][..], &bytes(X), &bytes(Y)].concat();
        let algorithm = bytes("301306072a8648ce3d020106082a8648ce3d030107");
        let content = [algorithm, asn1::encode(asn1::BIT_STRING, &point)].concat();
        asn1::encode(asn1::SEQUENCE, &content)
    }

    #[test]
    fn known_vector_in_both_encodings() {
        assert_eq!(FIXED.len(), 86);
        verify(&spki(), TEXT, FIXED).unwrap();
        let der = URL_SAFE_NO_PAD.encode(bytes(DER));
        assert_eq!(der.len(), 95);
        verify(&spki(), TEXT, &der).unwrap();
        for (text, signature) in [
            (&TEXT[1..], FIXED),
            (TEXT, &FIXED[1..]),
            (TEXT, &der[4..]),
            (TEXT, "%%"),
            (TEXT, ""),
            (TEXT, &format!("{FIXED}==")),
        ] {
            let error = verify(&spki(), text, signature).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::SignatureMismatch, "{signature}");
        }
    }

    #[test]
    fn what_is_signed_verifies_with_its_own_key_alone() {
        for (kind, characters) in [(KeyKind::EcP256, 86), (KeyKind::Rsa2048, 342)] {
            let key = PrivateKey::generate(kind).unwrap();
            let signature = sign(&key, TEXT).unwrap();
            assert_eq!(signature.len(), characters);
            verify(key.spki_der(), TEXT, &signature).unwrap();
            let other = PrivateKey::generate(kind).unwrap();
            assert!(verify(other.spki_der(), TEXT, &signature).is_err());
        }
        let large = PrivateKey::generate(KeyKind::EcP384).unwrap();
        assert!(matches!(
            sign(&large, TEXT).unwrap_err().kind(),
            ErrorKind::UnsupportedKey { .. }
        ));
    }
}

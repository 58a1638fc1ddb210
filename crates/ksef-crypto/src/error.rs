//! The error of everything in this crate except XML signatures, which have
//! [`XadesError`](crate::xades::XadesError).

use std::error::Error as StdError;
use std::fmt;

/// Result with the crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// Why a cryptographic operation, a key or a certificate was refused.
///
/// Ask [`Error::kind`] what happened; `source()` carries the message of the library below, when
/// there is one. No variant and no message ever contains key material or a password.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    source: Option<Source>,
}

/// What went wrong. New variants may be added.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system gave no random bytes.
    RandomUnavailable,
    /// The cryptographic module failed where the input gives no reason: it is broken, or out of
    /// memory.
    Module,
    /// A ciphertext is empty or not a whole number of 16-byte blocks.
    CiphertextLength {
        /// Length of the ciphertext, in bytes.
        bytes: u64,
    },
    /// The padding of a decrypted text is wrong: wrong key, wrong IV or damaged ciphertext.
    Padding,
    /// A symmetric key or an IV has the wrong length.
    KeyLength {
        /// Length given, in bytes.
        bytes: usize,
        /// Length required, in bytes.
        expected: usize,
    },
    /// Reading or writing a stream failed; `source()` is the [`std::io::Error`].
    Io,
    /// The text is too long for this RSA key.
    PlaintextTooLong {
        /// Length given, in bytes.
        bytes: usize,
        /// The most that the key can wrap, in bytes.
        max: usize,
    },
    /// A wrapped key could not be unwrapped: it was made for another key, or is damaged.
    Unwrap,
    /// The bytes are no X.509 certificate.
    MalformedCertificate,
    /// The bytes are no PKCS#10 certificate request.
    MalformedRequest,
    /// The bytes are no private key in any supported form (PKCS#8, SEC 1, PKCS#1).
    MalformedKey,
    /// The bytes are no PKCS#12 container.
    MalformedContainer,
    /// The kind of key is not supported; RSA from 2048 bits and P-256, P-384, P-521 are.
    UnsupportedKey {
        /// Name or object identifier of what was found.
        found: String,
    },
    /// The key is encrypted and no password was given.
    PasswordRequired,
    /// The password does not open the key or the container.
    WrongPassword,
    /// The private key is encrypted in a way that is not supported. For the old
    /// `PBE-SHA1-3DES` and its kin convert it once:
    /// `openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.key -out new.key`.
    UnsupportedEncryption {
        /// Name or object identifier of the scheme.
        scheme: String,
    },
    /// The PKCS#12 container is written in a way that is not supported. Convert it once:
    /// `openssl pkcs12 -legacy -in old.p12 -out identity.pem`.
    UnsupportedContainer {
        /// What it does, after "the container".
        reason: String,
    },
    /// No certificate was found where one was expected.
    NoCertificate,
    /// No private key was found where one was expected.
    NoPrivateKey,
    /// More than one private key was found, and none is preferred.
    SeveralPrivateKeys {
        /// How many there are.
        found: usize,
    },
    /// The private key does not belong to the certificate.
    KeyMismatch,
    /// A certificate or request could not be made from these values.
    Issue,
    /// Making a signature failed.
    Signing,
    /// The algorithm of a signature is not supported.
    UnsupportedSignature {
        /// Object identifier or name of the algorithm.
        algorithm: String,
    },
    /// A signature does not verify.
    SignatureMismatch,
    /// A token does not sign.
    #[cfg(feature = "pkcs11")]
    Token(crate::pkcs11::TokenFault),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self { kind, source: None }
    }

    pub(crate) fn with_source(
        kind: ErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync + 'static>>,
    ) -> Self {
        Self {
            kind,
            source: Some(source.into()),
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RandomUnavailable => f.write_str("the system gave no random bytes"),
            Self::Module => f.write_str("the cryptographic module failed"),
            Self::CiphertextLength { bytes } => {
                write!(
                    f,
                    "ciphertext of {bytes} bytes is not a positive multiple of 16"
                )
            }
            Self::Padding => f.write_str("wrong padding after decryption"),
            Self::KeyLength { bytes, expected } => {
                write!(f, "key or IV of {bytes} bytes where {expected} are needed")
            }
            Self::Io => f.write_str("reading or writing failed"),
            Self::PlaintextTooLong { bytes, max } => {
                write!(
                    f,
                    "{bytes} bytes do not fit the RSA key, which wraps at most {max}"
                )
            }
            Self::Unwrap => f.write_str("the wrapped key cannot be unwrapped"),
            Self::MalformedCertificate => f.write_str("not an X.509 certificate"),
            Self::MalformedRequest => f.write_str("not a PKCS#10 certificate request"),
            Self::MalformedKey => f.write_str("not a private key in a supported form"),
            Self::MalformedContainer => f.write_str("not a PKCS#12 container"),
            Self::UnsupportedKey { found } => write!(f, "unsupported kind of key: {found}"),
            Self::PasswordRequired => f.write_str("the key is encrypted and needs a password"),
            Self::WrongPassword => f.write_str("wrong password"),
            Self::UnsupportedEncryption { scheme } => write!(
                f,
                "private key encrypted with {scheme}, which is not supported; convert it with \
                 `openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.key -out new.key`"
            ),
            Self::UnsupportedContainer { reason } => write!(
                f,
                "the PKCS#12 container {reason}, which is not supported; convert it with \
                 `openssl pkcs12 -legacy -in old.p12 -out identity.pem`"
            ),
            Self::NoCertificate => f.write_str("no certificate found"),
            Self::NoPrivateKey => f.write_str("no private key found"),
            Self::SeveralPrivateKeys { found } => {
                write!(f, "{found} private keys found where one is expected")
            }
            Self::KeyMismatch => f.write_str("the private key does not belong to the certificate"),
            Self::Issue => f.write_str("the certificate could not be made"),
            Self::Signing => f.write_str("signing failed"),
            Self::UnsupportedSignature { algorithm } => {
                write!(f, "unsupported signature algorithm {algorithm}")
            }
            Self::SignatureMismatch => f.write_str("the signature does not verify"),
            #[cfg(feature = "pkcs11")]
            Self::Token(fault) => fault.fmt(f),
        }
    }
}

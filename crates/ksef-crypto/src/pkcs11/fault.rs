//! What a token reports.

use std::fmt;

use cryptoki::error::{Error as Cryptoki, RvError};

use crate::error::{Error, ErrorKind};

/// Why a token does not sign.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFault {
    /// The URI names no module, and nobody else did.
    NoModule,
    /// The module cannot be loaded: it is not there, or not for this machine.
    Module {
        /// Its path.
        path: String,
    },
    /// No token of this description is there.
    Absent {
        /// The labels of those that are.
        found: Vec<String>,
    },
    /// Several tokens have this description.
    SeveralTokens {
        /// Their labels.
        found: Vec<String>,
    },
    /// The token wants a PIN, and none was given.
    PinRequired,
    /// The PIN is wrong. Tokens lock themselves after few wrong ones, often three.
    PinIncorrect {
        /// One more wrong PIN locks the token.
        is_last_try: bool,
    },
    /// The token is locked after too many wrong PINs.
    PinLocked,
    /// No private key of this description is on the token.
    NoKey,
    /// Several private keys have this description.
    SeveralKeys {
        /// How many.
        found: usize,
    },
    /// The token has no certificate of the key, and none was given.
    NoCertificate,
    /// The token cannot sign in the way that is needed.
    Mechanism {
        /// Which way.
        name: &'static str,
    },
    /// The signature is not one of the certificate's key.
    OtherKey,
    /// The token was removed, or reports something else.
    Device,
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoModule => f.write_str("no PKCS#11 module is named"),
            Self::Module { path } => write!(f, "the PKCS#11 module {path} cannot be loaded"),
            Self::Absent { found } if found.is_empty() => f.write_str("no token is there"),
            Self::Absent { found } => {
                write!(f, "no such token is there, only {}", found.join(", "))
            }
            Self::SeveralTokens { found } => {
                write!(f, "several tokens are meant: {}", found.join(", "))
            }
            Self::PinRequired => f.write_str("the token wants a PIN"),
            Self::PinIncorrect { is_last_try: true } => {
                f.write_str("wrong PIN; one more wrong one locks the token")
            }
            Self::PinIncorrect { .. } => f.write_str("wrong PIN"),
            Self::PinLocked => f.write_str("the token is locked after too many wrong PINs"),
            Self::NoKey => f.write_str("no such private key is on the token"),
            Self::SeveralKeys { found } => write!(f, "{found} private keys are meant"),
            Self::NoCertificate => f.write_str("the token has no certificate of the key"),
            Self::Mechanism { name } => write!(f, "the token does not sign by {name}"),
            Self::OtherKey => f.write_str("the key on the token is not the one of the certificate"),
            Self::Device => f.write_str("the token failed"),
        }
    }
}

pub(super) fn fault(fault: TokenFault) -> Error {
    ErrorKind::Token(fault).into()
}

/// What a call of the module came to.
pub(super) fn reported(error: Cryptoki) -> Error {
    let kind = match &error {
        Cryptoki::Pkcs11(RvError::PinLocked, _) => TokenFault::PinLocked,
        Cryptoki::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _) => {
            TokenFault::PinIncorrect { is_last_try: false }
        }
        Cryptoki::Pkcs11(RvError::UserNotLoggedIn, _) => TokenFault::PinRequired,
        Cryptoki::Pkcs11(RvError::TokenNotPresent | RvError::TokenNotRecognized, _) => {
            TokenFault::Absent { found: Vec::new() }
        }
        _ => TokenFault::Device,
    };
    Error::with_source(ErrorKind::Token(kind), error)
}

//! Cryptography of KSeF: session keys, key wrapping, sealing, certificates and XML signatures.
//!
//! No I/O and no clock: bytes and instants come in, bytes and values go out. AWS-LC (through
//! `aws-lc-rs`) does the work, except for several AES-CBC chains side by side, which only the
//! `aes` crate can do in safe Rust.
//!
//! | module | what it does |
//! |---|---|
//! | [`digest`] | SHA-256, at once and in pieces |
//! | [`session_key`] | AES-256-CBC: buffer, many buffers, streams |
//! | [`rsa_oaep`] | wrapping session keys and tokens for KSeF, and unwrapping them |
//! | [`sealing`] | invoices of an interactive session: hashes, ciphertext, JSON body |
//! | [`package`] | archives of invoices, read with limits |
//! | [`certificate`] | certificates, private keys, identities from PEM, DER and PKCS#12 |
//! | [`chain`] | from a certificate up to one that is trusted |
//! | [`csr`] | certificate requests (PKCS#10): making and reading them |
//! | [`qr_signature`] | the signature of code II |
//! | [`signing_key`] | what signs: a key in memory, or one that never leaves its token |
//! | `pkcs11` | keys on tokens (feature `pkcs11`) |
//! | [`self_signed`] | certificates for TEST and local servers |
//! | [`authority`] | a small certificate authority for local servers |
//! | [`seeded`] | bytes and RSA keys that a seed determines, for repeatable tests |
//! | [`server_certificate`] | the certificate of a local server that speaks TLS |
//! | [`signature`] | hashes, signature schemes, verification of plain signatures |
//! | [`c14n`] | canonical XML |
//! | [`xades`] | making and verifying XAdES signatures |
//! | [`error`] | the error of all except [`c14n`] and [`xades`], which have [`xades::XadesError`], and [`chain`] |
//!
//! Keys are zeroized when dropped and never shown by `Debug`.

#![cfg_attr(
    test,
    allow(
        clippy::print_stderr,
        clippy::cast_possible_truncation,
        clippy::string_slice,
        reason = "tests say what they skip, make byte patterns and cut their own texts"
    )
)]

mod asn1;
pub mod authority;
pub mod c14n;
pub mod certificate;
pub mod chain;
pub mod csr;
pub mod digest;
pub mod error;
mod issuing;
mod lanes;
pub mod package;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
pub mod qr_signature;
pub mod rsa_oaep;
pub mod sealing;
pub mod seeded;
pub mod self_signed;
pub mod server_certificate;
pub mod session_key;
pub mod signature;
pub mod signing_key;
pub mod xades;

//! Tests through the public interface, against independent tools where they are installed.

#![allow(
    clippy::panic,
    clippy::print_stderr,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests say what they skip and cut their own texts"
)]

#[cfg(feature = "pkcs11")]
mod pkcs11;
mod xmlsec;

//! A started sandbox, asked over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that fails stops where it fails"
)]

mod auth_signature;
mod auth_token;
mod auth_tokens;
mod contract;
mod errors;
mod limits;
mod persistence;
mod support;
mod testdata;
mod tokens;

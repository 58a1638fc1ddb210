//! A started sandbox, asked over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::string_slice,
    reason = "a test that fails stops where it fails"
)]

mod auth_signature;
mod auth_token;
mod auth_tokens;
mod batches;
mod certificates;
mod collective;
mod contract;
mod control;
mod crowd;
mod determinism;
mod errors;
mod exports;
mod faults;
mod issuing;
mod latarnia;
mod limits;
mod page;
mod peppol;
mod permissions;
mod persistence;
mod qr_pages;
mod restart;
mod robustness;
mod samples;
mod schema;
mod searching;
mod sending;
mod sessions;
mod support;
mod testdata;
mod tls;
mod tokens;
mod upo;
mod verification;

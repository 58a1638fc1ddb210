//! Tests of `ksef-api` from the outside.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests unwrap, and say when they are skipped"
)]

mod answers;
mod calls;
mod certificates;
mod packages;
mod permissions;
mod requests;

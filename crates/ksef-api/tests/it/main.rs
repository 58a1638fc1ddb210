//! Tests of `ksef-api` from the outside.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests unwrap, and say when they are skipped"
)]

mod answers;
mod calls;
mod contract;
mod requests;

/// The comparison that `cargo xtask spec-drift` runs, shared with it by its source.
#[path = "../../../xtask/src/spec_drift/mod.rs"]
mod spec_drift;

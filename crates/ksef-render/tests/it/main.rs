//! Tests through the public interface, against independent tools where they are installed.

#![allow(
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests say what they skip"
)]

mod complete;
mod documents;
mod setting;
mod zbar;

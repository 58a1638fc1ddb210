//! The client against a small scripted server: what comes back late, twice, wrong or not at all.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on must fail"
)]

mod calls;
mod closing;
mod doubts;
mod journal;
mod latarnia;
mod limits;
mod lists;
mod login;
mod secrets;
mod sending;
mod server;
mod statuses;
mod tls;
mod validation;

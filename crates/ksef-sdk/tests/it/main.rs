//! The client against a small scripted server: what comes back late, twice, wrong or not at all.

mod calls;
mod closing;
mod journal;
mod login;
mod secrets;
mod sending;
mod server;
mod statuses;

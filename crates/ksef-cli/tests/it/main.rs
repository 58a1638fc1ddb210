//! The `ksef` command as a user runs it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::string_slice,
    reason = "tests stop where something is wrong, and say what they skip"
)]

mod auth;
mod basics;
mod cert;
mod collective;
mod console;
mod correct;
mod crash;
mod crash_batch;
mod crash_mirror;
mod crash_outbox;
mod deadlines;
mod documents;
mod inbox;
mod issue;
mod kill;
mod latarnia;
mod local_ksef;
mod new;
mod permission;
mod pkcs11;
mod profile;
mod qr;
mod receiving;
mod reference;
mod render;
mod sandbox;
mod secrecy;
mod secret;
mod send;
mod send_bad_input;
mod send_batch;
mod send_faults;
mod send_validation;
mod server;
mod show;
mod testdata;
mod upo;
mod user;
mod validate;
mod verify_qr;

//! The `ksef` command as a user runs it.

mod kill;
mod local_ksef;
mod send;
mod send_bad_input;
mod send_faults;
mod user;

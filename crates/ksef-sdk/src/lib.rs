//! The KSeF client: authentication, keys, sessions, retries and statuses.

pub mod auth;
mod caller;
mod classify;
mod client;
pub mod error;
pub mod journal;
mod keys;
mod retry;
pub mod session;
pub mod tokens;
mod transport;

pub use caller::Answered;
pub use client::{Client, ClientBuilder, NewKsefToken};
pub use error::{Error, ErrorKind};
pub use ksef_api as api;
pub use retry::RetryPolicy;
pub use transport::Timeouts;

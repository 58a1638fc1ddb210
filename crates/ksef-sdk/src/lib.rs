//! The KSeF client: authentication, keys, sessions, retries and statuses.

mod caller;
mod classify;
pub mod error;
pub mod journal;
mod retry;
pub mod tokens;
mod transport;

pub use caller::Answered;
pub use error::{Error, ErrorKind};
pub use retry::RetryPolicy;
pub use transport::Timeouts;

//! A faithful local KSeF, for tests and development: real work behind the real interface, no canned answers.
//!
//! ```no_run
//! # async fn example() -> Result<(), ksef_sandbox::Error> {
//! let sandbox = ksef_sandbox::Sandbox::builder().start().await?;
//! println!("{}", sandbox.base_url());
//! sandbox.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! A request goes through a pipeline to its handler, which reads and changes the world; what takes time on the
//! real system happens in the background. Documents are really decrypted, signatures really verified, permissions and
//! limits really enforced.

mod app;
mod builder;
mod call;
mod caller;
mod clock;
pub mod control;
mod error;
mod failure;
pub mod faults;
mod fields;
mod handlers;
mod ip_policy;
mod journal;
mod jwt;
mod limiter;
mod links;
mod numbers;
mod page;
mod pipeline;
mod processing;
mod query;
mod random;
mod router;
mod sandbox;
mod server;
mod spool;
mod tls;
mod upo;
mod world;

pub use builder::{Bounds, Builder, KeyBits, Latency, LimitProfile};
pub use error::{Error, ErrorKind};
pub use sandbox::Sandbox;
pub use tls::Tls;

//! The KSeF client: authentication, keys, sessions, retries and statuses.
//!
//! [`Client`] makes calls on behalf of one context; [`session::Keeper`] sends invoices. Everything that happens on the
//! way is done once, in one place:
//!
//! | module | concern |
//! |---|---|
//! | [`auth`] | signing in with a certificate, a KSeF token, or a signature made elsewhere |
//! | [`tokens`] | access tokens of many contexts: read without a lock, renewed before they end, kept between runs |
//! | [`session`] | sessions, sending, verdicts, UPO, duplicates |
//! | [`certificates`] | applying for a KSeF certificate, in steps that survive being killed |
//! | [`receiving`] | searching over any span of time, exporting packages |
//! | [`permissions`] | granting and withdrawing until done, and what a login may do |
//! | [`journal`] | what is about to be sent, written down before it leaves |
//! | [`latarnia`] | how KSeF is, as the Ministry tells; advice only |
//! | [`limiter`] | KSeF's request limits, kept by waiting |
//! | [`upo`] | whether a UPO is genuine |
//! | [`error`] | what went wrong, and what may be done next |
//! | [`api`] | the operations themselves, for [`Client::call`] |
//!
//! # From an invoice to its UPO
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use ksef_core::environment::Environment;
//! use ksef_core::nip::Nip;
//! use ksef_crypto::certificate::Identity;
//! use ksef_sdk::auth::Credentials;
//! use ksef_sdk::journal::NoJournal;
//! use ksef_sdk::session::{
//!     DuplicateVerdict, InvoiceBytes, Keeper, SendOptions, resolve_duplicate, wait_invoice,
//! };
//! use ksef_sdk::Client;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let identity = Identity::from_pkcs12(&std::fs::read("company.p12")?, "password")?;
//! let client = Client::builder(Environment::test())
//!     .credentials(Credentials::certificate(identity))
//!     .context(Nip::parse("5265877635")?)
//!     .build()?;
//!
//! // A program that must survive being killed brings a journal of its own.
//! let keeper = Keeper::new(client.clone(), Arc::new(NoJournal));
//! let invoice = InvoiceBytes::new(std::fs::read("invoice.xml")?);
//! let sent = keeper.send(&invoice, &SendOptions::default()).await?;
//!
//! let minute = Duration::from_secs(60);
//! let verdict = wait_invoice(&client, sent.session, sent.invoice, minute).await?;
//! if let Some(number) = verdict.ksef_number {
//!     println!("accepted as {number}");
//! } else {
//!     // A copy of an invoice that KSeF has already is refused (440): ours, or somebody else's with the same number?
//!     match resolve_duplicate(&client, &verdict.status, sent.hash, minute).await? {
//!         DuplicateVerdict::Mine(number) => println!("accepted before as {number}"),
//!         _ => println!("refused: {}", verdict.invoice_status()),
//!     }
//! }
//!
//! let closed = keeper.close(sent.session, minute).await?;
//! for page in &closed.upo {
//!     std::fs::write(format!("{}.xml", page.reference), &page.bytes)?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Thousands of invoices
//! A package is built as a stream, uploaded in parts, and judged as a whole; [`Client::send_batch`] goes all the way.
//! ```no_run
//! use std::ops::ControlFlow;
//! use std::path::PathBuf;
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use ksef_core::form_code::FormCode;
//! use ksef_crypto::package::build::{BuildError, Source, SourceFile};
//! use ksef_sdk::journal::NoJournal;
//! use ksef_sdk::session::BatchOptions;
//!
//! /// The files of a folder; read once to find out what the package will be, and once while it is uploaded.
//! struct Folder(Vec<PathBuf>);
//!
//! impl Source for Folder {
//!     fn read_from(
//!         &self,
//!         first: usize,
//!         visit: &mut dyn FnMut(SourceFile<'_>) -> Result<ControlFlow<()>, BuildError>,
//!     ) -> Result<(), BuildError> {
//!         for (number, path) in self.0.iter().enumerate().skip(first) {
//!             let name = format!("{number}.xml");
//!             let file = std::fs::File::open(path);
//!             let mut content = file.map_err(|error| BuildError::unreadable(&name, error))?;
//!             let shown = SourceFile { name: &name, expected: None, content: &mut content };
//!             if visit(shown)?.is_break() {
//!                 break;
//!             }
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # async fn example(client: ksef_sdk::Client, files: Vec<PathBuf>) -> Result<(), Box<dyn std::error::Error>> {
//! let (options, hour) = (BatchOptions::default(), Duration::from_secs(3_600));
//! let source = Arc::new(Folder(files));
//! let sent = client.send_batch(&FormCode::Fa3, source, &options, &NoJournal, hour).await?;
//! for verdict in &sent.files {
//!     match verdict.invoice.as_ref() {
//!         Some(invoice) => println!("{}: {:?}", verdict.file.name, invoice.ksef_number),
//!         None => println!("{}: not judged", verdict.file.name),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is repeated
//! Reads, and writes that change nothing when repeated, after a broken connection or a failing server; anything else
//! only when it surely did nothing: no connection was made, or the server answered 429. See [`RetryPolicy`]. Before any
//! exchange the [`limiter`] waits for KSeF's request limits, so that a 429 is rare. Pages of
//! the firewall in front of KSeF are never answered by more requests. What may have been done is looked up by the
//! keeper, or reported as [`Error::is_outcome_unknown`].
//!
//! # Where it runs
//! On tokio. Futures may be dropped at any point: no lock stays held, a login that others wait for goes on, and an
//! invoice whose sending was abandoned is looked up before it is sent again.

pub mod auth;
mod caller;
pub mod certificates;
mod classify;
mod client;
pub mod error;
pub mod journal;
mod keys;
pub mod latarnia;
pub mod limiter;
pub mod mirror;
pub mod permissions;
pub mod receiving;
mod retry;
pub mod session;
pub mod tokens;
mod transport;
pub mod upo;

pub use caller::Answered;
pub use client::{Client, ClientBuilder, NewKsefToken};
pub use error::{Error, ErrorKind};
pub use ksef_api as api;
pub use retry::RetryPolicy;
pub use transport::Timeouts;

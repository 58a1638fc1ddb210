//! The KSeF API 2.x as values, without I/O: operations, calls, answers, refusals, statuses.
//!
//! | module | holds |
//! |---|---|
//! | [`operation`] | every operation of the contract as a constant: path, limits, bearer, permissions, replay class |
//! | [`request`] | the trait of a call, and the pure function that makes an HTTP request of it |
//! | [`ops`] | one type per call and per answer, by resource |
//! | [`decode`] | reading answers and verified downloads |
//! | [`problem`] | every error body, read and written, and the catalogue of exception codes |
//! | [`status`] | typed status codes per resource, with what they mean and what to do |
//! | [`latarnia`] | the service that tells how KSeF is; another server with another contract |
//! | [`page`], [`warning`], [`timestamp`], [`identifier`] | paging, warnings of the system, instants, identifiers |
//!
//! Every type of a body serialises and deserialises, so that a client and a server share it. Enumerations stay open,
//! unknown members are ignored, and an explicit `null` counts as missing.

pub mod decode;
pub mod identifier;
pub mod latarnia;
mod open_enum;
pub mod operation;
pub mod ops;
pub mod page;
mod path;
pub mod problem;
pub mod request;
pub mod status;
pub mod timestamp;
pub mod warning;
mod wire;

pub use path::fill as fill_path;

//! Operations by name, one file per resource. Whatever is missing here goes through [`Client::call`](super::Client::call).

mod access;
mod invoices;
mod sessions;
mod testdata;
mod tokens;

pub use tokens::NewKsefToken;

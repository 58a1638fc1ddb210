//! Operations by name, one file per resource. Whatever is missing here goes through [`Client::call`](super::Client::call).

mod access;
mod certificates;
mod collective;
mod invoices;
mod peppol;
mod permissions;
mod sessions;
mod testdata;
mod tokens;

pub(crate) use certificates::APPLICATION;
pub use tokens::NewKsefToken;

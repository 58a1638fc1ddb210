//! The invoice as a document.
//!
//! An invoice is immutable bytes plus a digest ([`document`]). [`check`] judges the file as the
//! server does before it looks at the schema, [`metadata`] reads what identifies an invoice,
//! [`schema`] judges it by the official schemas, [`rules`] beyond them, [`fa3`] is the typed
//! invoice, [`tree`] what readers and rules look at, [`summary`] what people want to see of it and
//! [`codes`] its codes in words. Every check answers with
//! [`finding::Finding`]s: rule, place, message in Polish and English, and the server's status.
//!
//! The crate does no I/O, except for [`schema::compile::FileLoader`], and has no cryptography;
//! digests and signatures come from outside.

#![cfg_attr(
    test,
    allow(
        clippy::print_stderr,
        clippy::string_slice,
        reason = "tests say what they skipped and cut texts they know"
    )
)]

pub mod check;
pub mod codes;
pub mod document;
pub mod fa3;
pub mod finding;
pub mod metadata;
pub mod preflight;
pub mod problem;
pub mod rule;
pub mod rules;
pub mod schema;
pub mod semantics;
pub mod summary;
pub mod syntax;
pub mod tree;
pub mod upo;
pub mod violation;
mod xml;

pub use finding::{Finding, Language, Position, Refusal, Severity};
pub use rule::Rule;
pub use xml::XmlLimits;

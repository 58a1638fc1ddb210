//! Validation by the official schemas: an XSD 1.0 engine over the streaming reader.
//!
//! [`model`] is a schema in the compact form that the validator runs: the same structure is
//! committed as constant data for the official forms and built at run time for any other schema.

pub mod compile;
pub mod model;
pub mod pattern;
#[allow(dead_code, reason = "the validator that uses them all follows")]
pub(crate) mod simple;

pub use model::Schema;

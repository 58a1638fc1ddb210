//! A strict, streaming reader of XML 1.0 with namespaces, for documents without a DTD.
//!
//! It borrows the document and allocates only for the element stack. Existing event readers leave
//! most well-formedness rules to the caller; a verdict that must agree with the server's needs all
//! of them, so this reader checks each production itself and stops at the first violation.

mod bytes;
pub(crate) mod characters;
pub(crate) mod declaration;
mod event;
mod reader;
mod reference;
mod start_tag;

#[cfg(test)]
mod tests;

pub(crate) use bytes::is_same;
pub(crate) use event::{Attribute, Event, Start, TextForm};
pub(crate) use reader::Reader;
pub(crate) use reference::{attribute_value, text_value};

/// Limits of what the reader accepts; they bound its memory and keep its time linear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlLimits {
    /// How deep elements may be nested. KSeF's deepest form needs about 20.
    pub depth_max: usize,
    /// How many attributes an element may have, namespace declarations included.
    pub attributes_max: usize,
    /// How many namespace declarations may be in scope at once.
    pub namespaces_max: usize,
}

impl Default for XmlLimits {
    fn default() -> Self {
        Self {
            depth_max: 100,
            attributes_max: 64,
            namespaces_max: 128,
        }
    }
}

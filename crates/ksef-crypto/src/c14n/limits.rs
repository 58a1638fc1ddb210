//! Limits on documents whose signatures are made or verified.

/// How large a document may be. They keep hostile input from costing more than its size: looking
/// up an attribute or a namespace takes a time that grows with their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of the document, in bytes. Default 32 MiB: a collective UPO of 10 000 invoices fits.
    pub bytes_max: usize,
    /// Elements, texts, comments and instructions. Default one million.
    pub nodes_max: u32,
    /// Elements inside one another. Default 100.
    pub depth_max: usize,
    /// Attributes of one element, declarations of namespaces included. Default 200.
    pub attributes_max: usize,
    /// Declarations of namespaces on one element and those around it, repeated ones included: the
    /// parser's time grows with the square of their number. Default 100.
    pub namespaces_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes_max: 32 * 1024 * 1024,
            nodes_max: 1_000_000,
            depth_max: 100,
            attributes_max: 200,
            namespaces_max: 100,
        }
    }
}

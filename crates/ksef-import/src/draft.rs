//! An invoice on its way: the tree, where it came from, what is wrong with it.

use crate::fault::Fault;
use crate::node::{Node, Spot};

/// An invoice that is not judged yet.
#[derive(Debug)]
pub(crate) struct Draft {
    /// The invoice in the shape of the JSON.
    pub(crate) node: Node,
    /// Its number, where there is one.
    pub(crate) number: Option<String>,
    /// The rows it came from; empty for JSON.
    pub(crate) rows: Vec<u32>,
    /// Pointers of values that could not be read: they are not missing as well.
    pub(crate) failed: Vec<String>,
    /// What is wrong.
    pub(crate) troubles: Vec<Trouble>,
    /// A problem of the file concerns it, so that nothing may be made of it.
    pub(crate) blocked: bool,
}

/// A fault of an invoice with its place: a spot, or a JSON pointer into the invoice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trouble {
    pub(crate) spot: Option<Spot>,
    pub(crate) pointer: Option<String>,
    pub(crate) fault: Fault,
    pub(crate) value: Option<String>,
}

impl Draft {
    pub(crate) const fn new(node: Node, number: Option<String>) -> Self {
        Self {
            node,
            number,
            rows: Vec::new(),
            failed: Vec::new(),
            troubles: Vec::new(),
            blocked: false,
        }
    }

    /// Adds a fault at a pointer; the value is the one that stands there.
    pub(crate) fn trouble_at(&mut self, pointer: &str, fault: Fault) {
        let node = self.node.at_pointer(pointer);
        let value = node.text().map(str::to_owned);
        self.troubles.push(Trouble {
            spot: Some(node.spot),
            pointer: Some(pointer.to_owned()),
            fault,
            value,
        });
    }
}

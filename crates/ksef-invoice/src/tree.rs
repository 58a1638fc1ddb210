//! A document as a tree, for readers and rules that look at many places of an invoice.
//!
//! Elements stand in document order in one list, attributes in another; texts borrow the document
//! where they can. Memory is bounded by the size limit of the file. The schema validator does not
//! use it: that one streams.

use std::borrow::Cow;
use std::ops::Range;

use crate::check::{Rules, decode};
use crate::finding::{Fault, Finding, locate};
use crate::xml::{Event, Reader, attribute_value, text_value};

/// A well-formed document.
#[derive(Debug, Clone)]
pub struct Tree<'a> {
    /// At least the root element.
    nodes: Vec<Node<'a>>,
    attributes: Vec<Attribute<'a>>,
    /// The namespaces that occur; a node holds an index.
    namespaces: Vec<String>,
    /// The file.
    bytes: &'a [u8],
}

#[derive(Debug, Clone)]
struct Node<'a> {
    local: &'a str,
    namespace: usize,
    offset: usize,
    text: Cow<'a, str>,
    text_offset: usize,
    /// The first index after the element's descendants.
    end: usize,
    parent: Option<usize>,
    attributes: Range<usize>,
}

#[derive(Debug, Clone)]
struct Attribute<'a> {
    name: &'a str,
    value: Cow<'a, str>,
}

impl<'a> Tree<'a> {
    /// Reads a document. Comments are left out, references and CDATA sections are replaced.
    /// Processing instructions and discouraged characters, which [`crate::check::check`] reports,
    /// do not stop it.
    ///
    /// # Errors
    /// Why the file cannot be read: size, encoding, or the first place that is not XML.
    pub fn read(bytes: &'a [u8], rules: &Rules) -> Result<Self, Vec<Finding>> {
        let mut faults = Vec::new();
        let Some(decoded) = decode(bytes, rules, &mut faults) else {
            return Err(locate(bytes, faults));
        };
        let mut reader = Reader::new(decoded.text, decoded.base, rules.xml);
        Self::build(bytes, &mut reader).map_err(|fault| locate(bytes, vec![fault]))
    }

    fn build(bytes: &'a [u8], reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut tree = Self {
            nodes: Vec::new(),
            attributes: Vec::new(),
            namespaces: Vec::new(),
            bytes,
        };
        let mut open: Vec<usize> = Vec::with_capacity(16);
        loop {
            match reader.next().map_err(|fault| *fault)? {
                Event::Start(start) => {
                    let first = tree.attributes.len();
                    for attribute in reader.attributes() {
                        tree.attributes.push(Attribute {
                            name: attribute.name,
                            value: attribute_value(attribute.raw),
                        });
                    }
                    let namespace = tree.intern(reader.namespace(start.binding));
                    let index = tree.nodes.len();
                    tree.nodes.push(Node {
                        local: start.local,
                        namespace,
                        offset: start.offset,
                        text: Cow::Borrowed(""),
                        text_offset: start.offset,
                        end: index + 1,
                        parent: open.last().copied(),
                        attributes: first..tree.attributes.len(),
                    });
                    open.push(index);
                }
                Event::End { .. } => {
                    let end = tree.nodes.len();
                    if let Some(node) = open.pop().and_then(|index| tree.nodes.get_mut(index)) {
                        node.end = end;
                    }
                }
                Event::Text { raw, offset, form } => {
                    let value = text_value(raw, form);
                    if let Some(node) = open.last().and_then(|index| tree.nodes.get_mut(*index)) {
                        node.add_text(value, offset);
                    }
                }
                Event::Complete => return Ok(tree),
            }
        }
    }

    fn intern(&mut self, uri: &str) -> usize {
        // The last one added is nearly always the one looked for.
        match self.namespaces.iter().rposition(|known| known == uri) {
            Some(index) => index,
            None => {
                self.namespaces.push(uri.to_owned());
                self.namespaces.len() - 1
            }
        }
    }

    /// The file as it was read.
    pub(crate) const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The root element.
    #[must_use]
    pub const fn root(&self) -> Element<'_> {
        Element {
            tree: self,
            index: 0,
        }
    }

    /// Every element, in document order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        (0..self.nodes.len()).map(|index| Element { tree: self, index })
    }
}

impl<'a> Node<'a> {
    fn add_text(&mut self, value: Cow<'a, str>, offset: usize) {
        if self.text.is_empty() {
            self.text = value;
            self.text_offset = offset;
        } else {
            self.text.to_mut().push_str(&value);
        }
    }
}

/// An element of a [`Tree`].
#[derive(Debug, Clone, Copy)]
pub struct Element<'t> {
    tree: &'t Tree<'t>,
    index: usize,
}

impl<'t> Element<'t> {
    fn node(self) -> Option<&'t Node<'t>> {
        self.tree.nodes.get(self.index)
    }

    /// The name without prefix.
    #[must_use]
    pub fn name(self) -> &'t str {
        self.node().map_or("", |node| node.local)
    }

    /// The namespace, empty when there is none.
    #[must_use]
    pub fn namespace(self) -> &'t str {
        self.node()
            .and_then(|node| self.tree.namespaces.get(node.namespace))
            .map_or("", String::as_str)
    }

    /// Its own character data, as written but with references replaced; the white space between
    /// child elements too.
    #[must_use]
    pub fn text(self) -> &'t str {
        self.node().map_or("", |node| node.text.as_ref())
    }

    /// Its character data without white space around it.
    #[must_use]
    pub fn value(self) -> &'t str {
        self.text().trim_matches([' ', '\t', '\r', '\n'])
    }

    /// Byte offset of the start tag in the file.
    #[must_use]
    pub fn offset(self) -> usize {
        self.node().map_or(0, |node| node.offset)
    }

    /// Byte offset of the first character data, or of the start tag when there is none.
    #[must_use]
    pub fn text_offset(self) -> usize {
        self.node().map_or(0, |node| node.text_offset)
    }

    /// The value of an attribute by its name as written.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<&'t str> {
        self.attributes()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// The attributes, names as written, namespace declarations included.
    pub fn attributes(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let range = self.node().map_or(0..0, |node| node.attributes.clone());
        self.tree
            .attributes
            .get(range)
            .unwrap_or_default()
            .iter()
            .map(|attribute| (attribute.name, attribute.value.as_ref()))
    }

    /// The element around it.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let index = self.node()?.parent?;
        Some(Self { index, ..self })
    }

    /// The child elements, in order.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let end = self.node().map_or(0, |node| node.end);
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let child = Self {
                index: next,
                ..self
            };
            next = child.node()?.end;
            Some(child)
        })
    }

    /// The first child with this name, in any namespace.
    #[must_use]
    pub fn child(self, name: &str) -> Option<Self> {
        self.children().find(|child| child.name() == name)
    }

    /// The children with this name, in any namespace.
    pub fn children_named(self, name: &str) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The element at the end of a chain of first children, `["Fa", "P_2"]`.
    #[must_use]
    pub fn at(self, path: &[&str]) -> Option<Self> {
        path.iter()
            .try_fold(self, |element, name| element.child(name))
    }

    /// The trimmed text at the end of a chain of first children; `None` when it is missing or blank.
    #[must_use]
    pub fn value_at(self, path: &[&str]) -> Option<&'t str> {
        self.at(path)
            .map(Self::value)
            .filter(|value| !value.is_empty())
    }

    /// The path from the root, `/Faktura/Fa/FaWiersz[2]/P_11`: elements that have siblings of their
    /// name carry their number, from 1.
    #[must_use]
    pub fn path(self) -> String {
        let Some(parent) = self.parent() else {
            return format!("/{}", self.name());
        };
        let mut number = 0_usize;
        let mut total = 0_usize;
        for sibling in parent.children_named(self.name()) {
            total += 1;
            if sibling.index <= self.index {
                number += 1;
            }
        }
        let path = parent.path();
        if total > 1 {
            format!("{path}/{}[{number}]", self.name())
        } else {
            format!("{path}/{}", self.name())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_name() {
        let text =
            b"<a x='1'><b>1 &amp; <![CDATA[<2>]]></b>\n <!-- no --><c><b>3</b></c><b>\t4\n</b></a>";
        let tree = Tree::read(text, &Rules::default()).unwrap();
        let root = tree.root();
        assert_eq!(root.attribute("x"), Some("1"));
        let texts: Vec<_> = root.children_named("b").map(Element::text).collect();
        assert_eq!(texts, ["1 & <2>", "\t4\n"]);
        assert_eq!(root.value_at(&["c", "b"]), Some("3"));
        assert_eq!(root.at(&["c", "d"]).map(Element::name), None);
        let paths: Vec<_> = tree.elements().map(Element::path).collect();
        assert_eq!(paths, ["/a", "/a/b[1]", "/a/c", "/a/c/b", "/a/b[2]"]);
        let deep = root.at(&["c", "b"]).unwrap();
        assert_eq!(text.get(deep.text_offset()..).unwrap()[0], b'3');
    }

    #[test]
    fn namespaces_are_known() {
        let tree = Tree::read(
            b"<a xmlns='u:1' xmlns:p='u:2'><p:b/><c xmlns=''/></a>",
            &Rules::default(),
        )
        .unwrap();
        let found: Vec<_> = tree.elements().map(Element::namespace).collect();
        assert_eq!(found, ["u:1", "u:2", ""]);
    }

    #[test]
    fn a_broken_document_has_findings() {
        let findings = Tree::read(b"<a><b></a>", &Rules::default()).unwrap_err();
        assert_eq!(findings.len(), 1);
    }
}

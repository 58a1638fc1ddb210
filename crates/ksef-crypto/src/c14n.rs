//! Canonical XML: exclusive C14N 1.0, inclusive C14N 1.0 and C14N 1.1, each with and without
//! comments.
//!
//! A document subset is a whole document or one element with everything below it, less the
//! subtrees that a signature leaves out; more general node sets do not occur in XML signatures of
//! KSeF. The time is linear in the size of the document: namespace declarations in scope and
//! attributes of one element are limited (see [`Limits`]), so looking one up costs a bounded time.
//!
//! Line ends are normalized before anything else, as the XML specification asks; attribute values
//! are normalized by the parser.

mod base_uri;
pub(crate) mod limits;
pub(crate) mod source;

use std::borrow::Cow;
use std::collections::BTreeSet;

use roxmltree::{Node, NodeId};

use self::limits::Limits;
use self::source::Source;
use crate::xades::XadesError;

/// One of the six algorithms, with the prefixes that exclusive C14N treats as inclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonicalization {
    method: Method,
    comments: bool,
    /// Sorted, because a hostile list may be as long as the document.
    inclusive_prefixes: BTreeSet<String>,
}

/// Which recommendation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Canonical XML 1.0, 2001-03-15.
    Inclusive10,
    /// Canonical XML 1.1, 2008-05-02.
    Inclusive11,
    /// Exclusive XML Canonicalization 1.0, 2002-07-18.
    Exclusive,
}

impl Canonicalization {
    /// An algorithm without inclusive prefixes.
    #[must_use]
    pub fn new(method: Method, comments: bool) -> Self {
        Self {
            method,
            comments,
            inclusive_prefixes: BTreeSet::new(),
        }
    }

    /// The algorithm that an XML signature names, or `None` for another URI.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        ALGORITHMS
            .iter()
            .find(|(_, _, known)| *known == uri)
            .map(|(method, comments, _)| Self::new(*method, *comments))
    }

    /// The URI of the algorithm.
    #[must_use]
    pub fn uri(&self) -> &'static str {
        ALGORITHMS
            .iter()
            .find(|(method, comments, _)| *method == self.method && *comments == self.comments)
            .map_or("", |(_, _, uri)| uri)
    }

    /// With the prefixes of `InclusiveNamespaces/@PrefixList`; `#default` is the default
    /// namespace. They matter to exclusive C14N only.
    #[must_use]
    pub fn with_inclusive_prefixes(mut self, prefix_list: &str) -> Self {
        self.inclusive_prefixes = prefix_list
            .split_ascii_whitespace()
            .map(|prefix| {
                if prefix == "#default" {
                    String::new()
                } else {
                    prefix.to_owned()
                }
            })
            .collect();
        self
    }

    /// Whether comments stay.
    #[must_use]
    pub fn keeps_comments(&self) -> bool {
        self.comments
    }

    /// The same algorithm without comments.
    pub(crate) fn without_comments(&self) -> Self {
        Self {
            comments: false,
            ..self.clone()
        }
    }
}

/// Canonicalizes a whole document.
///
/// # Errors
/// As [`xades::verify`](crate::xades::verify) for documents that it cannot read: not XML, not
/// UTF-8, a document type declaration, beyond the default [`Limits`].
pub fn canonicalize_document(xml: &[u8], how: &Canonicalization) -> Result<Vec<u8>, XadesError> {
    let source = Source::read(xml, &Limits::default())?;
    let document = source.parse()?;
    Ok(canonicalize(document.root(), &[], how))
}

/// Canonicalizes the document (when `apex` is its root node) or the element `apex` with what is
/// below it, without the subtrees `excluded`.
pub(crate) fn canonicalize(
    apex: Node<'_, '_>,
    excluded: &[NodeId],
    how: &Canonicalization,
) -> Vec<u8> {
    let mut writer = Writer {
        how,
        excluded,
        out: Vec::with_capacity(apex.range().len()),
        scope: Vec::new(),
        rendered: Vec::new(),
    };
    if apex.is_root() {
        writer.document(apex);
    } else {
        writer.inherit_scope(apex);
        writer.subtree(apex, true);
    }
    writer.out
}

struct Writer<'h, 'a> {
    how: &'h Canonicalization,
    excluded: &'h [NodeId],
    out: Vec<u8>,
    /// Namespace declarations in scope: prefix (empty for the default) and URI.
    scope: Vec<(&'a str, &'a str)>,
    /// Namespace declarations in scope that have been written.
    rendered: Vec<(&'a str, &'a str)>,
}

/// An element whose end tag is still to be written.
struct Open<'a> {
    name: &'a str,
    scope: usize,
    rendered: usize,
}

impl<'a> Writer<'_, 'a> {
    fn document(&mut self, root: Node<'a, '_>) {
        let mut after_root = false;
        for node in root.children() {
            if self.excluded.contains(&node.id()) {
                continue;
            }
            if node.is_element() {
                self.subtree(node, true);
                after_root = true;
            } else if node.is_pi() || (node.is_comment() && self.how.comments) {
                if after_root {
                    self.out.push(b'\n');
                }
                self.leaf(node);
                if !after_root {
                    self.out.push(b'\n');
                }
            }
        }
    }

    /// Takes over the declarations of the ancestors of an apex.
    fn inherit_scope(&mut self, apex: Node<'a, '_>) {
        let Some(parent) = apex.parent_element() else {
            return;
        };
        for namespace in parent.namespaces() {
            let prefix = namespace.name().unwrap_or_default();
            self.scope.push((prefix, uri_of(parent, prefix)));
        }
    }

    /// Writes an element and what is below it; without recursion, so that depth costs no stack.
    fn subtree(&mut self, apex: Node<'a, '_>, is_apex: bool) {
        let mut open: Vec<Open<'a>> = Vec::new();
        let mut current = Some(apex);
        let mut apex_pending = is_apex;
        while let Some(node) = current {
            let skipped = self.excluded.contains(&node.id());
            if !skipped && node.is_element() {
                let element = self.start_tag(node, apex_pending);
                apex_pending = false;
                if let Some(child) = node.first_child() {
                    open.push(element);
                    current = Some(child);
                    continue;
                }
                self.end_tag(&element);
            } else if !skipped {
                self.leaf(node);
            }
            current = self.following(node, apex, &mut open);
        }
    }

    /// The node after `node` and everything below it; closes the elements that end before it.
    fn following<'i>(
        &mut self,
        node: Node<'a, 'i>,
        apex: Node<'a, 'i>,
        open: &mut Vec<Open<'a>>,
    ) -> Option<Node<'a, 'i>> {
        let mut node = node;
        loop {
            if node.id() == apex.id() {
                return None;
            }
            if let Some(next) = node.next_sibling() {
                return Some(next);
            }
            node = node.parent()?;
            let element = open.pop()?;
            self.end_tag(&element);
        }
    }

    fn leaf(&mut self, node: Node<'a, '_>) {
        if node.is_text() {
            escape_text(node.text().unwrap_or_default(), &mut self.out);
        } else if let Some(instruction) = node.pi() {
            self.out.extend_from_slice(b"<?");
            self.out.extend_from_slice(instruction.target.as_bytes());
            if let Some(value) = instruction.value.filter(|value| !value.is_empty()) {
                self.out.push(b' ');
                self.out.extend_from_slice(value.as_bytes());
            }
            self.out.extend_from_slice(b"?>");
        } else if node.is_comment() && self.how.comments {
            self.out.extend_from_slice(b"<!--");
            self.out
                .extend_from_slice(node.text().unwrap_or_default().as_bytes());
            self.out.extend_from_slice(b"-->");
        }
    }

    fn start_tag(&mut self, node: Node<'a, '_>, is_apex: bool) -> Open<'a> {
        let tag = source::StartTag::of(node);
        let element = Open {
            name: tag.name,
            scope: self.scope.len(),
            rendered: self.rendered.len(),
        };
        for prefix in &tag.declared {
            self.scope.push((prefix, uri_of(node, prefix)));
        }
        self.out.push(b'<');
        self.out.extend_from_slice(tag.name.as_bytes());
        for (prefix, uri) in self.declarations(node, &tag, is_apex) {
            self.rendered.push((prefix, uri));
            self.out.extend_from_slice(if prefix.is_empty() {
                b" xmlns".as_slice()
            } else {
                b" xmlns:"
            });
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape_attribute(uri, &mut self.out);
            self.out.push(b'"');
        }
        self.attributes(node, is_apex);
        self.out.push(b'>');
        element
    }

    fn end_tag(&mut self, element: &Open<'a>) {
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(element.name.as_bytes());
        self.out.push(b'>');
        self.scope.truncate(element.scope);
        self.rendered.truncate(element.rendered);
    }

    /// The namespace declarations to be written on this element, in canonical order.
    fn declarations(
        &self,
        node: Node<'a, '_>,
        tag: &source::StartTag<'a>,
        is_apex: bool,
    ) -> Vec<(&'a str, &'a str)> {
        let mut prefixes: Vec<&'a str> = Vec::new();
        // Below the apex only what is declared on the element itself can be new.
        let visible = |prefixes: &mut Vec<&'a str>| {
            if is_apex {
                prefixes.extend(self.scope.iter().map(|(prefix, _)| *prefix));
            } else {
                prefixes.extend(tag.declared.iter().copied());
            }
        };
        if self.how.method == Method::Exclusive {
            if !self.how.inclusive_prefixes.is_empty() {
                visible(&mut prefixes);
                prefixes.retain(|prefix| self.how.inclusive_prefixes.contains(*prefix));
            }
            prefixes.push(prefix_of(tag.name));
            let attributes = node.attributes().map(|a| source::attribute_name(node, &a));
            prefixes.extend(
                attributes
                    .map(prefix_of)
                    .filter(|prefix| !prefix.is_empty()),
            );
        } else {
            visible(&mut prefixes);
        }
        prefixes.sort_unstable();
        prefixes.dedup();
        prefixes
            .into_iter()
            .filter(|prefix| *prefix != "xml")
            .map(|prefix| (prefix, lookup(&self.scope, prefix)))
            .filter(|(prefix, uri)| lookup(&self.rendered, prefix) != *uri)
            .collect()
    }

    fn attributes(&mut self, node: Node<'a, '_>, is_apex: bool) {
        let mut attributes: Vec<Written<'_>> = node
            .attributes()
            .map(|attribute| Written {
                uri: attribute.namespace().unwrap_or_default(),
                local: attribute.name().into(),
                name: source::attribute_name(node, &attribute).into(),
                value: attribute.value().into(),
            })
            .collect();
        if is_apex && self.how.method != Method::Exclusive {
            inherit_attributes(node, self.how.method, &mut attributes);
        }
        attributes.sort_by(|a, b| (a.uri, &a.local).cmp(&(b.uri, &b.local)));
        for attribute in attributes {
            self.out.push(b' ');
            self.out.extend_from_slice(attribute.name.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape_attribute(&attribute.value, &mut self.out);
            self.out.push(b'"');
        }
    }
}

/// An attribute to be written.
struct Written<'a> {
    uri: &'a str,
    local: Cow<'a, str>,
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

impl<'a> Written<'a> {
    fn is_xml(&self, local: &str) -> bool {
        self.uri == XML && self.local == local
    }

    fn xml(local: &'a str, value: Cow<'a, str>) -> Self {
        Self {
            uri: XML,
            local: local.into(),
            name: format!("xml:{local}").into(),
            value,
        }
    }
}

/// Adds the attributes of the `xml` namespace that an apex takes from its ancestors: all of them
/// in C14N 1.0; `lang`, `space` and a joined `base` in C14N 1.1.
fn inherit_attributes<'a>(apex: Node<'a, '_>, method: Method, attributes: &mut Vec<Written<'a>>) {
    let mut base: Option<String> = None;
    for ancestor in apex.ancestors().skip(1).filter(Node::is_element) {
        for found in ancestor.attributes().filter(|a| a.namespace() == Some(XML)) {
            let local = found.name();
            if method == Method::Inclusive11 && local == "base" {
                let own = || {
                    attributes
                        .iter()
                        .find(|a| a.is_xml("base"))
                        .map(|a| a.value.as_ref())
                };
                let below = base.as_deref().or_else(own).unwrap_or_default();
                base = Some(base_uri::join(found.value(), below));
                continue;
            }
            let inherits = method == Method::Inclusive10 || local == "lang" || local == "space";
            if inherits && !attributes.iter().any(|a| a.is_xml(local)) {
                attributes.push(Written::xml(local, found.value().into()));
            }
        }
    }
    if let Some(base) = base {
        attributes.retain(|a| !a.is_xml("base"));
        if !base.is_empty() {
            attributes.push(Written::xml("base", base.into()));
        }
    }
}

/// The URI that a prefix stands for; empty when it stands for none.
fn uri_of<'a>(node: Node<'a, '_>, prefix: &str) -> &'a str {
    node.lookup_namespace_uri(Some(prefix).filter(|prefix| !prefix.is_empty()))
        .unwrap_or_default()
}

fn lookup<'a>(bindings: &[(&'a str, &'a str)], prefix: &str) -> &'a str {
    bindings
        .iter()
        .rev()
        .find(|(bound, _)| *bound == prefix)
        .map_or("", |(_, uri)| uri)
}

/// The prefix of a qualified name; empty when there is none.
fn prefix_of(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn escape_text(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |byte| match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

fn escape_attribute(value: &str, out: &mut Vec<u8>) {
    escape(value, out, |byte| match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

/// Copies runs of ordinary bytes and replaces the others.
fn escape(text: &str, out: &mut Vec<u8>, replacement: impl Fn(u8) -> Option<&'static [u8]>) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| replacement(*byte).is_some()) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else {
            break;
        };
        out.extend_from_slice(replacement(*byte).unwrap_or_default());
        rest = after;
    }
    out.extend_from_slice(rest);
}

const XML: &str = "http://www.w3.org/XML/1998/namespace";

const ALGORITHMS: [(Method, bool, &str); 6] = [
    (
        Method::Inclusive10,
        false,
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    ),
    (
        Method::Inclusive10,
        true,
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    ),
    (
        Method::Inclusive11,
        false,
        "http://www.w3.org/2006/12/xml-c14n11",
    ),
    (
        Method::Inclusive11,
        true,
        "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    ),
    (
        Method::Exclusive,
        false,
        "http://www.w3.org/2001/10/xml-exc-c14n#",
    ),
    (
        Method::Exclusive,
        true,
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    ),
];

#[cfg(test)]
mod tests;

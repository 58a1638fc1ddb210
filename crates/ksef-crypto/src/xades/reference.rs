//! References of a signature: what they point to, what they do to it, and its digest.

use std::collections::HashMap;

use roxmltree::Node;

use super::{DSIG, XadesError, XadesErrorKind, algorithm};
use crate::c14n::{Canonicalization, Method, canonicalize};
use crate::signature::HashAlgorithm;

/// All elements with an `Id`.
pub(super) struct Ids<'a, 'i> {
    by_value: HashMap<&'a str, Node<'a, 'i>>,
}

impl<'a, 'i> Ids<'a, 'i> {
    /// Fails when two elements have the same `Id`, because then a reference could be read in two
    /// ways.
    pub(super) fn collect(root: Node<'a, 'i>) -> Result<Self, XadesError> {
        let mut by_value = HashMap::new();
        for node in root.descendants().filter(Node::is_element) {
            if let Some(id) = attribute(node, "Id")
                && by_value.insert(id, node).is_some()
            {
                return Err(XadesErrorKind::DuplicateId { id: id.to_owned() }.into());
            }
        }
        Ok(Self { by_value })
    }

    fn get(&self, id: &str) -> Option<Node<'a, 'i>> {
        self.by_value.get(id).copied()
    }
}

/// A reference as it is written.
pub(super) struct Reference<'a, 'i> {
    pub(super) uri: &'a str,
    pub(super) kind: Option<&'a str>,
    /// The root node of the document, or an element.
    pub(super) target: Node<'a, 'i>,
    pub(super) digest_method: HashAlgorithm,
    digest_value: Vec<u8>,
    keeps_comments: bool,
    steps: Steps,
}

/// What a reference leads to after its transforms.
pub(super) struct Resolved {
    /// What was hashed.
    pub(super) octets: Vec<u8>,
    /// Whether `octets` are decoded Base64 rather than canonical XML.
    pub(super) is_decoded: bool,
}

/// The transforms of a reference, in the only order that is accepted: what is left out, then
/// canonicalization or Base64.
#[derive(Default)]
struct Steps {
    without_signature: bool,
    last: Option<Last>,
}

enum Last {
    Canonical(Canonicalization),
    Base64,
}

impl<'a, 'i> Reference<'a, 'i> {
    pub(super) fn read(node: Node<'a, 'i>, ids: &Ids<'a, 'i>) -> Result<Self, XadesError> {
        // A missing URI leaves the target to the application: nothing that could be verified.
        let uri = attribute(node, "URI").ok_or(XadesErrorKind::Detached)?;
        let (target, keeps_comments) = resolve(node, uri, ids).ok_or(XadesErrorKind::Detached)?;
        let mut children = node.children().filter(Node::is_element);
        let mut child = children.next();
        let mut steps = Steps::default();
        if let Some(transforms) = child.filter(|n| n.has_tag_name((DSIG, "Transforms"))) {
            for transform in transforms.children().filter(Node::is_element) {
                steps.add(transform)?;
            }
            child = children.next();
        }
        let digest_method = child
            .filter(|n| n.has_tag_name((DSIG, "DigestMethod")))
            .and_then(|n| attribute(n, "Algorithm"))
            .ok_or(XadesErrorKind::Structure {
                part: "DigestMethod",
            })?;
        let digest_value = children
            .next()
            .filter(|n| n.has_tag_name((DSIG, "DigestValue")))
            .and_then(base64_text)
            .ok_or(XadesErrorKind::Structure {
                part: "DigestValue",
            })?;
        if children.next().is_some() {
            return Err(XadesErrorKind::Structure { part: "Reference" }.into());
        }
        Ok(Self {
            uri,
            kind: attribute(node, "Type"),
            target,
            digest_method: algorithm::digest(digest_method)?,
            digest_value,
            keeps_comments,
            steps,
        })
    }

    /// Whether the text alone is hashed, without the elements around it.
    pub(super) fn decodes_text(&self) -> bool {
        matches!(self.steps.last, Some(Last::Base64))
    }

    /// Applies the transforms and compares the digest.
    pub(super) fn verify(&self, signature: Node<'a, 'i>) -> Result<Resolved, XadesError> {
        let excluded = if self.steps.without_signature {
            vec![signature.id()]
        } else {
            Vec::new()
        };
        let resolved = match &self.steps.last {
            Some(Last::Base64) => {
                let octets = decode_base64(&text_of(self.target)).ok_or_else(|| {
                    XadesErrorKind::DigestMismatch {
                        uri: self.uri.to_owned(),
                    }
                })?;
                Resolved {
                    octets,
                    is_decoded: true,
                }
            }
            canonical => {
                let how = match canonical {
                    Some(Last::Canonical(how)) => how.clone(),
                    _ => Canonicalization::new(Method::Inclusive10, false),
                };
                let how = if self.keeps_comments {
                    how
                } else {
                    how.without_comments()
                };
                let octets = canonicalize(self.target, &excluded, &how);
                Resolved {
                    octets,
                    is_decoded: false,
                }
            }
        };
        if self.digest_method.digest(&resolved.octets) == self.digest_value {
            Ok(resolved)
        } else {
            Err(XadesErrorKind::DigestMismatch {
                uri: self.uri.to_owned(),
            }
            .into())
        }
    }
}

/// `""` and `#xpointer(/)` are the document, `#id` and `#xpointer(id('id'))` an element; the
/// XPointer forms keep comments (XML-DSig §4.4.3.2).
fn resolve<'a, 'i>(
    reference: Node<'a, 'i>,
    uri: &str,
    ids: &Ids<'a, 'i>,
) -> Option<(Node<'a, 'i>, bool)> {
    let root = reference.ancestors().last()?;
    match uri {
        "" => return Some((root, false)),
        "#xpointer(/)" => return Some((root, true)),
        _ => {}
    }
    let id = uri.strip_prefix('#')?;
    let quoted = id
        .strip_prefix("xpointer(id(")
        .and_then(|rest| rest.strip_suffix("))"));
    match quoted {
        Some(quoted) => {
            let id = ['\'', '"']
                .into_iter()
                .find_map(|quote| quoted.strip_prefix(quote)?.strip_suffix(quote))?;
            Some((ids.get(id)?, true))
        }
        None => Some((ids.get(id)?, false)),
    }
}

impl Steps {
    fn add(&mut self, transform: Node<'_, '_>) -> Result<(), XadesError> {
        let uri = attribute(transform, "Algorithm").unwrap_or_default();
        let unsupported = || XadesErrorKind::UnsupportedTransform {
            uri: uri.to_owned(),
        };
        if !transform.has_tag_name((DSIG, "Transform")) || self.last.is_some() {
            return Err(unsupported().into());
        }
        match uri {
            ENVELOPED => self.without_signature = true,
            XPATH if is_not_signature(transform) => self.without_signature = true,
            FILTER2 if subtracts_signature(transform) => self.without_signature = true,
            BASE64 => self.last = Some(Last::Base64),
            _ => {
                let how = canonicalization(transform).ok_or_else(unsupported)?;
                self.last = Some(Last::Canonical(how));
            }
        }
        Ok(())
    }
}

/// The algorithm of a `Transform` or `CanonicalizationMethod` with its `InclusiveNamespaces`.
pub(super) fn canonicalization(node: Node<'_, '_>) -> Option<Canonicalization> {
    let how = Canonicalization::from_uri(attribute(node, "Algorithm")?)?;
    let mut parameters = node.children().filter(Node::is_element);
    match (parameters.next(), parameters.next()) {
        (None, _) => Some(how),
        (Some(list), None)
            if list.has_tag_name((EXCLUSIVE, "InclusiveNamespaces"))
                && how.uri().starts_with(EXCLUSIVE) =>
        {
            Some(how.with_inclusive_prefixes(attribute(list, "PrefixList").unwrap_or_default()))
        }
        _ => None,
    }
}

/// The one XPath expression that KSeF allows. With one signature in the document it leaves out the
/// same as the enveloped-signature transform.
fn is_not_signature(transform: Node<'_, '_>) -> bool {
    let Some((xpath, expression)) = only_expression(transform, DSIG) else {
        return false;
    };
    expression
        .strip_prefix("not(ancestor-or-self::")
        .and_then(|rest| rest.strip_suffix(')'))
        .is_some_and(|name| names_signature(xpath, name))
}

fn subtracts_signature(transform: Node<'_, '_>) -> bool {
    let Some((xpath, expression)) = only_expression(transform, FILTER2) else {
        return false;
    };
    let name = expression
        .strip_prefix("/descendant::")
        .or_else(|| expression.strip_prefix("//"))
        .or_else(|| {
            expression
                .strip_prefix("here()/ancestor::")?
                .strip_suffix("[1]")
        });
    attribute(xpath, "Filter") == Some("subtract")
        && name.is_some_and(|name| names_signature(xpath, name))
}

/// The text of the only child, which is an `XPath` element, without white space.
fn only_expression<'a, 'i>(
    transform: Node<'a, 'i>,
    namespace: &str,
) -> Option<(Node<'a, 'i>, String)> {
    let mut children = transform.children().filter(Node::is_element);
    let xpath = children
        .next()
        .filter(|n| n.has_tag_name((namespace, "XPath")))?;
    if children.next().is_some() || xpath.children().any(|n| n.is_element()) {
        return None;
    }
    Some((xpath, text_of(xpath).split_ascii_whitespace().collect()))
}

/// Whether a qualified name, seen from `node`, is `ds:Signature`.
fn names_signature(node: Node<'_, '_>, name: &str) -> bool {
    name.split_once(':').is_some_and(|(prefix, local)| {
        local == "Signature" && node.lookup_namespace_uri(Some(prefix)) == Some(DSIG)
    })
}

/// An attribute of exactly this name. What the parser finds under a bare name may have any
/// namespace.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes()
        .find(|attribute| attribute.namespace().is_none() && attribute.name() == name)
        .map(|attribute| attribute.value())
}

/// The string value of a node: all text in it, whatever comments and elements divide it.
pub(super) fn text_of(node: Node<'_, '_>) -> String {
    node.descendants()
        .filter(Node::is_text)
        .filter_map(|text| text.text())
        .collect()
}

/// The bytes in an element that holds only Base64 text.
pub(super) fn base64_text(node: Node<'_, '_>) -> Option<Vec<u8>> {
    if node.children().any(|child| child.is_element()) {
        return None;
    }
    decode_base64(&text_of(node))
}

pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    base64_simd::STANDARD.decode_to_vec(digits).ok()
}

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
const FILTER2: &str = "http://www.w3.org/2002/06/xmldsig-filter2";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

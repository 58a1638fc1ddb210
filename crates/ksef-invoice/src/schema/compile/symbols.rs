//! Places in schema documents, and the global components by name.

use std::collections::HashMap;

use crate::tree::{Element, Tree};

use super::documents::{Source, XSD, is_xsd, position};
use super::error::{CompileError, CompileErrorKind as Kind};

/// A document with its defaults.
#[derive(Debug)]
pub(super) struct Document<'t> {
    pub(super) source: &'t Source,
    pub(super) tree: &'t Tree<'t>,
    pub(super) qualifies_elements: bool,
    pub(super) qualifies_attributes: bool,
    pub(super) block: &'t str,
}

impl<'t> Document<'t> {
    pub(super) fn new(source: &'t Source, tree: &'t Tree<'t>) -> Self {
        let root = tree.root();
        let is_qualified = |name| root.attribute(name).map(str::trim) == Some("qualified");
        Self {
            source,
            tree,
            qualifies_elements: is_qualified("elementFormDefault"),
            qualifies_attributes: is_qualified("attributeFormDefault"),
            block: root.attribute("blockDefault").unwrap_or_default(),
        }
    }
}

/// An element of a schema document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'t> {
    pub(super) document: &'t Document<'t>,
    pub(super) element: Element<'t>,
}

/// A resolved name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Name<'t> {
    pub(super) namespace: &'t str,
    pub(super) local: &'t str,
}

impl<'t> Node<'t> {
    pub(super) const fn of(self, element: Element<'t>) -> Self {
        Self {
            document: self.document,
            element,
        }
    }

    pub(super) fn name(self) -> &'t str {
        self.element.name()
    }

    pub(super) fn target(self) -> &'t str {
        &self.document.source.target
    }

    /// The value of an attribute, white space around it removed.
    pub(super) fn attribute(self, name: &str) -> Option<&'t str> {
        self.element
            .attribute(name)
            .map(|value| value.trim_matches(SPACES))
    }

    pub(super) fn required(self, name: &'static str) -> Result<&'t str, CompileError> {
        self.attribute(name)
            .ok_or_else(|| self.error(Kind::MissingAttribute(name)))
    }

    pub(super) fn flag(self, name: &'static str) -> Result<bool, CompileError> {
        match self.attribute(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => Err(self.bad_value(name, other)),
        }
    }

    /// The child elements of XML Schema without annotations.
    ///
    /// Elements of other namespaces may stand in annotations only.
    pub(super) fn children(self) -> Result<Vec<Self>, CompileError> {
        let mut children = Vec::new();
        for element in self.element.children() {
            let child = self.of(element);
            if !is_xsd(element) {
                return Err(child.misplaced());
            }
            if element.name() != "annotation" {
                children.push(child);
            }
        }
        Ok(children)
    }

    /// The only child, if any, of one of these names; others are misplaced.
    pub(super) fn child_of(self, names: &[&str]) -> Result<Option<Self>, CompileError> {
        let mut found = None;
        for child in self.children()? {
            if found.is_some() || !names.contains(&child.name()) {
                return Err(child.misplaced());
            }
            found = Some(child);
        }
        Ok(found)
    }

    /// The name that a QName in an attribute stands for.
    pub(super) fn resolve(self, value: &'t str) -> Result<Name<'t>, CompileError> {
        let (prefix, local) = value.split_once(':').unwrap_or(("", value));
        let unknown = || self.error(Kind::UnknownNamespace(value.to_owned()));
        let namespace = match self.namespace(prefix) {
            Some(namespace) => namespace,
            None if prefix.is_empty() => "",
            None => return Err(unknown()),
        };
        // A document without a target namespace takes that of the one that includes it.
        let is_chameleon = namespace.is_empty()
            && self
                .document
                .tree
                .root()
                .attribute("targetNamespace")
                .is_none();
        let namespace = if is_chameleon {
            self.target()
        } else {
            namespace
        };
        let visible = &self.document.source.visible;
        if namespace != XSD && !visible.iter().any(|known| known == namespace) {
            return Err(unknown());
        }
        Ok(Name { namespace, local })
    }

    /// The namespace that a prefix stands for, empty for the default one.
    fn namespace(self, prefix: &str) -> Option<&'t str> {
        let mut current = Some(self.element);
        while let Some(element) = current {
            let found = element.attributes().find(|(name, _)| {
                if prefix.is_empty() {
                    *name == "xmlns"
                } else {
                    name.strip_prefix("xmlns:") == Some(prefix)
                }
            });
            if let Some((_, uri)) = found {
                return Some(uri);
            }
            current = element.parent();
        }
        None
    }

    pub(super) fn error(self, kind: Kind) -> CompileError {
        let source = self.document.source;
        let place = position(&source.bytes, self.element.offset());
        CompileError::new(kind, &source.location, Some(place))
    }

    pub(super) fn misplaced(self) -> CompileError {
        self.error(Kind::Misplaced(self.name().to_owned()))
    }

    pub(super) fn bad_value(self, what: &'static str, value: &str) -> CompileError {
        self.error(Kind::BadValue {
            what,
            value: value.to_owned(),
        })
    }

    pub(super) fn unresolved(self, what: &'static str, name: Name<'_>) -> CompileError {
        self.error(Kind::Unresolved {
            what,
            name: name.to_text(),
        })
    }

    pub(super) fn unsupported(self, what: &'static str) -> CompileError {
        self.error(Kind::Unsupported(what))
    }
}

impl Name<'_> {
    /// `{namespace}local`, or the local name alone.
    pub(super) fn to_text(self) -> String {
        if self.namespace.is_empty() {
            self.local.to_owned()
        } else {
            format!("{{{}}}{}", self.namespace, self.local)
        }
    }
}

/// What has a name of its own among its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Symbol {
    Element,
    Attribute,
    Type,
    Group,
    AttributeGroup,
}

impl Symbol {
    pub(super) const fn what(self) -> &'static str {
        match self {
            Self::Element => "element",
            Self::Attribute => "attribute",
            Self::Type => "type",
            Self::Group => "group",
            Self::AttributeGroup => "attribute group",
        }
    }
}

/// The global components of all documents.
#[derive(Debug)]
pub(super) struct Symbols<'t> {
    known: HashMap<(Symbol, Name<'t>), Node<'t>>,
    /// In the order of the documents, with the number of the document.
    pub(super) all: Vec<(Symbol, Name<'t>, Node<'t>, usize)>,
}

impl<'t> Symbols<'t> {
    pub(super) fn collect(documents: &'t [Document<'t>]) -> Result<Self, CompileError> {
        let mut symbols = Self {
            known: HashMap::new(),
            all: Vec::new(),
        };
        for (index, document) in documents.iter().enumerate() {
            let root = Node {
                document,
                element: document.tree.root(),
            };
            for child in root.children()? {
                let symbol = match child.name() {
                    "element" => Symbol::Element,
                    "attribute" => Symbol::Attribute,
                    "simpleType" | "complexType" => Symbol::Type,
                    "group" => Symbol::Group,
                    "attributeGroup" => Symbol::AttributeGroup,
                    "include" | "import" => continue,
                    "redefine" => return Err(child.unsupported("redefine")),
                    "notation" => return Err(child.unsupported("notation")),
                    _ => return Err(child.misplaced()),
                };
                let name = Name {
                    namespace: root.target(),
                    local: child.required("name")?,
                };
                if symbols.known.insert((symbol, name), child).is_some() {
                    return Err(child.error(Kind::Duplicate {
                        what: symbol.what(),
                        name: name.to_text(),
                    }));
                }
                symbols.all.push((symbol, name, child, index));
            }
        }
        Ok(symbols)
    }

    pub(super) fn find(&self, symbol: Symbol, name: Name<'t>) -> Option<Node<'t>> {
        self.known.get(&(symbol, name)).copied()
    }
}

/// White space of XML.
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

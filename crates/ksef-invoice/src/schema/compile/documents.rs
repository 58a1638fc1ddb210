//! The documents of a schema: an entry and everything it includes and imports.

use std::collections::HashMap;

use crate::check::Rules;
use crate::finding::Position;
use crate::tree::{Element, Tree};
use crate::xml::XmlLimits;

use super::error::{CompileError, CompileErrorKind as Kind};
use super::loader::Loader;

/// A document as loaded.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) location: String,
    pub(super) bytes: Vec<u8>,
    /// Its own target namespace, or that of the document that includes it.
    pub(super) target: String,
    /// The documents it includes and imports.
    pub(super) references: Vec<usize>,
    /// The namespaces whose components it may refer to.
    pub(super) visible: Vec<String>,
}

/// The documents, and which of them each entry reaches.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) documents: Vec<Source>,
    pub(super) entries: Vec<usize>,
}

impl Sources {
    pub(super) fn load(loader: &dyn Loader, entries: &[&str]) -> Result<Self, CompileError> {
        let mut loading = Loading {
            loader,
            documents: Vec::new(),
            known: HashMap::new(),
            bytes: 0,
        };
        let mut found = Vec::new();
        for entry in entries {
            let location = loader
                .resolve(None, entry)
                .map_err(|error| CompileError::new(Kind::Load(error), entry, None))?;
            found.push(loading.add(location, None)?);
        }
        // New documents are appended, so that this walks all of them.
        let mut next = 0;
        while next < loading.documents.len() {
            loading.follow(next)?;
            next += 1;
        }
        Ok(Self {
            documents: loading.documents,
            entries: found,
        })
    }

    /// The documents that an entry reaches.
    pub(super) fn reach(&self, entry: usize) -> Vec<bool> {
        let mut reached = vec![false; self.documents.len()];
        let mut open = vec![entry];
        while let Some(index) = open.pop() {
            if let Some(mark @ false) = reached.get_mut(index) {
                *mark = true;
                open.extend(
                    self.documents
                        .get(index)
                        .iter()
                        .flat_map(|known| &known.references),
                );
            }
        }
        reached
    }
}

struct Loading<'l> {
    loader: &'l dyn Loader,
    documents: Vec<Source>,
    /// Location and effective target namespace.
    known: HashMap<(String, String), usize>,
    bytes: usize,
}

impl Loading<'_> {
    /// Loads a document, or finds it. `includer` is the target namespace of the document that
    /// includes it.
    fn add(&mut self, location: String, includer: Option<&str>) -> Result<usize, CompileError> {
        // A chameleon is one document for each namespace that includes it; others are one.
        let keys = [
            (location.clone(), String::new()),
            (location.clone(), includer.unwrap_or_default().to_owned()),
        ];
        if let Some(index) = keys.iter().find_map(|key| self.known.get(key)) {
            let own = self
                .documents
                .get(*index)
                .map(|known| known.target.as_str());
            if includer.is_none_or(|includer| own == Some(includer)) {
                return Ok(*index);
            }
        }
        if self.documents.len() >= DOCUMENTS_MAX {
            return Err(CompileError::new(Kind::TooLarge("files"), &location, None));
        }
        let bytes = self
            .loader
            .read(&location, BYTES_MAX)
            .map_err(|error| CompileError::new(Kind::Load(error), &location, None))?;
        self.bytes += bytes.len();
        if self.bytes > BYTES_MAX {
            return Err(CompileError::new(Kind::TooLarge("bytes"), &location, None));
        }
        let own = read(&location, &bytes)?
            .root()
            .attribute("targetNamespace")
            .map(str::to_owned);
        if let (Some(own), Some(includer)) = (&own, includer)
            && own != includer
        {
            let kind = Kind::BadValue {
                what: "targetNamespace",
                value: own.clone(),
            };
            return Err(CompileError::new(kind, &location, None));
        }
        let is_chameleon = own.is_none() && includer.is_some();
        let target = own.or(includer.map(str::to_owned)).unwrap_or_default();
        let index = self.documents.len();
        let key = if is_chameleon {
            target.clone()
        } else {
            String::new()
        };
        self.known.insert((location.clone(), key), index);
        self.documents.push(Source {
            location,
            bytes,
            visible: vec![target.clone()],
            target,
            references: Vec::new(),
        });
        Ok(index)
    }

    /// Loads what a document refers to.
    fn follow(&mut self, index: usize) -> Result<(), CompileError> {
        let Some(source) = self.documents.get(index) else {
            return Ok(());
        };
        let (location, target) = (source.location.clone(), source.target.clone());
        let bytes = source.bytes.clone();
        let tree = read(&location, &bytes)?;
        let mut references = Vec::new();
        let mut visible = Vec::new();
        for child in tree.root().children().filter(|child| is_xsd(*child)) {
            let includer = match child.name() {
                "include" => Some(target.as_str()),
                "import" => None,
                _ => continue,
            };
            if includer.is_none() {
                visible.push(child.attribute("namespace").unwrap_or_default().to_owned());
            }
            let Some(reference) = child.attribute("schemaLocation") else {
                if includer.is_some() {
                    let place = Some(position(&bytes, child.offset()));
                    let kind = Kind::MissingAttribute("schemaLocation");
                    return Err(CompileError::new(kind, &location, place));
                }
                continue;
            };
            let found = self
                .loader
                .resolve(Some(&location), reference.trim())
                .map_err(|error| {
                    let place = Some(position(&bytes, child.offset()));
                    CompileError::new(Kind::Load(error), &location, place)
                })?;
            let found = self.add(found, includer)?;
            let imported = child.attribute("namespace").unwrap_or_default();
            if includer.is_none()
                && self
                    .documents
                    .get(found)
                    .is_some_and(|known| known.target != imported)
            {
                let place = Some(position(&bytes, child.offset()));
                let kind = Kind::BadValue {
                    what: "namespace",
                    value: imported.to_owned(),
                };
                return Err(CompileError::new(kind, &location, place));
            }
            references.push(found);
        }
        if let Some(source) = self.documents.get_mut(index) {
            source.references = references;
            source.visible.extend(visible);
        }
        Ok(())
    }
}

/// Reads a document and checks that it is a schema.
pub(super) fn read<'b>(location: &str, bytes: &'b [u8]) -> Result<Tree<'b>, CompileError> {
    let rules = Rules {
        size_max: BYTES_MAX as u64,
        size_max_with_attachment: BYTES_MAX as u64,
        xml: XmlLimits::default(),
    };
    let tree = Tree::read(bytes, &rules).map_err(|findings| {
        let first = findings.into_iter().next();
        let position = first.as_ref().and_then(crate::finding::Finding::position);
        let kind = first.map_or(Kind::NotASchema, |finding| Kind::Xml(Box::new(finding)));
        CompileError::new(kind, location, position)
    })?;
    if is_xsd(tree.root()) && tree.root().name() == "schema" {
        Ok(tree)
    } else {
        Err(CompileError::new(Kind::NotASchema, location, None))
    }
}

/// Is it an element of XML Schema?
pub(super) fn is_xsd(element: Element<'_>) -> bool {
    element.namespace() == XSD
}

/// Line and column of an offset.
pub(super) fn position(bytes: &[u8], offset: usize) -> Position {
    let before = bytes.get(..offset).unwrap_or(bytes);
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let line = before.get(start..).unwrap_or_default();
    Position {
        offset,
        line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
        column: 1 + line.iter().filter(|byte| **byte & 0xC0 != 0x80).count(),
    }
}

/// The namespace of XML Schema.
pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// How many documents a schema may have.
const DOCUMENTS_MAX: usize = 100;

/// How many bytes all of them together; UBL has 3 000 000.
const BYTES_MAX: usize = 20_000_000;

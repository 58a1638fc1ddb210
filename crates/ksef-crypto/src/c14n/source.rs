//! XML text before and after parsing: what the parser does not do by itself.
//!
//! Line ends are normalized before parsing, because the parser leaves a carriage return that
//! stands before a reference. Limits are enforced before parsing, because the parser compares each
//! attribute with each other one.

use std::borrow::Cow;

use roxmltree::{Attribute, Document, Node, ParsingOptions};

use super::limits::Limits;
use crate::xades::{XadesError, XadesErrorKind};

/// A text ready to be parsed, within its limits.
pub(crate) struct Source<'a> {
    text: Cow<'a, str>,
    /// Offsets in `text` of line feeds that stand for a carriage return and a line feed.
    shortened: Vec<usize>,
    nodes_max: u32,
}

impl<'a> Source<'a> {
    /// Checks encoding and limits, and normalizes line ends.
    pub(crate) fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, XadesError> {
        if bytes.len() > limits.bytes_max {
            return Err(XadesErrorKind::TooLarge {
                bytes_max: limits.bytes_max,
            }
            .into());
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| XadesError::with_source(XadesErrorKind::Encoding, error))?;
        if declared_encoding(text).is_some_and(|name| !name.eq_ignore_ascii_case("utf-8")) {
            return Err(XadesErrorKind::Encoding.into());
        }
        let source = Self::normalize(text, limits.nodes_max);
        Scan::new(&source.text, limits).run()?;
        Ok(source)
    }

    fn normalize(text: &'a str, nodes_max: u32) -> Self {
        if !text.contains('\r') {
            return Self {
                text: Cow::Borrowed(text),
                shortened: Vec::new(),
                nodes_max,
            };
        }
        let mut normalized = String::with_capacity(text.len());
        let mut shortened = Vec::new();
        let mut pieces = text.split('\r');
        normalized.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            if piece.starts_with('\n') {
                shortened.push(normalized.len());
            } else {
                normalized.push('\n');
            }
            normalized.push_str(piece);
        }
        Self {
            text: Cow::Owned(normalized),
            shortened,
            nodes_max,
        }
    }

    /// Parses the text.
    pub(crate) fn parse(&self) -> Result<Document<'_>, XadesError> {
        let options = ParsingOptions {
            nodes_limit: self.nodes_max,
            ..ParsingOptions::default()
        };
        Document::parse_with_options(&self.text, options).map_err(|error| {
            let kind = match error {
                roxmltree::Error::NodesLimitReached => XadesErrorKind::TooManyNodes {
                    nodes_max: self.nodes_max,
                },
                roxmltree::Error::DtdDetected => XadesErrorKind::DocumentType,
                _ => XadesErrorKind::NotXml,
            };
            XadesError::with_source(kind, error)
        })
    }

    /// The offset in the original bytes of an offset in the parsed text.
    pub(crate) fn original_offset(&self, offset: usize) -> usize {
        offset + self.shortened.partition_point(|at| *at < offset)
    }
}

/// The qualified name of an element and the prefixes that it declares, read from its start tag.
pub(super) struct StartTag<'a> {
    pub(super) name: &'a str,
    /// Declared prefixes; the default namespace is the empty one.
    pub(super) declared: Vec<&'a str>,
}

impl<'a> StartTag<'a> {
    pub(super) fn of(node: Node<'a, '_>) -> Self {
        let text = node
            .document()
            .input_text()
            .get(node.range())
            .unwrap_or_default();
        let text = text.strip_prefix('<').unwrap_or(text);
        let name = leading_name(text);
        let mut declared = Vec::new();
        let mut rest = text.get(name.len()..).unwrap_or_default();
        loop {
            rest = rest.trim_start_matches(is_space);
            if rest.is_empty() || rest.starts_with(['>', '/']) {
                return Self { name, declared };
            }
            let attribute = leading_name(rest);
            if attribute == "xmlns" {
                declared.push("");
            } else if let Some(prefix) = attribute.strip_prefix("xmlns:") {
                declared.push(prefix);
            }
            let after = rest.get(attribute.len()..).unwrap_or_default();
            let Some((_, after)) = after.split_once('=') else {
                return Self { name, declared };
            };
            let after = after.trim_start_matches(is_space);
            let quote = if after.starts_with('"') { '"' } else { '\'' };
            rest = after.splitn(3, quote).nth(2).unwrap_or_default();
        }
    }
}

/// The qualified name of an attribute, as it is written.
pub(super) fn attribute_name<'a>(node: Node<'a, '_>, attribute: &Attribute<'a, '_>) -> &'a str {
    let text = node
        .document()
        .input_text()
        .get(attribute.range())
        .unwrap_or_default();
    leading_name(text)
}

fn leading_name(text: &str) -> &str {
    let end = text
        .find(|c| is_space(c) || matches!(c, '=' | '>' | '/'))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// The encoding that the XML declaration names.
fn declared_encoding(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}').strip_prefix("<?xml")?;
    // Not an instruction whose name only begins so, such as xml-stylesheet.
    let text = text.strip_prefix(is_space)?;
    let (declaration, _) = text.split_once("?>")?;
    let (_, after) = declaration.split_once("encoding")?;
    let after = after
        .trim_start_matches(is_space)
        .strip_prefix('=')?
        .trim_start_matches(is_space);
    let quote = after.chars().next()?;
    after.split(quote).nth(1)
}

/// A pass over the tags that counts what [`Limits`] limits. It follows the grammar only as far as
/// counting needs; whether the text is XML is for the parser to say.
struct Scan<'a> {
    rest: &'a str,
    limits: &'a Limits,
    /// For each open element, the declarations of namespaces in scope.
    open: Vec<usize>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, limits: &'a Limits) -> Self {
        Self {
            rest: text,
            limits,
            open: Vec::new(),
        }
    }

    fn run(mut self) -> Result<(), XadesError> {
        while let Some((_, after)) = self.rest.split_once('<') {
            self.rest = after;
            if after.starts_with("!--") {
                self.skip_past("-->");
            } else if after.starts_with("![CDATA[") {
                self.skip_past("]]>");
            } else if after.starts_with('!') {
                return Err(XadesErrorKind::DocumentType.into());
            } else if after.starts_with('?') {
                self.skip_past("?>");
            } else if after.starts_with('/') {
                self.open.pop();
                self.skip_past(">");
            } else {
                self.start_tag()?;
            }
        }
        Ok(())
    }

    fn skip_past(&mut self, end: &str) {
        self.rest = self.rest.split_once(end).map_or("", |(_, after)| after);
    }

    fn start_tag(&mut self) -> Result<(), XadesError> {
        let (mut attributes, mut declarations) = (0, self.open.last().copied().unwrap_or(0));
        let mut seen_default = false;
        let mut declares_prefix = false;
        let empty = loop {
            let Some(at) = self.rest.find(['>', '=', '"', '\'']) else {
                self.rest = "";
                return Ok(());
            };
            let (before, found) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
            let after = found.get(1..).unwrap_or_default();
            match found.as_bytes().first() {
                Some(b'>') => {
                    self.rest = after;
                    break before.ends_with('/');
                }
                Some(b'=') => {
                    attributes += 1;
                    let name = before.trim_end_matches(is_space);
                    let name = name.rsplit(is_space).next().unwrap_or_default();
                    if name == "xmlns" {
                        // The parser overlooks this one.
                        if seen_default {
                            return Err(XadesErrorKind::NotXml.into());
                        }
                        seen_default = true;
                    }
                    let prefix = name.strip_prefix("xmlns:");
                    if prefix == Some("xmlns") {
                        return Err(XadesErrorKind::NotXml.into());
                    }
                    declares_prefix = prefix.is_some();
                    declarations += usize::from(name == "xmlns" || declares_prefix);
                    self.rest = after;
                }
                Some(quote) => {
                    let quote = char::from(*quote);
                    // A prefix cannot be undeclared (Namespaces in XML 1.0 §2.2), though the parser
                    // lets it be.
                    if declares_prefix && after.starts_with(quote) {
                        return Err(XadesErrorKind::NotXml.into());
                    }
                    self.rest = after.split_once(quote).map_or("", |(_, after)| after);
                }
                None => return Ok(()),
            }
        };
        if attributes > self.limits.attributes_max {
            let attributes_max = self.limits.attributes_max;
            return Err(XadesErrorKind::TooManyAttributes { attributes_max }.into());
        }
        if declarations > self.limits.namespaces_max {
            let namespaces_max = self.limits.namespaces_max;
            return Err(XadesErrorKind::TooManyNamespaces { namespaces_max }.into());
        }
        if self.open.len() >= self.limits.depth_max {
            return Err(XadesErrorKind::TooDeep {
                depth_max: self.limits.depth_max,
            }
            .into());
        }
        if !empty {
            self.open.push(declarations);
        }
        Ok(())
    }
}

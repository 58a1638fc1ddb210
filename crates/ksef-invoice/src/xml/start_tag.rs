//! Start tags: attributes and namespaces.

use std::borrow::Cow;

use memchr::memchr3;

use super::bytes::is_same;
use super::event::{Attribute, Binding, Event, Start};
use super::reader::{Open, Reader, Resolved};
use super::reference::attribute_value;
use crate::finding::{Fault, shorten};
use crate::problem::Problem;
use crate::syntax::Syntax;

/// The namespace of the prefix `xml`.
pub(super) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of the prefix `xmlns`.
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

impl<'a> Reader<'a> {
    pub(super) fn read_start_tag(&mut self) -> Result<Event<'a>, Box<Fault>> {
        let start = self.at;
        if self.open.is_empty() && self.has_root {
            return Err(self.syntax(start, Syntax::SecondRoot));
        }
        self.at += 1;
        let (name, prefix, local) = match self.read_plain_name() {
            Some(name) => (name, "", name),
            None => self.read_start_name(start)?,
        };
        if self.open.len() >= self.limits.depth_max {
            return Err(self.fault(start, Problem::TooDeep(self.limits.depth_max)));
        }
        self.has_root = true;
        self.open.push(Open {
            name,
            offset: start,
            bindings: self.bindings.len(),
        });
        self.attributes.clear();
        if self.peek() == Some(b'>') {
            self.at += 1;
            self.is_empty_element = false;
        } else {
            self.is_empty_element = self.read_attributes(start)?;
            self.declare_namespaces()?;
        }
        let binding = self.resolve(prefix, start)?;
        if !self.attributes.is_empty() {
            self.check_duplicates()?;
        }
        Ok(Event::Start(Start {
            name,
            local,
            offset: self.base + start,
            binding,
        }))
    }

    /// The name of a start tag in full generality.
    fn read_start_name(&mut self, start: usize) -> Result<(&'a str, &'a str, &'a str), Box<Fault>> {
        self.read_name().map_err(|fault| {
            if self.at == start + 1 {
                self.syntax(start, Syntax::InvalidMarkup)
            } else {
                fault
            }
        })
    }

    /// Reads up to and including `>` and says whether the element is empty.
    fn read_attributes(&mut self, start: usize) -> Result<bool, Box<Fault>> {
        loop {
            let spaced = self.skip_whitespace();
            match self.peek() {
                None => return Err(self.syntax(start, Syntax::UnexpectedEnd)),
                Some(b'>') => {
                    self.at += 1;
                    return Ok(false);
                }
                Some(b'/') if self.rest().get(1) == Some(&b'>') => {
                    self.at += 2;
                    return Ok(true);
                }
                Some(_) if !spaced => {
                    let after_name = self.attributes.is_empty();
                    let syntax = if after_name {
                        Syntax::InvalidName
                    } else {
                        Syntax::MissingWhitespace
                    };
                    return Err(self.syntax(self.at, syntax));
                }
                Some(_) => self.read_attribute()?,
            }
            if self.attributes.len() > self.limits.attributes_max {
                let problem = Problem::TooManyAttributes(self.limits.attributes_max);
                return Err(self.fault(start, problem));
            }
        }
    }

    fn read_attribute(&mut self) -> Result<(), Box<Fault>> {
        let offset = self.at;
        let (name, prefix, local) = match self.read_plain_name() {
            Some(name) => (name, "", name),
            None => self.read_name()?,
        };
        self.skip_whitespace();
        if self.peek() != Some(b'=') {
            return Err(self.syntax(self.at, Syntax::MissingEquals));
        }
        self.at += 1;
        self.skip_whitespace();
        let quote = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => quote,
            _ => return Err(self.syntax(self.at, Syntax::UnquotedAttribute)),
        };
        self.at += 1;
        let value = self.at;
        loop {
            let rest = self.rest();
            self.at += memchr3(quote, b'<', b'&', rest).unwrap_or(rest.len());
            match self.peek() {
                None => return Err(self.syntax(offset, Syntax::UnexpectedEnd)),
                Some(b'<') => return Err(self.syntax(self.at, Syntax::LessThanInAttribute)),
                Some(b'&') => self.read_reference()?,
                Some(_) => break,
            }
        }
        let raw = self.slice(value, self.at);
        self.at += 1;
        self.attributes.push(Attribute {
            name,
            prefix,
            local,
            raw,
            offset,
            binding: None,
        });
        Ok(())
    }

    fn declare_namespaces(&mut self) -> Result<(), Box<Fault>> {
        for index in 0..self.attributes.len() {
            let Some(attribute) = self.attributes.get(index).copied() else {
                break;
            };
            let prefix = match (attribute.name, attribute.prefix) {
                ("xmlns", _) => "",
                (_, "xmlns") => attribute.local,
                _ => continue,
            };
            let uri = attribute_value(attribute.raw);
            let is_legal = match prefix {
                "xml" => uri == XML_NAMESPACE,
                "xmlns" => false,
                "" => uri != XML_NAMESPACE && uri != XMLNS_NAMESPACE,
                _ => !uri.is_empty() && uri != XML_NAMESPACE && uri != XMLNS_NAMESPACE,
            };
            if !is_legal {
                return Err(self.syntax(attribute.offset, Syntax::InvalidNamespaceDeclaration));
            }
            if self.bindings.len() >= self.limits.namespaces_max {
                let problem = Problem::TooManyNamespaces(self.limits.namespaces_max);
                return Err(self.fault(attribute.offset, problem));
            }
            self.bind(prefix, uri);
        }
        Ok(())
    }

    #[inline]
    fn resolve(&mut self, prefix: &'a str, at: usize) -> Result<Option<u32>, Box<Fault>> {
        // The same declarations are in scope as at the last look-up, so the same prefix has the
        // same meaning.
        let scope = (self.declarations, self.bindings.len());
        if self.resolved.scope == scope
            && is_same(self.resolved.prefix.as_bytes(), prefix.as_bytes())
        {
            return Ok(self.resolved.binding);
        }
        let binding = self.find_binding(prefix, at)?;
        self.resolved = Resolved {
            scope: (self.declarations, self.bindings.len()),
            prefix,
            binding,
        };
        Ok(binding)
    }

    #[cold]
    fn find_binding(&mut self, prefix: &'a str, at: usize) -> Result<Option<u32>, Box<Fault>> {
        let found = self
            .bindings
            .iter()
            .rposition(|binding| binding.prefix == prefix)
            .and_then(|index| u32::try_from(index).ok());
        match prefix {
            "" => Ok(found),
            // Elements and attributes of this namespace need no declaration; none is a form's.
            "xml" if found.is_none() => {
                self.bind("xml", Cow::Borrowed(XML_NAMESPACE));
                Ok(u32::try_from(self.bindings.len() - 1).ok())
            }
            _ if found.is_some() => Ok(found),
            _ => Err(self.syntax(at, Syntax::UndeclaredPrefix(shorten(prefix)))),
        }
    }

    fn bind(&mut self, prefix: &'a str, uri: Cow<'a, str>) {
        let earlier = self.bindings.iter().position(|binding| binding.uri == uri);
        let identity = earlier.unwrap_or(self.bindings.len());
        let identity = u32::try_from(identity).unwrap_or(u32::MAX);
        self.bindings.push(Binding {
            prefix,
            uri,
            identity,
            serial: self.declarations,
        });
        self.declarations = self.declarations.saturating_add(1);
    }

    /// No attribute twice, by its written and by its expanded name.
    fn check_duplicates(&mut self) -> Result<(), Box<Fault>> {
        for index in 0..self.attributes.len() {
            let Some(mut attribute) = self.attributes.get(index).copied() else {
                break;
            };
            if !matches!(attribute.prefix, "" | "xmlns" | "xml") {
                let binding = self.resolve(attribute.prefix, attribute.offset)?;
                attribute.binding =
                    binding.and_then(|found| Some(self.bindings.get(found as usize)?.identity));
            }
            let earlier = self.attributes.get(..index).unwrap_or_default();
            let is_duplicate = earlier.iter().any(|other| {
                other.local == attribute.local
                    && (other.prefix == attribute.prefix
                        || (attribute.binding.is_some() && other.binding == attribute.binding))
            });
            if is_duplicate {
                let syntax = Syntax::DuplicateAttribute(shorten(attribute.name));
                return Err(self.syntax(attribute.offset, syntax));
            }
            if let Some(slot) = self.attributes.get_mut(index) {
                *slot = attribute;
            }
        }
        Ok(())
    }
}

//! The event loop: everything between two start tags.

use memchr::{memchr3, memmem};

use super::XmlLimits;
use super::bytes::is_same;
use super::characters::{is_name_part, is_name_start, is_whitespace};
use super::event::{Attribute, Binding, Event, TextForm};
use super::start_tag::XML_NAMESPACE;
use super::{declaration, reference};
use crate::finding::{Fault, shorten};
use crate::problem::Problem;
use crate::syntax::Syntax;

/// Letters, digits and marks that may stand in a name; not the colon.
static IS_NAME_BYTE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        byte += 1;
    }
    table
};

/// How many faults that do not stop the reader it keeps.
const NOTES_MAX: usize = 50;
/// Where a path is cut off.
const PATH_BYTES_MAX: usize = 1000;
/// How many bytes of a text are looked at one by one.
const SHORT_TEXT: usize = 16;

/// How many bytes there are before the next `<`, `&` or `]`. Most texts are short, and looking at a
/// few bytes costs less than setting up a search with vectors.
#[inline]
fn length_of_text(rest: &[u8]) -> usize {
    let is_stop = |byte: &u8| matches!(byte, b'<' | b'&' | b']');
    let (head, tail) = rest.split_at_checked(SHORT_TEXT).unwrap_or((rest, &[]));
    match head.iter().position(is_stop) {
        Some(length) => length,
        None => head.len() + memchr3(b'<', b'&', b']', tail).unwrap_or(tail.len()),
    }
}

/// An element that is open.
#[derive(Debug)]
pub(super) struct Open<'a> {
    pub(super) name: &'a str,
    pub(super) offset: usize,
    /// How many bindings were in scope outside it.
    pub(super) bindings: usize,
}

/// The last prefix that was looked up.
#[derive(Debug)]
pub(super) struct Resolved<'a> {
    /// Which declarations were in scope: how many were made so far, and how many are open.
    pub(super) scope: (u32, usize),
    pub(super) prefix: &'a str,
    pub(super) binding: Option<u32>,
}

/// The reader. Offsets count from the start of the file, a byte order mark included.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) base: usize,
    pub(super) at: usize,
    pub(super) limits: XmlLimits,
    pub(super) open: Vec<Open<'a>>,
    pub(super) bindings: Vec<Binding<'a>>,
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) is_empty_element: bool,
    pub(super) has_root: bool,
    /// How many namespaces were declared so far.
    pub(super) declarations: u32,
    pub(super) resolved: Resolved<'a>,
    /// Whether the document has a carriage return anywhere.
    has_return: bool,
    notes: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// A reader of `text`, which begins at byte `base` of the file.
    pub(crate) fn new(text: &'a str, base: usize, limits: XmlLimits) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            base,
            at: 0,
            limits,
            open: Vec::with_capacity(16),
            bindings: Vec::with_capacity(8),
            attributes: Vec::with_capacity(8),
            is_empty_element: false,
            has_root: false,
            declarations: 0,
            resolved: Resolved {
                scope: (0, 0),
                prefix: "",
                binding: None,
            },
            has_return: memchr::memchr(b'\r', text.as_bytes()).is_some(),
            notes: Vec::new(),
        }
    }

    /// The next event.
    ///
    /// # Errors
    /// The first violation of well-formedness or of a limit; the reader must not be used after it.
    pub(crate) fn next(&mut self) -> Result<Event<'a>, Box<Fault>> {
        if self.at == 0 {
            self.read_declaration()?;
        }
        if self.is_empty_element {
            self.is_empty_element = false;
            let offset = self.base + self.at;
            self.close();
            return Ok(Event::End { offset });
        }
        // Tags and texts are answered as they come: an event that is wrapped anew is copied, and
        // to copy what was just written takes longer than to read the tag.
        loop {
            match self.peek() {
                None => return self.finish(),
                Some(b'<') => match self.rest().get(1) {
                    Some(b'/') => return self.read_end_tag(),
                    Some(b'!' | b'?') | None => {
                        if let Some(event) = self.read_other_markup()? {
                            return Ok(event);
                        }
                    }
                    Some(_) => return self.read_start_tag(),
                },
                Some(_) if self.open.is_empty() => self.read_outside_root()?,
                Some(_) => return self.read_text(),
            }
        }
    }

    /// Steps over white space that stands between two tags, so that it makes no event.
    pub(crate) fn skip_blank_text(&mut self) {
        if self.open.is_empty() || self.is_empty_element {
            return;
        }
        let start = self.at;
        self.skip_whitespace();
        if self.peek() != Some(b'<') {
            self.at = start;
        }
    }

    /// The namespace a start tag's binding gives.
    pub(crate) fn namespace(&self, binding: Option<u32>) -> &str {
        binding
            .and_then(|index| self.bindings.get(index as usize))
            .map_or("", |found| found.uri.as_ref())
    }

    /// A number that differs between the namespace declarations of a document; one more for "none".
    pub(crate) fn serial(&self, binding: Option<u32>) -> u32 {
        binding
            .and_then(|index| self.bindings.get(index as usize))
            .map_or(u32::MAX - 1, |found| found.serial)
    }

    /// The namespace that a prefix stands for; that of the empty prefix is empty when none is
    /// declared.
    pub(crate) fn lookup(&self, prefix: &str) -> Option<&str> {
        let found = self
            .bindings
            .iter()
            .rfind(|binding| binding.prefix == prefix)
            .map(|binding| binding.uri.as_ref());
        match prefix {
            "" => Some(found.unwrap_or_default()),
            "xml" => Some(XML_NAMESPACE),
            _ => found,
        }
    }

    /// The namespace of an attribute of the last start tag, empty for one without prefix.
    pub(crate) fn attribute_namespace(&self, attribute: &Attribute<'a>) -> &str {
        match attribute.prefix {
            "xml" => XML_NAMESPACE,
            _ => self.namespace(attribute.binding),
        }
    }

    /// Where an attribute of the last start tag begins, from the start of the file.
    pub(crate) const fn attribute_offset(&self, attribute: &Attribute<'a>) -> usize {
        self.base + attribute.offset
    }

    /// The raw value and offset of an attribute without prefix of the last start tag.
    pub(crate) fn attribute(&self, name: &str) -> Option<(&'a str, usize)> {
        let found = self
            .attributes
            .iter()
            .find(|attribute| attribute.name == name)?;
        Some((found.raw, self.base + found.offset))
    }

    /// The attributes of the last start tag, namespace declarations included.
    pub(crate) fn attributes(&self) -> &[Attribute<'a>] {
        &self.attributes
    }

    /// How many elements are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The path of the innermost open element.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.open {
            path.push('/');
            if path.len() > PATH_BYTES_MAX {
                path.push('…');
                break;
            }
            path.push_str(&shorten(open.name));
        }
        path
    }

    /// The faults that did not stop the reader: processing instructions and discouraged references.
    pub(crate) fn take_notes(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.notes)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    #[cold]
    pub(super) fn syntax(&self, at: usize, syntax: Syntax) -> Box<Fault> {
        self.fault(at, Problem::NotWellFormed(syntax))
    }

    #[cold]
    pub(super) fn fault(&self, at: usize, problem: Problem) -> Box<Fault> {
        let path = self.path();
        let fault = Fault::at(self.base + at, problem);
        Box::new(if path.is_empty() {
            fault
        } else {
            fault.with_path(path)
        })
    }

    fn note(&mut self, at: usize, problem: Problem) {
        if self.notes.len() < NOTES_MAX {
            let fault = self.fault(at, problem);
            self.notes.push(*fault);
        }
    }

    pub(super) fn skip_whitespace(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(is_whitespace) {
            self.at += 1;
        }
        self.at > start
    }

    /// A name of ASCII characters without a colon, what nearly every name is; `None` where it is
    /// something else, and nothing is consumed then.
    #[inline]
    pub(super) fn read_plain_name(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let first = *rest.first()?;
        if !(first.is_ascii_alphabetic() || first == b'_') {
            return None;
        }
        let length = rest.iter().position(|byte| {
            !IS_NAME_BYTE
                .get(usize::from(*byte))
                .copied()
                .unwrap_or(false)
        })?;
        if rest
            .get(length)
            .is_some_and(|next| *next == b':' || *next >= 0x80)
        {
            return None;
        }
        let start = self.at;
        self.at += length;
        Some(self.slice(start, self.at))
    }

    /// A name with at most one colon (`QName` of Namespaces in XML): prefix and local part.
    pub(super) fn read_name(&mut self) -> Result<(&'a str, &'a str, &'a str), Box<Fault>> {
        let start = self.at;
        let first = self.read_part()?;
        if self.peek() != Some(b':') {
            return Ok((first, "", first));
        }
        self.at += 1;
        let local = self.read_part()?;
        if self.peek() == Some(b':') {
            return Err(self.syntax(self.at, Syntax::InvalidName));
        }
        Ok((self.slice(start, self.at), first, local))
    }

    fn read_part(&mut self) -> Result<&'a str, Box<Fault>> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            let is_first = self.at == start;
            if byte.is_ascii_alphabetic() || byte == b'_' {
                self.at += 1;
            } else if byte < 0x80 {
                if is_first || !(byte.is_ascii_digit() || matches!(byte, b'-' | b'.')) {
                    break;
                }
                self.at += 1;
            } else {
                let next = self
                    .text
                    .get(self.at..)
                    .and_then(|rest| rest.chars().next());
                let accepted = next.filter(|c| {
                    if is_first {
                        is_name_start(*c)
                    } else {
                        is_name_part(*c)
                    }
                });
                let Some(c) = accepted else { break };
                self.at += c.len_utf8();
            }
        }
        if self.at == start {
            let syntax = if self.peek().is_none() {
                Syntax::UnexpectedEnd
            } else {
                Syntax::InvalidName
            };
            return Err(self.syntax(start, syntax));
        }
        Ok(self.slice(start, self.at))
    }

    /// Checks the reference at the current position and steps over it.
    pub(super) fn read_reference(&mut self) -> Result<(), Box<Fault>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = reference::parse(rest).map_err(|problem| self.fault(self.at, problem))?;
        if let Some(code) = found.discouraged {
            self.note(self.at, Problem::DiscouragedCharacter(code));
        }
        self.at += found.length;
        Ok(())
    }

    #[cold]
    fn read_declaration(&mut self) -> Result<(), Box<Fault>> {
        if declaration::is_present(self.bytes) {
            let found = declaration::parse(self.bytes)
                .map_err(|(offset, problem)| Box::new(Fault::at(self.base + offset, problem)))?;
            if let Some((at, name)) = found.foreign_encoding {
                self.note(at, Problem::DeclaredEncoding(name));
            }
            self.at = found.length;
        }
        Ok(())
    }

    /// Steps over white space before and behind the root element.
    fn read_outside_root(&mut self) -> Result<(), Box<Fault>> {
        self.skip_whitespace();
        match self.peek() {
            None | Some(b'<') => Ok(()),
            Some(_) => Err(self.syntax(self.at, Syntax::TextOutsideRoot)),
        }
    }

    fn read_text(&mut self) -> Result<Event<'a>, Box<Fault>> {
        let start = self.at;
        let mut is_plain = !self.has_return;
        loop {
            self.at += length_of_text(self.rest());
            match self.peek() {
                Some(b'&') => {
                    is_plain = false;
                    self.read_reference()?;
                }
                Some(b']') if self.rest().starts_with(b"]]>") => {
                    return Err(self.syntax(self.at, Syntax::CdataEndInText));
                }
                Some(b']') => self.at += 1,
                _ => break,
            }
        }
        let raw = self.slice(start, self.at);
        Ok(Event::Text {
            raw,
            offset: self.base + start,
            form: if is_plain {
                TextForm::Plain
            } else {
                TextForm::Escaped
            },
        })
    }

    /// What begins with `<` and is no tag: a comment, a section, a processing instruction, or a
    /// mistake.
    #[cold]
    fn read_other_markup(&mut self) -> Result<Option<Event<'a>>, Box<Fault>> {
        let rest = self.rest();
        match rest.get(1) {
            Some(b'?') => self.read_instruction(),
            Some(b'!') if rest.starts_with(b"<!--") => self.read_comment(),
            Some(b'!') if rest.starts_with(b"<![CDATA[") => self.read_cdata(),
            Some(b'!') if rest.starts_with(b"<!DOCTYPE") => {
                Err(self.fault(self.at, Problem::Doctype))
            }
            Some(_) => Err(self.syntax(self.at, Syntax::InvalidMarkup)),
            None => Err(self.syntax(self.at, Syntax::UnexpectedEnd)),
        }
    }

    fn read_end_tag(&mut self) -> Result<Event<'a>, Box<Fault>> {
        let start = self.at;
        self.at += 2;
        if self.read_expected_end() {
            self.close();
            let offset = self.base + start;
            return Ok(Event::End { offset });
        }
        let (name, _, _) = self.read_name()?;
        self.skip_whitespace();
        match self.peek() {
            Some(b'>') => self.at += 1,
            None => return Err(self.syntax(start, Syntax::UnexpectedEnd)),
            Some(_) => return Err(self.syntax(self.at, Syntax::InvalidName)),
        }
        match self.open.last() {
            None => Err(self.syntax(start, Syntax::UnopenedEndTag(shorten(name)))),
            Some(open) if open.name != name => {
                let (open, found) = (shorten(open.name), shorten(name));
                Err(self.syntax(start, Syntax::MismatchedEndTag { open, found }))
            }
            Some(_) => {
                self.close();
                Ok(Event::End {
                    offset: self.base + start,
                })
            }
        }
    }

    /// Steps over the rest of an end tag that closes the open element, without white space.
    fn read_expected_end(&mut self) -> bool {
        let Some(open) = self.open.last() else {
            return false;
        };
        let name = open.name.as_bytes();
        let rest = self.rest();
        let is_end = rest.get(name.len()) == Some(&b'>')
            && rest
                .get(..name.len())
                .is_some_and(|found| is_same(found, name));
        if is_end {
            self.at += open.name.len() + 1;
        }
        is_end
    }

    fn close(&mut self) {
        if let Some(closed) = self.open.pop() {
            self.bindings.truncate(closed.bindings);
        }
    }

    fn read_comment(&mut self) -> Result<Option<Event<'a>>, Box<Fault>> {
        let start = self.at;
        self.at += 4;
        let Some(length) = memmem::find(self.rest(), b"--") else {
            return Err(self.syntax(start, Syntax::UnexpectedEnd));
        };
        self.at += length;
        match self.rest().get(2) {
            Some(b'>') => self.at += 3,
            None => return Err(self.syntax(start, Syntax::UnexpectedEnd)),
            Some(_) => return Err(self.syntax(self.at, Syntax::DoubleHyphenInComment)),
        }
        Ok(None)
    }

    fn read_cdata(&mut self) -> Result<Option<Event<'a>>, Box<Fault>> {
        let start = self.at;
        if self.open.is_empty() {
            return Err(self.syntax(start, Syntax::TextOutsideRoot));
        }
        self.at += 9;
        let Some(length) = memmem::find(self.rest(), b"]]>") else {
            return Err(self.syntax(start, Syntax::UnexpectedEnd));
        };
        let raw = self.slice(self.at, self.at + length);
        self.at += length + 3;
        Ok(Some(Event::Text {
            raw,
            offset: self.base + start,
            form: if self.has_return {
                TextForm::Section
            } else {
                TextForm::Plain
            },
        }))
    }

    fn read_instruction(&mut self) -> Result<Option<Event<'a>>, Box<Fault>> {
        let start = self.at;
        self.at += 2;
        let (target, _, _) = self.read_name()?;
        if target.eq_ignore_ascii_case("xml") {
            return Err(self.syntax(start, Syntax::MisplacedDeclaration));
        }
        if !self.rest().starts_with(b"?>") && !self.skip_whitespace() {
            let at_end = self.peek().is_none();
            let syntax = if at_end {
                Syntax::UnexpectedEnd
            } else {
                Syntax::InvalidName
            };
            return Err(self.syntax(self.at, syntax));
        }
        let Some(length) = memmem::find(self.rest(), b"?>") else {
            return Err(self.syntax(start, Syntax::UnexpectedEnd));
        };
        self.at += length + 2;
        self.note(start, Problem::ProcessingInstruction(shorten(target)));
        Ok(None)
    }

    fn finish(&self) -> Result<Event<'a>, Box<Fault>> {
        match self.open.last() {
            Some(open) => {
                let syntax = Syntax::UnclosedElement(shorten(open.name));
                Err(self.syntax(open.offset, syntax))
            }
            None if !self.has_root => Err(self.syntax(self.at, Syntax::NoRoot)),
            None => Ok(Event::Complete),
        }
    }
}

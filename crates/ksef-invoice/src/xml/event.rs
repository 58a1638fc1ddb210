//! What the reader reports.

use std::borrow::Cow;

/// One step through a document. Comments and processing instructions are checked, not reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// A start tag, or the start of an empty element.
    Start(Start<'a>),
    /// An end tag, or the end of an empty element.
    End {
        /// Where the end tag begins.
        offset: usize,
    },
    /// Character data inside the root element.
    Text {
        /// As written, references not replaced.
        raw: &'a str,
        /// Where it begins.
        offset: usize,
        /// How the value is made of it; see `text_value`.
        form: TextForm,
    },
    /// The document is complete and well-formed.
    Complete,
}

/// How character data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextForm {
    /// What is written is the value.
    Plain,
    /// There are references or carriage returns.
    Escaped,
    /// A CDATA section with carriage returns.
    Section,
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start<'a> {
    /// The name as written.
    pub(crate) name: &'a str,
    /// The name without prefix.
    pub(crate) local: &'a str,
    /// Where the tag begins.
    pub(crate) offset: usize,
    /// The binding that gives the namespace; see `Reader::namespace`.
    pub(crate) binding: Option<u32>,
}

/// An attribute of the last start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attribute<'a> {
    /// The name as written.
    pub(crate) name: &'a str,
    pub(crate) prefix: &'a str,
    pub(crate) local: &'a str,
    /// The value as written, without quotes.
    pub(crate) raw: &'a str,
    pub(crate) offset: usize,
    /// The binding of its prefix.
    pub(crate) binding: Option<u32>,
}

/// A namespace declaration in scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binding<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) uri: Cow<'a, str>,
    /// The first binding in scope with the same URI, so that namespaces compare by number.
    pub(crate) identity: u32,
    /// Different for every declaration of the document, from 0.
    pub(crate) serial: u32,
}

//! The character data of an element with simple content.

use std::borrow::Cow;

use crate::xml::characters::is_whitespace;
use crate::xml::{TextForm, text_value};

/// White space of XML.
pub(super) const SPACES: [char; 4] = [' ', '\t', '\n', '\r'];

/// The text so far.
#[derive(Debug, Default)]
pub(super) struct Content<'a> {
    /// The only piece, when it needs no change.
    piece: Option<&'a str>,
    /// Several pieces, or one that had references.
    buffer: String,
    is_buffered: bool,
    /// A child element stood in the text: the value is not judged.
    pub(super) is_damaged: bool,
}

impl<'a> Content<'a> {
    /// A new element begins.
    pub(super) fn begin(&mut self) {
        self.piece = None;
        self.is_buffered = false;
        self.is_damaged = false;
        self.buffer.clear();
    }

    /// A piece of text.
    pub(super) fn push(&mut self, raw: &'a str, form: TextForm) {
        if form == TextForm::Plain && self.piece.is_none() && !self.is_buffered {
            self.piece = Some(raw);
            return;
        }
        let value = text_value(raw, form);
        match (self.piece, value) {
            (None, Cow::Borrowed(value)) if !self.is_buffered => self.piece = Some(value),
            (first, value) => {
                if !self.is_buffered {
                    self.buffer.push_str(first.unwrap_or_default());
                    self.piece = None;
                    self.is_buffered = true;
                }
                self.buffer.push_str(&value);
            }
        }
    }

    /// The whole text, when it stands in the document as it is; `None` also for no text at all.
    pub(super) const fn borrowed(&self) -> Option<&'a str> {
        if self.is_buffered { None } else { self.piece }
    }

    /// The whole text.
    pub(super) fn value(&self) -> &str {
        if self.is_buffered {
            &self.buffer
        } else {
            self.piece.unwrap_or_default()
        }
    }
}

/// Is the value only white space?
pub(super) fn is_blank(raw: &str, form: TextForm) -> bool {
    let is_space = |text: &str| text.bytes().all(is_whitespace);
    is_space(raw) || (form == TextForm::Escaped && is_space(&text_value(raw, form)))
}

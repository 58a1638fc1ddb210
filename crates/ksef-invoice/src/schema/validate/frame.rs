//! What is known of an open element.

use super::super::model::{ElementId, Model, SimpleId, Type};
use super::recovery::Recovery;
use crate::finding::shorten;
use crate::xml::Start;

/// An open element.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// The name as written.
    pub(super) name: &'a str,
    /// The name without prefix.
    pub(super) local: &'a str,
    /// Byte offset of the start tag.
    pub(super) offset: usize,
    /// Its declaration; `None` where a wildcard took an element without one.
    pub(super) element: Option<ElementId>,
    /// Its type, after `xsi:type`.
    pub(super) type_: Type,
    pub(super) body: Body,
    pub(super) state: State,
    /// Its number among siblings at the same position.
    pub(super) number: u32,
    /// Whether the path names that number.
    pub(super) is_numbered: bool,
    pub(super) is_mixed: bool,
    pub(super) is_abstract: bool,
    /// Mixed content has text.
    pub(super) has_text: bool,
    /// Text or content that is not allowed was reported.
    pub(super) has_text_fault: bool,
    /// The last child that fitted.
    pub(super) last_child: Option<LastChild<'a>>,
    /// What a repair has to remember; `None` while nothing was repaired.
    pub(super) recovery: Option<Box<Recovery>>,
}

/// A child that fitted, for the case that it turns out to have come too early.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastChild<'a> {
    pub(super) name: &'a str,
    pub(super) local: &'a str,
    pub(super) offset: usize,
    /// How many findings there were before it.
    pub(super) report: usize,
}

/// What an element may contain.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body {
    Simple(SimpleId),
    Children(Model),
    Empty { is_nil: bool },
}

/// The state of a content model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    /// The position of the last child, [`State::START`] before the first one.
    pub(super) position: u16,
    /// How often that position was taken in a row.
    pub(super) count: u32,
    /// The position and count before the last move to another position.
    pub(super) before: (u16, u32),
    /// The positions that were taken, the first 128 of them.
    pub(super) seen: [u64; 2],
}

impl State {
    /// No child came yet.
    pub(super) const START: u16 = u16::MAX;
    /// There is no earlier state.
    pub(super) const NOWHERE: u16 = u16::MAX - 1;

    pub(super) const fn new() -> Self {
        Self {
            position: Self::START,
            count: 0,
            before: (Self::NOWHERE, 0),
            seen: [0; 2],
        }
    }

    pub(super) fn see(&mut self, position: u16) {
        if let Some(word) = self.seen.get_mut(usize::from(position / 64)) {
            *word |= 1 << (position % 64);
        }
    }

    pub(super) fn has_seen(&self, position: u16) -> bool {
        self.seen
            .get(usize::from(position / 64))
            .is_some_and(|word| word >> (position % 64) & 1 == 1)
    }
}

impl<'a> Frame<'a> {
    pub(super) const fn new(
        start: Start<'a>,
        element: Option<ElementId>,
        type_: Type,
        number: u32,
    ) -> Self {
        Self {
            name: start.name,
            local: start.local,
            offset: start.offset,
            element,
            type_,
            body: Body::Empty { is_nil: false },
            state: State::new(),
            number,
            is_numbered: false,
            is_mixed: false,
            is_abstract: false,
            has_text: false,
            has_text_fault: false,
            last_child: None,
            recovery: None,
        }
    }
}

/// The path of the innermost element, or of a child of it.
pub(super) fn path(frames: &[Frame<'_>], child: Option<&str>) -> String {
    let mut path = String::new();
    for frame in frames {
        path.push('/');
        if path.len() > PATH_BYTES_MAX {
            path.push('…');
            return path;
        }
        path.push_str(&shorten(frame.name));
        if frame.is_numbered {
            path.push_str(&format!("[{}]", frame.number));
        }
    }
    if let Some(child) = child {
        path.push('/');
        path.push_str(&shorten(child));
    }
    path
}

/// Where a path is cut off.
const PATH_BYTES_MAX: usize = 1000;

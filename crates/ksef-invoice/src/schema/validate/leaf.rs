//! Elements with simple content and nothing else: nearly all elements of an invoice.
//!
//! Such an element needs no frame as long as nothing has to be said of it. It becomes one when a
//! child stands in it or its value is refused, and then everything goes on as for any element.

use super::super::model::{Builtin, ElementId, SimpleId, Type, ValueConstraint, Variety};
use super::super::simple;
use super::Validator;
use super::frame::{Body, Frame};
use crate::xml::{Reader, Start, is_same};

/// An open element of a simple type, without attributes, that fitted into its parent.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    pub(super) start: Start<'a>,
    pub(super) element: ElementId,
    pub(super) type_: SimpleId,
    pub(super) constraint: ValueConstraint,
    /// Its number among siblings at the same position.
    pub(super) number: u32,
}

/// The last valid value of each element: units, rates and answers repeat from row to row.
#[derive(Debug)]
pub(super) struct Accepted<'a> {
    slots: Vec<(ElementId, &'a str)>,
}

impl<'a> Accepted<'a> {
    pub(super) fn new() -> Self {
        Self {
            slots: vec![(ElementId(u16::MAX), ""); SLOTS],
        }
    }

    fn holds(&self, element: ElementId, value: &str) -> bool {
        self.slots
            .get(usize::from(element.0) % SLOTS)
            .is_some_and(|(known, text)| {
                *known == element && is_same(text.as_bytes(), value.as_bytes())
            })
    }

    fn learn(&mut self, element: ElementId, value: &'a str) {
        if let Some(slot) = self.slots.get_mut(usize::from(element.0) % SLOTS) {
            *slot = (element, value);
        }
    }
}

impl<'a> Validator<'_, 'a> {
    /// Is the value of the leaf valid, with no more to be done about it?
    pub(super) fn holds(&mut self, leaf: &Leaf<'a>, reader: &Reader<'a>) -> bool {
        let schema = self.schema;
        let value = self.content.value();
        if self.accepted.holds(leaf.element, value) {
            return true;
        }
        let Some(type_) = schema.simple_type(leaf.type_) else {
            return false;
        };
        let is_valid = leaf.constraint == ValueConstraint::None
            && !is_identifier(type_.builtin)
            && simple::check(schema, leaf.type_, value, reader).is_ok();
        // What a prefix means depends on the place.
        if is_valid
            && type_.variety == Variety::Atomic
            && !matches!(type_.builtin, Builtin::QName | Builtin::Notation)
            && let Some(value) = self.content.borrowed()
        {
            self.accepted.learn(leaf.element, value);
        }
        is_valid
    }

    /// Makes the leaf a frame.
    pub(super) fn unfold(&mut self, leaf: Leaf<'a>) {
        let type_ = Type::Simple(leaf.type_);
        let mut frame = Frame::new(leaf.start, Some(leaf.element), type_, leaf.number);
        frame.body = Body::Simple(leaf.type_);
        frame.is_numbered = self.is_repeatable();
        self.frames.push(frame);
    }
}

/// Are values of the type remembered for the whole document?
const fn is_identifier(builtin: Builtin) -> bool {
    matches!(builtin, Builtin::Id | Builtin::IdRef | Builtin::IdRefs)
}

/// How many elements have a place of their own.
const SLOTS: usize = 256;

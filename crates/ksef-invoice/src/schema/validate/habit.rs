//! What came next, the last time: a memory of the moves of content models.
//!
//! Rows of an invoice have the same shape, so the name after a name is nearly always the one that
//! came there before. Comparing it with that one saves the search in the schema. A hit is judged
//! by the content model like any other child; only the search for its position is skipped.

use super::super::model::{ElementId, Model, Schema};
use super::frame::State;
use super::step;
use crate::xml::is_same;

/// Moves by the state before them.
#[derive(Debug)]
pub(super) struct Habits<'a> {
    slots: Vec<Option<Habit<'a>>>,
}

/// A move that was made.
#[derive(Debug, Clone, Copy)]
struct Habit<'a> {
    from: Origin,
    /// The local name, with the serial number of its namespace's declaration.
    name: &'a str,
    namespace: u32,
    to: u16,
    element: ElementId,
}

/// A content model and a position in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Origin {
    positions: u32,
    bits: u32,
    position: u16,
}

impl Origin {
    const fn new(model: &Model, state: &State) -> Self {
        Self {
            positions: model.positions.start,
            bits: model.bits,
            position: state.position,
        }
    }

    fn slot(self) -> usize {
        (self.positions as usize).wrapping_add(usize::from(self.position.wrapping_add(1))) % SLOTS
    }
}

impl<'a> Habits<'a> {
    pub(super) fn new() -> Self {
        Self {
            slots: vec![None; SLOTS],
        }
    }

    /// Moves by an element that came after the same position before, if it fits.
    #[inline]
    pub(super) fn element(
        &self,
        schema: &Schema,
        model: &Model,
        state: &mut State,
        name: &str,
        namespace: u32,
    ) -> Option<ElementId> {
        let from = Origin::new(model, state);
        let habit = self.slots.get(from.slot())?.as_ref()?;
        let is_it = habit.from == from
            && habit.namespace == namespace
            && is_same(habit.name.as_bytes(), name.as_bytes());
        if is_it && step::fits(schema, model, state, habit.to) {
            step::take(state, habit.to);
            return Some(habit.element);
        }
        None
    }

    /// Remembers a move: `before` is the state it began in.
    pub(super) fn learn(
        &mut self,
        model: &Model,
        before: &State,
        after: &State,
        (name, namespace): (&'a str, u32),
        element: ElementId,
    ) {
        let from = Origin::new(model, before);
        if let Some(slot) = self.slots.get_mut(from.slot()) {
            *slot = Some(Habit {
                from,
                name,
                namespace,
                to: after.position,
                element,
            });
        }
    }
}

/// Enough that the positions of an FA (3) row and its surroundings do not displace each other.
const SLOTS: usize = 256;

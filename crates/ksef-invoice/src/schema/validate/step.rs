//! One move of a content model.

use super::super::model::{
    ElementId, Model, NamespaceId, Position, ProcessContents, QName, Schema, Term,
};
use super::frame::State;

/// Moves by an element with this name; its declaration, or `None` when it does not fit.
pub(super) fn element(
    schema: &Schema,
    model: &Model,
    state: &mut State,
    name: QName,
) -> Option<ElementId> {
    let candidates = schema.candidates(model, name);
    for candidate in candidates {
        if fits(schema, model, state, candidate.position) {
            take(state, candidate.position);
            return Some(candidate.element);
        }
    }
    None
}

/// Moves by an element of this namespace that a wildcard takes.
pub(super) fn wildcard(
    schema: &Schema,
    model: &Model,
    state: &mut State,
    namespace: Option<NamespaceId>,
) -> Option<ProcessContents> {
    for (index, position) in schema.positions(model).iter().enumerate() {
        let Term::Wildcard(id) = position.term else {
            continue;
        };
        let index = u16::try_from(index).ok()?;
        let Some(wildcard) = schema.wildcard(id) else {
            continue;
        };
        if schema.allows(wildcard, namespace) && fits(schema, model, state, index) {
            take(state, index);
            return Some(wildcard.process);
        }
    }
    None
}

/// Can a position be taken next?
pub(super) fn fits(schema: &Schema, model: &Model, state: &State, next: u16) -> bool {
    if state.position == State::START {
        return schema.first(model).contains(usize::from(next));
    }
    let Some(current) = position(schema, model, state.position) else {
        return false;
    };
    if next == state.position && current.max.is_none_or(|max| state.count < max) {
        return true;
    }
    state.count >= current.min
        && schema
            .follow(model, usize::from(state.position))
            .contains(usize::from(next))
}

/// Takes a position.
pub(super) fn take(state: &mut State, next: u16) {
    if next == state.position {
        state.count = state.count.saturating_add(1);
        state.before.0 = State::NOWHERE;
    } else {
        state.before = (state.position, state.count);
        state.position = next;
        state.count = 1;
        state.see(next);
    }
}

/// May the element end here?
pub(super) fn is_complete(schema: &Schema, model: &Model, state: State) -> bool {
    if state.position == State::START {
        return model.is_emptiable;
    }
    let is_enough =
        position(schema, model, state.position).is_some_and(|current| state.count >= current.min);
    is_enough
        && schema
            .accepting(model)
            .contains(usize::from(state.position))
}

pub(super) fn position<'s>(schema: &'s Schema, model: &Model, index: u16) -> Option<&'s Position> {
    schema.positions(model).get(usize::from(index))
}

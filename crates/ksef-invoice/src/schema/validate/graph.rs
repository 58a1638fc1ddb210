//! Ways through a content model, for repairs: bounded by the size of the schema.

use super::super::model::{Bits, Model, Schema};
use super::frame::State;
use super::step::position;

/// Shortest ways from a state to all positions.
pub(super) struct Ways {
    /// The position before, for each position that can be reached.
    previous: Vec<Option<u16>>,
    is_reached: Vec<bool>,
}

/// The positions that may come after a state, whether or not its count is high enough.
pub(super) fn next<'s>(schema: &'s Schema, model: &Model, state: u16) -> Bits<'s> {
    if state == State::START {
        schema.first(model)
    } else {
        schema.follow(model, usize::from(state))
    }
}

impl Ways {
    /// Looks from a state on.
    pub(super) fn from(schema: &Schema, model: &Model, state: u16) -> Self {
        let count = schema.positions(model).len();
        let mut ways = Self {
            previous: vec![None; count],
            is_reached: vec![false; count],
        };
        let mut queue = std::collections::VecDeque::from([state]);
        while let Some(at) = queue.pop_front() {
            for following in next(schema, model, at).iter() {
                let Some(is_reached) = ways.is_reached.get_mut(following) else {
                    continue;
                };
                if std::mem::replace(is_reached, true) {
                    continue;
                }
                if let Some(previous) = ways.previous.get_mut(following) {
                    *previous = (at != state).then_some(at);
                }
                if let Ok(following) = u16::try_from(following) {
                    queue.push_back(following);
                }
            }
        }
        ways
    }

    /// Can a position be reached?
    pub(super) fn reaches(&self, target: u16) -> bool {
        self.is_reached
            .get(usize::from(target))
            .copied()
            .unwrap_or(false)
    }

    /// The positions between, none of which is there: what is missing before the target. `None`
    /// when it cannot be reached.
    pub(super) fn missing_before(&self, target: u16) -> Option<Vec<u16>> {
        if !self.reaches(target) {
            return None;
        }
        let mut between = Vec::new();
        let mut at = target;
        while let Some(previous) = self.previous.get(usize::from(at)).copied().flatten() {
            between.push(previous);
            at = previous;
            if between.len() > self.previous.len() {
                break;
            }
        }
        between.reverse();
        Some(between)
    }

    /// What is missing before the end of the element: the shortest way to a position that may be
    /// the last one, that position included.
    pub(super) fn missing_at_end(&self, schema: &Schema, model: &Model) -> Vec<u16> {
        let mut best: Option<Vec<u16>> = None;
        for last in schema.accepting(model).iter() {
            let Ok(last) = u16::try_from(last) else { break };
            if let Some(mut way) = self.missing_before(last) {
                way.push(last);
                if best.as_ref().is_none_or(|known| way.len() < known.len()) {
                    best = Some(way);
                }
            }
        }
        best.unwrap_or_default()
    }
}

/// The elements of which one is missing where a shortest way has `missing`: that one, and every
/// other that could begin a way to the target, unless it merely precedes one of them.
pub(super) fn alternatives(
    schema: &Schema,
    model: &Model,
    state: u16,
    missing: u16,
    target: Option<u16>,
) -> Vec<u16> {
    let mut found = vec![missing];
    if schema.positions(model).len() > POSITIONS_MAX {
        return found;
    }
    let mut others: Vec<(u16, Ways)> = Vec::new();
    for other in next(schema, model, state).iter() {
        let Ok(other) = u16::try_from(other) else {
            continue;
        };
        if other == missing || Some(other) == target {
            continue;
        }
        let ways = Ways::from(schema, model, other);
        let leads_on = match target {
            Some(target) => ways.reaches(target),
            None => {
                let is_last = schema.accepting(model).contains(usize::from(other));
                is_last || !ways.missing_at_end(schema, model).is_empty()
            }
        };
        // An optional element before the missing one is no alternative to it.
        if leads_on && !ways.reaches(missing) {
            others.push((other, ways));
        }
    }
    for (other, ways) in &others {
        let precedes = others
            .iter()
            .any(|(further, _)| further != other && ways.reaches(*further));
        if !precedes {
            found.push(*other);
        }
    }
    found.sort_unstable();
    found
}

/// The positions that a child could take now.
pub(super) fn open_positions(schema: &Schema, model: &Model, state: &State) -> Vec<u16> {
    let mut found = Vec::new();
    if let Some(current) = position(schema, model, state.position) {
        if current.max.is_none_or(|max| state.count < max) {
            found.push(state.position);
        }
        if state.count < current.min {
            return found;
        }
    }
    for following in next(schema, model, state.position).iter() {
        if let Ok(following) = u16::try_from(following)
            && !found.contains(&following)
        {
            found.push(following);
        }
    }
    found
}

/// Alternatives are only looked for in content models up to this size.
const POSITIONS_MAX: usize = 400;

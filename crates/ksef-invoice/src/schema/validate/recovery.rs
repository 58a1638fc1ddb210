//! What to say of a child that does not fit, and how to go on.
//!
//! In this order: a name in the wrong namespace or nearly right is taken for the element that is
//! meant; an element further on means that what lies between is missing; an element that only
//! fits before the last one means that the last one came too early; then come repeated and
//! misplaced elements and alternatives that exclude each other. A child that nothing explains is
//! rejected, and stands for the next element that turns out to be missing: a wrong name is one
//! mistake, not two.

use std::ops::Range;

use super::super::model::{Candidate, Model, QName, Schema, Term};
use super::super::problem::{NAMES_MAX, SchemaProblem, Side, Unexpected};
use super::frame::{Frame, State};
use super::graph::{self, Ways};
use super::{Known, Validator, similar, step};
use crate::finding::shorten;
use crate::xml::{Reader, Start};

/// What was repaired among the children of an element.
#[derive(Debug, Default)]
pub(super) struct Recovery {
    /// The finding about the last rejected child, when no child fitted since.
    rejected: Option<usize>,
    /// Positions reported missing, with their findings.
    missing: Vec<(u16, usize)>,
    /// Positions that are not to be reported missing: they came too early.
    excused: Vec<u16>,
    /// The findings about what was missing before the last child.
    jump: Option<Range<usize>>,
    /// A child that came too early, with the findings inside it: they go when it comes again.
    premature: Option<(u16, Range<usize>)>,
    /// The element was in a foreign namespace, so its children may be.
    is_foreign: bool,
}

impl<'a> Validator<'_, 'a> {
    /// A child fitted: earlier doubts are settled.
    pub(super) fn settle(&mut self) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let position = frame.state.position;
        let Some(recovery) = frame.recovery.as_mut() else {
            return;
        };
        recovery.rejected = None;
        recovery.jump = None;
        if let Some((_, inner)) = recovery.premature.take_if(|(early, _)| *early == position) {
            self.report.retract(inner);
        }
    }

    /// Diagnoses a child that does not fit and goes on with it.
    pub(super) fn recover(
        &mut self,
        model: Model,
        start: Start<'a>,
        known: Known,
        reader: &Reader<'a>,
    ) {
        let schema = self.schema;
        let name = known.qualified();
        let candidates = name.map_or(&[][..], |name| schema.candidates(&model, name));
        if !candidates.is_empty() {
            self.place(model, candidates, start, reader);
            return;
        }
        if let Some(meant) = self.same_local_name(&model, known) {
            self.take_foreign(model, meant, start, reader);
            return;
        }
        let open = self.open_names(&model);
        let suggestion = self.similar_name(&model, start.local);
        let reason = Unexpected::Unknown {
            suggestion: suggestion.map(|name| schema.name(name.name).to_owned()),
            forms: similar::forms_with(schema, start.local),
        };
        let problem = SchemaProblem::Unexpected {
            name: shorten(start.local),
            reason,
            expected: open,
        };
        let index = self.fault_in(start.name, start.offset, problem);
        // A nearly right name in the right place is taken for the right one.
        if let Some(frame) = self.frames.last_mut()
            && let Some(name) = suggestion
            && let Some(element) = step::element(schema, &model, &mut frame.state, name)
        {
            let number = frame.state.count;
            self.settle();
            self.enter(element, &start, number, reader);
            return;
        }
        self.recovery().rejected = Some(index);
        self.skipped = 1;
    }

    /// An element of the model with this local name and another namespace.
    fn same_local_name(&self, model: &Model, known: Known) -> Option<QName> {
        let name = known.name?;
        let all = model.candidates.of(&self.schema.candidates);
        let first = all.partition_point(|candidate| candidate.name.name < name);
        all.get(first)
            .map(|candidate| candidate.name)
            .filter(|found| found.name == name)
    }

    fn take_foreign(&mut self, model: Model, meant: QName, start: Start<'a>, reader: &Reader<'a>) {
        let schema = self.schema;
        let is_inherited = self
            .frames
            .last()
            .and_then(|frame| frame.recovery.as_ref())
            .is_some_and(|recovery| recovery.is_foreign);
        if !is_inherited {
            let problem = SchemaProblem::WrongNamespace {
                name: shorten(start.local),
                found: shorten(reader.namespace(start.binding)),
                expected: schema.namespace(meant.namespace).to_owned(),
            };
            self.fault_in(start.name, start.offset, problem);
        }
        let depth = self.frames.len();
        let fitting = self.frames.last_mut().and_then(|frame| {
            let element = step::element(schema, &model, &mut frame.state, meant)?;
            Some((element, frame.state.count))
        });
        match fitting {
            Some((element, number)) => {
                self.settle();
                self.enter(element, &start, number, reader);
            }
            None => self.place(model, schema.candidates(&model, meant), start, reader),
        }
        if self.frames.len() > depth {
            self.recovery().is_foreign = true;
        }
    }

    /// A child that the model knows and that does not fit now.
    fn place(
        &mut self,
        model: Model,
        candidates: &[Candidate],
        start: Start<'a>,
        reader: &Reader<'a>,
    ) {
        let Some(state) = self.frames.last().map(|frame| frame.state) else {
            return;
        };
        let ways = Ways::from(self.schema, &model, state.position);
        for candidate in candidates {
            if let Some(missing) = ways.missing_before(candidate.position) {
                self.jump(&model, state, candidate.position, &missing, start);
                self.enter(candidate.element, &start, 1, reader);
                return;
            }
        }
        for candidate in candidates {
            if self.rewind(&model, state, candidate.position) {
                self.enter(candidate.element, &start, 1, reader);
                return;
            }
        }
        let Some(candidate) = candidates.first() else {
            self.skipped = 1;
            return;
        };
        if candidate.position == state.position && self.intruder(&model, state) {
            self.enter(candidate.element, &start, 1, reader);
            return;
        }
        let problem = self.misfit(&model, state, candidate.position);
        let index = self.fault_in(start.name, start.offset, problem);
        self.recovery().rejected = Some(index);
        self.enter(candidate.element, &start, 0, reader);
    }

    /// Goes on at a later position and reports what is missing before it.
    fn jump(
        &mut self,
        model: &Model,
        state: State,
        target: u16,
        missing: &[u16],
        start: Start<'a>,
    ) {
        let first = self.report.len();
        self.too_few(model, state, start.offset);
        let before = Some(start.local);
        self.missing(
            model,
            state.position,
            missing,
            Some(target),
            before,
            start.offset,
        );
        let range = first..self.report.len();
        if let Some(frame) = self.frames.last_mut() {
            step::take(&mut frame.state, target);
        }
        let recovery = self.recovery();
        recovery.rejected = None;
        recovery.jump = Some(range);
        if let Some((_, inner)) = recovery.premature.take_if(|(early, _)| *early == target) {
            self.report.retract(inner);
        }
    }

    /// The current position was not taken often enough.
    fn too_few(&mut self, model: &Model, state: State, offset: usize) {
        let Some(current) = step::position(self.schema, model, state.position) else {
            return;
        };
        if state.count < current.min {
            let problem = SchemaProblem::TooFew {
                name: self.name_at(model, state.position),
                least: current.min,
                found: state.count,
            };
            self.fault(offset, problem);
        }
    }

    /// Reports missing positions; a child rejected just before stands for the first of them.
    fn missing(
        &mut self,
        model: &Model,
        from: u16,
        missing: &[u16],
        target: Option<u16>,
        before: Option<&str>,
        offset: usize,
    ) {
        let schema = self.schema;
        let mut at = from;
        let mut gap: Option<(Vec<String>, Vec<String>)> = None;
        let reported = self.report.len();
        for (index, position) in missing.iter().enumerate() {
            let next = missing.get(index + 1).copied().or(target);
            if self.recovery().excused.contains(position) {
                at = *position;
                continue;
            }
            if let Some((_, further)) = &mut gap {
                if further.len() < NAMES_MAX {
                    further.push(name_at(schema, model, *position));
                }
                self.recovery().missing.push((*position, reported));
            } else {
                let alternatives: Vec<_> = graph::alternatives(schema, model, at, *position, next)
                    .into_iter()
                    .take(NAMES_MAX)
                    .map(|position| name_at(schema, model, position))
                    .collect();
                match self.recovery().rejected.take() {
                    Some(rejected) => self.blame(rejected, alternatives),
                    None => {
                        gap = Some((alternatives, Vec::new()));
                        self.recovery().missing.push((*position, reported));
                    }
                }
            }
            at = *position;
        }
        if let Some((alternatives, further)) = gap {
            let problem = SchemaProblem::Missing {
                alternatives,
                further,
                parent: self.local_name(),
                before: before.map(str::to_owned),
            };
            self.fault(offset, problem);
        }
    }

    /// A rejected child stands where one of these is missing.
    fn blame(&mut self, rejected: usize, alternatives: Vec<String>) {
        // What was found inside it was held against the wrong type.
        self.report.retract(rejected + 1..self.report.len());
        let replacement = match self.report.problem(rejected) {
            Some(SchemaProblem::Unexpected { name, reason, .. }) => {
                let reason = match reason {
                    Unexpected::Unknown { .. } => reason.clone(),
                    _ => Unexpected::Instead,
                };
                Some((name.clone(), reason))
            }
            Some(SchemaProblem::Repeated { name, .. } | SchemaProblem::Misplaced { name, .. }) => {
                Some((name.clone(), Unexpected::Instead))
            }
            _ => None,
        };
        if let Some((name, reason)) = replacement {
            let problem = SchemaProblem::Unexpected {
                name,
                reason,
                expected: alternatives,
            };
            self.report.replace(rejected, problem);
        }
    }

    /// Does the child fit if the last one came too early, or stood in place of a missing one? Then
    /// that is reported, and the state goes on from the child.
    fn rewind(&mut self, model: &Model, state: State, target: u16) -> bool {
        let schema = self.schema;
        let (before, count) = state.before;
        if before == State::NOWHERE || state.count != 1 || state.has_seen(target) {
            return false;
        }
        let is_behind = Ways::from(schema, model, target).reaches(state.position);
        let back = Ways::from(schema, model, before);
        let Some(mut skipped) = back.missing_before(target).filter(|_| is_behind) else {
            return false;
        };
        let jump = self.recovery().jump.take();
        skipped.retain(|position| !self.recovery().excused.contains(position));
        let was_reported = |recovery: &Recovery, position: &u16| {
            let known = recovery.missing.iter().find(|(known, _)| known == position);
            known.is_some_and(|(_, index)| jump.as_ref().is_some_and(|range| range.contains(index)))
        };
        if !skipped
            .iter()
            .all(|position| was_reported(self.recovery(), position))
        {
            return false;
        }
        let Some(last) = self.frames.last().and_then(|frame| frame.last_child) else {
            return false;
        };
        let inner = jump.as_ref().map_or(last.report, |range| range.end)..self.report.len();
        if let Some(range) = jump {
            self.report.retract(range);
        }
        let problem = match skipped.first() {
            None => SchemaProblem::Misplaced {
                name: last.local.to_owned(),
                side: Side::After,
                other: self.name_at(model, target),
            },
            Some(first) => SchemaProblem::Unexpected {
                name: last.local.to_owned(),
                reason: Unexpected::Instead,
                expected: graph::alternatives(schema, model, before, *first, Some(target))
                    .into_iter()
                    .take(NAMES_MAX)
                    .map(|position| self.name_at(model, position))
                    .collect(),
            },
        };
        self.fault_in(last.name, last.offset, problem);
        let recovery = self.recovery();
        recovery.rejected = None;
        recovery.excused.push(state.position);
        recovery.excused.extend(skipped);
        recovery.premature = Some((state.position, inner));
        if let Some(frame) = self.frames.last_mut() {
            (frame.state.position, frame.state.count) = (before, count);
            step::take(&mut frame.state, target);
            frame.state.before = (State::NOWHERE, 0);
        }
        true
    }

    /// An element comes once more than it may. Was the first one wrong, for something was missing
    /// before it or its content did not fit? Then that one is reported, and this one is right.
    fn intruder(&mut self, model: &Model, state: State) -> bool {
        let schema = self.schema;
        let Some(last) = self.frames.last().and_then(|frame| frame.last_child) else {
            return false;
        };
        let limit = step::position(schema, model, state.position).and_then(|found| found.max);
        let jump = self.recovery().jump.take();
        let was_missing = jump.as_ref().is_some_and(|range| !range.is_empty());
        let had_faults = was_missing || self.report.len() > last.report;
        let Some(limit) = limit.filter(|limit| *limit == 1 && had_faults) else {
            return false;
        };
        let missing = jump.and_then(|range| match self.report.problem(range.start) {
            Some(SchemaProblem::Missing {
                alternatives,
                further,
                ..
            }) if further.is_empty() => Some((range.start, alternatives.clone())),
            _ => None,
        });
        let name = last.local.to_owned();
        let (first, problem) = match missing {
            Some((first, expected)) => (
                first,
                SchemaProblem::Unexpected {
                    name,
                    reason: Unexpected::Instead,
                    expected,
                },
            ),
            None => (last.report, SchemaProblem::Repeated { name, limit }),
        };
        self.report.retract(first..self.report.len());
        self.fault_in(last.name, last.offset, problem);
        true
    }

    /// Repeated, misplaced, or an alternative of what is there.
    fn misfit(&mut self, model: &Model, state: State, target: u16) -> SchemaProblem {
        let schema = self.schema;
        let name = self.name_at(model, target);
        let limit = step::position(schema, model, target).and_then(|position| position.max);
        if let Some(limit) = limit
            && (target == state.position || (limit == 1 && state.has_seen(target)))
        {
            return SchemaProblem::Repeated { name, limit };
        }
        let ways = Ways::from(schema, model, target);
        if let Some(at) = self
            .recovery()
            .missing
            .iter()
            .position(|(position, _)| *position == target)
        {
            let (_, index) = self.recovery().missing.swap_remove(at);
            self.found_late(index, &name);
        }
        if ways.reaches(state.position) {
            let after = (target + 1..state.position)
                .find(|position| state.has_seen(*position) && ways.reaches(*position))
                .unwrap_or(state.position);
            return SchemaProblem::Misplaced {
                name,
                side: Side::Before,
                other: self.name_at(model, after),
            };
        }
        let rival = self.rival(model, state, target, &ways);
        match rival {
            Some(rival) => SchemaProblem::Unexpected {
                name,
                reason: Unexpected::Conflict(self.name_at(model, rival)),
                expected: Vec::new(),
            },
            None => SchemaProblem::Unexpected {
                name,
                reason: Unexpected::Instead,
                expected: self.open_names(model),
            },
        }
    }

    /// What was reported missing is there, in the wrong place.
    fn found_late(&mut self, index: usize, name: &str) {
        let Some(SchemaProblem::Missing {
            alternatives,
            further,
            parent,
            before,
        }) = self.report.problem(index)
        else {
            return;
        };
        let mut alternatives = alternatives.clone();
        let mut further = further.clone();
        let (parent, before) = (parent.clone(), before.clone());
        if alternatives.iter().any(|known| known == name) {
            if further.is_empty() {
                self.report.retract(index..index + 1);
                return;
            }
            alternatives = vec![further.remove(0)];
        } else {
            further.retain(|known| known != name);
        }
        let problem = SchemaProblem::Missing {
            alternatives,
            further,
            parent,
            before,
        };
        self.report.replace(index, problem);
    }

    /// An element that is there and that excludes this position.
    fn rival(&self, model: &Model, state: State, target: u16, ways: &Ways) -> Option<u16> {
        (0..128).find(|position| {
            state.has_seen(*position)
                && !ways.reaches(*position)
                && !Ways::from(self.schema, model, *position).reaches(target)
        })
    }

    /// The element ends although something is missing.
    pub(super) fn recover_end(&mut self, model: Model, offset: usize) {
        let schema = self.schema;
        let Some(frame) = self.frames.last() else {
            return;
        };
        let state = frame.state;
        if state.position == State::START && frame.has_text_fault {
            // Text instead of elements: one mistake, and reported.
            return;
        }
        self.too_few(&model, state, offset);
        let is_last = state.position != State::START
            && schema
                .accepting(&model)
                .contains(usize::from(state.position));
        if !is_last {
            let ways = Ways::from(schema, &model, state.position);
            let missing = ways.missing_at_end(schema, &model);
            self.missing(&model, state.position, &missing, None, None, offset);
        }
    }

    /// The names that could stand here.
    fn open_names(&self, model: &Model) -> Vec<String> {
        let Some(frame) = self.frames.last() else {
            return Vec::new();
        };
        graph::open_positions(self.schema, model, &frame.state)
            .into_iter()
            .map(|position| self.name_at(model, position))
            .take(NAMES_MAX)
            .collect()
    }

    /// A name of the model that is nearly this one, what could stand here first.
    fn similar_name(&self, model: &Model, local: &str) -> Option<QName> {
        let schema = self.schema;
        let all = model.candidates.of(&schema.candidates);
        let state = self.frames.last().map(|frame| frame.state)?;
        let is_open =
            |candidate: &&Candidate| step::fits(schema, model, &state, candidate.position);
        let is_similar =
            |candidate: &&Candidate| similar::is_similar(local, schema.name(candidate.name.name));
        let is_same =
            |candidate: &&Candidate| local.eq_ignore_ascii_case(schema.name(candidate.name.name));
        let similar = || all.iter().filter(is_similar);
        let best = similar()
            .find(is_same)
            .or_else(|| similar().find(is_open))
            .or_else(|| similar().next())?;
        Some(best.name)
    }

    /// The name of the element at a position.
    fn name_at(&self, model: &Model, position: u16) -> String {
        name_at(self.schema, model, position)
    }

    fn local_name(&self) -> String {
        self.frames
            .last()
            .map_or_else(String::new, |frame| frame.local.to_owned())
    }

    fn recovery(&mut self) -> &mut Recovery {
        self.frames
            .last_mut()
            .map(Frame::recovery_mut)
            .unwrap_or(&mut self.no_recovery)
    }
}

fn name_at(schema: &Schema, model: &Model, position: u16) -> String {
    let name = match step::position(schema, model, position).map(|found| found.term) {
        Some(Term::Element(id)) => schema
            .element(id)
            .map_or("", |element| schema.name(element.name.name)),
        _ => "*",
    };
    name.to_owned()
}

impl Frame<'_> {
    fn recovery_mut(&mut self) -> &mut Recovery {
        self.recovery.get_or_insert_default()
    }
}

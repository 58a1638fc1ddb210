//! The streaming validator: one pass over the reader's events, no tree.
//!
//! A stack of frames mirrors the open elements: each holds its declaration and the state of its
//! content model. A child moves the state ([`step`], by way of [`habit`]); an element with nothing
//! but a simple value does without a frame ([`leaf`]); what does not fit is diagnosed and repaired
//! ([`recovery`]), so that one mistake neither hides nor invents others. Text is kept only for an
//! element with simple content, borrowed from the document when it is one piece.
//!
//! The verdict does not depend on the repair: the first misfit already makes the document
//! invalid. Work per event is bounded by the schema and, for repairs, by the limit of findings, so
//! that the time is linear in the document.

mod attributes;
mod content;
mod frame;
mod graph;
mod habit;
mod identity;
mod leaf;
mod recovery;
mod report;
mod similar;
mod step;
mod value;

use std::borrow::Cow;

use self::content::Content;
use self::frame::{Body, Frame, LastChild};
use self::habit::Habits;
use self::identity::Identities;
use self::leaf::{Accepted, Leaf};
use self::recovery::Recovery;
pub use self::report::FINDINGS_MAX;
use self::report::Report;
use super::model::{
    Content as ContentKind, ElementId, NameId, NamespaceId, ProcessContents, QName, Schema,
    SimpleId, Slice, Type, ValueConstraint,
};
use super::problem::{SchemaProblem, TypeFault, Unexpected};
use crate::check::{self, Rules};
use crate::finding::{Fault, Finding, shorten};
use crate::problem::Problem;
use crate::xml::{Event, Reader, Start, TextForm};

/// A document while it is judged by a schema. Give it every event, then `finish`.
#[derive(Debug)]
pub(crate) struct Validator<'s, 'a> {
    schema: &'s Schema,
    frames: Vec<Frame<'a>>,
    /// The innermost element, while it needs no frame.
    leaf: Option<Leaf<'a>>,
    habits: Habits<'a>,
    accepted: Accepted<'a>,
    /// Depth inside elements that are not judged.
    skipped: usize,
    content: Content<'a>,
    report: Report,
    identities: Identities,
    /// What repairs remember outside any element: nothing.
    no_recovery: Recovery,
    /// The last binding that was looked up, by its serial number, with its namespace.
    namespace: (u32, Option<NamespaceId>),
}

impl Schema {
    /// Judges a document by this schema: the file (size, encoding, well-formed XML, characters)
    /// and everything the schema says. Hints for schema locations are not followed.
    ///
    /// Answers with every finding by place, at most [`FINDINGS_MAX`] of the schema; none when the
    /// document is valid.
    #[must_use]
    pub fn validate(&self, bytes: &[u8], rules: &Rules) -> Vec<Finding> {
        check::validate(bytes, rules, self)
    }
}

/// The name of an element as the schema numbers it; `None` where the schema never mentions it.
#[derive(Debug, Clone, Copy)]
struct Known {
    name: Option<NameId>,
    namespace: Option<NamespaceId>,
}

impl Known {
    fn qualified(self) -> Option<QName> {
        Some(QName {
            name: self.name?,
            namespace: self.namespace?,
        })
    }
}

impl<'s, 'a> Validator<'s, 'a> {
    pub(crate) fn new(schema: &'s Schema) -> Self {
        Self {
            schema,
            frames: Vec::with_capacity(16),
            leaf: None,
            habits: Habits::new(),
            accepted: Accepted::new(),
            skipped: 0,
            content: Content::default(),
            report: Report::default(),
            identities: Identities::default(),
            no_recovery: Recovery::default(),
            namespace: (u32::MAX, None),
        }
    }

    /// Takes the next event of the reader.
    pub(crate) fn accept(&mut self, event: &Event<'a>, reader: &Reader<'a>) {
        if self.report.is_full() {
            return;
        }
        match event {
            Event::Start(_) if self.skipped > 0 => self.skipped += 1,
            Event::Start(start) => self.start(start, reader),
            Event::End { .. } if self.skipped > 0 => self.skipped -= 1,
            Event::End { offset } => self.end(*offset, reader),
            Event::Text { .. } if self.skipped > 0 => {}
            Event::Text { raw, form, .. } if self.leaf.is_some() => self.content.push(raw, *form),
            Event::Text { raw, offset, form } => self.text(raw, *offset, *form),
            Event::Complete => self.complete(),
        }
    }

    /// Would white space as the next text mean nothing?
    pub(crate) fn ignores_blank_text(&self) -> bool {
        let Some(frame) = self.frames.last() else {
            return false;
        };
        self.leaf.is_none() && matches!(frame.body, Body::Children(_)) && !frame.is_mixed
    }

    /// Everything that was found.
    pub(crate) fn finish(self) -> Vec<Fault> {
        self.report.into_faults()
    }

    fn start(&mut self, start: &Start<'a>, reader: &Reader<'a>) {
        if let Some(leaf) = self.leaf.take() {
            self.unfold(leaf);
        }
        let namespace = reader.serial(start.binding);
        if let Some(frame) = self.frames.last_mut()
            && let Body::Children(model) = &frame.body
            && let Some(element) =
                self.habits
                    .element(self.schema, model, &mut frame.state, start.local, namespace)
        {
            self.enter_child(element, start, reader);
            return;
        }
        let known = self.resolve(start, reader);
        let Some(frame) = self.frames.last_mut() else {
            self.start_root(start, known, reader);
            return;
        };
        match frame.body {
            Body::Children(model) => {
                let before = frame.state;
                if let Some(name) = known.qualified()
                    && let Some(element) =
                        step::element(self.schema, &model, &mut frame.state, name)
                {
                    let name = (start.local, namespace);
                    self.habits
                        .learn(&model, &before, &frame.state, name, element);
                    self.enter_child(element, start, reader);
                    return;
                }
                if model.has_wildcard
                    && let Some(process) =
                        step::wildcard(self.schema, &model, &mut frame.state, known.namespace)
                {
                    self.settle();
                    self.enter_wildcard(process, start, known, reader);
                    return;
                }
                self.recover(model, *start, known, reader);
            }
            Body::Simple(_) => self.refuse_child(start),
            Body::Empty { is_nil } => {
                let name = frame.local.to_owned();
                let is_first = !std::mem::replace(&mut frame.has_text_fault, true);
                self.skipped = 1;
                if is_first {
                    self.fault(start.offset, SchemaProblem::NotEmpty { name, is_nil });
                }
            }
        }
    }

    /// A child of an element with simple content.
    fn refuse_child(&mut self, start: &Start<'a>) {
        self.skipped = 1;
        self.content.is_damaged = true;
        let parent = self.frames.last().map_or("", |frame| frame.local);
        let problem = SchemaProblem::Unexpected {
            name: shorten(start.local),
            reason: Unexpected::InText(parent.to_owned()),
            expected: Vec::new(),
        };
        self.fault_in(start.name, start.offset, problem);
    }

    fn start_root(&mut self, start: &Start<'a>, known: Known, reader: &Reader<'a>) {
        let declared = known
            .qualified()
            .and_then(|name| self.schema.global_element(name));
        if let Some(element) = declared {
            self.enter(element, start, 0, reader);
            return;
        }
        let globals = self.schema.global_elements.iter();
        let names = globals.map(|global| self.schema.name(global.name.name).to_owned());
        let problem = SchemaProblem::UnknownRoot {
            name: shorten(start.local),
            namespace: shorten(reader.namespace(start.binding)),
            expected: names.take(super::problem::NAMES_MAX).collect(),
        };
        self.skipped = 1;
        self.fault_in(start.name, start.offset, problem);
    }

    /// The numbers of a start tag's name.
    fn resolve(&mut self, start: &Start<'a>, reader: &Reader<'a>) -> Known {
        let serial = reader.serial(start.binding);
        if self.namespace.0 != serial {
            let uri = reader.namespace(start.binding);
            self.namespace = (serial, self.schema.find_namespace(uri));
        }
        Known {
            name: self.schema.find_name(start.local),
            namespace: self.namespace.1,
        }
    }

    /// Opens a child that moved the content model of its parent.
    fn enter_child(&mut self, element: ElementId, start: &Start<'a>, reader: &Reader<'a>) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        let number = frame.state.count;
        if frame.recovery.is_some() {
            self.settle();
        }
        self.enter(element, start, number, reader);
    }

    /// Opens an element with its declaration.
    fn enter(&mut self, id: ElementId, start: &Start<'a>, number: u32, reader: &Reader<'a>) {
        let Some(declaration) = self.schema.element(id) else {
            self.skipped = 1;
            return;
        };
        if declaration.is_abstract {
            let problem = SchemaProblem::Unexpected {
                name: start.local.to_owned(),
                reason: Unexpected::Abstract,
                expected: Vec::new(),
            };
            self.fault_in(start.name, start.offset, problem);
        }
        if number > 0 {
            let report = self.report.len();
            if let Some(parent) = self.frames.last_mut() {
                parent.last_child = Some(LastChild {
                    name: start.name,
                    local: start.local,
                    offset: start.offset,
                    report,
                });
            }
        }
        if let Type::Simple(type_) = declaration.type_
            && number > 0
            && !declaration.is_abstract
            && reader.attributes().is_empty()
            && declaration.identities.is_empty()
            && !self.identities.is_active()
        {
            self.content.begin();
            self.leaf = Some(Leaf {
                start: *start,
                element: id,
                type_,
                constraint: declaration.constraint,
                number,
            });
            return;
        }
        let mut frame = Frame::new(*start, Some(id), declaration.type_, number);
        frame.is_numbered = number > 0 && self.is_repeatable();
        self.open(frame, declaration.identities, reader);
    }

    /// Opens an element that a wildcard took.
    fn enter_wildcard(
        &mut self,
        process: ProcessContents,
        start: &Start<'a>,
        known: Known,
        reader: &Reader<'a>,
    ) {
        if process == ProcessContents::Skip {
            self.skipped = 1;
            return;
        }
        let declared = known
            .qualified()
            .and_then(|name| self.schema.global_element(name));
        if let Some(element) = declared {
            self.enter(element, start, 0, reader);
            return;
        }
        let has_type = attributes::instance_type(reader).is_some();
        if process == ProcessContents::Strict && !has_type {
            self.skipped = 1;
            let problem = SchemaProblem::Undeclared {
                name: shorten(start.local),
                is_attribute: false,
            };
            self.fault_in(start.name, start.offset, problem);
            return;
        }
        self.open(Frame::new(*start, None, Type::ANY, 0), Slice::EMPTY, reader);
    }

    /// Pushes a frame and judges the attributes.
    fn open(&mut self, mut frame: Frame<'a>, identities: Slice, reader: &Reader<'a>) {
        let is_plain = reader.attributes().is_empty();
        let type_ = frame.type_;
        frame.body = self.body_of(type_);
        if let Type::Complex(id) = type_
            && let Some(complex) = self.schema.complex_type(id)
        {
            frame.is_mixed = complex.is_mixed;
            frame.is_abstract = complex.is_abstract;
        }
        if matches!(frame.body, Body::Simple(_)) {
            self.content.begin();
        }
        let needs_attributes = match type_ {
            Type::Simple(_) => false,
            Type::Complex(id) => self
                .schema
                .complex_type(id)
                .is_some_and(|complex| !complex.attributes.is_empty()),
        };
        let is_abstract = frame.is_abstract;
        self.frames.push(frame);
        if !identities.is_empty() || self.identities.is_active() {
            self.identities_start(identities);
        }
        if !is_plain || needs_attributes || is_abstract {
            self.attributes(reader);
        }
    }

    fn body_of(&self, type_: Type) -> Body {
        match type_ {
            Type::Simple(id) => Body::Simple(id),
            Type::Complex(id) => match self.schema.complex_type(id).map(|known| known.content) {
                Some(ContentKind::Simple(id)) => Body::Simple(id),
                Some(ContentKind::Children(model)) => Body::Children(model),
                Some(ContentKind::Empty) | None => Body::Empty { is_nil: false },
            },
        }
    }

    fn text(&mut self, raw: &'a str, offset: usize, form: TextForm) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        match frame.body {
            Body::Simple(_) => self.content.push(raw, form),
            Body::Children(_) if frame.is_mixed => frame.has_text = true,
            Body::Children(_) => {
                if content::is_blank(raw, form) || frame.has_text_fault {
                    return;
                }
                frame.has_text_fault = true;
                let parent = frame.local.to_owned();
                let start = raw.len() - raw.trim_start_matches(content::SPACES).len();
                let text = shorten(raw.trim_matches(content::SPACES));
                self.fault(offset + start, SchemaProblem::Text { parent, text });
            }
            Body::Empty { is_nil } => {
                if raw.is_empty() || std::mem::replace(&mut frame.has_text_fault, true) {
                    return;
                }
                let name = frame.local.to_owned();
                self.fault(offset, SchemaProblem::NotEmpty { name, is_nil });
            }
        }
    }

    fn end(&mut self, offset: usize, reader: &Reader<'a>) {
        if let Some(leaf) = self.leaf.take() {
            if self.holds(&leaf, reader) {
                return;
            }
            self.unfold(leaf);
        }
        let Some(frame) = self.frames.last() else {
            return;
        };
        match frame.body {
            Body::Simple(type_) => self.end_simple(type_, reader),
            Body::Children(model) => {
                let is_accepted = step::is_complete(self.schema, &model, frame.state);
                if !is_accepted {
                    self.recover_end(model, offset);
                }
            }
            Body::Empty { .. } => {}
        }
        if self.identities.is_active() {
            self.identities_end();
        }
        self.frames.pop();
    }

    /// The end of an element with simple content: its value.
    fn end_simple(&mut self, type_: SimpleId, reader: &Reader<'a>) {
        let schema = self.schema;
        let Some(frame) = self.frames.last() else {
            return;
        };
        if self.content.is_damaged {
            return;
        }
        let constraint = frame
            .element
            .and_then(|id| schema.element(id))
            .map_or(ValueConstraint::None, |known| known.constraint);
        let (name, offset) = (frame.local, frame.offset);
        let content = std::mem::take(&mut self.content);
        let text = content.value();
        let outcome = match constraint {
            // XSD 1.0 part 1, 3.3.4, clause 5.1: an empty element has the value of its declaration.
            ValueConstraint::Default(value) | ValueConstraint::Fixed(value) if text.is_empty() => {
                Ok(Cow::Borrowed(schema.value(value)))
            }
            _ => self.judge(type_, text, constraint, reader),
        };
        match outcome {
            Ok(value) => {
                if self.identities.is_active() {
                    self.identities_value(type_, &value);
                }
                let builtin = schema.simple_type(type_).map(|known| known.builtin);
                self.identifiers(builtin, &value, name, false, offset);
            }
            Err(fault) => {
                let problem = SchemaProblem::Value {
                    name: name.to_owned(),
                    is_attribute: false,
                    value: shorten(text),
                    suggestion: value::suggest(schema, type_, text, &fault),
                    fault,
                };
                self.fault(offset, problem);
            }
        }
        self.content = content;
    }

    /// The end of the document.
    fn complete(&mut self) {
        let dangling = self.identities.dangling();
        for (id, offset, path) in dangling {
            let problem = Problem::Schema(Box::new(SchemaProblem::DanglingReference { id }));
            let fault = Fault::at(offset, problem).with_path(path);
            self.report.push(fault);
        }
    }

    /// May the current position of the open element come more than once?
    fn is_repeatable(&self) -> bool {
        let Some(frame) = self.frames.last() else {
            return false;
        };
        let Body::Children(model) = frame.body else {
            return false;
        };
        let position = self
            .schema
            .positions(&model)
            .get(usize::from(frame.state.position));
        position.is_some_and(|position| position.max != Some(1))
    }

    /// Reports a fault of the innermost frame's element.
    fn fault(&mut self, offset: usize, problem: SchemaProblem) -> usize {
        let path = frame::path(&self.frames, None);
        let fault = Fault::at(offset, Problem::Schema(Box::new(problem))).with_path(path);
        self.report.push(fault)
    }

    /// Reports a fault of a child of the innermost frame's element.
    fn fault_in(&mut self, child: &str, offset: usize, problem: SchemaProblem) -> usize {
        let path = frame::path(&self.frames, Some(child));
        let fault = Fault::at(offset, Problem::Schema(Box::new(problem))).with_path(path);
        self.report.push(fault)
    }

    /// `xsi:type` is wrong, or missing where the type is abstract.
    fn type_fault(&mut self, type_name: &str, reason: TypeFault) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        let (name, offset) = (frame.local.to_owned(), frame.offset);
        let problem = SchemaProblem::Type {
            name,
            type_name: shorten(type_name),
            reason,
        };
        self.fault(offset, problem);
    }
}

#[cfg(test)]
mod tests;

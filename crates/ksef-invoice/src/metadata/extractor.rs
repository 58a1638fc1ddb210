//! Walks a document along the outline of its form.

use ksef_core::form_code::FormCode;

use super::collector::Collector;
use super::facet::Facet;
use super::outline::{Content, Field, Node, Section, Space};
use super::{InvoiceMetadata, fa, pef, rr};
use crate::finding::{Fault, shorten};
use crate::problem::Problem;
use crate::xml::{Event, Reader, Start, TextForm, attribute_value, characters, text_value};

/// How many faults are collected before the walk only looks for values.
const FAULTS_MAX: usize = 200;

const BASIC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
const AGGREGATE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";

/// A form by its root element.
#[derive(Debug)]
struct Form {
    root: &'static str,
    namespace: &'static str,
    code: FormCode,
    outline: &'static Section,
}

/// The forms KSeF accepts.
static FORMS: [Form; 5] = [
    Form {
        root: "Faktura",
        namespace: "http://crd.gov.pl/wzor/2025/06/25/13775/",
        code: FormCode::Fa3,
        outline: &fa::FA3,
    },
    Form {
        root: "Faktura",
        namespace: "http://crd.gov.pl/wzor/2023/06/29/12648/",
        code: FormCode::Fa2,
        outline: &fa::FA2,
    },
    Form {
        root: "Faktura",
        namespace: "http://crd.gov.pl/wzor/2026/03/06/14189/",
        code: FormCode::FaRr1,
        outline: &rr::FA_RR,
    },
    Form {
        root: "Invoice",
        namespace: "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
        code: FormCode::Pef3,
        outline: &pef::INVOICE,
    },
    Form {
        root: "CreditNote",
        namespace: "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
        code: FormCode::PefKor3,
        outline: &pef::CREDIT_NOTE,
    },
];

/// A section of the outline that is open.
#[derive(Debug)]
struct Frame {
    section: &'static Section,
    /// Index of the last node in order.
    cursor: usize,
    /// How often each node came.
    counts: Vec<u32>,
    has_text: bool,
    /// The element's name.
    name: &'static str,
}

/// A value that is being read.
#[derive(Debug)]
struct Value {
    name: &'static str,
    field: Field,
    facet: Facet,
    offset: usize,
}

/// The walk. Give it every event of a document, then `finish`.
#[derive(Debug, Default)]
pub(crate) struct Extractor {
    form: Option<&'static Form>,
    frames: Vec<Frame>,
    /// Depth inside elements that are stepped over.
    skipped: usize,
    value: Option<Value>,
    text: String,
    collector: Collector,
    faults: Vec<Fault>,
}

impl Extractor {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Takes the next event; the reader gives namespaces, attributes and the path.
    pub(crate) fn accept(&mut self, event: &Event<'_>, reader: &Reader<'_>) {
        match event {
            Event::Start(_) if self.skipped > 0 => self.skipped += 1,
            Event::Start(start) if self.value.is_some() => {
                self.skipped = 1;
                let problem = Problem::UnexpectedElement(shorten(start.local));
                self.fault(start.offset, problem, reader);
            }
            Event::Start(start) if reader.depth() == 1 => self.start_root(*start, reader),
            Event::Start(start) => self.start_child(*start, reader),
            Event::End { .. } if self.skipped > 0 => self.skipped -= 1,
            Event::End { offset } => self.end(*offset, reader),
            Event::Text { .. } if self.skipped > 0 => {}
            Event::Text { raw, offset, form } => {
                self.text(raw, *offset, *form, reader);
            }
            Event::Complete => {}
        }
    }

    /// The form of the root element, once it came and is known.
    pub(crate) fn form(&self) -> Option<&'static FormCode> {
        self.form.map(|form| &form.code)
    }

    /// The invoice number as far as the walk has come.
    pub(crate) fn number(&self) -> Option<&str> {
        self.collector.number.as_deref()
    }

    /// The metadata when the document was complete and named everything, and what was in its way.
    /// `is_valid`: nobody else found anything.
    pub(crate) fn finish(
        mut self,
        is_complete: bool,
        is_valid: bool,
    ) -> (Option<InvoiceMetadata>, Vec<Fault>) {
        let Some(form) = self.form else {
            return (None, self.faults);
        };
        let metadata = self
            .collector
            .finish(form.code.clone())
            .filter(|_| is_complete);
        if metadata.is_none() && is_complete && is_valid && self.faults.is_empty() {
            // Not reachable while outline and collector agree; a refusal beats a wrong acceptance.
            let problem = Problem::MissingElement("Faktura");
            self.faults.push(Fault::of_document(problem));
        }
        (metadata, self.faults)
    }

    fn fault(&mut self, offset: usize, problem: Problem, reader: &Reader<'_>) {
        if self.faults.len() < FAULTS_MAX {
            let fault = Fault::at(offset, problem).with_path(reader.path());
            self.faults.push(fault);
        }
    }

    fn start_root(&mut self, start: Start<'_>, reader: &Reader<'_>) {
        let namespace = reader.namespace(start.binding);
        let form = FORMS
            .iter()
            .find(|form| form.root == start.local && form.namespace == namespace);
        let Some(form) = form else {
            let problem = Problem::UnknownDocument {
                root: shorten(start.local),
                namespace: shorten(namespace),
            };
            self.skipped = 1;
            self.fault(start.offset, problem, reader);
            return;
        };
        self.form = Some(form);
        self.open(form.root, form.outline);
    }

    fn open(&mut self, name: &'static str, section: &'static Section) {
        self.collector.enter(section.scope);
        let counts = vec![0; section.nodes.len()];
        self.frames.push(Frame {
            section,
            cursor: 0,
            counts,
            has_text: false,
            name,
        });
    }

    fn start_child(&mut self, start: Start<'_>, reader: &Reader<'_>) {
        let form_namespace = self.form.map_or("", |form| form.namespace);
        let namespace = reader.namespace(start.binding);
        let is_named = |node: &Node| {
            node.name == start.local
                && namespace
                    == match node.space {
                        Space::Form => form_namespace,
                        Space::Basic => BASIC,
                        Space::Aggregate => AGGREGATE,
                    }
        };
        let Some(frame) = self.frames.last_mut() else {
            self.skipped = 1;
            return;
        };
        let section = frame.section;
        let found = (frame.cursor..section.nodes.len())
            .chain(0..frame.cursor)
            .find_map(|index| {
                Some((
                    index,
                    section.nodes.get(index).filter(|node| is_named(node))?,
                ))
            });
        let Some((index, node)) = found else {
            self.skipped = 1;
            if section.is_exact {
                let problem = Problem::UnexpectedElement(shorten(start.local));
                self.fault(start.offset, problem, reader);
            }
            return;
        };
        let count = frame.counts.get_mut(index).map_or(0, |count| {
            *count = count.saturating_add(1);
            *count
        });
        let problem = if count > node.max {
            Some(Problem::RepeatedElement {
                name: node.name,
                limit: node.max,
            })
        } else if section.is_exact && index < frame.cursor {
            let before = section.nodes.get(frame.cursor).map_or("", |last| last.name);
            Some(Problem::MisplacedElement {
                name: node.name,
                before,
            })
        } else {
            frame.cursor = index.max(frame.cursor);
            None
        };
        let is_extra = count > node.max;
        if let Some(problem) = problem {
            self.fault(start.offset, problem, reader);
        }
        if is_extra {
            self.skipped = 1;
        } else {
            self.start_content(node, start.offset, reader);
        }
    }

    fn start_content(&mut self, node: &'static Node, offset: usize, reader: &Reader<'_>) {
        match node.content {
            Content::Section(section) => self.open(node.name, section),
            Content::Skipped => self.skipped = 1,
            Content::Attachment => {
                self.skipped = 1;
                self.collector.has_attachment = true;
            }
            Content::Value(field, facet) => self.read_value(node.name, field, facet, offset),
            Content::FormName(text) => {
                self.check_form(offset, reader);
                self.read_value(node.name, Field::Checked, Facet::Fixed(text), offset);
            }
        }
    }

    fn read_value(&mut self, name: &'static str, field: Field, facet: Facet, offset: usize) {
        self.text.clear();
        self.value = Some(Value {
            name,
            field,
            facet,
            offset,
        });
    }

    fn check_form(&mut self, offset: usize, reader: &Reader<'_>) {
        let Some(form) = self.form else { return };
        let fixed = [
            ("kodSystemowy", form.code.system_code()),
            ("wersjaSchemy", form.code.schema_version()),
        ];
        for (name, expected) in fixed {
            let found = reader.attribute(name);
            let actual = found.map(|(raw, _)| attribute_value(raw));
            if actual.as_deref() != Some(expected) {
                let problem = Problem::FormMismatch {
                    name,
                    expected: expected.to_owned(),
                    actual: actual.map(|value| shorten(&value)),
                };
                self.fault(found.map_or(offset, |(_, at)| at), problem, reader);
            }
        }
    }

    fn text(&mut self, raw: &str, offset: usize, form: TextForm, reader: &Reader<'_>) {
        if self.value.is_some() {
            self.text.push_str(&text_value(raw, form));
            return;
        }
        if raw.bytes().all(characters::is_whitespace) {
            return;
        }
        if let Some(frame) = self.frames.last_mut()
            && !std::mem::replace(&mut frame.has_text, true)
        {
            self.fault(offset, Problem::UnexpectedText, reader);
        }
    }

    fn end(&mut self, offset: usize, reader: &Reader<'_>) {
        if let Some(value) = self.value.take() {
            self.end_value(&value, reader);
            return;
        }
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let missing = frame
            .section
            .nodes
            .iter()
            .zip(&frame.counts)
            .filter(|(node, count)| **count < node.min)
            .map(|(node, _)| Problem::MissingElement(node.name));
        let problems: Vec<_> = missing
            .chain(self.collector.leave(frame.section.scope))
            .collect();
        for problem in problems {
            self.closed_fault(offset, frame.name, problem, reader);
        }
    }

    fn end_value(&mut self, value: &Value, reader: &Reader<'_>) {
        let text = std::mem::take(&mut self.text);
        match value.facet.accept(&text) {
            Some(accepted) => self.collector.set(value.field, &accepted),
            None => {
                self.collector.refuse();
                let problem = Problem::InvalidValue {
                    name: value.name,
                    value: shorten(&text),
                    expected: value.facet.expected(),
                };
                self.closed_fault(value.offset, value.name, problem, reader);
            }
        }
        self.text = text;
    }

    /// A fault of the element the reader has just closed, whose name its path lacks.
    fn closed_fault(&mut self, offset: usize, name: &str, problem: Problem, reader: &Reader<'_>) {
        if self.faults.len() < FAULTS_MAX {
            let path = format!("{}/{name}", reader.path());
            self.faults.push(Fault::at(offset, problem).with_path(path));
        }
    }
}

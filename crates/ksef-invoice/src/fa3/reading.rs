//! The lenient reader: takes the elements of a section by name and remarks on everything that is not as the
//! schema wants it.

use crate::finding::{Fault, shorten};
use crate::problem::Problem;
use crate::rule::Rule;
use crate::tree::Element;
use crate::violation::Violation;

use super::NAMESPACE;
use super::value::number::RowNumber;
use super::value::{Value, ValueError};

/// What the reader remarks on, up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    faults: Vec<Fault>,
    /// The place of the list's entry that is read, from 0.
    place: usize,
}

impl Remarks {
    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// An entry of a list is read next; its place, from 0.
    pub(crate) const fn enter(&mut self, place: usize) {
        self.place = place;
    }

    /// The number of the row that is read, by its place.
    pub(crate) fn row(&self) -> Option<RowNumber> {
        let place = u64::try_from(self.place).ok()?;
        RowNumber::new(place + 1).ok()
    }

    fn add(&mut self, offset: usize, path: impl FnOnce() -> String, violation: Violation) {
        if self.faults.len() < REMARKS_MAX {
            let problem = Problem::Violation(Box::new(violation));
            self.faults
                .push(Fault::at(offset, problem).with_path(path()));
        }
    }

    /// An element that the form does not know at this place.
    fn unexpected(&mut self, element: Element<'_>) {
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaElementUnexpected,
            format!("element „{name}” jest w tym miejscu nieznany; pominięto go"),
            format!("element \"{name}\" is not known here; it is left out"),
        );
        self.add(element.offset(), || element.path(), violation);
    }

    fn repeated(&mut self, element: Element<'_>, limit: usize) {
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaElementRepeated,
            format!("element „{name}” może tu wystąpić najwyżej {limit} razy; nadmiar pominięto"),
            format!("element \"{name}\" may come at most {limit} times here; the rest is left out"),
        );
        self.add(element.offset(), || element.path(), violation);
    }

    /// A required element is missing in `element`.
    pub(crate) fn missing(&mut self, element: Element<'_>, name: &str) {
        let parent = element.name();
        let violation = Violation::new(
            Rule::SchemaElementMissing,
            format!("w elemencie „{parent}” brak wymaganego elementu „{name}”"),
            format!("required element \"{name}\" is missing in \"{parent}\""),
        );
        self.add(element.offset(), || element.path(), violation);
    }

    fn misordered(&mut self, element: Element<'_>) {
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaElementMisplaced,
            format!("element „{name}” nie stoi w kolejności schematu"),
            format!("element \"{name}\" is not where the order of the schema wants it"),
        );
        self.add(element.offset(), || element.path(), violation);
    }

    /// A value that is not what the schema wants.
    pub(crate) fn value(&mut self, element: Element<'_>, error: &ValueError) {
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaValue,
            format!("{name}: {}", error.message(crate::Language::Polish)),
            format!("{name}: {}", error.message(crate::Language::English)),
        )
        .comparing(error.expected(), shorten(element.text()));
        self.add(element.text_offset(), || element.path(), violation);
    }

    /// A fixed value (header, marker) that is another one.
    pub(crate) fn not_fixed(&mut self, element: Element<'_>, expected: &str, actual: &str) {
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaValue,
            format!("wartością elementu „{name}” może być tylko „{expected}”"),
            format!("the only value of element \"{name}\" is \"{expected}\""),
        )
        .comparing(expected, shorten(actual));
        self.add(element.text_offset(), || element.path(), violation);
    }

    fn text(&mut self, element: Element<'_>) {
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaTextUnexpected,
            format!("tekst między elementami w „{name}” pominięto"),
            format!("text between the elements of \"{name}\" is left out"),
        );
        self.add(element.text_offset(), || element.path(), violation);
    }

    fn attribute(&mut self, element: Element<'_>, attribute: &str) {
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaElementUnexpected,
            format!("atrybut „{attribute}” elementu „{name}” jest nieznany; pominięto go"),
            format!("attribute \"{attribute}\" of element \"{name}\" is not known; it is left out"),
        );
        self.add(element.offset(), || element.path(), violation);
    }

    /// Remarks on attributes other than `known`; namespaces and `xsi:` belong to every document.
    pub(crate) fn attributes(&mut self, element: Element<'_>, known: &[&str]) {
        for (name, _) in element.attributes() {
            let is_general =
                name == "xmlns" || name.starts_with("xmlns:") || name.starts_with("xsi:");
            if !is_general && !known.contains(&name) {
                self.attribute(element, name);
            }
        }
    }
}

/// Reads the text of an element as a value; a value in another form than the schema's is taken with a remark.
pub(crate) fn leaf<V: Value>(
    element: Element<'_>,
    attributes: &[&str],
    remarks: &mut Remarks,
) -> Option<V> {
    remarks.attributes(element, attributes);
    for child in element.children() {
        remarks.unexpected(child);
    }
    match V::parse(element.text()) {
        Ok(value) => Some(value),
        Err(error) => {
            remarks.value(element, &error);
            V::parse_loosely(element.text())
        }
    }
}

/// The child elements of one element, each to be taken once.
#[derive(Debug)]
pub(crate) struct Fields<'t, 'r> {
    element: Element<'t>,
    /// In document order; `None` when taken.
    children: Vec<Option<Element<'t>>>,
    /// The names taken, for telling repeated elements from unknown ones.
    names: Vec<(&'static str, usize)>,
    last: usize,
    is_misordered: bool,
    pub(crate) remarks: &'r mut Remarks,
}

impl<'t, 'r> Fields<'t, 'r> {
    /// The children of `element`.
    pub(crate) fn of(element: Element<'t>, remarks: &'r mut Remarks) -> Self {
        Self::with_attributes(element, &[], remarks)
    }

    /// The children of `element`, which has attributes.
    pub(crate) fn with_attributes(
        element: Element<'t>,
        attributes: &[&str],
        remarks: &'r mut Remarks,
    ) -> Self {
        remarks.attributes(element, attributes);
        if !element.value().is_empty() {
            remarks.text(element);
        }
        Self {
            element,
            children: element.children().map(Some).collect(),
            names: Vec::new(),
            last: 0,
            is_misordered: false,
            remarks,
        }
    }

    /// Is there an element of this name that is not taken?
    pub(crate) fn has(&self, name: &str) -> bool {
        self.children
            .iter()
            .flatten()
            .any(|child| is_named(*child, name))
    }

    /// Takes the first element of this name.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<Element<'t>> {
        self.names.push((name, 1));
        self.take_next(name, 0).map(|(_, element)| element)
    }

    /// Takes up to `max` elements of this name.
    pub(crate) fn take_all(&mut self, name: &'static str, max: usize) -> Vec<Element<'t>> {
        self.names.push((name, max));
        let mut taken = Vec::new();
        let mut from = 0;
        while taken.len() < max {
            let Some((at, element)) = self.take_next(name, from) else {
                break;
            };
            taken.push(element);
            from = at + 1;
        }
        taken
    }

    /// Remarks that a required element is missing.
    pub(crate) fn missing(&mut self, name: &str) {
        self.remarks.missing(self.element, name);
    }

    /// Remarks on what nobody took.
    pub(crate) fn finish(self) {
        for child in self.children.into_iter().flatten() {
            let known = self.names.iter().find(|(name, _)| is_named(child, name));
            match known {
                Some((_, limit)) => self.remarks.repeated(child, *limit),
                None => self.remarks.unexpected(child),
            }
        }
    }

    fn take_next(&mut self, name: &str, from: usize) -> Option<(usize, Element<'t>)> {
        let at = from
            + self
                .children
                .get(from..)?
                .iter()
                .position(|child| child.is_some_and(|child| is_named(child, name)))?;
        let element = self.children.get_mut(at)?.take()?;
        if at < self.last {
            if !self.is_misordered {
                self.remarks.misordered(element);
            }
            self.is_misordered = true;
        }
        self.last = self.last.max(at);
        Some((at, element))
    }
}

fn is_named(element: Element<'_>, name: &str) -> bool {
    element.name() == name && element.namespace() == NAMESPACE
}

/// How many remarks are kept; what is wrong ten thousand times need not be said so often.
const REMARKS_MAX: usize = 500;

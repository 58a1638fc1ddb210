//! The lenient reader: takes the elements of a section by name, wherever they stand.

use std::collections::HashMap;

use crate::tree::Element;

use super::NAMESPACE;
use super::remark::Remarks;
use super::value::Value;

/// Reads the text of an element as a value; a value in another form than the schema's is taken with a remark.
pub(crate) fn leaf<V: Value>(
    element: Element<'_>,
    attributes: &[&str],
    remarks: &mut Remarks,
) -> Option<V> {
    expect_text(element, attributes, remarks);
    match V::parse(element.text()) {
        Ok(value) => Some(value),
        Err(error) => {
            remarks.value(element, &error);
            V::parse_loosely(element.text())
        }
    }
}

/// Remarks on everything but text in an element.
pub(crate) fn expect_text(element: Element<'_>, attributes: &[&str], remarks: &mut Remarks) {
    remarks.attributes(element, attributes);
    for child in element.children() {
        remarks.unexpected(child);
    }
}

/// The child elements of one element, each to be taken once.
#[derive(Debug)]
pub(crate) struct Fields<'t, 'r> {
    element: Element<'t>,
    /// In document order; `None` when taken.
    children: Vec<Option<Element<'t>>>,
    /// Where elements of a name are, when there are too many children to look through for each name.
    index: Option<Index<'t>>,
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
        let children: Vec<_> = element.children().map(Some).collect();
        let index = (children.len() > SCANNED_CHILDREN_MAX).then(|| Index::of(&children));
        Self {
            element,
            children,
            index,
            names: Vec::new(),
            last: 0,
            is_misordered: false,
            remarks,
        }
    }

    /// Is there an element of this name that is not taken?
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Takes the first element of this name.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<Element<'t>> {
        self.names.push((name, 1));
        self.take_next(name)
    }

    /// Takes up to `max` elements of this name.
    pub(crate) fn take_all(&mut self, name: &'static str, max: usize) -> Vec<Element<'t>> {
        self.names.push((name, max));
        let mut taken = Vec::new();
        while taken.len() < max
            && let Some(element) = self.take_next(name)
        {
            taken.push(element);
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

    fn find(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.first(name),
            None => self
                .children
                .iter()
                .position(|child| child.is_some_and(|child| is_named(child, name))),
        }
    }

    fn take_next(&mut self, name: &str) -> Option<Element<'t>> {
        let at = self.find(name)?;
        let element = self.children.get_mut(at)?.take()?;
        if let Some(index) = &mut self.index {
            index.advance(name);
        }
        if at < self.last {
            if !self.is_misordered {
                self.remarks.misordered(element);
            }
            self.is_misordered = true;
        }
        self.last = self.last.max(at);
        Some(element)
    }
}

/// The children of each name, as lists inside one list.
#[derive(Debug)]
struct Index<'t> {
    /// The first child of a name that is not taken.
    first: HashMap<&'t str, usize>,
    /// The next child of the same name after each child.
    next: Vec<Option<usize>>,
}

impl<'t> Index<'t> {
    fn of(children: &[Option<Element<'t>>]) -> Self {
        let mut first = HashMap::new();
        let mut next = vec![None; children.len()];
        // From the end, so that each name's list starts with its first child.
        for (at, child) in children.iter().enumerate().rev() {
            if let Some(child) = child.filter(|child| child.namespace() == NAMESPACE)
                && let Some(place) = next.get_mut(at)
            {
                *place = first.insert(child.name(), at);
            }
        }
        Self { first, next }
    }

    fn first(&self, name: &str) -> Option<usize> {
        self.first.get(name).copied()
    }

    fn advance(&mut self, name: &str) {
        let next = self.first(name).and_then(|at| *self.next.get(at)?);
        match (next, self.first.get_mut(name)) {
            (Some(next), Some(first)) => *first = next,
            _ => {
                self.first.remove(name);
            }
        }
    }
}

fn is_named(element: Element<'_>, name: &str) -> bool {
    element.name() == name && element.namespace() == NAMESPACE
}

/// Up to this many children are looked through for each name; more are indexed.
const SCANNED_CHILDREN_MAX: usize = 48;

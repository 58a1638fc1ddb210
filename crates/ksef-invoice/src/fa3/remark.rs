//! What the lenient reader says about a document.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::Language;
use crate::finding::{Fault, shorten};
use crate::problem::Problem;
use crate::rule::Rule;
use crate::tree::{Element, Tree};
use crate::violation::Violation;

use super::value::ValueError;
use super::value::number::RowNumber;

/// What the reader remarks on, up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    /// With the offset of the element it is about.
    faults: Vec<(usize, Fault)>,
    /// The place of the list's entry that is read, from 0.
    place: usize,
}

impl Remarks {
    /// The remarks with their paths in `tree`.
    pub(crate) fn into_faults(self, tree: &Tree<'_>) -> Vec<Fault> {
        let paths = paths(
            tree,
            self.faults.iter().map(|(element, _)| *element).collect(),
        );
        let with_path = |(element, fault): (usize, Fault)| match paths.get(&element) {
            Some(path) => fault.with_path(path.clone()),
            None => fault,
        };
        self.faults.into_iter().map(with_path).collect()
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

    const fn is_full(&self) -> bool {
        self.faults.len() >= REMARKS_MAX
    }

    fn add(&mut self, element: Element<'_>, offset: usize, violation: Violation) {
        let problem = Problem::Violation(Box::new(violation));
        self.faults
            .push((element.offset(), Fault::at(offset, problem)));
    }

    /// An element that the form does not know at this place.
    pub(crate) fn unexpected(&mut self, element: Element<'_>) {
        if self.is_full() {
            return;
        }
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaElementUnexpected,
            format!("element „{name}” jest w tym miejscu nieznany; pominięto go"),
            format!("element \"{name}\" is not known here; it is left out"),
        );
        self.add(element, element.offset(), violation);
    }

    pub(crate) fn repeated(&mut self, element: Element<'_>, limit: usize) {
        if self.is_full() {
            return;
        }
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaElementRepeated,
            format!("element „{name}” może tu wystąpić najwyżej {limit} razy; nadmiar pominięto"),
            format!("element \"{name}\" may come at most {limit} times here; the rest is left out"),
        );
        self.add(element, element.offset(), violation);
    }

    /// A required element is missing in `element`.
    pub(crate) fn missing(&mut self, element: Element<'_>, name: &str) {
        if self.is_full() {
            return;
        }
        let parent = element.name();
        let violation = Violation::new(
            Rule::SchemaElementMissing,
            format!("w elemencie „{parent}” brak wymaganego elementu „{name}”"),
            format!("required element \"{name}\" is missing in \"{parent}\""),
        );
        self.add(element, element.offset(), violation);
    }

    pub(crate) fn misordered(&mut self, element: Element<'_>) {
        if self.is_full() {
            return;
        }
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaElementMisplaced,
            format!("element „{name}” nie stoi w kolejności schematu"),
            format!("element \"{name}\" is not where the order of the schema wants it"),
        );
        self.add(element, element.offset(), violation);
    }

    /// A value that is not what the schema wants.
    pub(crate) fn value(&mut self, element: Element<'_>, error: &ValueError) {
        if self.is_full() {
            return;
        }
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaValue,
            format!("{name}: {}", error.message(Language::Polish)),
            format!("{name}: {}", error.message(Language::English)),
        )
        .comparing(error.expected(), shorten(element.text()));
        self.add(element, element.text_offset(), violation);
    }

    /// A fixed value (header, marker) that is another one.
    pub(crate) fn not_fixed(&mut self, element: Element<'_>, expected: &str, actual: &str) {
        if self.is_full() {
            return;
        }
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaValue,
            format!("wartością elementu „{name}” może być tylko „{expected}”"),
            format!("the only value of element \"{name}\" is \"{expected}\""),
        )
        .comparing(expected, shorten(actual));
        self.add(element, element.text_offset(), violation);
    }

    pub(crate) fn text(&mut self, element: Element<'_>) {
        if self.is_full() {
            return;
        }
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaTextUnexpected,
            format!("tekst między elementami w „{name}” pominięto"),
            format!("text between the elements of \"{name}\" is left out"),
        );
        self.add(element, element.text_offset(), violation);
    }

    fn attribute(&mut self, element: Element<'_>, attribute: &str) {
        if self.is_full() {
            return;
        }
        let name = element.name();
        let violation = Violation::new(
            Rule::SchemaElementUnexpected,
            format!("atrybut „{attribute}” elementu „{name}” jest nieznany; pominięto go"),
            format!("attribute \"{attribute}\" of element \"{name}\" is not known; it is left out"),
        );
        self.add(element, element.offset(), violation);
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

/// The paths of elements, by the offsets of the elements. One pass over the tree and one over the children of
/// each parent, so that many remarks in one place cost no more than few.
fn paths(tree: &Tree<'_>, wanted: BTreeSet<usize>) -> BTreeMap<usize, String> {
    let mut needed = BTreeMap::new();
    for element in tree.elements() {
        let mut next = Some(element).filter(|element| wanted.contains(&element.offset()));
        while let Some(element) = next {
            let is_known = needed.insert(element.offset(), element).is_some();
            next = element.parent().filter(|_| !is_known);
        }
    }
    let mut paths = BTreeMap::new();
    let root = tree.root();
    paths.insert(root.offset(), format!("/{}", root.name()));
    // In document order, so that the path of a parent is there before those of its children.
    for (offset, parent) in &needed {
        let path = paths.get(offset).cloned().unwrap_or_default();
        let mut totals: HashMap<&str, usize> = HashMap::new();
        let mut numbers = Vec::new();
        for child in parent.children() {
            let number = totals.entry(child.name()).or_default();
            *number += 1;
            if needed.contains_key(&child.offset()) {
                numbers.push((child, *number));
            }
        }
        for (child, number) in numbers {
            let name = child.name();
            let is_alone = totals.get(name) == Some(&1);
            let place = if is_alone {
                String::new()
            } else {
                format!("[{number}]")
            };
            paths.insert(child.offset(), format!("{path}/{name}{place}"));
        }
    }
    paths
}

/// How many remarks are kept; what is wrong ten thousand times need not be said so often.
const REMARKS_MAX: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Rules;

    #[test]
    fn paths_are_those_of_the_tree() {
        let text = b"<a><b/><c><b/><b><d/></b></c><b/><e>x</e></a>";
        let tree = Tree::read(text, &Rules::default()).unwrap();
        let all: BTreeSet<_> = tree.elements().map(Element::offset).collect();
        for wanted in [all.clone(), all.into_iter().skip(4).take(1).collect()] {
            let paths = paths(&tree, wanted.clone());
            for element in tree
                .elements()
                .filter(|known| wanted.contains(&known.offset()))
            {
                assert_eq!(paths[&element.offset()], element.path());
            }
        }
    }
}

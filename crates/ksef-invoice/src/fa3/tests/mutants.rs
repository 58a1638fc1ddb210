//! Documents that were valid until something was changed: the reader must remark on exactly those that the
//! schema refuses, and lose nothing of the others.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::sample::{Sample, Source};
use super::*;

/// An element to be changed.
#[derive(Debug, Clone)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn of(element: Element<'_>) -> Self {
        let children: Vec<_> = element.children().map(Self::of).collect();
        let text = if children.is_empty() {
            element.text()
        } else {
            ""
        };
        let attributes = element
            .attributes()
            .filter(|(name, _)| !name.starts_with("xmlns:"));
        Self {
            name: element.name().to_owned(),
            attributes: attributes
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            text: text.to_owned(),
            children,
        }
    }

    fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }

    /// The children that have the element with this number, from 1, in document order, and its place there.
    fn parent_of(&mut self, number: usize) -> Option<(&mut Vec<Self>, usize)> {
        let mut next = 1;
        for at in 0..self.children.len() {
            if next == number {
                return Some((&mut self.children, at));
            }
            let count = self.children[at].count();
            if number < next + count {
                return self.children[at].parent_of(number - next);
            }
            next += count;
        }
        None
    }

    fn write(&self, out: &mut Writer) {
        let attributes: Vec<_> = self
            .attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        if self.children.is_empty() {
            out.leaf_with(&self.name, &attributes, &self.text);
        } else {
            out.element(&self.name, &attributes, |out| {
                for child in &self.children {
                    child.write(out);
                }
            });
        }
    }
}

/// Texts at the edges of the types.
const TEXTS: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "2",
    "3",
    "01",
    "+1",
    "-1",
    "7",
    "-0",
    "1.0",
    "1.00",
    "1.005",
    "05",
    "100",
    "101",
    "abc",
    "PL",
    "pl",
    "EL",
    "GR",
    "PLN",
    "23",
    "zw",
    "0 KR",
    "np I",
    "VAT",
    "KOR_ZAL",
    "2026-02-30",
    "2026-02-28",
    "2005-12-31",
    "2050-01-01",
    "2050-01-02",
    "1990-01-01",
    "2026-02-01T00:00:00Z",
    "2026-02-01T00:00:00",
    "2025-08-31T00:00:00Z",
    " 1 ",
    "\n2\t",
    "a  b",
    "a@b",
    "@",
    "1234567890",
    "123456789",
    "99999999999999.99",
    "9999999999999999.99",
    "1000000000000000000",
    "0.0000001",
    "0.00000001",
    "0.000000001",
    "5265877635",
    "5265877635-12345",
    "GTU_01",
    "5265877635-20250826-0100001AF629-AF",
    "B_SPV",
    "IED",
    "txt",
    "PKOPPLPW",
    "aaaaaaaaaaaaa",
    "123abcdefghij",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "https://a.pl/?IPKSeF=123abcdefghij",
];

/// One change.
fn mutate(root: &mut Node, names: &[String], [kind, number, extra]: [usize; 3]) {
    let count = root.count() - 1;
    let (siblings, at) = root.parent_of(1 + number % count).unwrap();
    match kind % 8 {
        0 => {
            siblings.remove(at);
        }
        1 => siblings.insert(at, siblings[at].clone()),
        2 => {
            let other = extra % siblings.len();
            siblings.swap(at, other);
        }
        3 => siblings[at].name.clone_from(&names[extra % names.len()]),
        4 => siblings[at]
            .attributes
            .push(("typ".to_owned(), "1".to_owned())),
        5 if !siblings[at].attributes.is_empty() => siblings[at].attributes[0].1 = "dec".to_owned(),
        6 => {
            let new = Node {
                name: names[extra % names.len()].clone(),
                attributes: Vec::new(),
                text: "1".to_owned(),
                children: Vec::new(),
            };
            siblings.insert(at, new);
        }
        _ if siblings[at].children.is_empty() => {
            TEXTS[extra % TEXTS.len()].clone_into(&mut siblings[at].text)
        }
        _ => siblings[at].children.clear(),
    }
}

fn mutants(count: usize) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let strategy = (
        proptest::collection::vec(any::<u8>(), 0..3_000),
        0_usize..12,
        any::<usize>(),
        any::<usize>(),
    );
    let mut outline = Outline::default();
    outline.element(ROOT, 1, <Invoice as Group>::outline);
    let last = |(path, _): &(String, usize)| path.rsplit('/').next().unwrap_or_default().to_owned();
    let names: Vec<_> = outline.elements.iter().map(last).collect();
    let mut mutants = Vec::new();
    for _ in 0..count {
        let (bytes, kind, number, extra) = strategy.new_tree(&mut runner).unwrap().current();
        let document = Invoice::sample(&mut Source(&bytes)).write();
        let tree = Tree::read(document.as_bytes(), &Rules::default()).unwrap();
        let mut root = Node::of(tree.root());
        mutate(&mut root, &names, [kind, number, extra]);
        let mut out = Writer::new(Layout::Compact);
        root.write(&mut out);
        mutants.push(out.finish());
    }
    mutants
}

#[test]
fn what_the_schema_refuses_is_remarked_and_nothing_else() {
    let mutants = mutants(1_000);
    let mut valid = 0;
    for mutant in &mutants {
        let findings = findings(mutant);
        match read(mutant.as_bytes(), &Rules::default()) {
            Ok(read) if read.remarks.is_empty() => {
                assert_eq!(findings, [], "{mutant}");
                valid += 1;
            }
            Ok(read) => assert!(!findings.is_empty(), "{:?}\n{mutant}", read.remarks),
            Err(causes) => assert!(!findings.is_empty(), "{causes:?}\n{mutant}"),
        }
    }
    assert!((100..900).contains(&valid), "{valid}");
    assert_libxml2_agrees(&mutants);
}

/// libxml2 and the reader say the same about each document.
fn assert_libxml2_agrees(mutants: &[String]) {
    let Some(faults) = xmllint(mutants) else {
        return;
    };
    // A message may quote a line feed, and go on in the next line.
    let refused: BTreeSet<usize> = faults
        .iter()
        .filter_map(|fault| fault.split_once(".xml:"))
        .filter_map(|(path, _)| path.rsplit('/').next()?.parse().ok())
        .collect();
    for (number, mutant) in mutants.iter().enumerate() {
        let is_clean =
            read(mutant.as_bytes(), &Rules::default()).is_ok_and(|read| read.remarks.is_empty());
        assert_eq!(is_clean, !refused.contains(&number), "{mutant}");
    }
}

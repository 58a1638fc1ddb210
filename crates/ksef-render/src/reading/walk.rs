//! A document being read: what was shown already is known, so that nothing is left out.

use std::cell::RefCell;

use ksef_invoice::finding::Language;
use ksef_invoice::tree::Element;

use super::field::{self, Dictionary, Field};
use crate::page::{Block, Fact, Facts};

/// Reads elements, and remembers which.
pub(super) struct Walk {
    /// Of the labels.
    pub(super) language: Language,
    dictionary: &'static Dictionary,
    /// The offsets of the elements that were shown.
    shown: RefCell<Vec<usize>>,
}

impl Walk {
    pub(super) fn new(language: Language, dictionary: &'static Dictionary) -> Self {
        Self {
            language,
            dictionary,
            shown: RefCell::new(Vec::new()),
        }
    }

    /// One of two texts.
    pub(super) const fn say<'w>(&self, polish: &'w str, english: &'w str) -> &'w str {
        match self.language {
            Language::Polish => polish,
            Language::English => english,
        }
    }

    fn mark(&self, element: Element<'_>) {
        self.shown.borrow_mut().push(element.offset());
    }

    /// The text of an element as it stands; `None` when it is blank. It counts as shown.
    pub(super) fn raw<'t>(&self, element: Element<'t>) -> Option<&'t str> {
        self.mark(element);
        Some(element.value()).filter(|value| !value.is_empty())
    }

    /// The text of the first child of that name, as [`Self::raw`].
    pub(super) fn raw_at<'t>(&self, parent: Element<'t>, name: &str) -> Option<&'t str> {
        parent.child(name).and_then(|child| self.raw(child))
    }

    /// The text of the first child of that name, as people read it.
    pub(super) fn text(&self, parent: Element<'_>, name: &str) -> Option<String> {
        let child = parent.child(name)?;
        let value = self.raw(child)?;
        let field = self.dictionary.field(child);
        field::shown(
            value,
            field.map_or(field::Kind::Text, |field| field.kind),
            self.language,
        )
    }

    /// The first child of that name with its label.
    pub(super) fn fact(&self, parent: Element<'_>, name: &str) -> Option<Fact> {
        parent.child(name).and_then(|child| self.labelled(child))
    }

    /// The children of these names with their labels, in this order, repeated ones too.
    pub(super) fn facts(&self, parent: Element<'_>, names: &[&str]) -> Vec<Fact> {
        names
            .iter()
            .flat_map(|name| parent.children_named(name))
            .filter_map(|child| self.labelled(child))
            .collect()
    }

    /// All children with their labels.
    pub(super) fn all(&self, parent: Element<'_>) -> Vec<Fact> {
        parent
            .children()
            .filter_map(|child| self.labelled(child))
            .collect()
    }

    /// An element with its label; `None` for what is blank or says that something does not apply.
    pub(super) fn labelled(&self, element: Element<'_>) -> Option<Fact> {
        let value = self.raw(element)?;
        let field = self.dictionary.field(element);
        self.fact_of(element, field, value)
    }

    fn fact_of(&self, element: Element<'_>, field: Option<Field>, value: &str) -> Option<Fact> {
        let kind = field.map_or(field::Kind::Text, |field| field.kind);
        let shown = field::shown(value, kind, self.language)?;
        let label = self.label_or_spelled(field, element.name());
        if kind == field::Kind::Mark {
            return Some(Fact::statement(label));
        }
        let mut fact = Fact::new(label, shown);
        if kind == field::Kind::Link {
            fact.link = Some(value.to_owned());
        }
        if let Some(unit) = ["unitCode", "currencyID", "schemeID"]
            .iter()
            .find_map(|name| element.attribute(name))
        {
            fact.value = format!("{} {unit}", fact.value);
        }
        Some(fact)
    }

    /// The label of a field.
    pub(super) fn label(&self, name: &str) -> String {
        self.label_or_spelled(self.dictionary.named(name), name)
    }

    /// The label of a field as its parent calls it.
    pub(super) fn label_inside(&self, parent: &str, name: &str) -> String {
        self.label_or_spelled(self.dictionary.inside(parent, name), name)
    }

    fn label_or_spelled(&self, field: Option<Field>, name: &str) -> String {
        field.map_or_else(
            || field::spelled(name),
            |field| self.say(field.polish, field.english).to_owned(),
        )
    }

    /// Everything below an element that was not shown, with labels that say where it stands.
    pub(super) fn rest(&self, root: Element<'_>) -> Vec<Block> {
        let mut shown = std::mem::take(&mut *self.shown.borrow_mut());
        shown.sort_unstable();
        let mut groups: Vec<Facts> = Vec::new();
        self.gather(root, &mut Vec::new(), &shown, &mut groups);
        groups.into_iter().map(Block::Facts).collect()
    }

    fn gather(
        &self,
        element: Element<'_>,
        path: &mut Vec<String>,
        shown: &[usize],
        groups: &mut Vec<Facts>,
    ) {
        for child in element.children() {
            let field = self.dictionary.field(child);
            if field.is_some_and(|field| field.kind == field::Kind::Hidden) {
                continue;
            }
            let is_new = shown.binary_search(&child.offset()).is_err();
            if is_new
                && !child.value().is_empty()
                && let Some(fact) = self.fact_of(child, field, child.value())
            {
                let title = path.join(" › ");
                match groups.last_mut() {
                    Some(group) if group.title == title => group.facts.push(fact),
                    _ => groups.push(Facts {
                        title,
                        facts: vec![fact],
                    }),
                }
            }
            path.push(self.label_or_spelled(field, child.name()));
            self.gather(child, path, shown, groups);
            path.pop();
        }
    }
}

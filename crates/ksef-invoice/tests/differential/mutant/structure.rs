//! Elements dropped, doubled, moved, renamed, put where they do not belong, and too many of them.

use super::{Node, Work};
use crate::mutant::document::Element;

impl Work<'_> {
    pub(super) fn change_structure(&mut self) {
        match self.random.below(40) {
            0..=7 => self.drop_element(),
            8..=12 => self.double_element(),
            13..=17 => self.swap_siblings(),
            18..=21 => self.rename_element(),
            22..=25 => self.move_element(),
            26..=29 => self.borrow_element(),
            30..=32 => self.insert_stranger(),
            33..=35 => self.retype_element(),
            36 | 37 => self.empty_element(),
            _ => self.repeat_element(),
        }
    }

    fn drop_element(&mut self) {
        let victim = self.inner_element();
        self.tell("drop", victim, "");
        let Some((parent, at)) = self.document.place(victim) else {
            return;
        };
        // now and then with its following siblings
        let count = if self.random.chance(1, 6) { 8 } else { 1 };
        let children = &mut self.document.element_mut(parent).children;
        let end = (at + count).min(children.len());
        children.drain(at..end);
    }

    fn double_element(&mut self) {
        let original = self.inner_element();
        self.tell("double", original, "");
        let copy = self.document.copy(original);
        self.insert_near(original, copy);
    }

    /// Inserts a node before or after another one.
    fn insert_near(&mut self, near: usize, node: usize) {
        let after = self.random.below(2);
        if let Some((parent, at)) = self.document.place(near) {
            let children = &mut self.document.element_mut(parent).children;
            children.insert(at + after, node);
        }
    }

    fn swap_siblings(&mut self) {
        let one = self.inner_element();
        let Some((parent, at)) = self.document.place(one) else {
            return;
        };
        let siblings = self.document.child_elements(parent);
        let here = siblings.iter().position(|it| *it == one).unwrap_or(0);
        let there = if self.random.chance(3, 4) {
            (here + 1) % siblings.len()
        } else {
            self.random.below(siblings.len())
        };
        self.tell("swap", one, "");
        if let Some((_, other_at)) = self.document.place(siblings[there]) {
            let children = &mut self.document.element_mut(parent).children;
            children.swap(at, other_at);
        }
    }

    fn rename_element(&mut self) {
        let index = self.any_element();
        let element = self.document.element_mut(index);
        let (prefix, local) = (element.prefix().to_owned(), element.local().to_owned());
        let name = match self.random.below(8) {
            0 => format!("{prefix}{}", local.to_lowercase()),
            1 => format!("{prefix}{local}1"),
            2 => format!("{prefix}{}", &local[..local.len() - 1]),
            3 => format!("{prefix}_{local}"),
            4 => format!("{prefix}{local}ż"),
            _ => self.any_name(),
        };
        self.tell("rename", index, &name);
        let is_nameless = name.ends_with(':') || name.is_empty();
        self.document.element_mut(index).name = if is_nameless { "x".into() } else { name };
    }

    fn move_element(&mut self) {
        let (mover, target) = (self.inner_element(), self.any_element());
        if self.document.contains(mover, target) {
            return;
        }
        self.tell("move", mover, "");
        if let Some((parent, at)) = self.document.place(mover) {
            self.document.element_mut(parent).children.remove(at);
        }
        self.insert_into(target, mover);
    }

    fn insert_into(&mut self, parent: usize, node: usize) {
        let count = self.document.element_mut(parent).children.len();
        let at = self.random.below(count + 1);
        self.document.element_mut(parent).children.insert(at, node);
    }

    /// Copies an element of another document of the form to a place where one of its name stands,
    /// or anywhere.
    fn borrow_element(&mut self) {
        let documents = &self.corpus.documents;
        let source = &documents[self.random.below(documents.len())];
        let all = source.elements();
        let lent = all[self.random.below(all.len())];
        let copy = self.document.copy_from(source, lent);
        self.tell("borrow", copy, "");
        let name = self.document.element_mut(copy).name.clone();
        let same: Vec<_> = self
            .document
            .elements()
            .into_iter()
            .filter(|it| self.document.element(*it).is_some_and(|it| it.name == name))
            .collect();
        if same.is_empty() || self.random.chance(1, 3) {
            let near = self.inner_element();
            self.insert_near(near, copy);
        } else {
            let replaced = same[self.random.below(same.len())];
            if let Some((parent, at)) = self.document.place(replaced) {
                self.document.element_mut(parent).children[at] = copy;
            }
        }
    }

    fn insert_stranger(&mut self) {
        let mut element = Element {
            name: self.any_name(),
            ..Element::default()
        };
        match self.random.below(6) {
            0 => element.name = "nieznany".into(),
            1 => {
                element.name = "obcy:element".into();
                let declaration = ("xmlns:obcy".to_owned(), "urn:example:obcy".to_owned());
                element.attributes.push(declaration);
            }
            2 => {
                let declaration = ("xmlns".to_owned(), String::new());
                element.attributes.push(declaration);
            }
            _ => {}
        }
        let node = self.document.create(Node::Element(element));
        if self.random.chance(1, 2) {
            let value = self.any_value();
            self.document.set_text(node, &value);
        }
        self.tell("insert", node, "");
        if self.random.chance(1, 2) {
            let near = self.inner_element();
            self.insert_near(near, node);
        } else {
            let parent = self.any_element();
            self.insert_into(parent, node);
        }
    }

    /// Text where elements belong and elements where text belongs.
    fn retype_element(&mut self) {
        let index = self.inner_element();
        self.tell("retype", index, "");
        if self.document.text(index).is_some() || self.random.chance(1, 2) {
            let documents = &self.corpus.documents;
            let source = &documents[self.random.below(documents.len())];
            let all = source.elements();
            let lent = source.element(all[self.random.below(all.len())]).cloned();
            let mut children = Vec::new();
            for child in lent.unwrap_or_default().children {
                children.push(self.document.copy_from(source, child));
            }
            self.document.element_mut(index).children = children;
        } else {
            let value = self.any_value();
            self.document.set_text(index, &value);
        }
    }

    fn empty_element(&mut self) {
        let index = self.any_element();
        self.tell("empty", index, "");
        let content = self.random.pick(&[
            "",
            "",
            " ",
            "\n",
            "\t ",
            "<!--x-->",
            "<![CDATA[]]>",
            "&#32;",
        ]);
        if content.is_empty() {
            self.document.element_mut(index).children.clear();
        } else {
            self.document.set_text(index, content);
        }
    }

    /// As many as the limits of these schemas and one more or less.
    fn repeat_element(&mut self) {
        let index = self.inner_element();
        let Some((parent, at)) = self.document.place(index) else {
            return;
        };
        let limits = [2, 3, 5, 10, 20, 31, 50, 100, 101];
        let mut count = limits[self.random.below(limits.len())] + self.random.below(3) - 1;
        let size = self.document.child_elements(index).len();
        if size == 0 && self.random.chance(1, 60) {
            count = 999 + self.random.below(3);
        }
        self.tell("repeat", index, &count.to_string());
        let copies: Vec<_> = (1..count).map(|_| self.document.copy(index)).collect();
        let children = &mut self.document.element_mut(parent).children;
        children.splice(at..at, copies);
    }
}

//! A node with its pointer, from which values are taken; what does not fit is noted at its place.

use std::cell::RefCell;
use std::str::FromStr;

use jiff::civil::Date;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_invoice::Language;
use ksef_invoice::fa3::value::{List, NonEmpty, ValueError};
use rust_decimal::Decimal;

use crate::draft::Trouble;
use crate::fault::Fault;
use crate::node::{Node, Value, pointer_step};
use crate::number;

/// What is wrong, collected.
#[derive(Debug, Default)]
pub(super) struct Notes {
    troubles: RefCell<Vec<Trouble>>,
    nip_checksums: bool,
}

impl Notes {
    /// Nothing yet. `nip_checksums`: check digits of NIPs are judged.
    pub(super) fn new(nip_checksums: bool) -> Self {
        Self {
            nip_checksums,
            ..Self::default()
        }
    }

    pub(super) fn into_troubles(self) -> Vec<Trouble> {
        self.troubles.into_inner()
    }
}

/// A node with its pointer.
#[derive(Debug, Clone)]
pub(super) struct View<'a> {
    pub(super) node: &'a Node,
    pub(super) pointer: String,
    notes: &'a Notes,
}

impl<'a> View<'a> {
    pub(super) const fn new(node: &'a Node, notes: &'a Notes) -> Self {
        Self {
            node,
            pointer: String::new(),
            notes,
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        self.node.get(key).map(|node| Self {
            node,
            pointer: format!("{}/{}", self.pointer, pointer_step(key)),
            notes: self.notes,
        })
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.node.get(key).is_some()
    }

    /// The elements of a list; none when the key is absent.
    pub(super) fn list(&self, key: &str) -> Vec<Self> {
        self.get(key)
            .map(|view| view.elements())
            .unwrap_or_default()
    }

    /// The elements of this list.
    pub(super) fn elements(&self) -> Vec<Self> {
        self.node
            .elements()
            .iter()
            .enumerate()
            .map(|(index, node)| Self {
                node,
                pointer: format!("{}/{index}", self.pointer),
                notes: self.notes,
            })
            .collect()
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.node.get(key).and_then(Node::text)
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.node
            .get(key)
            .is_some_and(|node| node.value == Value::Bool(true))
    }

    /// This value as one of the form's types.
    pub(super) fn own<T: FromStr<Err = ValueError>>(&self) -> Option<T> {
        self.parsed(self.node.text()?)
    }

    /// This text, made from the value, as one of the form's types.
    pub(super) fn parsed<T: FromStr<Err = ValueError>>(&self, text: &str) -> Option<T> {
        text.parse().map_err(|error| self.note_value(&error)).ok()
    }

    /// A value of the form made from a key, or a note at the key.
    pub(super) fn checked<T>(&self, key: &str, made: Result<T, ValueError>) -> Option<T> {
        made.map_err(|error| match self.get(key) {
            Some(view) => view.note_value(&error),
            None => self.note_value(&error),
        })
        .ok()
    }

    /// The value of a key as one of the form's types; `None` when absent or noted.
    pub(super) fn value<T: FromStr<Err = ValueError>>(&self, key: &str) -> Option<T> {
        self.get(key)?.own()
    }

    /// The elements of a list as one of the form's types.
    pub(super) fn values<T: FromStr<Err = ValueError>>(&self, key: &str) -> Vec<T> {
        self.list(key).iter().filter_map(Self::own).collect()
    }

    /// A list that must not be longer than the form allows.
    pub(super) fn bounded<T, const MAX: usize>(&self, entries: Vec<T>) -> List<T, MAX> {
        List::try_from(entries)
            .map_err(|error: ValueError| self.note_value(&error))
            .unwrap_or_default()
    }

    /// A list that must have an element.
    pub(super) fn filled<T, const MAX: usize>(&self, entries: Vec<T>) -> Option<NonEmpty<T, MAX>> {
        NonEmpty::try_from(entries)
            .map_err(|error: ValueError| self.note_value(&error))
            .ok()
    }

    /// A date.
    pub(super) fn date(&self, key: &str) -> Option<Date> {
        let view = self.get(key)?;
        let date = view.node.text()?.parse();
        date.map_err(|_| view.note(Fault::NotADate)).ok()
    }

    /// A decimal with at most so many places, without superfluous zeros.
    pub(super) fn decimal(&self, key: &str, places_max: u32) -> Option<Decimal> {
        let view = self.get(key)?;
        let plain = view.node.text().and_then(number::expand);
        let decimal = plain.and_then(|plain| Decimal::from_str_exact(&plain).ok());
        let Some(decimal) = decimal else {
            view.note(Fault::NotANumber);
            return None;
        };
        let decimal = decimal.normalize();
        if decimal.scale() > places_max {
            view.note(Fault::TooPrecise { limit: places_max });
            return None;
        }
        Some(decimal)
    }

    /// A NIP; its check digit is judged when that was asked for.
    pub(super) fn nip(&self, key: &str) -> Option<Nip> {
        let view = self.get(key)?;
        let Ok(nip) = Nip::parse(view.node.text()?) else {
            view.note(Fault::NipChecksum);
            return None;
        };
        if self.notes.nip_checksums && !nip.has_valid_checksum() {
            view.note(Fault::NipChecksum);
        }
        Some(nip)
    }

    /// A KSeF number with its checksum.
    pub(super) fn ksef_number(&self, key: &str) -> Option<KsefNumber> {
        let view = self.get(key)?;
        let number = view.node.text()?.parse();
        if number.is_err() {
            view.meaning(
                "ksef-number",
                "to nie jest numer KSeF: pierwsza część, data albo suma kontrolna się nie zgadza",
                "this is not a KSeF number: its first part, date or checksum is wrong",
            );
        }
        number.ok()
    }

    /// One of the names of a list that has codes in the form.
    pub(super) fn choice<T>(
        &self,
        key: &str,
        names: &[(&str, &str)],
        from_code: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let name = self.text(key)?;
        let (_, code) = names.iter().find(|(known, _)| *known == name)?;
        from_code(code)
    }

    /// Exactly one of these keys must be there; its name. None or more are noted. What is `false`
    /// is not there.
    pub(super) fn one_of(&self, keys: &[&'static str]) -> Option<&'static str> {
        let is_there = |key: &&'static str| {
            self.node
                .get(key)
                .is_some_and(|node| node.value != Value::Bool(false))
        };
        let present: Vec<&'static str> = keys.iter().copied().filter(is_there).collect();
        match present.as_slice() {
            [key] => Some(key),
            [] => {
                self.missing(keys);
                None
            }
            [_, second, ..] => {
                let keys = present.iter().map(|&key| key.to_owned()).collect();
                self.note_at(second, Fault::Excluded { keys });
                None
            }
        }
    }

    /// At most one of these keys may be there.
    pub(super) fn at_most_one(&self, keys: &[&'static str]) {
        if keys.iter().filter(|key| self.has(key)).count() > 1 {
            self.one_of(keys);
        }
    }

    /// Notes that one of these keys is needed.
    pub(super) fn missing(&self, keys: &[&str]) {
        let columns = keys
            .iter()
            .flat_map(|key| crate::column::by_pointer(&format!("{}/{key}", self.pointer)))
            .map(|column| column.polish)
            .take(COLUMNS_NAMED)
            .collect();
        let keys = keys.iter().map(|&key| key.to_owned()).collect();
        self.note(Fault::Missing { keys, columns });
    }

    pub(super) fn note_at(&self, key: &str, fault: Fault) {
        match self.get(key) {
            Some(view) => view.note(fault),
            None => self.note(fault),
        }
    }

    pub(super) fn meaning(&self, rule: &'static str, polish: &str, english: &str) {
        self.note(Fault::Meaning {
            rule,
            polish: polish.to_owned(),
            english: english.to_owned(),
        });
    }

    fn note_value(&self, error: &ValueError) {
        self.note(Fault::Meaning {
            rule: "value-invalid",
            polish: error.message(Language::Polish),
            english: error.message(Language::English),
        });
    }

    /// Notes a fault here.
    pub(super) fn note(&self, fault: Fault) {
        self.notes.troubles.borrow_mut().push(Trouble {
            spot: Some(self.node.spot),
            pointer: Some(self.pointer.clone()),
            fault,
            value: self.node.text().map(str::to_owned),
        });
    }
}

/// How many columns a message about something missing names.
const COLUMNS_NAMED: usize = 4;

//! The fields of a form: what they are called, and how their values are shown.

use std::collections::HashMap;

use ksef_invoice::codes::CodeList;
use ksef_invoice::finding::Language;
use ksef_invoice::tree::Element;

use crate::format;

/// A field of a form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) polish: &'static str,
    pub(super) english: &'static str,
    pub(super) kind: Kind,
}

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// As it stands.
    Text,
    /// Money.
    Amount,
    /// A number: a quantity, a rate of exchange, a unit price.
    Number,
    /// A percentage.
    Percent,
    /// A day.
    Date,
    /// A moment.
    Moment,
    /// A mark that is there or not: `1` shows the label, other values nothing.
    Mark,
    /// Says that something does not apply, or is a technical mark: never shown.
    Hidden,
    /// A code, shown by its words.
    Code(&'static CodeList),
    /// A code that people know, shown before its words.
    NamedCode(&'static CodeList),
    /// A bank account.
    Account,
    /// A web address.
    Link,
}

/// A row of a dictionary: element, Polish, English, kind.
pub(super) type Entry = (&'static str, &'static str, &'static str, Kind);

/// The fields of a form by the names of their elements.
#[derive(Debug)]
pub(super) struct Dictionary {
    fields: HashMap<&'static str, Field>,
    /// Fields that are called otherwise inside one parent, by parent and name.
    inside: HashMap<(&'static str, &'static str), Field>,
}

impl Dictionary {
    /// Of these rows. A name may stand after its parent's, `Obciazenia/Kwota`, and then wins there.
    pub(super) fn new(entries: impl IntoIterator<Item = &'static Entry>) -> Self {
        let mut dictionary = Self {
            fields: HashMap::new(),
            inside: HashMap::new(),
        };
        for (name, polish, english, kind) in entries {
            let field = Field {
                polish,
                english,
                kind: *kind,
            };
            match name.split_once('/') {
                Some((parent, name)) => dictionary.inside.insert((parent, name), field),
                None => dictionary.fields.insert(name, field),
            };
        }
        dictionary
    }

    /// The field of that name, wherever it stands.
    pub(super) fn named(&self, name: &str) -> Option<Field> {
        self.fields.get(name).copied()
    }

    pub(super) fn field(&self, element: Element<'_>) -> Option<Field> {
        let name = element.name();
        element
            .parent()
            .and_then(|parent| self.inside(parent.name(), name))
            .or_else(|| self.named(name))
    }

    /// The field as one parent calls it.
    pub(super) fn inside(&self, parent: &str, name: &str) -> Option<Field> {
        self.inside.get(&(parent, name)).copied()
    }
}

/// A value as people read it; `None` when it says that something does not apply.
pub(super) fn shown(value: &str, kind: Kind, language: Language) -> Option<String> {
    Some(match kind {
        Kind::Text | Kind::Link => value.to_owned(),
        Kind::Amount => format::amount(value, language),
        Kind::Number => format::number(value, language),
        Kind::Percent => match value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
        {
            true => format!("{}%", format::number(value, language)),
            false => value.to_owned(),
        },
        Kind::Date => format::date(value, language),
        Kind::Moment => format::moment(value, language),
        Kind::Mark if value == "1" || value == "true" => value.to_owned(),
        Kind::Mark | Kind::Hidden => return None,
        Kind::Code(codes) => codes.label(value).text(language).to_owned(),
        Kind::NamedCode(codes) => match codes.find(value) {
            Some(words) => format!("{value} – {}", words.text(language)),
            None => value.to_owned(),
        },
        Kind::Account => format::account(value),
    })
}

/// The name of an element that no dictionary has, in words: `PaymentMeansCode` is `Payment means code`.
pub(super) fn spelled(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    let mut signs = name.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_next_lower = signs.peek().is_some_and(|next| next.is_lowercase());
        let starts_word = sign.is_uppercase()
            && (before.is_lowercase() || (before.is_uppercase() && is_next_lower));
        match sign {
            '_' => words.push(' '),
            _ if starts_word => {
                words.push(' ');
                if is_next_lower {
                    words.extend(sign.to_lowercase());
                } else {
                    words.push(sign);
                }
            }
            _ => words.push(sign),
        }
        before = sign;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled() {
        for (name, words) in [
            ("PaymentMeansCode", "Payment means code"),
            ("UBLVersionID", "UBL version ID"),
            ("P_12", "P 12"),
            ("nota", "nota"),
            ("ID", "ID"),
        ] {
            assert_eq!(spelled(name), words);
        }
    }

    #[test]
    fn what_does_not_apply_is_not_shown() {
        let polish = Language::Polish;
        assert_eq!(shown("2", Kind::Mark, polish), None);
        assert_eq!(shown("1", Kind::Hidden, polish), None);
        assert_eq!(shown("23", Kind::Percent, polish).unwrap(), "23%");
        assert_eq!(shown("12.5", Kind::Percent, polish).unwrap(), "12,5%");
        assert_eq!(shown("np I", Kind::Percent, polish).unwrap(), "np I");
    }
}

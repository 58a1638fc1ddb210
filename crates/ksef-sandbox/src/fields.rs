//! Reading JSON bodies as the server does: every violation is reported, unknown fields are ignored, null is absence.

use std::fmt::Display;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use ksef_api::problem::ApiError;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// What is wrong with a request, collected over all its fields.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    invalid: Vec<String>,
    unreadable: Vec<String>,
}

impl Violations {
    /// A value that breaks a rule (21405).
    pub(crate) fn add(&mut self, violation: impl Into<String>) {
        self.invalid.push(violation.into());
    }

    /// A required value that is missing (21405).
    pub(crate) fn missing(&mut self, path: impl Display) {
        self.add(format!("'{path}' must not be empty."));
    }

    /// A text that is not what it should be (21405).
    pub(crate) fn malformed(&mut self, path: impl Display) {
        self.add(format!("'{path}' is not in the correct format."));
    }

    /// A number outside its bounds (21405).
    pub(crate) fn out_of_bounds(
        &mut self,
        path: impl Display,
        bounds: &RangeInclusive<i64>,
        found: i64,
    ) {
        let (from, to) = (bounds.start(), bounds.end());
        self.add(format!(
            "'{path}' must be between {from} and {to}. You entered {found}."
        ));
    }

    /// A value of another JSON type, an unknown name of an enumeration, or no date (21001).
    pub(crate) fn unreadable(&mut self, path: impl Display) {
        self.unreadable.push(format!(
            "The JSON value could not be converted. Path: $.{path}."
        ));
    }

    /// A query parameter that is no number, date or name of its enumeration (21001, which the contract documents for
    /// lists since 2.9.0).
    pub(crate) fn unreadable_parameter(&mut self, name: &str, found: &str) {
        self.unreadable
            .push(format!("The value '{found}' is not valid for '{name}'."));
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.invalid.is_empty() && self.unreadable.is_empty()
    }

    /// The refusal for what was found: 21001 when a value could not be read at all, otherwise 21405.
    pub(crate) fn refuse(self) -> Failure {
        if self.unreadable.is_empty() {
            return Failure::invalid(self.invalid);
        }
        let mut error = ApiError::of_code(21001);
        error.details = self.unreadable;
        Failure::errors(vec![error])
    }

    /// Goes on when nothing was found.
    ///
    /// # Errors
    /// The refusal for what was found.
    pub(crate) fn done(self) -> Result<(), Failure> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.refuse())
        }
    }
}

/// The fields of one JSON object, with the path that violations name.
#[derive(Debug, Clone)]
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    /// The fields of a body.
    pub(crate) fn of(object: &'a Map<String, Value>) -> Self {
        Self {
            object,
            path: String::new(),
        }
    }

    /// The dotted path of a field, as violations name it.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// The value of a field; null counts as missing, names are compared in any letter case.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        let exact = self.object.get(name);
        let found = exact.or_else(|| {
            let mut fields = self.object.iter();
            fields
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        });
        found.filter(|value| !value.is_null())
    }

    /// An optional text.
    pub(crate) fn optional_text(&self, violations: &mut Violations, name: &str) -> Option<&'a str> {
        match self.value(name)? {
            Value::String(text) => Some(text),
            _ => {
                violations.unreadable(self.path(name));
                None
            }
        }
    }

    /// A required text that is not blank.
    pub(crate) fn text(&self, violations: &mut Violations, name: &str) -> Option<&'a str> {
        match self.value(name) {
            None => violations.missing(self.path(name)),
            Some(Value::String(text)) if text.trim().is_empty() => {
                violations.missing(self.path(name));
            }
            Some(Value::String(text)) => return Some(text),
            Some(_) => violations.unreadable(self.path(name)),
        }
        None
    }

    /// A required text of so many characters.
    pub(crate) fn text_within(
        &self,
        violations: &mut Violations,
        name: &str,
        characters: RangeInclusive<usize>,
    ) -> Option<&'a str> {
        let text = self.text(violations, name)?;
        let found = text.chars().count();
        if characters.contains(&found) {
            return Some(text);
        }
        let (from, to) = (characters.start(), characters.end());
        violations.add(format!(
            "'{}' must be between {from} and {to} characters. You entered {found} characters.",
            self.path(name)
        ));
        None
    }

    /// A required text of a form that `parse` knows.
    pub(crate) fn parsed<T, E>(
        &self,
        violations: &mut Violations,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(violations, name)?;
        let value = parse(text);
        if value.is_err() {
            violations.malformed(self.path(name));
        }
        value.ok()
    }

    /// An optional text of a form that `parse` knows.
    pub(crate) fn optional_parsed<T, E>(
        &self,
        violations: &mut Violations,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.value(name)?;
        self.parsed(violations, name, parse)
    }

    /// A required value of an enumeration in any letter case, as `parse` knows it.
    pub(crate) fn choice<T>(
        &self,
        violations: &mut Violations,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(violations, name)?;
        let value = parse(text);
        if value.is_none() {
            violations.unreadable(self.path(name));
        }
        value
    }

    /// An identifier `{type, value}`, as `parse` knows it; the field is required.
    pub(crate) fn identifier<T, E>(
        &self,
        violations: &mut Violations,
        name: &str,
        kinds: &[&str],
        parse: impl FnOnce(&str, &str) -> Result<T, E>,
    ) -> Option<T> {
        let fields = self.object(violations, name)?;
        let kind = fields.choice(violations, "type", |text| {
            kinds
                .iter()
                .copied()
                .find(|kind| kind.eq_ignore_ascii_case(text))
        });
        let value = fields.text(violations, "value");
        let (kind, value) = (kind?, value?);
        let parsed = parse(kind, value);
        if parsed.is_err() {
            violations.malformed(fields.path("value"));
        }
        parsed.ok()
    }

    /// An optional integer within bounds.
    pub(crate) fn optional_integer(
        &self,
        violations: &mut Violations,
        name: &str,
        bounds: RangeInclusive<i64>,
    ) -> Option<i64> {
        let Some(number) = self.value(name)?.as_i64() else {
            violations.unreadable(self.path(name));
            return None;
        };
        if bounds.contains(&number) {
            return Some(number);
        }
        violations.out_of_bounds(self.path(name), &bounds, number);
        None
    }

    /// A required integer within bounds.
    pub(crate) fn integer(
        &self,
        violations: &mut Violations,
        name: &str,
        bounds: RangeInclusive<i64>,
    ) -> Option<i64> {
        if self.value(name).is_none() {
            violations.missing(self.path(name));
        }
        self.optional_integer(violations, name, bounds)
    }

    /// An optional boolean.
    pub(crate) fn optional_boolean(&self, violations: &mut Violations, name: &str) -> Option<bool> {
        let value = self.value(name)?.as_bool();
        if value.is_none() {
            violations.unreadable(self.path(name));
        }
        value
    }

    /// A required boolean.
    pub(crate) fn boolean(&self, violations: &mut Violations, name: &str) -> Option<bool> {
        if self.value(name).is_none() {
            violations.missing(self.path(name));
        }
        self.optional_boolean(violations, name)
    }

    /// An optional instant in ISO-8601.
    pub(crate) fn optional_instant(
        &self,
        violations: &mut Violations,
        name: &str,
    ) -> Option<Timestamp> {
        let text = self.optional_text(violations, name)?;
        let instant = ksef_api::timestamp::parse(text).ok();
        if instant.is_none() {
            violations.unreadable(self.path(name));
        }
        instant
    }

    /// An optional object.
    pub(crate) fn optional_object(
        &self,
        violations: &mut Violations,
        name: &str,
    ) -> Option<Fields<'a>> {
        match self.value(name)? {
            Value::Object(object) => Some(Fields {
                object,
                path: self.path(name),
            }),
            _ => {
                violations.unreadable(self.path(name));
                None
            }
        }
    }

    /// A required object.
    pub(crate) fn object(&self, violations: &mut Violations, name: &str) -> Option<Fields<'a>> {
        if self.value(name).is_none() {
            violations.missing(self.path(name));
        }
        self.optional_object(violations, name)
    }

    /// The values of an optional list; empty when it is missing.
    pub(crate) fn list(&self, violations: &mut Violations, name: &str) -> &'a [Value] {
        match self.value(name) {
            None => &[],
            Some(Value::Array(values)) => values,
            Some(_) => {
                violations.unreadable(self.path(name));
                &[]
            }
        }
    }

    /// The objects of an optional list; empty when it is missing.
    pub(crate) fn objects(&self, violations: &mut Violations, name: &str) -> Vec<Fields<'a>> {
        let mut objects = Vec::new();
        for (index, value) in self.list(violations, name).iter().enumerate() {
            let path = format!("{}[{index}]", self.path(name));
            match value {
                Value::Object(object) => objects.push(Fields { object, path }),
                _ => violations.unreadable(path),
            }
        }
        objects
    }

    /// The texts of an optional list; empty when it is missing.
    pub(crate) fn texts(&self, violations: &mut Violations, name: &str) -> Vec<&'a str> {
        let mut texts = Vec::new();
        for (index, value) in self.list(violations, name).iter().enumerate() {
            match value {
                Value::String(text) => texts.push(text.as_str()),
                _ => violations.unreadable(format!("{}[{index}]", self.path(name))),
            }
        }
        texts
    }
}

#[cfg(test)]
mod tests;

//! The contract as a list of facts, one line each, in words.
//!
//! Two documents that say the same have the same facts, whatever their order, descriptions and examples. A fact is a
//! subject (an operation or a schema), a place in it, and clauses that say what holds there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::document::{Document, SpecOperation, array, object, reference};

/// Clauses by subject and place.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Facts(BTreeMap<String, BTreeMap<String, Vec<String>>>);

impl Facts {
    /// Everything that a contract states.
    pub(super) fn of(document: &Document) -> Self {
        let mut facts = Self::default();
        for operation in document.operations() {
            facts.add_operation(operation);
        }
        for (name, schema) in document.schemas() {
            facts.add_schema(name, "", schema);
            let mut clauses = clauses_of(schema);
            clauses.retain(|clause| clause != "object");
            if !clauses.is_empty() {
                facts.put(name, "is", clauses);
            }
        }
        facts
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    pub(super) fn parse(text: &str) -> Self {
        let mut facts = Self::default();
        let mut subject = "";
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix(INDENT) {
                None => subject = line,
                Some(fact) => {
                    if let Some((place, clauses)) = fact.split_once(": ") {
                        let clauses = clauses.split(BETWEEN).map(str::to_owned).collect();
                        facts.put(subject, place, clauses);
                    }
                }
            }
        }
        facts
    }

    /// One line for each subject and each fact.
    pub(super) fn to_text(&self) -> String {
        let mut text = HEADING.to_owned();
        for (subject, facts) in &self.0 {
            let _ = writeln!(text, "{subject}");
            for (place, clauses) in facts {
                let _ = writeln!(text, "{INDENT}{place}: {}", clauses.join(BETWEEN));
            }
        }
        text
    }

    /// How many facts there are.
    pub(super) fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// What is otherwise in `newer`, one sentence each.
    pub(super) fn changes_to(&self, newer: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        for (subject, facts) in &newer.0 {
            match self.0.get(subject) {
                None => changes.push(format!("{subject}: new in the contract")),
                Some(known) => compare(subject, known, facts, &mut changes),
            }
        }
        let gone = self
            .0
            .keys()
            .filter(|subject| !newer.0.contains_key(*subject));
        changes.extend(gone.map(|subject| format!("{subject}: gone from the contract")));
        changes
    }

    fn put(&mut self, subject: &str, place: &str, clauses: Vec<String>) {
        let places = self.0.entry(subject.to_owned()).or_default();
        places.insert(place.to_owned(), clauses);
    }

    fn add_operation(&mut self, operation: SpecOperation<'_>) {
        let subject = format!(
            "{} {}",
            operation.method.to_ascii_uppercase(),
            operation.path
        );
        let node = operation.node;
        let is_secured = array(node.get("security")).next().is_some();
        let bearer = if is_secured { "required" } else { "none" };
        self.put(&subject, "bearer", vec![bearer.to_owned()]);
        for (place, list) in [
            ("permissions", "x-required-permissions"),
            ("sort", "x-sort"),
        ] {
            let names: Vec<_> = array(node.get(list)).map(plain).collect();
            if !names.is_empty() {
                self.put(&subject, place, names);
            }
        }
        let mut limits: Vec<_> = object(node.get("x-rate-limits"))
            .map(|(window, limit)| format!("{limit} {window}"))
            .collect();
        limits.extend(operation.rate_group().map(|group| format!("group {group}")));
        self.put(&subject, "request limits", limits);
        let statuses = object(node.get("responses")).map(|(status, _)| status.to_owned());
        self.put(&subject, "statuses", statuses.collect());
        let codes = operation.exception_codes();
        let codes: Vec<_> = codes.keys().map(ToString::to_string).collect();
        if !codes.is_empty() {
            self.put(&subject, "error codes", codes);
        }
        for parameter in array(node.get("parameters")) {
            let text = |name| {
                parameter
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let place = format!("{} {}", text("in"), text("name"));
            let mut clauses = parameter.get("schema").map(clauses_of).unwrap_or_default();
            if parameter.get("required") == Some(&Value::Bool(true)) {
                clauses.push(REQUIRED.to_owned());
            }
            self.put(&subject, &place, clauses);
        }
        self.add_contents(&subject, "body", operation.body_content());
        self.add_contents(&subject, "answer", operation.answer_content());
        let headers = operation
            .success()
            .and_then(|(_, answer)| answer.get("headers"));
        for (name, header) in object(headers) {
            let clauses = header.get("schema").map(clauses_of).unwrap_or_default();
            self.put(&subject, &format!("answer header {name}"), clauses);
        }
    }

    fn add_contents(&mut self, subject: &str, what: &str, contents: Option<&Map<String, Value>>) {
        for (media_type, content) in contents.into_iter().flatten() {
            let schema = content.get("schema").unwrap_or(&Value::Null);
            let place = format!("{what} {media_type}");
            let mut clauses = clauses_of(schema);
            let required =
                array(schema.get("required")).map(|name| format!("requires {}", plain(name)));
            clauses.extend(required);
            self.put(subject, &place, clauses);
        }
    }

    /// Members of an object; members of unnamed objects inside it by their dotted path.
    fn add_schema(&mut self, name: &str, path: &str, schema: &Value) {
        let required: BTreeSet<_> = required_members(schema);
        for (member, schema) in object(schema.get("properties")) {
            let place = format!("{path}.{member}");
            let mut clauses = clauses_of(schema);
            if required.contains(member) {
                clauses.push(REQUIRED.to_owned());
            }
            self.put(name, &place, clauses);
            self.add_schema(name, &place, schema);
        }
    }
}

/// Names that a schema or a part of it requires.
fn required_members(schema: &Value) -> BTreeSet<&str> {
    let parts = array(schema.get("allOf")).chain([schema]);
    parts
        .flat_map(|part| array(part.get("required")))
        .filter_map(Value::as_str)
        .collect()
}

/// What holds for a value of this schema.
fn clauses_of(schema: &Value) -> Vec<String> {
    let mut clauses = Vec::new();
    clauses.extend(reference(schema).map(str::to_owned));
    for part in array(schema.get("allOf")) {
        clauses.extend(clauses_of(part));
    }
    if let Some(items) = schema.get("items") {
        clauses.push(format!("list of {}", clauses_of(items).join(" and ")));
    } else if let Some(kind) = schema.get("type").and_then(Value::as_str) {
        clauses.push(kind.to_owned());
    }
    clauses.extend(array(schema.get("enum")).map(|name| format!("\"{}\"", plain(name))));
    for (keyword, value) in object(Some(schema)) {
        let clause = match keyword {
            "format" => format!("format {}", plain(value)),
            "minLength" => format!("at least {value} characters"),
            "maxLength" => format!("at most {value} characters"),
            "minItems" => format!("at least {value} entries"),
            "maxItems" => format!("at most {value} entries"),
            "minimum" => format!("from {value}"),
            "maximum" => format!("up to {value}"),
            "exclusiveMinimum" if value == &Value::Bool(true) => "more than that".to_owned(),
            "pattern" => format!("pattern {}", plain(value).replace(BETWEEN, ",\\x20")),
            "default" => format!("{value} when missing"),
            "nullable" | "deprecated" if value == &Value::Bool(true) => keyword.to_owned(),
            "additionalProperties" => "with members of any name".to_owned(),
            _ => continue,
        };
        clauses.push(clause);
    }
    clauses
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn compare(
    subject: &str,
    known: &BTreeMap<String, Vec<String>>,
    newer: &BTreeMap<String, Vec<String>>,
    changes: &mut Vec<String>,
) {
    for (place, clauses) in newer {
        let at = at(subject, place);
        match known.get(place) {
            None => changes.push(format!(
                "{at}: new in the contract ({})",
                clauses.join(BETWEEN)
            )),
            Some(known) => {
                changes.extend(difference(known, clauses).map(|how| format!("{at}: {how}")))
            }
        }
    }
    let gone = known.keys().filter(|place| !newer.contains_key(*place));
    changes.extend(gone.map(|place| format!("{}: gone from the contract", at(subject, place))));
}

/// `Schema.member`, or `GET /path, place`.
fn at(subject: &str, place: &str) -> String {
    if place.starts_with('.') {
        format!("{subject}{place}")
    } else {
        format!("{subject}, {place}")
    }
}

/// How the clauses differ, in words; `None` when they do not.
fn difference(known: &[String], newer: &[String]) -> Option<String> {
    let only_in = |these: &[String], those: &[String]| {
        let only = these.iter().filter(|clause| !those.contains(clause));
        only.cloned().collect::<Vec<_>>().join(BETWEEN)
    };
    let (added, dropped) = (only_in(newer, known), only_in(known, newer));
    match (added.is_empty(), dropped.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("now also {added}")),
        (true, false) => Some(format!("no longer {dropped}")),
        (false, false) => Some(format!("now {added} instead of {dropped}")),
    }
}

const REQUIRED: &str = "required";
const BETWEEN: &str = ", ";
const INDENT: &str = "  ";
const HEADING: &str = "\
# What the contract 2.9.0 states, as far as programs depend on it: what this repository was written against.
# Made by `cargo xtask spec-drift --accept [FILE]`; `cargo xtask spec-drift [FILE]` tells what a document states otherwise.
";

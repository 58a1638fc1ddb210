//! The published shape of an invoice, and what breaks it.
//!
//! The JSON Schema judges; the sentences are ours, for the validator's speak of the schema and not
//! of the invoice.

use std::sync::LazyLock;

use jsonschema::Validator;
use jsonschema::error::{TypeKind, ValidationError, ValidationErrorKind};
use serde_json::Value as Json;

use crate::column;
use crate::draft::{Draft, Trouble};
use crate::fault::Fault;
use crate::naming::nearest;
use crate::node::pointer_step;

/// The JSON Schema (draft 2020-12) of an invoice, as text.
#[must_use]
pub const fn json_schema() -> &'static str {
    SCHEMA
}

/// Notes everything in which an invoice differs from the schema. `of_table`: what is missing is
/// said in the names of columns.
pub(crate) fn check(draft: &mut Draft, of_table: bool) {
    let Some(shape) = SHAPE.as_ref() else { return };
    let instance = draft.node.to_json();
    let mut broken = Vec::new();
    for error in shape.validator.iter_errors(&instance) {
        broken.extend(shape.faults(&error, of_table));
    }
    for (pointer, fault) in broken {
        if is_explained(draft, &pointer, &fault) {
            continue;
        }
        if let Fault::UnknownKey { key, .. } = &fault {
            let spot = draft.node.at_pointer(&pointer).key_spot(key);
            draft.troubles.push(Trouble {
                spot,
                pointer: Some(format!("{pointer}/{}", pointer_step(key))),
                fault,
                value: None,
            });
        } else {
            draft.trouble_at(&pointer, fault);
        }
    }
}

/// Is something missing only because it could not be read?
fn is_explained(draft: &Draft, pointer: &str, fault: &Fault) -> bool {
    let Fault::Missing { keys, .. } = fault else {
        return false;
    };
    keys.iter().any(|key| {
        let missing = format!("{pointer}/{key}");
        draft
            .failed
            .iter()
            .any(|failed| failed == &missing || failed.starts_with(&format!("{missing}/")))
    })
}

struct Shape {
    schema: Json,
    validator: Validator,
}

static SHAPE: LazyLock<Option<Shape>> = LazyLock::new(|| {
    let schema: Json = serde_json::from_str(SCHEMA).ok()?;
    let validator = jsonschema::draft202012::new(&schema).ok()?;
    Some(Shape { schema, validator })
});

impl Shape {
    /// The faults of one error, each with its pointer.
    fn faults(&self, error: &ValidationError<'_>, of_table: bool) -> Vec<(String, Fault)> {
        let pointer = error.instance_path().as_str().to_owned();
        let schema = self.owner(error);
        let fault = match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let known = properties(schema);
                return unexpected
                    .iter()
                    .map(|key| {
                        let suggestion = nearest(key, known.iter().copied()).map(str::to_owned);
                        let key = key.clone();
                        (pointer.clone(), Fault::UnknownKey { key, suggestion })
                    })
                    .collect();
            }
            ValidationErrorKind::Required { property } => {
                let key = property.as_str().unwrap_or_default().to_owned();
                let columns = if of_table {
                    column::by_pointer(&format!("{pointer}/{key}"))
                        .take(COLUMNS_NAMED)
                        .map(|column| column.polish)
                        .collect()
                } else {
                    Vec::new()
                };
                Fault::Missing {
                    keys: vec![key],
                    columns,
                }
            }
            ValidationErrorKind::Type { kind } => Fault::WrongType {
                expected: match kind {
                    TypeKind::Single(kind) => vec![kind.to_string()],
                    TypeKind::Multiple(kinds) => {
                        kinds.iter().map(|kind| kind.to_string()).collect()
                    }
                },
            },
            // A value of the wrong type was said to be one already.
            ValidationErrorKind::Enum { .. } if !has_type(schema, error.instance()) => {
                return Vec::new();
            }
            ValidationErrorKind::Enum { options } => not_one_of(options, error.instance()),
            ValidationErrorKind::Pattern { .. } => form(schema),
            ValidationErrorKind::MaxLength { limit } => Fault::TooLong { limit: *limit },
            ValidationErrorKind::MinLength { .. } => Fault::Blank,
            ValidationErrorKind::MaxItems { limit } => Fault::TooMany { limit: *limit },
            ValidationErrorKind::MinItems { limit } => Fault::TooFew { limit: *limit },
            ValidationErrorKind::Minimum { limit } => Fault::Form {
                polish: format!("liczba od {limit}"),
                english: format!("a number from {limit}"),
            },
            other => Fault::Form {
                polish: format!("wartość zgodna ze schematem ({})", other.keyword()),
                english: format!("a value that follows the schema ({})", other.keyword()),
            },
        };
        vec![(pointer, fault)]
    }

    /// The part of the schema that holds the keyword an error speaks of.
    fn owner(&self, error: &ValidationError<'_>) -> Option<&Json> {
        let path = error.schema_path().as_str();
        let (owner, _) = path.rsplit_once('/')?;
        self.schema.pointer(owner)
    }
}

fn properties(schema: Option<&Json>) -> Vec<&str> {
    schema
        .and_then(|schema| schema.get("properties"))
        .and_then(Json::as_object)
        .map(|properties| properties.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

/// Is the value of one of the types that this part of the schema allows?
fn has_type(schema: Option<&Json>, instance: &Json) -> bool {
    let types = schema.and_then(|schema| schema.get("type"));
    let allowed = |name: &str| match types {
        Some(Json::String(only)) => only == name,
        Some(Json::Array(many)) => many.iter().any(|one| one == name),
        _ => true,
    };
    match instance {
        Json::String(_) => allowed("string"),
        Json::Number(number) if number.is_f64() => allowed("number"),
        Json::Number(_) => allowed("number") || allowed("integer"),
        Json::Bool(_) => allowed("boolean"),
        _ => types.is_none(),
    }
}

fn not_one_of(options: &Json, instance: &Json) -> Fault {
    let allowed: Vec<String> = options
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .map(str::to_owned)
        .collect();
    let suggestion = instance
        .as_str()
        .and_then(|text| nearest(text, allowed.iter().map(String::as_str)))
        .map(str::to_owned);
    Fault::NotOneOf {
        allowed,
        suggestion,
    }
}

/// What a pattern wants, in the words the schema has for it.
fn form(schema: Option<&Json>) -> Fault {
    let words = |language: &str| {
        schema
            .and_then(|schema| schema.get("x-form"))
            .and_then(|form| form.get(language))
            .and_then(Json::as_str)
            .unwrap_or("?")
            .to_owned()
    };
    Fault::Form {
        polish: words("pl"),
        english: words("en"),
    }
}

/// How many columns a message about something missing names.
const COLUMNS_NAMED: usize = 3;

const SCHEMA: &str = include_str!("../../../docs/reference/import/invoice.schema.json");

#[cfg(test)]
mod tests;

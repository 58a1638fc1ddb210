//! Types put to work on instances of their schemas.

use http::{HeaderMap, StatusCode};
use ksef_api::problem::Problem;
use ksef_api::timestamp;
use serde_json::{Map, Value, json};

use super::Report;
use super::document::{Document, array, examples};
use super::examples::{DEPTH_MAX, Extent, instance, value_of};
use super::table::{RoundTrip, models};

/// Operations whose typed body asks for more than the contract.
///
/// Blocking a context without naming it means nothing, although the contract does not require the name.
const STRICTER: &[&str] = &["testdata.block_context", "testdata.unblock_context"];

pub(super) fn check(document: &Document, report: &mut Report) {
    for model in models() {
        let operation = model.operation;
        let Some(spec) = document.operation(operation.method.as_str(), operation.path) else {
            continue; // reported as a missing operation
        };
        for (what, content, round_trip) in [
            ("body", spec.body_content(), model.body),
            ("answer", spec.answer_content(), model.answer),
        ] {
            let content = content.and_then(|content| content.get("application/json"));
            report.check(content.is_some() == round_trip.is_some(), || {
                format!(
                    "{operation}: typed JSON {what} = {}, in the contract = {}",
                    round_trip.is_some(),
                    content.is_some()
                )
            });
            if let (Some(content), Some(round_trip)) = (content, round_trip) {
                let subject = format!("{operation} {what}");
                let extents = match STRICTER.contains(&operation.id) {
                    true => &[Extent::Full][..],
                    false => &Extent::ALL,
                };
                check_schema(document, content, &subject, extents, round_trip, report);
                check_names(document, content, &subject, round_trip, report);
                check_examples(document, content, &subject, round_trip, report);
            }
        }
    }
}

/// Schemas of problem documents with their status.
const PROBLEMS: &[(&str, u16)] = &[
    ("BadRequestProblemDetails", 400),
    ("UnauthorizedProblemDetails", 401),
    ("ForbiddenProblemDetails", 403),
    ("GoneProblemDetails", 410),
    ("TooManyRequestsProblemDetails", 429),
];

/// Problem documents are read without types of their own; what is read has to be written again all the same.
pub(super) fn check_problems(document: &Document, report: &mut Report) {
    for (name, status) in PROBLEMS {
        let sent = document
            .schema(name)
            .and_then(|schema| instance(document, schema, Extent::Full, 0));
        let code = StatusCode::from_u16(*status);
        report.check(sent.is_some(), || {
            format!("{name}: schema missing or of an unknown kind")
        });
        let (Some(Value::Object(mut sent)), Ok(code)) = (sent, code) else {
            continue;
        };
        sent.insert("status".to_owned(), json!(status));
        let title = code.canonical_reason().unwrap_or_default();
        sent.insert("title".to_owned(), json!(title));
        let sent = Value::Object(sent);
        let problem = Problem::decode(code, &HeaderMap::new(), sent.to_string().as_bytes());
        let back = serde_json::from_slice(&problem.to_problem_json()).unwrap_or(Value::Null);
        compare(&sent, &back, name, report);
        no_more(&sent, &back, name, report);
    }
}

fn check_schema(
    document: &Document,
    content: &Value,
    subject: &str,
    extents: &[Extent],
    round_trip: RoundTrip,
    report: &mut Report,
) {
    let schema = content.get("schema").unwrap_or(&Value::Null);
    for extent in extents.iter().copied() {
        let Some(sent) = instance(document, schema, extent, 0) else {
            report.check(false, || format!("{subject}: schema of an unknown kind"));
            continue;
        };
        match round_trip(&sent) {
            Err(error) => report.check(false, || format!("{subject} ({extent:?}): {error}")),
            Ok(back) => {
                let subject = format!("{subject} ({extent:?})");
                compare(&sent, &back, &subject, report);
                if extent == Extent::Full {
                    no_more(&sent, &back, &subject, report);
                }
            }
        }
    }
}

/// Every name of every enumeration is known where it stands. Names are read in any letter case and written as the contract
/// spells them, so a name that is known comes back from lower case as it should be, and an unknown one as it was.
fn check_names(
    document: &Document,
    content: &Value,
    subject: &str,
    round_trip: RoundTrip,
    report: &mut Report,
) {
    let schema = content.get("schema").unwrap_or(&Value::Null);
    let Some(full) = instance(document, schema, Extent::Full, 0) else {
        return; // reported with the schema
    };
    for (place, names) in enumerations(document, schema, 0) {
        for name in names {
            let mut sent = full.clone();
            if let Some((identifier, "type")) = place.rsplit_once('/')
                && let Some(value) = sent.pointer_mut(&format!("{identifier}/value"))
            {
                *value = json!(value_of(name));
            }
            if let Some(found) = sent.pointer_mut(&place) {
                *found = json!(name.to_lowercase());
            }
            let back = round_trip(&sent);
            let back = back.as_ref().map(|back| back.pointer(&place));
            report.check(back == Ok(Some(&json!(name))), || {
                format!("{subject}: {name} at {place} is not known: {back:?}")
            });
        }
    }
}

/// Places of enumerations in a full instance, as JSON pointers, with their names.
fn enumerations<'a>(
    document: &'a Document,
    schema: &'a Value,
    depth: usize,
) -> Vec<(String, Vec<&'a str>)> {
    let resolved = document.resolve(schema);
    let names: Vec<_> = array(resolved.get("enum"))
        .filter_map(Value::as_str)
        .collect();
    if !names.is_empty() {
        return vec![(String::new(), names)];
    }
    let members = document.members(schema).all;
    let inside = members
        .into_iter()
        .chain(resolved.get("items").map(|items| ("0", items)));
    inside
        .filter(|_| depth < DEPTH_MAX)
        .flat_map(|(step, schema)| {
            let found = enumerations(document, schema, depth + 1);
            found
                .into_iter()
                .map(move |(place, names)| (format!("/{step}{place}"), names))
        })
        .collect()
}

fn check_examples(
    document: &Document,
    content: &Value,
    subject: &str,
    round_trip: RoundTrip,
    report: &mut Report,
) {
    let schema = content.get("schema").unwrap_or(&Value::Null);
    for example in examples(content) {
        let example = completed(example);
        // Some examples break their own schema; they prove nothing about our types.
        let sound = is_sound(document, schema, &example);
        match round_trip(&example) {
            Err(error) => report.check(!sound, || format!("{subject}, example: {error}")),
            Ok(back) => compare(&example, &back, &format!("{subject}, example"), report),
        }
    }
}

/// Whether an example has what its schema requires, with texts of the lengths that it allows.
fn is_sound(document: &Document, schema: &Value, example: &Value) -> bool {
    let members = document.members(schema);
    let resolved = document.resolve(schema);
    match example {
        Value::Object(object) => {
            members
                .required
                .iter()
                .all(|name| object.contains_key(*name))
                && members.all.iter().all(|(name, schema)| {
                    let member = object.get(*name);
                    member.is_none_or(|member| is_sound(document, schema, member))
                })
        }
        Value::Array(items) => {
            let schema = resolved.get("items").unwrap_or(&Value::Null);
            items.iter().all(|item| is_sound(document, schema, item))
        }
        Value::String(text) => {
            let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
            let bound = |name: &str| resolved.get(name).and_then(Value::as_u64);
            bound("minLength").is_none_or(|min| min <= length)
                && bound("maxLength").is_none_or(|max| length <= max)
        }
        _ => true,
    }
}

/// Examples abbreviate binary content with dots, and one identifier breaks its pattern; gives them content that decodes.
fn completed(example: &Value) -> Value {
    match example {
        Value::String(text) if text.ends_with("...") => Value::String("AAECAw==".to_owned()),
        // German VAT numbers have nine digits, also by the contract's own pattern.
        Value::String(text) if text.ends_with("-DE123456789012") => {
            Value::String(text.replace("DE123456789012", "DE123456789"))
        }
        Value::Array(items) => items.iter().map(completed).collect(),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), completed(value)))
                .collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

/// Everything sent has to come back; what is empty may be left out, and instants may change their form.
fn compare(sent: &Value, back: &Value, at: &str, report: &mut Report) {
    match (sent, back) {
        (Value::Object(sent), Value::Object(back)) => {
            for (name, value) in sent {
                let at = format!("{at}.{name}");
                match back.get(name) {
                    Some(back) => compare(value, back, &at, report),
                    None => report.check(is_empty(value), || format!("{at}: lost")),
                }
            }
        }
        (Value::Array(sent), Value::Array(back)) if sent.len() == back.len() => {
            for (index, (sent, back)) in sent.iter().zip(back).enumerate() {
                compare(sent, back, &format!("{at}[{index}]"), report);
            }
        }
        _ => {
            let same =
                sent == back || (is_empty(sent) && is_default(back)) || is_instant(sent, back);
            report.check(same, || format!("{at}: {sent} came back as {back}"));
        }
    }
}

/// Nothing may come back that the contract does not know.
fn no_more(sent: &Value, back: &Value, at: &str, report: &mut Report) {
    match (sent, back) {
        (Value::Object(sent), Value::Object(back)) => {
            for (name, value) in back {
                let at = format!("{at}.{name}");
                match sent.get(name) {
                    Some(sent) => no_more(sent, value, &at, report),
                    None => report.check(false, || format!("{at}: not in the contract")),
                }
            }
        }
        (Value::Array(sent), Value::Array(back)) => {
            for (sent, back) in sent.iter().zip(back) {
                no_more(sent, back, at, report);
            }
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// What a null may become: the default that the contract names, which is false, an empty list, or a type's documented
/// default.
fn is_default(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        other => matches!(other, Value::Null | Value::Bool(false)),
    }
}

fn is_instant(sent: &Value, back: &Value) -> bool {
    let instant = |value: &Value| value.as_str().and_then(|text| timestamp::parse(text).ok());
    instant(sent).is_some_and(|sent| instant(back) == Some(sent))
}

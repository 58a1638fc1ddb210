//! Answers held against the Ministry's `openapi.json`, an oracle that the sandbox and the client do not share.
//!
//! The file is looked for in `KSEF_SPEC_DIR`, or in `../shared/spec` beside the repository; without it nothing is
//! checked. Statuses that the contract does not describe (404, 405, 413, 415, 5xx) are passed over.

use std::path::PathBuf;
use std::sync::OnceLock;

use ksef_api::operation::Operation;
use serde_json::{Map, Value};

/// Panics when the answer is not what the contract describes.
pub(crate) fn check(method: &str, path: &str, status: u16, media_type: &str, body: &[u8]) {
    let (Some(spec), Some(operation)) = (spec(), Operation::route(method, path)) else {
        return;
    };
    let described = &spec["paths"][operation.path][method.to_ascii_lowercase()]["responses"]
        [status.to_string()];
    if described.is_null() {
        let expected = [404, 405, 413, 415].contains(&status) || status >= 500;
        assert!(
            expected,
            "{operation} answers {status}, which its contract does not describe"
        );
        return;
    }
    let media_type = media_type.split(';').next().unwrap_or_default();
    let Some(content) = described["content"].as_object() else {
        assert!(
            body.is_empty(),
            "{operation} {status} has no body by its contract"
        );
        return;
    };
    let schema = &content
        .get(media_type)
        .unwrap_or_else(|| panic!("{operation} {status} as {media_type}"))["schema"];
    if media_type.ends_with("json") {
        let value: Value = serde_json::from_slice(body).unwrap();
        let mut errors = Vec::new();
        compare(spec, schema, &value, "$", &mut errors);
        assert!(
            errors.is_empty(),
            "{operation} {status}: {errors:#?}\n{value:#}"
        );
    }
}

fn spec() -> Option<&'static Value> {
    static SPEC: OnceLock<Option<Value>> = OnceLock::new();
    SPEC.get_or_init(|| {
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/spec");
        let folder = std::env::var_os("KSEF_SPEC_DIR").map_or(beside, PathBuf::from);
        match std::fs::read(folder.join("openapi.json")) {
            Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
            Err(_) => {
                eprintln!(
                    "skipped: no openapi.json to hold the answers against, see KSEF_SPEC_DIR"
                );
                None
            }
        }
    })
    .as_ref()
}

/// Collects where `value` departs from `schema`. Members that the schema does not name are allowed, as by the contract.
fn compare(spec: &Value, schema: &Value, value: &Value, at: &str, errors: &mut Vec<String>) {
    if value.is_null() {
        if schema["nullable"] != Value::Bool(true) {
            errors.push(format!("{at}: null is not allowed"));
        }
        return;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        compare(
            spec,
            &spec["components"]["schemas"][name],
            value,
            at,
            errors,
        );
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        compare(spec, part, value, at, errors);
    }
    match schema["type"].as_str() {
        Some("object") => match value {
            Value::Object(object) => compare_object(spec, schema, object, at, errors),
            _ => errors.push(format!("{at}: no object")),
        },
        Some("array") => match value {
            Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    compare(
                        spec,
                        &schema["items"],
                        value,
                        &format!("{at}[{index}]"),
                        errors,
                    );
                }
            }
            _ => errors.push(format!("{at}: no array")),
        },
        Some("string") => match value {
            Value::String(text) => compare_text(schema, text, at, errors),
            _ => errors.push(format!("{at}: no string")),
        },
        Some("integer") if !value.is_i64() => errors.push(format!("{at}: no integer")),
        Some("boolean") if !value.is_boolean() => errors.push(format!("{at}: no boolean")),
        _ => {}
    }
}

fn compare_object(
    spec: &Value,
    schema: &Value,
    object: &Map<String, Value>,
    at: &str,
    errors: &mut Vec<String>,
) {
    for name in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if !object.contains_key(name) {
            errors.push(format!("{at}.{name}: missing"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = object.get(name) {
            compare(spec, schema, value, &format!("{at}.{name}"), errors);
        }
    }
}

fn compare_text(schema: &Value, text: &str, at: &str, errors: &mut Vec<String>) {
    let characters = text.chars().count() as u64;
    if schema["minLength"]
        .as_u64()
        .is_some_and(|least| characters < least)
        || schema["maxLength"]
            .as_u64()
            .is_some_and(|most| characters > most)
    {
        errors.push(format!("{at}: {characters} characters in {text:?}"));
    }
    if let Some(names) = schema["enum"].as_array()
        && !names.iter().any(|name| name == text)
    {
        errors.push(format!("{at}: {text:?} is none of {names:?}"));
    }
    let is_well_formed = match schema["format"].as_str() {
        Some("date-time") => {
            text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok()
        }
        Some("date") => text.parse::<jiff::civil::Date>().is_ok(),
        Some("byte") => {
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).is_ok()
        }
        Some("uri") => text
            .parse::<http::Uri>()
            .is_ok_and(|uri| uri.scheme().is_some()),
        _ => true,
    };
    if !is_well_formed {
        errors.push(format!("{at}: {text:?} is no {}", schema["format"]));
    }
}

#[test]
fn departures_are_seen() {
    let spec = serde_json::json!({"components": {"schemas": {"Kind": {"type": "string", "enum": ["A", "B"]}}}});
    let schema = serde_json::json!({
        "type": "object", "required": ["kind", "at"],
        "properties": {
            "kind": {"allOf": [{"$ref": "#/components/schemas/Kind"}]},
            "at": {"type": "string", "format": "date-time"},
            "note": {"type": "string", "nullable": true, "maxLength": 2}
        }
    });
    for (value, departures) in [
        (
            serde_json::json!({"kind": "A", "at": "2026-11-21T08:00:00+00:00", "note": null, "more": 1}),
            0,
        ),
        (
            serde_json::json!({"kind": "C", "at": "never", "note": "long"}),
            3,
        ),
        (serde_json::json!({"kind": null}), 2),
        (serde_json::json!([]), 1),
    ] {
        let mut errors = Vec::new();
        compare(&spec, &schema, &value, "$", &mut errors);
        assert_eq!(errors.len(), departures, "{value}: {errors:?}");
    }
}

//! Instances made from schemas.

use serde_json::{Map, Value, json};

use super::document::{Document, array};

/// Which members an instance has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of them.
    Full,
    /// The required ones.
    Required,
    /// The required ones, the others null.
    Nulls,
}

impl Extent {
    pub(super) const ALL: [Self; 3] = [Self::Full, Self::Required, Self::Nulls];
}

/// Nesting after which a schema counts as endless.
pub(super) const DEPTH_MAX: usize = 16;

/// An instance of a schema; `None` when the schema is of a kind that the contract did not use so far.
pub(super) fn instance(
    document: &Document,
    schema: &Value,
    extent: Extent,
    depth: usize,
) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    if let Some(known) = document.name_of(schema).and_then(well_known) {
        return Some(json!(known));
    }
    let members = document.members(schema);
    let resolved = document.resolve(schema);
    if !members.all.is_empty() {
        let mut object = Map::new();
        for (name, member) in &members.all {
            let required = members.required.contains(name);
            let value = match extent {
                Extent::Required if !required => continue,
                Extent::Nulls if !required => Value::Null,
                // Collective identifiers have no schema of their own.
                _ if *name == "collectiveIdentifierNumber" => json!(COLLECTIVE),
                _ if *name == "collectiveIdentifierNumbers" => json!([COLLECTIVE]),
                _ if *name == "currency" => json!("PLN"),
                // The value of an identifier has to fit its type, here the first one.
                _ if *name == "value" && members.all.contains_key("type") => {
                    let kinds = members.all.get("type").map(|kind| document.resolve(kind));
                    let first = kinds.and_then(|kinds| array(kinds.get("enum")).next());
                    json!(value_of(first.and_then(Value::as_str).unwrap_or_default()))
                }
                _ => instance(document, member, extent, depth + 1)?,
            };
            object.insert((*name).to_owned(), value);
        }
        return Some(Value::Object(object));
    }
    if let Some(first) = array(resolved.get("enum")).next() {
        return Some(first.clone());
    }
    match resolved.get("type").and_then(Value::as_str)? {
        "string" => Some(json!(text(resolved))),
        "integer" => Some(resolved.get("minimum").cloned().unwrap_or(json!(7))),
        "number" => Some(json!(100.25)),
        "boolean" => Some(json!(true)),
        "array" => {
            let item = instance(document, resolved.get("items")?, extent, depth + 1)?;
            Some(json!([item]))
        }
        "object" if resolved.get("additionalProperties").is_some() => Some(json!({"key": "text"})),
        _ => None,
    }
}

/// A value that fits an identifier of this type.
pub(super) fn value_of(kind: &str) -> &'static str {
    match kind {
        "Nip" => "5265877635",
        "Pesel" => "15062788702",
        "Fingerprint" => "CEB3643F3E2ABA778BA37A5F0EB8C1A0C0EE3FE1A6B6E6F4E8A5E6E0C5C4B0D1",
        "InternalId" => "7762811692-12343",
        "NipVatUe" => "7762811692-DE123456789",
        "PeppolId" => "PPL123456",
        _ => "some text",
    }
}

fn well_known(name: &str) -> Option<&'static str> {
    Some(match name {
        "Challenge" => "20261121-CR-226FB7B000-3ACF9BE4C0-10",
        "ReferenceNumber" => "20261121-SO-2C3E6C8000-B675CF5D68-07",
        "KsefNumber" => "5265877635-20250626-010080DD2B5E-26",
        "PeppolId" => "PPL123456",
        "Nip" => "5265877635",
        "Pesel" => "15062788702",
        "PermissionId" => "0c9a72e8-f344-457f-9c16-7c640eb60242",
        "Sha256HashBase64" => SHA256,
        _ => return None,
    })
}

const COLLECTIVE: &str = "1111111111-IZ202607-65ED02180000-E7";
const SHA256: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn text(schema: &Value) -> &'static str {
    if schema.get("pattern").and_then(Value::as_str) == Some(SERIAL_PATTERN) {
        return "0321C82DA41B4362";
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => "2026-11-21T08:15:30.1234567+00:00",
        Some("date") => "2026-11-21",
        Some("uri") => "https://storage.example/part?sig=1",
        Some("byte") if schema.get("minLength").and_then(Value::as_u64) == Some(44) => SHA256,
        // 32 bytes, so that it also serves where an identifier of a certificate is meant.
        Some("byte") => SHA256,
        _ => "some text",
    }
}

/// Serial numbers of certificates have a pattern and no schema of their own.
const SERIAL_PATTERN: &str = "^[0-9A-F]{16}$";

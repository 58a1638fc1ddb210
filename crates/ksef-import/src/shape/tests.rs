use ksef_invoice::Language;

use super::*;
use crate::json;
use crate::node::Spot;

const MINIMAL: &str = r#"{"number": "1", "issueDate": "2026-11-21",
  "seller": {"nip": "5265877635", "name": "S", "address": {"line1": "A"}},
  "buyer": {"noId": true},
  "lines": [{"name": "x", "quantity": 1, "netPrice": "10", "vatRate": "23"}]}"#;

fn check_text(text: &str) -> Vec<Trouble> {
    let (mut values, faults) = json::read(text, 1);
    assert_eq!(faults, vec![]);
    let mut draft = Draft::new(values.remove(0), None);
    check(&mut draft, false);
    draft.troubles
}

#[track_caller]
fn broken(from: &str, to: &str, pointer: &str, code: &str) -> Trouble {
    assert!(MINIMAL.contains(from), "{from}");
    let mut troubles = check_text(&MINIMAL.replacen(from, to, 1));
    assert_eq!(troubles.len(), 1, "{troubles:?}");
    let trouble = troubles.remove(0);
    assert_eq!(trouble.pointer.as_deref(), Some(pointer));
    assert_eq!(trouble.fault.code(), code);
    trouble
}

#[test]
fn the_schema_is_one() {
    let schema: Json = serde_json::from_str(json_schema()).unwrap();
    assert_eq!(
        jsonschema::meta::validate(&schema).map_err(|error| error.to_string()),
        Ok(())
    );
    assert!(SHAPE.is_some());
}

#[test]
fn a_minimal_invoice_has_the_shape() {
    assert_eq!(check_text(MINIMAL), vec![]);
}

#[test]
fn unknown_keys_are_placed_and_guessed() {
    let trouble = broken(
        "\"vatRate\"",
        "\"vatrat\"",
        "/lines/0/vatrat",
        "key-unknown",
    );
    assert_eq!(
        trouble.spot,
        Some(Spot::Text {
            line: 4,
            column: 60
        })
    );
    assert!(
        matches!(trouble.fault, Fault::UnknownKey { suggestion: Some(near), .. } if near == "vatRate")
    );
    broken("\"noId\"", "\"nold\"", "/buyer/nold", "key-unknown");
    broken("\"lines\"", "\"a/b\"", "/a~1b", "key-unknown");
}

#[test]
fn values_are_judged_where_they_stand() {
    broken(
        "\"2026-11-21\"",
        "\"21.11.2026\"",
        "/issueDate",
        "value-form",
    );
    broken(
        "\"5265877635\"",
        "\"526-587-76-35\"",
        "/seller/nip",
        "value-form",
    );
    broken("\"10\"", "\"10,00\"", "/lines/0/netPrice", "value-form");
    broken("\"10\"", "\"1e3\"", "/lines/0/netPrice", "value-form");
    broken("\"23\"", "\"24\"", "/lines/0/vatRate", "value-not-allowed");
    broken("\"23\"", "23.5", "/lines/0/vatRate", "value-type");
    broken("true", "\"tak\"", "/buyer/noId", "value-type");
    broken("\"S\"", "\"\"", "/seller/name", "value-blank");
    broken(
        "\"S\"",
        &format!("\"{}\"", "s".repeat(513)),
        "/seller/name",
        "value-too-long",
    );
    broken(
        "[{\"name\": \"x\", \"quantity\": 1, \"netPrice\": \"10\", \"vatRate\": \"23\"}]",
        "5",
        "/lines",
        "value-type",
    );
}

#[test]
fn what_is_missing_is_named() {
    let trouble = broken("\"number\": \"1\", ", "", "", "value-missing");
    assert!(matches!(trouble.fault, Fault::Missing { keys, .. } if keys == ["number"]));
}

#[test]
fn everything_is_found_at_once() {
    let text = MINIMAL
        .replace("2026-11-21", "x")
        .replace("\"10\"", "true")
        .replace("\"seller\"", "\"sellr\"");
    let codes: Vec<_> = check_text(&text)
        .iter()
        .map(|trouble| trouble.fault.code())
        .collect();
    assert_eq!(codes.len(), 4, "{codes:?}");
}

#[test]
fn every_pattern_has_words_in_both_languages() {
    fn visit(schema: &Json, path: &str) {
        if let Some(object) = schema.as_object() {
            if object.get("pattern").is_some_and(Json::is_string) {
                for language in [Language::Polish, Language::English] {
                    let fault = form(Some(schema));
                    let message = crate::wording::message(&fault, Some("x"), language);
                    assert!(!message.contains('?'), "{path}: {message}");
                }
            }
            for (key, part) in object {
                visit(part, &format!("{path}/{key}"));
            }
        }
        for part in schema.as_array().into_iter().flatten() {
            visit(part, path);
        }
    }
    visit(&serde_json::from_str(json_schema()).unwrap(), "");
}

use ksef_core::nip::Nip;
use serde_json::json;

use super::*;

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn all_violations_are_reported_together() {
    let body = object(json!({
        "nip": "123", "description": "abc", "size": 0, "inner": {"value": " "}, "extra": 1, "gone": null
    }));
    let fields = Fields::of(&body);
    let mut violations = Violations::default();
    fields.parsed(&mut violations, "nip", Nip::parse);
    fields.text_within(&mut violations, "description", 5..=256);
    fields.integer(&mut violations, "size", 1..=5);
    fields.text(&mut violations, "gone");
    let inner = fields.object(&mut violations, "inner").unwrap();
    inner.text(&mut violations, "value");
    let failure = violations.done().unwrap_err();
    let [error] = failure.problem.errors.as_slice() else {
        panic!("one entry")
    };
    assert_eq!(error.code, 21405);
    assert_eq!(
        error.details,
        [
            "'nip' is not in the correct format.",
            "'description' must be between 5 and 256 characters. You entered 3 characters.",
            "'size' must be between 1 and 5. You entered 0.",
            "'gone' must not be empty.",
            "'inner.value' must not be empty.",
        ]
    );
}

#[test]
fn another_json_type_is_unreadable() {
    let body = object(json!({"nip": 5, "list": [1], "kind": "Sky", "when": "never"}));
    let fields = Fields::of(&body);
    let mut violations = Violations::default();
    fields.text(&mut violations, "nip");
    fields.texts(&mut violations, "list");
    fields.choice(&mut violations, "kind", |text| {
        (text == "Earth").then_some(())
    });
    fields.optional_instant(&mut violations, "when");
    fields.text(&mut violations, "missing");
    let failure = violations.refuse();
    assert_eq!(failure.problem.errors[0].code, 21001);
    assert_eq!(failure.problem.errors[0].details.len(), 4);
}

#[test]
fn names_and_enumerations_match_in_any_letter_case() {
    let body =
        object(json!({"SubjectNip": "5265877635", "id": {"type": "nIP", "value": "5265877635"}}));
    let fields = Fields::of(&body);
    let mut violations = Violations::default();
    assert!(
        fields
            .parsed(&mut violations, "subjectNip", Nip::parse)
            .is_some()
    );
    let context = fields.identifier(
        &mut violations,
        "id",
        &["Nip"],
        ksef_core::context::ContextIdentifier::from_parts,
    );
    assert_eq!(context.unwrap().to_string(), "Nip:5265877635");
    violations.done().unwrap();
}

//! Findings as SARIF 2.1.0 (OASIS Standard, 2020-03-27), for code scanning and editors.

use std::collections::BTreeMap;
use std::path::Path;

use ksef_invoice::finding::Severity;
use ksef_invoice::rule::Rule;
use serde_json::{Map, Value, json};

use super::human::language;
use super::judge::{Judged, Located};
use super::machine::Document;
use super::source::Source;
use crate::lang::Lang;

/// The log of a run.
pub(super) fn log(document: &Document<'_>, lang: Lang) -> Value {
    let located = document.files.iter().flat_map(|file| &file.findings);
    let mut rules: BTreeMap<Rule, usize> =
        located.map(|located| (located.finding.rule(), 0)).collect();
    for (index, place) in rules.values_mut().enumerate() {
        *place = index;
    }
    let results: Vec<Value> = document
        .files
        .iter()
        .enumerate()
        .flat_map(|(index, file)| {
            let rules = &rules;
            file.findings
                .iter()
                .map(move |located| result((index, file), located, rules, lang))
        })
        .collect();
    let descriptors: Vec<Value> = rules.keys().map(|rule| descriptor(*rule, lang)).collect();
    let artifacts: Vec<Value> = document.files.iter().map(artifact).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "ksef",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": descriptors,
            }},
            "language": lang.pick("en-US", "pl-PL"),
            "columnKind": "utf16CodeUnits",
            "invocations": [invocation(document, lang)],
            "artifacts": artifacts,
            "results": results,
        }],
    })
}

/// How the run went: what could not be read is told here, because it is no finding about a document.
fn invocation(document: &Document<'_>, lang: Lang) -> Value {
    let unread = document.files.iter().filter_map(|file| {
        let error = file.unreadable.as_ref()?;
        Some((file.source.name(), error.to_string()))
    });
    let bad = document
        .bad
        .iter()
        .map(|bad| (bad.path.clone(), bad.why.in_lang(lang).to_owned()));
    let notifications: Vec<Value> = unread
        .chain(bad)
        .map(|(path, why)| {
            json!({
                "level": "error",
                "message": {"text": format!("{path}: {why}")},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(Path::new(&path))}}}],
            })
        })
        .collect();
    json!({
        "executionSuccessful": notifications.is_empty(),
        "exitCode": document.tally.exit().code(),
        "toolExecutionNotifications": notifications,
    })
}

fn artifact(file: &Judged) -> Value {
    let mut artifact = Map::new();
    artifact.insert("location".into(), json!({"uri": file_uri(file)}));
    artifact.insert("mimeType".into(), "application/xml".into());
    artifact.insert("roles".into(), json!(["analysisTarget"]));
    if let Some((size, _)) = file.identity {
        artifact.insert("length".into(), size.into());
    }
    Value::Object(artifact)
}

fn result(
    (index, file): (usize, &Judged),
    located: &Located,
    rules: &BTreeMap<Rule, usize>,
    lang: Lang,
) -> Value {
    let finding = &located.finding;
    let mut physical = Map::new();
    let artifact = json!({"uri": file_uri(file), "index": index});
    physical.insert("artifactLocation".into(), artifact);
    if let Some((place, (first, end))) = finding.position().zip(located.columns) {
        let mut region = Map::new();
        region.insert("startLine".into(), place.line.into());
        region.insert("startColumn".into(), first.into());
        region.insert("endColumn".into(), end.into());
        region.insert("byteOffset".into(), place.offset.into());
        if let Some(excerpt) = located.excerpt.as_ref()
            && !excerpt.marked.is_empty()
        {
            region.insert("byteLength".into(), excerpt.marked_bytes.into());
            region.insert("snippet".into(), json!({"text": excerpt.marked}));
        }
        physical.insert("region".into(), Value::Object(region));
    }
    let mut location = Map::new();
    location.insert("physicalLocation".into(), Value::Object(physical));
    if let Some(path) = finding.path() {
        let logical = json!([{"fullyQualifiedName": path, "kind": "element"}]);
        location.insert("logicalLocations".into(), logical);
    }
    let mut properties = Map::new();
    for (name, value) in [
        ("expected", finding.expected()),
        ("actual", finding.actual()),
    ] {
        if let Some(value) = value {
            properties.insert(name.into(), value.into());
        }
    }
    let mut result = Map::new();
    let rule = finding.rule();
    result.insert("ruleId".into(), rule.id().into());
    result.insert("ruleIndex".into(), json!(rules.get(&rule)));
    result.insert("level".into(), level(finding.severity()).into());
    let message = finding.message(language(lang));
    result.insert("message".into(), json!({"text": message}));
    result.insert("locations".into(), json!([location]));
    if !properties.is_empty() {
        result.insert("properties".into(), Value::Object(properties));
    }
    Value::Object(result)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        _ => "note",
    }
}

fn descriptor(rule: Rule, lang: Lang) -> Value {
    let language = language(lang);
    let explanation = rule.explanation();
    let text = explanation.text(language);
    let repair = explanation.repair(language);
    json!({
        "id": rule.id(),
        "shortDescription": {"text": explanation.title(language)},
        "fullDescription": {"text": text},
        "help": {"text": format!("{text} {repair}")},
        "defaultConfiguration": {"level": level(rule.severity())},
        "properties": {
            "ksefStatus": rule.refusal().map(|refusal| refusal.code()),
            "source": explanation.source(),
        },
    })
}

fn file_uri(file: &Judged) -> String {
    match &file.source {
        Source::File(path) => uri(path),
        Source::Stdin => "stdin".to_owned(),
    }
}

/// A path as a URI reference: relative ones stay relative, so that the log speaks of the repository it was made in.
fn uri(path: &Path) -> String {
    let mut uri = String::new();
    if path.is_absolute() {
        uri.push_str("file://");
    }
    let text = path.display().to_string();
    #[cfg(windows)]
    let text = text.replace('\\', "/");
    let text = text.strip_prefix("./").unwrap_or(&text);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri(Path::new("./in/a b.xml")), "in/a%20b.xml");
        assert_eq!(uri(Path::new("faktura ż%.xml")), "faktura%20%C5%BC%25.xml");
        assert_eq!(uri(Path::new("c:d.xml")), "c%3Ad.xml");
        #[cfg(unix)]
        assert_eq!(uri(Path::new("/tmp/a.xml")), "file:///tmp/a.xml");
    }
}

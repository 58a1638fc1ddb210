//! Results for machines. The names are part of the interface (docs/reference/validate-json.md): add, do not change.

use ksef_invoice::finding::{Finding, Language, Severity};
use serde_json::{Map, Value, json};

use super::inputs::BadInput;
use super::judge::{Judge, Judged};
use super::tally::Tally;
use crate::lang::{Lang, Text};
use crate::send::words;

/// Everything that was judged.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) judge: &'a Judge,
    pub(super) tally: &'a Tally,
    pub(super) files: &'a [Judged],
    pub(super) bad: Vec<BadPath>,
}

/// A path without documents.
#[derive(Debug)]
pub(super) struct BadPath {
    pub(super) path: String,
    pub(super) why: Text,
}

impl BadPath {
    pub(super) fn of(bad: &BadInput) -> Self {
        Self {
            path: bad.path.display().to_string(),
            why: words::bad_input(&bad.fault),
        }
    }
}

impl Document<'_> {
    /// The document that `--format json` prints.
    pub(super) fn json(&self) -> Value {
        let files: Vec<Value> = self.files.iter().map(file).collect();
        let bad: Vec<Value> = self
            .bad
            .iter()
            .map(|bad| json!({"path": bad.path, "reason": bad.why.in_lang(Lang::En)}))
            .collect();
        json!({
            "version": 1,
            "rules": self.judge.rules.name(),
            "production": self.judge.is_production,
            "today": self.judge.today,
            "schema": self.judge.schema.as_ref().map(|(file, _)| file),
            "totals": self.tally.json(),
            "files": files,
            "badPaths": bad,
            "exitCode": self.tally.exit().code(),
        })
    }
}

fn file(judged: &Judged) -> Value {
    let mut file = Map::new();
    file.insert("file".into(), judged.source.name().into());
    file.insert("valid".into(), judged.is_valid().into());
    if let Some(error) = &judged.unreadable {
        file.insert("unreadable".into(), error.to_string().into());
    }
    if let Some((size, hash)) = &judged.identity {
        file.insert("size".into(), (*size).into());
        file.insert("hash".into(), json!(hash));
    }
    if let Some(metadata) = &judged.metadata {
        file.insert("form".into(), metadata.form.system_code().into());
        file.insert("kind".into(), metadata.kind.wire_name().into());
        file.insert("seller".into(), metadata.seller.nip.to_string().into());
        file.insert("issueDate".into(), json!(metadata.issue_date));
    }
    if let Some(number) = &judged.number {
        file.insert("number".into(), number.clone().into());
    }
    let findings: Vec<Value> = judged
        .findings
        .iter()
        .map(|located| finding_json(&located.finding))
        .collect();
    file.insert("findings".into(), findings.into());
    Value::Object(file)
}

/// A finding for machines.
pub(crate) fn finding_json(finding: &Finding) -> Value {
    let place = finding.position();
    json!({
        "rule": finding.rule().id(),
        "severity": severity_name(finding.severity()),
        "statusCode": finding.refusal().map(|refusal| refusal.code()),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
        "offset": place.map(|place| place.offset),
        "path": finding.path(),
        "message": finding.message(Language::English),
        "messagePl": finding.message(Language::Polish),
        "expected": finding.expected(),
        "actual": finding.actual(),
    })
}

/// The stable name of a severity.
pub(crate) fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        _ => "information",
    }
}

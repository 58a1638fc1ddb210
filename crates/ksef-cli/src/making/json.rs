//! What came of a source, for machines (docs/reference/new-json.md): add names, do not change them.

use ksef_import::{ImportProblem, Origin, Place};
use ksef_invoice::Language;
use serde_json::{Map, Value, json};

use super::{Fate, Made, Making};
use crate::validate::finding_json;

impl Making {
    /// Everything as one document.
    pub(super) fn json(&self) -> Value {
        json!({
            "version": 1,
            "source": self.source,
            "folder": self.folder.display().to_string(),
            "totals": {
                "written": self.count(|fate| matches!(fate, Fate::Written)),
                "unchanged": self.count(|fate| matches!(fate, Fate::Unchanged)),
                "wouldWrite": self.count(|fate| matches!(fate, Fate::WouldWrite)),
                "exists": self.count(|fate| matches!(fate, Fate::Exists)),
                "invalid": self.count(|fate| matches!(fate, Fate::Invalid)),
                "failed": self.count(|fate| matches!(fate, Fate::Failed(_))),
                "problems": self.problems.len(),
            },
            "invoices": self.made.iter().map(Made::json).collect::<Vec<_>>(),
            "problems": self.problems.iter().map(problem).collect::<Vec<_>>(),
            "exitCode": self.exit().code(),
        })
    }
}

impl Made {
    fn json(&self) -> Value {
        let mut value = json!({
            "number": self.number,
            "status": self.fate.name(),
            "file": self.path.display().to_string(),
            "hash": self.hash,
            "place": place(&self.origin),
            "rows": self.rows,
            "findings": self.findings.iter().map(finding_json).collect::<Vec<_>>(),
        });
        if let (Fate::Failed(error), Some(members)) = (&self.fate, value.as_object_mut()) {
            members.insert("reason".into(), error.to_string().into());
        }
        value
    }
}

/// A problem of a source.
pub(super) fn problem(problem: &ImportProblem) -> Value {
    json!({
        "code": problem.code(),
        "place": place(problem.origin()),
        "invoice": problem.invoice(),
        "value": problem.value(),
        "message": problem.message(Language::English),
        "messagePl": problem.message(Language::Polish),
        "advice": problem.advice(Language::English),
        "advicePl": problem.advice(Language::Polish),
    })
}

fn place(origin: &Origin) -> Value {
    let mut place = Map::new();
    place.insert("file".into(), origin.file.clone().into());
    match &origin.place {
        Place::Text {
            line,
            column,
            pointer,
        } => {
            place.insert("line".into(), (*line).into());
            place.insert("column".into(), (*column).into());
            place.insert("pointer".into(), pointer.clone().into());
        }
        Place::Row { sheet, row } => {
            place.insert("sheet".into(), sheet.clone().into());
            place.insert("row".into(), (*row).into());
        }
        Place::Cell {
            sheet,
            row,
            column,
            header,
        } => {
            place.insert("sheet".into(), sheet.clone().into());
            place.insert("row".into(), (*row).into());
            place.insert("columnLetters".into(), column.clone().into());
            place.insert("header".into(), header.clone().into());
        }
        _ => {}
    }
    Value::Object(place)
}

//! Comparison of `ksef-api` with the Ministry's `openapi.json`, or with a newer document.
//!
//! Two questions are answered. What does the document state otherwise than the contract that this repository was
//! written against? For that, [`facts`] are compared with the recorded ones. And what does the code do otherwise than
//! the document? Operations are compared as facts as well; types are put to work: for every typed call and answer,
//! instances are generated from the schema (every member; required members only; optional members null; every name of
//! every enumeration) and sent through our types, together with the document's own examples. What does not survive the
//! way in and out is a finding.

mod calls;
mod document;
mod examples;
mod facts;
mod names;
mod operations;
mod table;
mod typed;
mod types;

use std::path::{Path, PathBuf};

use document::Document;
use facts::Facts;

/// What a comparison found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Facts that were compared.
    pub(crate) facts: usize,
    /// What the document states otherwise than the recorded contract, one line each.
    pub(crate) changes: Vec<String>,
    /// What the code does otherwise than the document, one line each.
    pub(crate) findings: Vec<String>,
}

impl Report {
    /// Counts a fact and keeps the finding when it does not hold.
    fn check(&mut self, holds: bool, finding: impl FnOnce() -> String) {
        self.facts += 1;
        if !holds {
            self.findings.push(finding());
        }
    }

    /// Everything found, under a heading each.
    fn into_lines(self) -> Vec<String> {
        let mut lines = Vec::new();
        for (heading, found) in [
            (
                "What the document states otherwise than the contract recorded here:",
                self.changes,
            ),
            (
                "What the code does otherwise than the document:",
                self.findings,
            ),
        ] {
            if !found.is_empty() {
                lines.push(heading.to_owned());
                lines.extend(found.into_iter().map(|line| format!("  {line}")));
            }
        }
        lines
    }
}

/// The folder with `openapi.json`: `KSEF_SPEC_DIR`, or `../shared/spec` beside the repository.
pub(crate) fn find_spec(repository: &Path) -> Option<PathBuf> {
    let folder = std::env::var_os("KSEF_SPEC_DIR")
        .map_or_else(|| repository.join("../shared/spec"), PathBuf::from);
    folder.join("openapi.json").is_file().then_some(folder)
}

/// `cargo xtask spec-drift [--accept] [FILE]`
///
/// # Errors
/// Differences, one line each; a document that cannot be read; a record that cannot be written.
pub(crate) fn run(repository: &Path, arguments: &[String]) -> Result<String, Vec<String>> {
    let is_accepting = arguments.iter().any(|it| it == "--accept");
    let mut files = arguments.iter().filter(|it| *it != "--accept");
    let file = files.next().map(PathBuf::from);
    if let Some(more) = files.next() {
        return Err(vec![format!("spec-drift: one document, not also {more}")]);
    }
    let beside = || Some(find_spec(repository)?.join("openapi.json"));
    let Some(file) = file.or_else(beside) else {
        return Ok(
            "spec-drift: skipped, no openapi.json (set KSEF_SPEC_DIR or name a file)".to_owned(),
        );
    };
    let document = Document::load(&file).map_err(|error| vec![error])?;
    if is_accepting {
        let facts = Facts::of(&document);
        let record = repository.join(RECORD);
        std::fs::write(&record, facts.to_text())
            .map_err(|error| vec![format!("{}: {error}", record.display())])?;
        return Ok(format!(
            "spec-drift: {} facts recorded in {RECORD}",
            facts.len()
        ));
    }
    let report = check(&document);
    let facts = report.facts;
    let lines = report.into_lines();
    if lines.is_empty() {
        Ok(format!("spec-drift: {facts} facts agree with the contract"))
    } else {
        Err(lines)
    }
}

/// Compares everything.
fn check(document: &Document) -> Report {
    let (known, found) = (Facts::parse(RECORDED), Facts::of(document));
    let mut report = Report {
        facts: found.len(),
        changes: known.changes_to(&found),
        ..Report::default()
    };
    operations::check(document, &mut report);
    typed::check(document, &mut report);
    calls::check(document, &mut report);
    types::check(document, &mut report);
    types::check_problems(document, &mut report);
    names::check(document, &mut report);
    report
}

/// The contract that this repository was written against.
const RECORDED: &str = include_str!("contract.txt");
/// Where it is kept.
const RECORD: &str = "crates/xtask/src/spec_drift/contract.txt";

#[cfg(test)]
mod tests;

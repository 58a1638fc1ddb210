//! Comparison of `ksef-api` with the Ministry's `openapi.json`.
//!
//! Operations are compared as facts. Types are put to work: for every typed call and answer, instances are generated
//! from the schema (every member; required members only; optional members null) and sent through our types, together
//! with the contract's own examples. What does not survive the way in and out is a finding.

mod calls;
mod document;
mod examples;
mod names;
mod operations;
mod table;
mod types;

use std::path::{Path, PathBuf};

use document::Document;

/// What a comparison found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Facts that were compared.
    pub(crate) facts: usize,
    /// Disagreements, one line each.
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
}

/// The folder with `openapi.json`: `KSEF_SPEC_DIR`, or `../shared/spec` beside the repository.
pub(crate) fn find_spec(repository: &Path) -> Option<PathBuf> {
    let folder = std::env::var_os("KSEF_SPEC_DIR")
        .map_or_else(|| repository.join("../shared/spec"), PathBuf::from);
    folder.join("openapi.json").is_file().then_some(folder)
}

/// Compares everything.
///
/// # Errors
/// When `openapi.json` cannot be read.
pub(crate) fn check(folder: &Path) -> Result<Report, String> {
    let document = Document::load(folder)?;
    let mut report = Report::default();
    operations::check(&document, &mut report);
    calls::check(&document, &mut report);
    types::check(&document, &mut report);
    types::check_problems(&document, &mut report);
    names::check(&document, &mut report);
    Ok(report)
}

//! How many files are as they should be.

use ksef_invoice::finding::Severity;
use serde_json::{Value, json};

use super::judge::Judged;
use crate::exit::Exit;
use crate::lang::Text;

/// Counts of files and findings.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) files: usize,
    /// Files without an error.
    pub(crate) valid: usize,
    /// Files with an error.
    pub(crate) invalid: usize,
    /// Files that could not be read.
    pub(crate) unreadable: usize,
    /// Files without an error that have a warning.
    pub(crate) with_warnings: usize,
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    pub(crate) notes: usize,
    bad_paths: usize,
}

impl Tally {
    /// Nothing counted yet but paths that give no files.
    pub(crate) fn new(bad_paths: usize) -> Self {
        Self {
            bad_paths,
            ..Self::default()
        }
    }

    /// Counts one file.
    pub(crate) fn add(&mut self, judged: &Judged) {
        self.files += 1;
        if judged.unreadable.is_some() {
            self.unreadable += 1;
            return;
        }
        let count = |wanted: Severity| {
            judged
                .findings
                .iter()
                .filter(|located| located.finding.severity() == wanted)
                .count()
        };
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        self.errors += errors;
        self.warnings += warnings;
        self.notes += judged.findings.len() - errors - warnings;
        if errors > 0 {
            self.invalid += 1;
        } else {
            self.valid += 1;
            self.with_warnings += usize::from(warnings > 0);
        }
    }

    /// How the process ends.
    pub(crate) fn exit(&self) -> Exit {
        if self.invalid + self.unreadable + self.bad_paths > 0 {
            Exit::InvalidInvoice
        } else {
            Exit::Done
        }
    }

    /// The counts that are not zero, files first.
    pub(crate) fn text(&self) -> Text {
        let files = [
            (self.valid, "valid", "poprawne"),
            (self.invalid, "invalid", "niepoprawne"),
            (self.unreadable, "unreadable", "nieczytelne"),
        ];
        let findings = [
            (self.errors, "errors", "błędy"),
            (self.warnings, "warnings", "ostrzeżenia"),
            (self.notes, "notes", "uwagi"),
        ];
        let list = |parts: &[(usize, &str, &str)], pl: bool| {
            parts
                .iter()
                .filter(|(count, ..)| *count > 0)
                .map(|(count, in_english, in_polish)| {
                    let word = if pl { in_polish } else { in_english };
                    format!("{word}: {count}")
                })
                .collect::<Vec<_>>()
                .join(", ")
        };
        let sentence = |start: &str, pl: bool| {
            let parts = [list(&files, pl), list(&findings, pl)];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            format!("{start}: {} – {}", self.files, parts.join("; "))
        };
        if self.files == 0 {
            return Text::new("files: 0", "pliki: 0");
        }
        Text::new(sentence("files", false), sentence("pliki", true))
    }

    /// The counts for machines.
    pub(crate) fn json(&self) -> Value {
        json!({
            "files": self.files,
            "valid": self.valid,
            "invalid": self.invalid,
            "unreadable": self.unreadable,
            "withWarnings": self.with_warnings,
            "errors": self.errors,
            "warnings": self.warnings,
            "information": self.notes,
        })
    }
}

//! One check and how it ended.

use serde_json::{Value, json};

use crate::lang::{Lang, Text};
use crate::printer::Printer;

/// One check.
#[derive(Debug)]
pub(super) struct Check {
    name: &'static str,
    /// `None` when it could not be made.
    passed: Option<bool>,
    says: Text,
}

impl Check {
    /// A check that was made, with what it says when it passed and when not.
    pub(super) fn of(name: &'static str, passed: bool, good: Text, bad: Text) -> Self {
        Self {
            name,
            passed: Some(passed),
            says: if passed { good } else { bad },
        }
    }

    /// A check that could not be made, or whose outcome does not matter.
    pub(super) fn open(name: &'static str, why: Text) -> Self {
        Self {
            name,
            passed: None,
            says: why,
        }
    }
}

/// Checks in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Checks(Vec<Check>);

impl Checks {
    pub(super) fn add(&mut self, check: Check) {
        self.0.push(check);
    }

    /// Whether one was made and did not pass.
    pub(super) fn has_failed(&self) -> bool {
        self.0.iter().any(|check| check.passed == Some(false))
    }

    /// Whether this check could not be made.
    pub(super) fn is_open(&self, name: &str) -> bool {
        let mut open = self.0.iter().filter(|check| check.passed.is_none());
        open.any(|check| check.name == name)
    }

    /// As the pages of the sandbox write theirs.
    pub(super) fn json(&self) -> Vec<Value> {
        let value = |check: &Check| {
            json!({
                "check": check.name,
                "passed": check.passed,
                "description": {
                    "pl": check.says.in_lang(Lang::Pl),
                    "en": check.says.in_lang(Lang::En),
                },
            })
        };
        self.0.iter().map(value).collect()
    }

    pub(super) fn print(&self, printer: &Printer) {
        for check in &self.0 {
            print(printer, check.passed, check.says.in_lang(printer.lang()));
        }
    }
}

/// A line: how it ended, and what that means.
pub(super) fn print(printer: &Printer, passed: Option<bool>, says: &str) {
    let mark = match passed {
        Some(true) => "✔ ",
        Some(false) => "✘ ",
        None => "– ",
    };
    printer.labelled(mark, says);
}

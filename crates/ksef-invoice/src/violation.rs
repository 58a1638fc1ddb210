//! A broken business rule with its sentences, made where the rule is checked.

use crate::finding::{Language, Severity};
use crate::rule::Rule;

/// What breaks a rule, in words. Rules that compare carry what they expected and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    rule: Rule,
    severity: Severity,
    polish: String,
    english: String,
    expected: Option<String>,
    actual: Option<String>,
}

impl Violation {
    /// A violation with its sentence in both languages, without the place and without a full stop.
    #[must_use]
    pub fn new(rule: Rule, polish: impl Into<String>, english: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity(),
            polish: polish.into(),
            english: english.into(),
            expected: None,
            actual: None,
        }
    }

    /// Adds what the rule computed or requires, and what the document says.
    #[must_use]
    pub fn comparing(mut self, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self.actual = Some(actual.into());
        self
    }

    /// Makes it a warning: the rule counts, but not for KSeF in this environment.
    #[must_use]
    pub const fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// The rule.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// The sentence.
    #[must_use]
    pub fn message(&self, language: Language) -> &str {
        match language {
            Language::Polish => &self.polish,
            Language::English => &self.english,
        }
    }

    /// What the rule computed or requires.
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }

    /// What the document says.
    #[must_use]
    pub fn actual(&self) -> Option<&str> {
        self.actual.as_deref()
    }
}

//! Where rules put what they find.

use std::collections::BTreeMap;

use crate::finding::{Fault, Finding, locate};
use crate::problem::Problem;
use crate::rule::Rule;
use crate::tree::Element;
use crate::violation::Violation;

/// The findings so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    faults: Vec<Fault>,
    counts: BTreeMap<Rule, usize>,
}

impl Report {
    /// A problem at an element: at its value when it has one, else at its start tag.
    pub(super) fn add(&mut self, element: Element<'_>, problem: impl Into<Problem>) {
        let problem = problem.into();
        let count = self.counts.entry(problem.rule()).or_default();
        *count += 1;
        if *count > FINDINGS_MAX {
            return;
        }
        let offset = if element.children().next().is_none() && !element.value().is_empty() {
            let text = element.text();
            let blank = text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len();
            element.text_offset() + blank
        } else {
            element.offset()
        };
        self.faults
            .push(Fault::at(offset, problem).with_path(element.path()));
    }

    /// The findings with lines and columns, by place.
    pub(super) fn into_findings(self, bytes: &[u8]) -> Vec<Finding> {
        locate(bytes, self.faults)
    }
}

impl From<Violation> for Problem {
    fn from(violation: Violation) -> Self {
        Self::Violation(Box::new(violation))
    }
}

/// How many findings of one rule are kept.
const FINDINGS_MAX: usize = 50;

//! What was found so far. A repair may take back what it understood better later.

use super::super::problem::SchemaProblem;
use crate::finding::Fault;
use crate::problem::Problem;

/// How many findings are made before the validator stops looking.
pub const FINDINGS_MAX: usize = 500;

#[derive(Debug, Default)]
pub(super) struct Report {
    faults: Vec<Option<Fault>>,
}

impl Report {
    pub(super) fn push(&mut self, fault: Fault) -> usize {
        self.faults.push(Some(fault));
        self.faults.len() - 1
    }

    pub(super) fn len(&self) -> usize {
        self.faults.len()
    }

    /// Are there so many that the rest is left out?
    pub(super) fn is_full(&self) -> bool {
        self.faults.len() > FINDINGS_MAX
    }

    /// Takes findings back.
    pub(super) fn retract(&mut self, range: std::ops::Range<usize>) {
        let end = range.end.min(self.faults.len());
        if let Some(faults) = self.faults.get_mut(range.start..end) {
            faults.fill(None);
        }
    }

    /// Replaces what a finding says; a finding that was taken back stays so.
    pub(super) fn replace(&mut self, index: usize, problem: SchemaProblem) {
        if let Some(Some(fault)) = self.faults.get_mut(index) {
            fault.problem = Problem::Schema(Box::new(problem));
        }
    }

    /// What a finding says.
    pub(super) fn problem(&self, index: usize) -> Option<&SchemaProblem> {
        match self.faults.get(index)?.as_ref()?.problem {
            Problem::Schema(ref problem) => Some(problem),
            _ => None,
        }
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        let is_full = self.is_full();
        let mut faults: Vec<_> = self.faults.into_iter().flatten().collect();
        if is_full {
            faults.truncate(FINDINGS_MAX);
            let limit = SchemaProblem::Limit(FINDINGS_MAX);
            faults.push(Fault::of_document(Problem::Schema(Box::new(limit))));
        }
        faults
    }
}

//! How many files came to which end.

use serde_json::{Value, json};

use super::{Outcome, Results};
use crate::lang::Text;

/// Counts by outcome; a file that repeats another one is counted as such only.
#[derive(Debug, Default)]
pub(super) struct Totals {
    accepted: usize,
    accepted_before: usize,
    conflicts: usize,
    rejected: usize,
    pending: usize,
    not_sent: usize,
    would_send: usize,
    invalid: usize,
    repeated: usize,
}

impl Results {
    /// Counts the rows.
    pub(super) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for row in self.rows.iter().filter(|row| row.same_as.is_none()) {
            match &row.outcome {
                Outcome::Accepted { before: false, .. } => totals.accepted += 1,
                Outcome::Accepted { before: true, .. } => totals.accepted_before += 1,
                Outcome::Rejected { rejected, .. } if rejected.conflict.is_some() => {
                    totals.conflicts += 1;
                }
                Outcome::Rejected { .. } => totals.rejected += 1,
                Outcome::Pending { .. } | Outcome::Unknown => totals.pending += 1,
                Outcome::NotSent(_) => totals.not_sent += 1,
                Outcome::WouldSend { .. } => totals.would_send += 1,
                Outcome::Invalid(..) => totals.invalid += 1,
            }
        }
        totals.repeated = self.rows.iter().filter(|row| row.same_as.is_some()).count();
        totals
    }
}

impl Totals {
    fn parts(&self) -> [(usize, &'static str, &'static str, &'static str); 9] {
        [
            (self.accepted, "accepted", "accepted", "przyjęte"),
            (
                self.accepted_before,
                "acceptedBefore",
                "accepted before",
                "przyjęte wcześniej",
            ),
            (
                self.conflicts,
                "conflicts",
                "whose number is taken",
                "o zajętym numerze",
            ),
            (
                self.rejected,
                "rejected",
                "rejected by KSeF",
                "odrzucone przez KSeF",
            ),
            (self.pending, "pending", "pending", "w toku"),
            (self.not_sent, "notSent", "not sent", "niewysłane"),
            (self.would_send, "wouldSend", "to be sent", "do wysłania"),
            (self.invalid, "invalid", "invalid", "niepoprawne"),
            (self.repeated, "repeated", "repeated", "powtórzone"),
        ]
    }

    pub(super) fn json(&self) -> Value {
        let parts = self.parts();
        parts
            .into_iter()
            .map(|(count, name, ..)| (name.to_owned(), json!(count)))
            .collect()
    }

    /// The counts that are not zero; the accepted ones always.
    pub(super) fn text(&self) -> Text {
        let shown: Vec<_> = self
            .parts()
            .into_iter()
            .enumerate()
            .filter(|(place, (count, ..))| *count > 0 || (*place == 0 && self.would_send == 0))
            .map(|(_, part)| part)
            .collect();
        let join = |pick: fn(&(usize, &'static str, &'static str, &'static str)) -> String| {
            shown.iter().map(pick).collect::<Vec<_>>().join(", ")
        };
        Text::new(
            join(|part| format!("{} {}", part.0, part.2)),
            join(|part| format!("{}: {}", part.3, part.0)),
        )
    }
}

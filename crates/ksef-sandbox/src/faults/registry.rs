//! The faults in force.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::{Action, Call, Fault, Sentence};

/// A fault as the control API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScriptedFault {
    /// Its number in this run of the sandbox.
    pub id: u64,
    /// Its text form as it was given.
    pub fault: String,
    /// How often it may still hit; `null` means without end.
    pub remaining: Option<u32>,
    /// How often it has hit.
    pub hits: u32,
}

/// The faults in force. They live in memory: a restart clears them.
#[derive(Debug, Default)]
pub struct Faults {
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    entries: Vec<Entry>,
    last_id: u64,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    fault: Fault,
    skip: u32,
    remaining: Option<u32>,
    hits: u32,
}

impl Faults {
    /// Adds a fault behind the others and returns its number.
    pub fn add(&self, fault: Fault) -> u64 {
        let mut list = self.list_mut();
        list.last_id += 1;
        let id = list.last_id;
        let (skip, remaining) = (fault.skip, fault.times);
        list.entries.push(Entry {
            id,
            fault,
            skip,
            remaining,
            hits: 0,
        });
        id
    }

    /// Removes one fault; false when there is none of this number.
    pub fn remove(&self, id: u64) -> bool {
        let mut list = self.list_mut();
        let before = list.entries.len();
        list.entries.retain(|entry| entry.id != id);
        list.entries.len() < before
    }

    /// Removes every fault.
    pub fn clear(&self) {
        self.list_mut().entries.clear();
    }

    /// The faults in the order in which they are tried, used up ones included.
    #[must_use]
    pub fn list(&self) -> Vec<ScriptedFault> {
        let scripted = |entry: &Entry| ScriptedFault {
            id: entry.id,
            fault: entry.fault.to_string(),
            remaining: entry.remaining,
            hits: entry.hits,
        };
        self.list_mut().entries.iter().map(scripted).collect()
    }

    /// Decides about one request and counts the faults that hit it.
    #[must_use]
    pub fn strike(&self, call: &Call<'_>) -> Sentence {
        let mut sentence = Sentence::default();
        let mut list = self.list_mut();
        for entry in &mut list.entries {
            let is_delay = matches!(entry.fault.action, Action::Delay(_));
            if (!is_delay && sentence.action.is_some())
                || entry.remaining == Some(0)
                || !entry.fault.hits(call)
            {
                continue;
            }
            if entry.skip > 0 {
                entry.skip -= 1;
                continue;
            }
            entry.remaining = entry.remaining.map(|left| left - 1);
            entry.hits = entry.hits.saturating_add(1);
            match &entry.fault.action {
                Action::Delay(by) => sentence.delay = sentence.delay.saturating_add(*by),
                action => sentence.action = Some(action.clone()),
            }
        }
        sentence
    }

    /// Whether no fault can hit any more.
    pub(super) fn is_idle(&self) -> bool {
        self.list_mut()
            .entries
            .iter()
            .all(|entry| entry.remaining == Some(0))
    }

    fn list_mut(&self) -> MutexGuard<'_, List> {
        // A panic while holding the lock leaves a whole list behind.
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ksef_api::operation::sessions;

    use super::*;

    fn sending(context: Option<&str>) -> Call<'static> {
        Call {
            operation: Some(&sessions::SEND_INVOICE),
            method: "POST",
            path: "/sessions/online/20260101-SO-0000000000-0000000000-00/invoices",
            context: context.map(|text| text.parse().unwrap()),
        }
    }

    #[test]
    fn counts_skips_and_order() {
        let faults = Faults::default();
        let first = faults.add(Fault::parse("invoice-send:drop-after*1+1").unwrap());
        faults.add(Fault::parse("invoice-send:delay=20ms").unwrap());
        faults.add(Fault::parse("sessions.send_invoice:500*1").unwrap());
        let actions: Vec<_> = (0..4)
            .map(|_| faults.strike(&sending(None)).action)
            .collect();
        assert_eq!(
            actions,
            [Some(Action::Fail(500)), Some(Action::DropAfter), None, None]
        );
        assert_eq!(
            faults.strike(&sending(None)).delay,
            Duration::from_millis(20)
        );
        let listed = faults.list();
        assert_eq!(
            (listed[0].id, listed[0].remaining, listed[0].hits),
            (first, Some(0), 1)
        );
        assert_eq!((listed[1].remaining, listed[1].hits), (None, 5));
        assert!(faults.remove(first) && !faults.remove(first));
        faults.clear();
        assert_eq!(faults.strike(&sending(None)), Sentence::default());
    }

    #[test]
    fn a_context_limits_a_fault() {
        let faults = Faults::default();
        faults.add(Fault::parse("*:waf@Nip:5265877635").unwrap());
        assert_eq!(faults.strike(&sending(None)).action, None);
        assert_eq!(faults.strike(&sending(Some("Nip:1111111111"))).action, None);
        assert_eq!(
            faults.strike(&sending(Some("Nip:5265877635"))).action,
            Some(Action::Firewall)
        );
    }
}

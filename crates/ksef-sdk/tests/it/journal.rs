//! A journal that tests read, and that fails when told to.

use std::sync::Mutex;

use ksef_sdk::journal::{Entry, Journal, JournalError};

#[derive(Debug, Default)]
pub(crate) struct Memory {
    entries: Mutex<Vec<Entry>>,
    /// Entries whose name is here cannot be written.
    pub(crate) failing: Mutex<Vec<&'static str>>,
}

pub(crate) fn name(entry: &Entry) -> &'static str {
    match entry {
        Entry::SessionOpening { .. } => "opening",
        Entry::SessionOpened { .. } => "opened",
        Entry::InvoiceSending { .. } => "sending",
        Entry::InvoiceSent { .. } => "sent",
        Entry::InvoiceNotSent { .. } => "not sent",
        Entry::SessionClosing { .. } => "closing",
        Entry::SessionClosed { .. } => "closed",
        _ => "unknown",
    }
}

impl Memory {
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.entries.lock().unwrap().iter().map(name).collect()
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().clone()
    }
}

impl Journal for Memory {
    fn record(&self, entry: &Entry) -> Result<(), JournalError> {
        if self.failing.lock().unwrap().contains(&name(entry)) {
            return Err(JournalError::new("no space left on the device"));
        }
        self.entries.lock().unwrap().push(entry.clone());
        Ok(())
    }
}

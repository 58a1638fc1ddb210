//! Tasks by the instant at which they are due.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use ksef_core::reference::{ExportRef, InvoiceRef, PermissionRef, SessionRef};

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    /// Grant or withdraw a permission.
    PerformPermission(PermissionRef),
    /// Find out whether the key of a session can be decrypted.
    UnwrapKey(SessionRef),
    /// Show that an invoice is being processed.
    BeginInvoice(InvoiceRef),
    /// Verify an invoice and accept or reject it.
    ProcessInvoice(InvoiceRef),
    /// Store an accepted invoice for good.
    StoreInvoice(InvoiceRef),
    /// Take the package of a closed batch session apart.
    UnpackBatch(SessionRef),
    /// Make the package of an export.
    BuildExport(ExportRef),
    /// End a closed session whose invoices have ended.
    FinishSession(SessionRef),
}

/// The queue of one sandbox.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: BinaryHeap<Reverse<(Timestamp, u64, Task)>>,
    last: u64,
    is_stopped: bool,
}

impl Queue {
    /// Queues a task behind those that are due at the same instant.
    pub(crate) fn push(&self, due: Timestamp, task: Task) {
        let mut inner = self.lock();
        inner.last += 1;
        let place = inner.last;
        inner.waiting.push(Reverse((due, place, task)));
        drop(inner);
        self.changed.notify_one();
    }

    /// Number of tasks that wait.
    pub(crate) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Forgets every task.
    pub(crate) fn clear(&self) {
        self.lock().waiting.clear();
    }

    /// Wakes the worker for the last time.
    pub(crate) fn stop(&self) {
        self.lock().is_stopped = true;
        self.changed.notify_all();
    }

    /// Waits for tasks that are due and takes at most [`BATCH_MAX`] of them, in order. Returns with none after a short
    /// while, so that the caller can look at other clocks; `None` when the queue was stopped.
    pub(crate) fn wait(&self, now: impl Fn() -> Timestamp) -> Option<Vec<Task>> {
        let mut inner = self.lock();
        if inner.is_stopped {
            return None;
        }
        let until_due = |inner: &Inner| {
            let due = inner.waiting.peek().map(|Reverse((due, _, _))| *due)?;
            Some(Duration::try_from(due.duration_since(now())).unwrap_or(Duration::ZERO))
        };
        let pause = until_due(&inner).map_or(PAUSE_MAX, |left| left.min(PAUSE_MAX));
        if !pause.is_zero() {
            let woken = self.changed.wait_timeout(inner, pause);
            inner = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        let mut tasks = Vec::new();
        while tasks.len() < BATCH_MAX && until_due(&inner).is_some_and(|left| left.is_zero()) {
            if let Some(Reverse((_, _, task))) = inner.waiting.pop() {
                tasks.push(task);
            }
        }
        Some(tasks)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Most tasks of one batch, and so of one critical section.
const BATCH_MAX: usize = 256;
/// Longest sleep: how late the automatic closing of a session may be noticed.
const PAUSE_MAX: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use super::*;

    fn task(low: u64) -> Task {
        Task::StoreInvoice(InvoiceRef::generate(jiff::civil::date(2026, 1, 1), 0, low))
    }

    #[test]
    fn due_tasks_come_in_order_and_others_wait() {
        let queue = Queue::default();
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        queue.push(at(2), task(2));
        queue.push(at(1), task(9));
        queue.push(at(1), task(1));
        queue.push(at(9), task(3));
        assert_eq!(queue.wait(|| at(5)).unwrap(), [task(9), task(1), task(2)]);
        assert_eq!(queue.len(), 1);
        assert_eq!(queue.wait(|| at(8)).unwrap(), []);
        queue.clear();
        queue.stop();
        assert_eq!(queue.wait(|| at(9)), None);
    }
}

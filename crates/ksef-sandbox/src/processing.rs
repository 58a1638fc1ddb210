//! What KSeF does after it has answered: permissions, keys of sessions, invoices, closing of sessions.
//!
//! One thread takes the tasks that are due, in the order in which they came, does the expensive part (RSA, AES, XML)
//! outside of the lock and on all cores, and writes the outcome of a batch in one critical section, which is one
//! transaction of the store. A task that finds its object changed or gone does nothing, so a task may come twice; a
//! world that is opened again queues everything that had not ended.

mod batch;
mod examine;
mod export;
mod permissions;
mod queue;
mod relations;
pub(crate) mod rights;
mod session;
mod settle;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use jiff::SignedDuration;
use ksef_core::reference::InvoiceRef;

use crate::app::{App, SharedApp};
use crate::numbers;
use crate::random;
use crate::world::state::State;

pub(crate) use batch::{begin_batch, cancel_batch, remove_files_of_cancelled};
pub(crate) use permissions::perform as perform_permission;
pub(crate) use queue::{Queue, Task};
pub(crate) use session::{Closing, close, close_overdue, fail_key};

/// The thread that processes. Dropping it waits for the batch in hand; what still waits stays in the store.
#[derive(Debug)]
pub(crate) struct Processor {
    app: SharedApp,
    thread: Option<JoinHandle<()>>,
}

impl Processor {
    /// Queues what had not ended when the world was last in use, and starts to work.
    ///
    /// # Errors
    /// A machine without threads.
    pub(crate) fn start(app: &SharedApp) -> std::io::Result<Self> {
        resume(app);
        let worker = Arc::clone(app);
        let thread = std::thread::Builder::new()
            .name("ksef-sandbox-processing".to_owned())
            .spawn(move || work(&worker))?;
        Ok(Self {
            app: Arc::clone(app),
            thread: Some(thread),
        })
    }
}

impl Drop for Processor {
    fn drop(&mut self) {
        self.app.queue.stop();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing more to do.
            let _ = thread.join();
        }
    }
}

impl App {
    /// Queues a task for when its latency has passed on the machine's clock.
    pub(crate) fn schedule(&self, task: Task) {
        let latency = self.latency();
        let wait = match task {
            Task::PerformPermission(_) => latency.permission,
            Task::UnwrapKey(_) => latency.invoice / 4,
            Task::BeginInvoice(_) => latency.invoice / 2,
            Task::ProcessInvoice(_) => latency.invoice,
            Task::StoreInvoice(_) => latency.storage,
            Task::UnpackBatch(_) | Task::FinishSession(_) => latency.session,
            Task::BuildExport(_) => latency.export,
        };
        self.queue.push(self.done_after(wait), task);
    }
}

/// Queues everything that had not ended.
fn resume(app: &App) {
    let tasks = app.world.read(unfinished);
    for task in tasks {
        app.schedule(task);
    }
}

fn work(app: &App) {
    while let Some(tasks) = app.queue.wait(|| app.clock.machine_now()) {
        let _source = random::enter(app.random_behind.as_ref());
        let is_alone = tasks.len() == 1;
        if is_survived(|| {
            close_overdue(app, app.now());
            perform(app, tasks.clone());
        }) || is_alone
        {
            continue;
        }
        // Which of them was it? A task may come twice, so the others are done now.
        for task in tasks {
            is_survived(|| perform(app, vec![task]));
        }
    }
}

/// Does something and says whether it came to its end; a panic must not stop all processing.
fn is_survived(act: impl FnOnce()) -> bool {
    let survived = catch_unwind(AssertUnwindSafe(act)).is_ok();
    if !survived {
        tracing::error!("the processing of a task panicked");
    }
    survived
}

/// Does the tasks of a batch, kind by kind in the order in which they build on each other.
fn perform(app: &App, tasks: Vec<Task>) {
    let mut begun = Vec::new();
    let mut invoices = Vec::new();
    let mut stored = Vec::new();
    let mut unpacked = Vec::new();
    let mut exports = Vec::new();
    let mut finished = Vec::new();
    for task in tasks {
        match task {
            Task::PerformPermission(operation) => permissions::process(app, &operation),
            Task::UnwrapKey(session) => session::unwrap_key(app, &session),
            Task::BeginInvoice(invoice) => begun.push(invoice),
            Task::ProcessInvoice(invoice) => invoices.push(invoice),
            Task::StoreInvoice(invoice) => stored.push(invoice),
            Task::UnpackBatch(session) => unpacked.push(session),
            Task::BuildExport(export) => exports.push(export),
            Task::FinishSession(session) => finished.push(session),
        }
    }
    begin(app, &begun);
    settle::process(app, &invoices);
    store(app, &stored);
    for session in unpacked {
        batch::unpack(app, &session);
    }
    for export in exports {
        export::build(app, &export);
    }
    for session in finished {
        session::finish(app, &session);
    }
}

fn begin(app: &App, invoices: &[InvoiceRef]) {
    if !invoices.is_empty() {
        app.world.write(|state, changes| {
            for invoice in invoices {
                state.invoices.begin(changes, invoice);
            }
        });
    }
}

fn store(app: &App, invoices: &[InvoiceRef]) {
    if !invoices.is_empty() {
        let now = app.now();
        app.world.write(|state, changes| {
            for invoice in invoices {
                let delay = visibility_delay(app, state, invoice);
                if app.config.stores_at_one_instant {
                    state.invoices.store_at(changes, invoice, now, delay);
                } else {
                    state.invoices.store(changes, invoice, now, delay);
                }
            }
        });
    }
}

/// How long after its storing an invoice cannot be found yet: none, or for every second one half of what the
/// high-water mark stays behind.
fn visibility_delay(app: &App, state: &State, invoice: &InvoiceRef) -> SignedDuration {
    let sequence = state
        .invoices
        .get(invoice)
        .and_then(|invoice| numbers::sequence_of(&invoice.acceptance.as_ref()?.ksef_number));
    let is_late = sequence.is_some_and(|sequence| sequence % 2 == 1);
    if !(app.config.stores_out_of_order && is_late) {
        return SignedDuration::ZERO;
    }
    SignedDuration::try_from(app.latency().hwm / 2).unwrap_or(SignedDuration::ZERO)
}

/// The tasks of everything that has not ended, in the order in which it came.
fn unfinished(state: &State) -> Vec<Task> {
    let mut operations: Vec<_> = state
        .permissions
        .operations()
        .filter(|operation| operation.work.is_some())
        .collect();
    operations.sort_by_key(|operation| (operation.started, operation.reference));
    let mut tasks: Vec<_> = operations
        .into_iter()
        .map(|operation| Task::PerformPermission(operation.reference))
        .collect();
    let mut sessions: Vec<_> = state.sessions.values().collect();
    sessions.sort_by_key(|session| (session.created, session.reference));
    for session in &sessions {
        if session.batch.is_none() && session::is_alive(session) && session.wrapped_key().is_some()
        {
            tasks.push(Task::UnwrapKey(session.reference));
        }
    }
    let mut invoices: Vec<_> = state.invoices.values().collect();
    invoices.sort_by_key(|invoice| (invoice.received, invoice.reference));
    for invoice in invoices {
        if invoice.is_pending() {
            tasks.push(Task::ProcessInvoice(invoice.reference));
        } else if invoice
            .acceptance
            .as_ref()
            .is_some_and(|acceptance| acceptance.stored.is_none())
        {
            tasks.push(Task::StoreInvoice(invoice.reference));
        }
    }
    for session in sessions {
        if session.is_ending() && session.pending() == 0 {
            tasks.push(Task::FinishSession(session.reference));
        } else if session.is_waiting_for_its_package() {
            tasks.push(Task::UnpackBatch(session.reference));
        }
    }
    let running = state.exports.values().filter(|export| export.is_running());
    tasks.extend(running.map(|export| Task::BuildExport(export.reference)));
    tasks
}

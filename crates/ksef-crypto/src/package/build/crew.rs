//! The threads that compress, and the order in which their results are taken.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::failure::{BuildError, BuildErrorKind};
use super::segment::{Packed, Packer, Segment};
use crate::package::ArchiveForm;

type Outcome = Result<Packed, BuildError>;

/// Threads that compress segments. What is on its way is bounded by the one who hands over: [`Crew::has_room_for`].
pub(super) struct Crew {
    jobs: Option<Sender<(u64, Segment)>>,
    outcomes: Receiver<(u64, Outcome)>,
    threads: Vec<JoinHandle<()>>,
    segments_max: usize,
    waiting: BTreeMap<u64, Outcome>,
    weights: BTreeMap<u64, usize>,
    given: u64,
    taken: u64,
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crew")
            .field("threads", &self.threads.len())
            .field("given", &self.given)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

impl Crew {
    pub(super) fn new(form: ArchiveForm, threads: NonZeroUsize) -> Self {
        let (jobs, todo) = channel::<(u64, Segment)>();
        let (done, outcomes) = channel();
        let todo = Arc::new(Mutex::new(todo));
        let work = |todo: Arc<Mutex<Receiver<(u64, Segment)>>>, done: Sender<(u64, Outcome)>| {
            move || {
                let mut packer = Packer::new(form);
                loop {
                    let job = todo.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((number, segment)) = job else { return };
                    // Whoever waits for this segment has to hear of it in any case.
                    let outcome = catch_unwind(AssertUnwindSafe(|| packer.pack(&segment)))
                        .unwrap_or_else(|_| Err(BuildErrorKind::Module.into()));
                    if done.send((number, outcome)).is_err() {
                        return;
                    }
                }
            }
        };
        let threads: Vec<_> = (0..threads.get())
            .filter_map(|_| {
                let work = work(Arc::clone(&todo), done.clone());
                thread::Builder::new()
                    .name("ksef-package".to_owned())
                    .spawn(work)
                    .ok()
            })
            .collect();
        Self {
            jobs: Some(jobs),
            outcomes,
            segments_max: threads.len() + 2,
            threads,
            waiting: BTreeMap::new(),
            weights: BTreeMap::new(),
            given: 0,
            taken: 0,
        }
    }

    /// Whether this one may be handed over now: always when nothing else is on its way.
    pub(super) fn has_room_for(&self, segment: &Segment) -> bool {
        let on_their_way: usize = self.weights.values().sum();
        self.weights.is_empty()
            || (self.weights.len() < self.segments_max
                && on_their_way + segment.bytes() <= WEIGHT_MAX)
    }

    /// Hands over.
    pub(super) fn take(&mut self, segment: Segment) {
        self.weights.insert(self.given, segment.bytes());
        if let Some(jobs) = &self.jobs {
            // Without a thread nobody listens; whoever waits for the result is told so.
            let _ = jobs.send((self.given, segment));
        }
        self.given += 1;
    }

    /// The next result in order, waited for; `None` when all were taken.
    pub(super) fn next_when_ready(&mut self) -> Option<Outcome> {
        if self.taken == self.given {
            return None;
        }
        while !self.waiting.contains_key(&self.taken) {
            let Ok((number, outcome)) = self.outcomes.recv() else {
                let why = "no thread to compress on";
                return Some(Err(BuildError::with_source(BuildErrorKind::Module, why)));
            };
            self.waiting.insert(number, outcome);
        }
        self.next_if_ready()
    }

    /// The next result in order, when it is there.
    pub(super) fn next_if_ready(&mut self) -> Option<Outcome> {
        while let Ok((number, outcome)) = self.outcomes.try_recv() {
            self.waiting.insert(number, outcome);
        }
        let outcome = self.waiting.remove(&self.taken)?;
        self.weights.remove(&self.taken);
        self.taken += 1;
        Some(outcome)
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// What may be on its way together, before compression, in bytes.
const WEIGHT_MAX: usize = 12 * 1024 * 1024;

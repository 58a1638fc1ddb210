//! One context: its counters, and who waits before them.
//!
//! Every counter has a line. Only the first of a line may leave, so nobody is overtaken; whoever goes away leaves the
//! line and wakes the next. The lock is held for a decision, never while somebody waits.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use ksef_api::operation::{Operation, RateGroup, RateLimit};
use ksef_api::ops::limits::RateLimits;
use ksef_core::context::ContextIdentifier;
use tokio::sync::{Notify, watch};

use super::record::{LimitRecord, LimitStore};

/// What a request is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    name: &'static str,
    group: RateGroup,
}

impl Lane {
    pub(super) fn of(operation: &'static Operation) -> Self {
        let group = operation.group;
        let name = if group.counts_per_operation() {
            operation.id
        } else {
            group.as_str()
        };
        Self { name, group }
    }
}

/// One context, or nobody in particular.
#[derive(Debug)]
pub(super) struct Gate {
    context: Option<ContextIdentifier>,
    inner: Mutex<Inner>,
    /// Changes when an answer of `GET /rate-limits` has come, or has failed to.
    answers: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Inner {
    record: LimitRecord,
    /// Whether what the store keeps was looked at.
    is_loaded: bool,
    lines: HashMap<&'static str, Line>,
    last_ticket: u64,
    is_asking: bool,
    /// The limits are not asked for again before this instant.
    asks_not_before: i64,
}

#[derive(Debug)]
struct Line {
    lane: Lane,
    waiting: VecDeque<Ticket>,
}

#[derive(Debug)]
struct Ticket {
    number: u64,
    wake: Arc<Notify>,
}

/// Whether the limits are to be asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// They are known.
    No,
    /// Somebody else asks; wait for the answer.
    Await,
    /// Ask, and wait for the answer.
    Now,
    /// Ask, and go on by the old ones.
    Behind,
}

impl Gate {
    pub(super) fn new(context: Option<ContextIdentifier>) -> Self {
        Self {
            context,
            inner: Mutex::default(),
            answers: watch::Sender::default(),
        }
    }

    /// A request leaves at once, or gets a place in the line of its lane.
    pub(super) fn enter<'a>(
        &'a self,
        lane: Lane,
        store: Option<&'a dyn LimitStore>,
        now: i64,
    ) -> Option<Place<'a>> {
        let mut inner = self.lock();
        inner.last_ticket += 1;
        let number = inner.last_ticket;
        let is_first = inner
            .lines
            .get(lane.name)
            .is_none_or(|line| line.waiting.is_empty());
        if is_first && self.decide(&mut inner, lane, number, store, now) == 0 {
            return None;
        }
        let wake = Arc::new(Notify::new());
        let ticket = Ticket {
            number,
            wake: Arc::clone(&wake),
        };
        let line = inner.lines.entry(lane.name).or_insert_with(|| Line {
            lane,
            waiting: VecDeque::new(),
        });
        line.waiting.push_back(ticket);
        Some(Place {
            gate: self,
            store,
            lane,
            number,
            wake,
        })
    }

    /// The server refused a request of this lane: nothing of it leaves before `until`, and the limits are asked for anew.
    pub(super) fn refused(&self, lane: Lane, store: Option<&dyn LimitStore>, until: i64) {
        let mut inner = self.lock();
        self.change(&mut inner, store, &mut |record| {
            record.counter_mut(lane.name).block(until);
            record.doubt_limits();
        });
        inner.wake_fronts();
    }

    /// What the server said about the limits; `None` when it did not.
    pub(super) fn answered(
        &self,
        store: Option<&dyn LimitStore>,
        limits: Option<RateLimits>,
        now: Timestamp,
    ) {
        let mut inner = self.lock();
        inner.is_asking = false;
        if let Some(limits) = limits {
            self.change(&mut inner, store, &mut |record| {
                record.set_limits(limits, now)
            });
        }
        inner.wake_fronts();
        drop(inner);
        self.answers.send_modify(|answers| *answers += 1);
    }

    /// The limits were changed: they are asked for before the next request.
    pub(super) fn forget_limits(&self, store: Option<&dyn LimitStore>) {
        let mut inner = self.lock();
        inner.asks_not_before = i64::MIN;
        self.change(&mut inner, store, &mut LimitRecord::forget_limits);
    }

    /// Whether the limits are to be asked for; whoever gets `Now` or `Behind` does it.
    pub(super) fn asks(
        &self,
        store: Option<&dyn LimitStore>,
        now: i64,
        wall: Timestamp,
    ) -> (Ask, watch::Receiver<u64>) {
        let mut inner = self.lock();
        if !inner.is_loaded {
            inner.is_loaded = true;
            self.change(&mut inner, store, &mut |_| {});
        }
        let answers = self.answers.subscribe();
        let asked = inner.record.asked();
        let is_fresh = asked.is_some_and(|asked| {
            let age = wall.duration_since(asked);
            age < LIMITS_AGE_MAX && age > -LIMITS_AGE_MAX
        });
        let ask = match (asked.is_some(), inner.is_asking) {
            _ if is_fresh => Ask::No,
            (true, true) => Ask::No,
            (false, true) => Ask::Await,
            (_, false) if now < inner.asks_not_before => Ask::No,
            (is_known, false) => {
                inner.is_asking = true;
                inner.asks_not_before = now.saturating_add(ASK_PAUSE);
                if is_known { Ask::Behind } else { Ask::Now }
            }
        };
        (ask, answers)
    }

    /// Whether nobody waits here and nothing depends on what is remembered.
    pub(super) fn is_idle(&self, now: i64) -> bool {
        let inner = self.lock();
        inner.lines.values().all(|line| line.waiting.is_empty()) && inner.record.is_idle(now)
    }

    /// Lets a request leave when it may, and tells how long it has to wait otherwise.
    fn decide(
        &self,
        inner: &mut Inner,
        lane: Lane,
        number: u64,
        store: Option<&dyn LimitStore>,
        now: i64,
    ) -> i64 {
        if inner.record.is_open(lane, now) {
            return 0;
        }
        let before = inner.fronts_before(lane, number);
        let mut wait = 0;
        self.change(inner, store, &mut |record| {
            wait = record.leave(lane, &before, now);
        });
        wait
    }

    /// Changes the record, in the store when there is one.
    fn change(
        &self,
        inner: &mut Inner,
        store: Option<&dyn LimitStore>,
        change: &mut dyn FnMut(&mut LimitRecord),
    ) {
        let (Some(context), Some(store)) = (&self.context, store) else {
            return change(&mut inner.record);
        };
        let mut is_changed = false;
        let kept = store.update(context, &mut |record| {
            is_changed = true;
            change(record);
            inner.record.clone_from(record);
        });
        if let Err(error) = kept {
            tracing::warn!(%error, %context, "what was sent cannot be kept for the limits");
        }
        if !is_changed {
            change(&mut inner.record);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The first of the other lines, where they came earlier.
    fn fronts_before(&self, lane: Lane, number: u64) -> Vec<Lane> {
        let lines = self.lines.values().filter(|line| line.lane != lane);
        let is_before = |line: &&Line| {
            let first = line.waiting.front();
            first.is_some_and(|first| first.number < number)
        };
        lines.filter(is_before).map(|line| line.lane).collect()
    }

    fn wake_fronts(&self) {
        for line in self.lines.values() {
            if let Some(first) = line.waiting.front() {
                first.wake.notify_one();
            }
        }
    }
}

impl LimitRecord {
    /// Whether requests of this lane are not limited at all.
    fn is_open(&self, lane: Lane, now: i64) -> bool {
        let is_free = |counter: &super::windows::Counter| counter.wait(&RateLimit::OFF, now) == 0;
        self.limit(lane.group) == RateLimit::OFF
            && self.global() == RateLimit::OFF
            && self.counter(lane.name).is_none_or(is_free)
    }

    /// Lets a request leave when its own limit and that of all requests allow it, after the lanes `before` that could
    /// leave too; tells how long it has to wait otherwise.
    fn leave(&mut self, lane: Lane, before: &[Lane], now: i64) -> i64 {
        let (limit, global) = (self.limit(lane.group), self.global());
        let own = self.counter_mut(lane.name);
        own.forget(&limit, now);
        let mut wait = own.wait(&limit, now);
        if global != RateLimit::OFF {
            let could_leave = |other: &&Lane| {
                let counter = self.counter(other.name);
                counter.is_none_or(|counter| counter.wait(&self.limit(other.group), now) == 0)
            };
            let places = before.iter().filter(could_leave).count() + 1;
            let all = self.counter_mut(GLOBAL);
            all.forget(&global, now);
            wait = wait.max(all.wait_for(&global, now, places));
        }
        if wait == 0 {
            self.counter_mut(lane.name).leave(&limit, now);
            if global != RateLimit::OFF {
                self.counter_mut(GLOBAL).leave(&global, now);
            }
            self.forget(now);
        }
        wait
    }
}

/// A place in a line. Dropping it leaves the line.
#[derive(Debug)]
pub(super) struct Place<'a> {
    gate: &'a Gate,
    store: Option<&'a dyn LimitStore>,
    lane: Lane,
    number: u64,
    /// Notified when it is time to look again.
    pub(super) wake: Arc<Notify>,
}

/// What somebody in a line has to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Leave; the request is counted.
    Leave,
    /// Sleep so many microseconds, or until woken.
    Sleep(i64),
    /// Wait until woken: others are before.
    Line,
}

impl Place<'_> {
    /// What to do now.
    pub(super) fn step(&self, now: i64) -> Step {
        let mut inner = self.gate.lock();
        let front = inner
            .lines
            .get(self.lane.name)
            .and_then(|line| line.waiting.front());
        if front.is_none_or(|front| front.number != self.number) {
            return Step::Line;
        }
        match self
            .gate
            .decide(&mut inner, self.lane, self.number, self.store, now)
        {
            0 => Step::Leave,
            wait => Step::Sleep(wait),
        }
    }

    /// How long it takes until this request leaves, as far as that can be seen.
    pub(super) fn forecast(&self, now: i64) -> i64 {
        let inner = self.gate.lock();
        let line = inner.lines.get(self.lane.name);
        let ahead = line.map_or(0, |line| {
            let before = |ticket: &&Ticket| ticket.number < self.number;
            line.waiting.iter().filter(before).count()
        });
        let limit = inner.record.limit(self.lane.group);
        let own = inner.record.counter(self.lane.name);
        let own = own.map_or(0, |counter| counter.forecast(&limit, now, ahead));
        let global = inner.record.global();
        let all = inner.record.counter(GLOBAL);
        own.max(all.map_or(0, |counter| counter.wait(&global, now)))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut inner = self.gate.lock();
        if let Some(line) = inner.lines.get_mut(self.lane.name) {
            line.waiting.retain(|ticket| ticket.number != self.number);
            if line.waiting.is_empty() {
                inner.lines.remove(self.lane.name);
            }
        }
        // The next of this line, and those that let it go before because of the limit of all.
        inner.wake_fronts();
    }
}

/// The counter of all requests together.
const GLOBAL: &str = "global";
/// The limits are asked for again after this long.
const LIMITS_AGE_MAX: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);
/// Microseconds between two tries to learn the limits.
const ASK_PAUSE: i64 = 10_000_000;

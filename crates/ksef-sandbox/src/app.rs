//! What all requests share.

use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderMap;
use http::header::HOST;
use jiff::{SignedDuration, Timestamp};
use ksef_core::clock::Clock as _;

use crate::builder::{Config, Latency, LimitProfile};
use crate::clock::{ClockRecord, ClockSetting, SandboxClock};
use crate::faults::Faults;
use crate::journal::Journal;
use crate::limiter::Limiter;
use crate::processing::Queue;
use crate::random::Source;
use crate::spool::Spool;
use crate::world::World;
use crate::world::keys::{KeyMaker, KeyUsage};

/// The running sandbox, as handlers and background work see it.
#[derive(Debug)]
pub(crate) struct App {
    /// How it was started.
    pub(crate) config: Config,
    /// What it knows.
    pub(crate) world: World,
    /// The time of the world.
    pub(crate) clock: SandboxClock,
    /// Request limits.
    pub(crate) limiter: Limiter,
    /// Faults to be played.
    pub(crate) faults: Faults,
    /// The last requests.
    pub(crate) journal: Journal,
    /// Latencies in force.
    latency: RwLock<Latency>,
    /// Request limits in force where no override is set.
    limit_profile: RwLock<LimitProfile>,
    /// What waits to be processed.
    pub(crate) queue: Queue,
    /// Files of packages.
    pub(crate) spool: Spool,
    /// `http://address:port` (or `https`) of the listener, without a path.
    pub(crate) origin: String,
    /// Where what requests need at random comes from; none without a seed.
    pub(crate) random: Option<Arc<Source>>,
    /// The same for what happens in the background.
    pub(crate) random_behind: Option<Arc<Source>>,
}

/// The handle that is passed around.
pub(crate) type SharedApp = Arc<App>;

impl App {
    /// A sandbox with this world, reached at `origin`.
    pub(crate) fn new(config: Config, world: World, origin: String) -> Self {
        let clock = SandboxClock::new(Arc::clone(&config.clock));
        let (stored, starts) = world.read(|state| (state.stored_clock(), state.starts()));
        if let Some(setting) = stored {
            clock.set(setting);
        }
        if let Some(at) = config.frozen_at {
            clock.set(clock.frozen(Some(at)));
        }
        let source = |purpose: &str| {
            let purpose = format!("{purpose} of start {starts}");
            Some(Arc::new(Source::seeded(config.seed?, &purpose)))
        };
        let (random, random_behind) = (source("requests"), source("background"));
        let faults = Faults::default();
        for fault in &config.faults {
            faults.add(fault.clone());
        }
        let spool = Spool::new(config.data_dir.as_deref());
        let latency = RwLock::new(config.latency);
        let limit_profile = RwLock::new(config.limits);
        Self {
            config,
            world,
            clock,
            limiter: Limiter::default(),
            faults,
            journal: Journal::default(),
            latency,
            limit_profile,
            queue: Queue::default(),
            spool,
            origin,
            random,
            random_behind,
        }
    }

    /// The address by which the sender of these headers reaches this server, without a path.
    pub(crate) fn origin_for(&self, headers: &HeaderMap) -> String {
        if let Some(public) = &self.config.public_url {
            return public.clone();
        }
        let scheme = if self.config.tls.is_some() {
            "https"
        } else {
            "http"
        };
        match headers.get(HOST).and_then(|host| host.to_str().ok()) {
            Some(host) if !host.is_empty() => format!("{scheme}://{host}"),
            _ => self.origin.clone(),
        }
    }

    /// Latencies in force.
    pub(crate) fn latency(&self) -> Latency {
        *self.latency.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the latencies of what comes from now on.
    pub(crate) fn set_latency(&self, latency: Latency) {
        *self.latency.write().unwrap_or_else(PoisonError::into_inner) = latency;
    }

    /// The profile of request limits in force.
    pub(crate) fn limit_profile(&self) -> LimitProfile {
        *self
            .limit_profile
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the profile of request limits at once.
    pub(crate) fn set_limit_profile(&self, profile: LimitProfile) {
        *self
            .limit_profile
            .write()
            .unwrap_or_else(PoisonError::into_inner) = profile;
    }

    /// When something that begins now is done, by the machine's clock.
    pub(crate) fn done_after(&self, latency: std::time::Duration) -> Timestamp {
        let now = self.clock.machine_now();
        now.checked_add(latency).unwrap_or(now)
    }

    /// Up to when every invoice is stored and none will be added, at `now`. What is stored at `now` lies behind it.
    pub(crate) fn hwm(&self, now: Timestamp) -> Timestamp {
        let lag = SignedDuration::try_from(self.latency().hwm).unwrap_or(SignedDuration::MAX);
        now.checked_sub(lag.max(HWM_LAG_MIN))
            .unwrap_or(Timestamp::MIN)
    }

    /// The time of the world, as finely as answers write it: what is compared is what was told.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        let beyond = now.as_nanosecond().rem_euclid(NANOSECONDS_WRITTEN);
        let beyond = i64::try_from(beyond).unwrap_or(0);
        now.checked_sub(SignedDuration::from_nanos(beyond))
            .unwrap_or(now)
    }

    /// Changes the clock of the world and remembers how it is set. False, and nothing changes, when it would show an
    /// instant at which [the world cannot live](crate::clock::is_livable).
    pub(crate) fn change_clock(
        &self,
        change: impl FnOnce(&SandboxClock) -> Option<ClockSetting>,
    ) -> bool {
        // Reading and setting under one lock: two that move it at once move it twice.
        self.world.write(|_, changes| {
            let setting = change(&self.clock).filter(|setting| {
                let shown = self.clock.shown_by(*setting);
                shown.is_some_and(crate::clock::is_livable)
            });
            if let Some(setting) = setting {
                self.clock.set(setting);
                changes.put(&ClockRecord { setting });
            }
            setting.is_some()
        })
    }

    /// Makes new encryption keys for these usages. A planned rotation leaves the old ones beside them, an emergency
    /// withdraws them at once (21470 for whoever still names them).
    ///
    /// # Errors
    /// Keys that cannot be made.
    pub(crate) fn rotate_keys(
        &self,
        usages: &[KeyUsage],
        is_emergency: bool,
    ) -> Result<(), ksef_crypto::error::Error> {
        let maker = KeyMaker::new(self.config.key_bits);
        let now = self.now();
        let (world, authority) = self
            .world
            .read(|state| (state.world_id(), state.keys.authority().cloned()));
        let new = match authority {
            Some(authority) => maker.make_under(authority, usages, now)?,
            None => maker.make_all(now)?,
        };
        self.world.write(|state, changes| {
            // A world that was reset meanwhile has fresh keys under an authority of its own.
            if state.world_id() != world {
                return;
            }
            if is_emergency {
                state.keys.withdraw(changes, usages);
            }
            state.keys.install(changes, new);
        });
        Ok(())
    }

    /// Begins a new world: nothing is left of the old one but the clock, the overriding settings of the start
    /// and the sequence of KSeF numbers.
    ///
    /// # Errors
    /// Keys that cannot be made.
    pub(crate) fn reset(&self) -> Result<(), ksef_crypto::error::Error> {
        let keys = KeyMaker::new(self.config.key_bits).make_all(self.now())?;
        let setting = self.clock.setting();
        self.world.write(|state, changes| {
            changes.clear();
            state.begin(changes, keys);
            changes.put(&ClockRecord { setting });
        });
        self.queue.clear();
        self.limiter.clear();
        self.spool.clear();
        Ok(())
    }
}

/// Answers write seven decimal places of a second.
const NANOSECONDS_WRITTEN: i128 = 100;
const HWM_LAG_MIN: SignedDuration = SignedDuration::from_micros(1);

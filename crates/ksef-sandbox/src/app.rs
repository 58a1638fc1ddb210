//! What all requests share.

use std::sync::Arc;

use jiff::Timestamp;
use ksef_core::clock::Clock as _;

use crate::builder::Config;
use crate::clock::{ClockRecord, ClockSetting, SandboxClock};
use crate::faults::Faults;
use crate::limiter::Limiter;
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
    /// `http://address:port` of the listener, without a path.
    pub(crate) origin: String,
}

/// The handle that is passed around.
pub(crate) type SharedApp = Arc<App>;

impl App {
    /// The time of the world.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sets the clock of the world and remembers it.
    pub(crate) fn set_clock(&self, setting: ClockSetting) {
        self.world.write(|_, changes| {
            self.clock.set(setting);
            changes.put(&ClockRecord { setting });
        });
    }

    /// Begins a new world: nothing is left of the old one but the clock and the overriding settings of the start.
    ///
    /// # Errors
    /// Keys that cannot be made.
    pub(crate) fn reset(&self) -> Result<(), ksef_crypto::Error> {
        let keys = KeyMaker::new(self.config.key_bits).make_all(KeyUsage::ALL, self.now())?;
        let setting = self.clock.setting();
        self.world.write(|state, changes| {
            changes.clear();
            state.begin(changes, keys);
            changes.put(&ClockRecord { setting });
        });
        self.limiter.clear();
        Ok(())
    }
}

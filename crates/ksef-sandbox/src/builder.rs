//! Starting a sandbox.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use ksef_core::clock::{SharedClock, SystemClock};
pub use ksef_crypto::rsa_oaep::Bits as KeyBits;

use crate::error::Error;
use crate::faults::Fault;
use crate::sandbox::Sandbox;
use crate::tls::Tls;

/// How a sandbox is to be started; made by [`Sandbox::builder`].
#[derive(Debug, Clone)]
pub struct Builder {
    config: Config,
}

/// Which request limits hold where no override is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitProfile {
    /// None.
    Off,
    /// Ten times those of production.
    #[default]
    Test,
    /// Those of production.
    Production,
}

/// How long the asynchronous parts take. Measured by the machine's clock, also while the world's clock stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// From submitting a signature or a token until the authentication has its outcome.
    pub authentication: Duration,
    /// From generating a KSeF token until it can be used, and from revoking it until it is revoked.
    pub token: Duration,
    /// From applying for a certificate until it is issued, and from revoking one until it is revoked.
    pub certificate: Duration,
    /// From granting or withdrawing a permission until it is done.
    pub permission: Duration,
    /// From accepting an invoice until it has its outcome.
    pub invoice: Duration,
    /// From closing a session until it has its outcome, once its invoices have theirs.
    pub session: Duration,
    /// From giving an invoice its number until it can be downloaded (`permanentStorageDate`).
    pub storage: Duration,
    /// From starting an export until its package is ready.
    pub export: Duration,
    /// How far the high-water mark stays behind; measured by the clock of the world.
    pub hwm: Duration,
}

impl Latency {
    /// No waiting: outcomes are there as soon as the work is done.
    pub const NONE: Self = Self {
        authentication: Duration::ZERO,
        token: Duration::ZERO,
        certificate: Duration::ZERO,
        permission: Duration::ZERO,
        invoice: Duration::ZERO,
        session: Duration::ZERO,
        storage: Duration::ZERO,
        export: Duration::ZERO,
        hwm: Duration::ZERO,
    };

    /// The same latency for everything.
    #[must_use]
    pub const fn uniform(duration: Duration) -> Self {
        Self {
            authentication: duration,
            token: duration,
            certificate: duration,
            permission: duration,
            invoice: duration,
            session: duration,
            storage: duration,
            export: duration,
            hwm: duration,
        }
    }
}

impl Default for Latency {
    /// A tenth of a second each: clients see both the pending and the final state, and nobody waits long.
    fn default() -> Self {
        Self::uniform(Duration::from_millis(100))
    }
}

/// How much KSeF shows and packs at once. Smaller bounds let a test meet them with a handful of invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Invoices that one set of filters of the metadata query shows.
    pub query_results_max: u32,
    /// Invoices of one exported package.
    pub export_invoices_max: u32,
    /// Packed bytes after which an exported package takes no more invoices.
    pub export_bytes_max: u64,
    /// Bytes of one part of an exported package, before encryption.
    pub export_part_bytes_max: u64,
    /// Exports of one subject in one context that may run at once.
    pub exports_max: u32,
}

impl Default for Bounds {
    /// Those of the real system.
    fn default() -> Self {
        Self {
            query_results_max: 10_000,
            export_invoices_max: 10_000,
            export_bytes_max: 1_000_000_000,
            export_part_bytes_max: 50_000_000,
            exports_max: 10,
        }
    }
}

/// Everything that was configured.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) bind: SocketAddr,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) limits: LimitProfile,
    pub(crate) latency: Latency,
    pub(crate) clock: SharedClock,
    pub(crate) trust_forwarded_for: bool,
    pub(crate) key_bits: KeyBits,
    pub(crate) receiver_name: String,
    pub(crate) faults: Vec<Fault>,
    pub(crate) tls: Option<Tls>,
    pub(crate) public_url: Option<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) frozen_at: Option<Timestamp>,
    pub(crate) bounds: Bounds,
    pub(crate) stores_out_of_order: bool,
    pub(crate) stores_at_one_instant: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            config: Config {
                bind: SocketAddr::from(([127, 0, 0, 1], 0)),
                data_dir: None,
                limits: LimitProfile::default(),
                latency: Latency::default(),
                clock: SystemClock::shared(),
                trust_forwarded_for: false,
                key_bits: KeyBits::Rsa2048,
                receiver_name: RECEIVER_NAME.to_owned(),
                faults: Vec::new(),
                tls: None,
                public_url: None,
                seed: None,
                frozen_at: None,
                bounds: Bounds::default(),
                stores_out_of_order: false,
                stores_at_one_instant: false,
            },
        }
    }
}

impl Builder {
    /// Where to listen; `127.0.0.1:0` (a free port) when not set.
    #[must_use]
    pub fn bind(mut self, address: SocketAddr) -> Self {
        self.config.bind = address;
        self
    }

    /// Keeps the world in this directory between runs. Without it the world ends with the sandbox.
    #[must_use]
    pub fn data_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.config.data_dir = Some(directory.into());
        self
    }

    /// Request limits; [`LimitProfile::Test`] when not set.
    #[must_use]
    pub fn limits(mut self, profile: LimitProfile) -> Self {
        self.config.limits = profile;
        self
    }

    /// Latencies of what KSeF does asynchronously.
    #[must_use]
    pub fn latency(mut self, latency: Latency) -> Self {
        self.config.latency = latency;
        self
    }

    /// The machine's clock; a test may bring its own.
    #[must_use]
    pub fn clock(mut self, clock: SharedClock) -> Self {
        self.config.clock = clock;
        self
    }

    /// Believes the first address of `X-Forwarded-For`; needed behind a proxy and to play several clients in tests.
    #[must_use]
    pub fn trust_forwarded_for(mut self, trust: bool) -> Self {
        self.config.trust_forwarded_for = trust;
        self
    }

    /// Size of the published encryption keys; 2048 bits when not set, which starts fastest.
    #[must_use]
    pub fn key_bits(mut self, bits: KeyBits) -> Self {
        self.config.key_bits = bits;
        self
    }

    /// `NazwaPodmiotuPrzyjmujacego` of the UPO, 1 to 240 characters; that of the Ministry's TEST when not set.
    #[must_use]
    pub fn receiver_name(mut self, name: impl Into<String>) -> Self {
        self.config.receiver_name = name.into();
        self
    }

    /// Scripts a fault from the start on; may be called often. See [`crate::faults`].
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.config.faults.push(fault);
        self
    }

    /// Speaks TLS, under a certificate made for it. See [`Sandbox::tls_authority`].
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.config.tls = Some(tls);
        self
    }

    /// The address by which clients reach it, `https://ksef.example:8443`, when it is another than the `Host` that they
    /// name: behind a proxy, in a container. Links in answers begin with it.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.config.public_url = Some(url.into());
        self
    }

    /// Draws everything that is random from this seed: keys, references, tokens, secrets. With a frozen clock, two worlds
    /// of the same seed answer the same requests with the same bytes.
    ///
    /// Whoever knows the seed knows the keys. What clients encrypt still differs from run to run, and so does what
    /// depends on it; requests that come at the same time are answered in the order in which they come.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.config.seed = Some(seed);
        self
    }

    /// Starts with the clock of the world stopped at this instant.
    #[must_use]
    pub fn frozen_at(mut self, instant: Timestamp) -> Self {
        self.config.frozen_at = Some(instant);
        self
    }

    /// How much is shown and packed at once; as on the real system when not set.
    #[must_use]
    pub fn bounds(mut self, bounds: Bounds) -> Self {
        self.config.bounds = bounds;
        self
    }

    /// Lets every second invoice appear late: with a date of storing that lies before that of invoices which could be
    /// seen earlier, but never before the high-water mark. Needs a [`Latency::hwm`] of some length.
    #[must_use]
    pub fn stores_out_of_order(mut self, is_out_of_order: bool) -> Self {
        self.config.stores_out_of_order = is_out_of_order;
        self
    }

    /// Lets invoices that are stored in one go share their instant, which the real system does not rule out. Otherwise no
    /// two have the same.
    #[must_use]
    pub fn stores_at_one_instant(mut self, is_one: bool) -> Self {
        self.config.stores_at_one_instant = is_one;
        self
    }

    /// Starts the sandbox; it accepts connections when this returns.
    ///
    /// # Errors
    /// The port is taken, the data directory is in use, unreadable or newer, or keys cannot be made.
    pub async fn start(self) -> Result<Sandbox, Error> {
        Sandbox::start(self.config).await
    }
}

/// As on the Ministry's TEST, so that clients which check it pass.
const RECEIVER_NAME: &str = "Ministerstwo Finansów - środowisko testowe (TE)";

//! How a client is made.

use std::fmt;
use std::sync::Arc;

use ksef_api::ops::keys::PublicKeyCertificate;
use ksef_core::clock::{SharedClock, SystemClock};
use ksef_core::context::ContextIdentifier;
use ksef_core::environment::Environment;

use super::{Client, Shared};
use crate::auth::{Credentials, LoginOptions};
use crate::caller::Caller;
use crate::error::Error;
use crate::keys::Keys;
use crate::limiter::{Limiter, LimiterOptions};
use crate::retry::RetryPolicy;
use crate::tokens::{NoTokenStore, StoredTokens, TokenStore};
use crate::transport::{Timeouts, Transport, TransportOptions};

/// Makes a [`Client`]. Everything is optional; without credentials and context, only public operations work.
#[must_use]
pub struct ClientBuilder {
    environment: Environment,
    credentials: Option<Credentials>,
    context: Option<ContextIdentifier>,
    clock: Option<SharedClock>,
    transport: TransportOptions,
    retry: RetryPolicy,
    limiter: Option<LimiterOptions>,
    store: Arc<dyn TokenStore>,
    seeds: Vec<StoredTokens>,
    login_options: LoginOptions,
    public_keys: Vec<PublicKeyCertificate>,
}

impl ClientBuilder {
    pub(super) fn new(environment: Environment) -> Self {
        Self {
            environment,
            credentials: None,
            context: None,
            clock: None,
            transport: TransportOptions {
                timeouts: Timeouts::default(),
                user_agent: USER_AGENT.to_owned(),
                root_certificates: Vec::new(),
                answer_bytes_max: ANSWER_BYTES_MAX,
            },
            retry: RetryPolicy::default(),
            limiter: Some(LimiterOptions::new()),
            store: Arc::new(NoTokenStore),
            seeds: Vec::new(),
            login_options: LoginOptions::default(),
            public_keys: Vec::new(),
        }
    }

    /// What one signs in with.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// On whose behalf one works.
    pub fn context(mut self, context: impl Into<ContextIdentifier>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// How one signs in.
    pub fn login(mut self, options: LoginOptions) -> Self {
        self.login_options = options;
        self
    }

    /// The clock that everything goes by; the machine's unless given.
    pub fn clock(mut self, clock: SharedClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Limits of time.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.transport.timeouts = timeouts;
        self
    }

    /// How the client introduces itself.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.transport.user_agent = user_agent.into();
        self
    }

    /// One or more certificates in PEM that are trusted besides the machine's own. May be given several times.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.transport.root_certificates.push(pem.into());
        self
    }

    /// The longest answer that is taken, in bytes; 64 MiB unless given.
    pub fn answer_bytes_max(mut self, bytes: usize) -> Self {
        self.transport.answer_bytes_max = bytes;
        self
    }

    /// How often and how long calls are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How KSeF's request limits are kept; unless given, by waiting for as long as it takes, and without a store.
    pub fn limiter(mut self, options: LimiterOptions) -> Self {
        self.limiter = Some(options);
        self
    }

    /// Keeps no request limits: calls leave at once, and 429 is answered by the [`RetryPolicy`] alone.
    pub fn without_limiter(mut self) -> Self {
        self.limiter = None;
        self
    }

    /// Where tokens are kept between runs.
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.store = store;
        self
    }

    /// Tokens of an earlier login with these credentials in this context; the store is not asked then.
    pub fn seed_tokens(mut self, tokens: StoredTokens) -> Self {
        self.seeds.push(tokens);
        self
    }

    /// The Ministry's public keys, so that none need be fetched at first.
    pub fn public_keys(
        mut self,
        certificates: impl IntoIterator<Item = PublicKeyCertificate>,
    ) -> Self {
        self.public_keys.extend(certificates);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`ErrorKind::Misuse`](crate::ErrorKind::Misuse): a root certificate that is no PEM, a user agent that cannot
    /// be sent, a machine without any trusted certificates, seeds without credentials and context.
    pub fn build(self) -> Result<Client, Error> {
        let transport = Transport::new(&self.environment, &self.transport)?;
        let clock = self.clock.clone().unwrap_or_else(SystemClock::shared);
        let limiter = self
            .limiter
            .map(|options| Arc::new(Limiter::new(options, Arc::clone(&clock))));
        let caller = Arc::new(Caller {
            transport,
            environment: self.environment,
            retry: self.retry,
            clock,
            limiter,
        });
        let keys = Arc::new(Keys::new(Arc::clone(&caller)));
        if !self.public_keys.is_empty() {
            keys.preload(self.public_keys);
        }
        let shared = Arc::new(Shared {
            caller,
            keys,
            store: self.store,
            clock: self.clock,
            login_options: self.login_options,
            identities: std::sync::Mutex::default(),
        });
        let identity = self
            .credentials
            .map(|credentials| shared.identity(credentials));
        for seed in self.seeds {
            match (&identity, &self.context) {
                (Some(identity), Some(context)) => identity.seed(context, seed),
                _ => {
                    return Err(Error::misuse(
                        "seeded tokens need credentials and a context",
                    ));
                }
            }
        }
        Ok(Client::assembled(shared, identity, self.context))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("environment", &self.environment.api_base())
            .field("context", &self.context)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

const USER_AGENT: &str = concat!("ksef-sdk/", env!("CARGO_PKG_VERSION"));
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

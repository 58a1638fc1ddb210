//! The token of one context: read without a lock, renewed by one task at a time.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::auth::BearerToken;
use ksef_core::context::ContextIdentifier;
use ksef_core::reference::AuthRef;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::access::{AccessToken, Bearer};
use super::store::{StoredTokens, TokenKey};
use super::{Board, IssuedTokens, Source};
use crate::error::{Error, ErrorKind};

/// The token of one context.
pub(crate) struct Slot {
    key: TokenKey,
    source: Arc<Source>,
    /// Where readers look. Weak, since the board holds its slots.
    board: Weak<Board>,
    /// No renewal starts in the background before this second: the last one failed.
    quiet_until: AtomicI64,
    /// The renewal that is under way.
    flight: Mutex<Option<Flight>>,
    rest: Mutex<Rest>,
}

/// What readers do not need, and the token itself.
#[derive(Debug, Default)]
struct Rest {
    access: Option<Arc<AccessToken>>,
    refresh: Option<BearerToken>,
    reference: Option<AuthRef>,
    /// By how much the server's clock is ahead of ours.
    skew: Option<SignedDuration>,
    /// Whether the store was asked, or need not be.
    loaded: bool,
}

type Outcome = Result<Arc<AccessToken>, Error>;
type Flight = watch::Receiver<Option<Outcome>>;

impl Slot {
    pub(crate) fn new(context: ContextIdentifier, source: Arc<Source>, board: Weak<Board>) -> Self {
        Self {
            key: TokenKey::new(context, source.name.clone()),
            source,
            board,
            quiet_until: AtomicI64::new(i64::MIN),
            flight: Mutex::default(),
            rest: Mutex::default(),
        }
    }

    /// The token at hand, if it is usable.
    pub(crate) fn usable(&self) -> Option<Arc<AccessToken>> {
        let now = self.source.clock.now_second();
        lock(&self.rest)
            .access
            .clone()
            .filter(|access| now < access.ends_at)
    }

    pub(crate) async fn bearer(self: &Arc<Self>) -> Result<Bearer, Error> {
        self.join(|_| false).await
    }

    pub(crate) async fn bearer_after(self: &Arc<Self>, refused: &Bearer) -> Result<Bearer, Error> {
        self.join(|access| refused.is(access)).await
    }

    pub(crate) fn seed(&self, tokens: StoredTokens) {
        let now = self.source.clock.now_second();
        let mut rest = lock(&self.rest);
        rest.loaded = true;
        rest.refresh = tokens.refresh;
        rest.reference = tokens.reference;
        // One that has ended, or that no header carries, is as good as none.
        let access = tokens
            .access
            .filter(|access| access.valid_until.as_second() > now)
            .and_then(|access| AccessToken::new(access, now, None).ok());
        self.publish(&mut rest, access.map(Arc::new));
    }

    /// Asks the store, once, without fetching anything.
    pub(crate) fn load(&self) {
        self.load_stored();
    }

    /// Takes the tokens of a login that was made elsewhere.
    pub(crate) fn accept(&self, issued: IssuedTokens) -> Result<(), Error> {
        lock(&self.rest).loaded = true;
        self.take(issued.access.clone(), issued.server_time, Some(issued))
            .map(|_| ())
    }

    pub(crate) fn forget(&self) {
        {
            let mut rest = lock(&self.rest);
            *rest = Rest::default();
            rest.loaded = true;
            self.publish(&mut rest, None);
        }
        if let Err(error) = self.source.store.forget(&self.key) {
            tracing::warn!(context = %self.key.context, %error, "tokens could not be removed");
        }
    }

    /// The refresh token, for ending the login.
    pub(crate) fn refresh_token(&self) -> Option<BearerToken> {
        lock(&self.rest).refresh.clone()
    }

    /// The name of the current login.
    pub(crate) fn reference(&self) -> Option<AuthRef> {
        lock(&self.rest).reference
    }

    #[cold]
    pub(super) fn renew_in_background(self: &Arc<Self>, now: i64) {
        if now < self.quiet_until.load(Ordering::Relaxed) || Handle::try_current().is_err() {
            return;
        }
        // Told off even if it succeeds: whoever reads meanwhile need not look at the lock.
        self.quiet_until
            .store(now.saturating_add(QUIET_SECONDS), Ordering::Relaxed);
        drop(self.flight(|access| now >= access.renew_at));
    }

    /// Waits for the renewal that is under way, or for a new one, unless a usable token came in meanwhile.
    async fn join(
        self: &Arc<Self>,
        unusable: impl Fn(&Arc<AccessToken>) -> bool,
    ) -> Result<Bearer, Error> {
        let mut flight = match self.flight(unusable) {
            Ok(access) => return Ok(Bearer::counted(access)),
            Err(flight) => flight,
        };
        let outcome = flight
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|got| got.clone());
        match outcome {
            Some(outcome) => outcome.map(Bearer::counted),
            None => Err(Error::new(ErrorKind::Cancelled)),
        }
    }

    /// A usable token, or the renewal to wait for. What `unusable` names is thrown away.
    fn flight(
        self: &Arc<Self>,
        unusable: impl Fn(&Arc<AccessToken>) -> bool,
    ) -> Result<Arc<AccessToken>, Flight> {
        let mut flight = lock(&self.flight);
        if let Some(flight) = flight.as_ref() {
            return Err(flight.clone());
        }
        if let Some(access) = self.usable().filter(|access| !unusable(access)) {
            return Ok(access);
        }
        let (sender, receiver) = watch::channel(None);
        *flight = Some(receiver.clone());
        let landing = Landing(Arc::clone(self));
        tokio::spawn(async move {
            let outcome = landing.0.renew().await;
            // First nobody joins any more, then everybody who joined is told.
            drop(landing);
            sender.send_replace(Some(outcome));
        });
        Err(receiver)
    }

    async fn renew(&self) -> Outcome {
        if let Some(access) = self.load_stored() {
            return Ok(access);
        }
        let refresh = lock(&self.rest).refresh.clone();
        if let Some(refresh) = refresh {
            match self.source.authenticator.refresh(&refresh).await {
                Ok(refreshed) => {
                    return self.take(refreshed.access, refreshed.server_time, None);
                }
                Err(error) if is_refusal(&error) => {
                    tracing::debug!(context = %self.key.context, %error, "signing in anew");
                    lock(&self.rest).refresh = None;
                }
                Err(error) => return Err(error),
            }
        }
        let issued = self.source.authenticator.login(&self.key.context).await?;
        self.take(issued.access.clone(), issued.server_time, Some(issued))
    }

    /// Keeps a token and shows it to readers. The lock on `rest` keeps the order of two changes.
    fn publish(&self, rest: &mut Rest, access: Option<Arc<AccessToken>>) {
        if let Some(board) = self.board.upgrade() {
            board.rcu(|places| places.with_access(&self.key.context, access.as_ref()));
        }
        rest.access = access;
    }

    /// Asks the store, once.
    fn load_stored(&self) -> Option<Arc<AccessToken>> {
        if std::mem::replace(&mut lock(&self.rest).loaded, true) {
            return None;
        }
        match self.source.store.load(&self.key) {
            Ok(Some(tokens)) => {
                self.seed(tokens);
                self.usable()
            }
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(context = %self.key.context, %error, "tokens could not be read");
                None
            }
        }
    }

    /// Puts a new token in place and keeps it.
    fn take(
        &self,
        access: BearerToken,
        server_time: Option<Timestamp>,
        issued: Option<IssuedTokens>,
    ) -> Outcome {
        let now = self.source.clock.now_second();
        let mut rest = lock(&self.rest);
        // The challenge of a login tells the server's clock better than the header of a refresh.
        if issued.is_some() || rest.skew.is_none() {
            rest.skew = server_time.map(|time| SignedDuration::from_secs(time.as_second() - now));
        }
        if let Some(issued) = issued {
            rest.refresh = issued.refresh;
            rest.reference = issued.reference;
        }
        let access = Arc::new(AccessToken::new(access, now, rest.skew)?);
        let stored = StoredTokens {
            access: Some(access.token().clone()),
            refresh: rest.refresh.clone(),
            reference: rest.reference,
        };
        self.publish(&mut rest, Some(Arc::clone(&access)));
        drop(rest);
        self.quiet_until.store(i64::MIN, Ordering::Relaxed);
        if let Err(error) = self.source.store.save(&self.key, &stored) {
            tracing::warn!(context = %self.key.context, %error, "tokens could not be kept");
        }
        Ok(access)
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Ends the flight of a slot, however its task ends.
struct Landing(Arc<Slot>);

impl Drop for Landing {
    fn drop(&mut self) {
        *lock(&self.0.flight) = None;
    }
}

/// Whether the server does not accept the refresh token any more, so that only a login helps.
fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Rejected | ErrorKind::Unauthorised | ErrorKind::Forbidden
    )
}

/// Nothing under these locks panics or waits.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a token that still works is left alone after an attempt to renew it.
const QUIET_SECONDS: i64 = 10;

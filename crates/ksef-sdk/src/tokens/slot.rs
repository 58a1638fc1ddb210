//! The token of one context: read without a lock, renewed by one task at a time.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use jiff::SignedDuration;
use ksef_api::ops::auth::BearerToken;
use ksef_core::context::ContextIdentifier;
use ksef_core::reference::AuthRef;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::access::{AccessToken, Bearer};
use super::store::{StoredTokens, TokenKey};
use super::{Board, IssuedTokens, RefreshedToken, Source};
use crate::error::{Error, ErrorKind};

/// The token of one context.
pub(crate) struct Slot {
    key: TokenKey,
    source: Arc<Source>,
    /// Where readers look. Weak, since the board holds its slots.
    board: Weak<Board>,
    /// No renewal starts in the background before this second: the last one failed.
    quiet_until: AtomicI64,
    /// Held while the store is asked or told, so that it ends up with what was decided last. Locks are taken in the
    /// order of these three.
    keeping: Mutex<()>,
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
    /// Grows when tokens are dropped or come from elsewhere: what a renewal brings that began before is not wanted.
    generation: u64,
}

type Outcome = Result<Arc<AccessToken>, Error>;
type Landed = watch::Receiver<Option<Outcome>>;

/// A renewal that is under way.
#[derive(Clone)]
struct Flight {
    generation: u64,
    landed: Landed,
}

impl Slot {
    pub(crate) fn new(context: ContextIdentifier, source: Arc<Source>, board: Weak<Board>) -> Self {
        Self {
            key: TokenKey::new(context, source.name.clone()),
            source,
            board,
            quiet_until: AtomicI64::new(i64::MIN),
            keeping: Mutex::default(),
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
        let _keeping = lock(&self.keeping);
        self.anew(|rest| self.put(rest, tokens));
    }

    /// Asks the store, once, without fetching anything.
    pub(crate) fn load(&self) {
        self.load_stored();
    }

    /// Takes the tokens of a login that was made elsewhere.
    pub(crate) fn accept(&self, issued: IssuedTokens) -> Result<(), Error> {
        let generation = self.anew(|rest| rest.generation);
        self.take(New::Login(issued), generation).map(|_| ())
    }

    pub(crate) fn forget(&self) {
        let _keeping = lock(&self.keeping);
        self.anew(|rest| {
            let generation = rest.generation;
            *rest = Rest {
                loaded: true,
                generation,
                ..Rest::default()
            };
            self.publish(rest, None);
        });
        if let Err(error) = self.source.store.forget(&self.key) {
            tracing::warn!(context = %self.key.context, %error, "tokens could not be removed");
        }
    }

    /// Changes the tokens from outside: the renewal that is under way comes too late.
    fn anew<T>(&self, change: impl FnOnce(&mut Rest) -> T) -> T {
        let mut flight = lock(&self.flight);
        let mut rest = lock(&self.rest);
        *flight = None;
        rest.generation = rest.generation.wrapping_add(1);
        rest.loaded = true;
        change(&mut rest)
    }

    fn put(&self, rest: &mut Rest, tokens: StoredTokens) {
        let now = self.source.clock.now_second();
        rest.refresh = tokens.refresh;
        rest.reference = tokens.reference;
        // One that has ended, or that no header carries, is as good as none.
        let access = tokens
            .access
            .filter(|access| access.valid_until.as_second() > now)
            .and_then(|access| AccessToken::new(access, now, None).ok());
        self.publish(rest, access.map(Arc::new));
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
        let mut landed = match self.flight(unusable) {
            Ok(access) => return Ok(Bearer::counted(access)),
            Err(landed) => landed,
        };
        let outcome = landed
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
    ) -> Result<Arc<AccessToken>, Landed> {
        let mut flight = lock(&self.flight);
        if let Some(flight) = flight.as_ref() {
            return Err(flight.landed.clone());
        }
        if let Some(access) = self.usable().filter(|access| !unusable(access)) {
            return Ok(access);
        }
        let generation = lock(&self.rest).generation;
        let (sender, landed) = watch::channel(None);
        *flight = Some(Flight {
            generation,
            landed: landed.clone(),
        });
        let landing = Landing {
            slot: Arc::clone(self),
            generation,
        };
        tokio::spawn(async move {
            let outcome = landing.slot.renew(generation).await;
            // First nobody joins any more, then everybody who joined is told.
            drop(landing);
            sender.send_replace(Some(outcome));
        });
        Err(landed)
    }

    async fn renew(&self, generation: u64) -> Outcome {
        if let Some(access) = self.load_stored() {
            return Ok(access);
        }
        let refresh = self.unless_late(generation, |rest| rest.refresh.clone());
        if let Some(Some(refresh)) = refresh {
            match self.source.authenticator.refresh(&refresh).await {
                Ok(refreshed) => return self.take(New::Access(refreshed), generation),
                Err(error) if is_refusal(&error) => {
                    tracing::debug!(context = %self.key.context, %error, "signing in anew");
                    self.unless_late(generation, |rest| rest.refresh = None);
                }
                Err(error) => return Err(error),
            }
        }
        if self.unless_late(generation, |_| ()).is_none() {
            return self.late();
        }
        let issued = self.source.authenticator.login(&self.key.context).await?;
        if self.unless_late(generation, |_| ()).is_none() {
            // Whoever dropped the tokens meanwhile wanted no login to be left.
            self.source.authenticator.abandon(&issued).await;
        }
        self.take(New::Login(issued), generation)
    }

    /// Looks at the tokens, unless they were dropped or replaced meanwhile.
    fn unless_late<T>(&self, generation: u64, look: impl FnOnce(&mut Rest) -> T) -> Option<T> {
        let mut rest = lock(&self.rest);
        (rest.generation == generation).then(|| look(&mut rest))
    }

    /// What a renewal gives that comes too late: the token that is there now, if any.
    fn late(&self) -> Outcome {
        self.usable().ok_or_else(|| {
            Error::new(ErrorKind::Cancelled).with_source("the login was ended meanwhile")
        })
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
        let _keeping = lock(&self.keeping);
        if std::mem::replace(&mut lock(&self.rest).loaded, true) {
            return None;
        }
        match self.source.store.load(&self.key) {
            Ok(Some(tokens)) => {
                self.put(&mut lock(&self.rest), tokens);
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
    fn take(&self, new: New, generation: u64) -> Outcome {
        let _keeping = lock(&self.keeping);
        let now = self.source.clock.now_second();
        let mut rest = lock(&self.rest);
        if rest.generation != generation {
            drop(rest);
            return self.late();
        }
        let (server_time, is_login) = match &new {
            New::Login(issued) => (issued.server_time, true),
            New::Access(refreshed) => (refreshed.server_time, false),
        };
        // The challenge of a login tells the server's clock better than the header of a refresh.
        if is_login || rest.skew.is_none() {
            rest.skew = server_time.map(|time| SignedDuration::from_secs(time.as_second() - now));
        }
        let access = match new {
            New::Login(issued) => {
                rest.refresh = issued.refresh;
                rest.reference = issued.reference;
                issued.access
            }
            New::Access(refreshed) => refreshed.access,
        };
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

/// What a renewal brought.
enum New {
    Login(IssuedTokens),
    Access(RefreshedToken),
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Ends the flight of a slot, however its task ends.
struct Landing {
    slot: Arc<Slot>,
    generation: u64,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut flight = lock(&self.slot.flight);
        // Another one may be under way since the tokens were dropped.
        flight.take_if(|flight| flight.generation == self.generation);
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

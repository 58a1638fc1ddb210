//! Access tokens of many contexts at once.
//!
//! Reading a valid token takes no lock and allocates nothing. A token is replaced before it ends: the first reader
//! after four fifths of its life starts that in the background and goes on with the old one. For each context at
//! most one renewal runs at a time, everybody who waits gets its result, and nobody waits for another context. A
//! renewal runs in a task of its own, so a caller who goes away neither stops it nor leaves anything locked.

mod access;
mod coarse;
mod slot;
mod store;

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use ksef_api::ops::auth::BearerToken;
use ksef_core::clock::SharedClock;
use ksef_core::context::ContextIdentifier;
use ksef_core::reference::AuthRef;

use crate::error::Error;

pub use access::Bearer;
pub use store::{NoTokenStore, StoredTokens, TokenKey, TokenStore};

pub(crate) use access::{AccessToken, header};
pub(crate) use coarse::TokenClock;
pub(crate) use slot::Slot;

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where tokens come from.
///
/// [`crate::Client`] brings its own; another one is of use in tests and for tokens that some other service hands out.
pub trait Authenticator: fmt::Debug + Send + Sync {
    /// Names the credentials, without any secret: two that differ have different names. Part of [`TokenKey`].
    fn name(&self) -> String;

    /// Signs in to this context.
    fn login<'a>(
        &'a self,
        context: &'a ContextIdentifier,
    ) -> BoxFuture<'a, Result<IssuedTokens, Error>>;

    /// Issues a new access token.
    fn refresh<'a>(
        &'a self,
        refresh: &'a BearerToken,
    ) -> BoxFuture<'a, Result<RefreshedToken, Error>>;

    /// Ends a login that nobody wants any more, because its tokens were dropped while it was under way. As well as it
    /// can: nobody hears of a failure. Does nothing unless written otherwise.
    fn abandon<'a>(&'a self, issued: &'a IssuedTokens) -> BoxFuture<'a, ()> {
        let _ = issued;
        Box::pin(std::future::ready(()))
    }
}

/// What a login gives.
#[derive(Debug, Clone)]
pub struct IssuedTokens {
    /// Bearer of the operations.
    pub access: BearerToken,
    /// What renews it.
    pub refresh: Option<BearerToken>,
    /// The name of the login.
    pub reference: Option<AuthRef>,
    /// What the server's clock showed: the ends of the tokens are in its time, not in ours.
    pub server_time: Option<Timestamp>,
}

/// What a refresh gives.
#[derive(Debug, Clone)]
pub struct RefreshedToken {
    /// Bearer of the operations.
    pub access: BearerToken,
    /// What the server's clock showed.
    pub server_time: Option<Timestamp>,
}

/// The tokens of one set of credentials, one per context.
#[derive(Clone)]
pub struct TokenProvider {
    board: Arc<Board>,
    source: Arc<Source>,
}

/// What readers see. Each change of a token puts up a new copy: tokens change every few minutes, and are read at
/// every call.
pub(crate) type Board = ArcSwap<Places>;

/// The places of all contexts.
#[derive(Default, Clone)]
pub(crate) struct Places {
    /// Where in `all` a context is. A context never moves.
    index: HashMap<ContextIdentifier, usize, foldhash::fast::RandomState>,
    all: Vec<Place>,
}

/// One context: its token, and what renews it.
#[derive(Clone)]
struct Place {
    access: Option<Arc<AccessToken>>,
    /// From this second on a reader has more to do than to read: the token is to be renewed, or there is none.
    calm_until: i64,
    slot: Arc<Slot>,
}

impl Place {
    /// Of a token that is to be renewed, which starts here, or of none.
    #[cold]
    fn is_usable(&self, now: i64) -> bool {
        let is_usable = self
            .access
            .as_ref()
            .is_some_and(|access| now < access.ends_at);
        if is_usable {
            self.slot.renew_in_background(now);
        }
        is_usable
    }
}

impl Places {
    /// The token at a place.
    #[inline]
    pub(crate) fn access(&self, at: usize) -> Option<&Arc<AccessToken>> {
        self.all.get(at)?.access.as_ref()
    }

    fn slot(&self, context: &ContextIdentifier) -> Option<&Arc<Slot>> {
        Some(&self.all.get(*self.index.get(context)?)?.slot)
    }

    /// A copy with another token at a place.
    pub(crate) fn with_access(
        &self,
        context: &ContextIdentifier,
        access: Option<&Arc<AccessToken>>,
    ) -> Self {
        let mut copy = self.clone();
        let at = copy.index.get(context).copied();
        if let Some(place) = at.and_then(|at| copy.all.get_mut(at)) {
            place.access = access.map(Arc::clone);
            place.calm_until = access.map_or(i64::MIN, |access| access.renew_at);
        }
        copy
    }

    /// A copy with one more place, unless the context has one.
    fn with_slot(&self, context: &ContextIdentifier, slot: &Arc<Slot>) -> Self {
        let mut copy = self.clone();
        if !copy.index.contains_key(context) {
            copy.index.insert(*context, copy.all.len());
            copy.all.push(Place {
                access: None,
                calm_until: i64::MIN,
                slot: Arc::clone(slot),
            });
        }
        copy
    }
}

/// What all slots of a provider share.
pub(crate) struct Source {
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) clock: TokenClock,
    pub(crate) name: String,
}

impl TokenProvider {
    /// Tokens from `authenticator`, kept in `store` between runs. Without a clock the machine's is used.
    #[must_use]
    pub fn new(
        authenticator: Arc<dyn Authenticator>,
        store: Arc<dyn TokenStore>,
        clock: Option<SharedClock>,
    ) -> Self {
        let name = authenticator.name();
        Self {
            board: Arc::default(),
            source: Arc::new(Source {
                authenticator,
                store,
                clock: TokenClock::new(clock),
                name,
            }),
        }
    }

    /// The token of a context, when a usable one is at hand. Takes no lock, allocates nothing.
    ///
    /// Inside a tokio runtime it starts the renewal of a token that is close to its end.
    #[must_use]
    #[inline]
    pub fn cached(&self, context: &ContextIdentifier) -> Option<Bearer> {
        let places = self.board.load();
        let at = *places.index.get(context)?;
        let place = places.all.get(at)?;
        let now = self.source.clock.now_second();
        if now >= place.calm_until && !place.is_usable(now) {
            return None;
        }
        Some(Bearer::borrowed(places, at))
    }

    /// The token of a context: the one at hand, or after a refresh or a login.
    ///
    /// # Errors
    /// What the refresh or the login answered; the same for everybody who waited for it.
    pub async fn bearer(&self, context: &ContextIdentifier) -> Result<Bearer, Error> {
        if let Some(bearer) = self.cached(context) {
            return Ok(bearer);
        }
        self.slot(context).bearer().await
    }

    /// The token that takes the place of one which the server refused; `refused` itself never comes back.
    ///
    /// # Errors
    /// As [`TokenProvider::bearer`].
    pub async fn bearer_after(
        &self,
        context: &ContextIdentifier,
        refused: &Bearer,
    ) -> Result<Bearer, Error> {
        self.slot(context).bearer_after(refused).await
    }

    /// Takes tokens over, for instance from an earlier run.
    pub fn seed(&self, context: &ContextIdentifier, tokens: StoredTokens) {
        self.slot(context).seed(tokens);
    }

    /// Drops the tokens of a context, also from the store. The server is not told. A renewal that is under way brings
    /// nothing back: whoever waits for it gets [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    pub fn forget(&self, context: &ContextIdentifier) {
        self.slot(context).forget();
    }

    /// The place of a context's token; made when it is asked for the first time.
    pub(crate) fn slot(&self, context: &ContextIdentifier) -> Arc<Slot> {
        if let Some(slot) = self.board.load().slot(context) {
            return Arc::clone(slot);
        }
        let board = Arc::downgrade(&self.board);
        let fresh = Arc::new(Slot::new(*context, Arc::clone(&self.source), board));
        self.board.rcu(|places| places.with_slot(context, &fresh));
        // Another thread may have been first.
        self.board.load().slot(context).map_or(fresh, Arc::clone)
    }
}

impl fmt::Debug for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenProvider")
            .field("name", &self.source.name)
            .field("contexts", &self.board.load().all.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

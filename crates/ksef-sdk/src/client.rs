//! The client: who is signed in, where, and calls on their behalf.

mod builder;
mod download;
mod keyed;
mod listing;
mod operations;
mod transfer;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;
use ksef_api::operation::Auth;
use ksef_api::ops::auth::{BearerToken, TerminateCurrentAuth};
use ksef_api::request::Request;
use ksef_core::clock::SharedClock;
use ksef_core::context::ContextIdentifier;
use ksef_core::environment::Environment;
use ksef_core::reference::{AuthRef, TokenRef};

use crate::auth::{Credentials, Login, LoginOptions};
use crate::caller::{Answered, Caller};
use crate::error::{Error, ErrorKind};
use crate::keys::Keys;
use crate::tokens::{Authenticator, Bearer, Slot, StoredTokens, TokenProvider, TokenStore, header};

pub use builder::ClientBuilder;
pub(crate) use operations::APPLICATION;
pub use operations::NewKsefToken;
pub(crate) use transfer::Upload;

/// A client of one environment, working in one context with one set of credentials.
///
/// Cloning is cheap, and clones share everything. So do the clients that [`Client::for_context`] and
/// [`Client::with_login`] make: the connections, the public keys, and the tokens of each pair of credentials and
/// context.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    /// The credentials, where there are any.
    identity: Option<SignedIn>,
    context: Option<ContextIdentifier>,
}

/// What all clients of one builder share.
struct Shared {
    caller: Arc<Caller>,
    keys: Arc<Keys>,
    store: Arc<dyn TokenStore>,
    /// The clock of the builder; without one, tokens are checked against the cheaper clock of the system.
    clock: Option<SharedClock>,
    login_options: LoginOptions,
    /// By the name of the credentials.
    identities: Mutex<HashMap<String, SignedIn>>,
}

/// One set of credentials.
#[derive(Clone)]
struct SignedIn {
    login: Arc<Login>,
    tokens: TokenProvider,
}

impl Client {
    /// A client of this environment.
    pub fn builder(environment: Environment) -> ClientBuilder {
        ClientBuilder::new(environment)
    }

    /// The environment.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.shared.caller.environment
    }

    /// On whose behalf the client works.
    #[must_use]
    pub fn context(&self) -> Option<&ContextIdentifier> {
        self.context.as_ref()
    }

    /// The clock that everything goes by.
    #[must_use]
    pub fn clock(&self) -> &SharedClock {
        &self.shared.caller.clock
    }

    /// The same credentials in another context.
    #[must_use]
    pub fn for_context(&self, context: ContextIdentifier) -> Self {
        Self::assembled(
            Arc::clone(&self.shared),
            self.identity.clone(),
            Some(context),
        )
    }

    /// Other credentials in a context.
    #[must_use]
    pub fn with_login(&self, context: ContextIdentifier, credentials: Credentials) -> Self {
        let identity = self.shared.identity(credentials);
        Self::assembled(Arc::clone(&self.shared), Some(identity), Some(context))
    }

    /// The KSeF token that the client signs in with, by its public name; `None` with other credentials.
    #[must_use]
    pub fn ksef_token_reference(&self) -> Option<TokenRef> {
        match &self.identity.as_ref()?.login.credentials {
            Credentials::KsefToken(token) => token.reference(),
            _ => None,
        }
    }

    /// The tokens of the client's credentials in all contexts.
    #[must_use]
    pub fn tokens(&self) -> Option<&TokenProvider> {
        self.identity.as_ref().map(|identity| &identity.tokens)
    }

    /// Makes a call, with the bearer that its operation wants.
    ///
    /// Repeats it as the [`RetryPolicy`](crate::RetryPolicy) and the operation's replay class allow. When the server
    /// does not accept the access token, it is replaced once, by a refresh or a new login, and the call made again.
    ///
    /// # Errors
    /// [`ErrorKind::Misuse`] without credentials and context where the operation wants an access token, and for
    /// operations whose bearer only a login has; otherwise what the server answered.
    pub async fn call<R: Request + Sync + ?Sized>(
        &self,
        request: &R,
    ) -> Result<Answered<R::Answer>, Error> {
        let operation = request.operation();
        match operation.auth {
            Auth::None => return self.shared.caller.call(request, None).await,
            Auth::Access | Auth::AccessOrRefresh => {}
            Auth::Operation | Auth::Refresh => {
                return Err(Error::misuse(
                    "this operation belongs to a login: use call_with_bearer",
                )
                .at(operation.id));
            }
        }
        let (tokens, context) = self.place().map_err(|error| error.at(operation.id))?;
        let bearer = tokens.bearer(context).await;
        let bearer = bearer.map_err(Error::before_the_work)?.detached();
        let refused = match self.call_as(request, bearer.header()).await {
            Err(error) if matches!(error.kind(), ErrorKind::Unauthorised) => bearer,
            outcome => return outcome,
        };
        let bearer = tokens.bearer_after(context, &refused).await;
        let bearer = bearer.map_err(Error::before_the_work)?;
        let header = bearer.header();
        drop(bearer);
        self.call_as(request, header).await
    }

    /// Makes a call with a bearer of one's own, for instance the operation token of a login.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn call_with_bearer<R: Request + Sync + ?Sized>(
        &self,
        request: &R,
        bearer: &BearerToken,
    ) -> Result<Answered<R::Answer>, Error> {
        self.call_as(request, header(bearer.token.expose())?).await
    }

    /// Signs in now, if no usable token is at hand, and gives the token.
    ///
    /// # Errors
    /// [`ErrorKind::Status`] when KSeF refuses the credentials, with its explanation; [`ErrorKind::Misuse`] without
    /// credentials and context; otherwise what went wrong on the way.
    pub async fn authenticate(&self) -> Result<Bearer, Error> {
        let (tokens, context) = self.place()?;
        tokens.bearer(context).await
    }

    /// Continues a login whose document was signed elsewhere: submits it, waits, and keeps the tokens.
    ///
    /// The tokens belong to the client's credentials and context, which must be those of the document.
    ///
    /// # Errors
    /// As [`Client::authenticate`].
    pub async fn submit_signed(&self, document: impl Into<Vec<u8>>) -> Result<(), Error> {
        let slot = self.slot()?;
        let identity = self.identity()?;
        let issued = identity.login.submit_signed(document.into()).await?;
        slot.accept(issued)
    }

    /// The name of the current login, when it is known.
    #[must_use]
    pub fn login_reference(&self) -> Option<AuthRef> {
        self.slot().ok().and_then(|slot| slot.reference())
    }

    /// Ends the login at KSeF and drops its tokens here. Without tokens, nothing is done.
    ///
    /// # Errors
    /// What the server answered, except that it knows no such login any more. The tokens are dropped in any case.
    pub async fn logout(&self) -> Result<(), Error> {
        let slot = self.slot()?;
        slot.load();
        let access = slot.usable().map(|access| Bearer::counted(access).header());
        let refresh = slot.refresh_token();
        let refresh = refresh.and_then(|token| header(token.token.expose()).ok());
        slot.forget();
        // An access token that is not accepted does not mean that its login has ended.
        for bearer in [access, refresh].into_iter().flatten() {
            match self.call_as(&TerminateCurrentAuth, bearer).await {
                Ok(_) => break,
                Err(error) if is_over(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn call_as<R: Request + Sync + ?Sized>(
        &self,
        request: &R,
        bearer: HeaderValue,
    ) -> Result<Answered<R::Answer>, Error> {
        let context = self.context.as_ref();
        self.shared
            .caller
            .call_for(context, request, Some(bearer))
            .await
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.shared.caller
    }

    pub(crate) fn shared_caller(&self) -> Arc<Caller> {
        Arc::clone(&self.shared.caller)
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.shared.keys
    }

    fn place(&self) -> Result<(&TokenProvider, &ContextIdentifier), Error> {
        let tokens = &self.identity()?.tokens;
        let context = self.context.as_ref();
        let context = context.ok_or_else(|| Error::misuse("the client has no context"))?;
        Ok((tokens, context))
    }

    fn slot(&self) -> Result<Arc<Slot>, Error> {
        let (tokens, context) = self.place()?;
        Ok(tokens.slot(context))
    }

    fn identity(&self) -> Result<&SignedIn, Error> {
        self.identity
            .as_ref()
            .ok_or_else(|| Error::misuse("the client has no credentials"))
    }

    fn assembled(
        shared: Arc<Shared>,
        identity: Option<SignedIn>,
        context: Option<ContextIdentifier>,
    ) -> Self {
        Self {
            shared,
            identity,
            context,
        }
    }
}

/// Whether KSeF knows no such login any more.
fn is_over(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unauthorised)
        || error.has_code(NOT_AUTHORISED)
        || error.has_code(NO_LOGIN)
}

/// 21301: the state of the login does not allow it, here because it was ended.
const NOT_AUTHORISED: i32 = 21_301;
/// 21304: no such login.
const NO_LOGIN: i32 = 21_304;

impl Shared {
    /// The place of these credentials; the same for the same name.
    fn identity(&self, credentials: Credentials) -> SignedIn {
        let mut identities = self
            .identities
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        identities
            .entry(credentials.name())
            .or_insert_with(|| {
                let login = Arc::new(Login {
                    caller: Arc::clone(&self.caller),
                    keys: Arc::clone(&self.keys),
                    credentials,
                    options: self.login_options.clone(),
                });
                let authenticator: Arc<dyn Authenticator> = Arc::clone(&login) as _;
                let store = Arc::clone(&self.store);
                let tokens = TokenProvider::new(authenticator, store, self.clock.clone());
                SignedIn { login, tokens }
            })
            .clone()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.shared.caller.environment.api_base())
            .field("context", &self.context)
            .field(
                "credentials",
                &self
                    .identity
                    .as_ref()
                    .map(|identity| &identity.login.credentials),
            )
            .finish_non_exhaustive()
    }
}

impl SignedIn {
    fn seed(&self, context: &ContextIdentifier, tokens: StoredTokens) {
        self.tokens.seed(context, tokens);
    }
}

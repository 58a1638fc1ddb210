//! Keeping tokens between runs.

use std::fmt;
use std::io;

use ksef_api::ops::auth::BearerToken;
use ksef_core::context::ContextIdentifier;
use ksef_core::reference::AuthRef;

/// What tokens belong to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TokenKey {
    /// On whose behalf they work.
    pub context: ContextIdentifier,
    /// Whose they are: the name of the credentials, without any secret.
    pub login: String,
}

impl TokenKey {
    /// A key of these parts.
    #[must_use]
    pub fn new(context: ContextIdentifier, login: impl Into<String>) -> Self {
        Self {
            context,
            login: login.into(),
        }
    }
}

/// Tokens as they are kept. All of it is secret except the name of the login.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredTokens {
    /// Bearer of the operations, when there is one.
    pub access: Option<BearerToken>,
    /// What renews it.
    pub refresh: Option<BearerToken>,
    /// The name of the login.
    pub reference: Option<AuthRef>,
}

impl StoredTokens {
    /// Of what a login or an earlier run gave.
    #[must_use]
    pub fn new(access: Option<BearerToken>, refresh: Option<BearerToken>) -> Self {
        Self {
            access,
            refresh,
            reference: None,
        }
    }

    /// With the name of the login.
    #[must_use]
    pub fn with_reference(mut self, reference: AuthRef) -> Self {
        self.reference = Some(reference);
        self
    }
}

/// Keeps tokens between runs: a protected file, a keyring, a database.
///
/// A store that fails does not stop the work: the failure is logged, and the next run signs in anew.
///
/// A store belongs to one environment: its keys do not name any, and a token must never be sent to another. Its methods
/// block their caller and must not use the [`TokenProvider`](super::TokenProvider) that they serve.
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// The tokens kept under this key.
    ///
    /// # Errors
    /// Whatever keeps the store from reading.
    fn load(&self, key: &TokenKey) -> io::Result<Option<StoredTokens>>;

    /// Keeps tokens, in place of earlier ones.
    ///
    /// # Errors
    /// Whatever keeps the store from writing.
    fn save(&self, key: &TokenKey, tokens: &StoredTokens) -> io::Result<()>;

    /// Drops the tokens kept under this key.
    ///
    /// # Errors
    /// Whatever keeps the store from writing.
    fn forget(&self, key: &TokenKey) -> io::Result<()>;
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTokenStore;

impl TokenStore for NoTokenStore {
    fn load(&self, _key: &TokenKey) -> io::Result<Option<StoredTokens>> {
        Ok(None)
    }

    fn save(&self, _key: &TokenKey, _tokens: &StoredTokens) -> io::Result<()> {
        Ok(())
    }

    fn forget(&self, _key: &TokenKey) -> io::Result<()> {
        Ok(())
    }
}

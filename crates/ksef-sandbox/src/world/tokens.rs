//! KSeF tokens.

use jiff::Timestamp;
use ksef_api::operation::Permission;
use ksef_api::status::TokenStatus;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::TokenRef;
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::store::{Loader, StoreError};

/// A KSeF token. Of its secret only the digest is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    pub(crate) reference: TokenRef,
    pub(crate) digest: Sha256Digest,
    pub(crate) context: ContextIdentifier,
    pub(crate) author: SubjectIdentifier,
    pub(crate) description: String,
    /// Wire names of the permissions asked for.
    pub(crate) permissions: Vec<String>,
    pub(crate) created: Timestamp,
    pub(crate) used: Option<Timestamp>,
    /// By the machine's clock: when it can be used.
    pub(crate) active_from: Timestamp,
    /// By the machine's clock: when revoking it is done.
    pub(crate) revoked_from: Option<Timestamp>,
}

impl Token {
    /// The status at an instant of the machine's clock.
    pub(crate) fn status(&self, machine_now: Timestamp) -> TokenStatus {
        match self.revoked_from {
            Some(done) if machine_now < done => TokenStatus::Revoking,
            Some(_) => TokenStatus::Revoked,
            None if machine_now < self.active_from => TokenStatus::Pending,
            None => TokenStatus::Active,
        }
    }

    /// The permissions asked for.
    pub(crate) fn wanted(&self) -> Vec<Permission> {
        self.permissions
            .iter()
            .filter_map(|name| Permission::from_name(name))
            .collect()
    }
}

impl Record for Token {
    const TABLE: &'static str = "tokens";
    type Key = TokenRef;

    fn key(&self) -> TokenRef {
        self.reference
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    tokens: Collection<Token>,
}

impl Tokens {
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            tokens: Collection::load(loader)?,
        })
    }

    /// Adds a token.
    pub(crate) fn insert(&mut self, changes: &mut Changes, token: Token) {
        self.tokens.insert(changes, token);
    }

    /// The token with this reference.
    pub(crate) fn get(&self, reference: &TokenRef) -> Option<&Token> {
        self.tokens.get(reference)
    }

    /// All tokens in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Token> {
        self.tokens.values()
    }

    /// Number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Changes a token.
    pub(crate) fn update<T>(
        &mut self,
        changes: &mut Changes,
        reference: &TokenRef,
        change: impl FnOnce(&mut Token) -> T,
    ) -> Option<T> {
        self.tokens.update(changes, reference, change)
    }

    /// Was the token revoked, or is it being revoked?
    pub(crate) fn is_revoked(&self, reference: &TokenRef) -> bool {
        self.tokens
            .get(reference)
            .is_none_or(|token| token.revoked_from.is_some())
    }

    /// The tokens of a context, newest first.
    pub(crate) fn of_context(&self, context: &ContextIdentifier) -> Vec<&Token> {
        let mut tokens: Vec<_> = self
            .tokens
            .values()
            .filter(|token| token.context == *context)
            .collect();
        tokens.sort_by_key(|token| std::cmp::Reverse((token.created, token.reference)));
        tokens
    }
}

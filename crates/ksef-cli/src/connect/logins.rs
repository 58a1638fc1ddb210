//! Tokens of logins between runs: in the secret store, apart for each KSeF.

use std::io;
use std::sync::Arc;

use jiff::SignedDuration;
use ksef_api::ops::auth::BearerToken;
use ksef_core::clock::SharedClock;
use ksef_core::context::ContextIdentifier;
use ksef_core::reference::AuthRef;
use ksef_core::secret::SecretText;
use ksef_sdk::tokens::{StoredTokens, TokenKey, TokenStore};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::secrets::Secrets;

/// The logins of one KSeF.
#[derive(Clone, Debug)]
pub(crate) struct Logins {
    secrets: Arc<Secrets>,
    /// Which KSeF: its base address, or the world of a sandbox.
    scope: String,
    clock: SharedClock,
}

/// A login that is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// What it belongs to.
    pub(crate) key: TokenKey,
    /// Its tokens.
    pub(crate) tokens: StoredTokens,
}

/// As it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    access: Option<BearerToken>,
    refresh: Option<BearerToken>,
    reference: Option<AuthRef>,
}

impl Logins {
    /// The logins of the KSeF that `scope` names.
    pub(crate) fn new(secrets: Arc<Secrets>, scope: impl Into<String>, clock: SharedClock) -> Self {
        Self {
            secrets,
            scope: scope.into(),
            clock,
        }
    }

    /// All logins of this KSeF.
    pub(crate) fn all(&self) -> Result<Vec<Kept>> {
        let prefix = format!("{PREFIX}{}|", self.scope);
        let mut kept = Vec::new();
        for listed in self.secrets.list()? {
            let Some((context, login)) = listed
                .name
                .strip_prefix(&prefix)
                .and_then(|rest| rest.split_once('|'))
            else {
                continue;
            };
            let value = self.secrets.get(&listed.name)?;
            if let (Ok(context), Some(tokens)) = (
                ContextIdentifier::parse(context),
                value.as_ref().and_then(parse),
            ) {
                kept.push(Kept {
                    key: TokenKey::new(context, login),
                    tokens,
                });
            }
        }
        Ok(kept)
    }

    /// Drops a login.
    pub(crate) fn drop_login(&self, key: &TokenKey) -> Result<bool> {
        self.secrets.remove(&self.name(key))
    }

    fn name(&self, key: &TokenKey) -> String {
        format!("{PREFIX}{}|{}|{}", self.scope, key.context, key.login)
    }
}

impl TokenStore for Logins {
    fn load(&self, key: &TokenKey) -> io::Result<Option<StoredTokens>> {
        let value = self
            .secrets
            .get(&self.name(key))
            .map_err(io::Error::other)?;
        Ok(value.as_ref().and_then(parse))
    }

    fn save(&self, key: &TokenKey, tokens: &StoredTokens) -> io::Result<()> {
        let written = Written {
            access: tokens.access.clone(),
            refresh: tokens.refresh.clone(),
            reference: tokens.reference,
        };
        let json = serde_json::to_string(&written)?;
        // Logins that have ended, of this KSeF or of another, go at the same time: nothing else removes those of
        // worlds that are no more.
        let now = self.clock.now();
        let is_over = |name: &str, value: &SecretText| {
            let ends = |bearer: &BearerToken| bearer.valid_until <= now - KEPT_AFTER_END;
            name.starts_with(PREFIX)
                && parse(value).is_none_or(|tokens| {
                    tokens.access.as_ref().is_none_or(ends)
                        && tokens.refresh.as_ref().is_none_or(ends)
                })
        };
        self.secrets
            .set_and_prune(&self.name(key), SecretText::new(json), now, is_over)
            .map_err(io::Error::other)
    }

    fn forget(&self, key: &TokenKey) -> io::Result<()> {
        self.secrets
            .remove(&self.name(key))
            .map(|_| ())
            .map_err(io::Error::other)
    }
}

/// What an older version or a slip wrote is as good as nothing: the next login replaces it.
fn parse(value: &SecretText) -> Option<StoredTokens> {
    let written: Written = serde_json::from_str(value.expose()).ok()?;
    let tokens = StoredTokens::new(written.access, written.refresh);
    Some(match written.reference {
        Some(reference) => tokens.with_reference(reference),
        None => tokens,
    })
}

/// Marks the names of logins among the secrets; users cannot give such names.
const PREFIX: &str = "login:";

/// A sandbox may live in another time than this machine.
const KEPT_AFTER_END: SignedDuration = SignedDuration::from_hours(24 * 30);

#[cfg(test)]
mod tests {
    use ksef_core::clock::SystemClock;

    use super::*;
    use crate::lang::Lang;
    use crate::prompt::Prompt;

    #[test]
    fn logins_are_kept_apart_for_each_ksef() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Arc::new(Secrets::new(folder.path(), Prompt::new(Lang::En, true)));
        let here = Logins::new(Arc::clone(&secrets), "https://a/v2", SystemClock::shared());
        let there = Logins::new(secrets, "sandbox:1", SystemClock::shared());
        let who = ContextIdentifier::parse("5265877635").unwrap();
        let key = TokenKey::new(who, "token:20251010-EC-1DCE3E3000-12ECB5B36E-45|x");
        let bearer = BearerToken {
            token: SecretText::new("ey.J.x"),
            valid_until: "2126-11-21T08:00:00Z".parse().unwrap(),
        };
        let tokens = StoredTokens::new(Some(bearer.clone()), Some(bearer));
        here.save(&key, &tokens).unwrap();
        assert_eq!(here.load(&key).unwrap(), Some(tokens.clone()));
        assert_eq!(there.load(&key).unwrap(), None);
        let all = here.all().unwrap();
        assert_eq!((&all[0].key, &all[0].tokens), (&key, &tokens));
        let long_ago = BearerToken {
            token: SecretText::new("old"),
            valid_until: "2020-01-01T00:00:00Z".parse().unwrap(),
        };
        there
            .save(&key, &StoredTokens::new(Some(long_ago), None))
            .unwrap();
        assert_eq!(there.all().unwrap().len(), 1);
        here.save(&key, &tokens).unwrap();
        assert!(
            there.all().unwrap().is_empty(),
            "the ended login was pruned"
        );
        here.forget(&key).unwrap();
        assert!(here.all().unwrap().is_empty());
    }
}

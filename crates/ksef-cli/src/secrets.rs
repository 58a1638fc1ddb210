//! The secret store: tokens and passwords in one file, encrypted with AES-256-GCM.
//!
//! The key comes from a passphrase (`KSEF_PASSPHRASE`, or a question), or from a random key file beside the store,
//! readable by its owner alone, when no passphrase was chosen. The key file keeps secrets out of backups of the
//! store, of searches and of accidents; against somebody who can read all files of the user only a passphrase helps.

mod passphrase;
mod vault;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use jiff::Timestamp;
use ksef_core::secret::SecretText;

use crate::durable::Lock;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::prompt::Prompt;

pub(crate) use passphrase::Protection;
use vault::{Contents, Entry, VaultKey};

/// The secret store of one user. Nothing is read until a secret is asked for.
#[derive(Debug)]
pub(crate) struct Secrets {
    folder: PathBuf,
    prompt: Prompt,
    /// Derived once per process: deriving it takes a noticeable time by intent.
    key: Mutex<Option<VaultKey>>,
}

/// What may be shown of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Its name.
    pub(crate) name: String,
    /// When it was last set.
    pub(crate) changed: Timestamp,
}

impl Secrets {
    /// The store in `folder`.
    pub(crate) fn new(folder: &Path, prompt: Prompt) -> Self {
        Self {
            folder: folder.to_owned(),
            prompt,
            key: Mutex::new(None),
        }
    }

    /// The secret of this name.
    pub(crate) fn get(&self, name: &str) -> Result<Option<SecretText>> {
        Ok(self.read()?.remove(name).map(|entry| entry.value))
    }

    /// The secret of this name, which somebody needs now.
    pub(crate) fn require(&self, name: &str) -> Result<SecretText> {
        self.get(name)?.ok_or_else(|| {
            Error::auth(text!(
                "the secret \"{name}\" is not in the secret store",
                "w magazynie sekretów nie ma sekretu „{name}”"
            ))
            .hint(text!(
                "set it: ksef secret set {name}",
                "zapisz go: ksef secret set {name}"
            ))
        })
    }

    /// Sets a secret, new or not.
    pub(crate) fn set(&self, name: &str, value: SecretText, now: Timestamp) -> Result<()> {
        self.change(|contents| {
            contents.insert(
                name.to_owned(),
                Entry {
                    value,
                    changed: now,
                },
            );
            true
        })?;
        Ok(())
    }

    /// Sets a secret, and removes those for which `is_over` says that nobody needs them any more.
    pub(crate) fn set_and_prune(
        &self,
        name: &str,
        value: SecretText,
        now: Timestamp,
        is_over: impl Fn(&str, &SecretText) -> bool,
    ) -> Result<()> {
        self.change(|contents| {
            contents.retain(|name, entry| !is_over(name, &entry.value));
            contents.insert(
                name.to_owned(),
                Entry {
                    value,
                    changed: now,
                },
            );
            true
        })?;
        Ok(())
    }

    /// Removes a secret; tells whether it was there.
    pub(crate) fn remove(&self, name: &str) -> Result<bool> {
        if !vault::exists(&self.folder) {
            return Ok(false);
        }
        self.change(|contents| contents.remove(name).is_some())
    }

    /// Names, in alphabetical order.
    pub(crate) fn list(&self) -> Result<Vec<Listed>> {
        let listed = |(name, entry): (String, Entry)| Listed {
            name,
            changed: entry.changed,
        };
        Ok(self.read()?.into_iter().map(listed).collect())
    }

    /// How the store is protected; `None` when there is none yet.
    pub(crate) fn protection(&self) -> Result<Option<Protection>> {
        vault::protection(&self.folder)
    }

    /// Encrypts the whole store anew, under a passphrase or (`None`) under a new key file.
    pub(crate) fn protect(&self, passphrase: Option<&SecretText>) -> Result<()> {
        let _lock = self.lock()?;
        let contents = self.read()?;
        let key = VaultKey::create(&self.folder, passphrase)?;
        vault::write(&self.folder, &key, &contents)?;
        key.forget_old_key_file(&self.folder)?;
        self.remember(key);
        Ok(())
    }

    fn read(&self) -> Result<Contents> {
        if !vault::exists(&self.folder) {
            return Ok(Contents::new());
        }
        let known = self.key.lock().map_or(None, |key| key.clone());
        let (contents, key) = vault::read(&self.folder, known, self.prompt)?;
        self.remember(key);
        Ok(contents)
    }

    /// Writes only when `change` says that it changed something.
    fn change(&self, change: impl FnOnce(&mut Contents) -> bool) -> Result<bool> {
        let _lock = self.lock()?;
        let mut contents = self.read()?;
        let changed = change(&mut contents);
        if changed {
            let known = self.key.lock().map_or(None, |key| key.clone());
            let key = match known {
                Some(key) => key,
                None => VaultKey::create(&self.folder, passphrase::from_environment().as_ref())?,
            };
            vault::write(&self.folder, &key, &contents)?;
            self.remember(key);
        }
        Ok(changed)
    }

    fn lock(&self) -> Result<Lock> {
        Lock::acquire(&self.folder.join("lock"))
            .map_err(|source| vault::not_written(&self.folder).caused_by(source))
    }

    fn remember(&self, key: VaultKey) {
        if let Ok(mut known) = self.key.lock() {
            *known = Some(key);
        }
    }
}

/// Whether a name is of the program's own: no user can give such a name.
pub(crate) fn is_internal(name: &str) -> bool {
    name.contains(':')
}

#[cfg(test)]
mod tests;

//! Logins that wait for a signature made elsewhere: one file per KSeF and context, readable by its owner alone.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use ksef_core::context::ContextIdentifier;
use ksef_core::reference::Challenge;
use ksef_crypto::digest::sha256;
use serde::{Deserialize, Serialize};

use crate::durable::{self, Access};
use crate::error::{Error, Result};
use crate::lang::text;

/// A login that was prepared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pending {
    /// Which KSeF; see [`crate::connect::Connection::scope`].
    pub(super) scope: String,
    /// On whose behalf.
    pub(super) context: ContextIdentifier,
    /// What KSeF asked to be signed.
    pub(super) challenge: Challenge,
    /// When that was, by the clock of this machine.
    pub(super) prepared: Timestamp,
}

impl Pending {
    /// Remembers it, in place of an earlier one.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(super) fn save(&self, folder: &Path) -> Result<()> {
        let failed = |source: std::io::Error| {
            Error::failed(text!(
                "the pending login cannot be kept in {folder}",
                "nie można zapamiętać rozpoczętego logowania w {folder}",
                folder = folder.display()
            ))
            .caused_by(source)
            .hint(text!(
                "check the rights and the free space there, or choose another folder with --home",
                "sprawdź uprawnienia i wolne miejsce albo wskaż inny folder w --home"
            ))
        };
        let json = serde_json::to_vec(self).map_err(|source| failed(source.into()))?;
        let path = file_of(folder, &self.scope, &self.context);
        durable::replace(&path, &json, Access::Private).map_err(failed)
    }

    /// The ones that wait for this KSeF, for one context or for all. Files that cannot be read are passed over.
    pub(super) fn find(folder: &Path, scope: &str, who: Option<ContextIdentifier>) -> Vec<Self> {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        let read = |entry: std::fs::DirEntry| {
            let bytes = std::fs::read(entry.path()).ok()?;
            serde_json::from_slice::<Self>(&bytes).ok()
        };
        let wanted =
            |pending: &Self| pending.scope == scope && who.is_none_or(|who| who == pending.context);
        entries
            .filter_map(|entry| entry.ok().and_then(read))
            .filter(wanted)
            .collect()
    }

    /// Forgets it, once it is used. A file that stays does no harm: its challenge lapses.
    pub(super) fn forget(&self, folder: &Path) {
        if let Err(error) = std::fs::remove_file(file_of(folder, &self.scope, &self.context)) {
            tracing::debug!(%error, "a pending login was not removed");
        }
    }

    /// Until when the signed document can be submitted.
    pub(super) fn ends(&self) -> Timestamp {
        self.prepared
            .checked_add(CHALLENGE_LIFE)
            .unwrap_or(Timestamp::MAX)
    }
}

fn file_of(folder: &Path, scope: &str, who: &ContextIdentifier) -> PathBuf {
    let key = sha256(format!("{scope} {who}").as_bytes()).to_hex();
    folder.join(format!("{key}.json"))
}

/// Facts of the API: a challenge lives ten minutes.
const CHALLENGE_LIFE: SignedDuration = SignedDuration::from_mins(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pending_login_is_found_by_ksef_and_context() {
        let folder = tempfile::tempdir().unwrap();
        let who = ContextIdentifier::parse("5265877635").unwrap();
        let pending = Pending {
            scope: "https://a/v2".to_owned(),
            context: who,
            challenge: Challenge::generate("2026-11-21".parse().unwrap(), 1, 2),
            prepared: "2026-11-21T08:00:00Z".parse().unwrap(),
        };
        pending.save(folder.path()).unwrap();
        std::fs::write(folder.path().join("rubbish.json"), "x").unwrap();
        assert_eq!(
            Pending::find(folder.path(), "https://a/v2", None),
            std::slice::from_ref(&pending)
        );
        assert_eq!(
            Pending::find(folder.path(), "https://a/v2", Some(who)),
            std::slice::from_ref(&pending)
        );
        assert!(Pending::find(folder.path(), "https://b/v2", None).is_empty());
        assert_eq!(pending.ends().to_string(), "2026-11-21T08:10:00Z");
        pending.forget(folder.path());
        assert!(Pending::find(folder.path(), "https://a/v2", None).is_empty());
    }
}

//! Where the program keeps its files.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use crate::error::{Error, Result};
use crate::lang::text;

/// The folders of one user.
///
/// With `--home` or `KSEF_HOME` everything is under that one folder; otherwise configuration, data and state are
/// where the system keeps them (`XDG_CONFIG_HOME`, `XDG_DATA_HOME`, `XDG_STATE_HOME`).
#[derive(Clone, Debug)]
pub(crate) struct Home {
    config: PathBuf,
    data: PathBuf,
    state: PathBuf,
}

impl Home {
    /// The folders under `root`, or those of the system.
    pub(crate) fn locate(root: Option<&Path>) -> Result<Self> {
        if let Some(root) = root {
            let root = std::path::absolute(root).map_err(|source| {
                Error::usage(text!(
                    "the home folder \"{root}\" is not a path",
                    "folder domowy „{root}” nie jest ścieżką",
                    root = root.display()
                ))
                .caused_by(source)
            })?;
            return Ok(Self {
                config: root.clone(),
                data: root.join("data"),
                state: root.join("state"),
            });
        }
        let base = etcetera::choose_base_strategy().map_err(|source| {
            Error::usage(text!(
                "your home folder is unknown; give one with --home DIR or KSEF_HOME",
                "nie wiadomo, gdzie jest twój folder domowy; podaj go w --home FOLDER albo KSEF_HOME"
            ))
            .caused_by(source)
        })?;
        let data = base.data_dir().join("ksef");
        let state = base
            .state_dir()
            .map_or_else(|| data.join("state"), |state| state.join("ksef"));
        Ok(Self {
            config: base.config_dir().join("ksef"),
            data,
            state,
        })
    }

    /// Profiles and settings, written by the user or by `ksef profile`.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The company's template for pages.
    pub(crate) fn template_file(&self) -> PathBuf {
        self.config.join("template.toml")
    }

    /// The secret store: tokens and passwords, encrypted.
    pub(crate) fn secrets_dir(&self) -> PathBuf {
        self.data.join("secrets")
    }

    /// Self-signed test certificates, one per seller, private to the owner.
    pub(crate) fn identities_dir(&self) -> PathBuf {
        self.data.join("identities")
    }

    /// KSeF certificates with their keys, one folder each.
    pub(crate) fn certificates_dir(&self) -> PathBuf {
        self.data.join("certificates")
    }

    /// The world of the embedded sandbox.
    pub(crate) fn sandbox_dir(&self) -> PathBuf {
        self.data.join("sandbox")
    }

    /// Invoices that were sent, with their UPOs, when they go to no other place.
    pub(crate) fn sent_dir(&self) -> PathBuf {
        self.data.join("sent")
    }

    /// Invoices that were issued offline, with their codes, when they go to no other place.
    pub(crate) fn issued_dir(&self) -> PathBuf {
        self.data.join("issued")
    }

    /// Mirrors of the invoices of each context.
    pub(crate) fn inbox_dir(&self) -> PathBuf {
        self.data.join("inbox")
    }

    /// The journals of sending.
    pub(crate) fn journal_dir(&self) -> PathBuf {
        self.state.join("journal")
    }

    /// Invoices of archives, while they are sent.
    pub(crate) fn unpacked_dir(&self) -> PathBuf {
        self.state.join("unpacked")
    }

    /// Which world was last behind each sandbox of this machine.
    pub(crate) fn worlds_file(&self) -> PathBuf {
        self.state.join("sandboxes.json")
    }

    /// What was sent within the last hour, for KSeF's request limits.
    pub(crate) fn limits_dir(&self) -> PathBuf {
        self.state.join("limits")
    }

    /// Logins that wait for a signature made elsewhere.
    pub(crate) fn pending_login_dir(&self) -> PathBuf {
        self.state.join("login")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_holds_everything() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::locate(Some(folder.path())).unwrap();
        for path in [
            home.config_file(),
            home.secrets_dir(),
            home.identities_dir(),
            home.certificates_dir(),
            home.sandbox_dir(),
            home.issued_dir(),
            home.inbox_dir(),
            home.journal_dir(),
            home.limits_dir(),
            home.pending_login_dir(),
        ] {
            assert!(path.starts_with(folder.path()), "{}", path.display());
        }
    }
}

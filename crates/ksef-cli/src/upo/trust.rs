//! The certificates that the user trusts.

use std::path::{Path, PathBuf};

use ksef_crypto::certificate::Certificate;
use ksef_crypto::chain::Anchors;

use crate::error::{Error, Result};
use crate::lang::text;

/// The option of every command that holds signers against trusted certificates.
#[derive(Debug, clap::Args)]
pub(crate) struct TrustArgs {
    /// Certificates (PEM or DER) that the signer's must lead to: those of the Ministry; files, or folders of them
    #[arg(
        long = "trusted",
        value_name = "PATH",
        env = "KSEF_TRUSTED",
        hide_env_values = true
    )]
    trusted: Vec<PathBuf>,
}

impl TrustArgs {
    /// What they name; `None` when they name nothing.
    ///
    /// # Errors
    /// A path that gives no certificate.
    pub(crate) fn anchors(&self) -> Result<Option<Anchors>> {
        if self.trusted.is_empty() {
            return Ok(None);
        }
        let mut all = Vec::new();
        for path in &self.trusted {
            let before = all.len();
            if path.is_dir() {
                for file in files_of(path).map_err(|source| unreadable(path).caused_by(source))? {
                    all.extend(certificates_of(&file)?);
                }
            } else {
                all.extend(certificates_of(path)?);
            }
            if all.len() == before {
                return Err(unreadable(path).hint(text!(
                    "put certificates there, as files that end in .pem, .crt, .cer or .der",
                    "umieść tam certyfikaty w plikach z rozszerzeniem .pem, .crt, .cer lub .der"
                )));
            }
        }
        Ok(Some(Anchors::new(all)))
    }
}

fn files_of(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let is_certificate = |path: &PathBuf| {
        let extension = path.extension().map(|text| text.to_ascii_lowercase());
        extension.is_some_and(|text| EXTENSIONS.iter().any(|known| text == *known))
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.retain(is_certificate);
    files.sort();
    Ok(files)
}

fn certificates_of(path: &Path) -> Result<Vec<Certificate>> {
    let bytes = std::fs::read(path).map_err(|source| unreadable(path).caused_by(source))?;
    Certificate::all_from_bytes(&bytes).map_err(|source| unreadable(path).caused_by(source))
}

fn unreadable(path: &Path) -> Error {
    let path = path.display();
    Error::usage(text!(
        "--trusted {path}: no certificate can be read there",
        "--trusted {path}: nie można tam odczytać certyfikatu"
    ))
}

const EXTENSIONS: [&str; 4] = ["pem", "crt", "cer", "der"];

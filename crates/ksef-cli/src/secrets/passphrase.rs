//! Where the passphrase of the secret store comes from.

use ksef_core::secret::SecretText;

use crate::error::{Error, Result};
use crate::lang::text;
use crate::prompt::Prompt;

/// How a secret store is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protection {
    /// By a passphrase.
    Passphrase,
    /// By a key file beside it.
    KeyFile,
}

impl Protection {
    /// The stable name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Passphrase => "passphrase",
            Self::KeyFile => "key-file",
        }
    }
}

/// The passphrase in `KSEF_PASSPHRASE`, if it is set and not empty.
pub(super) fn from_environment() -> Option<SecretText> {
    std::env::var("KSEF_PASSPHRASE")
        .ok()
        .filter(|text| !text.is_empty())
        .map(SecretText::new)
}

/// The passphrase, from the environment or by asking.
pub(super) fn obtain(prompt: Prompt) -> Result<SecretText> {
    if let Some(passphrase) = from_environment() {
        return Ok(passphrase);
    }
    if prompt.is_possible() {
        return prompt.secret(&text!(
            "Passphrase of the secret store",
            "Hasło magazynu sekretów"
        ));
    }
    Err(Error::auth(text!(
        "the secret store is protected by a passphrase, and none was given",
        "magazyn sekretów jest chroniony hasłem, a hasła nie podano"
    ))
    .hint(text!(
        "set the variable KSEF_PASSPHRASE, or run the command at a terminal without --no-input",
        "ustaw zmienną KSEF_PASSPHRASE albo uruchom polecenie w terminalu bez --no-input"
    )))
}

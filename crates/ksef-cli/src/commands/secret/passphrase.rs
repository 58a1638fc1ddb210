//! `ksef secret passphrase`

use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::prompt;

/// Arguments of `ksef secret passphrase`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A store that already has a passphrase is opened with the old one first (KSEF_PASSPHRASE, or a question).

Examples:
  ksef secret passphrase                    ask for a new passphrase, twice
  ksef secret passphrase --stdin < file
  ksef secret passphrase --remove           use a key file that only you can read")]
pub(crate) struct Args {
    /// Read the new passphrase from stdin
    #[arg(long, conflicts_with = "remove")]
    stdin: bool,

    /// Give the passphrase up and use a key file
    #[arg(long)]
    remove: bool,
}

/// Encrypts the store anew.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let store = context.secrets();
    let passphrase = if args.remove {
        None
    } else if args.stdin {
        Some(prompt::secret_from_stdin()?)
    } else if context.prompt.is_possible() {
        let first = context
            .prompt
            .secret(&text!("New passphrase", "Nowe hasło"))?;
        let second = context.prompt.secret(&text!("Once more", "Jeszcze raz"))?;
        if first != second || first.expose().is_empty() {
            return Err(Error::usage(text!(
                "the two passphrases differ or are empty; nothing was changed",
                "hasła różnią się lub są puste; niczego nie zmieniono"
            )));
        }
        Some(first)
    } else {
        return Err(Error::usage(text!(
            "there is no terminal to ask for the passphrase",
            "nie ma terminala, w którym można zapytać o hasło"
        ))
        .hint(text!(
            "pipe it in with --stdin, or give --remove",
            "przekaż je potokiem z opcją --stdin albo użyj --remove"
        )));
    };
    if context.global.dry_run {
        context.printer.note(&text!(
            "would encrypt the secret store anew",
            "zaszyfrowano by magazyn sekretów na nowo"
        ));
        return Ok(Exit::Done);
    }
    store.protect(passphrase.as_ref())?;
    let name = if passphrase.is_some() {
        "passphrase"
    } else {
        "key-file"
    };
    context.printer.result(&serde_json::json!({ "protection": name }), |printer| {
        printer.text(&if passphrase.is_some() {
            text!(
                "the secret store is now protected by the passphrase",
                "magazyn sekretów jest teraz chroniony hasłem"
            )
        } else {
            text!(
                "the secret store is now protected by a key file that only you can read",
                "magazyn sekretów jest teraz chroniony plikiem klucza, który tylko ty możesz odczytać"
            )
        });
    });
    Ok(Exit::Done)
}

//! Questions to the person at the terminal, and secrets from stdin.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use ksef_core::secret::SecretText;

use crate::error::{Error, Result};
use crate::lang::{Lang, Text, text};

/// Asks, where somebody can answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prompt {
    lang: Lang,
    allowed: bool,
}

impl Prompt {
    /// Asks only when stdin and stderr are a terminal and `--no-input` was not given.
    pub(crate) fn new(lang: Lang, no_input: bool) -> Self {
        let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        Self {
            lang,
            allowed: terminal && !no_input,
        }
    }

    /// Whether somebody can be asked.
    pub(crate) fn is_possible(self) -> bool {
        self.allowed
    }

    /// Asks for a secret without showing what is typed.
    pub(crate) fn secret(self, question: &Text) -> Result<SecretText> {
        rpassword::prompt_password(format!("{}: ", question.in_lang(self.lang)))
            .map(SecretText::new)
            .map_err(|source| not_read().caused_by(source))
    }

    /// Asks for a line; an empty answer means the default, if there is one.
    pub(crate) fn line(self, question: &Text, default: Option<&str>) -> Result<String> {
        let question = question.in_lang(self.lang);
        let mut stderr = io::stderr().lock();
        let asked = match default {
            Some(default) => write!(stderr, "{question} [{default}]: "),
            None => write!(stderr, "{question}: "),
        };
        asked
            .and_then(|()| stderr.flush())
            .map_err(|source| not_read().caused_by(source))?;
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer);
        match read.map_err(|source| not_read().caused_by(source))? {
            0 => Err(not_read()),
            _ if answer.trim().is_empty() => Ok(default.unwrap_or_default().to_owned()),
            _ => Ok(answer.trim().to_owned()),
        }
    }
}

/// Reads a secret from stdin to its end; one line end after it is dropped.
pub(crate) fn secret_from_stdin() -> Result<SecretText> {
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    io::stdin()
        .lock()
        .take(STDIN_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| {
            Error::failed(text!(
                "stdin cannot be read",
                "nie można odczytać standardowego wejścia"
            ))
            .caused_by(source)
        })?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > STDIN_BYTES_MAX {
        return Err(Error::usage(text!(
            "the secret on stdin is longer than {STDIN_BYTES_MAX} bytes",
            "sekret na standardowym wejściu jest za długi (limit: {STDIN_BYTES_MAX} B)"
        )));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Error::usage(text!(
            "the secret on stdin is not UTF-8 text",
            "sekret na standardowym wejściu nie jest tekstem UTF-8"
        ))
    })?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(
            Error::usage(text!("stdin is empty", "standardowe wejście jest puste")).hint(text!(
                "pipe the secret in, for instance: ksef secret set NAME --stdin < file",
                "przekaż sekret potokiem, na przykład: ksef secret set NAZWA --stdin < plik"
            )),
        );
    }
    Ok(SecretText::new(text))
}

fn not_read() -> Error {
    Error::usage(text!("no answer was given", "nie podano odpowiedzi"))
}

/// A certificate with its key may be a secret too; nothing larger is.
const STDIN_BYTES_MAX: u64 = 64 * 1024;

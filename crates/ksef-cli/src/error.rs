//! Why a command ended early: what happened, what caused it, and what to do next.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use crate::exit::Exit;
use crate::lang::{Lang, Text};

/// An error of a command. It always says what to do next, by its text or by a hint, and never holds a secret.
#[derive(Debug)]
pub(crate) struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    exit: Exit,
    text: Text,
    code: Option<i64>,
    causes: Vec<String>,
    hints: Vec<Text>,
}

impl Error {
    /// An error that ends the process with `exit`.
    pub(crate) fn new(exit: Exit, text: Text) -> Self {
        Self(Box::new(Inner {
            exit,
            text,
            code: None,
            causes: Vec::new(),
            hints: Vec::new(),
        }))
    }

    /// Something on this machine failed.
    pub(crate) fn failed(text: Text) -> Self {
        Self::new(Exit::Failed, text)
    }

    /// The command line or the configuration is wrong.
    pub(crate) fn usage(text: Text) -> Self {
        Self::new(Exit::Usage, text)
    }

    /// No login, or one that KSeF does not accept.
    pub(crate) fn auth(text: Text) -> Self {
        Self::new(Exit::Auth, text)
    }

    /// With the error that caused it, and what caused that one. A cause that only repeats the end of the one before
    /// it is left out.
    #[must_use]
    pub(crate) fn caused_by(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let source = source.into();
        let source: &dyn StdError = &*source;
        self.with_causes(Some(source))
    }

    /// With the causes of an error whose own words this error says already.
    #[must_use]
    pub(crate) fn caused_as(self, error: &dyn StdError) -> Self {
        self.with_causes(error.source())
    }

    fn with_causes(mut self, first: Option<&dyn StdError>) -> Self {
        let mut next = first;
        while let Some(cause) = next {
            let text = cause.to_string();
            let causes = &mut self.0.causes;
            if !WORDS_OF_NOTHING.contains(&text.as_str())
                && !causes.last().is_some_and(|last| last.ends_with(&text))
            {
                causes.push(text);
            }
            next = cause.source();
        }
        self
    }

    /// With one more thing to do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: Text) -> Self {
        self.0.hints.push(hint);
        self
    }

    /// With the code that KSeF gave.
    #[must_use]
    pub(crate) fn with_code(mut self, code: Option<i64>) -> Self {
        self.0.code = code;
        self
    }

    /// How the process ends.
    pub(crate) fn exit(&self) -> Exit {
        self.0.exit
    }

    /// The code that KSeF gave.
    pub(crate) fn code(&self) -> Option<i64> {
        self.0.code
    }

    /// The message in both languages.
    pub(crate) fn as_text(&self) -> Text {
        Text::new(self.text(Lang::En), self.text(Lang::Pl))
    }

    /// What happened.
    pub(crate) fn text(&self, lang: Lang) -> &str {
        self.0.text.in_lang(lang)
    }

    /// What caused it, outermost first. The words of libraries stay English; the usual ones of the system are
    /// translated.
    pub(crate) fn causes(&self, lang: Lang) -> Vec<Cow<'_, str>> {
        let cause = |text: &'_ String| match lang {
            Lang::En => None,
            Lang::Pl => in_polish(text),
        };
        self.0
            .causes
            .iter()
            .map(|text| cause(text).map_or(Cow::Borrowed(text.as_str()), Cow::Owned))
            .collect()
    }

    /// What to do about it.
    pub(crate) fn hints(&self) -> &[Text] {
        &self.0.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(Lang::En))
    }
}

impl StdError for Error {}

/// The outcome of a command.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// What the system says, in Polish; its number stays, so that it can be looked up.
pub(crate) fn in_polish(cause: &str) -> Option<String> {
    if cause.starts_with(HOST_NOT_FOUND) {
        return Some("nie znaleziono adresu serwera (DNS)".to_owned());
    }
    let (_, rest) = cause.rsplit_once("(os error ")?;
    let number = rest.strip_suffix(')')?;
    let words = match number {
        "2" => "nie ma takiego pliku ani folderu",
        "13" => "brak uprawnień",
        "20" => "to nie jest folder",
        "21" => "to jest folder",
        "28" => "brak miejsca na dysku",
        "30" => "system plików jest tylko do odczytu",
        "98" => "adres jest już używany",
        "99" => "nie można użyć tego adresu",
        "101" => "sieć jest nieosiągalna",
        "104" => "serwer przerwał połączenie",
        "110" => "upłynął limit czasu połączenia",
        "111" => "serwer odmówił połączenia",
        "113" => "serwer jest nieosiągalny",
        _ => return None,
    };
    Some(format!("{words} (os error {number})"))
}

const HOST_NOT_FOUND: &str = "failed to lookup address information";

/// What libraries say when they only pass on what is below them.
const WORDS_OF_NOTHING: [&str; 7] = [
    "",
    "error sending request",
    "client error (Connect)",
    "dns error",
    "tcp connect error",
    "error resolving DNS",
    "client error (SendRequest)",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::text;

    #[derive(Debug)]
    struct Wrapper(&'static str, std::io::Error);

    impl fmt::Display for Wrapper {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl StdError for Wrapper {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.1)
        }
    }

    #[test]
    fn causes_are_listed_once() {
        let full = std::io::Error::other("disk full");
        let outer = std::io::Error::other(Wrapper("writing", full));
        let error = Error::failed(text!("top", "góra")).caused_by(outer);
        assert_eq!(error.causes(Lang::En), ["writing", "disk full"]);
        assert_eq!(error.exit(), Exit::Failed);
    }

    #[test]
    fn the_usual_causes_are_told_in_polish() {
        let denied = std::io::Error::from_raw_os_error(13);
        let error = Error::failed(text!("top", "góra")).caused_by(denied);
        assert_eq!(error.causes(Lang::Pl), ["brak uprawnień (os error 13)"]);
        let unknown = std::io::Error::other("something rare");
        let error = Error::failed(text!("top", "góra")).caused_by(unknown);
        assert_eq!(error.causes(Lang::Pl), ["something rare"]);
    }
}

//! One line of the doctor's report.

use crate::error::Error;
use crate::exit::Exit;
use crate::lang::{Lang, Text};
use crate::printer::Printer;

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// In order.
    Ok,
    /// It works, but somebody should look at it.
    Warn,
    /// It does not work.
    Fail,
}

impl Level {
    /// The stable name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    /// The name in a report in Polish.
    fn polish_name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "uwaga",
            Self::Fail => "błąd",
        }
    }
}

/// One line of the report.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) level: Level,
    pub(super) message: Text,
    pub(super) hints: Vec<Text>,
    /// How the command ends because of it.
    pub(super) exit: Exit,
}

impl Check {
    /// In order.
    pub(super) fn ok(name: &'static str, message: Text) -> Self {
        Self {
            name,
            level: Level::Ok,
            message,
            hints: Vec::new(),
            exit: Exit::Done,
        }
    }

    /// It works, but somebody should look at it.
    pub(super) fn warn(name: &'static str, message: Text, hint: Text) -> Self {
        Self {
            name,
            level: Level::Warn,
            message,
            hints: vec![hint],
            exit: Exit::Done,
        }
    }

    /// It does not work.
    pub(super) fn fail(name: &'static str, exit: Exit, message: Text, hint: Text) -> Self {
        Self {
            name,
            level: Level::Fail,
            message,
            hints: vec![hint],
            exit,
        }
    }

    /// It does not work, as an error of a command says.
    pub(super) fn of_error(name: &'static str, error: &Error) -> Self {
        let said = |lang: Lang| {
            let mut message = error.text(lang).to_owned();
            for cause in error.causes(lang) {
                message.push_str(": ");
                message.push_str(&cause);
            }
            message
        };
        Self {
            name,
            level: Level::Fail,
            message: Text::new(said(Lang::En), said(Lang::Pl)),
            hints: error
                .hints()
                .iter()
                .filter(|hint| !sends_here(hint))
                .cloned()
                .collect(),
            exit: error.exit(),
        }
    }

    /// Prints the line and its hints as a result.
    pub(super) fn print(&self, printer: &Printer) {
        let lang = printer.lang();
        let message = self.message.in_lang(lang);
        let (level, name) = match lang {
            Lang::En => (
                format!("{:<5}", self.level.name()),
                format!("{:<14}", self.name),
            ),
            Lang::Pl => (
                format!("{:<6}", self.level.polish_name()),
                format!("{:<18}", polish_name(self.name)),
            ),
        };
        let label = format!("{level}{name}");
        printer.labelled(&label, message);
        let indent = label.chars().count();
        for hint in &self.hints {
            printer.labelled(&format!("{:indent$}→ ", ""), hint.in_lang(lang));
        }
    }
}

/// The name of a check in a report in Polish; in JSON it stays as it is.
fn polish_name(name: &'static str) -> &'static str {
    match name {
        "configuration" => "konfiguracja",
        "folders" => "foldery",
        "secrets" => "sekrety",
        "target" => "środowisko",
        "login secret" => "sekret logowania",
        "key" => "klucz prywatny",
        "certificate" => "certyfikat",
        "identifiers" => "identyfikatory",
        "issuer" => "wystawca",
        "server" => "serwer",
        "clock" => "zegar",
        "public keys" => "klucze publiczne",
        "login" => "logowanie",
        "self-check" => "autotest",
        other => other,
    }
}

/// The doctor does not send the patient to the doctor.
fn sends_here(hint: &Text) -> bool {
    hint.in_lang(Lang::En).contains("ksef doctor")
}

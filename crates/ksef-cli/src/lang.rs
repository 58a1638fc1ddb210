//! Messages in English and Polish, side by side, so that neither is forgotten.

use std::fmt;

use serde::Deserialize;

/// The language of messages. Results for machines (`--json`) are the same in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Lang {
    // No doc comments: they would make every help text long.
    #[default]
    En,
    Pl,
}

impl Lang {
    /// The one of two texts that is in this language.
    pub(crate) const fn pick<'a>(self, en: &'a str, pl: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Pl => pl,
        }
    }

    /// The language that the locale of the process asks for: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that
    /// is set decides.
    pub(crate) fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(variable)
            .find(|value| !value.is_empty())
            .map_or(Self::En, |value| {
                let language = value.split(['_', '.', '@']).next().unwrap_or_default();
                if language.eq_ignore_ascii_case("pl") {
                    Self::Pl
                } else {
                    Self::En
                }
            })
    }
}

/// A message in both languages. Made by [`text!`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    en: String,
    pl: String,
}

impl Text {
    /// A message.
    pub(crate) fn new(en: impl Into<String>, pl: impl Into<String>) -> Self {
        Self {
            en: en.into(),
            pl: pl.into(),
        }
    }

    /// A text that is the same in both languages: a name, a number, words of the server.
    pub(crate) fn verbatim(text: impl fmt::Display) -> Self {
        let text = text.to_string();
        Self {
            en: text.clone(),
            pl: text,
        }
    }

    /// The message in one language.
    pub(crate) fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Pl => &self.pl,
        }
    }
}

impl From<ksef_api::status::Text> for Text {
    fn from(text: ksef_api::status::Text) -> Self {
        Self::new(text.en, text.pl)
    }
}

/// `text!("cannot read {path}", "nie można odczytać {path}")`: both take the same values.
macro_rules! text {
    ($en:literal, $pl:literal $(, $name:ident = $value:expr)* $(,)?) => {{
        $(let $name = &$value;)*
        $crate::lang::Text::new(format!($en), format!($pl))
    }};
}

pub(crate) use text;

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(pairs: &'static [(&'static str, &'static str)]) -> Lang {
        Lang::of_locale(|name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_first_set_variable_decides() {
        assert_eq!(locale(&[]), Lang::En);
        assert_eq!(locale(&[("LANG", "pl_PL.UTF-8")]), Lang::Pl);
        assert_eq!(locale(&[("LANG", "pl")]), Lang::Pl);
        assert_eq!(
            locale(&[("LC_ALL", "C"), ("LANG", "pl_PL.UTF-8")]),
            Lang::En
        );
        assert_eq!(
            locale(&[("LC_ALL", ""), ("LC_MESSAGES", "pl_PL"), ("LANG", "C")]),
            Lang::Pl
        );
        assert_eq!(locale(&[("LANG", "plx_PL")]), Lang::En);
    }

    #[test]
    fn both_languages_get_the_values() {
        let path = "x.xml";
        let message = text!(
            "cannot read {path}: {code}",
            "nie można odczytać {path}: {code}",
            code = 7
        );
        assert_eq!(message.in_lang(Lang::En), "cannot read x.xml: 7");
        assert_eq!(message.in_lang(Lang::Pl), "nie można odczytać x.xml: 7");
    }
}

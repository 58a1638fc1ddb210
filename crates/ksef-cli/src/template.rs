//! The template of the company for its pages: `template.toml`.

use std::path::{Path, PathBuf};

use ksef_invoice::finding::Language;
use ksef_render::look::{Colour, Logo, Look};
use serde::Deserialize;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::{Lang, Text, text};

/// What the file says; everything may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// `#1f3a5f`: titles and rules.
    colour: Option<String>,
    /// A PNG, JPEG or SVG picture; a relative path counts from the folder of the file.
    logo: Option<PathBuf>,
    /// A line at the foot of every page.
    footer: Option<String>,
}

/// The template in `named`, or the one in the folder of ksef, or none.
///
/// # Errors
/// A named file is missing; any file is no template, or its logo cannot be read.
pub(crate) fn read(context: &Context, named: Option<&Path>) -> Result<Look> {
    let path = named.map_or_else(|| context.home.template_file(), Path::to_path_buf);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Look::default());
        }
        Err(error) => return Err(unreadable(&path).caused_by(error)),
    };
    let file: File = toml_edit::de::from_str(&text).map_err(|error| {
        bad(
            &path,
            &text!("it is no template: {error}", "to nie jest szablon: {error}"),
        )
    })?;
    let mut look = Look::default();
    if let Some(colour) = &file.colour {
        look.accent = colour
            .parse::<Colour>()
            .map_err(|error| bad(&path, &in_words(colour, error)))?;
    }
    if let Some(logo) = &file.logo {
        let logo = path.parent().unwrap_or(Path::new("")).join(logo);
        let bytes = std::fs::read(&logo).map_err(|error| unreadable(&logo).caused_by(error))?;
        look.logo = Some(Logo::new(bytes).map_err(|_| {
            bad(
                &logo,
                &text!(
                    "a logo is a PNG, JPEG or SVG picture of at most 1 MB",
                    "logo to obraz PNG, JPEG albo SVG o wielkości do 1 MB"
                ),
            )
        })?);
    }
    look.footer = file.footer.unwrap_or_default();
    Ok(look)
}

/// The language of pages: Polish unless another was asked for; the locale of the machine says nothing of the buyer.
pub(crate) fn language(context: &Context) -> Language {
    match context.global.lang {
        Some(Lang::En) => Language::English,
        Some(Lang::Pl) | None => Language::Polish,
    }
}

fn in_words(colour: &str, error: ksef_render::look::ColourError) -> Text {
    use ksef_render::look::ColourError;
    match error {
        ColourError::Light => text!(
            "the colour {colour} is too light to be read on white paper",
            "kolor {colour} jest zbyt jasny, by był czytelny na białym papierze"
        ),
        _ => text!(
            "{colour} is no colour; one is written #rrggbb, such as #1f3a5f",
            "{colour} to nie kolor; zapis koloru to #rrggbb, na przykład #1f3a5f"
        ),
    }
}

fn unreadable(path: &Path) -> Error {
    Error::usage(text!(
        "{path} cannot be read",
        "nie można odczytać {path}",
        path = path.display()
    ))
    .hint(text!(
        "check the name and the rights, or leave the template out",
        "sprawdź nazwę i uprawnienia albo pomiń szablon"
    ))
}

fn bad(path: &Path, why: &Text) -> Error {
    Error::usage(why.prefixed(&format!("{}: ", path.display()))).hint(text!(
        "a template may say: colour = \"#1f3a5f\", logo = \"logo.svg\", footer = \"…\"",
        "szablon może zawierać: colour = \"#1f3a5f\", logo = \"logo.svg\", footer = \"…\""
    ))
}

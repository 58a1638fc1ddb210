//! `ksef profile show`

use super::Shown;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef profile show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef profile show
  ksef profile show firm --json")]
pub(crate) struct Args {
    /// The profile; without it the one that commands would use
    #[arg(value_name = "NAME")]
    profile_name: Option<String>,
}

/// Shows one profile, with the names of its secrets.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let config = context.config()?;
    let default = config.default_profile.as_deref();
    let name = args
        .profile_name
        .as_deref()
        .or(context.global.profile.as_deref())
        .or(default);
    let name = name.ok_or_else(|| {
        Error::usage(text!(
            "there is no default profile",
            "nie ma profilu domyślnego"
        ))
        .hint(text!(
            "name one, or choose a default: ksef profile use NAME",
            "podaj nazwę albo wybierz domyślny: ksef profile use NAZWA"
        ))
    })?;
    let profile = config.profile(name)?;
    let shown = Shown::new(name, profile, default);
    context.printer.result(&shown, |printer| {
        let line = |label: &str, value: &str| printer.line(format_args!("{label:<13}{value}"));
        line(
            "profile",
            &if shown.default {
                format!("{name} (default)")
            } else {
                name.to_owned()
            },
        );
        line("environment", &shown.environment);
        line(
            "context",
            &shown
                .context
                .map_or_else(|| "-".to_owned(), |it| it.to_string()),
        );
        line("login", shown.login);
        if let Some(secret) = shown.secret {
            line("secret", secret);
        }
        for file in &shown.files {
            line("file", file);
        }
    });
    Ok(Exit::Done)
}

//! `ksef profile show`

use super::Shown;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::{Lang, text};
use crate::printer::Fields;

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
        let mut fields = Fields::new(printer);
        let star = match (shown.default, printer.lang()) {
            (false, _) => "",
            (true, Lang::En) => " (default)",
            (true, Lang::Pl) => " (domyślny)",
        };
        fields.add(("profile", "profil"), format_args!("{name}{star}"));
        fields.add(("environment", "środowisko"), &shown.environment);
        let who = shown
            .context
            .map_or_else(|| "-".to_owned(), |who| who.to_string());
        fields.add(("context", "kontekst"), who);
        fields.add(("login", "logowanie"), shown.login);
        if let Some(secret) = shown.secret {
            fields.add(("secret", "sekret"), secret);
        }
        for file in &shown.files {
            fields.add(("file", "plik"), file);
        }
        fields.print();
    });
    Ok(Exit::Done)
}

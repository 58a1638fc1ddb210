//! `ksef profile list`

use super::Shown;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::Table;

/// Arguments of `ksef profile list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef profile list
  ksef profile list --json")]
pub(crate) struct Args {}

/// Lists the profiles; the default one has a star.
pub(crate) fn run(context: &Context, _args: &Args) -> Result<Exit> {
    let config = context.config()?;
    let default = config.default_profile.as_deref();
    let shown: Vec<Shown<'_>> = config
        .profiles
        .iter()
        .map(|(name, profile)| Shown::new(name, profile, default))
        .collect();
    context.printer.result(&shown, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("profile", "profil"),
                ("environment", "środowisko"),
                ("context", "kontekst"),
                ("login", "logowanie"),
            ],
        );
        for profile in &shown {
            let star = if profile.default { " *" } else { "" };
            table.row([
                format!("{}{star}", profile.name),
                profile.environment.clone(),
                profile
                    .context
                    .map_or_else(|| "-".to_owned(), |context| context.to_string()),
                profile.login.to_owned(),
            ]);
        }
        if !shown.is_empty() {
            table.print(printer);
        }
    });
    if shown.is_empty() {
        context.printer.note(&text!(
            "there are no profiles; without one, commands use the embedded sandbox",
            "nie ma profili; bez nich polecenia używają wbudowanej piaskownicy"
        ));
        context.printer.hint(&text!(
            "add one: ksef profile add --help",
            "dodaj profil: ksef profile add --help"
        ));
    }
    Ok(Exit::Done)
}

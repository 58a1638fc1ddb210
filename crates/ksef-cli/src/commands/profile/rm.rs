//! `ksef profile rm`

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::profile;

/// Arguments of `ksef profile rm`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef profile rm old")]
pub(crate) struct Args {
    /// The profile
    #[arg(value_name = "NAME")]
    profile_name: String,
}

/// Removes the profile.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let name = &args.profile_name;
    let profile = context.config()?.profile(name)?;
    if context.global.dry_run {
        context.printer.note(&text!(
            "would remove the profile \"{name}\"",
            "usunięto by profil „{name}”"
        ));
        return Ok(Exit::Done);
    }
    profile::remove(&context.home.config_file(), name)?;
    context
        .printer
        .result(&serde_json::json!({ "removed": name }), |printer| {
            printer.text(&text!(
                "removed the profile \"{name}\"",
                "usunięto profil „{name}”"
            ));
        });
    if let Some(secret) = profile.login.secret() {
        context.printer.hint(&text!(
            "its secret is still stored; remove it with: ksef secret rm {secret}",
            "jego sekret jest nadal zapisany; usuniesz go poleceniem: ksef secret rm {secret}"
        ));
    }
    Ok(Exit::Done)
}

//! `ksef profile use`

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::profile;

/// Arguments of `ksef profile use`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef profile use firm")]
pub(crate) struct Args {
    /// The profile
    #[arg(value_name = "NAME")]
    profile_name: String,
}

/// Makes the profile the default one.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let name = &args.profile_name;
    context.config()?.profile(name)?;
    if context.global.dry_run {
        context.printer.note(&text!(
            "would make \"{name}\" the default profile",
            "profil „{name}” stałby się domyślny"
        ));
        return Ok(Exit::Done);
    }
    profile::make_default(&context.home.config_file(), name)?;
    context
        .printer
        .result(&serde_json::json!({ "defaultProfile": name }), |printer| {
            printer.text(&text!(
                "the default profile is now \"{name}\"",
                "profil domyślny to teraz „{name}”"
            ));
        });
    Ok(Exit::Done)
}

//! `ksef secret rm`

use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::profile;

/// Arguments of `ksef secret rm`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef secret rm firm-token")]
pub(crate) struct Args {
    /// Name of the secret
    #[arg(value_name = "NAME", value_parser = profile::parse_name)]
    name: String,
}

/// Removes the secret.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let name = &args.name;
    let unknown = || {
        Error::usage(text!(
            "there is no secret \"{name}\"",
            "nie ma sekretu „{name}”"
        ))
        .hint(text!(
            "see the names: ksef secret list",
            "zobacz nazwy: ksef secret list"
        ))
    };
    if context.global.dry_run {
        context.secrets().get(name)?.ok_or_else(unknown)?;
        context.printer.note(&text!(
            "would remove the secret \"{name}\"",
            "usunięto by sekret „{name}”"
        ));
        return Ok(Exit::Done);
    }
    if !context.secrets().remove(name)? {
        return Err(unknown());
    }
    context
        .printer
        .result(&serde_json::json!({ "removed": name }), |printer| {
            printer.text(&text!(
                "removed the secret \"{name}\"",
                "usunięto sekret „{name}”"
            ));
        });
    Ok(Exit::Done)
}

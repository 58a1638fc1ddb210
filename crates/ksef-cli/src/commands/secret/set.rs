//! `ksef secret set`

use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::{profile, prompt};

/// Arguments of `ksef secret set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The secret itself is never an argument: others could see it in the list of processes.

Examples:
  ksef secret set firm-token                          ask for it, without showing what is typed
  ksef secret set firm-token --stdin < token.txt
  pass show ksef/firm | ksef secret set firm-token --stdin")]
pub(crate) struct Args {
    /// Name of the secret
    #[arg(value_name = "NAME", value_parser = profile::parse_name)]
    name: String,

    /// Read the secret from stdin, to its end; a line end after it is dropped
    #[arg(long)]
    stdin: bool,
}

/// Stores the secret.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let name = &args.name;
    let value = if args.stdin {
        prompt::secret_from_stdin()?
    } else if context.prompt.is_possible() {
        context
            .prompt
            .secret(&text!("Secret \"{name}\"", "Sekret „{name}”"))?
    } else {
        return Err(Error::usage(text!(
            "there is no terminal to ask for the secret",
            "nie ma terminala, w którym można zapytać o sekret"
        ))
        .hint(text!(
            "pipe it in: ksef secret set {name} --stdin < file",
            "przekaż go potokiem: ksef secret set {name} --stdin < plik"
        )));
    };
    if value.expose().is_empty() {
        return Err(Error::usage(text!(
            "the secret is empty; nothing was stored",
            "sekret jest pusty; niczego nie zapisano"
        )));
    }
    if context.global.dry_run {
        context.printer.note(&text!(
            "would store the secret \"{name}\"",
            "zapisano by sekret „{name}”"
        ));
        return Ok(Exit::Done);
    }
    context.secrets().set(name, value, context.clock.now())?;
    context
        .printer
        .result(&serde_json::json!({ "stored": name }), |printer| {
            printer.text(&text!(
                "stored the secret \"{name}\"",
                "zapisano sekret „{name}”"
            ));
        });
    Ok(Exit::Done)
}

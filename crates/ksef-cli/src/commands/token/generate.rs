//! `ksef token generate`

use std::time::Duration;

use ksef_api::ops::tokens::{GenerateToken, TokenPermission};

use crate::args::parse_description;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::profile;

/// Arguments of `ksef token generate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
KSeF shows the secret of a token once. It goes into the secret store and is not printed.

Examples:
  ksef token generate --secret erp --permission InvoiceWrite --description \"ERP, main office\"
  ksef profile add erp --env test --context 5265877635 --token erp")]
pub(crate) struct Args {
    /// Name under which the secret store keeps the token
    #[arg(long, value_name = "NAME", value_parser = profile::parse_name)]
    secret: String,

    /// A permission of the token; may be given several times
    #[arg(long, value_name = "PERMISSION", required = true, value_parser = parse_permission)]
    permission: Vec<TokenPermission>,

    /// What the token is for, 5 to 256 characters
    #[arg(long, value_parser = parse_description)]
    description: String,

    /// Replace a secret of this name
    #[arg(long)]
    force: bool,
}

/// Generates the token.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let name = &args.secret;
    if context.secrets().get(name)?.is_some() && !args.force {
        return Err(Error::usage(text!(
            "there is a secret \"{name}\" already; nothing was generated",
            "sekret „{name}” już istnieje; niczego nie wygenerowano"
        ))
        .hint(text!(
            "replace it with --force, or choose another name",
            "zastąp go opcją --force albo wybierz inną nazwę"
        )));
    }
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    if context.global.dry_run {
        context.printer.note(&text!(
            "would generate a token and store it as \"{name}\"",
            "wygenerowano by token i zapisano go jako „{name}”"
        ));
        return Ok(Exit::Done);
    }
    let request = GenerateToken::new(args.permission.clone(), &args.description);
    let generated = ksef.call(&request).await?;
    // Before anything else can fail: it is never shown again.
    context
        .secrets()
        .set(name, generated.token, context.clock.now())?;
    let reference = generated.reference_number;
    let usable = ksef
        .client()
        .wait_for_ksef_token(reference, ACTIVATION_MAX)
        .await;
    let token = usable.map_err(|error| {
        Error::from(error).hint(text!(
            "the token {reference} is stored as \"{name}\"; look at it: ksef token show {reference}",
            "token {reference} zapisano jako „{name}”; sprawdź go: ksef token show {reference}"
        ))
    })?;
    let stored = serde_json::json!({
        "referenceNumber": reference, "storedAs": name, "status": token.status,
    });
    context.printer.result(&stored, |printer| {
        printer.text(&text!(
            "stored the token {reference} as \"{name}\", {status}",
            "zapisano token {reference} jako „{name}”, {status}",
            status = token.status
        ));
    });
    context.printer.hint(&text!(
        "use it: ksef profile add NAME --token {name} --env … --context …",
        "użyj go: ksef profile add NAZWA --token {name} --env … --context …"
    ));
    Ok(Exit::Done)
}

fn parse_permission(text: &str) -> Result<TokenPermission, String> {
    let permission = TokenPermission::from_name(text);
    if permission.is_known() {
        return Ok(permission);
    }
    Err(format!(
        "no such permission; known are {}",
        TokenPermission::KNOWN.join(", ")
    ))
}

const ACTIVATION_MAX: Duration = Duration::from_secs(30);

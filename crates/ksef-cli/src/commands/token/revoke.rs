//! `ksef token revoke`

use ksef_api::ops::tokens::{GetToken, RevokeToken};
use ksef_core::reference::TokenRef;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef token revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Logins made with the token end within minutes. The secret stays in the secret store: ksef secret rm NAME.

Examples:
  ksef token revoke 20261121-EC-1DCE3E3000-12ECB5B36E-45")]
pub(crate) struct Args {
    /// Reference of the token
    #[arg(value_name = "TOKEN")]
    token: TokenRef,
}

/// Revokes the token.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let reference = args.token;
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    if context.global.dry_run {
        let token = ksef.call(&GetToken::new(reference)).await?;
        context.printer.note(&text!(
            "would revoke the token {reference} ({description})",
            "unieważniono by token {reference} ({description})",
            description = token.description
        ));
        return Ok(Exit::Done);
    }
    ksef.call(&RevokeToken::new(reference)).await?;
    context
        .printer
        .result(&serde_json::json!({ "revoked": reference }), |printer| {
            printer.text(&text!(
                "revoked the token {reference}",
                "unieważniono token {reference}"
            ));
        });
    Ok(Exit::Done)
}

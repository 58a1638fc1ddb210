//! `ksef token show`

use ksef_api::ops::tokens::GetToken;
use ksef_core::reference::TokenRef;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::Text;
use crate::printer::{Fields, moment};

/// Arguments of `ksef token show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef token show 20261121-EC-1DCE3E3000-12ECB5B36E-45")]
pub(crate) struct Args {
    /// Reference of the token
    #[arg(value_name = "TOKEN")]
    token: TokenRef,
}

/// Shows the token.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let token = ksef.call(&GetToken::new(args.token)).await?;
    context.printer.result(&token, |printer| {
        let mut fields = Fields::new(printer);
        fields.add(("token", "token"), token.reference_number);
        fields.add(("status", "status"), &token.status);
        fields.more(&token.status.meaning().into());
        for detail in &token.status_details {
            fields.more(&Text::verbatim(detail));
        }
        fields.add(("context", "kontekst"), &token.context_identifier);
        fields.add(("author", "autor"), &token.author_identifier);
        let permissions: Vec<&str> = token
            .requested_permissions
            .iter()
            .map(|permission| permission.as_str())
            .collect();
        fields.add(("permissions", "uprawnienia"), permissions.join(", "));
        fields.add(("generated", "utworzony"), moment(token.date_created));
        let used = token.last_use_date.map_or_else(|| "-".to_owned(), moment);
        fields.add(("last used", "ostatnio użyty"), used);
        fields.add(("description", "opis"), &token.description);
        fields.print();
    });
    Ok(Exit::Done)
}

//! `ksef token show`

use ksef_api::ops::tokens::GetToken;
use ksef_core::reference::TokenRef;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::Text;
use crate::printer::moment;

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
        let line = |label: &str, value: &str| printer.line(format_args!("{label:<13}{value}"));
        let meaning: Text = token.status.meaning().into();
        line("token", token.reference_number.as_str());
        line(
            "status",
            &format!("{} ({})", token.status, meaning.in_lang(printer.lang())),
        );
        for detail in &token.status_details {
            line("", detail);
        }
        line("context", &token.context_identifier.to_string());
        line("author", &token.author_identifier.to_string());
        let permissions: Vec<&str> = token
            .requested_permissions
            .iter()
            .map(|permission| permission.as_str())
            .collect();
        line("permissions", &permissions.join(", "));
        line("generated", &moment(token.date_created));
        line(
            "last used",
            &token.last_use_date.map_or_else(|| "-".to_owned(), moment),
        );
        line("description", &token.description);
    });
    Ok(Exit::Done)
}

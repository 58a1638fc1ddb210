//! `ksef auth logout`

use ksef_api::ops::auth::TerminateCurrentAuth;
use ksef_sdk::ErrorKind;

use crate::connect::logins::Kept;
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef auth logout`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef auth logout
  ksef auth logout --context 5265877635
  ksef auth logout --all")]
pub(crate) struct Args {
    /// All logins to this environment, whatever their context
    #[arg(long)]
    all: bool,
}

/// Ends the logins; what KSeF does not know any more is forgotten too.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let wanted = if args.all {
        None
    } else {
        Some(connection.who(context)?)
    };
    let kept = connection.logins().all()?.into_iter();
    let kept: Vec<Kept> = kept
        .filter(|kept| wanted.is_none_or(|who| who == kept.key.context))
        .collect();
    if context.global.dry_run {
        context.printer.note(&text!(
            "would end {count} login(s)",
            "zakończono by logowania: {count}",
            count = kept.len()
        ));
        return Ok(Exit::Done);
    }
    let ksef = connection.anonymous(context);
    let mut first_error = None;
    for login in &kept {
        let ended = end(&ksef, login).await;
        // Forgotten here in any case: a login that cannot be ended lapses by itself.
        connection.logins().drop_login(&login.key)?;
        if let Err(error) = ended {
            first_error.get_or_insert(error);
        }
    }
    if let Some(error) = first_error {
        return Err(error.hint(text!(
            "the login is forgotten here and lapses at KSeF within a week; or end it with: ksef auth sessions --end REFERENCE",
            "to logowanie usunięto z tego komputera; w KSeF wygaśnie w ciągu tygodnia albo po poleceniu: ksef auth sessions --end NUMER"
        )));
    }
    context
        .printer
        .result(&serde_json::json!({ "ended": kept.len() }), |printer| {
            printer.text(&match kept.len() {
                0 => text!(
                    "there was no login to end",
                    "nie było logowania do zakończenia"
                ),
                1 => text!("logged out", "wylogowano"),
                count => text!("ended {count} logins", "zakończono logowania: {count}"),
            });
        });
    Ok(Exit::Done)
}

async fn end(ksef: &Ksef, login: &Kept) -> Result<()> {
    // Either will do; the refresh token lives longer.
    let bearers = [&login.tokens.refresh, &login.tokens.access];
    for bearer in bearers.into_iter().flatten() {
        match ksef
            .client()
            .call_with_bearer(&TerminateCurrentAuth, bearer)
            .await
        {
            Ok(_) => return Ok(()),
            Err(error) if matches!(error.kind(), ErrorKind::Unauthorised) => {}
            Err(error) => return Err(Error::from(error)),
        }
    }
    Ok(())
}

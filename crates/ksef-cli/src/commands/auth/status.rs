//! `ksef auth status`

use jiff::Timestamp;
use ksef_core::context::ContextIdentifier;
use ksef_core::reference::AuthRef;
use serde::Serialize;

use crate::connect::Connection;
use crate::connect::logins::Kept;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Table, moment};

/// Arguments of `ksef auth status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
KSeF itself is not asked. The exit code is 0 when a valid login is kept, otherwise 3. With --context only the \
logins of that context count.

Examples:
  ksef auth status
  ksef auth status --profile firm --json")]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    environment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    logins: Vec<ShownLogin>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownLogin {
    context: ContextIdentifier,
    login: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_number: Option<AuthRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_valid_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_valid_until: Option<Timestamp>,
    valid: bool,
}

impl ShownLogin {
    fn new(kept: Kept, now: Timestamp) -> Self {
        let until = |bearer: Option<ksef_api::ops::auth::BearerToken>| {
            bearer.map(|bearer| bearer.valid_until)
        };
        let access_valid_until = until(kept.tokens.access);
        let refresh_valid_until = until(kept.tokens.refresh);
        let lives = |end: Option<Timestamp>| end.is_some_and(|end| end > now);
        Self {
            context: kept.key.context,
            login: kept.key.login,
            reference_number: kept.tokens.reference,
            valid: lives(access_valid_until) || lives(refresh_valid_until),
            access_valid_until,
            refresh_valid_until,
        }
    }
}

/// A fingerprint fills the line and tells people little.
fn shortened(login: &str) -> String {
    if login.chars().count() <= SHOWN_CHARACTERS_MAX {
        return login.to_owned();
    }
    login
        .chars()
        .take(SHOWN_CHARACTERS_MAX)
        .chain(['…'])
        .collect()
}

/// Shows the kept logins.
pub(crate) async fn run(context: &Context, _args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let now = context.clock.now();
    let wanted = connection.target.context;
    let kept = connection.logins().all()?.into_iter();
    let kept = kept.filter(|kept| wanted.is_none_or(|who| who == kept.key.context));
    let shown = Shown {
        environment: connection.target.place.to_string(),
        profile: connection.target.profile.clone(),
        logins: kept.map(|kept| ShownLogin::new(kept, now)).collect(),
    };
    let is_logged_in = shown.logins.iter().any(|login| login.valid);
    context.printer.result(&shown, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("context", "kontekst"),
                ("login", "logowanie"),
                ("access until", "dostęp do"),
                ("renewable until", "odnawialne do"),
            ],
        );
        let until = |end: Option<Timestamp>| match end {
            Some(end) if end > now => moment(end),
            Some(_) => text!("over", "minęło").in_lang(printer.lang()).to_owned(),
            None => "-".to_owned(),
        };
        for login in &shown.logins {
            table.row([
                login.context.to_string(),
                shortened(&login.login),
                until(login.access_valid_until),
                until(login.refresh_valid_until),
            ]);
        }
        if !shown.logins.is_empty() {
            table.print(printer);
        }
    });
    if !is_logged_in {
        context.printer.note(&text!(
            "no valid login to {place} is kept",
            "nie ma ważnego logowania do {place}",
            place = shown.environment
        ));
        context.printer.hint(&text!(
            "log in: ksef auth login",
            "zaloguj się: ksef auth login"
        ));
        return Ok(Exit::Auth);
    }
    Ok(Exit::Done)
}

const SHOWN_CHARACTERS_MAX: usize = 42;

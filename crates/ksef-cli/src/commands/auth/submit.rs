//! `ksef auth submit`

use std::path::{Path, PathBuf};

use super::login::LoggedIn;
use super::pending::Pending;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::moment;

/// Arguments of `ksef auth submit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef auth submit signed.xml
  ksef auth submit signed.xml --profile card")]
pub(crate) struct Args {
    /// The signed document
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Continues the login: submits the document, waits for KSeF, keeps the tokens.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let document = read(&args.file)?;
    let connection = Connection::open(context).await?;
    let folder = context.home.pending_login_dir();
    let waiting = Pending::find(&folder, &connection.scope, connection.target.context);
    let pending = answered(&waiting, &document)?;
    let now = context.clock.now();
    if now > pending.ends() {
        return Err(Error::auth(text!(
            "the challenge lapsed at {when}; it lives ten minutes",
            "wyzwanie wygasło {when}; jest ważne dziesięć minut",
            when = moment(pending.ends())
        ))
        .hint(prepare_anew())
        .hint(text!(
            "if that time is still to come, set the clock of this machine: it shows {now}",
            "jeśli ta chwila jeszcze nie nadeszła, ustaw zegar komputera: pokazuje {now}",
            now = moment(now)
        )));
    }
    let ksef = connection.ksef_for(context, pending.context)?;
    if context.global.dry_run {
        context.printer.note(&text!(
            "would log in to {place} on behalf of {who}",
            "zalogowano by do {place} w imieniu {who}",
            place = connection.target.place,
            who = pending.context
        ));
        return Ok(Exit::Done);
    }
    let progress = context
        .printer
        .progress(0, &text!("logging in", "logowanie"));
    let submitted = ksef.client().submit_signed(document).await;
    drop(progress);
    submitted?;
    pending.forget(&folder);
    LoggedIn::now(&connection, &ksef, pending.context)
        .await?
        .show(context);
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let too_long = std::fs::metadata(path).is_ok_and(|data| data.len() > DOCUMENT_BYTES_MAX);
    if too_long {
        return Err(Error::usage(text!(
            "{path} is longer than any signed AuthTokenRequest; give the right file",
            "plik {path} jest za duży na podpisany AuthTokenRequest; podaj właściwy plik",
            path = path.display()
        )));
    }
    std::fs::read(path).map_err(|source| {
        Error::usage(text!(
            "{path} cannot be read; give the signed file",
            "nie można odczytać {path}; podaj podpisany plik",
            path = path.display()
        ))
        .caused_by(source)
    })
}

/// The pending login whose challenge the document answers.
fn answered<'a>(waiting: &'a [Pending], document: &[u8]) -> Result<&'a Pending> {
    let names = |pending: &&Pending| {
        let challenge = pending.challenge.as_str().as_bytes();
        document
            .windows(challenge.len())
            .any(|window| window == challenge)
    };
    if let Some(pending) = waiting.iter().find(names) {
        return Ok(pending);
    }
    // An enveloping signature may hold the document in Base64: with one login waiting there is no doubt.
    match waiting {
        [only] if !holds_a_challenge(document) => Ok(only),
        [] => Err(Error::usage(text!(
            "no login waits for a signature in this environment and context",
            "w tym środowisku i kontekście żadne logowanie nie czeka na podpis"
        ))
        .hint(prepare_anew())),
        _ => Err(Error::usage(text!(
            "the document answers another challenge than the one that waits",
            "dokument zawiera inne wyzwanie niż to, które czeka na podpis"
        ))
        .hint(prepare_anew())),
    }
}

fn holds_a_challenge(document: &[u8]) -> bool {
    document
        .windows(CHALLENGE_ELEMENT.len())
        .any(|window| window == CHALLENGE_ELEMENT)
}

fn prepare_anew() -> crate::lang::Text {
    text!(
        "begin anew: ksef auth sign --prepare -o request.xml",
        "zacznij od nowa: ksef auth sign --prepare -o request.xml"
    )
}

const CHALLENGE_ELEMENT: &[u8] = b"Challenge>";
const DOCUMENT_BYTES_MAX: u64 = 1_000_000;

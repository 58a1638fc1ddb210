//! `ksef auth login`

use jiff::Timestamp;
use ksef_core::context::ContextIdentifier;
use ksef_core::reference::AuthRef;
use serde::Serialize;

use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::moment;
use crate::profile::Login;
use crate::prompt;

/// Arguments of `ksef auth login`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
How to log in stands in the profile: a KSeF token, a certificate with its key, or a PKCS#12 file. Passwords come \
from the secret store, from stdin, or are asked for. The tokens that KSeF gives are kept in the secret store.

Examples:
  ksef auth login
  ksef auth login --profile seal --password-stdin < password.txt
  ksef auth login --env test --context 5265877635       with a certificate made on the spot")]
pub(crate) struct Args {
    /// Read the password of the key or PKCS#12 file from stdin
    #[arg(long)]
    password_stdin: bool,

    /// Log in anew even if a valid login is kept
    #[arg(long)]
    force: bool,
}

/// A login as shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoggedIn {
    environment: String,
    context: ContextIdentifier,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_number: Option<AuthRef>,
    valid_until: Timestamp,
}

/// Logs in.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let password = args
        .password_stdin
        .then(prompt::secret_from_stdin)
        .transpose()?;
    let connection = Connection::open(context).await?.with_password(password);
    if connection.target.login == (Login::External {}) {
        return Err(Error::usage(text!(
            "this profile logs in with a signature made elsewhere",
            "ten profil loguje się podpisem złożonym gdzie indziej"
        ))
        .hint(text!(
            "run: ksef auth sign --prepare -o request.xml; sign the file; then: ksef auth submit signed.xml",
            "uruchom: ksef auth sign --prepare -o request.xml; podpisz plik; potem: ksef auth submit podpisany.xml"
        )));
    }
    let who = connection.who(context)?;
    let ksef = connection.ksef_for(context, who)?;
    if context.global.dry_run {
        context.printer.note(&text!(
            "would log in to {place} on behalf of {who}",
            "zalogowano by do {place} w imieniu {who}",
            place = connection.target.place
        ));
        return Ok(Exit::Done);
    }
    if args.force
        && let Some(tokens) = ksef.client().tokens()
    {
        tokens.forget(&who);
    }
    let progress = context
        .printer
        .progress(0, &text!("logging in", "logowanie"));
    let outcome = LoggedIn::now(&connection, &ksef, who).await;
    drop(progress);
    outcome?.show(context);
    Ok(Exit::Done)
}

impl LoggedIn {
    /// Logs in, unless a valid login is kept, and tells about it.
    ///
    /// # Errors
    /// KSeF refuses the login, or cannot be reached.
    pub(super) async fn now(
        connection: &Connection,
        ksef: &Ksef,
        who: ContextIdentifier,
    ) -> Result<Self> {
        let bearer = ksef.client().authenticate().await?;
        Ok(Self {
            environment: connection.target.place.to_string(),
            context: who,
            profile: connection.target.profile.clone(),
            reference_number: ksef.client().login_reference(),
            valid_until: bearer.valid_until(),
        })
    }

    /// Prints it as a result.
    pub(super) fn show(&self, context: &Context) {
        context.printer.result(self, |printer| {
            printer.text(&text!(
                "logged in to {environment} on behalf of {who}; valid until {until}, then renewed by itself",
                "zalogowano do {environment} w imieniu {who}; ważne do {until}, potem odnawiane samoczynnie",
                environment = self.environment,
                who = self.context,
                until = moment(self.valid_until)
            ));
        });
    }
}

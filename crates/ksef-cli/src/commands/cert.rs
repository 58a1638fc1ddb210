//! `ksef cert`

pub(crate) mod import;
pub(crate) mod limits;
pub(crate) mod list;
pub(crate) mod request;
pub(crate) mod revoke;
pub(crate) mod show;
pub(crate) mod sync;

use ksef_api::ops::certificates::CertificateType;
use ksef_api::status::EnrollmentStatus;
use ksef_sdk::ErrorKind;
use ksef_sdk::certificates::{Application, IssuedCertificate, Progress};
use serde::Serialize;

use crate::certificates::{About, Cabinet, Held, Pending, password};
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show how many certificates and applications are left
    Limits(limits::Args),
    /// Make a key and get a certificate for it
    Request(request::Args),
    /// Finish applications and fetch certificates whose keys are on this machine
    Sync(sync::Args),
    /// Keep a certificate and its key that were made elsewhere
    Import(import::Args),
    /// List the certificates of whoever is logged in
    List(list::Args),
    /// Show one certificate
    Show(show::Args),
    /// Revoke a certificate for good
    Revoke(revoke::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Limits(args) => limits::run(context, &args).await,
        Command::Request(args) => request::run(context, &args).await,
        Command::Sync(args) => sync::run(context, &args).await,
        Command::Import(args) => import::run(context, &args),
        Command::List(args) => list::run(context, &args).await,
        Command::Show(args) => show::run(context, &args).await,
        Command::Revoke(args) => revoke::run(context, &args).await,
    }
}

/// A certificate on this machine, as it is shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownHeld {
    name: String,
    #[serde(flatten)]
    about: About,
    certificate: String,
    key: String,
}

impl ShownHeld {
    fn of(held: &Held) -> Self {
        Self {
            name: held.name.clone(),
            about: held.about.clone(),
            certificate: held.certificate_file().display().to_string(),
            key: held.key_file().display().to_string(),
        }
    }
}

/// Goes on with an application to its end, and keeps what was issued.
async fn finish(
    context: &Context,
    connection: &Connection,
    ksef: &Ksef,
    pending: &mut Pending,
    application: Application,
) -> Result<Held> {
    let waiting = context.printer.progress(
        0,
        &text!("waiting for the certificate", "oczekiwanie na certyfikat"),
    );
    let issued = ksef
        .client()
        .continue_application(application, &*pending, ISSUING_MAX)
        .await;
    drop(waiting);
    match issued {
        Ok(issued) => keep(context, connection, pending, issued),
        Err(error) => Err(not_issued(pending, error)),
    }
}

/// The key leaves the secret store only when its files are written.
fn keep(
    context: &Context,
    connection: &Connection,
    pending: &Pending,
    issued: IssuedCertificate,
) -> Result<Held> {
    let cabinet = Cabinet::of(context);
    if let Some(held) = cabinet.get(&pending.name)?
        && held.about.serial_number == issued.serial
    {
        // Killed between writing the files and forgetting the application.
        pending.forget()?;
        return Ok(held);
    }
    let secret = pending.password.clone();
    let key_password = password(context, &secret)?;
    let about = About {
        serial_number: issued.serial,
        certificate_type: issued.certificate_type,
        valid_to: issued.identity.certificate().not_after(),
        password: secret,
        scope: Some(connection.scope.clone()),
    };
    let held = cabinet.add(&pending.name, &issued.identity, about, &key_password)?;
    pending.forget()?;
    Ok(held)
}

/// What to do about an application that came to no certificate.
fn not_issued(pending: &mut Pending, error: ksef_sdk::Error) -> Error {
    let name = &pending.name;
    if error.is_outcome_unknown() {
        return Error::new(
            Exit::Unavailable,
            text!(
                "it is not known whether KSeF took the application for \"{name}\"",
                "nie wiadomo, czy KSeF przyjął wniosek o certyfikat „{name}”"
            ),
        )
        .hint(text!(
            "run \"ksef cert sync\" in a minute: it looks for the certificate before it applies again",
            "uruchom za minutę „ksef cert sync”: zanim złoży wniosek ponownie, poszuka certyfikatu"
        ));
    }
    let is_refused = matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Forbidden);
    let explained = Error::from(error);
    match came_to_nothing(pending, is_refused) {
        Ok(true) => explained,
        Ok(false) => explained.hint(text!(
            "the key is kept; go on with: ksef cert sync",
            "klucz jest zachowany; dokończ poleceniem: ksef cert sync"
        )),
        Err(error) => {
            tracing::warn!(%error, "the application in the secret store cannot be looked at");
            explained
        }
    }
}

/// Forgets an application of which nothing is or will be at KSeF: it was refused before KSeF took it, or decided
/// against. How far it has come tells, not the error: that of a later step says nothing about an earlier one.
fn came_to_nothing(pending: &mut Pending, is_refused: bool) -> Result<bool> {
    let progress = pending.load()?.map(|application| application.progress);
    let is_over = match progress {
        Some(Progress::Prepared) => is_refused,
        Some(Progress::Refused { status }) => {
            EnrollmentStatus::from_code(status.code) == EnrollmentStatus::Rejected
        }
        _ => false,
    };
    if is_over {
        pending.forget()?;
    }
    Ok(is_over)
}

/// A type of certificates on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum TypeArgument {
    /// For logging in
    Authentication,
    /// For the QR code of invoices issued offline
    Offline,
}

impl From<TypeArgument> for CertificateType {
    fn from(argument: TypeArgument) -> Self {
        match argument {
            TypeArgument::Authentication => Self::Authentication,
            TypeArgument::Offline => Self::Offline,
        }
    }
}

/// How long a command waits for KSeF to issue a certificate.
const ISSUING_MAX: std::time::Duration = std::time::Duration::from_secs(120);

//! `ksef cert request`

use jiff::Timestamp;
use ksef_api::ops::certificates::{CertificateType, GetCertificateLimits, GetEnrollmentData};
use ksef_core::context::ContextIdentifier;
use ksef_sdk::certificates::{Application, ApplicationKeeper as _, CertificateWish};

use super::{ShownHeld, TypeArgument, finish};
use crate::certificates::{Cabinet, Held, Pending, parse_name, password};
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::moment;
use crate::profile;

/// Arguments of `ksef cert request`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The certificate is for whoever is logged in: with a certificate, a seal or a signature made elsewhere, not with a KSeF \
token. The key is made here and kept before anything leaves; a run that was interrupted is finished by running the \
same command again, or by \"ksef cert sync\".

The key file is encrypted with a password from the secret store. Without a password of that name a random one is made; \
to choose your own, store it first: ksef secret set cert-NAME.

Examples:
  ksef cert request erp-2026 --type authentication
  ksef cert request offline-2026 --type offline --password offline-key
  ksef cert request erp-2026 --type authentication --rsa --dry-run")]
pub(crate) struct Args {
    /// Name of the certificate, at KSeF and on this machine: 5 to 59 letters, digits, '_' and '-'
    #[arg(value_name = "NAME", value_parser = parse_name)]
    name: String,

    /// What it is for
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    certificate_type: TypeArgument,

    /// For an RSA key of 2048 bits instead of one on the curve P-256
    #[arg(long)]
    rsa: bool,

    /// Beginning of its validity, for instance 2026-12-01T00:00:00Z; without it the moment of issuing
    #[arg(long, value_name = "INSTANT")]
    valid_from: Option<Timestamp>,

    /// Name in the secret store of the password that encrypts the key file; without it cert-NAME
    #[arg(long, value_name = "SECRET", value_parser = profile::parse_name)]
    password: Option<String>,
}

/// Gets the certificate.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let name = &args.name;
    let connection = Connection::open(context).await?;
    let mut pending = Pending::new(context, &connection.scope, name);
    let begun = pending.load()?;
    if begun.is_none() {
        Cabinet::of(context).refuse_taken(name)?;
    }
    let who = connection.who(context)?;
    let ksef = connection.ksef(context)?;
    if context.global.dry_run {
        return explain(context, &ksef, args).await;
    }
    let application = match begun {
        Some(application) => resumed(context, args, application)?,
        None => prepared(context, args, &mut pending)?,
    };
    let held = finish(context, &connection, &ksef, &mut pending, application).await?;
    tell(context, &connection, &who, &held);
    Ok(Exit::Done)
}

/// Makes the key and keeps it. The password of its file is there before anything leaves, so that nothing is missing
/// when the certificate comes.
fn prepared(context: &Context, args: &Args, pending: &mut Pending) -> Result<Application> {
    if let Some(secret) = &args.password {
        pending.password.clone_from(secret);
    }
    password(context, &pending.password)?;
    let mut wish = CertificateWish::new(&args.name, args.certificate_type.into());
    if args.rsa {
        wish = wish.with_rsa_key();
    }
    if let Some(instant) = args.valid_from {
        wish = wish.with_valid_from(instant);
    }
    let application = Application::prepare(&wish)?;
    pending.keep(&application).map_err(ksef_sdk::Error::from)?;
    Ok(application)
}

/// An application that an earlier run began; it cannot become another one.
fn resumed(context: &Context, args: &Args, application: Application) -> Result<Application> {
    let wanted = CertificateType::from(args.certificate_type);
    let name = &args.name;
    if application.certificate_type != wanted {
        return Err(Error::usage(text!(
            "an application for \"{name}\" of the type {begun} is under way",
            "trwa już składanie wniosku o certyfikat „{name}” typu {begun}",
            begun = application.certificate_type
        ))
        .hint(text!(
            "finish it first (ksef cert sync), or choose another name",
            "najpierw go dokończ (ksef cert sync) albo wybierz inną nazwę"
        )));
    }
    context.printer.note(&text!(
        "going on with the application for \"{name}\" that was begun before",
        "kontynuacja rozpoczętego wcześniej wniosku o certyfikat „{name}”"
    ));
    Ok(application)
}

/// What would be applied for, from whom; nothing is made.
async fn explain(context: &Context, ksef: &Ksef, args: &Args) -> Result<Exit> {
    let data = ksef.call(&GetEnrollmentData).await?;
    let limits = ksef.call(&GetCertificateLimits).await?;
    let name = &args.name;
    context.printer.note(&text!(
        "would make a key and apply for the certificate \"{name}\" for {holder}; {left} of {limit} certificates are left",
        "utworzono by klucz i złożono wniosek o certyfikat „{name}” dla: {holder}; pozostało certyfikatów: {left} z {limit}",
        holder = data.common_name,
        left = limits.certificate.remaining,
        limit = limits.certificate.limit
    ));
    Ok(Exit::Done)
}

fn tell(context: &Context, connection: &Connection, who: &ContextIdentifier, held: &Held) {
    let shown = ShownHeld::of(held);
    context.printer.result(&shown, |printer| {
        printer.text(&text!(
            "got the certificate {serial} ({name}), valid until {end}\n  certificate  {file}\n  key          {key}",
            "wydano certyfikat {serial} ({name}), ważny do {end}\n  certyfikat  {file}\n  klucz       {key}",
            serial = shown.about.serial_number,
            name = shown.name,
            end = moment(shown.about.valid_to),
            file = shown.certificate,
            key = shown.key
        ));
    });
    if held.about.certificate_type != CertificateType::Authentication {
        return;
    }
    let name = &held.name;
    let place = connection.target.place.to_string();
    let option = if place.contains("://") {
        "--url"
    } else {
        "--env"
    };
    context.printer.hint(&text!(
        "log in with it: ksef profile add {name} {option} {place} --context {who} --certificate {file} --key {key} --password {password}",
        "zaloguj się nim: ksef profile add {name} {option} {place} --context {who} --certificate {file} --key {key} --password {password}",
        file = shown.certificate,
        key = shown.key,
        password = shown.about.password
    ));
}

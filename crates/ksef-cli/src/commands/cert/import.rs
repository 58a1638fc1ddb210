//! `ksef cert import`

use std::path::PathBuf;

use clap::ArgGroup;

use super::ShownHeld;
use crate::certificates::{
    About, Cabinet, default_password, parse_name, password, serial_in, type_of,
};
use crate::connect::identity;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::moment;
use crate::profile::{self, Login};
use crate::prompt;

/// Arguments of `ksef cert import`.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("source").required(true).args(["certificate", "pkcs12"]))]
#[command(after_help = "\
For KSeF certificates that were got elsewhere, for instance in the taxpayer's application. The key is encrypted anew, \
with a password from the secret store (a random one is made when there is none of that name); the files that were \
given stay as they are.

Examples:
  ksef cert import erp-2026 --pkcs12 erp.p12 --password-stdin < password.txt
  ksef cert import offline-2026 --certificate offline.crt --key offline.key --password old-key")]
pub(crate) struct Args {
    /// Name of the certificate on this machine: 5 to 59 letters, digits, '_' and '-'
    #[arg(value_name = "NAME", value_parser = parse_name)]
    name: String,

    /// The certificate (PEM or DER)
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,

    /// Its private key (PEM or DER, PKCS#8, PKCS#1 or SEC 1)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,

    /// Certificate and key in this PKCS#12 file
    #[arg(long, value_name = "FILE")]
    pkcs12: Option<PathBuf>,

    /// Name in the secret store of the password of the file that is imported
    #[arg(long, value_name = "SECRET", value_parser = profile::parse_name)]
    password: Option<String>,

    /// Read the password of the file that is imported from stdin
    #[arg(long, conflicts_with = "password")]
    password_stdin: bool,

    /// Name in the secret store of the password that encrypts the key file; without it cert-NAME
    #[arg(long, value_name = "SECRET", value_parser = profile::parse_name)]
    store_password: Option<String>,
}

/// Keeps the certificate.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let name = &args.name;
    let cabinet = Cabinet::of(context);
    cabinet.refuse_taken(name)?;
    let given = if args.password_stdin {
        Some(prompt::secret_from_stdin()?)
    } else {
        None
    };
    let identity = identity::load(context, &login(args), given)?;
    let Some(identity) = identity else {
        return Err(no_ksef_certificate());
    };
    let certificate = identity.certificate();
    let secret = args
        .store_password
        .clone()
        .unwrap_or_else(|| default_password(name));
    let about = About {
        serial_number: serial_in(certificate).ok_or_else(no_ksef_certificate)?,
        certificate_type: type_of(certificate).ok_or_else(no_ksef_certificate)?,
        valid_to: certificate.not_after(),
        password: secret,
        scope: None,
    };
    if certificate.not_after() < context.clock.now() {
        context.printer.warn(&text!(
            "the certificate expired on {when}",
            "certyfikat wygasł {when}",
            when = moment(certificate.not_after())
        ));
    }
    if context.global.dry_run {
        context.printer.note(&text!(
            "would keep the certificate {serial} as \"{name}\"",
            "zapisano by certyfikat {serial} jako „{name}”",
            serial = about.serial_number
        ));
        return Ok(Exit::Done);
    }
    let key_password = password(context, &about.password)?;
    let held = cabinet.add(name, &identity, about, &key_password)?;
    let shown = ShownHeld::of(&held);
    context.printer.result(&shown, |printer| {
        printer.text(&text!(
            "kept the certificate {serial} as \"{name}\", {kind}, valid until {end}\n  certificate  {file}\n  key          {key}",
            "zapisano certyfikat {serial} jako „{name}”, {kind}, ważny do {end}\n  certyfikat  {file}\n  klucz       {key}",
            serial = shown.about.serial_number,
            kind = shown.about.certificate_type,
            end = moment(shown.about.valid_to),
            file = shown.certificate,
            key = shown.key
        ));
    });
    Ok(Exit::Done)
}

/// The files as a login would name them.
fn login(args: &Args) -> Login {
    let password = args.password.clone();
    match (&args.certificate, &args.key, &args.pkcs12) {
        (Some(certificate), Some(key), _) => Login::Certificate {
            certificate: certificate.clone(),
            key: key.clone(),
            password,
        },
        (_, _, Some(file)) => Login::Pkcs12 {
            file: file.clone(),
            password,
        },
        // The options require one of the two.
        _ => Login::External {},
    }
}

fn no_ksef_certificate() -> Error {
    Error::usage(text!(
        "this is no KSeF certificate: those have a serial number of eight bytes, and a key for logging in or for offline invoices but not for both",
        "to nie jest certyfikat KSeF: taki ma ośmiobajtowy numer seryjny, a jego klucz służy albo do logowania, albo do faktur offline, nie do obu"
    ))
    .hint(text!(
        "other certificates log in from where they are: ksef profile add NAME --pkcs12 FILE …",
        "innymi certyfikatami można logować się bez importu: ksef profile add NAZWA --pkcs12 PLIK …"
    ))
}

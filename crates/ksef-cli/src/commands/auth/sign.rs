//! `ksef auth sign`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgGroup;
use ksef_crypto::xades;
use ksef_sdk::auth::{AuthTokenRequest, SubjectType};

use super::pending::Pending;
use crate::connect::{Connection, Target, identity, seller};
use crate::context::Context;
use crate::durable::{self, Access};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::pkcs11;
use crate::printer::moment;
use crate::profile::Login;
use crate::prompt;

/// Arguments of `ksef auth sign`.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("what").required(true).args(["prepare", "file"]))]
#[command(after_help = "\
With --prepare KSeF is asked for a challenge, and the unsigned AuthTokenRequest is written. Sign that file within ten \
minutes with a qualified signature or seal, or with Profil Zaufany, as XAdES, enveloped or enveloping. Then continue \
with \"ksef auth submit\".

Examples:
  ksef auth sign --prepare -o request.xml
  ksef auth sign request.xml -o signed.xml          with the certificate of the profile
  ksef auth submit signed.xml")]
pub(crate) struct Args {
    /// Document to sign with the profile's certificate
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Write the unsigned document instead, and remember its challenge
    #[arg(long)]
    prepare: bool,

    /// Identify by the fingerprint of the signing certificate instead of the NIP or PESEL in it
    #[arg(long, requires = "prepare")]
    fingerprint: bool,

    /// File to write; without it stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Read the password of the key or PKCS#12 file from stdin
    #[arg(long, conflicts_with = "prepare")]
    password_stdin: bool,
}

/// Prepares or signs.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    match &args.file {
        Some(file) => sign(context, args, file),
        None => prepare(context, args).await,
    }
}

async fn prepare(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let who = connection.who(context)?;
    if context.global.dry_run {
        context.printer.note(&text!(
            "would ask for a challenge on behalf of {who} and write the document",
            "poproszono by o wyzwanie w imieniu {who} i zapisano dokument"
        ));
        return Ok(Exit::Done);
    }
    let issued = connection
        .anonymous(context)
        .client()
        .challenge()
        .await?
        .into_value();
    let subject = if args.fingerprint {
        SubjectType::CertificateFingerprint
    } else {
        SubjectType::CertificateSubject
    };
    let document = AuthTokenRequest::new(issued.challenge, who)
        .with_subject(subject)
        .to_xml();
    let pending = Pending {
        scope: connection.scope.clone(),
        context: who,
        challenge: issued.challenge,
        prepared: context.clock.now(),
    };
    pending.save(&context.home.pending_login_dir())?;
    write(context, args, document.as_bytes())?;
    context.printer.note(&text!(
        "sign it as XAdES before {until}, then run: ksef auth submit FILE",
        "podpisz go jako XAdES przed {until}, potem uruchom: ksef auth submit PLIK",
        until = moment(pending.ends())
    ));
    Ok(Exit::Done)
}

fn sign(context: &Context, args: &Args, file: &Path) -> Result<Exit> {
    let document = std::fs::read(file).map_err(|source| {
        Error::usage(text!(
            "{file} cannot be read; give the file that \"ksef auth sign --prepare\" wrote",
            "nie można odczytać {file}; podaj plik zapisany przez „ksef auth sign --prepare”",
            file = file.display()
        ))
        .caused_by(source)
    })?;
    let password = args
        .password_stdin
        .then(prompt::secret_from_stdin)
        .transpose()?;
    let signer = signer(context, password)?;
    let signed = xades::sign_with(&document, &*signer, context.clock.now()).map_err(|source| {
        Error::usage(text!(
            "{file} cannot be signed",
            "nie można podpisać {file}",
            file = file.display()
        ))
        .caused_by(source)
        .hint(text!(
            "give the unsigned file that \"ksef auth sign --prepare\" wrote",
            "podaj niepodpisany plik zapisany przez „ksef auth sign --prepare”"
        ))
    })?;
    write(context, args, &signed)?;
    context.printer.note(&text!(
        "signed; now run: ksef auth submit FILE",
        "podpisano; teraz uruchom: ksef auth submit PLIK"
    ));
    Ok(Exit::Done)
}

fn signer(
    context: &Context,
    password: Option<ksef_core::secret::SecretText>,
) -> Result<Arc<dyn xades::Signer>> {
    let target = Target::resolve(context)?;
    if target.login == (Login::SelfSigned {}) && target.place.accepts_self_signed() {
        let who = target.require_context()?;
        let folder = context.home.identities_dir();
        let identity = seller::identity(&folder, &who, context.clock.now())?;
        return Ok(Arc::new(identity));
    }
    if let Some(token) = pkcs11::open_login(context, &target.login, password.clone())? {
        return Ok(token);
    }
    let identity = identity::load(context, &target.login, password)?;
    let identity = identity.ok_or_else(|| {
        Error::usage(text!(
            "the profile has no certificate to sign with",
            "profil nie ma certyfikatu do podpisywania"
        ))
        .hint(text!(
            "use a profile with a certificate (--profile), or sign the file elsewhere",
            "użyj profilu z certyfikatem (--profile) albo podpisz plik gdzie indziej"
        ))
    })?;
    Ok(Arc::new(identity))
}

fn write(context: &Context, args: &Args, document: &[u8]) -> Result<()> {
    let Some(path) = &args.output else {
        context.printer.bytes(document);
        return Ok(());
    };
    if context.global.dry_run {
        let file = path.display();
        context
            .printer
            .note(&text!("would write {file}", "zapisano by {file}"));
        return Ok(());
    }
    durable::replace(path, document, Access::Private).map_err(|source| {
        Error::failed(text!(
            "{path} cannot be written; give another file with --output",
            "nie można zapisać {path}; podaj inny plik w --output",
            path = path.display()
        ))
        .caused_by(source)
    })?;
    context
        .printer
        .result(&serde_json::json!({ "file": path }), |printer| {
            printer.line(path.display());
        });
    Ok(())
}

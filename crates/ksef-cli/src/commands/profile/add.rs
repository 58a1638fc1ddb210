//! `ksef profile add`

use std::path::PathBuf;

use clap::ArgGroup;
use ksef_crypto::pkcs11::TokenUri;

use crate::connect::requested_place;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::pkcs11;
use crate::place::Place;
use crate::profile::{self, Login, Profile};
use crate::secrets::Protection;

/// Arguments of `ksef profile add`.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("how").required(true).args(["token", "certificate", "pkcs12", "pkcs11", "self_signed", "external"]))]
#[command(after_help = "\
The environment comes from --env or --url, the context from --context. Secrets are named here and stored with \
\"ksef secret set NAME\". The first profile becomes the default one.

Examples:
  ksef profile add firm --env production --context 5265877635 --token firm-token
  ksef profile add seal --env demo --context 5265877635 --pkcs12 seal.p12 --password seal-pw
  ksef profile add card --env production --context 5265877635 --password card-pin \\
    --pkcs11 'pkcs11:token=Card;object=Key?module-path=/usr/lib/opensc-pkcs11.so'
  ksef profile add signed --env production --context 5265877635 --external
  ksef profile add play --env test --context 5265877635 --self-signed
  ksef profile add local --url http://127.0.0.1:8080/v2 --context 5265877635 --self-signed")]
pub(crate) struct Args {
    /// Name of the new profile
    #[arg(value_name = "NAME", value_parser = profile::parse_name)]
    profile_name: String,

    /// Log in with the KSeF token that the secret store keeps under this name
    #[arg(long, value_name = "SECRET", value_parser = profile::parse_name)]
    token: Option<String>,

    /// Log in with this certificate (PEM or DER)
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,

    /// Private key of the certificate (PEM or DER, PKCS#8)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,

    /// Log in with the certificate and key in this PKCS#12 file
    #[arg(long, value_name = "FILE")]
    pkcs12: Option<PathBuf>,

    /// Log in with a key on a token, by its pkcs11: URI (RFC 7512), and the certificate beside it there
    #[arg(long, value_name = "URI", value_parser = pkcs11::parse_uri)]
    pkcs11: Option<TokenUri>,

    /// Certificate of that key (PEM or DER), when the token has none
    #[arg(long, value_name = "FILE", requires = "pkcs11")]
    pkcs11_certificate: Option<PathBuf>,

    /// Name in the secret store of the password of the key or PKCS#12 file, or of the PIN of the token
    #[arg(long, value_name = "SECRET", value_parser = profile::parse_name, conflicts_with_all = ["token", "self_signed", "external"])]
    password: Option<String>,

    /// Log in with a certificate made on the spot (sandbox and TEST only)
    #[arg(long)]
    self_signed: bool,

    /// Log in with a signature made elsewhere (qualified signature, Profil Zaufany)
    #[arg(long)]
    external: bool,

    /// Make it the default profile
    #[arg(long)]
    default: bool,

    /// Replace a profile of this name
    #[arg(long)]
    force: bool,
}

/// Adds the profile.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let name = &args.profile_name;
    let config = context.config()?;
    if config.profiles.contains_key(name) && !args.force {
        return Err(Error::usage(text!(
            "there is a profile \"{name}\" already",
            "profil „{name}” już istnieje"
        ))
        .hint(text!(
            "replace it with --force, or choose another name",
            "zastąp go opcją --force albo wybierz inną nazwę"
        )));
    }
    let new = Profile {
        environment: place(context)?,
        context: context.global.context,
        login: login(args)?,
    };
    check(&new)?;
    let make_default = args.default || config.profiles.is_empty();
    if context.global.dry_run {
        context.printer.note(&text!(
            "would add the profile \"{name}\"",
            "dodano by profil „{name}”"
        ));
        return Ok(Exit::Done);
    }
    profile::add(&context.home.config_file(), name, &new, make_default)?;
    let default = make_default.then_some(name.as_str());
    context
        .printer
        .result(&super::Shown::new(name, &new, default), |printer| {
            printer.text(&if make_default {
                text!(
                    "added the profile \"{name}\", now the default",
                    "dodano profil „{name}”, teraz domyślny"
                )
            } else {
                text!("added the profile \"{name}\"", "dodano profil „{name}”")
            });
        });
    advise(context, name, &new);
    Ok(Exit::Done)
}

fn place(context: &Context) -> Result<Place> {
    requested_place(context)?.ok_or_else(|| {
        Error::usage(text!(
            "a profile needs its environment: --env sandbox|test|demo|production, or --url URL",
            "profil potrzebuje środowiska: --env sandbox|test|demo|production albo --url URL"
        ))
    })
}

fn login(args: &Args) -> Result<Login> {
    let absolute = |path: &PathBuf| {
        std::path::absolute(path).map_err(|source| {
            Error::usage(text!(
                "\"{path}\" is not a path; give the file again",
                "„{path}” nie jest ścieżką; podaj plik jeszcze raz",
                path = path.display()
            ))
            .caused_by(source)
        })
    };
    let password = args.password.clone();
    Ok(if let Some(secret) = &args.token {
        Login::Token {
            secret: secret.clone(),
        }
    } else if let (Some(certificate), Some(key)) = (&args.certificate, &args.key) {
        Login::Certificate {
            certificate: absolute(certificate)?,
            key: absolute(key)?,
            password,
        }
    } else if let Some(file) = &args.pkcs12 {
        Login::Pkcs12 {
            file: absolute(file)?,
            password,
        }
    } else if let Some(uri) = &args.pkcs11 {
        Login::Pkcs11 {
            uri: uri.to_string(),
            certificate: args.pkcs11_certificate.as_ref().map(absolute).transpose()?,
            password,
        }
    } else if args.self_signed {
        Login::SelfSigned {}
    } else {
        Login::External {}
    })
}

fn check(profile: &Profile) -> Result<()> {
    if profile.login == (Login::SelfSigned {}) && !profile.environment.accepts_self_signed() {
        return Err(Error::usage(text!(
            "{place} does not accept self-signed certificates",
            "środowisko {place} nie przyjmuje certyfikatów samopodpisanych",
            place = profile.environment
        ))
        .hint(text!(
            "use --token, --certificate with --key, --pkcs12, or --external",
            "użyj --token, --certificate z --key, --pkcs12 albo --external"
        )));
    }
    Ok(())
}

/// What is still missing before the first login.
fn advise(context: &Context, name: &str, profile: &Profile) {
    let printer = &context.printer;
    if profile.context.is_none() {
        printer.hint(&text!(
            "the profile has no context; give --context NIP with each command, or add it anew",
            "profil nie ma kontekstu; podawaj --context NIP przy każdym poleceniu albo dodaj go na nowo"
        ));
    }
    if let Some(secret) = profile.login.secret() {
        // A passphrase is not asked for only to give a hint.
        let is_open = !matches!(
            context.secrets().protection(),
            Ok(Some(Protection::Passphrase))
        );
        if is_open && matches!(context.secrets().get(secret), Ok(None)) {
            printer.hint(&text!(
                "store its secret next: ksef secret set {secret}",
                "zapisz teraz jego sekret: ksef secret set {secret}"
            ));
            return;
        }
    }
    if profile.login == (Login::External {}) {
        printer.hint(&text!(
            "log in: ksef auth sign --prepare -o request.xml --profile {name}",
            "zaloguj się: ksef auth sign --prepare -o request.xml --profile {name}"
        ));
    } else {
        printer.hint(&text!(
            "check it: ksef doctor --profile {name}",
            "sprawdź go: ksef doctor --profile {name}"
        ));
    }
}

//! `ksef init`

use std::path::PathBuf;

use clap::ValueEnum as _;
use ksef_core::context::ContextIdentifier;
use ksef_core::ksef_token::KsefToken;
use ksef_core::secret::SecretText;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::place::Place;
use crate::profile::{self, Login, Profile};
use crate::prompt;

/// Arguments of `ksef init`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Asks for what is not given: environment, context, and how to log in. Without a terminal everything has to be given.

Examples:
  ksef init
  ksef init --env test --context 5265877635 --method self-signed
  ksef init --env production --context 5265877635 --method token --stdin < token.txt")]
pub(crate) struct Args {
    /// Name of the profile
    #[arg(long, value_name = "NAME", default_value = "main", value_parser = profile::parse_name)]
    name: String,

    /// How to log in
    #[arg(long, value_enum)]
    method: Option<Method>,

    /// Read the token, or the password of the PKCS#12 file, from stdin
    #[arg(long)]
    stdin: bool,

    /// The PKCS#12 file with certificate and key
    #[arg(long, value_name = "FILE")]
    pkcs12: Option<PathBuf>,
}

/// How to log in; "ksef profile add" knows more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Method {
    /// With a KSeF token
    Token,
    /// With a certificate and key in a PKCS#12 file
    Pkcs12,
    /// With a signature made elsewhere
    External,
    /// With a test certificate made on the spot (sandbox and TEST only)
    SelfSigned,
}

/// Writes the first profile and stores its secret.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let name = &args.name;
    if context.config()?.profiles.contains_key(name) {
        return Err(Error::usage(text!(
            "there is a profile \"{name}\" already",
            "profil „{name}” już istnieje"
        ))
        .hint(text!(
            "give another --name, or change it: ksef profile add {name} --force …",
            "podaj inną nazwę (--name) albo zmień go: ksef profile add {name} --force …"
        )));
    }
    let environment = place(context)?;
    let who = who(context)?;
    let method = method(context, args, &environment)?;
    let (login, secret) = login(context, args, method)?;
    if context.global.dry_run {
        context.printer.note(&text!(
            "would add the profile \"{name}\" for {environment}",
            "dodano by profil „{name}” dla {environment}"
        ));
        return Ok(Exit::Done);
    }
    if let (Some(secret_name), Some(value)) = (login.secret(), secret) {
        context
            .secrets()
            .set(secret_name, value, context.clock.now())?;
    }
    let profile = Profile {
        environment,
        context: Some(who),
        login,
    };
    profile::add(&context.home.config_file(), name, &profile, true)?;
    let written = serde_json::json!({
        "profile": name,
        "environment": profile.environment.to_string(),
        "context": who,
        "login": profile.login.method(),
    });
    context.printer.result(&written, |printer| {
        printer.text(&text!(
            "added the profile \"{name}\", now the default",
            "dodano profil „{name}”, teraz domyślny"
        ));
    });
    context
        .printer
        .hint(&text!("check it: ksef doctor", "sprawdź go: ksef doctor"));
    Ok(Exit::Done)
}

fn place(context: &Context) -> Result<Place> {
    let given = context
        .global
        .url
        .as_ref()
        .or(context.global.environment.as_ref());
    let answer = match given {
        Some(given) => given.clone(),
        None => ask(
            context,
            &text!(
                "Environment (sandbox, test, demo, production)",
                "Środowisko (sandbox, test, demo, production)"
            ),
            Some("test"),
            "--env",
        )?,
    };
    Place::parse(&answer).map_err(|source| {
        Error::usage(text!(
            "\"{answer}\" is no environment; allowed are sandbox, test, demo, production or a base address",
            "„{answer}” nie jest środowiskiem; dozwolone są sandbox, test, demo, production lub adres bazowy"
        ))
        .caused_by(source)
    })
}

fn who(context: &Context) -> Result<ContextIdentifier> {
    if let Some(who) = context.global.context {
        return Ok(who);
    }
    let question = text!(
        "NIP, on whose behalf you work",
        "NIP podmiotu, w którego imieniu działasz"
    );
    let answer = ask(context, &question, None, "--context")?;
    ContextIdentifier::parse(&answer).map_err(|source| {
        Error::usage(text!(
            "\"{answer}\" is no context; give a NIP of ten digits",
            "„{answer}” nie jest kontekstem; podaj dziesięciocyfrowy NIP"
        ))
        .caused_by(source)
    })
}

fn method(context: &Context, args: &Args, place: &Place) -> Result<Method> {
    let method = match args.method {
        Some(method) => method,
        None => {
            let question = text!(
                "Log in with (token, pkcs12, external, self-signed)",
                "Sposób logowania (token, pkcs12, external, self-signed)"
            );
            let default = if place.accepts_self_signed() {
                "self-signed"
            } else {
                "token"
            };
            let answer = ask(context, &question, Some(default), "--method")?;
            Method::from_str(&answer, true).map_err(|_| {
                Error::usage(text!(
                    "\"{answer}\" is no way to log in; allowed are token, pkcs12, external and self-signed",
                    "„{answer}” nie jest sposobem logowania; dozwolone są token, pkcs12, external i self-signed"
                ))
            })?
        }
    };
    if method == Method::SelfSigned && !place.accepts_self_signed() {
        return Err(Error::usage(text!(
            "{place} does not accept self-signed certificates",
            "środowisko {place} nie przyjmuje certyfikatów samopodpisanych"
        ))
        .hint(text!(
            "use --method token, pkcs12 or external",
            "użyj --method token, pkcs12 albo external"
        )));
    }
    Ok(method)
}

/// The login, and the secret to be stored for it.
fn login(context: &Context, args: &Args, method: Method) -> Result<(Login, Option<SecretText>)> {
    let name = &args.name;
    match method {
        Method::SelfSigned => Ok((Login::SelfSigned {}, None)),
        Method::External => Ok((Login::External {}, None)),
        Method::Token => {
            let token = secret(context, args, &text!("KSeF token", "Token KSeF"))?;
            KsefToken::parse(token.expose()).map_err(|source| {
                Error::usage(text!("this is no KSeF token", "to nie jest token KSeF"))
                    .caused_by(source)
                    .hint(text!(
                        "copy it as KSeF showed it",
                        "skopiuj go tak, jak pokazał go KSeF"
                    ))
            })?;
            Ok((
                Login::Token {
                    secret: format!("{name}-token"),
                },
                Some(token),
            ))
        }
        Method::Pkcs12 => {
            let file = match &args.pkcs12 {
                Some(file) => file.clone(),
                None => ask(
                    context,
                    &text!("PKCS#12 file", "Plik PKCS#12"),
                    None,
                    "--pkcs12",
                )?
                .into(),
            };
            let file = std::path::absolute(&file).unwrap_or(file);
            let password = secret(context, args, &text!("Its password", "Hasło pliku"))?;
            let login = Login::Pkcs12 {
                file,
                password: Some(format!("{name}-password")),
            };
            Ok((login, Some(password)))
        }
    }
}

fn secret(context: &Context, args: &Args, question: &crate::lang::Text) -> Result<SecretText> {
    if args.stdin {
        return prompt::secret_from_stdin();
    }
    if context.prompt.is_possible() {
        return context.prompt.secret(question);
    }
    Err(not_asked("--stdin"))
}

fn ask(
    context: &Context,
    question: &crate::lang::Text,
    default: Option<&str>,
    option: &'static str,
) -> Result<String> {
    if context.prompt.is_possible() {
        return context.prompt.line(question, default);
    }
    Err(not_asked(option))
}

fn not_asked(option: &'static str) -> Error {
    Error::usage(text!(
        "there is no terminal to ask at; give {option}",
        "nie ma terminala, w którym można zapytać; podaj {option}"
    ))
}

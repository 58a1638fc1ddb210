//! `ksef profile`

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod rm;
pub(crate) mod show;
pub(crate) mod use_profile;

use ksef_core::context::ContextIdentifier;
use serde::Serialize;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::profile::{Login, Profile};

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Add a profile
    Add(Box<add::Args>),
    /// List the profiles
    List(list::Args),
    /// Make a profile the default one
    Use(use_profile::Args),
    /// Show one profile
    Show(show::Args),
    /// Remove a profile; its secrets stay
    Rm(rm::Args),
}

/// Runs a command of the group.
pub(crate) fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Add(args) => add::run(context, &args),
        Command::List(args) => list::run(context, &args),
        Command::Use(args) => use_profile::run(context, &args),
        Command::Show(args) => show::run(context, &args),
        Command::Rm(args) => rm::run(context, &args),
    }
}

/// A profile as shown; it holds names of secrets, never secrets.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    name: &'a str,
    default: bool,
    environment: String,
    context: Option<ContextIdentifier>,
    login: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
}

impl<'a> Shown<'a> {
    fn new(name: &'a str, profile: &'a Profile, default: Option<&str>) -> Self {
        let files = match &profile.login {
            Login::Certificate {
                certificate, key, ..
            } => vec![certificate, key],
            Login::Pkcs12 { file, .. } => vec![file],
            Login::Pkcs11 { certificate, .. } => certificate.iter().collect(),
            Login::Token { .. } | Login::SelfSigned {} | Login::External {} => Vec::new(),
        };
        Self {
            name,
            default: default == Some(name),
            environment: profile.environment.to_string(),
            context: profile.context,
            login: profile.login.method(),
            secret: profile.login.secret(),
            key_uri: match &profile.login {
                Login::Pkcs11 { uri, .. } => Some(uri),
                _ => None,
            },
            files: files
                .into_iter()
                .map(|path| path.display().to_string())
                .collect(),
        }
    }
}

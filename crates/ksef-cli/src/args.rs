//! The command line: global options and the tree of commands.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};

use crate::commands;
use crate::lang::Lang;

/// A client for KSeF, the Polish state's e-invoicing system, with a local KSeF inside
#[derive(Debug, Parser)]
#[command(
    name = "ksef",
    version,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command, accepted anywhere on the line.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Profile to use; without it the default profile, and without any the embedded sandbox
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "KSEF_PROFILE",
        hide_env_values = true
    )]
    pub(crate) profile: Option<String>,

    /// Environment instead of the profile's: sandbox, test, demo or production
    #[arg(
        long = "env",
        alias = "environment",
        global = true,
        value_name = "ENV",
        env = "KSEF_ENV",
        hide_env_values = true
    )]
    pub(crate) environment: Option<String>,

    /// Base address instead of an environment, for instance http://127.0.0.1:8080/v2
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "KSEF_URL",
        hide_env_values = true
    )]
    pub(crate) url: Option<String>,

    /// On whose behalf, instead of the profile's: a NIP, or Type:value (Nip, InternalId, NipVatUe, PeppolId)
    #[arg(long, global = true, value_name = "WHO", env = "KSEF_CONTEXT", hide_env_values = true, value_parser = parse_context)]
    pub(crate) context: Option<ContextIdentifier>,

    /// Print results as JSON: one document, or one per line for lists that grow
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Print no progress, notes or hints; results, warnings and errors stay
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// Never ask a question, fail instead
    #[arg(long, global = true)]
    pub(crate) no_input: bool,

    /// Say what would be done, and do nothing that changes KSeF or this machine
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,

    /// Folder for configuration, secrets, journals and the sandbox, instead of the system's folders
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "KSEF_HOME",
        hide_env_values = true
    )]
    pub(crate) home: Option<PathBuf>,

    /// Language of messages; without it the locale decides
    #[arg(
        long,
        global = true,
        value_enum,
        env = "KSEF_LANG",
        hide_env_values = true
    )]
    pub(crate) lang: Option<Lang>,

    /// Log to stderr what happens; twice and three times for more (KSEF_LOG selects by module)
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up a first profile
    Init(commands::init::Args),
    /// Show profile, login and journal in short
    Status(commands::status::Args),
    /// Logging in, and the logins that are kept
    #[command(subcommand)]
    Auth(commands::auth::Command),
    /// Online and batch sessions at KSeF
    #[command(subcommand)]
    Session(commands::session::Command),
    /// Invoices: send, status, download, UPO
    #[command(subcommand)]
    Invoice(commands::invoice::Command),
    /// Invoices issued offline: deadlines, sending, what was announced
    #[command(subcommand)]
    Outbox(commands::outbox::Command),
    /// UPOs (official receipts) on this machine: verify, show
    #[command(subcommand)]
    Upo(commands::upo::Command),
    /// Every invoice of the context on this machine: sync, list, show, export, verify
    #[command(subcommand)]
    Inbox(commands::inbox::Command),
    /// Collective identifiers: one number under which several invoices are paid
    #[command(subcommand)]
    Collective(commands::collective::Command),
    /// KSeF tokens, which replace a signature when logging in
    #[command(subcommand)]
    Token(commands::token::Command),
    /// Limits of requests, sessions and certificates
    #[command(subcommand)]
    Limit(commands::limit::Command),
    /// Peppol service providers
    #[command(subcommand)]
    Peppol(commands::peppol::Command),
    /// Permissions: who may do what for whom
    #[command(subcommand)]
    Permission(Box<commands::permission::Command>),
    /// Invented taxpayers, permissions and limits, on test environments only
    #[command(subcommand)]
    Testdata(commands::testdata::Command),
    /// KSeF certificates, for logging in and for invoices issued offline
    #[command(subcommand)]
    Cert(commands::cert::Command),
    /// Named sets of environment, context and login
    #[command(subcommand)]
    Profile(commands::profile::Command),
    /// Tokens and passwords, encrypted on this machine
    #[command(subcommand)]
    Secret(commands::secret::Command),
    /// Check this machine, the profile, KSeF and the program itself
    Doctor(commands::doctor::Args),
    /// Serve a local KSeF for other programs, for tests and development
    Sandbox(Box<commands::sandbox::Args>),
    /// Send one request to the API and print the answer
    Raw(Box<commands::raw::Args>),
    /// Print the completion script of a shell
    Completions(commands::completions::Args),
    /// Print the reference of all commands as Markdown
    #[command(hide = true)]
    HelpMarkdown(commands::help_markdown::Args),
}

/// A context: a NIP, or `Type:value`.
pub(crate) fn parse_context(text: &str) -> Result<ContextIdentifier, String> {
    ContextIdentifier::parse(text).map_err(|error| error.to_string())
}

/// A description of 5 to 256 characters, as KSeF wants them everywhere.
pub(crate) fn parse_description(text: &str) -> Result<String, String> {
    match text.chars().count() {
        5..=256 => Ok(text.to_owned()),
        length => Err(format!(
            "a description has 5 to 256 characters, this one has {length}"
        )),
    }
}

/// A person or company: a NIP, a PESEL, a fingerprint, or `Type:value`.
pub(crate) fn parse_subject(text: &str) -> Result<SubjectIdentifier, String> {
    let kind = match (text.contains(':'), text.len()) {
        (true, _) => return SubjectIdentifier::parse(text).map_err(|error| error.to_string()),
        (false, 10) => "Nip",
        (false, 11) => "Pesel",
        (false, 64) => "Fingerprint",
        (false, _) => {
            return Err(
                "a NIP (10 digits), a PESEL (11 digits), a fingerprint (64 hexadecimal digits), or Type:value"
                    .to_owned(),
            );
        }
    };
    SubjectIdentifier::from_parts(kind, text).map_err(|error| error.to_string())
}

const EXAMPLES: &str = "\
Examples:
  ksef invoice send examples/invoices    send to the embedded sandbox, no set-up needed
  ksef sandbox --port 8080               serve a local KSeF for other programs
  ksef profile add firm --env test --context 5265877635 --token firm-token
  ksef auth login                        log in with the default profile
  ksef doctor                            check everything

Exit codes:
  0 done                 4 invoice invalid     8 network or server unavailable
  1 failed on this side  5 rejected by KSeF    9 deadline missed
  2 usage                6 still pending
  3 authentication or    7 rate limited
    permission";
